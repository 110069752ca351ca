"""Three days of eight teams, in which everything goes wrong at once, and the judgement on them."""

import asyncio
import logging
import multiprocessing
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from functools import cache
from pathlib import Path
from typing import Any

from bot.sandbox.cast import Cast, Group, Person, Robot
from bot.sandbox.chats import Message
from bot.sandbox.entities import found as entities
from bot.sandbox.world import World
from handlers.packs import import_pack
from handlers.reading.packs import read_pack
from handlers.taps import StudiedTap, read
from storage import tables
from storage.database import Database, add_all
from storage.kinds import ChatKind, Role
from storage.migrations import upgrade
from tests.bench.crowd import PACK
from tests.faults import checker
from tests.faults.checker import Verdict
from tests.simulation.life import TOKEN, Hands, Life, owed
from tests.simulation.machine import machine
from tests.simulation.telegram import CALM, HOLE, NIGHT, ROUGH, Telegram

TEAMS, SIZE = 6, 10
START = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # Monday in Shanghai, at four
DAY = timedelta(days=1)
DAYS = 3
DUE = timedelta(hours=3, minutes=50)  # after START: 07:50 in Shanghai
OPEN = timedelta(minutes=70)
CRASHES = 24
OWNER = 900

Row = tuple[Any, ...]


def group(team: int) -> int:
    """The chat of a team."""
    return -1_001_000_000_001 - team


def user(place: int) -> int:
    """A member; number n is in team n % TEAMS, and leads it where n < TEAMS."""
    return 1001 + place


def cast() -> Cast:
    """Everybody."""
    places = range(TEAMS * SIZE)
    people = [Person(user(n), f"P{n}", started=n < TEAMS) for n in places]
    people.append(Person(OWNER, "O", started=True))
    groups = [
        Group(group(n), f"T{n}", members=tuple(map(user, places[n::TEAMS])), bot="member")
        for n in range(TEAMS)
    ]
    return Cast(tuple(people), tuple(groups), Robot())


@dataclass
class Week:
    """What happens by a seed, and what was noted of it."""

    seed: int
    probe: bool
    done: list[dict[str, Any]] = field(default_factory=list)
    crashes: int = 0
    verdict: Verdict = field(default_factory=Verdict)

    def run(self) -> str:
        """Live through it, and judge; the history in one word."""
        ready = furnished()
        with tempfile.TemporaryDirectory(prefix="zaohui-week-") as folder:
            self._file = Path(folder) / "week.db"
            shutil.copy(ready, self._file)
            with machine(self.seed) as (loop, disk):
                self._disk = disk
                asyncio.set_event_loop(loop)
                try:
                    return loop.run_until_complete(self._live())
                finally:
                    asyncio.set_event_loop(None)

    async def _live(self) -> str:
        self._chance = random.Random(self.seed)
        self._clock, hours = Hands(START), Hands(START)
        self._world = World(cast(), hours)
        self._world.watchers.append(self._talk)
        self._telegram = Telegram(self._world, TOKEN, random.Random(f"line {self.seed}"))
        loop = asyncio.get_running_loop()
        people = [loop.create_task(self._member(place)) for place in range(TEAMS * SIZE)]
        weather = loop.create_task(self._weather())
        deaths = sorted(self._deaths())
        for death, rest in deaths:
            life = self._begin()
            await asyncio.sleep(max(death - loop.time(), 0))
            if self._chance.random() < 0.7:
                await self._disk.doomed(self._chance.randint(1, 80), 60)
            await life.crash()
            self.crashes += 1
            await asyncio.sleep(rest)
        life = self._begin()
        await asyncio.gather(*people)
        weather.cancel()
        self._telegram.weather = CALM
        await asyncio.sleep(max((DAYS * DAY).total_seconds() - loop.time(), 0))
        for _ in range(60):
            await asyncio.sleep(60)
            if not owed(self._file) and not len(self._world.queue):
                break
        await life.crash()
        await self._telegram.close()
        self._judge()
        return self._telegram.digest

    def _begin(self) -> Life:
        return Life(self._file, self._clock, self._disk, self._telegram, probe=self.probe)

    def _deaths(self) -> Iterable[tuple[float, float]]:
        """When the program dies, and for how long: mostly when there is much to do."""
        for _ in range(CRASHES):
            day = self._chance.randrange(DAYS) * DAY.total_seconds()
            due = day + DUE.total_seconds()
            dice = self._chance.random()
            if dice < 0.5:
                at = due + self._chance.uniform(0, 20)
            elif dice < 0.9:
                at = due + self._chance.uniform(0, OPEN.total_seconds())
            else:
                at = day + self._chance.uniform(0, DAY.total_seconds())
            long = self._chance.random() < 0.07
            yield at, self._chance.uniform(60, 9000) if long else self._chance.uniform(0.5, 20)

    async def _weather(self) -> None:
        """Rough most of the time, and worse now and then; clocks are set meanwhile."""
        loop = asyncio.get_running_loop()
        while True:
            self._telegram.weather = self._chance.choices(
                [CALM, ROUGH, NIGHT, HOLE], [0.25, 0.65, 0.06, 0.04]
            )[0]
            if self._chance.random() < 0.02:
                self._clock.ahead = timedelta(
                    seconds=self._chance.choice([0, 0, -30, 30, 600, -600, 3600, -3600])
                )
                self._telegram.note(loop.time(), "clock", self._clock.ahead)
            await asyncio.sleep(self._chance.uniform(10, 1200))

    def _talk(self, news: Any) -> None:
        """Others write between what we write."""
        message = news.message
        if news.event != "message" or message.sender is not self._world.bot:
            return
        if not message.chat.private and self._chance.random() < 0.5:
            somebody = self._world.people[user(0)]
            for _ in range(self._chance.randint(0, 8)):
                self._world.post(message.chat, somebody, {"text": "…"})

    async def _member(self, place: int) -> None:
        """One member's three days: a tap or two on the card, and now and then a promise."""
        loop = asyncio.get_running_loop()
        chance = random.Random(f"{self.seed} member {place}")
        for day in range(DAYS):
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
        who, chat = self._world.people[user(place)], self._world.chats[group(place % TEAMS)]
        card = next((m for m in reversed(chat.messages.values()) if morning_of(m)), None)
        if card is None:
            return
        tap = self._world.taps.begin(who.id, chat.id)
        told = {"id": tap.id, "from": who.told, "message": card.told(), "chat_instance": "1"}
        morning = morning_of(card)
        told["data"] = StudiedTap(morning).pack()
        self._push("callback_query", told, who.id, what="tap", user=f"{who.id}:{morning}")

    def _promise(self, place: int, words: str) -> None:
        who, chat = self._world.people[user(place)], self._world.chats[group(place % TEAMS)]
        text = f"/commit@{self._world.bot.username} {words}"
        content = {"text": text, "entities": entities(text, [])}
        message = Message(next(chat.ids), chat, self._world.date(), who, content)
        chat.messages[message.id] = message
        self._push("message", message.told(), chat.id, what="promise", words=words)

    def _push(self, kind: str, told: dict[str, Any], lane: int, **what: Any) -> None:
        self._world.queue.add(kind, told, lane)
        update = self._world.queue.waiting()[-1].id
        self.done.append({"update": update, "kind": what.pop("what"), "chat": lane, **what})

    # -- judgement ---------------------------------------------------------------------------

    def _judge(self) -> None:
        connection = sqlite3.connect(self._file)

        def ask(query: str) -> list[Row]:
            return connection.execute(query).fetchall()

        shown = [
            (chat.id, message.id, morning)
            for chat in self._world.chats.values()
            for message in chat.messages.values()
            if message.sender is self._world.bot and (morning := morning_of(message))
        ]
        owed_rows = ask(
            "SELECT CAST(substr(o.key, 6) AS INTEGER), c.telegram_id, o.state, o.message_id "
            "FROM outgoing o JOIN chat c ON c.id = o.chat_id WHERE o.key LIKE 'card:%'"
        )
        missed = ask("SELECT subject FROM slot WHERE job = 'morning' AND state = 'missed'")
        teams = [group(team) for team in range(TEAMS)] * DAYS
        for (subject,) in missed:
            teams.remove(group(int(subject.partition(":")[0]) - 1))
            self.verdict.count("missed, and told")
        checker.cards(self.verdict, shown, owed_rows, teams)
        known = self._telegram.confirmed
        checker.updates(
            self.verdict,
            [one for one in self.done if one["update"] in known],
            ask("SELECT update_id, state FROM incoming"),
            ask(
                "SELECT p.telegram_id || ':' || k.morning_id FROM checkin k JOIN member m "
                "ON m.id = k.member_id JOIN person p ON p.id = m.person_id"
            ),
            ask("SELECT text FROM commitment ORDER BY id"),
        )
        left = ask(
            "SELECT key, state FROM outgoing WHERE state IN ('pending', 'sending', 'unknown')"
        )
        self.verdict.stuck += [f"{key} ({state})" for key, state in left]
        ((resent,),) = ask("SELECT count(*) FROM outgoing WHERE resent")
        self.verdict.allowed = resent
        self.verdict.figures |= {
            "crashes": self.crashes,
            "updates": len(self.done),
            "too old": len(self.done) - len(known),  # for Telegram: nobody can have them
            "sent twice": resent,
            "messages": ask("SELECT count(*) FROM outgoing")[0][0],
        }
        for table in ("outgoing", "incoming", "checkin", "commitment", "slot", "morning"):
            self._telegram.note(table, ask(f"SELECT * FROM {table} ORDER BY 1, 2"))
        connection.close()


def morning_of(message: Message) -> int:
    """The morning whose card a message is; 0 for other messages."""
    for row in message.markup["inline_keyboard"] if message.markup else []:
        for button in row:
            tap = read(str(button.get("callback_data", "")))
            if isinstance(tap, StudiedTap):
                return tap.morning
    return 0


@cache
def furnished() -> Path:
    """A database with everybody, on the evening before; made once."""
    file = Path(tempfile.mkdtemp(prefix="zaohui-furnished-")) / "week.db"
    asyncio.run(_furnish(file))
    return file


async def _furnish(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    pack = read_pack(PACK.name, PACK.read_bytes())
    teams, places = range(1, TEAMS + 1), range(1, TEAMS * SIZE + 1)
    try:
        await upgrade(database)
        async with database.begin() as session:
            await import_pack(session, pack, START)
            await add_all(session, tables.Unit, [{"id": 1, "name": "U"}])
            private = {"kind": ChatKind.PRIVATE, "title": "", "trouble": ""}
            chats = [
                {
                    "id": n,
                    "telegram_id": group(n - 1),
                    "kind": ChatKind.SUPERGROUP,
                    "title": f"T{n - 1}",
                    "trouble": "",
                }
                for n in teams
            ]
            chats += [{"id": 100 + n, "telegram_id": user(n - 1), **private} for n in teams]
            chats.append({"id": 99, "telegram_id": OWNER, **private})
            await add_all(session, tables.Chat, chats)
            home = {"unit_id": 1, "topic_id": 0, "timezone": "Asia/Shanghai", "locale": "zh"}
            await add_all(
                session,
                tables.Team,
                [{"id": n, "name": f"T{n - 1}", "chat_id": n, **home} for n in teams],
            )
            people = [{"id": n, "telegram_id": user(n - 1), "name": f"P{n}"} for n in places]
            people.append({"id": 999, "telegram_id": OWNER, "name": "O"})
            await add_all(session, tables.Person, people)
            seat = {"tags": [], "joined_at": START - 30 * DAY}
            await add_all(
                session,
                tables.Member,
                [
                    {"id": n, "team_id": (n - 1) % TEAMS + 1, "person_id": n, **seat}
                    for n in places
                ],
            )
            leads = [
                {"person_id": n, "role": Role.LEADER, "team_id": n, "at": START} for n in teams
            ]
            await add_all(session, tables.Grant, leads)
            await add_all(
                session, tables.Grant, [{"person_id": 999, "role": Role.OWNER, "at": START}]
            )
            plan = {"packs": [pack.slug], "at": wall(7, 50), "closes": wall(9, 0)}
            plan |= {"days": "daily", "next_at": START + DUE}
            await add_all(session, tables.Plan, [{"id": n, "team_id": n, **plan} for n in teams])
    finally:
        await database.close()


def live(seed: int) -> tuple[str, Verdict]:
    """One seed: the history in one word, and the judgement. Every other seed has the probe."""
    logging.disable(logging.CRITICAL)
    try:
        week = Week(seed, probe=seed % 2 == 0)
        return week.run(), week.verdict
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
    """Many seeds; prints the bad ones, and the sum."""
    good, begun, total = True, time.perf_counter(), Verdict()
    for seed, digest, verdict in lives(range(first, first + count)):
        if not verdict.good:
            good = False
            sys.stdout.write(f"FAIL week {seed} {digest}: {verdict}\n")
            sys.stdout.flush()
        total.add(verdict)
    took = time.perf_counter() - begun
    mark = "ok  " if good else "FAIL"
    sys.stdout.write(f"{mark} {count} seeds of {DAYS} days ({took:.0f} s): {total}\n")
    return good
