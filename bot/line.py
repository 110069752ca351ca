"""The line to the Bot API: one call out, one answer or one of three kinds of failure back.

What matters to a caller is not which exception a library raised but whether the call may have
been carried out: `Refused` and `NotSent` were not, `Lost` may have been.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bot import metrics

READ_SECONDS = 60.0  # generous: a call that is given up too early is a call whose fate is unknown
UNSENT = (  # what httpx raises when no byte of the call can have reached Telegram
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
FLOOD_SECONDS = 1.0  # where a 429 does not say for how long
IN_FLIGHT = 8  # per client; httpx slows down with many requests in one pool
CLIENTS = 4


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
    """A client, and how many calls it has on their way."""

    client: httpx.AsyncClient
    busy: int = 0
    retired: bool = False


class Line:
    """Makes calls for one bot."""

    def __init__(
        self, token: str, api_url: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._base = f"{api_url}/bot{token}/"
        self._transport = transport
        self._trunks = self._fresh()

    async def call(
        self, method: str, params: Mapping[str, Any] | None = None, read: float = READ_SECONDS
    ) -> Any:
        """Call `method`; its result. Raises Refused, NotSent or Lost.

        `read`: how many seconds to wait for the answer, beyond what the call itself takes.
        """
        with metrics.calling(method):
            return await self._call(method, params, read)

    async def _call(self, method: str, params: Mapping[str, Any] | None, read: float) -> Any:
        trunk = min(self._trunks, key=lambda trunk: trunk.busy)
        trunk.busy += 1
        try:
            timeout = httpx.Timeout(read, connect=10.0, pool=READ_SECONDS)
            response = await trunk.client.post(
                self._base + method, json=params or {}, timeout=timeout
            )
        except UNSENT as fault:
            raise NotSent(type(fault).__name__) from None
        except httpx.HTTPError as fault:
            raise Lost(type(fault).__name__) from None
        finally:
            trunk.busy -= 1
            if trunk.retired and not trunk.busy:
                await trunk.client.aclose()
        return _result(response)

    async def renew(self) -> None:
        """Dial anew from now on: connections may hang where nobody is left. Calls end as begun."""
        old, self._trunks = self._trunks, self._fresh()
        for trunk in old:
            trunk.retired = True
            if not trunk.busy:
                await trunk.client.aclose()

    async def close(self) -> None:
        """Hang up."""
        for trunk in self._trunks:
            await trunk.client.aclose()

    def _fresh(self) -> list[Trunk]:
        limits = httpx.Limits(max_connections=IN_FLIGHT, keepalive_expiry=5.0)
        timeout = httpx.Timeout(READ_SECONDS, connect=10.0, pool=READ_SECONDS)
        trust = httpx.create_ssl_context()  # read once for all: it takes 18 ms and nearly 1 MB
        return [
            Trunk(
                httpx.AsyncClient(
                    limits=limits, timeout=timeout, transport=self._transport, verify=trust
                )
            )
            for _ in range(CLIENTS)
        ]


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
