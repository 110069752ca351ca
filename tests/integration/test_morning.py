"""The card of a morning, from the clock's side: once, in time, on workdays, or told as missed."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select, update

from schedules.closing import CLOSING
from schedules.housekeeping import HOUSEKEEPING
from schedules.job import Appointment, Job
from schedules.morning import MORNING
from schedules.refresh import refresh
from schedules.runner import tick
from schedules.troubles import TROUBLES
from storage import carriage, chats, checkins, grants, leaves, outbox
from storage.database import Database, Session
from storage.kinds import Delivery, LeaveReason, Role, SlotState
from storage.tables import Morning, Outgoing, Plan, Slot, Team
from tests.conftest import LI, ONE, SI, WANG, ZHANG, ZHAO, ZONE, Hands, Office


async def cards(database: Database) -> list[str]:
    async with database.read() as session:
        query = select(Outgoing).where(col(Outgoing.key).startswith("card:"))
        return [row.params["text"] for row in await session.exec(query)]


async def plan(
    office: Office, when: datetime, zone: str = "Asia/Shanghai", **more: object
) -> None:
    """Team one's plan is looked at from `when` on."""
    async with office.database.begin() as session:
        await session.exec(update(Plan).values(next_at=when, **more))
        await session.exec(
            update(Team).where(col(Team.id) == office.teams[ONE].id).values(timezone=zone)
        )
    office.clock.now = when


async def test_two_replicas_say_good_morning_once(office: Office, clock: Hands) -> None:
    both = (tick(office.database, [MORNING], clock()) for _ in range(2))
    await asyncio.gather(*both)
    assert len(await cards(office.database)) == 1


@pytest.mark.parametrize(
    ("late", "sent", "state"),
    [
        (timedelta(), 1, SlotState.DONE),
        (timedelta(hours=2), 1, SlotState.DONE),
        (timedelta(hours=2, seconds=1), 0, SlotState.MISSED),
        (timedelta(hours=15), 0, SlotState.MISSED),
    ],
)
async def test_a_card_that_comes_too_late_is_recorded_and_not_sent(
    office: Office, clock: Hands, late: timedelta, sent: int, state: SlotState
) -> None:
    clock.forward(seconds=late.total_seconds())
    await tick(office.database, [MORNING], clock())
    assert len(await cards(office.database)) == sent
    async with office.database.read() as session:
        (slot,) = (await session.exec(select(Slot))).all()
    assert (slot.job, slot.state) == ("morning", state)


async def test_the_owner_is_told_of_a_card_that_was_missed(office: Office, clock: Hands) -> None:
    async with office.database.begin() as session:
        await grants.give(session, office.people[WANG].id, Role.OWNER, clock())
    clock.forward(hours=3)
    await tick(office.database, [MORNING], clock())
    async with office.database.read() as session:
        (told,) = (await session.exec(select(Outgoing))).all()
    assert "一班" in told.params["text"]
    assert "11月23日" in told.params["text"]


async def test_after_days_away_only_today_counts(office: Office, clock: Hands) -> None:
    clock.forward(days=3)
    await tick(office.database, [MORNING], clock())
    await tick(office.database, [MORNING], clock())
    async with office.database.read() as session:
        (morning,) = (await session.exec(select(Morning))).all()
    assert morning.day == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("day", "sent"),
    [
        (date(2026, 10, 1), 0),  # National Day
        (date(2026, 10, 10), 1),  # a Saturday that is worked in exchange
        (date(2026, 11, 21), 0),  # a Saturday
        (date(2026, 11, 23), 1),
        (date(2027, 1, 4), 1),  # a Monday of a year that is not announced yet
    ],
)
async def test_cards_come_on_workdays(office: Office, day: date, sent: int) -> None:
    when = datetime.combine(day, time(7, 50), ZONE).astimezone(UTC)
    await plan(office, when)
    await tick(office.database, [MORNING], when)
    found = await cards(office.database)
    assert len(found) == sent
    assert ["2027 年放假安排尚未公布" in text for text in found] == [day.year == 2027] * sent


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata"])
async def test_every_local_day_has_one_card_through_a_clock_change(
    office: Office, zone: str
) -> None:
    start = datetime(2026, 3, 27, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    await plan(office, start, zone, at=time(2, 30), days="daily")
    for hour in range(24 * 4):
        await tick(office.database, [MORNING], start + timedelta(hours=hour, minutes=59))
    async with office.database.read() as session:
        days = [m.day for m in await session.exec(select(Morning).order_by(col(Morning.day)))]
    assert days == [date(2026, 3, 27) + timedelta(days=n) for n in range(4)]


async def test_a_team_walks_through_its_pack_and_begins_again(
    office: Office, clock: Hands
) -> None:
    for _ in range(3):
        await tick(office.database, [MORNING], clock())
        clock.forward(days=1)
    titles = [text.split("<b>")[1].split("</b>")[0] for text in await cards(office.database)]
    assert titles == ["动火作业", "受限空间", "动火作业"]


async def test_the_counter_follows_taps_and_leave(office: Office, clock: Hands) -> None:
    await tick(office.database, [MORNING], clock())
    async with office.database.begin() as session:
        (morning,) = (await session.exec(select(Morning))).all()
        row = await outbox.by_key(session, f"card:{morning.id}")
        assert row is not None
        await carriage.settled(session, row.id, Delivery.SENT, clock(), message_id=9)
        await checkins.add(session, morning.id, office.members[ZHANG].id, clock())
        today = morning.day
        await leaves.add(
            session,
            office.members[SI].id,
            today,
            today,
            LeaveReason.FIELD,
            office.people[SI].id,
            clock(),
        )
        await outbox.touch(session, [row.key], clock())
    assert await refresh(office.database, clock()) == 1
    async with office.database.read() as session:
        edit = await outbox.by_key(session, f"edit:card:{morning.id}")
    assert edit is not None
    assert edit.params["text"].endswith("已学 <b>1/2</b>")


async def test_at_closing_time_the_leader_hears_the_names_and_the_group_does_not(
    office: Office, clock: Hands
) -> None:
    await tick(office.database, [MORNING], clock())
    clock.forward(minutes=69)
    await tick(office.database, [CLOSING], clock())
    async with office.database.read() as session:
        assert len((await session.exec(select(Outgoing))).all()) == 1
    clock.forward(minutes=1)
    await tick(office.database, [CLOSING], clock())
    await tick(office.database, [CLOSING], clock())
    async with office.database.read() as session:
        rows = (await session.exec(select(Outgoing).order_by(col(Outgoing.id)))).all()
        leader = await chats.private(session, ZHAO)
    assert leader is not None
    card, closing = rows
    assert closing.chat_id == leader.id
    assert "张三" in closing.params["text"]
    assert "张三" not in card.params["text"]
    assert card.stale_at is not None


async def test_yesterdays_closing_that_nobody_saw_is_not_told_today(
    office: Office, clock: Hands
) -> None:
    await tick(office.database, [MORNING], clock())
    clock.forward(days=1)
    await tick(office.database, [CLOSING], clock())
    async with office.database.read() as session:
        (morning,) = (await session.exec(select(Morning))).all()
        assert len((await session.exec(select(Outgoing))).all()) == 1
    assert morning.closed_at is not None


async def test_one_appointment_that_fails_harms_no_other(office: Office, clock: Hands) -> None:
    async def due(_: Session, __: datetime) -> Sequence[Appointment]:
        return [Appointment(name, name) for name in ("a", "bad", "c")]

    async def run(session: Session, appointment: Appointment, now: datetime) -> None:
        if appointment.what == "bad":
            raise RuntimeError
        chat = office.teams[ONE].chat_id
        assert chat is not None
        await outbox.post(session, appointment.what, chat, ("sendMessage", {}), now)

    assert await tick(office.database, [Job("test", due, run)], clock()) == 2
    async with office.database.read() as session:
        assert {row.key for row in await session.exec(select(Outgoing))} == {"a", "c"}
        assert {row.subject for row in await session.exec(select(Slot))} == {"a", "c"}


async def test_of_many_that_are_done_together_one_that_fails_harms_no_other(
    office: Office, clock: Hands
) -> None:
    together: list[int] = []

    async def due(_: Session, __: datetime) -> Sequence[Appointment]:
        return [Appointment(name, name) for name in ("a", "bad", "c")]

    async def run_all(session: Session, some: Sequence[Appointment], now: datetime) -> None:
        together.append(len(some))
        for one in some:
            chat = office.teams[ONE].chat_id
            assert chat is not None
            await outbox.post(session, one.what, chat, ("sendMessage", {}), now)
        if any(one.what == "bad" for one in some):
            raise RuntimeError

    job = Job("test", due, run_all=run_all)
    assert await tick(office.database, [job], clock()) == 2
    assert together == [3, 1, 1, 1]
    async with office.database.read() as session:
        assert {row.key for row in await session.exec(select(Outgoing))} == {"a", "c"}
        assert {row.subject for row in await session.exec(select(Slot))} == {"a", "c"}


async def test_a_group_that_is_closed_is_told_to_the_owner_once_each_time(
    office: Office, clock: Hands
) -> None:
    async with office.database.begin() as session:
        await grants.give(session, office.people[LI].id, Role.OWNER, clock())
    for _ in range(2):
        async with office.database.begin() as session:
            chat = await chats.by_telegram(session, ONE)
            assert chat is not None
            await chats.hold(session, chat.id, "kicked", clock())
        for _ in range(2):
            await tick(office.database, [TROUBLES], clock())
        async with office.database.begin() as session:
            chat = await chats.by_telegram(session, ONE)
            assert chat is not None
            await chats.release(session, chat)
        clock.forward(hours=1)
    async with office.database.read() as session:
        assert len((await session.exec(select(Outgoing))).all()) == 2


async def test_the_house_is_kept_once_a_night(office: Office, clock: Hands) -> None:
    clock.now, kept = datetime(2026, 11, 23, 12, tzinfo=UTC), 0
    for _ in range(48):
        kept += await tick(office.database, [HOUSEKEEPING], clock())
        clock.forward(hours=1)
    assert kept == 2
