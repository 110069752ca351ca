"""The other side, in a process of its own: the sandbox's Bot API, its people, and its memory.

`python -m tests.faults.world RATE [limits] [cards]` says its port in one line and serves until it
is told to stop. Its time runs RATE times as fast. `limits`: Telegram's are enforced; `cards`: each
group has one already, of a morning with the group's number, instead of a greeting. It remembers
what people did, each with the id of the update that it made, and what stands in every chat, so
that both can be compared with what the program believes.
"""

import asyncio
import itertools
import random
import sys
import time
from typing import Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from bot.clock import Clock
from bot.programs import HOST, stoppable
from bot.sandbox.cast import Cast
from bot.sandbox.chats import Message
from bot.sandbox.entities import found
from bot.sandbox.server import Sandbox
from bot.sandbox.world import News, World
from bot.web.server import serving
from handlers.taps import read
from handlers.taps.cards import StudiedTap
from tests.bench import crowd
from tests.faults.mutation import CURSED, mutated

PATIENCE = 14.0  # real seconds for which somebody looks at a button that does not answer
FOREIGN = 40  # messages of others between two of ours, at most

Json = dict[str, Any]


def cast() -> Cast:
    """Everybody; the bot is a plain member, so that it does not see what people say to others."""
    whole = crowd.cast()
    groups = tuple(
        type(group)(group.id, group.title, members=group.members, bot="member")
        for group in whole.groups
    )
    return Cast(whole.people, groups, whole.bot)


def morning_of(message: Message) -> int:
    """The morning whose card a message is; 0 for other messages."""
    for row in message.markup["inline_keyboard"] if message.markup else []:
        for button in row:
            tap = read(str(button.get("callback_data", "")))
            if isinstance(tap, StudiedTap):
                return tap.morning
    return 0


class People:
    """What everybody does, and what came of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.done: list[Json] = []
        self.answers: list[float] = []  # seconds from a tap to its answer
        self.unanswered = 0
        self._serial = itertools.count(1)
        self._waiting: set[asyncio.Task[None]] = set()
        self._chance = random.Random(0)
        world.watchers.append(self._talk)

    def _talk(self, news: News) -> None:
        """Others write after each message of ours: ids that are not the bot's own."""
        message = news.message
        if news.event != "message" or message is None or message.sender is not self.world.bot:
            return
        if message.chat.private or not morning_of(message):
            return
        somebody = self.world.people[next(iter(message.chat.members))]
        for _ in range(self._chance.randint(0, FOREIGN)):
            self.world.post(message.chat, somebody, {"text": "…"})

    def _queued(self, name: str, told: Json, lane: int, **what: Any) -> None:
        self.world.queue.add(name, told, lane)
        update = self.world.queue.waiting()[-1]
        self.done.append({"update": update.id, "at": time.monotonic(), **what})

    def tap(self, place: int, *, note: bool = True) -> None:
        """A member taps 已学 on the newest card of the team."""
        who = self.world.people[crowd.user(place)]
        chat = self.world.chats[crowd.group(place % crowd.TEAMS)]
        card = next(m for m in reversed(chat.messages.values()) if morning_of(m))
        data = StudiedTap(morning_of(card)).pack()
        tap = self.world.taps.begin(who.id, chat.id)
        told = {"id": tap.id, "from": who.told, "message": card.told()}
        told |= {"chat_instance": str(chat.id), "data": data}
        if note:
            self._queued("callback_query", told, who.id, kind="tap", user=who.id)
        else:
            self.world.queue.add("callback_query", told, who.id)
        task = asyncio.create_task(self._watch(tap.answer))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _watch(self, answer: "asyncio.Future[Any]") -> None:
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.shield(answer)
        except TimeoutError:
            self.unanswered += 1
        else:
            self.answers.append(time.perf_counter() - begun)

    def said(self, place: int, text: str) -> Json:
        """The message that a member writes in the team's group."""
        who = self.world.people[crowd.user(place)]
        chat = self.world.chats[crowd.group(place % crowd.TEAMS)]
        content: Json = {"text": text, "entities": found(text, [])}
        message = Message(next(chat.ids), chat, self.world.date(), who, content)
        chat.messages[message.id] = message
        return message.told()

    def promise(self, place: int) -> None:
        """A member promises something that nobody promised before."""
        words = letters(next(self._serial))
        told = self.said(place, f"/commit@{self.world.bot.username} 巡查 {words}")
        lane = crowd.group(place % crowd.TEAMS)
        self._queued("message", told, lane, kind="promise", chat=lane, words=f"巡查 {words}")

    def cursed(self, place: int) -> None:
        """A member says what a program that stumbles can never handle."""
        words = f"{CURSED}{letters(next(self._serial))}"
        told = self.said(place, f"/commit@{self.world.bot.username} {words}")
        self._queued("message", told, crowd.group(place % crowd.TEAMS), kind="garbled")

    def bot_is(self, team: int, status: str) -> None:
        """The bot comes into a group, or has to go."""
        chat = self.world.chats[crowd.group(team)]
        self.world.enrol(chat, self.world.bot, status, self.world.people[crowd.user(team)])

    def garble(self, place: int, seed: int) -> None:
        """Telegram sends something that is no update as we know them."""
        told = self.said(place, f"/commit@{self.world.bot.username} 乱码 {letters(seed)}")
        self._queued("message", mutated(told, seed), seed, kind="garbled")

    def deal(self, *, cards: bool) -> None:
        """Every group has its card, or has at least heard of us."""
        for team in range(crowd.TEAMS):
            data = StudiedTap(team + 1).pack()
            markup = {"inline_keyboard": [[{"text": "ok", "callback_data": data}]]}
            chat = self.world.chats[crowd.group(team)]
            self.world.post(chat, self.world.bot, {"text": "…"}, markup=markup if cards else None)

    def history(self) -> Json:
        """All of it."""
        cards = [
            [chat.id, message.id, morning]
            for chat in self.world.chats.values()
            for message in chat.messages.values()
            if message.sender is self.world.bot and (morning := morning_of(message))
        ]
        return {
            "done": self.done,
            "cards": cards,
            "waiting": len(self.world.queue),
            "answers": self.answers,
            "unanswered": self.unanswered,
            "watching": len(self._waiting),
        }


def letters(number: int) -> str:
    """A number that no reader of dates or amounts takes for one: "tmr" would be a day."""
    digits = ""
    while number:
        number, rest = divmod(number, 20)
        digits = "bcdfghjklmnpqrstvwxz"[rest] + digits
    return f"zz{digits}"


async def main() -> None:
    """Serve until told to stop."""
    rate, *wishes = sys.argv[1:]
    limits = "limits" in wishes
    clock = Clock(ZoneInfo("UTC"))
    clock.run(float(rate))
    sandbox = Sandbox(cast(), clock, token=crowd.TOKEN, limits=limits)
    people = People(sandbox.world)
    people.deal(cards="cards" in wishes)

    async def act(request: Request) -> JSONResponse:
        """Several people do something: `[["tap", place], …]`."""
        for name, *rest in await request.json():
            getattr(people, name)(*rest)
        return JSONResponse({"ok": True})

    async def press(request: Request) -> JSONResponse:
        """One member taps so many times at once, none of which is noted."""
        wish = await request.json()
        for _ in range(wish["times"]):
            people.tap(wish["place"], note=False)
        return JSONResponse({"ok": True})

    async def history(_: Request) -> JSONResponse:
        return JSONResponse(people.history())

    app = Starlette(
        routes=[
            Route("/play/act", act, methods=["POST"]),
            Route("/play/press", press, methods=["POST"]),
            Route("/play/history", history),
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
