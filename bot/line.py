"""The line to the Bot API: one call out, one answer or one of three kinds of failure back.

What matters to a caller is not which exception a library raised but whether the call may have
been carried out: `Refused` and `NotSent` were not, `Lost` may have been.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bot import metrics
from bot.transport import TooLong, Transport

READ_SECONDS = 60.0  # generous: a call that is given up too early is a call whose fate is unknown
UNSENT = (  # what httpx raises when no byte of the call can have reached Telegram
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
UPLOAD_RATE = 64 * 1024  # bytes a second, at the least, that we believe a file to leave with
FETCH_SECONDS = 90.0  # for a whole file; Telegram gives 20 MB at most
FLOOD_SECONDS = 1.0  # where a 429 does not say for how long
TOO_LARGE = 413
CONNECTIONS = 64
JSON = {"Content-Type": "application/json"}


class Failure(Exception):
    """A call that brought no result."""


class NotSent(Failure):
    """The call did not reach Telegram: it may be made again freely."""


class Lost(Failure):
    """The call may have been carried out: its answer did not reach us."""


class Refused(Failure):
    """Telegram answered no."""

    def __init__(self, code: int, description: str, parameters: Mapping[str, Any]) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = float(parameters.get("retry_after") or FLOOD_SECONDS)
        self.migrate_to: int | None = parameters.get("migrate_to_chat_id")


class TooBig(Failure):
    """A file has more bytes than were asked for."""


@dataclass(frozen=True)
class Part:
    """A file that goes along with a call, under the name of a parameter."""

    name: str
    data: bytes


@dataclass
class Trunk:
    """What carries calls, and how many are on their way."""

    transport: httpx.AsyncBaseTransport
    busy: int = 0


class Line:
    """Makes calls for one bot."""

    def __init__(
        self,
        token: str,
        api_url: str,
        transport: Callable[[], httpx.AsyncBaseTransport] = lambda: Transport(CONNECTIONS),
    ) -> None:
        """Calls go to `{api_url}/bot{token}/`. Raises httpx.InvalidURL."""
        self._base = f"{api_url}/bot{token}/"
        self._files = f"{api_url}/file/bot{token}/"
        self._dial = transport
        self._trunk = Trunk(transport())

    async def call(
        self, method: str, params: Mapping[str, Any] | None = None, read: float = READ_SECONDS
    ) -> Any:
        """Call `method`; its result. Raises Refused, NotSent or Lost.

        `read`: how many seconds to wait for the answer, beyond what the call itself takes.
        """
        return await self._ask(method, _patience(read), **_body(params or {}))

    async def upload(
        self, method: str, params: Mapping[str, Any], parts: Mapping[str, Part]
    ) -> Any:
        """The same with files, by the names of their parameters: we wait longer for large ones."""
        size = sum(len(part.data) for part in parts.values())
        read = READ_SECONDS + size / UPLOAD_RATE
        return await self._ask(method, _patience(read), **_form(params, parts))

    async def _ask(self, method: str, extensions: dict[str, Any], **body: Any) -> Any:
        request = httpx.Request("POST", self._base + method, extensions=extensions, **body)
        with metrics.calling(method):
            return _result(await self._carry(request))

    async def file(self, file_id: str, most: int) -> tuple[str, bytes]:
        """Where Telegram has a file, and its bytes, unless it is said to have more than `most`.

        Raises Refused, NotSent, Lost, or TooBig.
        """
        told = await self.call("getFile", {"file_id": file_id})
        if int(told.get("file_size") or 0) > most:
            raise TooBig("the file is too big")
        path = str(told.get("file_path") or "")
        if not path:
            raise Lost("getFile named no path")
        return path, await self.fetch(path, most)

    async def fetch(self, path: str, most: int) -> bytes:
        """The file that getFile named. Raises Refused, NotSent, Lost, or TooBig above `most`."""
        extensions = {**_patience(READ_SECONDS), "most": most}
        request = httpx.Request("GET", self._files + path, extensions=extensions)
        with metrics.calling("file"):
            try:
                async with asyncio.timeout(FETCH_SECONDS):
                    response = await self._carry(request)
            except TooLong:
                raise TooBig("the file is too big") from None
            except TimeoutError:
                raise Lost("the file took too long") from None
            if response.status_code != 200:
                _result(response)
                raise Lost(f"no file, HTTP {response.status_code}")
            return response.content

    async def _carry(self, request: httpx.Request) -> httpx.Response:
        trunk = self._trunk
        trunk.busy += 1
        try:
            response = await trunk.transport.handle_async_request(request)
            await response.aread()
        except UNSENT as fault:
            raise NotSent(type(fault).__name__) from None
        except httpx.HTTPError as fault:
            raise Lost(type(fault).__name__) from None
        finally:
            trunk.busy -= 1
            if trunk is not self._trunk and not trunk.busy:
                await trunk.transport.aclose()
        return response

    async def renew(self) -> None:
        """Dial anew from now on: connections may hang where nobody is left. Calls end as begun."""
        old, self._trunk = self._trunk, Trunk(self._dial())
        if not old.busy:
            await old.transport.aclose()

    async def close(self) -> None:
        """Hang up."""
        await self._trunk.transport.aclose()


def _patience(read: float) -> dict[str, Any]:
    return {"timeout": {"connect": 10.0, "read": read, "pool": READ_SECONDS}}


def _body(params: Mapping[str, Any]) -> dict[str, Any]:
    return {"headers": JSON, "content": json.dumps(params, ensure_ascii=False).encode()}


def _form(params: Mapping[str, Any], parts: Mapping[str, Part]) -> dict[str, Any]:
    told = {n: v if isinstance(v, str) else json.dumps(v) for n, v in params.items()}
    sent = {name: (part.name, part.data) for name, part in parts.items()}
    form = httpx.Request("POST", "/", data=told, files=sent)
    return {"headers": {"Content-Type": form.headers["Content-Type"]}, "content": form.read()}


def _result(response: httpx.Response) -> Any:
    try:
        body = json.loads(response.content, parse_constant=_never)
        if body["ok"]:
            return body["result"]
        code, description = int(body["error_code"]), str(body["description"])
    except (ValueError, KeyError, TypeError, RecursionError):
        if response.status_code == 429:  # from something before the Bot API, as the next
            raise Refused(429, "Too Many Requests", {"retry_after": FLOOD_SECONDS}) from None
        if response.status_code == TOO_LARGE:
            raise Refused(TOO_LARGE, "Request Entity Too Large", {}) from None
        raise Lost(f"an unreadable answer, HTTP {response.status_code}") from None
    if code >= 500:
        raise Lost(f"{code} {description}")
    raise Refused(code, description, body.get("parameters") or {})


def _never(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
