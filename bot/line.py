"""The line to the Bot API: one call out, one answer or one of three kinds of failure back.

What matters to a caller is not which exception a library raised but whether the call may have
been carried out: `Refused` and `NotSent` were not, `Lost` may have been.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bot import metrics
from bot.transport import Transport

READ_SECONDS = 60.0  # generous: a call that is given up too early is a call whose fate is unknown
UNSENT = (  # what httpx raises when no byte of the call can have reached Telegram
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
FLOOD_SECONDS = 1.0  # where a 429 does not say for how long
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
        self._dial = transport
        self._trunk = Trunk(transport())

    async def call(
        self, method: str, params: Mapping[str, Any] | None = None, read: float = READ_SECONDS
    ) -> Any:
        """Call `method`; its result. Raises Refused, NotSent or Lost.

        `read`: how many seconds to wait for the answer, beyond what the call itself takes.
        """
        request = httpx.Request(
            "POST",
            self._base + method,
            headers=JSON,
            content=json.dumps(params or {}, ensure_ascii=False).encode(),
            extensions={"timeout": {"connect": 10.0, "read": read, "pool": READ_SECONDS}},
        )
        with metrics.calling(method):
            return _result(await self._carry(request))

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


def _result(response: httpx.Response) -> Any:
    try:
        body = json.loads(response.content, parse_constant=_never)
        if body["ok"]:
            return body["result"]
        code, description = int(body["error_code"]), str(body["description"])
    except (ValueError, KeyError, TypeError, RecursionError):
        if response.status_code == 429:  # from something before the Bot API
            raise Refused(429, "Too Many Requests", {"retry_after": FLOOD_SECONDS}) from None
        raise Lost(f"an unreadable answer, HTTP {response.status_code}") from None
    if code >= 500:
        raise Lost(f"{code} {description}")
    raise Refused(code, description, body.get("parameters") or {})


def _never(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
