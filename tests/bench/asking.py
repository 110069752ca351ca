"""A workday on which many owners are asked about their promises, or told that they are late."""

import random
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from schedules.asks import ASKS, SHARE
from schedules.job import Job
from schedules.runner import tick
from schedules.timetable import JOBS
from storage import outbox
from storage.database import Database, add_all
from storage.kinds import Act, ChatKind, Origin, Progress, Role
from storage.tables import Chat, Commitment, CommitmentAct, Grant
from tests.bench import crowd
from tests.bench.crowd import Crowd
from tests.bench.ready import sqlite, within
from tests.bench.report import NONE, Table, count, row

CROWD = Crowd(1000, 30)
OPEN = 100  # promises of each team
TUESDAY = datetime(2026, 11, 24, 1, tzinfo=UTC)  # noon where the crowd is
SPREAD = timedelta(days=60)  # over which they are due, from ten days ago on
QUIET = 20  # looks at the clock in which nothing is due


def measure(at: Path) -> Table:
    """In process, on the program's own database."""
    spent, quiet, again, messages = within(sqlite(at / "asks.db"), _day)
    rows = [
        row("one tick while owners are asked, median", "ms", statistics.median(spent) * 1000),
        row("one tick while owners are asked, longest", "ms", max(spent) * 1000),
        row("until all messages are owed", "s", sum(spent)),
        row("an hour later, nobody new: until all were looked at", "ms", sum(again) * 1000),
        row("nothing due, all jobs, median", "ms", statistics.median(quiet) * 1000),
        row("messages", "", messages),
        count(
            "ticks until all are asked, beyond one for each part",
            max(0, len(spent) - 2 - CROWD.teams // SHARE),
        ),
    ]
    return Table(f"{CROWD.teams:,} teams with {OPEN} open promises each", NONE, rows)


async def _day(database: Database) -> tuple[list[float], list[float], list[float], int]:
    await crowd.seat(database, TUESDAY, CROWD)
    await _promise(database)
    spent = await _looks(database, TUESDAY, [ASKS])
    moments = [TUESDAY + timedelta(minutes=1, seconds=second) for second in range(QUIET)]
    await _look(database, moments[0], JOBS)
    quiet = [(await _look(database, moment, JOBS))[1] for moment in moments[1:]]
    again = await _looks(database, TUESDAY + timedelta(hours=1), [ASKS])
    async with database.read() as session:
        owed = sum((await outbox.tally(session, "ask:")).values())
        owed += sum((await outbox.tally(session, "late:")).values())
    return spent, quiet, again, owed


async def _promise(database: Database) -> None:
    """Everybody has a private chat, each team a leader, and promises at random, by one seed."""
    chance = random.Random(1)
    chat = {"kind": ChatKind.PRIVATE, "title": "", "trouble": ""}
    leads = {"role": Role.LEADER, "at": TUESDAY}
    rows: list[dict[str, Any]] = []
    acts: list[dict[str, Any]] = []
    for number in range(CROWD.teams * OPEN):
        team = number % CROWD.teams
        member = team + CROWD.teams * chance.randrange(CROWD.size) + 1
        made = TUESDAY - timedelta(days=chance.randrange(11, 40))
        due = TUESDAY - timedelta(days=10) + SPREAD * chance.random()
        midway = made + (due - made) * 0.6
        fresh = midway > TUESDAY - timedelta(days=1)  # earlier ones were asked about
        rows.append(
            {
                "team_id": team + 1,
                "number": number // CROWD.teams + 1,
                "member_id": member,
                "text": f"P{number}",
                "due_at": due,
                "origin": Origin.PLEDGE,
                "state": Progress.OPEN,
                "midway": midway if fresh else None,
                "at": made,
            }
        )
        done = {"act": Act.MADE, "person_id": member, "at": made, "due_at": due}
        acts.append({"commitment_id": number + 1, **done, "text": "", "file_id": "", "album": ""})
    async with database.begin() as session:
        users = map(crowd.user, range(CROWD.members))
        await add_all(session, Chat, [{"telegram_id": user, **chat} for user in users])
        teams = range(1, CROWD.teams + 1)
        await add_all(session, Grant, [{"person_id": n, "team_id": n, **leads} for n in teams])
        await add_all(session, Commitment, rows)
        await add_all(session, CommitmentAct, acts)


async def _looks(database: Database, moment: datetime, jobs: Sequence[Job]) -> list[float]:
    """Second by second until there is nothing left to do."""
    spent: list[float] = []
    while True:
        kept, seconds = await _look(database, moment + timedelta(seconds=len(spent)), jobs)
        if not kept:
            return spent
        spent.append(seconds)


async def _look(database: Database, moment: datetime, jobs: Sequence[Job]) -> tuple[int, float]:
    begun = time.perf_counter()
    kept = await tick(database, jobs, moment)
    return kept, time.perf_counter() - begun
