"""A look at the timetable of many teams: when nothing is due, and when everything is."""

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from schedules import cards
from schedules.job import Job
from schedules.morning import MORNING
from schedules.runner import tick
from schedules.timetable import JOBS
from schedules.tutorials import TUTORIALS
from storage import outbox, tutorials
from storage.database import Database, add_all
from storage.kinds import ChatKind
from storage.tables import Chat, Memory, Question
from tests.bench import asking, crowd
from tests.bench.crowd import Crowd
from tests.bench.ready import now, sqlite, within
from tests.bench.report import NONE, Table, count, row

CROWD = Crowd(1000, 30)
LOOKS = 20
DAYS = 3


@dataclass(frozen=True)
class Looks:
    """Seconds that each look took."""

    quiet: list[float] = field(default_factory=list)
    due: list[float] = field(default_factory=list)
    closing: list[float] = field(default_factory=list)


def measure(at: Path) -> Iterator[Table]:
    """In process, on the program's own database."""
    looks, missing = within(sqlite(at / "tick.db"), _days)
    median = statistics.median
    rows = [
        row("nothing due, median", "ms", median(looks.quiet) * 1000, goal="≤ 5 ms"),
        row("nothing due, longest", "ms", max(looks.quiet) * 1000),
        row("all due, until all cards are owed", "s", median(looks.due), goal="≤ 1 s"),
        row("all mornings over, until all are closed", "s", median(looks.closing)),
        count("cards that are not owed", missing),
    ]
    yield Table(f"{CROWD.teams:,} teams", NONE, rows)
    cards, private, lacking = within(sqlite(at / "private.db"), _private)
    rows = [
        row("until all cards are owed", "s", cards),
        row("from then until all private messages are owed", "s", private),
        count("people without theirs", lacking),
    ]
    yield Table(f"{CROWD.members:,} people, a question due for each", NONE, rows)
    yield asking.measure(at)


async def _days(database: Database) -> tuple[Looks, int]:
    """A few days in a row; the looks, and how many cards are not owed after them."""
    begin = now()
    await crowd.furnish(database, begin, CROWD)
    looks = Looks()
    for day in range(DAYS):
        due = begin + timedelta(days=day)
        looks.due.append(await _look(database, due))
        for second in range(10, 10 + LOOKS):
            looks.quiet.append(await _look(database, due + timedelta(seconds=second)))
        looks.closing.append(await _look(database, due + crowd.OPEN_FOR))
    async with database.read() as session:
        owed = sum((await outbox.tally(session, f"{cards.PREFIX}:")).values())
    return looks, DAYS * CROWD.teams - owed


async def _private(database: Database) -> tuple[float, float, int]:
    """A morning on which everybody has a question back: seconds for the cards, then for those."""
    due = now()
    await crowd.furnish(database, due, CROWD)
    chat = {"kind": ChatKind.PRIVATE, "title": "", "trouble": ""}
    yesterday = due.date() - timedelta(days=1)
    kept = {"last": yesterday, "due": yesterday, "stability": 1.0, "known": False}
    places = range(CROWD.members)
    async with database.begin() as session:
        chats = [{"telegram_id": crowd.user(n), **chat} for n in places]
        await add_all(session, Chat, chats)
        questions = (await session.exec(select(Question.id).order_by(col(Question.id)))).all()
        rows = [{"person_id": n + 1, "question_id": questions[-1], **kept} for n in places]
        await add_all(session, Memory, rows)
    first = await _look(database, due, [MORNING])
    second = await _look(database, due, [TUTORIALS])
    async with database.read() as session:
        owed = sum((await outbox.tally(session, f"{tutorials.PREFIX}:")).values())
    return first, second, CROWD.members - owed


async def _look(database: Database, moment: datetime, jobs: Sequence[Job] = JOBS) -> float:
    begun = time.perf_counter()
    await tick(database, jobs, moment)
    return time.perf_counter() - begun
