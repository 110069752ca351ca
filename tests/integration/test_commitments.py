from datetime import date

import pytest

from handlers.taps import Tap
from handlers.taps.commitments import MoveTap, TransferTap, WithdrawTap
from handlers.words.message import Message
from storage.kinds import Act, Progress
from tests.conftest import ONE, SI, SUN, THREE, TWO, WU, ZHANG, ZHAO, Hands, Office
from tests.integration.promises import (
    STRANGER,
    acts,
    join,
    labels,
    local,
    press,
    promise,
    retire,
    rows,
    tap,
)

# -- saying ----------------------------------------------------------------------------------


async def test_a_promise_is_shown_back_with_its_number_and_date(office: Office) -> None:
    reply = await promise(office, ZHANG, "周五前完成3号泵检修")
    [row] = await rows(office.database)
    assert (row.number, row.text, row.state) == (1, "完成3号泵检修", Progress.OPEN)
    assert row.due_at == local("2026-11-27T18:00")
    assert reply.message is not None
    assert reply.message.html == ("<b>#1</b> 张三：完成3号泵检修\n期限：11月27日 周五 18:00")
    assert labels(reply.message) == ["明天", "+3天", "月底", "选日期", "完成", "求助", "撤回"]
    assert reply.keeps == "commitment:1"
    [made] = await acts(office.database)
    assert (made.act, made.person_id, made.due_at) == (
        Act.MADE,
        office.people[ZHANG].id,
        row.due_at,
    )


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("承诺 周五前完成3号泵检修", "完成3号泵检修"),
        ("我承诺：完成3号泵检修", "完成3号泵检修"),
        ("I promise to check pump 3", "check pump 3"),
    ],
)
async def test_the_word_of_promising_behind_the_command_is_not_kept(
    office: Office, said: str, kept: str
) -> None:
    await promise(office, ZHANG, said)
    assert [row.text for row in await rows(office.database)] == [kept]


async def test_the_word_of_promising_alone_asks_for_what_is_promised(office: Office) -> None:
    reply = await promise(office, ZHANG, "承诺")
    assert reply.message is not None
    assert "/commit" in reply.message.html
    assert await rows(office.database) == []


async def test_a_promise_without_a_date_is_due_when_work_ends_and_says_so(
    office: Office, clock: Hands
) -> None:
    reply = await promise(office, ZHANG, "检查灭火器")
    assert reply.message is not None
    assert "今天 11月23日 周一 18:00（没有读到日期" in reply.message.html
    clock.now = local("2026-11-27T18:30")
    await promise(office, ZHANG, "清理现场")
    assert [row.due_at for row in await rows(office.database)] == [
        local("2026-11-23T18:00"),
        local("2026-11-30T18:00"),
    ]


@pytest.mark.parametrize("text", ["", "   ", "周五前"])
async def test_nothing_promised_is_answered_with_how_to_do_it(office: Office, text: str) -> None:
    reply = await promise(office, ZHANG, text)
    assert reply.message is not None
    assert "承诺 周五前完成3号泵检修" in reply.message.html
    assert await rows(office.database) == []


async def test_a_promise_longer_than_a_line_is_refused_with_both_figures(office: Office) -> None:
    await promise(office, ZHANG, "修" * 200)
    reply = await promise(office, ZHANG, "修" * 201)
    assert reply.message is not None
    assert "200字以内，这条有201字" in reply.message.html
    assert len(await rows(office.database)) == 1


async def test_a_date_that_is_past_keeps_nothing(office: Office) -> None:
    reply = await promise(office, ZHANG, "2026年11月20日前完成台账")
    assert reply.message is not None
    assert "11月20日 周五 18:00 已经过去" in reply.message.html
    assert await rows(office.database) == []


async def test_html_in_a_promise_is_shown_as_it_was_written(office: Office) -> None:
    reply = await promise(office, ZHANG, "检查 <b>A&B</b> 柜")
    [row] = await rows(office.database)
    assert row.text == "检查 <b>A&B</b> 柜"
    assert reply.message is not None
    assert "检查 &lt;b&gt;A&amp;B&lt;/b&gt; 柜" in reply.message.html


async def test_a_promise_over_several_lines_becomes_one(office: Office) -> None:
    await promise(office, ZHANG, "检查灭火器\n清理\u200b现场")
    [row] = await rows(office.database)
    assert row.text == "检查灭火器 清理现场"


async def test_each_team_counts_its_own_numbers(office: Office) -> None:
    await promise(office, ZHANG, "一")
    await promise(office, SI, "二")
    await promise(office, SUN, "三", TWO)
    assert [(row.team_id, row.number) for row in await rows(office.database)] == [
        (office.teams[ONE].id, 1),
        (office.teams[ONE].id, 2),
        (office.teams[TWO].id, 1),
    ]


async def test_a_number_is_not_given_again_after_its_promise_is_withdrawn(
    office: Office,
) -> None:
    await promise(office, ZHANG, "一")
    await press(office, ZHANG, WithdrawTap(1))
    await promise(office, ZHANG, "二")
    assert [row.number for row in await rows(office.database)] == [1, 2]


@pytest.mark.parametrize("user", [SUN, STRANGER])
async def test_who_has_no_place_in_the_group_cannot_promise_there(
    office: Office, user: int
) -> None:
    reply = await promise(office, user, "检查灭火器")
    assert reply.message is not None
    assert "权限" in reply.message.html
    assert await rows(office.database) == []


# -- several teams ---------------------------------------------------------------------------


async def test_in_private_the_first_team_gets_it_and_the_others_are_one_tap_away(
    office: Office,
) -> None:
    await join(office, ZHANG, TWO)
    await promise(office, SUN, "一", TWO)
    reply = await promise(office, ZHANG, "明天检查灭火器", None)
    assert reply.message is not None
    assert reply.message.html.startswith("一班 <b>#1</b> 检查灭火器\n")
    moved = await press(office, ZHANG, tap(reply.message, "改到 二班"), None)
    assert moved.toast == "已改到 二班，编号 #2。"
    assert moved.edit is not None
    assert moved.edit.html.startswith("二班 <b>#2</b> 检查灭火器\n")
    assert "改到 一班" in labels(moved.edit)
    row = (await rows(office.database))[1]
    assert (row.team_id, row.number) == (office.teams[TWO].id, 2)
    last = (await acts(office.database, row.id))[-1]
    assert (last.act, last.text) == (Act.MOVED, "一班 #1")


async def test_a_promise_is_not_handed_to_a_team_that_its_owner_is_not_in(
    office: Office,
) -> None:
    await promise(office, ZHANG, "检查灭火器")
    reply = await press(office, ZHANG, TransferTap(1, office.teams[THREE].id), None)
    assert "权限" in reply.toast
    assert [row.team_id for row in await rows(office.database)] == [office.teams[ONE].id]


# -- moving, withdrawing ---------------------------------------------------------------------


async def test_a_tap_moves_the_date_and_the_first_one_stays_in_the_history(
    office: Office,
) -> None:
    said = await promise(office, ZHANG, "周五前完成3号泵检修")
    reply = await press(office, ZHANG, tap(said.message, "月底"))
    assert reply.toast == "#1 的期限是 11月30日 周一。"
    assert reply.edit is not None
    assert "期限：11月30日 周一 18:00" in reply.edit.html
    assert "周五" in labels(reply.edit)
    assert "月底" not in labels(reply.edit)
    assert [(act.act, act.due_at) for act in await acts(office.database)] == [
        (Act.MADE, local("2026-11-27T18:00")),
        (Act.MOVED, local("2026-11-30T18:00")),
    ]


async def test_moving_it_to_the_day_it_is_due_on_leaves_no_trace(office: Office) -> None:
    await promise(office, ZHANG, "周五前完成3号泵检修")
    reply = await press(office, ZHANG, MoveTap(1, date(2026, 11, 27)))
    assert "11月27日" in reply.toast
    assert len(await acts(office.database)) == 1


@pytest.mark.parametrize("day", [date.min, date(2026, 11, 22), date(2028, 1, 1), date.max])
async def test_a_forged_day_moves_nothing(office: Office, day: date) -> None:
    await promise(office, ZHANG, "周五前完成3号泵检修")
    reply = await press(office, ZHANG, MoveTap(1, day))
    assert "期限没有变" in reply.toast
    assert [row.due_at for row in await rows(office.database)] == [local("2026-11-27T18:00")]


@pytest.mark.parametrize("user", [ZHAO, SUN, WU, STRANGER])
@pytest.mark.parametrize("what", [MoveTap(1, date(2026, 11, 24)), WithdrawTap(1)])
async def test_only_the_owner_moves_or_withdraws(office: Office, user: int, what: Tap) -> None:
    await promise(office, ZHANG, "周五前完成3号泵检修")
    reply = await press(office, user, what)
    assert "权限" in reply.toast
    assert reply.edit is None
    [row] = await rows(office.database)
    assert (row.state, row.due_at) == (Progress.OPEN, local("2026-11-27T18:00"))
    assert len(await acts(office.database)) == 1


async def test_an_id_that_does_not_exist_is_no_ones(office: Office) -> None:
    reply = await press(office, ZHANG, WithdrawTap(2**61))
    assert "权限" in reply.toast


async def test_a_retired_member_cannot_move_what_was_theirs(office: Office) -> None:
    await promise(office, ZHANG, "周五前完成3号泵检修")
    await retire(office, ZHANG)
    reply = await press(office, ZHANG, MoveTap(1, date(2026, 11, 24)))
    assert "权限" in reply.toast


async def test_withdrawing_leaves_the_record_and_takes_the_buttons(office: Office) -> None:
    await promise(office, ZHANG, "周五前完成3号泵检修")
    reply = await press(office, ZHANG, WithdrawTap(1))
    assert reply.toast == "#1 已撤回。"
    assert reply.edit == Message("<b>#1</b> 张三：完成3号泵检修\n已撤回")
    assert [row.state for row in await rows(office.database)] == [Progress.WITHDRAWN]
    again = await press(office, ZHANG, MoveTap(1, date(2026, 11, 24)))
    assert again.toast == "#1 之前已经撤回。"
    assert again.edit == reply.edit
    assert [act.act for act in await acts(office.database)] == [Act.MADE, Act.WITHDRAWN]
