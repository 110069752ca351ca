"""The other side: the sandbox's Bot API, limits on, in a process of its own, and its people.

`python -m tests.bench.stand` says its port in one line and serves until it is told to stop.
What a tap takes is measured here, from the moment at which the update is there to be fetched to
the moment at which its answer has come in.
"""

import asyncio
import sys
import time
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from bot.clock import Clock
from bot.programs import HOST, stoppable
from bot.sandbox.chats import Chat, Message
from bot.sandbox.people import press
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from bot.web.server import serving
from handlers.taps import StudiedTap
from tests.bench import crowd

PLAIN = StudiedTap(0).pack()  # on cards of our own, for a bot that posts none


def card(world: World, chat: Chat) -> tuple[Message, str]:
    """The newest card of a group, and what its first button to tap carries."""
    for message in reversed(chat.messages.values()):
        for row in message.markup["inline_keyboard"] if message.markup else []:
            for button in row:
                if str(button.get("callback_data")).startswith(f"{StudiedTap.prefix}:"):
                    return message, str(button["callback_data"])
    markup = {"inline_keyboard": [[{"text": "ok", "callback_data": PLAIN}]]}
    return world.post(chat, world.bot, {"text": "card"}, markup=markup), PLAIN


async def tap(world: World, place: int) -> float | None:
    """One member taps; the milliseconds until the toast, None where none came."""
    who = world.people[crowd.user(place)]
    message, data = card(world, world.chats[crowd.group(place % crowd.TEAMS)])
    begun = time.perf_counter()
    answer = await press(world, who, message, data)
    return (time.perf_counter() - begun) * 1000 if answer else None


async def taps(world: World, first: int, count: int, rate: float) -> dict[str, object]:
    """So many members tap, `rate` a second whatever the answers do; all at once where it is 0."""
    begun, busy = time.perf_counter(), time.process_time()
    waiting = []
    for place in range(first, first + count):
        if rate:
            ahead = begun + (place - first) / rate - time.perf_counter()
            await asyncio.sleep(max(ahead, 0.0))
        waiting.append(asyncio.create_task(tap(world, place)))
    found = await asyncio.gather(*waiting)
    seconds = time.perf_counter() - begun
    return {
        "milliseconds": [one for one in found if one is not None],
        "unanswered": found.count(None),
        "seconds": seconds,
        "busy": (time.process_time() - busy) / seconds,
    }


async def main() -> None:
    """Serve until told to stop."""
    sandbox = Sandbox(crowd.cast(), Clock(ZoneInfo("UTC")), token=crowd.TOKEN, limits=True)

    async def tapping(request: Request) -> JSONResponse:
        wish = await request.json()
        return JSONResponse(await taps(sandbox.world, wish["first"], wish["count"], wish["rate"]))

    app = Starlette(
        routes=[
            Route("/bench/taps", tapping, methods=["POST"]),
            Mount("/", app=sandbox.app),
        ]
    )
    async with serving(app, HOST, 0) as port:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        with stoppable():
            await asyncio.Event().wait()
        await sandbox.close()


if __name__ == "__main__":
    asyncio.run(main())
