"""Tasks in the database: who may assign what to whom, and what each side can do about it."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select
from telegram import Chat, Message, MessageEntity, User

from handlers import tasks
from handlers.requests import Replied, Sender
from handlers.taps import Tap
from handlers.taps.commitments import DoneTap, MoveTap, TransferTap, WithdrawTap
from handlers.taps.tasks import (
    AcceptTap,
    CallOffTap,
    FinishTap,
    HardTap,
    InsistTap,
    NotHardTap,
    RecallAllTap,
    RecallOneTap,
    RecallTap,
)
from storage import chats, outbox
from storage.commitments import task_key
from storage.kinds import Act, ChatKind, Origin, Progress
from storage.tables import Assignment, Grant, Member
from tests.conftest import LI, ONE, SI, SUN, THREE, TWO, WANG, WU, ZHANG, ZHAO, Hands, Office
from tests.integration.assigning import (
    assigned,
    command,
    owed,
    press,
    rows,
    say,
    shown,
    stands,
)
from tests.integration.promises import STRANGER, acts, html, join, labels, local, retire, tap

LEDGER = "张三 李四 周五前 完成台账 标准：账物相符 协同：库房 成果：台账一份 风险：漏登"
HARD = "缺少备件"


async def objected(office: Office, why: str = HARD) -> int:
    """张三 has a task and says what is hard about it; the act's id."""
    await assigned(office, ZHAO, "张三 周五前 完成台账")
    await press(office, ZHANG, HardTap(1), None)
    await say(office, ZHANG, why)
    return (await acts(office.database))[-1].id


async def test_each_who_is_named_gets_a_commitment_and_the_group_one_message(
    office: Office,
) -> None:
    reply = await assigned(office, ZHAO, LEDGER)
    assert html(reply) == (
        "<b>任务</b>：完成台账\n布置：赵班长\n标准：账物相符\n协同：库房\n成果：台账一份\n风险：漏登\n"
        "期限：11月27日 周五 18:00\n<b>#1</b> 张三 · 待接受\n<b>#2</b> 李四 · 待接受"
    )
    assert labels(reply.message) == ["接受", "说明困难", "完成", "撤回任务"]
    assert reply.keeps == task_key(1, office.teams[ONE].id)
    found = await rows(office)
    assert [row.commitment.origin for row in found] == [Origin.TASK, Origin.TASK]
    assert {row.commitment.due_at for row in found} == {local("2026-11-27T18:00")}
    assert found[0].task is not None
    kept = found[0].task.assignment
    assert (kept.standard, kept.partners, kept.result, kept.risk, kept.finding) == (
        "账物相符",
        "库房",
        "台账一份",
        "漏登",
        "",
    )
    (made,) = await acts(office.database)
    assert (made.act, made.person_id) == (Act.MADE, office.people[ZHAO].id)


async def test_each_is_told_in_private_where_that_is_open(office: Office) -> None:
    await assigned(office, ZHAO, LEDGER)
    ((to, key, text),) = await owed(office)  # 李四 has no private chat, and sees it in the group
    assert (to, key) == (ZHANG, "commitment:1")
    assert text.startswith("一班 <b>#1</b> 任务：完成台账\n标准：账物相符\n")
    assert text.endswith("布置：赵班长\n期限：11月27日 周五 18:00\n待接受")


async def test_by_night_it_comes_without_a_sound(office: Office, clock: Hands) -> None:
    clock.now = local("2026-11-23T22:30")
    await assigned(office, ZHAO, "张三 周五前 完成台账")
    async with office.database.read() as session:
        row = await outbox.by_key(session, "commitment:1")
    assert row is not None
    assert row.params["disable_notification"] is True


async def test_without_a_date_it_is_due_when_work_ends_and_says_so(office: Office) -> None:
    reply = await assigned(office, ZHAO, "张三 完成台账")
    assert "今天 11月23日 周一 18:00（没有读到日期" in html(reply)


async def test_in_private_a_secretary_reaches_several_teams(office: Office) -> None:
    reply = await assigned(office, LI, "张三 李四 孙班长 周五前 完成台账", None)
    assert html(reply).endswith(
        "一班 <b>#1</b> 张三 · 待接受\n一班 <b>#2</b> 李四 · 待接受\n"
        "二班 <b>#1</b> 孙班长 · 待接受"
    )
    assert labels(reply.message) == ["撤回任务"]
    assert reply.keeps == task_key(1, 0)
    told = {(to, key) for to, key, _ in await owed(office)}
    group = (ONE, task_key(1, office.teams[ONE].id))  # for 李四, who has no private chat
    assert told == {(ZHANG, "commitment:1"), (SUN, "commitment:3"), group}


async def test_who_can_be_told_nowhere_is_named(office: Office) -> None:
    async with office.database.begin() as session:
        team = await session.get_one(type(office.teams[ONE]), office.teams[ONE].id)
        team.chat_id = None
        session.add(team)
    reply = await assigned(office, LI, "张三 李四 周五前 完成台账", None)
    assert html(reply).endswith("没有打开私聊、班组也没有群，请当面告诉：李四")


async def test_an_own_task_is_accepted_by_being_assigned(office: Office) -> None:
    reply = await assigned(office, ZHAO, "赵班长 张三 周五前 完成台账")
    assert "赵班长 · 已接受\n<b>#2</b> 张三 · 待接受" in html(reply)
    assert [to for to, _, _ in await owed(office)] == [ZHANG]


@pytest.mark.parametrize(
    ("user", "text", "chat"),
    [
        (ZHANG, "李四 周五前 完成台账", ONE),
        (ZHANG, "李四 周五前 完成台账", None),
        (STRANGER, "李四 周五前 完成台账", ONE),
        (SUN, "张三 周五前 完成台账", ONE),
        (SUN, "张三 周五前 完成台账", None),
        (LI, "王五 周五前 完成台账", None),
        (LI, "王五 周五前 完成台账", THREE),
        (ZHAO, "孙班长 周五前 完成台账", ONE),
        (ZHAO, "张三 2026年11月20日前 完成台账", ONE),
        (ZHAO, "张三 周五前 " + "长" * 201, ONE),
        (ZHAO, "张三 周五前 完成台账 标准：" + "长" * 201, ONE),
        (ZHAO, "小明 周五前 完成台账", ONE),
        (ZHAO, "", ONE),
    ],
)
async def test_what_may_not_or_cannot_be_assigned_changes_nothing(
    office: Office, user: int, text: str, chat: int | None
) -> None:
    async with office.database.begin() as session:
        await chats.seen(session, STRANGER, ChatKind.PRIVATE)
    reply = await assigned(office, user, text, chat)
    assert html(reply)
    assert await rows(office) == []
    assert await owed(office) == []


async def test_a_name_of_two_is_asked_about(office: Office) -> None:
    await join(office, ZHANG, TWO)
    reply = await assigned(office, LI, "张三 周五前 完成台账", None)
    assert html(reply) == (
        "“张三”不止一位：一班/张三、二班/张三。请写清是哪一位，例如：<code>一班/张三</code>"
    )
    await assigned(office, LI, "二班/张三 周五前 完成台账", None)
    (row,) = await rows(office)
    assert row.team.id == office.teams[TWO].id


async def test_a_mention_is_whom_telegram_says_whatever_they_are_called_there(
    office: Office,
) -> None:
    said = "/assign 小三 周五前 完成台账"
    user = User(ZHANG, "小三", is_bot=False)
    link = MessageEntity(MessageEntity.TEXT_MENTION, 8, 2, user=user)
    now = office.clock()
    chat = Chat(ONE, "supergroup")
    message = Message(1, now, chat, text=said, entities=[link], from_user=user)
    async with office.database.begin() as session:
        request = await office.ask(session, ZHAO, said.removeprefix("/assign "), ONE)
        reply = await tasks.assign(replace(request, html=message.text_html or ""))
    assert "<b>#1</b> 张三 · 待接受" in html(reply)


async def test_one_person_is_not_meant_in_two_teams_at_once(office: Office) -> None:
    await join(office, ZHANG, TWO)
    reply = await assigned(office, LI, "一班/张三 二班/张三 周五前 完成台账", None)
    assert "“张三”不止一位：一班/张三、二班/张三" in html(reply)
    assert await rows(office) == []


async def test_a_reply_names_whom_it_answers(office: Office) -> None:
    replied = Replied(7, ours=False, author=Sender(ZHANG, "张三"))
    reply = await command(office, ZHAO, "assign", "周五前 完成台账", replied=replied)
    assert "<b>#1</b> 张三 · 待接受" in html(reply)
    guest = Replied(8, ours=False, author=Sender(WU, "吴九"))
    reply = await command(office, ZHAO, "assign", "周五前 完成台账", replied=guest)
    assert "没有找到“周五前”" in html(reply)


async def test_html_in_names_and_fields_is_shown_as_written(office: Office) -> None:
    async with office.database.begin() as session:
        person = await session.get_one(type(office.people[SI]), office.people[SI].id)
        person.name = "<i>李四</i>"
        session.add(person)
    reply = await assigned(office, ZHAO, "<i>李四</i> 周五前 查 <b>A&B</b> 标准：<u>全</u>")
    assert "查 &lt;b&gt;A&amp;B&lt;/b&gt;" in html(reply)
    assert "标准：&lt;u&gt;全&lt;/u&gt;" in html(reply)
    assert "&lt;i&gt;李四&lt;/i&gt; · 待接受" in html(reply)


# -- taking it on ----------------------------------------------------------------------------


async def test_accepted_once_however_often_it_is_tapped(office: Office) -> None:
    await assigned(office, ZHAO, LEDGER)
    first = await press(office, ZHANG, AcceptTap(1), None)
    assert first.toast == "#1 已接受。"
    assert first.edit is not None
    assert first.edit.html.endswith("已接受")
    assert labels(first.edit) == ["说明困难", "完成"]
    second = await press(office, ZHANG, AcceptTap(1))
    assert second.toast == "#1 之前已经接受。"
    assert [act.act for act in await acts(office.database)] == [Act.MADE, Act.ACCEPTED]
    assert (await shown(office)).endswith("张三 · 已接受\n<b>#2</b> 李四 · 待接受")


async def test_two_taps_at_once_accept_once(office: Office) -> None:
    await assigned(office, ZHAO, LEDGER)
    replies = await asyncio.gather(*(press(office, ZHANG, AcceptTap(1)) for _ in range(3)))
    assert sorted(reply.toast for reply in replies) == [
        "#1 之前已经接受。",
        "#1 之前已经接受。",
        "#1 已接受。",
    ]
    assert len(await acts(office.database)) == 2


@pytest.mark.parametrize("user", [ZHAO, SUN, WU, STRANGER])
@pytest.mark.parametrize("what", [AcceptTap(1), HardTap(1), FinishTap(1), DoneTap(1)])
async def test_a_forged_tap_of_somebody_else_says_nothing_for_the_owner(
    office: Office, user: int, what: Tap
) -> None:
    await assigned(office, ZHAO, "张三 周五前 完成台账")
    reply = await press(office, user, what)
    assert reply.toast
    assert reply.edit is None
    assert [act.act for act in await acts(office.database)] == [Act.MADE]


async def test_a_retired_owner_answers_nothing_any_more(office: Office) -> None:
    await assigned(office, ZHAO, "张三 周五前 完成台账")
    await retire(office, ZHANG)
    for what in (AcceptTap(1), HardTap(1), FinishTap(1)):
        assert (await press(office, ZHANG, what, None)).toast
    assert [act.act for act in await acts(office.database)] == [Act.MADE]
    await press(office, ZHAO, RecallTap(1))
    assert [row.commitment.state for row in await rows(office)] == [Progress.WITHDRAWN]


async def test_done_beneath_the_message_for_all_is_the_pressers_own(office: Office) -> None:
    await assigned(office, ZHAO, LEDGER)
    reply = await press(office, SI, FinishTap(1))
    assert reply.toast == "#2 已完成。"
    states = [row.commitment.state for row in await rows(office)]
    assert states == [Progress.OPEN, Progress.CLAIMED]
    assert "李四 · ✅ 已完成，待验收" in await shown(office)
    assert (await press(office, SI, AcceptTap(1))).toast == "#2 之前已经完成。"


async def test_done_as_a_reply_to_the_message_for_all_is_the_writers_own(office: Office) -> None:
    await assigned(office, ZHAO, LEDGER)
    await stands(office, task_key(1, office.teams[ONE].id), ONE, 40)
    reply = await say(office, SI, "完成", ONE, Replied(40, ours=True))
    assert reply is not None
    assert "#2" in html(reply)
    states = [row.commitment.state for row in await rows(office)]
    assert states == [Progress.OPEN, Progress.CLAIMED]


# -- finding it hard -------------------------------------------------------------------------


async def test_what_is_hard_is_the_next_word_in_private_and_goes_to_who_assigned_it(
    office: Office,
) -> None:
    await assigned(office, ZHAO, "张三 周五前 完成台账")
    asked = await press(office, ZHANG, HardTap(1), None)
    assert asked.edit is not None
    assert "有什么困难？" in asked.edit.html
    reply = await say(office, ZHANG, "缺少 <b>备件</b>")
    assert reply is not None
    assert html(reply) == "#1 的困难已记录，已告诉 赵班长。"
    last = (await acts(office.database))[-1]
    assert (last.act, last.text) == (Act.DECLINED, "缺少 <b>备件</b>")
    to, _, text = (await owed(office))[-1]
    assert to == ZHAO
    assert text == ("一班 <b>#1</b> 张三：完成台账\n说明困难：缺少 &lt;b&gt;备件&lt;/b&gt;")
    assert [row.commitment.state for row in await rows(office)] == [Progress.OPEN]
    again = await say(office, ZHANG, "今天天气不错")
    assert again is not None
    assert "困难" not in html(again), "only the next word is taken for it"


async def test_who_has_nothing_to_say_is_not_listened_to(office: Office) -> None:
    await assigned(office, ZHAO, "张三 周五前 完成台账")
    await press(office, ZHANG, HardTap(1), None)
    reply = await press(office, ZHANG, NotHardTap(1), None)
    assert reply.edit is not None
    assert "接受" in labels(reply.edit)
    await say(office, ZHANG, HARD)
    assert [act.act for act in await acts(office.database)] == [Act.MADE]


async def test_after_half_an_hour_words_are_words_again(office: Office, clock: Hands) -> None:
    await assigned(office, ZHAO, "张三 周五前 完成台账")
    await press(office, ZHANG, HardTap(1), None)
    clock.forward(minutes=31)
    await say(office, ZHANG, HARD)
    assert [act.act for act in await acts(office.database)] == [Act.MADE]


async def test_a_long_reason_is_asked_for_again(office: Office) -> None:
    await assigned(office, ZHAO, "张三 周五前 完成台账")
    await press(office, ZHANG, HardTap(1), None)
    reply = await say(office, ZHANG, "长" * 201)
    assert reply is not None
    assert "200字以内，这条有201字" in html(reply)
    await say(office, ZHANG, HARD)
    assert (await acts(office.database))[-1].text == HARD


async def test_in_the_group_a_reply_with_the_word_for_it_is_enough(office: Office) -> None:
    await assigned(office, ZHAO, LEDGER)
    await stands(office, task_key(1, office.teams[ONE].id), ONE, 40)
    reply = await say(office, SI, "困难：缺少备件", ONE, Replied(40, ours=True))
    assert reply is not None
    assert html(reply) == "#2 的困难已记录，已告诉 赵班长。"
    assert "李四 · 有困难" in await shown(office)
    other = await say(office, SUN, "困难：缺少备件", ONE, Replied(40, ours=True))
    assert other is not None
    assert "请回复那条任务消息" in html(other)


async def test_without_a_private_chat_the_button_leads_there(office: Office) -> None:
    await assigned(office, ZHAO, "李四 周五前 完成台账")
    reply = await press(office, SI, HardTap(1))
    assert reply.open == "https://t.me/zaohui_bot?start=hard-1"
    async with office.database.begin() as session:
        await chats.seen(session, SI, ChatKind.PRIVATE)
    asked = await command(office, SI, "start", "hard-1", None)
    assert "有什么困难？" in html(asked)
    for forged in ("hard-2", "hard-x", "hard-99999999999", "hard-"):
        assert "没有布置给你" in html(await command(office, SI, "start", forged, None))
    await say(office, SI, HARD)
    assert (await acts(office.database))[-1].text == HARD


async def test_asked_for_nevertheless_its_owner_hears_it_and_can_take_it_on(
    office: Office,
) -> None:
    act = await objected(office)
    reply = await press(office, ZHAO, InsistTap(1, act), None)
    assert reply.toast == "已告诉 张三：仍请完成。"
    assert reply.edit is not None
    assert reply.edit.html.endswith("说明困难：缺少备件\n已答复：仍请完成")
    to, _, text = (await owed(office))[-1]
    assert (to, text.split("\n")[0]) == (ZHANG, "赵班长 看了你说明的困难，仍请完成：")
    assert text.endswith("待接受")
    assert (await press(office, ZHANG, AcceptTap(1), None)).toast == "#1 已接受。"
    for what in (InsistTap(1, act), CallOffTap(1, act)):
        assert (await press(office, ZHAO, what, None)).toast == "这一项已经有了结果，没有改动。"
    assert [one.act for one in await acts(office.database)] == [
        Act.MADE,
        Act.DECLINED,
        Act.INSISTED,
        Act.ACCEPTED,
    ]


async def test_taken_back_for_what_is_hard_its_owner_hears_that(office: Office) -> None:
    act = await objected(office)
    reply = await press(office, ZHAO, CallOffTap(1, act), None)
    assert reply.toast == "#1 已撤回。"
    assert [row.commitment.state for row in await rows(office)] == [Progress.WITHDRAWN]
    assert (await owed(office))[-1][::2] == (
        ZHANG,
        "赵班长 撤回了任务：一班 <b>#1</b> 完成台账",
    )
    again = await press(office, ZHAO, CallOffTap(1, act), None)
    assert again.toast == "这一项已经有了结果，没有改动。"


@pytest.mark.parametrize("user", [ZHANG, SI, SUN, WU, STRANGER])
@pytest.mark.parametrize("kind", [InsistTap, CallOffTap])
async def test_nobody_answers_for_whoever_may_assign(
    office: Office, user: int, kind: type[InsistTap] | type[CallOffTap]
) -> None:
    act = await objected(office)
    before = len(await acts(office.database))
    reply = await press(office, user, kind(1, act), ONE if user in {SI, STRANGER} else None)
    assert "权限" in reply.toast
    assert len(await acts(office.database)) == before


async def test_a_forged_act_is_nobodys_objection(office: Office) -> None:
    act = await objected(office)
    await assigned(office, ZHAO, "李四 周五前 清理")
    for what in (InsistTap(2, act), CallOffTap(2, act), InsistTap(1, 2**61), CallOffTap(1, 1)):
        reply = await press(office, ZHAO, what, None)
        assert reply.toast == "这一项已经有了结果，没有改动。"
    assert [row.commitment.state for row in await rows(office, 2)] == [Progress.OPEN]


async def test_where_who_assigned_it_lost_the_right_another_decides(office: Office) -> None:
    await assigned(office, LI, "张三 周五前 完成台账", None)
    async with office.database.begin() as session:
        mine = select(Grant).where(Grant.person_id == office.people[LI].id)
        await session.delete((await session.exec(mine)).one())
    await press(office, ZHANG, HardTap(1), None)
    reply = await say(office, ZHANG, HARD)
    assert reply is not None
    assert html(reply) == "#1 的困难已记录，已告诉 赵班长。"
    act = (await acts(office.database))[-1].id
    assert "权限" in (await press(office, LI, CallOffTap(1, act), None)).toast
    assert (await press(office, ZHAO, CallOffTap(1, act), None)).toast == "#1 已撤回。"


# -- taking it back --------------------------------------------------------------------------


async def test_its_owner_cannot_take_it_back_put_it_off_or_move_it_elsewhere(
    office: Office,
) -> None:
    await join(office, ZHANG, TWO)
    await assigned(office, ZHAO, "张三 周五前 完成台账")
    reply = await press(office, ZHANG, WithdrawTap(1))
    assert reply.toast == "任务由 赵班长 布置，不能自己撤回。有困难请点“说明困难”。"
    reply = await press(office, ZHANG, MoveTap(1, date(2026, 11, 30)))
    assert reply.toast == "期限由 赵班长 定，没有改动。需要更多时间，请点“说明困难”。"
    for what in (
        RecallTap(1),
        RecallOneTap(1),
        RecallAllTap(1),
        TransferTap(1, office.teams[TWO].id),
    ):
        assert "权限" in (await press(office, ZHANG, what, None)).toast
    (row,) = await rows(office)
    assert (row.commitment.state, row.team.id) == (Progress.OPEN, office.teams[ONE].id)
    assert row.commitment.due_at == local("2026-11-27T18:00")


async def test_a_leader_cannot_take_back_what_the_secretary_assigned_to_them(
    office: Office,
) -> None:
    await assigned(office, LI, "赵班长 张三 周五前 完成台账", None)
    assert "权限" in (await press(office, ZHAO, RecallOneTap(1), None)).toast
    assert (await press(office, ZHAO, RecallAllTap(1), None)).toast == "#2 已撤回。"
    states = [row.commitment.state for row in await rows(office)]
    assert states == [Progress.OPEN, Progress.WITHDRAWN]
    assert (await press(office, LI, RecallTap(1), None)).toast == "#1 已撤回。"


async def test_of_several_it_is_asked_whose(office: Office) -> None:
    await assigned(office, ZHAO, LEDGER)
    asked = await press(office, ZHAO, RecallTap(1))
    assert labels(asked.private) == ["#1 张三", "#2 李四", "全部撤回（2 项）"]
    reply = await press(office, ZHAO, tap(asked.private, "#1 张三") or RecallTap(0), None)
    assert reply.toast == "#1 已撤回。"
    assert labels(reply.edit) == ["#2 李四"]
    again = await press(office, ZHAO, RecallOneTap(1), None)
    assert again.toast == "这一项已经有了结果，没有改动。"
    reply = await press(office, ZHAO, RecallAllTap(1), None)
    assert reply.edit is not None
    assert reply.edit.html.endswith("没有进行中的了。")


async def test_another_with_the_right_may_and_others_may_not(office: Office) -> None:
    await assigned(office, ZHAO, "张三 周五前 完成台账")
    for user, chat in ((SUN, None), (WU, None), (SI, ONE)):
        assert "权限" in (await press(office, user, RecallTap(1), chat)).toast
    assert (await press(office, WANG, RecallTap(1), None)).toast == "#1 已撤回。"
    assert (await acts(office.database))[-1].person_id == office.people[WANG].id


async def test_two_who_assign_are_kept_apart(office: Office) -> None:
    await assigned(office, ZHAO, "张三 周五前 完成台账")
    await assigned(office, LI, "张三 周五前 清理现场", None)
    await press(office, ZHANG, HardTap(2), None)
    await say(office, ZHANG, HARD)
    assert [to for to, _, _ in await owed(office)][-1] == LI
    await press(office, ZHANG, AcceptTap(1), None)
    stances = [(await rows(office, number))[0].task for number in (1, 2)]
    assert [task.stance if task else None for task in stances] == [Act.ACCEPTED, Act.DECLINED]


async def test_ids_that_do_not_exist_are_nobodys(office: Office) -> None:
    for what in (AcceptTap(2**61), HardTap(0), FinishTap(-1), NotHardTap(2**61)):
        assert (await press(office, ZHANG, what, None)).toast
    for other in (RecallTap(2**61), RecallOneTap(0), RecallAllTap(-1), InsistTap(1, 1)):
        assert "权限" in (await press(office, ZHAO, other, None)).toast


async def test_a_promise_is_no_task(office: Office) -> None:
    await command(office, ZHANG, "commit", "周五前 完成台账")
    for what in (RecallOneTap(1), InsistTap(1, 1), CallOffTap(1, 1)):
        assert "权限" in (await press(office, ZHAO, what, None)).toast
    assert [act.act for act in await acts(office.database)] == [Act.MADE]
    async with office.database.read() as session:
        assert await session.get(Assignment, 1) is None
        assert await session.get(Member, 1) is not None
