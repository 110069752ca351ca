"""/forgetme: what goes, what stays, and who may not go yet."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, or_
from sqlmodel import col, select

from handlers import ledgers
from handlers.rules.occurrences import midnight
from handlers.words import plain
from handlers.words import privacy as words
from handlers.words.voice import Voice
from schedules.erasures import ERASURES
from schedules.job import Appointment
from schedules.runner import tick
from storage import attendance, checkins, outbox, people, reviews, weeks
from storage import flows as figures
from storage.database import Session
from storage.kinds import Delivery, LeaveReason, Origin, Progress
from storage.privacy import HOLDINGS, Fate
from storage.tables import (
    Chat,
    CheckIn,
    Commitment,
    CommitmentAct,
    Discard,
    Erasure,
    Incoming,
    Leave,
    Outgoing,
    Person,
    Receipt,
)
from tests.conftest import ONE, SI, ZHANG, ZONE, Office, on_postgresql
from tests.integration.forgetting import MINE, SECRET, everywhere, forget, holding, search

ZH = Voice("zh")
Due = Callable[[Session, datetime], Awaitable[Sequence[Appointment]]]


async def test_nothing_of_them_is_left_anywhere(office: Office) -> None:
    await everywhere(office)
    before = await holding(office, SECRET, MINE)
    assert {h.name for h in HOLDINGS if h.words and (h.people or h.users)} - {
        "member", "erasure"
    } <= set(before), "the scene lacks something of this person's"  # fmt: skip
    reply = await forget(office)
    assert reply.edit == words.forgotten(ZH)
    await search(office)
    assert await holding(office, SECRET, MINE, f'"id": {ZHANG}', f":{ZHANG}:") == {}
    async with office.database.read() as session:
        assert await session.get(Erasure, office.people[ZHANG].id) is None
        lanes = (await session.exec(select(Incoming.lane))).all()
        assert ZHANG not in lanes
        assert (await session.exec(select(Chat).where(Chat.telegram_id == ZHANG))).first() is None


async def test_the_person_stays_behind_the_figures_without_a_name(office: Office) -> None:
    await everywhere(office)
    await forget(office)
    async with office.database.read() as session:
        person = await session.get_one(Person, office.people[ZHANG].id)
        assert (person.name, person.telegram_id, person.erased_at) == (
            "已注销成员", None, office.clock(),
        )  # fmt: skip
        mine = CheckIn.member_id == office.members[ZHANG].id
        assert len((await session.exec(select(CheckIn).where(mine))).all()) == 1
        assert len((await session.exec(select(Receipt))).all()) == 1
        leave = (await session.exec(select(Leave))).one()
        assert leave.reason is LeaveReason.LEAVE
        assert await people.unclaimed(session, office.teams[ONE].id) == []


async def test_each_table_does_what_is_declared_of_it(office: Office) -> None:
    await everywhere(office)
    person, member = office.people[ZHANG].id, office.members[ZHANG].id

    async def theirs() -> dict[str, int]:
        found = {}
        async with office.database.read() as session:
            for holding_ in HOLDINGS:
                table: Any = holding_.table.__table__  # type: ignore[attr-defined]
                tests = []
                for name in holding_.people:
                    refers = {key.column.table.name for key in table.c[name].foreign_keys}
                    tests.append(table.c[name] == (member if "member" in refers else person))
                if tests:
                    query = select(func.count()).select_from(table).where(or_(*tests))
                    found[holding_.name] = int((await session.exec(query)).one())
        return found

    before = await theirs()
    await forget(office)
    await search(office)
    after = await theirs()
    fates = {holding_.name: holding_.fate for holding_ in HOLDINGS}
    assert {name for name in after if fates[name] is Fate.GOES} == {
        name for name, count in after.items() if fates[name] is Fate.GOES and not count
    }
    stay = {name: count for name, count in before.items() if fates[name] is Fate.STAYS}
    stay["announcement"] -= 1  # a draft
    stay["audit"] += 1  # that it was done
    assert {name: after[name] for name in stay} == stay


async def test_open_commitments_end_and_the_others_stay_as_they_are(office: Office) -> None:
    await everywhere(office)
    await forget(office)
    async with office.database.read() as session:
        own = Commitment.member_id == office.members[ZHANG].id
        rows = (
            await session.exec(select(Commitment).where(own).order_by(col(Commitment.id)))
        ).all()
    assert [row.state for row in rows] == [
        Progress.WITHDRAWN,
        Progress.WITHDRAWN,
        Progress.CLAIMED,
        Progress.VERIFIED,
    ]
    assert {row.text for row in rows} == {"（内容已删除）"}


async def test_copies_on_disk_are_to_be_taken_away(office: Office) -> None:
    await everywhere(office)
    await forget(office)
    async with office.database.read() as session:
        paths = (await session.exec(select(Discard.path))).all()
        acts = (await session.exec(select(CommitmentAct))).all()
    assert len(paths) == 4
    assert not any(act.file_id or act.kept or act.media for act in acts if act.person_id == 4)


async def test_the_figures_of_the_past_do_not_change(office: Office) -> None:
    await everywhere(office)
    team = office.teams[ONE]
    office.clock.forward(days=1)
    end = office.clock()

    async def past() -> object:
        today = office.clock().astimezone(ZONE).date()
        first = today - timedelta(days=20)
        bounds = midnight(first, ZoneInfo(team.timezone)), end
        async with office.database.read() as session:
            flow = await figures.flows(session, [team.id], (first, today), bounds)
            found = await ledgers.ledger(session, team, "", first, today)
            meetings = [checkins.counted(meeting.people) for meeting in found.meetings]
            tallies = await checkins.tallies(session, [m.morning.id for m in found.meetings])
            missed = await reviews.missed(session, [team.id], *bounds)
            days = (await attendance.days(session, [team.id], first, today))[team.id]
            week = (await weeks.weeks(session, [team.id], ZONE, (first, today), bounds, end))[
                team.id
            ]
        return (
            (days.done, days.expected, days.mornings),
            (week.days, week.receipts),
            flow,
            meetings,
            tallies,
            [(notice.tally, len(notice.given)) for notice in found.notices],
            len(found.courses),
            [(one.question.id, one.wrong, one.answers) for one in missed],
        )

    before = await past()
    await forget(office)
    await search(office)
    assert await past() == before


async def test_a_morning_that_they_missed_still_expects_them(office: Office) -> None:
    async with office.database.begin() as session:
        morning = await office.morning(session)
    async with office.database.read() as session:
        before = await checkins.tally(session, morning)
    office.clock.forward(days=1)
    await forget(office)
    async with office.database.read() as session:
        assert await checkins.tally(session, morning) == before
        today = office.clock().astimezone(ZONE).date()
        span = today - timedelta(days=7), today
        found = (await attendance.days(session, [office.teams[ONE].id], *span))[
            office.teams[ONE].id
        ]
        assert found.expected == before.expected
        assert len(found.missing) == before.expected - 1, "they are named no more"
        assert await checkins.expected(session, office.teams[ONE].id, today) == before.expected - 1


async def test_a_message_in_the_group_is_edited_and_one_that_waits_names_nobody(
    office: Office,
) -> None:
    await everywhere(office)
    await forget(office)
    await search(office)
    async with office.database.read() as session:
        rows = {row.key: row for row in await session.exec(select(Outgoing))}
    edit = rows["edit:closing:1"]
    assert (edit.method, edit.state) == ("editMessageText", Delivery.PENDING)
    assert edit.params == {
        "text": "<b>已注销成员</b> 承诺", "parse_mode": "HTML", "message_id": 12,
    }  # fmt: skip
    assert rows["closing:1"].params == {}
    assert rows["waits:1"].params["text"] == "<b>已注销成员</b> 承诺"
    assert "nudge:1" not in rows  # it was theirs alone


async def test_who_bears_the_same_name_keeps_it(office: Office) -> None:
    async with office.database.begin() as session:
        other = await session.get_one(Person, office.people[SI].id)
        other.name = MINE
        session.add(other)
    await everywhere(office)
    await forget(office)
    await search(office)
    left = await holding(office, MINE)
    assert set(left) == {
        "person", "announcement", "assignment", "commitment", "outgoing", "wording"
    }  # fmt: skip
    assert (await holding(office, SECRET)) == {}
    async with office.database.read() as session:
        closing = (await session.exec(select(Outgoing).where(Outgoing.key == "closing:1"))).one()
        assert (closing.params, closing.stale_at is not None) == ({}, True)


@pytest.mark.parametrize("name", ["<b>张</b> & 三", 'O\'Neil "Z"', "50%_三\\", "Ana"])
async def test_a_name_of_any_signs_is_found(office: Office, name: str) -> None:
    async with office.database.begin() as session:
        person = await session.get_one(Person, office.people[ZHANG].id)
        person.name = name
        session.add(person)
        group = (await session.exec(select(Chat).where(Chat.telegram_id == ONE))).one()
        said = plain.line(name)
        session.add(
            Outgoing(key="closing:9", chat_id=group.id, method="sendMessage",
                     params=said.send()[1], priority=1, state=Delivery.SENT,
                     not_before=office.clock(), done_at=office.clock(), message_id=7)
        )  # fmt: skip
        session.add(
            Commitment(team_id=office.teams[ONE].id, number=30,
                       member_id=office.members[SI].id, text=f"和{name}一起, Anabel",
                       due_at=office.clock(), origin=Origin.PLEDGE, at=office.clock())
        )  # fmt: skip
    await forget(office)
    await search(office)
    async with office.database.read() as session:
        promise = (await session.exec(select(Commitment))).one()
        edit = (await session.exec(select(Outgoing).where(Outgoing.key == "edit:closing:9"))).one()
    assert promise.text == "和已注销成员一起, Anabel"
    assert edit.params["text"] == "已注销成员"
    assert (await holding(office, f"和{name}", f">{name}<", json.dumps(name), "&lt;b&gt;张")) == {}


# -- how it is looked for --------------------------------------------------------------------


async def test_what_is_made_of_answers_anew_leaves_them_out(office: Office) -> None:
    await everywhere(office)
    async with office.database.read() as session:
        assert await reviews.people(session, 0, 10) == [office.people[ZHANG].id]
    await forget(office)
    async with office.database.read() as session:
        assert await reviews.people(session, 0, 10) == []


async def test_a_search_that_failed_midway_goes_on(office: Office) -> None:
    await everywhere(office)
    await forget(office)
    office.clock.forward(seconds=61)
    async with office.database.read() as session:
        due = await ERASURES.due(session, office.clock())
    assert "end" not in {one.what[1].table for one in due}
    await tick(office.database, [replace(ERASURES, due=_some(due[:2]))], office.clock())
    async with office.database.read() as session:
        left = await ERASURES.due(session, office.clock())
    assert [one.subject for one in left] == [one.subject for one in due[2:]]


def _some(due: Sequence[Appointment]) -> Due:
    async def found(_: Session, __: datetime) -> Sequence[Appointment]:
        return due

    return found


@on_postgresql
async def test_what_was_being_written_meanwhile_is_found_as_well(office: Office) -> None:
    """A replica reads the name, another forgets who bears it, and then the first one commits."""
    chat = office.teams[ONE].chat_id
    assert chat is not None
    async with office.database.begin() as session:
        person = await session.get_one(Person, office.people[ZHANG].id)
        await forget(office)
        call = plain.line(f"{person.name} 承诺").send()
        post = outbox.Post("late:1", chat, call)
        await outbox.post_all(session, [post], office.clock())
    assert set(await holding(office, MINE)) == {"erasure", "outgoing"}
    await search(office)
    assert await holding(office, MINE) == {}


async def test_the_name_is_kept_no_longer_than_the_search_takes(office: Office) -> None:
    await forget(office)
    assert set(await holding(office, MINE)) == {"erasure"}
    office.clock.forward(seconds=59)
    await tick(office.database, [ERASURES], office.clock())
    assert set(await holding(office, MINE)) == {"erasure"}
    await search(office)
    assert await holding(office, MINE) == {}
