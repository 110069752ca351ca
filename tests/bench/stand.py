"""The other side, in a process of its own: `python -m tests.bench.stand TEAMS SIZE ROAD`.

It says its port in one line and serves until it is told to stop: the Bot API at /bot…, on the far
end of a road, and at /bench/… what the bench wants done or told.
"""

import asyncio
import random
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from bot.programs import HOST, stoppable
from handlers.taps.cards import StudiedTap
from tests.bench import crowd, hooks
from tests.bench.telegram import Json, Telegram, encoded
from tests.bench.wire import ROADS, Call, Connection, Reply, Road, after

GLANCE = 0.02  # seconds between looks whether all taps are answered
NOON = 1_800_000_000  # the date of whatever is said
STALL = 10.0  # seconds without any answer after which no more are awaited


class Stand:
    """The Bot API with people before it."""

    def __init__(self, people: crowd.Crowd, road: Road) -> None:
        self._people = people
        self._road = road
        self._telegram = Telegram()
        self._works: set[asyncio.Task[None]] = set()
        self._number = 0  # of the newest update

    def answer(self, call: Call, reply: Reply) -> None:
        """One call, of a bot or of the bench."""
        place, _, what = call.path.lstrip("/").partition("/")
        if place == "bench":
            work = asyncio.ensure_future(self._work(what, call.params, reply))
            self._works.add(work)
            work.add_done_callback(self._works.discard)
            return
        home = partial(after, self._road.back, reply)
        after(self._road.there, self._telegram.call, what, call.params, home)

    async def _work(self, verb: str, wish: Json, reply: Reply) -> None:
        try:
            found = await getattr(self, verb)(**wish)
        except Exception as fault:
            reply(500, encoded({"error": repr(fault)}))
            raise
        reply(200, encoded(found))

    async def forget(self) -> bool:
        """Another bot begins."""
        self._telegram.forget()
        return True

    async def hang(self, cards: Sequence[tuple[int, Json]]) -> bool:
        """Let cards stand in their chats."""
        for chat, params in cards:
            self._telegram.hang(chat, params)
        return True

    async def told(self) -> Json:
        """What the bot did so far."""
        telegram = self._telegram
        return {
            "asked": telegram.asked_at,
            "posted": len(telegram.posted),
            "first": telegram.posted[0] if telegram.posted else None,
            "last": telegram.posted[-1] if telegram.posted else None,
            "refused": telegram.refused,
            "groups": {
                "posted": len(telegram.in_groups),
                "first": telegram.in_groups[0] if telegram.in_groups else None,
                "last": telegram.in_groups[-1] if telegram.in_groups else None,
            },
        }

    async def say(self, user: int, text: str) -> bool:
        """Somebody writes to the bot."""
        self._number += 1
        message = {"message_id": self._number, "date": NOON, "text": text, **_private(user)}
        update = {"update_id": self._number, "message": message}
        self._telegram.put([(self._number, encoded(update))])
        return True

    async def press(self, user: int, label: str) -> bool:
        """Somebody taps a button of the newest message in the private chat, if it is there."""
        message = self._telegram.messages.get(user)
        data = _labelled(message or {}, label)
        if message is None or data is None:
            return False
        self._number += 1
        who = _private(user)
        query = {
            "id": f"private-{self._number}",
            "from": who["from"],
            "message": {**message, "chat": who["chat"]},
            "chat_instance": "1",
            "data": data,
        }
        self._telegram.tapped([query["id"]])
        update = {"update_id": self._number, "callback_query": query}
        self._telegram.put([(self._number, encoded(update))])
        return True

    async def shown(self) -> list[str]:
        """The texts of the newest messages, one for each chat."""
        return [str(message["text"]) for message in self._telegram.messages.values()]

    async def taps(self, first: int, count: int, rate: float, doors: Sequence[int]) -> Json:
        """So many members tap: `rate` a second, whatever the answers do, or (0) all at once.

        `doors`: the ports of webhooks; without any, the bot fetches them.
        """
        telegram = self._telegram
        telegram.took.clear()
        queries = [str(place) for place in range(first, first + count)]
        updates = [self._update(place) for place in range(first, first + count)]
        begun, busy = time.monotonic(), time.process_time()
        telegram.answered_at = begun
        if rate:
            for n, update in enumerate(updates):
                await asyncio.sleep(max(begun + n / rate - time.monotonic(), 0.0))
                telegram.tapped([queries[n]])
                telegram.put([update])
        else:
            telegram.tapped(queries)
            if doors:
                brought = [body for _, body in updates]
                await hooks.bring(telegram, brought, doors, self._road)
            else:
                telegram.put(updates)
        while telegram.open and time.monotonic() < telegram.answered_at + STALL:
            await asyncio.sleep(GLANCE)
        seconds = telegram.answered_at - begun
        unanswered = len(telegram.open)
        telegram.open.clear()
        return {
            "milliseconds": [1000 * took for took in telegram.took],
            "unanswered": unanswered,
            "begun": begun,
            "seconds": seconds,
            "busy": (time.process_time() - busy) / seconds if seconds else 0.0,
        }

    def _update(self, place: int) -> tuple[int, bytes]:
        """A member's tap on the card of their team, as the bot gets it."""
        self._number += 1
        message = self._telegram.messages[self._people.home(place)]
        query = {
            "id": str(place),
            "from": {"id": crowd.user(place), "is_bot": False, "first_name": f"P{place}"},
            "message": message,
            "chat_instance": "1",
            "data": _data(message),
        }
        return self._number, encoded({"update_id": self._number, "callback_query": query})


def _private(user: int) -> Json:
    """Who writes, and where only the bot reads it."""
    who = {"id": user, "is_bot": False, "first_name": "O"}
    return {"from": who, "chat": {"id": user, "type": "private", "first_name": "O"}}


def _labelled(message: Json, label: str) -> Any:
    """What a button of these words carries; None where there is none."""
    markup = message.get("reply_markup") or {}
    buttons = [button for row in markup.get("inline_keyboard", ()) for button in row]
    found = [one["callback_data"] for one in buttons if one["text"] in {label, f"✓ {label}"}]
    return found[0] if found else None


def _data(message: Json) -> Any:
    """What the button of a card carries that says 已学."""
    return next(
        button["callback_data"]
        for row in message["reply_markup"]["inline_keyboard"]
        for button in row
        if button["callback_data"].startswith(f"{StudiedTap.prefix}:")
    )


async def main(teams: str, size: str, road: str) -> None:
    """Serve until told to stop."""
    random.seed(1)
    stand = Stand(crowd.Crowd(int(teams), int(size)), ROADS[road])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Connection, stand.answer), HOST, 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    with stoppable():
        await asyncio.Event().wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
