"""Who may change a plan, and what forged taps come to."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from handlers.taps import Tap
from handlers.taps.plans import (
    PlanAct,
    PlanActTap,
    PlanBitesTap,
    PlanPauseTap,
    PlanTeamsTap,
    PlanUnitTap,
    PlanWeekTap,
)
from storage import grants
from storage.database import Database
from storage.kinds import Role
from storage.tables import OwnDay, Passage, Plan, Team
from tests.conftest import (
    LI,
    ONE,
    SUN,
    THREE,
    WANG,
    WU,
    ZHANG,
    ZHAO,
    Office,
)
from tests.integration.planning import DENIED, html, labels, lines, press, said, schooled


@pytest.fixture
async def school(office: Office) -> Office:
    """Team one walks through five bites, and has its first card today; it is eight."""
    return await schooled(office)


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


async def test_two_who_skip_at_once_skip_one_bite(school: Office) -> None:
    tap = PlanActTap(school.teams[ONE].id, PlanAct.SKIP, bite=2)
    replies = await asyncio.gather(*(press(school, user, tap) for user in (ZHAO, LI, WANG)))
    assert sorted(reply.toast for reply in replies) == [
        "下一课已经变了，请看最新的安排。",
        "下一课已经变了，请看最新的安排。",
        "已跳过《受限空间》",
    ]
    assert {lines(reply)[0] for reply in replies} == {"24 高处作业"}
