"""Three days of six teams, in which everything goes wrong at once, lived through by seed."""

import asyncio
import logging
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.sandbox.chats import Message
from bot.sandbox.entities import found as entities
from bot.sandbox.world import World
from handlers.taps.cards import StudiedTap
from tests.faults.checker import Verdict
from tests.simulation import judgement
from tests.simulation.life import TOKEN, Hands, Life, Work
from tests.simulation.machine import machine
from tests.simulation.teams import (
    DAY,
    DAYS,
    DUE,
    SIZE,
    START,
    TEAMS,
    cast,
    furnished,
    greeted,
    group,
    morning_of,
    user,
)
from tests.simulation.telegram import CALM, HOLE, NIGHT, ROUGH, Telegram

OPEN = 4200.0  # seconds from the time of the cards in which most of it happens
UP = 7200.0  # seconds, from ten minutes before it, in which the weather changes and people talk
POLL = 100.0  # seconds that a poll which finds nothing stays open: less than a tap lives
CRASHES = 8  # a day
JUMPS = (0, 0, 0, 30, -30, 600, -600, 3600, -3600, 8400, 86_400)  # seconds, of the program's clock


@dataclass
class Week:
    """What happens by a seed, and what was noted of it."""

    seed: int
    probe: bool
    days: int = DAYS
    done: list[dict[str, Any]] = field(default_factory=list)
    alive: list[tuple[float, bool]] = field(default_factory=list)  # from when on it was, or not
    crashes: int = 0
    jumps: int = 0
    digest: str = ""
    verdict: Verdict = field(default_factory=Verdict)

    def run(self) -> None:
        """Live through it, and judge."""
        ready = furnished()
        with tempfile.TemporaryDirectory(prefix="zaohui-week-") as folder:
            self.file = Path(folder) / "week.db"
            shutil.copy(ready, self.file)
            self._work = Work(self.file)
            with machine(self.seed) as (loop, disk):
                self._disk = disk
                asyncio.set_event_loop(loop)
                try:
                    loop.run_until_complete(self._live())
                finally:
                    asyncio.set_event_loop(None)
                    self._work.close()
            judgement.judge(self)
            self.digest = self.telegram.digest

    async def _live(self) -> None:
        self._chance = random.Random(self.seed)
        self._stir = asyncio.Event()  # somebody did something
        self._clock, hours = Hands(START), Hands(START)
        self.world = World(cast(), hours)
        greeted(self.world)
        self.world.watchers.append(self._talk)
        line = random.Random(f"line {self.seed}")
        self.telegram = Telegram(self.world, TOKEN, line, self._rest)
        loop = asyncio.get_running_loop()
        people = [loop.create_task(self._member(place)) for place in range(TEAMS * SIZE)]
        weather = loop.create_task(self._weather())
        for death, rest in sorted(self._deaths()):
            life = self._begin()
            await asyncio.sleep(max(death - loop.time(), 0))
            await self._moment()
            if self._chance.random() < 0.4:
                await self._disk.doomed(self._chance.randint(1, 80), 60)
            await self._end(life)
            self.crashes += 1
            await asyncio.sleep(rest)
        life = self._begin()
        await asyncio.gather(*people)
        weather.cancel()
        self._set(CALM)
        await asyncio.sleep(max((self.days * DAY).total_seconds() - loop.time(), 0))
        for _ in range(60):
            await asyncio.sleep(60)
            if not self._work.left() and not len(self.world.queue):
                break
        await self._end(life)
        await self.telegram.close()

    def _begin(self) -> Life:
        loop = asyncio.get_running_loop()
        self.alive.append((loop.time(), True))
        return Life(
            self.file, self._work, self._clock, self._disk, self.telegram, probe=self.probe
        )

    async def _end(self, life: Life) -> None:
        await life.crash()
        self.alive.append((self._disk.died_at, False))

    def _deaths(self) -> Iterable[tuple[float, float]]:
        """When the program dies, and for how long: mostly when there is much to do."""
        for _ in range(CRASHES * self.days):
            day = self._chance.randrange(self.days) * DAY.total_seconds()
            due = day + DUE.total_seconds()
            dice = self._chance.random()
            if dice < 0.5:
                at = due + self._chance.uniform(-5, 20)
            elif dice < 0.9:
                at = due + self._chance.uniform(0, OPEN)
            else:
                at = day + self._chance.uniform(0, DAY.total_seconds())
            dice = self._chance.random()
            longest = 9000 if dice < 0.01 else 900 if dice < 0.06 else 20
            yield at, self._chance.uniform(0.5, longest)

    async def _moment(self) -> None:
        """Wait for one at which a death does harm: something has just come, or is going out."""
        stir = self._chance.choice([self._stir, self.telegram.called, None])
        if stir is None:
            return
        stir.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(300):
                await stir.wait()
        await asyncio.sleep(self._chance.uniform(0, 1))

    def _until_up(self) -> float:
        """Seconds until the teams are up; 0 while they are."""
        day = DAY.total_seconds()
        since = (asyncio.get_running_loop().time() - DUE.total_seconds() + 600) % day
        return 0 if since < UP else day - since

    def _rest(self) -> float:
        return self._until_up() or POLL

    async def _weather(self) -> None:
        """Rough most of the time, and worse now and then; clocks are set meanwhile."""
        loop = asyncio.get_running_loop()
        while True:
            if rest := self._until_up():  # nights are calm: hardly anything is called
                self._set(CALM)
                await asyncio.sleep(rest)
            self._set(
                self._chance.choices([CALM, ROUGH, NIGHT, HOLE], [0.25, 0.65, 0.06, 0.04])[0]
            )
            if self._chance.random() < 0.07:
                self._clock.ahead = timedelta(seconds=self._chance.choice(JUMPS))
                self.telegram.note(loop.time(), "clock", self._clock.ahead)
                self.jumps += 1
            await asyncio.sleep(self._chance.uniform(10, 1200))

    def _set(self, weather: Any) -> None:
        self.telegram.weather = weather

    def _talk(self, news: Any) -> None:
        """Others write between what we write."""
        message = news.message
        if news.event != "message" or message.sender is not self.world.bot:
            return
        if not message.chat.private and self._chance.random() < 0.5:
            somebody = self.world.people[user(0)]
            for _ in range(self._chance.randint(0, 8)):
                self.world.post(message.chat, somebody, {"text": "…"})

    async def _member(self, place: int) -> None:
        """One member's three days: a tap or two on the card, and now and then a promise."""
        loop = asyncio.get_running_loop()
        chance = random.Random(f"{self.seed} member {place}")
        for day in range(self.days):
            begin = (day * DAY + DUE).total_seconds()
            await asyncio.sleep(begin + chance.uniform(5, 3600) - loop.time())
            for _ in range(chance.choice([0, 1, 1, 1, 2])):
                self._tap(place)
                await asyncio.sleep(chance.uniform(0.2, 30))
            if chance.random() < 0.25:
                self._promise(
                    place, f"巡查 {'abcdefgh'[day]}{chr(97 + place % 26)}{chr(97 + place // 26)}"
                )

    def _tap(self, place: int) -> None:
        who, chat = self.world.people[user(place)], self.world.chats[group(place % TEAMS)]
        card = next((m for m in reversed(chat.messages.values()) if morning_of(m)), None)
        if card is None:
            return
        tap = self.world.taps.begin(who.id, chat.id)
        told = {"id": tap.id, "from": who.told, "message": card.told(), "chat_instance": "1"}
        morning = morning_of(card)
        told["data"] = StudiedTap(morning).pack()
        self._push("callback_query", told, who.id, what="tap", user=f"{who.id}:{morning}")

    def _promise(self, place: int, words: str) -> None:
        who, chat = self.world.people[user(place)], self.world.chats[group(place % TEAMS)]
        text = f"/commit@{self.world.bot.username} {words}"
        content = {"text": text, "entities": entities(text, [])}
        message = Message(next(chat.ids), chat, self.world.date(), who, content)
        chat.messages[message.id] = message
        self._push("message", message.told(), chat.id, what="promise", words=words)

    def _push(self, kind: str, told: dict[str, Any], lane: int, **what: Any) -> None:
        self.world.queue.add(kind, told, lane)
        self._stir.set()
        update = self.world.queue.waiting()[-1].id
        at = asyncio.get_running_loop().time()
        self.done.append(
            {"update": update, "at": at, "kind": what.pop("what"), "chat": lane, **what}
        )


def live(seed: int, days: int = DAYS) -> tuple[str, Verdict]:
    """One seed: the history in one word, and the judgement. Every other seed has the probe."""
    logging.disable(logging.CRITICAL)
    try:
        week = Week(seed, seed % 2 == 0, days)
        week.run()
        return week.digest, week.verdict
    finally:
        logging.disable(logging.NOTSET)


def lives(seeds: Iterable[int]) -> Iterator[tuple[int, str, Verdict]]:
    """Many seeds, as many at a time as there are processors."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=spawn) as pool:
        seeds = list(seeds)
        for seed, (digest, verdict) in zip(seeds, pool.map(live, seeds), strict=True):
            yield seed, digest, verdict


def main(first: int, count: int) -> bool:
    """Many seeds; prints the bad ones, and the sums without the probe and with it."""
    good, begun = True, time.perf_counter()
    totals = {"sent again": Verdict(), "with the probe": Verdict()}
    for seed, digest, verdict in lives(range(first, first + count)):
        if not verdict.good:
            good = False
            sys.stdout.write(f"FAIL week {seed} {digest}: {verdict}\n")
            sys.stdout.flush()
        totals["with the probe" if seed % 2 == 0 else "sent again"].add(verdict)
    took = time.perf_counter() - begun
    mark = "ok  " if good else "FAIL"
    sys.stdout.write(f"{mark} {count} seeds of {DAYS} days ({took:.0f} s)\n")
    for name, total in totals.items():
        sys.stdout.write(f"     {name}: {total}\n")
    return good
