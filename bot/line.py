"""The line to the Bot API: one call out, one answer or one of three kinds of failure back.

What matters to a caller is not which exception a library raised but whether the call may have
been carried out: `Refused` and `NotSent` were not, `Lost` may have been.
"""

import json
from collections.abc import Mapping
from typing import Any

import httpx

READ_SECONDS = 60.0  # generous: a call that is given up too early is a call whose fate is unknown
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
        self.retry_after = float(parameters.get("retry_after") or 0)
        self.migrate_to: int | None = parameters.get("migrate_to_chat_id")


class Line:
    """Makes calls for one bot."""

    def __init__(
        self, token: str, api_url: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._base = f"{api_url}/bot{token}/"
        limits = httpx.Limits(max_connections=IN_FLIGHT, keepalive_expiry=5.0)
        timeout = httpx.Timeout(READ_SECONDS, connect=10.0, pool=READ_SECONDS)
        self._clients = [
            httpx.AsyncClient(limits=limits, timeout=timeout, transport=transport)
            for _ in range(CLIENTS)
        ]
        self._busy = [0] * CLIENTS

    async def call(
        self, method: str, params: Mapping[str, Any] | None = None, read: float = READ_SECONDS
    ) -> Any:
        """Call `method`; its result. Raises Refused, NotSent or Lost.

        `read`: how many seconds to wait for the answer, beyond what the call itself takes.
        """
        turn = self._busy.index(min(self._busy))
        self._busy[turn] += 1
        try:
            timeout = httpx.Timeout(read, connect=10.0, pool=READ_SECONDS)
            response = await self._clients[turn].post(
                self._base + method, json=params or {}, timeout=timeout
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as fault:
            raise NotSent(type(fault).__name__) from None
        except httpx.HTTPError as fault:
            raise Lost(type(fault).__name__) from None
        finally:
            self._busy[turn] -= 1
        return _result(response)

    async def close(self) -> None:
        """Hang up."""
        for client in self._clients:
            await client.aclose()


def _result(response: httpx.Response) -> Any:
    try:
        body = json.loads(response.content)
        if body["ok"]:
            return body["result"]
        code, description = int(body["error_code"]), str(body["description"])
    except (ValueError, KeyError, TypeError):
        raise Lost(f"an unreadable answer, HTTP {response.status_code}") from None
    if code >= 500:
        raise Lost(f"{code} {description}")
    raise Refused(code, description, body.get("parameters") or {})
