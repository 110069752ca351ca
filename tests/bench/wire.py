"""HTTP/1.1 as a bot and the Bot API speak it, and the road between them, on which all takes time.

Written for speed: what is measured is the program, not the other side.
"""

import asyncio
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

Span = tuple[float, float]
Reply = Callable[[int, bytes], None]  # the status, and a body of JSON


@dataclass(frozen=True)
class Road:
    """How many seconds the way takes to the other side and back: from, to, evenly spread."""

    name: str
    there: Span = (0.0, 0.0)
    back: Span = (0.0, 0.0)


LOOPBACK = Road("loopback")
NETWORK = Road("network", there=(0.02, 0.04), back=(0.02, 0.04))
JITTER = Road("jitter", there=(0.04, 0.09), back=(0.04, 0.04))
ROADS = {road.name: road for road in (LOOPBACK, NETWORK, JITTER)}


def after(span: Span, do: Callable[..., None], *what: Any) -> None:
    """Do something once the way is made; at once where there is none."""
    if span[1]:
        asyncio.get_running_loop().call_later(random.uniform(*span), do, *what)
    else:
        do(*what)


async def travel(span: Span) -> None:
    """Wait until the way is made."""
    if span[1]:
        await asyncio.sleep(random.uniform(*span))


@dataclass(frozen=True)
class Call:
    """What somebody asks of a server."""

    path: str
    params: dict[str, Any]


class Connection(asyncio.Protocol):
    """One caller's connection, kept alive: one call after another."""

    def __init__(self, answer: Callable[[Call, Reply], None]) -> None:
        self._answer = answer
        self._unread = b""
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while call := self._next():
            self._answer(call, self._reply)

    def _next(self) -> Call | None:
        head, ended, rest = self._unread.partition(b"\r\n\r\n")
        found = LENGTH.search(head)
        length = int(found[1]) if found else 0
        if not ended or len(rest) < length:
            return None
        self._unread = rest[length:]
        return Call(head.split(b" ", 2)[1].decode(), _params(rest[:length]))

    def _reply(self, status: int, body: bytes) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(
            b"HTTP/1.1 %d .\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (status, len(body), body)
        )


def _params(body: bytes) -> dict[str, Any]:
    """A call's parameters: ours are JSON, those of python-telegram-bot a form."""
    if body.startswith(b"{"):
        return dict(json.loads(body))
    if body.startswith(b"--"):  # with a file: of no interest
        return {}
    return dict(parse_qsl(body.decode(), keep_blank_values=True))
