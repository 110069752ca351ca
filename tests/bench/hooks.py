"""Updates brought to webhooks, over as many connections as the bot allows."""

import asyncio
import json
from collections import deque
from collections.abc import Sequence

from bot.programs import HOST
from bot.web.pages import HEADER
from tests.bench.crowd import SECRET
from tests.bench.telegram import Telegram
from tests.bench.wire import LENGTH, Road, travel

PAUSE = 1.0  # seconds until an update is brought again that was not taken
HEAD = (
    f"POST /webhook HTTP/1.1\r\nHost: {HOST}\r\n{HEADER}: {SECRET}\r\n"
    "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
).encode()


async def bring(
    telegram: Telegram, updates: Sequence[bytes], doors: Sequence[int], road: Road
) -> None:
    """Until every update was taken; they are dealt to the doors, which are ports."""
    waiting = deque(updates)
    count = telegram.connections
    await asyncio.gather(
        *(_carry(telegram, waiting, doors[n % len(doors)], road) for n in range(count))
    )


async def _carry(telegram: Telegram, waiting: deque[bytes], door: int, road: Road) -> None:
    """One connection: an update, its answer, the next."""
    reader, writer = await asyncio.open_connection(HOST, door)
    while waiting:
        update = waiting.popleft()
        await travel(road.there)
        writer.write(HEAD % len(update) + update)
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        body = await reader.readexactly(int(length[1])) if length else b""
        await travel(road.back)
        if head.split(b" ", 2)[1] != b"200":
            waiting.append(update)
            await asyncio.sleep(PAUSE)
        elif body.startswith(b"{"):
            _obey(telegram, body)
    writer.close()


def _obey(telegram: Telegram, body: bytes) -> None:
    """Carry out the call that a bot made in its answer; it does not learn the result."""
    params = json.loads(body)
    telegram.call(params.pop("method", ""), params, lambda _status, _body: None)
