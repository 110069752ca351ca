"""Plans: what is shown is what happens; who may change them; what forged taps come to."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from handlers.outlooks import outlooks, upcoming
from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.rules.calendar import DAY
from handlers.taps import (
    PlanAct,
    PlanActTap,
    PlanBitesTap,
    PlanPauseTap,
    PlanTeamsTap,
    PlanUnitTap,
    PlanWeekTap,
    Tap,
)
from handlers.words import plain
from handlers.words.voice import Voice
from schedules.morning import MORNING
from schedules.runner import tick
from storage import checkins, grants, leaves
from storage.database import Database
from storage.kinds import DayKind, LeaveReason, Role, SlotState
from storage.tables import Bite, Leave, Member, Morning, OwnDay, Pack, Passage, Plan, Slot, Team
from tests.conftest import (
    LI,
    MONDAY,
    ONE,
    SI,
    SUN,
    THREE,
    TWO,
    WANG,
    WU,
    ZHANG,
    ZHAO,
    ZONE,
    Hands,
    Office,
    on_sqlite,
)
from tests.integration.test_no_scans import overheard

BOARD = Switchboard(ROUTES)
DENIED = plain.denied(Voice("zh"))
TITLES = ("动火作业", "受限空间", "高处作业", "临时用电", "起重吊装")


@pytest.fixture
async def school(office: Office) -> Office:
    """Team one walks through five bites, and has its first card today; it is eight."""
    async with office.database.begin() as session:
        pack = (await session.exec(select(Pack))).one()
        for place, title in enumerate(TITLES[2:], start=3):
            session.add(
                Bite(pack_id=pack.id, slug=f"bite-{place}", position=place, title=title, body=".")
            )
    await tick(office.database, [MORNING], office.clock())
    office.clock.forward(minutes=10)
    return office


async def said(office: Office, user: int, text: str, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat)
        reply = await BOARD.command(request, "plan", addressed=True)
    assert reply is not None
    return reply


async def press(office: Office, user: int, tap: Tap, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await BOARD.press(await office.ask(session, user, chat=chat), tap)


def lines(reply: Reply) -> list[str]:
    """What comes, a line each: 24 受限空间."""
    message = reply.edit or reply.message or reply.private
    assert message is not None
    rows = [row.split("　") for row in str(message.html).split("\n") if "　" in row]
    return [f"{day.split('月')[1].split('日')[0]} {what}" for day, what in rows]


def labels(reply: Reply) -> list[str]:
    message = reply.edit or reply.message
    assert message is not None
    return [button.label for row in message.buttons for button in row]


def html(reply: Reply) -> str:
    message = reply.edit or reply.message or reply.private
    return str(message.html) if message else ""


async def happens(office: Office, reply: Reply) -> None:
    """What a reply shows for seven days is what then happens."""
    shown = lines(reply)
    first = date(2026, 11, 24)
    office.clock.now = MONDAY + timedelta(minutes=20)
    for number in range(7):
        day = first + number * DAY
        office.clock.now = datetime.combine(day, time(7, 50), ZONE).astimezone(MONDAY.tzinfo)
        await tick(office.database, [MORNING], office.clock())
    async with office.database.read() as session:
        query = select(Morning, Bite).join(Bite).where(col(Morning.day) >= first)
        rows = (await session.exec(query.order_by(col(Morning.day)))).all()
    assert [f"{morning.day.day} {bite.title}" for morning, bite in rows] == [
        line for line in shown if "—" not in line
    ]


async def test_the_week_is_shown_with_a_bite_or_a_reason_for_each_day(school: Office) -> None:
    reply = await said(school, ZHAO, "")
    assert lines(reply) == [
        "24 受限空间",
        "25 高处作业",
        "26 临时用电",
        "27 起重吊装",
        "28 — 周末",
        "29 — 周末",
        "30 动火作业",
    ]
    assert labels(reply) == ["跳过《受限空间》", "重讲《动火作业》", "暂停", "换一课"]
    await happens(school, reply)


@pytest.mark.parametrize(
    ("lines_said", "shown"),
    [
        (["跳过"], ["24 高处作业", "25 临时用电", "26 起重吊装", "27 动火作业", "30 受限空间"]),
        (
            ["跳过", "跳过"],
            ["24 临时用电", "25 起重吊装", "26 动火作业", "27 受限空间", "30 高处作业"],
        ),
        (["重讲"], ["24 动火作业", "25 受限空间", "26 高处作业", "27 临时用电", "30 起重吊装"]),
        (
            ["重讲", "跳过"],
            ["24 受限空间", "25 高处作业", "26 临时用电", "27 起重吊装", "30 动火作业"],
        ),
        (["从第4课"], ["24 临时用电", "25 起重吊装", "26 动火作业", "27 受限空间", "30 高处作业"]),
        (
            ["从 safety 第1课"],
            ["24 动火作业", "25 受限空间", "26 高处作业", "27 临时用电", "30 起重吊装"],
        ),
        (
            ["从第4课", "从第2课"],
            ["24 受限空间", "25 高处作业", "26 临时用电", "27 起重吊装", "30 动火作业"],
        ),
        (["暂停 11月25日到11月26日"], ["24 受限空间", "27 高处作业", "30 临时用电"]),
        (
            ["暂停 11月25日到11月26日", "恢复"],
            ["24 受限空间", "25 高处作业", "26 临时用电", "27 起重吊装", "30 动火作业"],
        ),
        (["本周暂停", "11月26日上班"], ["26 受限空间", "30 高处作业"]),
        (
            ["11月24日放假", "11月24日照常", "暂停 11月25日到11月27日"],
            ["24 受限空间", "30 高处作业"],
        ),
        (
            ["11月28日上班", "11月24日放假"],
            ["25 受限空间", "26 高处作业", "27 临时用电", "28 起重吊装", "30 动火作业"],
        ),
    ],
)
async def test_what_was_said_is_shown_and_then_happens(
    school: Office, lines_said: Sequence[str], shown: Sequence[str]
) -> None:
    reply = Reply()
    for line in lines_said:
        reply = await said(school, ZHAO, line)
        assert html(reply).startswith("✓"), html(reply)
    assert [line for line in lines(reply) if "—" not in line] == shown
    assert lines(await said(school, ZHAO, "")) == lines(reply)
    await happens(school, reply)


async def test_a_pause_says_so_and_offers_to_resume(school: Office) -> None:
    reply = await said(school, ZHAO, "下周没有早会")
    assert "✓ 已暂停：11月30日 周一 至 12月6日 周日" in html(reply)
    assert "30 — 暂停" in lines(reply)
    assert "之后还暂停：12月1日 周二 至 12月6日 周日" in html(reply)
    assert "恢复早会" in labels(reply)
    again = await press(school, ZHAO, PlanActTap(school.teams[ONE].id, PlanAct.RESUME))
    assert "30 动火作业" in lines(again)
    assert "恢复早会" not in labels(again)


async def test_days_further_on_are_shown_where_they_were_changed(school: Office) -> None:
    reply = await said(school, ZHAO, "12月9日放假")
    assert lines(reply)[7:9] == ["9 — 放假", "10 高处作业"]


async def test_two_taps_at_once_skip_one_bite(school: Office) -> None:
    tap = PlanActTap(school.teams[ONE].id, PlanAct.SKIP, bite=2)
    first, second = await press(school, ZHAO, tap), await press(school, ZHAO, tap)
    assert first.toast == "已跳过《受限空间》"
    assert second.toast == "下一课已经变了，请看最新的安排。"
    assert lines(first) == lines(second)
    assert lines(second)[0] == "24 高处作业"


async def test_today_can_be_changed_until_its_card_is_out(office: Office, clock: Hands) -> None:
    clock.forward(minutes=-20)
    async with office.database.begin() as session:
        await session.exec(update(Plan).values(next_at=MONDAY))
    assert lines(await said(office, ZHAO, "跳过"))[0] == "23 受限空间"
    await said(office, ZHAO, "今天没有早会")
    clock.now = MONDAY
    await tick(office.database, [MORNING], clock())
    async with office.database.read() as session:
        assert (await session.exec(select(Morning))).all() == []
        assert [slot.state for slot in await session.exec(select(Slot))] == [SlotState.DONE]


async def test_a_day_that_is_settled_is_not_changed(school: Office) -> None:
    reply = await said(school, ZHAO, "今天放假")
    assert "11月23日 周一 已经定了" in html(reply)
    async with school.database.read() as session:
        assert (await session.exec(select(OwnDay))).all() == []


@pytest.mark.parametrize(
    "line", ["暂停 2026-11-20到2026-11-25", "暂停 12月5日到12月1日", "暂停 12月1日到2028-12-01"]
)
async def test_days_that_make_no_sense_are_refused(school: Office, line: str) -> None:
    assert "日期应从今天起" in html(await said(school, ZHAO, line))
    async with school.database.read() as session:
        assert (await session.exec(select(OwnDay))).all() == []


@pytest.mark.parametrize("line", ["从第6课", "从 office-101 第1课", "从 safety 第9999课"])
async def test_a_bite_that_is_not_there_is_refused_with_those_that_are(
    school: Office, line: str
) -> None:
    assert html(await said(school, ZHAO, line)) == "计划里没有这一课。可选：safety（5 课）"


async def test_what_cannot_be_read_is_answered_with_how_to_say_it(school: Office) -> None:
    assert "<code>/plan 跳过</code>" in html(await said(school, ZHAO, "随便"))


async def test_a_retired_bite_is_not_repeated(school: Office) -> None:
    await said(school, ZHAO, "重讲")
    async with school.database.begin() as session:
        await session.exec(update(Bite).where(col(Bite.id) == 1).values(retired_at=MONDAY))
    assert lines(await said(school, ZHAO, ""))[0] == "24 受限空间"
    assert "还没有讲过" in html(await said(school, ZHAO, "重讲"))


async def test_a_team_without_a_plan_hears_so(school: Office) -> None:
    assert "还没有学习计划" in html(await said(school, SUN, ""))
    found = await press(school, SUN, PlanActTap(school.teams[TWO].id, PlanAct.SKIP))
    assert "还没有学习计划" in html(found)


async def test_the_menus_lead_to_every_bite_and_pause(school: Office) -> None:
    team = school.teams[ONE].id
    pauses = await press(school, ZHAO, PlanPauseTap(team))
    assert labels(pauses)[:3] == ["本周", "下周", "到 11月24日 周二"]
    bites = await press(school, ZHAO, PlanBitesTap(team, -1))
    assert labels(bites) == [*(f"{n}. {title}" for n, title in enumerate(TITLES, 1)), "返回"]
    assert bites.edit is not None
    chosen = bites.edit.buttons[3][0].tap
    assert chosen is not None
    assert lines(await press(school, ZHAO, chosen))[0] == "24 临时用电"


# -- who may ---------------------------------------------------------------------------------


async def test_a_secretary_chooses_a_team_first(school: Office) -> None:
    assert labels(await said(school, LI, "")) == ["一班", "二班"]
    asked = await said(school, LI, "跳过")
    assert asked.message is not None
    tap = asked.message.buttons[0][0].tap
    assert tap == PlanActTap(school.teams[ONE].id, PlanAct.SKIP, bite=2)
    assert lines(await press(school, LI, tap))[0] == "24 高处作业"
    assert labels(await said(school, LI, "下周没有早会")) == ["一班", "二班"]
    assert labels(await said(school, LI, "12月3日放假")) == ["整个 第一党支部", "一班", "二班"]
    assert labels(await said(school, WANG, "12月3日放假"))[:3] == [
        "整个 林业局",
        "整个 第一党支部",
        "整个 第二党支部",
    ]


async def test_many_teams_come_in_pages(school: Office) -> None:
    async with school.database.begin() as session:
        for number in range(20):
            session.add(
                Team(unit_id=2, name=f"{number} 组", timezone="Asia/Shanghai", locale="zh")
            )
    first = await said(school, LI, "跳过")
    assert labels(first)[-1] == "2/3 ›"
    last = await press(school, LI, PlanTeamsTap(2, PlanAct.SKIP))
    assert labels(last)[-2:] == ["19 组", "‹ 2/3"]
    beyond = await press(school, LI, PlanTeamsTap(99, PlanAct.SKIP))
    assert labels(beyond) == labels(last)


@pytest.mark.parametrize("user", [ZHANG, WU])
async def test_a_member_sees_nothing_of_it(school: Office, user: int) -> None:
    assert html(await said(school, user, "")) == DENIED
    assert html(await said(school, user, "跳过")) == DENIED
    reply = await press(school, user, PlanWeekTap(school.teams[ONE].id))
    assert (reply.toast, reply.edit) == (DENIED, None)


def every_tap(team: int) -> list[Tap]:
    day = date(2026, 12, 3)
    acts = [PlanActTap(team, act, day, day, 3) for act in PlanAct]
    return [*acts, PlanWeekTap(team), PlanPauseTap(team), PlanBitesTap(team, 0)]


async def changed(database: Database) -> tuple[Any, ...]:
    async with database.read() as session:
        days = (await session.exec(select(OwnDay))).all()
        passages = (await session.exec(select(Passage))).all()
        again = (await session.exec(select(Plan.again_id))).all()
    return (len(days), len(passages), set(again))


async def test_forged_taps_of_somebody_without_the_right_change_nothing(school: Office) -> None:
    """孙班长 leads another team; a secretary of another branch runs other teams."""
    async with school.database.begin() as session:
        third = (await school.ask(session, WU)).person
        assert third is not None
        unit = school.teams[THREE].unit_id
        await grants.give(session, third.id, Role.SECRETARY, school.clock(), unit_id=unit)
    before = await changed(school.database)
    for user in (SUN, WU, ZHANG):
        for tap in every_tap(school.teams[ONE].id):
            reply = await press(school, user, tap)
            assert (reply.toast, reply.edit, reply.message) == (DENIED, None, None)
    for user in (SUN, WU, ZHAO):
        unit_tap = PlanUnitTap(2, PlanAct.OFF, date(2026, 12, 3), date(2026, 12, 3))
        assert (await press(school, user, unit_tap)).toast == DENIED
    assert await changed(school.database) == before


async def test_forged_taps_of_somebody_with_the_right_are_bounded(school: Office) -> None:
    team, before = school.teams[ONE].id, await changed(school.database)
    for first, last in (("2026-11-01", "2026-12-01"), ("2026-12-02", "2026-12-01"),
                        ("2026-12-01", "9999-12-31"), ("0001-01-01", "9999-12-31")):  # fmt: skip
        days = date.fromisoformat(first), date.fromisoformat(last)
        for act in (PlanAct.PAUSE, PlanAct.OFF, PlanAct.WORK, PlanAct.USUAL):
            assert (await press(school, ZHAO, PlanActTap(team, act, *days))).toast
            assert (await press(school, LI, PlanTeamsTap(0, act, *days))).edit is None
            assert (await press(school, LI, PlanUnitTap(2, act, *days))).edit is None
    for bite in (0, 99, -1):
        await press(school, ZHAO, PlanActTap(team, PlanAct.START, bite=bite))
    for tap in (PlanBitesTap(team, 7), PlanBitesTap(team, 0, 99), PlanBitesTap(team, 0, -9)):
        await press(school, ZHAO, tap)
    pause = PlanUnitTap(2, PlanAct.PAUSE, date(2026, 12, 3), date(2026, 12, 3))
    assert (await press(school, LI, pause)).edit is None
    assert (await press(school, ZHAO, PlanWeekTap(team), ONE)).edit is None, "never in a group"
    assert await changed(school.database) == before


async def test_in_a_group_it_is_answered_in_private(school: Office) -> None:
    reply = await said(school, ZHAO, "跳过", ONE)
    assert reply.message is None
    assert reply.private is not None
    assert lines(reply)[0] == "24 高处作业"
    denied = await said(school, SUN, "跳过", ONE)
    assert html(denied) == DENIED


# -- days of units and teams -----------------------------------------------------------------


async def test_a_units_day_counts_for_all_below_it_and_a_teams_own_wins(school: Office) -> None:
    day = date(2026, 11, 25)
    assert "2 个班组" in html(await press(school, LI, PlanUnitTap(2, PlanAct.OFF, day, day)))
    assert "25 — 放假" in lines(await said(school, ZHAO, ""))
    root = await press(school, WANG, PlanUnitTap(1, PlanAct.WORK, day, day))
    assert "3 个班组" in html(root)
    assert "25 — 放假" in lines(await said(school, ZHAO, "")), "the nearest word counts"
    assert "25 高处作业" in lines(await said(school, ZHAO, "11月25日上班"))
    assert "25 高处作业" in lines(await said(school, ZHAO, "11月25日照常"))


async def test_what_is_said_in_the_chat_wins_over_the_file(school: Office) -> None:
    day, team = date(2026, 11, 25), school.teams[ONE].id
    async with school.database.begin() as session:
        session.add(OwnDay(team_id=team, day=day, kind=DayKind.OFF, listed=True, at=MONDAY))
    assert "25 — 放假" in lines(await said(school, ZHAO, ""))
    assert "25 高处作业" in lines(await said(school, ZHAO, "11月25日上班"))


# -- shifts ----------------------------------------------------------------------------------


async def shift(office: Office, start: date) -> None:
    """张三 is of crew A, 李四 of B, one day on and one off, in turns; 赵班长 is of none."""
    async with office.database.begin() as session:
        crews = {"A": 0, "B": 1}
        values = {"cycle": "1 on 1 off", "cycle_from": start, "crews": crews, "days": "daily"}
        await session.exec(update(Plan).values(**values))
        for user, crew in ((ZHANG, "A"), (SI, "B")):
            which = update(Member).where(col(Member.id) == office.members[user].id)
            await session.exec(which.values(crew=crew))


async def excused(office: Office) -> list[tuple[int, date, LeaveReason]]:
    async with office.database.read() as session:
        rows = await session.exec(select(Leave).order_by(col(Leave.first), col(Leave.id)))
        return [(row.member_id, row.first, row.reason) for row in rows]


async def test_whoever_is_off_by_the_shifts_is_excused_and_history_stays(
    office: Office, clock: Hands
) -> None:
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    await shift(office, monday)
    await tick(office.database, [MORNING], clock())
    zhang, si = office.members[ZHANG].id, office.members[SI].id
    assert await excused(office) == [(si, monday, LeaveReason.SHIFT)]
    async with office.database.begin() as session:
        (morning,) = (await session.exec(select(Morning))).all()
        assert await checkins.tally(session, morning) == checkins.Tally(0, 2)
        people = (await checkins.presences(session, [morning.id]))[morning.id]
        assert {one.name: one.reason for one in people}["李四"] is LeaveReason.SHIFT
    await shift(office, tuesday)  # from now on the other way round
    clock.forward(days=1)
    await tick(office.database, [MORNING], clock())
    assert await excused(office) == [
        (si, monday, LeaveReason.SHIFT),
        (si, tuesday, LeaveReason.SHIFT),
    ]
    clock.forward(days=1)
    await tick(office.database, [MORNING], clock())
    assert (await excused(office))[2:] == [(zhang, date(2026, 11, 25), LeaveReason.SHIFT)]


async def test_who_is_away_already_is_not_excused_twice(office: Office, clock: Hands) -> None:
    monday = date(2026, 11, 23)
    await shift(office, monday)
    async with office.database.begin() as session:
        si = office.members[SI].id
        person = office.people[SI].id
        await leaves.add(session, si, monday, monday, LeaveReason.FIELD, person, clock())
    await tick(office.database, [MORNING], clock())
    assert await excused(office) == [(si, monday, LeaveReason.FIELD)]


# -- the evening before ----------------------------------------------------------------------


async def test_the_card_of_the_evening_before_is_of_the_next_day(
    office: Office, clock: Hands
) -> None:
    async with office.database.begin() as session:
        when = {"at": time(20, 0), "eve": True, "closes": time(7, 30)}
        await session.exec(update(Plan).values(**when, next_at=MONDAY))
    clock.now = datetime(2026, 11, 23, 19, 59, tzinfo=ZONE)
    assert lines(await said(office, ZHAO, ""))[0] == "24 动火作业"
    await tick(office.database, [MORNING], clock())
    clock.forward(minutes=1)
    await tick(office.database, [MORNING], clock())
    async with office.database.read() as session:
        (morning,) = (await session.exec(select(Morning))).all()
    assert morning.day == date(2026, 11, 24)
    assert morning.due_at == datetime(2026, 11, 23, 20, 0, tzinfo=ZONE)
    assert morning.closes_at == datetime(2026, 11, 24, 7, 30, tzinfo=ZONE)
    shown = await said(office, ZHAO, "")
    assert "前一晚 20:00" in html(shown)
    assert lines(shown)[0] == "25 受限空间"
    for evening in range(6):  # of Tuesday to Sunday
        clock.now = datetime(2026, 11, 24 + evening, 20, 0, tzinfo=ZONE)
        await tick(office.database, [MORNING], clock())
    async with office.database.read() as session:
        days = [row.day.day for row in await session.exec(select(Morning))]
    assert days == [24, 25, 26, 27, 30]


# -- many at once ----------------------------------------------------------------------------


@on_sqlite  # where nothing else is asked than what we ask
async def test_many_mornings_begin_with_as_many_statements_as_few(
    office: Office, clock: Hands
) -> None:
    asked = []
    for count in (3, 40):
        async with office.database.begin() as session:
            first = office.teams[ONE]
            for number in range(count):
                team = Team(
                    unit_id=2,
                    name=f"{clock()} {number}",
                    timezone=first.timezone,
                    locale="zh",
                    chat_id=first.chat_id,
                    topic_id=number + count * 100,
                )
                session.add(team)
                await session.flush()
                session.add(
                    Plan(
                        team_id=team.id,
                        packs=["safety"],
                        at=time(7, 50),
                        closes=time(9, 0),
                        next_at=clock(),
                    )
                )
            await session.exec(update(Plan).values(next_at=clock()))
        with overheard(office.database) as heard:
            await tick(office.database, [MORNING], clock())
        asked.append(len(heard))
        clock.forward(days=1)
    async with office.database.read() as session:
        assert len((await session.exec(select(Morning))).all()) == 4 + 44
    assert asked[1] <= asked[0] + 1
    assert asked[1] < 25


@on_sqlite
async def test_what_comes_next_is_asked_for_many_teams_at_once(school: Office) -> None:
    ids = [team.id for team in school.teams.values()]
    async with school.database.read() as session:
        with overheard(school.database) as heard:
            found = await upcoming(session, ids, school.clock())
        assert len(heard) <= 8
        assert set(found) == {school.teams[ONE].id}
        coming = found[school.teams[ONE].id]
        assert (coming.day, coming.bite.title, coming.bite.number) == (
            date(2026, 11, 24),
            "受限空间",
            2,
        )
        assert coming.due_at == MONDAY + DAY
        assert await outlooks(session, [], date(2026, 11, 24), date(2026, 11, 24)) == {}
