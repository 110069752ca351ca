"""The pages of a week: what they cost in all, and what taps wait for while they are made."""

import asyncio
import resource
import sqlite3
import statistics
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.drawing import drawn
from schedules.runner import tick
from schedules.weeks import WEEKS
from storage import outbox
from storage.database import Database
from storage.tables import File
from tests.bench import crowd, years
from tests.bench.crowd import Crowd
from tests.bench.processes import OURS
from tests.bench.ready import now, sqlite, under_way, within
from tests.bench.report import NONE, Table, count, p99, row
from tests.bench.taps import RATE, Seen, tapped

CROWD = Crowd(1000, 30)
DAYS = 90  # that they have lived
NOON = datetime(2026, 11, 27, 5, tzinfo=UTC)  # a Friday, where the crowd is
FIVE = NOON + timedelta(hours=5)
DRAWN = 40  # pictures that are looked at
GLANCE = 0.001  # seconds
IDLE = 600  # seconds of a processor that all pages may take

# Whoever has a right has a private chat; each team's cards of the week, and a nudge for each.
TOLD = """
INSERT INTO chat (telegram_id, kind, title, trouble)
SELECT telegram_id, 'private', '', '' FROM person WHERE id <= :people;
WITH RECURSIVE day (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM day WHERE n < 4)
INSERT INTO outgoing (key, chat_id, topic_id, method, params, priority, repeatable, state,
  attempts, resent, not_before, done_at, message_id, error)
SELECT 'card:' || n || ':' || id, chat_id, 0, 'sendMessage', '{}', 2, 0, 'sent',
  0, 0, :now, datetime(:now, '-' || n || ' days') || '.000000', n, '' FROM day CROSS JOIN team;
INSERT INTO outgoing (key, chat_id, topic_id, method, params, priority, repeatable, state,
  attempts, resent, not_before, done_at, message_id, error)
SELECT 'nudge:' || id, id, 0, 'sendMessage', '{}', 1, 0, 'sent', 0, 0, :now, :now, 1, ''
FROM chat WHERE kind = 'private';
"""


@dataclass
class Looks:
    """Seconds: of each look, of a processor for all, and that others waited at the most."""

    each: list[float] = field(default_factory=list)
    work: float = 0
    waited: float = 0
    picture: float = 0  # of a processor, for one of them
    pages: int = 0


def measure(at: Path) -> Iterator[Table]:
    """In process; then the program from outside, with pages to make and without."""
    file = at / "weeks.db"
    _live(file, CROWD)
    looks = within(sqlite(file), _friday)
    people = CROWD.teams + CROWD.teams // years.BRANCH
    whole = looks.work + looks.picture * looks.pages
    rows = [
        row("one look, for some of the people, median", "ms", _ms(looks.each)),
        row("one look, longest", "ms", max(looks.each) * 1000),
        row("that others wait meanwhile, at the most", "ms", looks.waited * 1000),
        row("processor until all pages are owed", "s", looks.work),
        row("processor for one picture", "ms", looks.picture * 1000),
        row("processor for all of it", "s", whole, goal=f"≤ {IDLE} s"),
        count("people without a page", people - looks.pages),
    ]
    yield Table(f"{CROWD.teams:,} teams, {people:,} pages", NONE, rows)
    yield _beside(at)


def _ms(seconds: Sequence[float]) -> float:
    return statistics.median(seconds) * 1000


def _live(file: Path, people: Crowd) -> None:
    async def seat(database: Database) -> None:
        await crowd.seat(database, NOON, people)

    within(sqlite(file), seat)
    years.lived(file, people, NOON, DAYS)
    values = {"people": people.members, "now": f"{NOON:%Y-%m-%d %H:%M:%S}.000000"}
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in TOLD.split(";")[:-1]:
            named = {name: values[name] for name in values if f":{name}" in statement}
            connection.execute(statement, named)


async def _friday(database: Database) -> Looks:
    """At five: look after look, until all is owed; then some of it is drawn."""
    looks, done = Looks(), asyncio.Event()
    waiting = asyncio.ensure_future(_others(done))
    begun = time.process_time()
    while True:
        since = time.perf_counter()
        if not await tick(database, [WEEKS], FIVE + timedelta(seconds=len(looks.each))):
            break
        looks.each.append(time.perf_counter() - since)
    looks.work = time.process_time() - begun
    done.set()
    looks.waited = await waiting
    async with database.read() as session:
        looks.pages = sum((await outbox.tally(session, "week:")).values())
        some = select(File.data).order_by(col(File.hash)).limit(DRAWN)
        drawings = (await session.exec(some)).all()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for drawing in drawings:
        await drawn(zlib.decompress(drawing))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    looks.picture = spent / len(drawings)
    return looks


async def _others(done: asyncio.Event) -> float:
    """The longest that somebody else had to wait for their turn."""
    longest = 0.0
    while not done.is_set():
        since = time.perf_counter()
        await asyncio.sleep(GLANCE)
        longest = max(longest, time.perf_counter() - since - GLANCE)
    return longest


# -- from outside ----------------------------------------------------------------------------


def _beside(at: Path) -> Table:
    """Taps while pages are made and sent, beside taps while there are none."""
    seen: dict[bool, Seen] = {}
    pages = 0
    for paged in (False, True):
        file = at / f"beside-{paged}.db"
        address = sqlite(file)
        cards = under_way(address, crowd.USUAL)
        if paged:
            _due(file)
        seen[paged] = tapped(OURS, at, address, cards)
        with closing(sqlite3.connect(file)) as connection:
            sent = "SELECT count(*) FROM outgoing WHERE key LIKE 'week:%' AND state = 'sent'"
            pages = connection.execute(sent).fetchone()[0]
    ours, bare = seen[True], seen[False]
    longest = p99(ours.taps.milliseconds), p99(bare.taps.milliseconds)
    rows = [
        row("tap to toast, median", "ms", ours.median, bare.median),
        row("tap to toast, p99", "ms", *longest),
        row("pages that went out meanwhile", "", pages),
        count("never answered", ours.taps.unanswered, bare.taps.unanswered),
    ]
    return Table(f"{RATE:g} taps a second, while pages are made", "without pages", rows)


def _due(file: Path) -> None:
    """Each team has a leader, whose page is due now."""
    moment = now()
    local = moment.astimezone(ZoneInfo(crowd.zone(moment)))
    values = {
        "teams": crowd.USUAL.teams,
        "weekday": local.weekday(),
        "hour": local.hour,
        "now": f"{moment:%Y-%m-%d %H:%M:%S}.000000",
    }
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in (
            "INSERT INTO chat (telegram_id, kind, title, trouble) "
            "SELECT telegram_id, 'private', '', '' FROM person WHERE id <= :teams",
            'INSERT INTO "grant" (person_id, role, team_id, at) '
            "SELECT id, 'leader', id, :now FROM team",
            "DELETE FROM slot WHERE job = 'weeks'",  # it was looked a moment ago, to no avail
            "INSERT INTO weektime (unit_id, weekday, hour, person_id, at) "
            "VALUES (1, :weekday, :hour, 1, :now)",
        ):
            named = {name: values[name] for name in values if f":{name}" in statement}
            connection.execute(statement, named)
