"""One commitment by itself: on one's own list, and for those who look after the team."""

import asyncio
from datetime import date

import pytest

from handlers import evidence, histories, mine
from handlers.requests import Attached, Reply
from handlers.rules.calendar import Calendar
from handlers.taps import Tap
from handlers.taps.commitments import HistoryTap, MoveTap, ViewAct, ViewTap
from handlers.words import histories as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import commitments as stored
from storage import histories as deeds
from storage import verifications
from storage.kinds import Media, Progress
from tests.conftest import LI, ONE, SI, SUN, TWO, WANG, WU, ZHANG, ZHAO, ZONE, Office
from tests.integration.promises import (
    STRANGER,
    html,
    join,
    labels,
    local,
    owe,
    press,
    retire,
    rows,
    stand,
    standing,
    states,
    tap,
)
from tests.integration.test_no_scans import overheard


async def view(office: Office, user: int, what: ViewTap, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await mine.view_pressed(await office.ask(session, user, "", chat), what)


async def history(office: Office, user: int, text: str, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await histories.history(await office.ask(session, user, text, chat))


async def choose(office: Office, user: int, what: int, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await histories.pressed(await office.ask(session, user, "", chat), HistoryTap(what))


def grid(message: Message | None) -> list[list[str]]:
    assert message is not None
    return [[button.label for button in row] for row in message.buttons]


# -- on one's own list -----------------------------------------------------------------------


async def test_a_promise_of_the_list_opens_in_its_place_with_all_that_happened(
    office: Office,
) -> None:
    await owe(office, ZHANG, "完成3号泵检修 <b>" + "修" * 100)
    office.clock.forward(minutes=10)
    await press(office, ZHANG, MoveTap(1, date(2026, 11, 30)))
    async with office.database.begin() as session:
        listed = await mine.mine(await office.ask(session, ZHANG))
    what = tap(listed.message, "#1 ›")
    assert what == ViewTap(1, ViewAct.SHOW)
    reply = await view(office, ZHANG, ViewTap(1, ViewAct.SHOW))
    assert reply.edit is not None
    assert reply.edit.html.split("\n") == [
        "一班 <b>#1</b> 完成3号泵检修 &lt;b&gt;" + "修" * 100,
        "⚪ 期限：11月30日 周一 18:00",
        "",
        "<b>经过</b>",
        "11-23 07:50 张三 承诺，11月27日 周五 前完成",
        "11-23 08:00 张三 改期到 11月30日 周一",
    ]
    assert grid(reply.edit) == [["完成", "延期", "求助", "撤回"], ["返回列表"]]
    back = await view(office, ZHANG, ViewTap(1, ViewAct.LIST))
    assert back.edit is not None
    assert back.edit.html.startswith("<b>我的承诺</b> · 1 项进行中")


async def test_a_day_is_picked_there_and_the_view_comes_back(office: Office) -> None:
    await owe(office, ZHANG)
    days = await view(office, ZHANG, ViewTap(1, ViewAct.PICK))
    assert grid(days.edit)[0] == list("一二三四五六日")
    chosen = tap(days.edit, "12/1")
    assert chosen == ViewTap(1, ViewAct.MOVE, date(2026, 12, 1))
    moved = await view(office, ZHANG, ViewTap(1, ViewAct.MOVE, date(2026, 12, 1)))
    assert moved.toast == "#1 的期限是 12月1日 周二。"
    assert moved.edit is not None
    assert "改期到 12月1日 周二" in moved.edit.html
    assert tap(days.edit, "返回") == ViewTap(1, ViewAct.SHOW)


@pytest.mark.parametrize("day", [None, date.min, date(2026, 11, 22), date(2028, 1, 1), date.max])
async def test_a_forged_day_moves_nothing(office: Office, day: date | None) -> None:
    await owe(office, ZHANG)
    reply = await view(office, ZHANG, ViewTap(1, ViewAct.MOVE, day))
    assert reply.toast == "不能改到这一天，期限没有变。"
    assert [row.due_at for row in await rows(office.database)] == [local("2026-11-27T18:00")]


async def test_done_there_shows_that_and_leaves_the_way_back(office: Office) -> None:
    await owe(office, ZHANG)
    await stand(office, "commitment:1")
    reply = await view(office, ZHANG, ViewTap(1, ViewAct.DONE))
    assert reply.toast == "#1 已完成。"
    assert reply.edit is not None
    assert "✅ 已完成\n" in reply.edit.html
    assert reply.edit.html.endswith("11-23 07:50 张三 报完成")
    assert grid(reply.edit) == [["返回列表"]]
    assert (await standing(office.database, "commitment:1")).stale_at is not None
    for act in (ViewAct.DONE, ViewAct.WITHDRAW, ViewAct.PICK):
        again = await view(office, ZHANG, ViewTap(1, act))
        assert again.toast == "#1 之前已经完成。"
        assert grid(again.edit) == [["返回列表"]]


async def test_done_and_withdrawn_at_once_leave_one_end(office: Office) -> None:
    await owe(office, ZHANG)
    replies = await asyncio.gather(
        view(office, ZHANG, ViewTap(1, ViewAct.DONE)),
        view(office, ZHANG, ViewTap(1, ViewAct.WITHDRAW)),
    )
    said = sorted(reply.toast for reply in replies)
    [state] = await states(office.database)
    word = {Progress.CLAIMED: "完成", Progress.WITHDRAWN: "撤回"}[state]
    assert said == [f"#1 之前已经{word}。", f"#1 已{word}。"]


@pytest.mark.parametrize("act", [act for act in ViewAct if act is not ViewAct.LIST])
@pytest.mark.parametrize("user", [SUN, ZHAO, WU, STRANGER])
async def test_nobody_elses_tap_opens_or_changes_it(
    office: Office, user: int, act: ViewAct
) -> None:
    await owe(office, ZHANG)
    if user == STRANGER:
        user = LI
    reply = await view(office, user, ViewTap(1, act, date(2026, 12, 1)))
    assert "权限" in reply.toast
    assert reply.edit is None
    assert await states(office.database) == [Progress.OPEN]


async def test_the_view_stands_in_private_alone_and_not_after_leaving(office: Office) -> None:
    await owe(office, ZHANG)
    assert (await view(office, ZHANG, ViewTap(1, ViewAct.SHOW), ONE)).edit is None
    await retire(office, ZHANG)
    assert (await view(office, ZHANG, ViewTap(1, ViewAct.SHOW))).edit is None


async def test_my_list_costs_the_same_whatever_its_length(office: Office) -> None:
    counted = []
    for more in (1, 30):
        for _ in range(more):
            await owe(office, ZHANG)
        with overheard(office.database) as heard:
            async with office.database.begin() as session:
                reply = await mine.mine(await office.ask(session, ZHANG))
        assert f"{1 if more == 1 else 31} 项进行中" in html(reply)
        counted.append([said for said, _ in heard if "FROM commitment" in said])
    assert [len(statements) for statements in counted] == [1, 1]


async def test_of_a_long_list_each_that_is_shown_can_be_opened(office: Office) -> None:
    for _ in range(25):
        await owe(office, ZHANG)
    async with office.database.begin() as session:
        listed = await mine.mine(await office.ask(session, ZHANG))
    opened = [label for label in labels(listed.message) if label.endswith("›")]
    assert opened == [f"#{number} ›" for number in range(1, 21)]
    assert all(len(row) <= 5 for row in grid(listed.message))


# -- what happened ---------------------------------------------------------------------------


async def test_every_deed_has_its_line(office: Office) -> None:
    async with office.database.begin() as session:
        member, by = office.members[ZHANG], office.people[ZHAO].id
        made = await stored.make(
            session, member, "检修", local("2026-11-27T18:00"), office.clock(), by=by
        )
        assert made.number == 1
    there = await join(office, ZHANG, TWO)
    async with office.database.begin() as session:
        what = await stored.own(session, 1, office.people[ZHANG].id)
        assert what is not None
        await stored.transfer(session, what, there, office.clock())
    async with office.database.begin() as session:
        photo = Attached(Media.PHOTO, "photo")
        request = await office.ask(session, ZHANG, "1 换好了 <i>", attached=photo, album="7")
        await evidence.done(request)
    async with office.database.begin() as session:
        request = await office.ask(session, ZHANG, "", attached=photo, album="7")
        await evidence.more(request)
    async with office.database.begin() as session:
        claim = await verifications.claim(session, 1)
        assert claim is not None
        li = office.people[LI].id
        await verifications.judge(session, claim, li, office.clock(), reason="照片不清楚")
    await view(office, ZHANG, ViewTap(1, ViewAct.DONE))
    async with office.database.begin() as session:
        claim = await verifications.claim(session, 1)
        assert claim is not None
        await verifications.judge(session, claim, office.people[LI].id, office.clock())
    said = html(await history(office, ZHANG, "1"))
    assert said.split("经过</b>\n")[1].split("\n") == [
        "11-23 07:50 赵班长 代为记录，11月27日 周五 前完成",
        "11-23 07:50 张三 从 一班 #1 转到本班组",
        "11-23 07:50 张三 报完成（附图片）：换好了 &lt;i&gt;",
        "11-23 07:50 张三 补充佐证（附图片）",
        "11-23 07:50 李书记 退回：照片不清楚",
        "11-23 07:50 张三 报完成",
        "11-23 07:50 李书记 验收通过",
    ]
    assert "✅ 已完成，验收通过" in said


async def test_of_many_deeds_the_first_and_the_latest_are_told_in_eight_lines(
    office: Office,
) -> None:
    await owe(office, ZHANG)
    for day in range(1, 12):
        await press(office, ZHANG, MoveTap(1, date(2026, 12, day)))
    lines = html(await history(office, ZHANG, "#1")).split("经过</b>\n")[1].split("\n")
    assert len(lines) == 8
    assert "承诺" in lines[0]
    assert lines[1] == "…… 中间还有 5 条"
    assert "12月6日" in lines[2]
    assert "12月11日" in lines[-1]


async def test_last_years_deeds_have_their_year(office: Office) -> None:
    await owe(office, ZHANG)
    async with office.database.read() as session:
        what = await stored.one(session, 1)
        assert what is not None
        acts = await deeds.deeds(session, 1)
    shown = words.view(
        Voice("en"), what, acts, Calendar(ZONE), local("2027-03-01T08:00"), own=False
    )
    assert "2026-11-23 07:50 张三 promised, due" in shown.html
    assert shown.buttons == ()


@pytest.mark.parametrize("user", [ZHAO, LI, WANG])
async def test_who_looks_after_the_team_sees_it_without_buttons(office: Office, user: int) -> None:
    await owe(office, ZHANG)
    asked = await history(office, user, "1")
    assert html(asked).startswith("一班 <b>#1</b> 张三：完成3号泵检修\n")
    assert labels(asked.message) == []
    in_group = await history(office, user, "1", ONE)
    assert in_group.message is None
    assert in_group.private == asked.message


async def test_the_owner_asks_for_it_by_number_and_has_the_buttons(office: Office) -> None:
    await owe(office, ZHANG)
    assert "延期" in labels((await history(office, ZHANG, "1")).message)


@pytest.mark.parametrize("user", [SUN, WU])
async def test_of_another_team_there_is_no_such_number(office: Office, user: int) -> None:
    await owe(office, ZHANG)
    assert "没有编号为 #1 的承诺" in html(await history(office, user, "1"))
    assert "权限" in (await choose(office, user, 1)).toast


async def test_a_colleague_is_denied(office: Office) -> None:
    await owe(office, ZHANG)
    assert "权限" in html(await history(office, SI, "1", ONE))
    assert (await choose(office, SI, 1, ONE)).edit is None


@pytest.mark.parametrize("text", ["", "七", "0x1", "12345678901234567890", "1 2", "-1"])
async def test_without_a_number_the_way_to_ask_is_shown(office: Office, text: str) -> None:
    assert "/history 7" in html(await history(office, ZHAO, text))


async def test_a_number_of_several_teams_is_chosen_by_team(office: Office) -> None:
    await owe(office, ZHANG, "一班的")
    await owe(office, SUN, "二班的")
    asked = await history(office, LI, "#1")
    assert labels(asked.message) == ["一班", "二班"]
    assert tap(asked.message, "二班") == HistoryTap(2)
    chosen = await choose(office, LI, 2)
    assert chosen.edit is not None
    assert "孙班长：二班的" in chosen.edit.html


def test_every_kind_of_tap_here_fits_a_button() -> None:
    taps: list[Tap] = [ViewTap(2**61, act, date.max) for act in ViewAct]
    assert all(len(one.pack()) <= 64 for one in taps)
