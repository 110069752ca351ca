"""Plans: what is shown for a week is what then happens."""

from collections.abc import Sequence
from datetime import time

import pytest
from sqlmodel import col, select, update

from handlers.requests import Reply
from handlers.taps.plans import PlanAct, PlanActTap, PlanBitesTap, PlanPauseTap
from schedules.morning import MORNING
from schedules.runner import tick
from storage.kinds import SlotState
from storage.tables import Bite, Morning, OwnDay, Plan, Slot
from tests.conftest import (
    MONDAY,
    ONE,
    SUN,
    TWO,
    ZHAO,
    Hands,
    Office,
)
from tests.integration.planning import (
    TITLES,
    happens,
    html,
    labels,
    lines,
    press,
    said,
    schooled,
)


@pytest.fixture
async def school(office: Office) -> Office:
    """Team one walks through five bites, and has its first card today; it is eight."""
    return await schooled(office)


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
    assert labels(reply) == [
        "跳过《受限空间》",
        "重讲《动火作业》",
        "暂停",
        "换一课",
        "学哪些课程包",
        "下班 18:00",
    ]
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
    assert html(reply).startswith("11月23日 周一 已经定了"), "without a tick: nothing was done"
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
    assert html(await said(school, ZHAO, line)) == (
        "计划里没有这一课。可选：safety（5 课）\n要学别的课程包，先发 /plan，点“学哪些课程包”。"
    )


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


async def test_a_time_that_is_moved_on_the_day_brings_no_second_card(school: Office) -> None:
    async with school.database.begin() as session:
        await session.exec(update(Plan).values(at=time(10, 0), next_at=school.clock()))
    assert lines(await said(school, ZHAO, ""))[0] == "24 受限空间"
    for _ in range(3):
        school.clock.forward(hours=1)
        await tick(school.database, [MORNING], school.clock())
    async with school.database.read() as session:
        assert len((await session.exec(select(Morning))).all()) == 1
