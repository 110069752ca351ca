"""What runs on every tap and every second finds its rows by an index, however much there is."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import SQLModel

from handlers import asks as asking
from handlers import boards, checkins, plans, status, study
from handlers.outlooks import upcoming
from handlers.requests import Reply
from handlers.taps.announcements import CorrectedTap, CorrectTap, RecalledTap, ReceiptTap
from handlers.taps.asks import HelpTap, SureTap
from handlers.taps.cards import AnswerTap, StudiedTap
from handlers.taps.plans import PlanAct, PlanActTap
from handlers.taps.tasks import AcceptTap, FinishTap, HardTap
from schedules import announcements as announcing
from schedules import cards
from schedules.asks import ASKS
from schedules.boards import BOARDS, PINS
from schedules.refresh import refresh
from schedules.retention import RETENTION
from schedules.runner import tick
from schedules.timetable import JOBS
from storage import (
    announcements,
    carriage,
    chats,
    commitments,
    doubts,
    evidence,
    histories,
    inbox,
    outbox,
    people,
    pleas,
    sentpacks,
    todos,
    views,
)
from storage import checkins as count
from storage.database import Database
from storage.kinds import Delivery, LeaveReason, Stage
from storage.tables import Announcement, Leave, Morning
from tests.conftest import LI, ONE, SI, THREE, TWO, WANG, ZHANG, ZHAO, Office, on_sqlite
from tests.integration.announcing import announced, press, write
from tests.integration.assigning import assigned, say, stands
from tests.integration.assigning import press as press_any

pytestmark = on_sqlite  # whose plans do not depend on how much there is

Statement = tuple[str, Any]

READ_WHOLE = {
    "team": "which groups take no messages is asked of all teams, and those do not grow by use",
    "erasure": "a row for each who is being forgotten: none, but for minutes",
    "unit": "when weeks are told of is asked of all units, once a quarter of an hour",
    "weektime": "the same: at most a row for each unit",
    "watch": "a row for each stretch without an outage, forgotten after a week: by night, and few",
}


@contextmanager
def overheard(database: Database) -> Iterator[list[Statement]]:
    """Every statement that reaches the database while the block runs."""
    heard: list[Statement] = []

    def hear(_c: Any, _k: Any, statement: str, values: Any, _x: Any, many: bool) -> None:
        several = many and isinstance(values, list)  # not one statement with many rows
        heard.append((statement, values[0] if several else values))

    engines = [database.engine.sync_engine, database.reader.sync_engine]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", hear)
    yield heard
    for engine in engines:
        event.remove(engine, "before_cursor_execute", hear)


def scans(database: Database, statements: list[Statement]) -> dict[str, str]:
    """The tables that statements read from one end to the other, each with one that does."""
    found: dict[str, str] = {}
    connection = sqlite3.connect(str(database.url.database))
    for statement, values in statements:
        if statement.startswith(("BEGIN", "PRAGMA")):
            continue
        for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values):
            if whole := re.match(r"SCAN (\w+?)(_\d+)?\b", detail):
                found[whole[1]] = statement
    connection.close()
    return {table: said for table, said in found.items() if table in SQLModel.metadata.tables}


@pytest.fixture
async def furnished(office: Office) -> Office:
    """A morning whose card stands in the group, and an announcement that arrived there."""
    async with office.database.begin() as session:
        morning = await office.morning(session)
        ((_, card),) = (await cards.owed(session, [morning.id], office.clock()))[morning.id]
        chat = office.teams[ONE].chat_id or 0
        await outbox.post(session, cards.key(morning.id), chat, card.send(), office.clock())
        row = await outbox.by_key(session, cards.key(morning.id))
        assert row is not None
        await carriage.settled(session, row.id, Delivery.SENT, office.clock(), message_id=7)
    await announced(office)
    return office


def assert_no_scan(office: Office, heard: list[Statement]) -> None:
    assert heard
    assert not {
        table: statement
        for table, statement in scans(office.database, heard).items()
        if table not in READ_WHOLE
    }


async def test_announcements_on_their_way_are_looked_at_by_index(furnished: Office) -> None:
    async with furnished.database.begin() as session:
        row = await session.get_one(Announcement, 1)
        row.pinned_at = row.receipts_until = furnished.clock()
        session.add(row)
        waits = Announcement(author_id=row.author_id, html="", at=furnished.clock())
        waits.stage, waits.send_at = Stage.SCHEDULED, furnished.clock()
        session.add(waits)
        await session.flush()
        await announcements.choose(session, waits.id, [furnished.teams[ONE].id])
    furnished.clock.forward(seconds=10)
    jobs = [announcing.SENDING, announcing.PINNING, announcing.CLOSING]
    with overheard(furnished.database) as heard:
        assert await tick(furnished.database, jobs, furnished.clock()) == 4, "two copies to pin"
    assert_no_scan(furnished, heard)
    with overheard(furnished.database) as heard:
        await press(furnished, LI, RecalledTap(1))
        await tick(furnished.database, [announcing.SWEEPING], furnished.clock())
    assert_no_scan(furnished, heard)


async def test_a_correction_of_many_groups_is_no_loop_of_queries(furnished: Office) -> None:
    await press(furnished, LI, CorrectTap(1))
    await write(furnished, LI, "后天停电")
    with overheard(furnished.database) as heard:
        await press(furnished, LI, CorrectedTap(1))
    assert len(heard) < 30
    assert_no_scan(furnished, heard)


@pytest.mark.parametrize("topic", [0, 5])
async def test_who_speaks_where_is_one_question_answered_by_index(
    furnished: Office, topic: int
) -> None:
    with overheard(furnished.database) as heard:
        async with furnished.database.read() as session:
            assert await people.seat(session, ONE, topic, ZHANG)
    assert len([said for said, _ in heard if said.startswith("SELECT")]) == 1
    assert_no_scan(furnished, heard)


async def test_a_check_in_reads_by_index(furnished: Office) -> None:
    with overheard(furnished.database) as heard:
        async with furnished.database.begin() as session:
            request = await furnished.ask(session, ZHANG, chat=ONE, message_id=7)
            reply = await checkins.studied(request, StudiedTap(1))
    assert reply.toast
    assert_no_scan(furnished, heard)


async def test_an_answer_reads_by_index(furnished: Office) -> None:
    with overheard(furnished.database) as heard:
        async with furnished.database.begin() as session:
            request = await furnished.ask(session, ZHANG, chat=ONE, message_id=7)
            reply: Reply = await study.answer(request, AnswerTap(1, 1, 1))
    assert reply.toast
    assert_no_scan(furnished, heard)


async def test_a_receipt_reads_by_index(furnished: Office) -> None:
    with overheard(furnished.database) as heard:
        reply = await press(furnished, ZHANG, ReceiptTap(1), ONE)
    assert reply.toast
    assert_no_scan(furnished, heard)


async def test_a_refresh_of_every_kind_reads_by_index(furnished: Office) -> None:
    now = furnished.clock()
    keys = [cards.key(1), f"announcement:1:{furnished.teams[ONE].id}"]
    async with furnished.database.begin() as session:
        await outbox.touch(session, keys, now)
    with overheard(furnished.database) as heard:
        assert await refresh(furnished.database, now + outbox.EDIT_EVERY) == len(keys)
    assert_no_scan(furnished, heard)


async def test_how_many_teams_stand_is_asked_at_once_and_by_index(furnished: Office) -> None:
    async with furnished.database.begin() as session:
        for team in (TWO, THREE):
            await furnished.morning(session, team)
    asked = []
    for user in (LI, WANG):  # secretary of two teams, and of three
        with overheard(furnished.database) as heard:
            async with furnished.database.begin() as session:
                reply = await status.status(await furnished.ask(session, user))
        assert reply.message is not None
        assert reply.message.html.count("11月23日") == {LI: 2, WANG: 3}[user]
        assert_no_scan(furnished, [one for one in heard if "WITH RECURSIVE" not in one[0]])
        asked.append(len(heard))
    assert asked[0] == asked[1]


async def test_those_who_are_known_are_counted_as_all_are(furnished: Office) -> None:
    now = furnished.clock()
    async with furnished.database.begin() as session:
        morning = await session.get_one(Morning, 1)
        zhang, si = furnished.members[ZHANG], furnished.members[SI]
        await count.add(session, morning.id, zhang.id, now)
        session.add(
            Leave(
                member_id=si.id,
                first=morning.day,
                last=morning.day,
                reason=LeaveReason.SHIFT,
                at=now,
                by_person_id=si.person_id,
            )
        )
        await session.flush()
        people = (await count.presences(session, [morning.id]))[morning.id]
        assert count.counted(people) == await count.tally(session, morning) == count.Tally(1, 2)


async def test_what_was_assigned_is_answered_and_shown_by_index(furnished: Office) -> None:
    await assigned(furnished, ZHAO, "张三 李四 周五前 完成台账")
    await stands(furnished, f"task:1:{furnished.teams[ONE].id}", ONE, 9)
    taps = [AcceptTap(1), HardTap(1), FinishTap(1)]
    with overheard(furnished.database) as heard:
        for tap in taps:
            assert (await press_any(furnished, ZHANG, tap)).toast
        assert await say(furnished, ZHANG, "缺少备件")
        assert await refresh(furnished.database, furnished.clock() + outbox.EDIT_EVERY)
    assert_no_scan(furnished, heard)


async def test_a_tick_reads_by_index(furnished: Office) -> None:
    later = furnished.clock() + timedelta(days=2)
    nightly = [job for job in JOBS if job is not RETENTION]
    with overheard(furnished.database) as heard:
        await tick(furnished.database, nightly, later)
    assert_no_scan(furnished, heard)


async def test_what_is_old_is_looked_for_once_a_night_and_not_again(furnished: Office) -> None:
    night = furnished.clock() + timedelta(days=2)
    assert await tick(furnished.database, [RETENTION], night) > 0
    with overheard(furnished.database) as heard:
        for hours in (0, 0.1, 8):
            assert await tick(furnished.database, [RETENTION], night + timedelta(hours=hours)) == 0
    assert len([said for said, _ in heard if said.startswith("SELECT")]) <= 3
    assert_no_scan(furnished, heard)


async def test_asking_owners_and_what_they_answer_read_by_index(furnished: Office) -> None:
    now = furnished.clock()
    async with furnished.database.begin() as session:
        for due in (10, 34):  # hours: today at six, tomorrow at six
            member = furnished.members[ZHANG]
            at = now - timedelta(days=3)
            await commitments.make(session, member, "检修", now + timedelta(hours=due), at)
    with overheard(furnished.database) as heard:
        for hours, told in ((2, 1), (26, 2)):  # asked; told that it is late, as the leader is
            looks = 4 + 1  # in zones whose hours begin at each quarter; its one step
            kept = await tick(furnished.database, [ASKS], now + timedelta(hours=hours))
            assert kept == looks + told
        async with furnished.database.begin() as session:
            request = await furnished.ask(session, ZHANG, message_id=9)
            reply = await asking.help(request, HelpTap(2))
        assert reply.message is not None
        async with furnished.database.begin() as session:
            request = await furnished.ask(session, ZHANG, message_id=9)
            reply = await asking.sure(request, SureTap(2))
        async with furnished.database.read() as session:
            assert await pleas.by_ids(session, [1, 2]) == {}
            assert await outbox.newest(session, 1) is None
    assert reply.toast
    assert_no_scan(furnished, [one for one in heard if "grant" not in one[0]])


async def test_looking_ahead_and_changing_what_comes_read_by_index(furnished: Office) -> None:
    team, day = furnished.teams[ONE].id, date(2026, 12, 3)
    taps = [
        PlanActTap(team, PlanAct.SKIP),
        PlanActTap(team, PlanAct.AGAIN),
        PlanActTap(team, PlanAct.START, bite=2),
        PlanActTap(team, PlanAct.OFF, day, day),
        PlanActTap(team, PlanAct.PAUSE, day, day),
        PlanActTap(team, PlanAct.RESUME),
    ]
    with overheard(furnished.database) as heard:
        for tap in taps:
            async with furnished.database.begin() as session:
                reply = await plans.act(await furnished.ask(session, ZHAO), tap)
            assert reply.edit is not None
        async with furnished.database.read() as session:
            assert await upcoming(session, [team], furnished.clock())
    assert_no_scan(furnished, [one for one in heard if "grant" not in one[0]])


async def test_what_shows_commitments_reads_by_index(furnished: Office) -> None:
    now = furnished.clock()
    async with furnished.database.begin() as session:
        made = await commitments.make(session, furnished.members[ZHANG], "检修", now, now)
        request = await furnished.ask(session, ZHAO, chat=ONE, message_id=9)
        await boards.board(request)
        row = await outbox.by_key(session, "board:1:1")
        assert row is not None
        await carriage.settled(session, row.id, Delivery.SENT, now, message_id=8)
        await outbox.touch(session, ["board:1:1"], now)
    with overheard(furnished.database) as heard:
        async with furnished.database.begin() as session:
            what = await commitments.one(session, made.id)
            assert what is not None
            shown = await views.of(session, what, now)
            assert shown == {"commitment:1", "card:1", "board:1:1"}
        assert await tick(furnished.database, [BOARDS, PINS], now + timedelta(days=1)) == 2
        assert await refresh(furnished.database, now + outbox.EDIT_EVERY) == 1
        async with furnished.database.begin() as session:
            assert await histories.deeds(session, 1)
            assert await histories.numbered(session, 1, [1])
            assert await todos.made(session, 1, 1, 1) is None
    assert_no_scan(furnished, heard)


async def test_taking_updates_in_and_out_reads_by_index(furnished: Office) -> None:
    now = furnished.clock()
    with overheard(furnished.database) as heard:
        async with furnished.database.begin() as session:
            await inbox.put(session, [(1, ZHANG, {"update_id": 1})], now)
        async with furnished.database.begin() as session:
            assert len(await inbox.take(session, now)) == 1
            assert await inbox.done(session, [1]) == 1
    assert_no_scan(furnished, heard)


async def test_carrying_the_outbox_reads_by_index(furnished: Office) -> None:
    now = furnished.clock()
    async with furnished.database.begin() as session:
        call = ("sendMessage", {"text": "."})
        await outbox.post(session, "news", furnished.teams[ONE].chat_id or 0, call, now)
    with overheard(furnished.database) as heard:
        async with furnished.database.begin() as session:
            await carriage.orphans(session, set())
            await carriage.expire(session, now)
            await doubts.settle(session, now)
            barred = await chats.ours(session, {-404})
            taken = await carriage.claim(session, now, 16, barred)
            assert [row.key for row, _ in taken] == ["news"]
            await carriage.settled(session, taken[0][0].id, Delivery.SENT, now, message_id=8)
    assert_no_scan(furnished, heard)


async def test_a_look_for_packs_that_were_sent_reads_by_index(furnished: Office) -> None:
    now = furnished.clock()
    with overheard(furnished.database) as heard:
        async with furnished.database.read() as session:
            assert not await sentpacks.waiting(session, now)
        async with furnished.database.begin() as session:
            assert await sentpacks.claim(session, now) is None
    assert_no_scan(furnished, heard)


async def test_evidence_that_is_not_on_disk_is_found_by_index(furnished: Office) -> None:
    with overheard(furnished.database) as heard:
        async with furnished.database.read() as session:
            assert await evidence.unkept(session, 20) == []
        async with furnished.database.begin() as session:
            await evidence.keep(session, 1, "a/1-1.png")
    assert_no_scan(furnished, heard)


async def test_holding_and_opening_a_topic_reads_by_index(furnished: Office) -> None:
    now, home = furnished.clock(), furnished.teams[ONE].chat_id or 0
    with overheard(furnished.database) as heard:
        async with furnished.database.begin() as session:
            seat = await people.seat(session, ONE, 5, ZHANG)
            assert seat is not None
            for _ in range(2):
                await chats.hold(session, home, "TOPIC_CLOSED", now, 5)
            await outbox.post(session, "news", home, ("sendMessage", {}), now, topic_id=5)
            await chats.reopen(session, seat.chat, 5)
            await chats.hold(session, home, "kicked", now)
            await chats.release(session, seat.chat)
            await chats.returned(session, seat.chat)
            await chats.migrate(session, ONE, -100777)
    assert_no_scan(furnished, heard)


def test_a_scan_would_be_found(database: Database) -> None:
    said = "SELECT id FROM person WHERE name = ?"
    assert scans(database, [(said, ("张三",))]) == {"person": said}
