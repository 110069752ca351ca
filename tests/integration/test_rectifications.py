"""Rectifications in the database: said in a line, or made of what was returned."""

from datetime import date

import pytest

from handlers.taps.commitments import WithdrawTap
from handlers.taps.tasks import RectifyByTap, RectifyTap
from handlers.taps.verifications import LookTap, ReasonTap, ReturnTap, VerifyTap
from storage import commitments
from storage.kinds import Act, Origin, Progress
from storage.tables import Commitment
from tests.conftest import LI, ONE, SI, SUN, WU, ZHANG, ZHAO, Office
from tests.integration.assigning import command, owed, press, rows, say
from tests.integration.promises import acts, html, labels, local, owe, retire
from tests.integration.promises import rows as all_rows

LINE = "张三 周五前 问题：地面有 <油> 措施：清理并垫接油盘 标准：无油迹"
THURSDAY = date(2026, 11, 26)


async def returned(office: Office, user: int = ZHANG, text: str = "清理地面") -> int:
    """Somebody reports something as done, and it is returned; the act of the report."""
    promise = await owe(office, user, text)
    async with office.database.begin() as session:
        row = await session.get_one(Commitment, promise)
        await commitments.claim(session, row, office.people[user].id, office.clock())
    claim = (await acts(office.database, promise))[-1].id
    by = LI if user == ZHAO else ZHAO
    await press(office, by, LookTap(promise, claim), None)
    await press(office, by, ReturnTap(promise, claim), None)
    await press(office, by, ReasonTap(promise, claim, 0), None)
    return claim


async def test_a_line_opens_one_with_its_finding_and_measure(office: Office) -> None:
    reply = await command(office, ZHAO, "rectify", LINE)
    assert html(reply) == (
        "<b>整改</b> · 赵班长 布置\n问题：地面有 &lt;油&gt;\n措施：清理并垫接油盘\n标准：无油迹\n"
        "期限：11月27日 周五 18:00\n<b>#1</b> 张三 · 待接受"
    )
    (row,) = await rows(office)
    assert (row.commitment.origin, row.commitment.text) == (
        Origin.RECTIFICATION,
        "清理并垫接油盘",
    )
    ((to, _, text),) = await owed(office)
    assert to == ZHANG
    assert text.startswith("一班 <b>#1</b> 整改\n问题：地面有 &lt;油&gt;\n措施：清理并垫接油盘\n")
    assert "不能自己撤回" in (await press(office, ZHANG, WithdrawTap(1))).toast


async def test_the_words_for_it_do_the_same(office: Office) -> None:
    reply = await say(office, LI, f"整改 {LINE}")
    assert reply is not None
    assert html(reply).startswith("<b>整改</b> · 李书记 布置\n")


async def test_assign_with_a_finding_is_one_too(office: Office) -> None:
    await command(office, ZHAO, "assign", LINE)
    (row,) = await rows(office)
    assert row.commitment.origin is Origin.RECTIFICATION


@pytest.mark.parametrize("text", ["", "张三 周五前 清理地面", "张三 周五前 措施：清理"])
async def test_without_a_finding_it_is_none(office: Office, text: str) -> None:
    reply = await command(office, ZHAO, "rectify", text)
    assert "问题：地面有油" in html(reply), "it shows how"
    assert await rows(office) == []


async def test_what_was_returned_becomes_one_by_two_taps(office: Office) -> None:
    claim = await returned(office)
    shown = await press(office, ZHAO, LookTap(1, claim), None)
    message = shown.edit or shown.message
    assert "转整改" in labels(message)
    asked = await press(office, ZHAO, RectifyTap(1, claim), None)
    assert asked.edit is not None
    assert asked.edit.html == (
        "<b>#1</b> 张三 转整改\n问题：没有做完\n措施：清理地面\n什么时候完成？"
    )
    days = ["11月24日 周二", "11月26日 周四", "11月27日 周五", "11月30日 周一"]
    assert labels(asked.edit) == [*days, "返回"]
    done = await press(office, ZHAO, RectifyByTap(1, claim, THURSDAY), None)
    assert done.toast == "已转为整改 #2，会告诉 张三。"
    assert "转整改" not in labels(done.edit)
    assert "<b>#2</b> 张三 · 待接受" in html(done)
    before, after = await all_rows(office.database)
    assert (before.state, before.origin) == (Progress.WITHDRAWN, Origin.PLEDGE)
    assert (after.origin, after.text, after.due_at, after.member_id) == (
        Origin.RECTIFICATION,
        "清理地面",
        local("2026-11-26T18:00"),
        before.member_id,
    )
    (row,) = await rows(office)
    assert row.task is not None
    assert (row.task.assignment.finding, row.task.author.name) == ("没有做完", "赵班长")
    last = (await acts(office.database))[-1]
    assert (last.act, last.due_at) == (Act.WITHDRAWN, after.due_at)
    assert (await owed(office))[-1][:2] == (ZHANG, "commitment:2")


async def test_the_same_tap_twice_makes_one(office: Office) -> None:
    claim = await returned(office)
    await press(office, ZHAO, RectifyByTap(1, claim, THURSDAY), None)
    again = await press(office, ZHAO, RectifyByTap(1, claim, THURSDAY), None)
    assert again.toast == "这一项已经有了结果，或者有了新的报告，没有改动。"
    assert len(await all_rows(office.database)) == 2


async def test_what_was_reported_anew_or_never_returned_is_none(office: Office) -> None:
    claim = await returned(office)
    async with office.database.begin() as session:
        row = await session.get_one(Commitment, 1)
        await commitments.claim(session, row, office.people[ZHANG].id, office.clock())
    newer = (await acts(office.database))[-1].id
    for act in (claim, newer, 1, 2**61):
        for tap in (RectifyTap(1, act), RectifyByTap(1, act, THURSDAY)):
            assert "没有改动" in (await press(office, ZHAO, tap, None)).toast
    await press(office, ZHAO, VerifyTap(1, newer), None)
    assert "没有改动" in (await press(office, ZHAO, RectifyTap(1, newer), None)).toast
    assert len(await all_rows(office.database)) == 1


@pytest.mark.parametrize("user", [ZHANG, SI, SUN, WU])
async def test_only_who_may_assign_makes_one_and_not_of_their_own(
    office: Office, user: int
) -> None:
    claim = await returned(office)
    for tap in (RectifyTap(1, claim), RectifyByTap(1, claim, THURSDAY)):
        assert "权限" in (await press(office, user, tap, ONE if user == SI else None)).toast
    assert len(await all_rows(office.database)) == 1


async def test_a_leader_makes_none_of_their_own(office: Office) -> None:
    claim = await returned(office, ZHAO)
    reply = await press(office, ZHAO, RectifyByTap(1, claim, THURSDAY), None)
    assert reply.toast == "自己的承诺要由别人验收。"
    assert len(await all_rows(office.database)) == 1


@pytest.mark.parametrize("day", [date.min, date(2026, 11, 22), date.max])
async def test_a_forged_day_makes_none(office: Office, day: date) -> None:
    claim = await returned(office)
    reply = await press(office, ZHAO, RectifyByTap(1, claim, day), None)
    assert "期限没有变" in reply.toast
    assert len(await all_rows(office.database)) == 1


async def test_an_owner_who_left_gets_none(office: Office) -> None:
    claim = await returned(office)
    await retire(office, ZHANG)
    reply = await press(office, ZHAO, RectifyByTap(1, claim, THURSDAY), None)
    assert reply.toast == "张三 已不在这个班组，没有改动。"
    assert [row.state for row in await all_rows(office.database)] == [Progress.OPEN]


async def test_what_was_said_of_a_task_holds_for_the_rectification(office: Office) -> None:
    await command(office, ZHAO, "assign", "张三 周五前 清理地面 标准：无油迹")
    async with office.database.begin() as session:
        row = await session.get_one(Commitment, 1)
        await commitments.claim(session, row, office.people[ZHANG].id, office.clock())
    claim = (await acts(office.database))[-1].id
    looked = await press(office, ZHAO, LookTap(1, claim), None)
    assert "标准：无油迹" in html(looked), "who verifies it sees by what"
    await press(office, ZHAO, ReturnTap(1, claim), None)
    await press(office, ZHAO, ReasonTap(1, claim, 1), None)
    await press(office, ZHAO, RectifyByTap(1, claim, THURSDAY), None)
    (after,) = await rows(office, 2)
    assert after.task is not None
    assert (after.task.assignment.standard, after.task.assignment.finding) == (
        "无油迹",
        "没有达到要求",
    )
