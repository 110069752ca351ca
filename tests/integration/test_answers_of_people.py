"""What is answered of one person: by right, and of whoever is meant by a name."""

from datetime import date, timedelta

import pytest

from handlers.taps.questions import AskTap, ChosenTap
from storage import people
from tests.conftest import LI, ONE, SI, SUN, TWO, WANG, WU, ZHANG, ZHAO, Office
from tests.integration.answering import (
    NOT_YOURS,
    SUSAN,
    ask,
    labels,
    press,
    promise,
    said,
    seat,
    taps,
    told,
    week,
)

__all__ = ["week"]


async def test_my_streak_names_its_days_and_what_was_excused(week: Office) -> None:
    assert await said(week, ZHANG, "我连续打卡几天了") == (
        "🔥 <b>你</b> · 一班\n"
        "连续打卡 <b>5</b> 个早会（11月16日 周一 至 11月20日 周五），其间请假 0 次，不算中断"
    )
    assert await said(week, ZHAO, "我连续打卡几天了") == (
        "🔥 <b>你</b> · 一班\n连续打卡 <b>1</b> 个早会（11月20日 周五），其间请假 0 次，不算中断"
    )
    assert await told(week, ZHANG, "what's my streak?") == await said(
        week, ZHANG, "what's my streak?"
    ), "what is one's own is said in private alone"


async def test_a_day_and_a_stretch_of_ones_own(week: Office) -> None:
    assert await said(week, SI, "我上周一打卡了吗") == "📖 <b>你</b> · 一班\n11月16日 周一：请假"
    assert await said(week, SI, "我上周打卡几次") == (
        "📖 <b>你</b> · 一班\n11月16日 周一 至 11月22日 周日：已学 <b>1/3</b>，请假 2 次\n"
        "未学：11月18日 周三、11月20日 周五"
    )
    assert (await said(week, ZHANG, "我打卡了没")).split("\n")[1] == "11月23日 周一：没有早会"


async def test_another_ones_record_is_for_who_leads_them(week: Office) -> None:
    record = "📖 <b>张三</b> · 一班\n11月20日 周五：08:00 已学"
    text = "张三上周五打卡了吗"
    assert await said(week, ZHANG, text) == record.replace("张三", "你")
    for user in (ZHAO, LI, WANG):
        assert await said(week, user, text) == record
    for user in (SI, SUN, WU):
        answer = await ask(week, user, text)
        assert answer is not None
        assert answer.message is not None
        assert "已学" not in answer.message.html
    assert await said(week, SI, text) == NOT_YOURS
    assert await told(week, ZHAO, text) == record, "in a group it is said to the leader alone"


async def test_another_ones_promises_are_for_who_leads_them(week: Office) -> None:
    await promise(week, ZHANG, "换 <b>滤芯</b>", week.clock() + timedelta(days=1))
    text = "张三的承诺有哪些"
    answer = await said(week, ZHAO, text)
    assert answer == (
        "📌 <b>张三</b> · 一班\n截至 11月23日 周一，进行中 1 项，其中逾期 0 项\n"
        "🔵 <b>#1</b> 换 &lt;b&gt;滤芯&lt;/b&gt; · 11月24日 周二，明天到期"
    )
    assert await said(week, LI, "老张的承诺") == answer
    assert await said(week, SI, text) == NOT_YOURS
    assert await said(week, SI, "陈六的承诺") == NOT_YOURS
    week.clock.forward(days=2)
    assert "逾期 1 项\n" in await said(week, ZHAO, "张三逾期了吗")
    assert (await said(week, ZHAO, "张三本周的承诺")).split("\n")[1] == (
        "11月23日 周一 至 11月29日 周日 到期、还没完成的 1 项，其中逾期 1 项"
    )


async def test_of_two_who_may_be_meant_one_is_chosen(week: Office) -> None:
    wei = await seat(week, SUSAN, "张<i>伟</i>")
    reply = await ask(week, ZHAO, "老张上周五打卡了吗")
    assert reply is not None
    assert reply.message is not None
    assert reply.message.html == "“老张”有 2 位，要问哪一位？"
    assert labels(reply.message) == ["张三", "张<i>伟</i>"]
    tap = taps(reply.message)[1]
    assert tap == ChosenTap("checkins", wei, date(2026, 11, 20), date(2026, 11, 20))
    chosen = await press(week, ZHAO, tap)
    assert chosen.message is not None
    assert chosen.message.html.startswith(
        "📖 <b>张&lt;i&gt;伟&lt;/i&gt;</b> · 一班\n11月20日 周五："
    )
    in_group = await press(week, ZHAO, tap, ONE)
    assert in_group.message is None
    assert in_group.private == chosen.message


async def test_who_sits_in_two_teams_is_told_apart_by_them(week: Office) -> None:
    async with week.database.begin() as session:
        person = await people.known(session, ZHANG, "张三")
        await people.enrol(session, week.teams[TWO].id, person, week.clock())
    reply = await ask(week, LI, "张三的承诺")
    assert reply is not None
    assert labels(reply.message) == ["张三（一班）", "张三（二班）"]
    assert (await said(week, ZHANG, "我连续打卡几天")).count("🔥") == 2


@pytest.mark.parametrize("user", [SI, SUN, WU, ZHANG])
async def test_a_forged_choice_shows_nobody_elses_record(week: Office, user: int) -> None:
    for kind in ("checkins", "promises", "streak", "overdue", "due"):
        tap = ChosenTap(kind, week.members[ZHAO].id, None, None)
        reply = await press(week, user, tap)
        assert (reply.message, reply.private) == (None, None)
        assert reply.toast


async def test_forged_taps_that_make_no_sense_are_turned_away(week: Office) -> None:
    member = week.members[ZHANG].id
    for tap in (
        ChosenTap("missing", member, None, None),
        ChosenTap("nonsense", member, None, None),
        ChosenTap("checkins", 10**9, None, None),
        ChosenTap("checkins", -1, None, None),
        ChosenTap("checkins", member, date(1, 1, 1), date(9999, 12, 31)),
        ChosenTap("checkins", member, date(2026, 12, 1), date(2026, 11, 1)),
        AskTap("nonsense"),
        AskTap(""),
    ):
        reply = await press(week, ZHAO, tap)
        assert (reply.message, reply.private) == (None, None), tap
        assert reply.toast
    far = ChosenTap("promises", member, date(1, 1, 1), date(9999, 12, 31))
    assert (await press(week, ZHAO, far)).toast


async def test_of_whom_nobody_knows_the_names_that_come_near(week: Office) -> None:
    assert await said(week, ZHAO, "张山打卡了吗") == "没有叫“张山”的人。名字相近的：张三"
    assert await said(week, ZHAO, "陈六打卡了吗") == "没有叫“陈六”的人。"
    assert await ask(week, LI, "陈六的承诺") is None, "which may be an announcement"
    assert await ask(week, ZHAO, "三班上周打卡率") is None, "no team of theirs is called that"


async def test_a_name_like_a_command_or_a_pattern_is_but_a_name(week: Office) -> None:
    await seat(week, SUSAN, "完成")
    await seat(week, 119, "%_%")
    assert await said(week, ZHAO, "张三上周五打卡了吗") == (
        "📖 <b>张三</b> · 一班\n11月20日 周五：08:00 已学"
    )
    assert "“李%”" not in await said(week, ZHAO, "李四打卡了吗")


async def test_a_team_may_stand_where_a_name_stands(week: Office) -> None:
    async with week.database.begin() as session:
        team = week.teams[ONE]
        team.name = "Front desk"
        session.add(team)
    assert "Front desk：已学 <b>9/13</b>" in await said(
        week, ZHANG, "Front desk's attendance last week"
    )
