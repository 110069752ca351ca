"""Questions in plain words after three years: every kind, by who may ask it.

They go through the real switchboard, from the words to the reply, in process, on a real database.
What is measured is our own time, the processor's, with all that SQLite takes.
"""

import asyncio
import gc
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from handlers.reading.nearness import CANON
from handlers.requests import House, Request, Sender
from handlers.routes import ROUTES, Switchboard
from handlers.words.voice import Voice
from storage import chats, people
from storage.database import Database
from storage.kinds import ChatKind
from tests.bench import crowd
from tests.bench.crowd import Crowd
from tests.bench.ready import sqlite, within
from tests.bench.report import NONE, Row, Table, p99, row
from tests.bench.status import Asker
from tests.bench.years import BRANCH, FAST, lived

CROWD = Crowd(300, 30)
YEARS = 3 * 365  # days
NOW = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)  # a Wednesday, half an hour after the cards
SINCE_DUE = timedelta(minutes=30)
ASKED = 100  # times, each by somebody else
WARM = 5  # times before it
STEP = 37  # from one asker's team to the next
HOUSE = House("measured_bot", "Asia/Shanghai", "zh")
GOAL = "≤ 20 ms"
SOMEBODY = "张三"  # in place of whoever is asked of
SURNAMES = "张王李赵刘陈杨黄周吴徐孙马朱胡林郭何高罗"
GIVEN = "伟芳娜敏静强磊洋艳勇军杰娟涛明超霞平刚英"

NAMES = """
UPDATE person SET name = substr(:surnames, 1 + (id - 1) / :teams % 20, 1)
  || substr(:given, 1 + id * 7 % 20, 1) || substr(:given, 1 + id % 20, 1);
"""
ANNOUNCEMENTS = """
WITH RECURSIVE week (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM week WHERE n < :weeks)
INSERT INTO announcement (author_id, stage, html, file_id, album, tags, wants_receipt, silent,
    pins, at, sent_at)
SELECT :teams + unit.id - 1, 'sent', 'N', '', '', '[]', 1, 0, 0, at, at
FROM (SELECT datetime(:now, '-' || ((:weeks - n) * 7) || ' days') || '.000000' AS at FROM week)
CROSS JOIN unit WHERE unit.id > 1;
INSERT INTO announcementteam (announcement_id, team_id)
SELECT announcement.id, team.id FROM announcement
JOIN team ON team.unit_id = announcement.author_id - :teams + 1;
INSERT INTO receipt (announcement_id, member_id, at)
SELECT announcement_id, member.id, :now FROM announcementteam
JOIN member ON member.team_id = announcementteam.team_id WHERE (announcement_id + member.id) % 10;
"""


def measure(at: Path) -> Iterator[Table]:
    """One table: each question, as members, leaders and secretaries ask it."""
    file = at / "answers.db"
    within(sqlite(file), partial(crowd.seat, now=NOW - timedelta(days=YEARS), crowd=CROWD))
    mornings, checkins = lived(file, CROWD, NOW - SINCE_DUE, YEARS)
    notices, receipts = _announced(file)
    rows: list[Row] = []
    for text, asker, taken in asyncio.run(_asked(sqlite(file))):
        what = f"{text.format(name=SOMEBODY)} {asker.who}"
        rows.append(row(f"{what}: median", "ms", statistics.median(taken), goal=NONE))
        rows.append(row(f"{what}: p99", "ms", p99(taken), goal=GOAL))
    told = (
        f"{CROWD.teams} teams of {CROWD.size} after three years: {mornings:,} mornings, "
        f"{checkins:,} check-ins, {notices:,} announcements, {receipts:,} receipts"
    )
    yield Table(told, "", rows)


def _announced(file: Path) -> tuple[int, int]:
    """An announcement a week from each secretary to their teams, nine of ten confirmed."""
    values = {
        "teams": CROWD.teams,
        "weeks": YEARS // 7,
        "now": f"{NOW:%Y-%m-%d %H:%M:%S}",
        "surnames": SURNAMES,
        "given": GIVEN,
    }
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in FAST:
            connection.execute(f"PRAGMA {pragma}")
        for statement in f"{NAMES}{ANNOUNCEMENTS}".split(";")[:-1]:
            named = {name: values[name] for name in values if f":{name}" in statement}
            connection.execute(statement, named)
        counts = "SELECT (SELECT count(*) FROM announcement), (SELECT count(*) FROM receipt)"
        (found,) = connection.execute(counts)
        return int(found[0]), int(found[1])


def name(place: int) -> str:
    """What a member is called."""
    number = place + 1
    surname = SURNAMES[place // CROWD.teams % 20]
    return f"{surname}{GIVEN[number * 7 % 20]}{GIVEN[number % 20]}"


def questions() -> Iterator[tuple[str, Asker]]:
    """What is asked by whom; {name} is somebody of the asker's team."""
    member = Asker("(a member, group)", 2 * CROWD.teams, CROWD.teams, private=False)
    alone = Asker("(a member)", 2 * CROWD.teams, CROWD.teams)
    leader = Asker("(a leader)", 0, CROWD.teams)
    secretary = Asker(f"(secretary of {BRANCH} teams)", CROWD.teams, CROWD.teams // BRANCH)
    own = {"promises", "streak", "checkins"}
    for canon in CANON:
        if canon.key in own:
            yield canon.zh, alone
            continue
        if canon.key != "hardest":
            yield canon.zh, member
        yield canon.zh, leader
        yield canon.zh, secretary
    for text in ("上周谁没打卡？", "本月谁没打卡？", "上月打卡率是多少？", "上周学了什么？"):
        yield text, secretary
    for text in ("{name}的承诺有哪些？", "{name}本月打卡几次？", "老张今天打卡了吗？"):
        yield text, leader
        yield text, secretary
    yield "食堂几点开饭", alone


async def _asked(address: str) -> list[tuple[str, Asker, list[float]]]:
    database = Database(address)
    switchboard = Switchboard(ROUTES)
    gc.freeze()  # as the program does once it has started
    found = []
    for text, asker in questions():
        taken = [
            await _timed(database, switchboard, text, asker.first + n * STEP % asker.teams, asker)
            for n in range(WARM + ASKED)
        ]
        found.append((text, asker, taken[WARM:]))
    await database.close()
    return found


async def _timed(
    database: Database, switchboard: Switchboard, text: str, place: int, asker: Asker
) -> float:
    chat = crowd.user(place) if asker.private else CROWD.home(place)
    if asker.private:
        async with database.begin() as session:
            await chats.seen(session, chat, ChatKind.PRIVATE, "")
    of = place if "secretary" not in asker.who else (place - CROWD.teams) * BRANCH
    said = text.format(name=name(of + 5 * CROWD.teams))
    begun = time.process_time()
    await _ask(database, switchboard, said, crowd.user(place), chat)
    return (time.process_time() - begun) * 1000


async def _ask(
    database: Database, switchboard: Switchboard, said: str, user: int, chat: int
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
            text=said,
        )
        reply = await switchboard.phrase(request, addressed=True)
        reply = reply or await switchboard.otherwise(request)
        assert reply.message or reply.private
