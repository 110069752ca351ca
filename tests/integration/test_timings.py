"""Announcements that wait for their time, and what is to be known of when that is."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, delete, select

from handlers.requests import Reply
from handlers.taps.announcements import (
    ChooseTap,
    DaysTap,
    DayTap,
    DropTap,
    HoldTap,
    PickTeamTap,
    PickUnitTap,
    PreviewTap,
    RecalledTap,
    SendAtTap,
    SendNowTap,
    SendTap,
    ShowTap,
    TimingTap,
    UntilAtTap,
    UntilTap,
)
from handlers.timings import mine
from schedules.runner import tick
from schedules.timetable import JOBS
from storage.kinds import DayKind, Delivery, Role, Stage
from storage.tables import Announcement, Cue, Grant, Outgoing, OwnDay, Team
from tests.conftest import LI, ONE, TWO, WANG, ZHANG, ZONE, Office
from tests.integration.announcing import html, kept, labels, owed, press, rendered, write

TOMORROW = datetime(2026, 11, 24, 8, tzinfo=ZONE)
AT = int(TOMORROW.timestamp())


async def draft(office: Office) -> None:
    await write(office, LI, "明天停电")
    await press(office, LI, PickUnitTap(1, 2))


async def timed(office: Office, at: int = AT) -> Reply:
    """Announcement 1 waits for its time."""
    await draft(office)
    await press(office, LI, SendAtTap(1, at))
    return await press(office, LI, SendTap(1))


async def to(office: Office, moment: datetime) -> None:
    office.clock.now = moment.astimezone(office.clock.now.tzinfo)
    await tick(office.database, JOBS, office.clock())


async def told(office: Office) -> list[tuple[str, str]]:
    """What was said of what was not sent: to whom by key, and the words."""
    return [(row.key, row.params["text"]) for row in await owed(office, "unsent")]


async def own_day(office: Office, day: datetime) -> None:
    async with office.database.begin() as session:
        session.add(
            OwnDay(
                team_id=office.teams[ONE].id,
                day=day.date(),
                kind=DayKind.OFF,
                listed=False,
                at=office.clock(),
            )
        )


async def test_moments_are_offered_that_are_still_to_come(office: Office) -> None:
    await draft(office)
    office.clock.forward(days=4)  # Friday
    reply = await press(office, LI, TimingTap(1))
    assert labels(reply.edit) == [
        "今天 11月27日 周五 18:00",
        "明天 11月28日 周六 08:00",
        "11月30日 周一 08:00",
        "12月1日 周二 08:00",
        "选日期…",
        "返回",
    ]
    office.clock.forward(hours=11)
    assert "今天" not in labels((await press(office, LI, TimingTap(1))).edit)[0]


async def test_the_time_is_taken_from_plain_words(office: Office) -> None:
    await draft(office)
    await press(office, LI, TimingTap(1))
    reply = await write(office, LI, "明天早上8点")
    assert "✓ 定时 11/24 08:00" in labels(reply.message if reply else None)
    assert (await kept(office)).send_at == TOMORROW
    async with office.database.read() as session:
        assert (await session.exec(select(Announcement))).all()[1:] == [], "it is no announcement"
        assert (await session.exec(select(Cue))).all() == []
    reply = await write(office, LI, "明天早上9点")
    assert "发公告" in html(reply.message if reply else None), "nobody asked for a time any more"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("明天", "几点"),
        ("到时候再说", "没有读懂"),
        ("今天早上7点半", "已经过去"),
        ("2028年1月1日 8:00", "最多一年"),
    ],
)
async def test_what_is_no_time_is_said_to_be_none(office: Office, text: str, answer: str) -> None:
    await draft(office)
    await press(office, LI, TimingTap(1))
    reply = await write(office, LI, text)
    assert answer in html(reply.message if reply else None)
    assert (await kept(office)).send_at is None
    reply = await write(office, LI, "明天8点")
    assert "✓ 定时 11/24 08:00" in labels(reply.message if reply else None), "it may be said again"


@pytest.mark.parametrize("seconds", [1, -5, 10**17, 4 * 10**18])
async def test_a_forged_moment_sets_nothing(office: Office, seconds: int) -> None:
    await draft(office)
    for tap in (SendAtTap(1, seconds), UntilAtTap(1, seconds)):
        reply = await press(office, LI, tap)
        assert reply.alert
        assert reply.edit is None
    assert (await kept(office)).send_at is None
    assert (await kept(office)).receipts_until is None


async def test_a_day_is_picked_from_a_calendar_that_knows_the_teams(office: Office) -> None:
    await own_day(office, TOMORROW)  # one of the two teams rests: it is a workday for the other
    await draft(office)
    reply = await press(office, LI, DaysTap(1, 0))
    assert {"24", "28休", "29休", "12/1"} <= set(labels(reply.edit))
    await press(office, LI, PickTeamTap(1, office.teams[TWO].id))
    reply = await press(office, LI, DaysTap(1, 0))
    assert "24休" in labels(reply.edit)
    reply = await press(office, LI, DayTap(1, 0, TOMORROW.date()))
    assert "注意：那天 一班 休息。" in html(reply.edit)
    assert labels(reply.edit)[:3] == ["07:00", "07:30", "08:00"]
    reply = await press(office, LI, DayTap(1, 0, TOMORROW.date() - timedelta(days=1)))
    assert labels(reply.edit)[0] == "09:00", "what is over, or nearly, is not offered"


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2026, 11, 22), date(9999, 12, 31)])
async def test_a_forged_day_offers_nothing(office: Office, day: date) -> None:
    await draft(office)
    for until in (0, 1, -7):
        reply = await press(office, LI, DayTap(1, until, day))
        assert reply.toast
        assert reply.edit is None


async def test_a_deadline_is_picked_in_the_same_way(office: Office) -> None:
    await draft(office)
    reply = await press(office, LI, DayTap(1, 1, TOMORROW.date()))
    assert reply.edit is not None
    taps = {button.label: button.tap for row in reply.edit.buttons for button in row}
    chosen_ = taps["17:00"]
    assert isinstance(chosen_, UntilAtTap)
    reply = await press(office, LI, chosen_)
    assert "✓ 回执截止 11/24 17:00" in labels(reply.edit)


async def test_the_preview_says_when_and_who_has_a_day_off_then(office: Office) -> None:
    await own_day(office, TOMORROW)
    await draft(office)
    assert (await press(office, LI, SendAtTap(1, AT))).toast == "注意：那天 一班 休息。"
    page = await press(office, LI, PreviewTap(1))
    assert "定时：明天 11月24日 周二 08:00 发出" in html(page.edit)
    assert "注意：那天 一班 休息。" in html(page.edit)
    assert "发送" in labels(page.edit)
    saturday = int((TOMORROW + timedelta(days=4)).timestamp())
    await press(office, LI, SendAtTap(1, saturday))
    page = await press(office, LI, PreviewTap(1))
    assert "注意：那天 一班、二班 休息。" in html(page.edit)


async def test_it_goes_out_at_its_time_and_not_before(office: Office) -> None:
    reply = await timed(office)
    assert "已定时" in html(reply.edit)
    assert labels(reply.edit) == ["改时间", "取消定时", "现在就发"]
    assert await owed(office) == []
    await to(office, TOMORROW - timedelta(seconds=10))
    assert await owed(office) == []
    await to(office, TOMORROW)
    rows = await owed(office)
    assert len(rows) == 2
    sent = await kept(office)
    assert (sent.stage, sent.sent_at, sent.send_at) == (Stage.SENT, TOMORROW, None)
    (progress,) = await owed(office, "progress")
    assert "正在发送，已送达 0/2" in progress.params["text"]
    assert "定时公告已经发出" in html(await rendered(office, "scheduled:1"))
    await to(office, TOMORROW + timedelta(seconds=10))
    assert len(await owed(office)) == 2


async def test_two_replicas_send_it_once(office: Office) -> None:
    await timed(office)
    office.clock.now = TOMORROW.astimezone(office.clock.now.tzinfo)
    await asyncio.gather(*(tick(office.database, JOBS, office.clock()) for _ in range(2)))
    assert len(await owed(office)) == 2


async def test_a_right_that_was_lost_meanwhile_sends_nothing_and_is_told(office: Office) -> None:
    async with office.database.begin() as session:
        session.add(Grant(person_id=office.people[WANG].id, role=Role.OWNER, at=office.clock()))
    await timed(office)
    async with office.database.begin() as session:
        await session.exec(delete(Grant).where(col(Grant.person_id) == office.people[LI].id))
        session.add(
            Grant(
                person_id=office.people[LI].id,
                role=Role.SECRETARY,
                unit_id=office.teams[ONE].unit_id + 1,
                at=office.clock(),
            )
        )
    await to(office, TOMORROW)
    assert await owed(office) == []
    row = await kept(office)
    assert (row.stage, row.send_at) == (Stage.DRAFT, None)
    keys = {key.rpartition(":")[2] for key, _ in await told(office)}
    assert keys == {str(office.people[LI].id), str(office.people[WANG].id)}
    words = dict(await told(office))
    assert all("公告没有发出" in text for text in words.values())
    assert any("一班、二班" in text for text in words.values())
    await to(office, TOMORROW + timedelta(seconds=10))
    assert len(await told(office)) == 2, "it is told once"


async def test_part_of_the_right_lost_sends_nothing_to_the_rest_either(office: Office) -> None:
    await timed(office)
    async with office.database.begin() as session:
        two = await session.get_one(Team, office.teams[TWO].id)
        two.unit_id += 1  # it moved to another branch
        session.add(two)
    await to(office, TOMORROW)
    assert await owed(office) == []
    ((_, text),) = await told(office)
    assert "这些班组已不在作者的权限内：二班" in text
    reply = await press(office, LI, ChooseTap(1, 0))
    assert {"✓ 一班"} <= set(labels(reply.edit))
    await press(office, LI, SendTap(1))
    assert len(await owed(office)) == 1


async def test_a_team_that_is_no_more_is_left_out_and_the_rest_gets_it(office: Office) -> None:
    await timed(office)
    async with office.database.begin() as session:
        two = await session.get_one(Team, office.teams[TWO].id)
        two.retired_at = office.clock()
        session.add(two)
    await to(office, TOMORROW)
    assert [row.key for row in await owed(office)] == [f"announcement:1:{office.teams[ONE].id}"]


async def test_what_was_missed_by_hours_is_told_and_not_sent(office: Office) -> None:
    await timed(office)
    await to(office, TOMORROW + timedelta(hours=2, minutes=1))
    assert await owed(office) == []
    ((_, text),) = await told(office)
    assert "当时我没有运行" in text
    assert "11月24日 周二 08:00" in text
    assert (await kept(office)).stage is Stage.DRAFT


async def test_what_was_missed_by_minutes_is_sent(office: Office) -> None:
    await timed(office)
    await to(office, TOMORROW + timedelta(hours=1, minutes=59))
    assert len(await owed(office)) == 2


async def test_what_waits_can_be_moved(office: Office) -> None:
    await timed(office)
    reply = await press(office, LI, TimingTap(1))
    assert "不定时" not in labels(reply.edit)
    later = TOMORROW + timedelta(days=1)
    reply = await press(office, LI, SendAtTap(1, int(later.timestamp())))
    assert "11月25日 周三 08:00" in html(reply.edit)
    await to(office, TOMORROW)
    assert await owed(office) == []
    await press(office, LI, TimingTap(1))
    moved = await write(office, LI, "明天下午两点")
    assert moved is not None
    assert moved.keeps == "scheduled:1"
    assert "11月25日 周三 14:00" in html(moved.message)
    await to(office, later.replace(hour=14))
    assert len(await owed(office)) == 2


async def test_what_waits_can_be_called_off_and_then_dropped(office: Office) -> None:
    await timed(office)
    reply = await press(office, LI, HoldTap(1))
    assert "定时" in labels(reply.edit)
    await to(office, TOMORROW)
    assert await owed(office) == []
    assert "已取消" in html((await press(office, LI, DropTap(1))).edit)


async def test_what_waits_can_be_sent_at_once(office: Office) -> None:
    await timed(office)
    reply = await press(office, LI, SendNowTap(1))
    assert "正在发送" in html(reply.edit)
    assert len(await owed(office)) == 2
    await to(office, TOMORROW)
    assert len(await owed(office)) == 2


async def test_called_off_and_sent_at_once_only_one_of_them_happens(office: Office) -> None:
    await timed(office)
    await asyncio.gather(press(office, LI, HoldTap(1)), press(office, LI, SendNowTap(1)))
    stage = (await kept(office)).stage
    assert stage is Stage.SENT
    assert len(await owed(office)) == 2


async def test_another_secretarys_is_out_of_reach(office: Office) -> None:
    await timed(office)
    for tap in (TimingTap(1), SendAtTap(1, AT + 60), HoldTap(1), SendNowTap(1), ShowTap(1),
                UntilTap(1), UntilAtTap(1, AT), DaysTap(1, 0),
                DayTap(1, 0, TOMORROW.date())):  # fmt: skip
        for user in (WANG, ZHANG):
            reply = await press(office, user, tap)
            assert reply == Reply(toast="这个按钮已经失效，没有改动任何内容。")
    assert (await kept(office)).send_at == TOMORROW


async def test_a_time_that_is_over_by_the_time_of_the_tap_is_not_taken(office: Office) -> None:
    await draft(office)
    await press(office, LI, SendAtTap(1, AT))
    office.clock.forward(days=2)
    reply = await press(office, LI, SendTap(1))
    assert "已经过去" in reply.toast
    assert (await kept(office)).stage is Stage.DRAFT


async def test_a_preview_that_was_sent_already_says_so(office: Office) -> None:
    await timed(office)
    assert "已经定时" in (await press(office, LI, SendTap(1))).toast
    assert "已经定时" in (await press(office, LI, PickTeamTap(1, office.teams[ONE].id))).toast


# -- until when receipts count ---------------------------------------------------------------


async def test_a_deadline_is_said_in_plain_words(office: Office) -> None:
    await draft(office)
    reply = await press(office, LI, UntilTap(1))
    assert labels(reply.edit)[0] == "今天 11月23日 周一 18:00"
    said = await write(office, LI, "明天下班前")
    assert "✓ 回执截止 11/24 18:00" in labels(said.message if said else None)
    await press(office, LI, UntilTap(1))
    said = await write(office, LI, "不限")
    assert "回执截止" in labels(said.message if said else None)


async def test_receipts_are_not_closed_before_it_is_sent(office: Office) -> None:
    await draft(office)
    await press(office, LI, SendAtTap(1, AT))
    reply = await press(office, LI, UntilAtTap(1, AT - 3600))
    assert "晚于发送时间" in reply.toast
    await press(office, LI, UntilAtTap(1, AT + 3600))
    reply = await press(office, LI, SendAtTap(1, AT + 7200))
    assert "晚于发送时间" in reply.toast
    assert (await kept(office)).send_at == TOMORROW


# -- all of one's own ------------------------------------------------------------------------


async def test_all_that_waits_and_was_sent_is_listed(office: Office) -> None:
    async with office.database.begin() as session:
        reply = await mine(await office.ask(session, LI))
        assert labels(reply.message) == []
    await timed(office)
    await write(office, LI, "集合")
    await press(office, LI, PickTeamTap(2, office.teams[ONE].id))
    await press(office, LI, SendTap(2))
    await write(office, LI, "还没想好")
    async with office.database.begin() as session:
        reply = await mine(await office.ask(session, LI))
        assert labels(reply.message) == [
            "定时 11/24 08:00 明天停电",
            "草稿 11/23 07:50 还没想好",
            "已发 11/23 07:50 集合",
        ]
        other = await mine(await office.ask(session, WANG))
        assert labels(other.message) == []
    shown = await press(office, LI, ShowTap(1), message_id=600)
    assert "改时间" in labels(shown.edit)
    shown = await press(office, LI, ShowTap(3), message_id=602)
    assert "预览" in labels(shown.edit)
    shown = await press(office, LI, ShowTap(2), message_id=601)
    assert "正在发送" in html(shown.edit)
    async with office.database.read() as session:
        query = select(Outgoing.key).where(Outgoing.message_id == 601)
        assert (await session.exec(query)).all() == ["progress:2"], "from now on it is this one"
    assert {row.state for row in await owed(office)} == {Delivery.PENDING}
    await press(office, LI, RecalledTap(2))
    async with office.database.begin() as session:
        reply = await mine(await office.ask(session, LI))
        assert labels(reply.message)[-1] == "已撤回 11/23 07:50 集合"
