"""A look at the timetable of many teams: when nothing is due, and when everything is."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from schedules import cards
from schedules.runner import tick
from schedules.timetable import JOBS
from storage import outbox
from storage.database import Database
from tests.bench import crowd
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


async def _look(database: Database, moment: datetime) -> float:
    begun = time.perf_counter()
    await tick(database, JOBS, moment)
    return time.perf_counter() - begun
