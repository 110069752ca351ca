"""Questions of how things stand, after three years beside after a month.

They go through the real switchboard to the real handlers, in process, on a real database.
"""

import asyncio
import gc
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from handlers.requests import House, Request, Sender
from handlers.routes import ROUTES, Switchboard
from handlers.words.voice import Voice
from storage import chats, people
from storage.database import Database
from storage.kinds import ChatKind
from tests.bench import crowd
from tests.bench.crowd import Crowd
from tests.bench.ready import sqlite, within
from tests.bench.report import Row, Table, p99, row
from tests.bench.years import BRANCH, lived

CROWD = Crowd(1000, 30)
MONTH, YEARS = 30, 3 * 365  # days
NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # a Monday, half an hour after the cards
SINCE_DUE = timedelta(minutes=30)
ASKED = 200  # times, each by somebody else
WARM = 10  # times before it: what is prepared once is prepared then
STEP = 37  # from one asker's team to the next
HOUSE = House("measured_bot", "Asia/Shanghai", "zh")
GOAL = "≤ 20 ms, ≤ 1.3 ×"


@dataclass(frozen=True)
class Asker:
    """Who asks, and where."""

    who: str
    first: int  # the place of the first of them; they sit in neighbouring teams
    teams: int = CROWD.teams  # how many of them there are, each in a team of their own
    private: bool = True


MEMBER = Asker("a member in the group", 2 * CROWD.teams, private=False)
ALONE = Asker("a member in private", 2 * CROWD.teams)
LEADER = Asker("a leader in private", 0)
SECRETARY = Asker(f"a secretary of {BRANCH} teams", CROWD.teams, CROWD.teams // BRANCH)
QUESTIONS = (
    ("status", MEMBER),
    ("status", LEADER),
    ("status", SECRETARY),
    ("today", MEMBER),
    ("today", ALONE),
    ("my", ALONE),
    ("overdue", MEMBER),
    ("overdue", LEADER),
    ("overdue", SECRETARY),
)


def measure(at: Path) -> Iterator[Table]:
    """The same is asked of both in turn, so that what else the machine does meets both."""
    sizes: list[int] = []
    files: list[str] = []
    for days in (YEARS, MONTH):
        file = at / f"{days}.db"
        within(sqlite(file), partial(crowd.seat, now=NOW - timedelta(days=days), crowd=CROWD))
        sizes += lived(file, CROWD, NOW - SINCE_DUE, days)
        files.append(sqlite(file))
    rows: list[Row] = []
    for (name, asker), taken in zip(QUESTIONS, asyncio.run(_asked(files)), strict=True):
        years, month = taken
        median = statistics.median
        rows += [
            row(f"/{name}, {asker.who}: median", "ms", median(years), median(month)),
            row(f"/{name}, {asker.who}: p99", "ms", p99(years), p99(month), GOAL),
        ]
    told = "{:,} mornings and {:,} check-ins, beside {:,} and {:,}".format(*sizes)
    yield Table(told, "one month", rows)


async def _asked(addresses: Sequence[str]) -> list[list[list[float]]]:
    """How many milliseconds each answer took: by question and by database."""
    databases = [Database(address) for address in addresses]
    switchboard = Switchboard(ROUTES)
    gc.freeze()  # as the program does once it has started
    found = []
    for name, asker in QUESTIONS:
        taken: list[list[float]] = [[] for _ in databases]
        for n in range(WARM + ASKED):
            place = asker.first + n * STEP % asker.teams
            for database, times in zip(databases, taken, strict=True):
                times.append(await _timed(database, switchboard, name, place, asker))
        found.append([times[WARM:] for times in taken])
    for database in databases:
        await database.close()
    return found


async def _timed(
    database: Database, switchboard: Switchboard, name: str, place: int, asker: Asker
) -> float:
    chat = crowd.user(place) if asker.private else CROWD.home(place)
    if asker.private:
        async with database.begin() as session:
            await chats.seen(session, chat, ChatKind.PRIVATE, "")
    begun = time.perf_counter()
    await _ask(database, switchboard, name, crowd.user(place), chat)
    return (time.perf_counter() - begun) * 1000


async def _ask(
    database: Database, switchboard: Switchboard, name: str, user: int, chat: int
) -> None:
    """One question, from the look who asks to the reply."""
    async with database.begin() as session:
        seat = await people.seat(session, chat, 0, user)
        assert seat is not None
        request = Request(
            session=session,
            now=NOW,
            house=HOUSE,
            voice=Voice("zh"),
            sender=Sender(user, "P"),
            chat=seat.chat,
            team=seat.team,
            person=seat.person,
            member=seat.member,
        )
        reply = await switchboard.command(request, name, addressed=True)
        assert reply is not None
        assert reply.message or reply.private
