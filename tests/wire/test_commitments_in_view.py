"""Commitments in view: dates by tap, messages turned, the board, one's own list."""

import asyncio
from datetime import timedelta

from storage.kinds import Progress
from storage.tables import Chat, Commitment
from tests.sandbox.play import picture
from tests.wire.scene import (
    DENIED,
    LI,
    MONDAY,
    ONE,
    QIAN,
    RANGERS,
    SI,
    TOPIC,
    ZHANG,
    ZHAO,
    ZHENG,
    Scene,
    labels,
)


async def test_a_date_is_picked_from_the_days_that_open_in_place(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 周五前完成3号泵检修", ONE)
    assert await scene.tap(SI, "选日期", ONE) == DENIED
    await scene.tap(ZHANG, "选日期", ONE)
    shown = (await scene.messages(ZHANG, ONE))[-1]
    assert shown["text"].startswith("#1 张三：完成3号泵检修")
    assert labels(shown)[:9] == [*"一二三四五六日", "23", "24"]
    await scene.tap(ZHANG, "返回", ONE)
    assert "选日期" in labels((await scene.messages(ZHANG, ONE))[-1])
    await scene.tap(ZHANG, "选日期", ONE)
    assert await scene.tap(ZHANG, "12/1", ONE) == "#1 的期限是 12月1日 周二。"
    assert (await scene.last(ZHANG, ONE)).endswith("期限：12月1日 周二 18:00")
    number = (await scene.messages(ZHANG, ONE))[-1]["message_id"]
    for day in ("2026-11-22", "2029-01-01"):
        said = await scene.forge(ZHANG, ONE, number, f"cm:1:{day}")
        assert said == "不能改到这一天，期限没有变。"
    (kept,) = await scene.rows(Commitment)
    assert kept.due_at.isoformat() == "2026-12-01T10:00:00+00:00"


async def robot(scene: Scene, status: str) -> None:
    """What the bot is in the first team's group: an administrator can pin."""
    who = {"as": ZHAO, "user": scene.world.world.bot.id}
    await scene.act("member", **who, chat=ONE, status=status)


def pinned(scene: Scene) -> list[int]:
    return list(scene.world.world.chats[ONE].pinned)


async def boards(scene: Scene) -> list[str]:
    """The messages in the group that are, or were, its board."""
    return [text for text in await scene.texts(ZHANG, ONE) if "看板" in text]


async def test_a_colleagues_message_is_turned_by_a_reply(scene: Scene) -> None:
    said = await scene.say(SI, "周五前把3号泵检修完", ONE)
    await scene.say(ZHANG, "转承诺", ONE, reply_to=said)
    assert await scene.last(ZHANG, ONE) == "#1 张三：把3号泵检修完\n期限：11月27日 周五 18:00"
    await scene.say(SI, "/todo 明天", ONE, reply_to=said)
    assert (await scene.last(SI, ONE)).startswith("#2 李四：周五前把3号泵检修完\n期限：明天")
    await scene.tap(ZHANG, "撤回", ONE, await scene.find(ZHANG, "#1 张三", ONE))
    kept = [(row.number, row.state) for row in await scene.rows(Commitment)]
    assert kept == [(1, Progress.WITHDRAWN), (2, Progress.OPEN)]


async def test_a_pictures_caption_is_turned_and_one_without_words_is_not(scene: Scene) -> None:
    for caption, answer in (
        ("阀门渗漏待处理", "#1 张三：阀门渗漏待处理"),
        ("", "这条消息没有文字"),
    ):
        await scene.send_file(SI, "valve.png", picture(), caption, ONE)
        shown = (await scene.messages(SI, ONE))[-1]
        await scene.say(ZHANG, "/todo", ONE, reply_to=shown["message_id"])
        assert (await scene.last(ZHANG, ONE)).startswith(answer)
    card = await scene.find(ZHANG, "#1 张三", ONE)
    await scene.say(ZHANG, "/todo", ONE, reply_to=card["message_id"])
    assert (await scene.last(ZHANG, ONE)).startswith("这是我发的消息，不能转成承诺。")
    assert len(await scene.rows(Commitment)) == 1


async def test_a_leader_asks_the_author_who_can_take_it_back(scene: Scene) -> None:
    said = await scene.say(ZHANG, "3号泵周五前可以检修好", ONE)
    await scene.say(ZHAO, "转承诺", ONE, reply_to=said)
    asked = (await scene.messages(ZHAO, ONE))[-1]
    assert labels(asked) == ["我来做", "请张三完成"]
    assert await scene.tap(SI, "我来做", ONE) == "只有转这条消息的人可以选。"
    assert await scene.tap(ZHAO, "请张三完成", ONE) == "#1 已记录，由张三完成。"
    assert (await scene.last(ZHAO, ONE)).startswith("#1 张三：3号泵可以检修好")
    assert (await scene.last(ZHANG)).startswith("赵班长把你在群里的话记成了你的承诺。")
    number = asked["message_id"]
    assert await scene.forge(ZHAO, ONE, number, "bt:1:1") == "这条消息已经是承诺了：#1。"
    assert await scene.tap(ZHANG, "撤回") == "#1 已撤回。"
    await scene.forward(seconds=6)
    assert (await scene.last(ZHAO, ONE)).endswith("已撤回")


async def test_two_taps_at_once_make_one_commitment(scene: Scene) -> None:
    said = await scene.say(ZHANG, "周五前检修3号泵", ONE)
    await scene.say(ZHAO, "/todo", ONE, reply_to=said)
    await asyncio.gather(scene.press(ZHAO, "我来做", ONE), scene.press(ZHAO, "请张三完成", ONE))
    await scene.settle()
    assert len(await scene.rows(Commitment)) == 1


async def test_the_board_is_pinned_and_goes_with_the_commitments(scene: Scene) -> None:
    await robot(scene, "administrator")
    await scene.say(ZHANG, "/commit 周五前完成3号泵检修", ONE)
    await scene.say(ZHAO, "/board", ONE)
    shown = await scene.find(ZHANG, "承诺看板", ONE)
    assert shown["text"] == (
        "📌 一班 · 承诺看板\n进行中 1 项 · 本月已完成 0 项\n\n"
        "⚪ #1 完成3号泵检修 · 张三 · 11月27日 周五"
    )
    await scene.forward(seconds=10)
    assert pinned(scene) == [shown["message_id"]]
    (call,) = scene.calls("pinChatMessage", ONE)
    assert call["disable_notification"] == "true"
    await scene.say(ZHANG, "完成 1", ONE)
    await scene.say(SI, "/commit 明天清理<b>配电房", ONE)
    await scene.forward(seconds=6)
    assert (await scene.find(ZHANG, "承诺看板", ONE))["text"] == (
        "📌 一班 · 承诺看板\n进行中 1 项 · 本月已完成 1 项\n\n"
        "🔵 #2 清理<b>配电房 · 李四 · 11月24日 周二"
    )
    await scene.to(MONDAY + timedelta(days=2))
    assert "🔴 #2" in (await scene.find(ZHANG, "承诺看板", ONE))["text"]


async def test_once_more_the_board_moves_and_off_takes_it_away(scene: Scene) -> None:
    await robot(scene, "administrator")
    await scene.say(ZHAO, "/board", ONE)
    await scene.forward(seconds=10)
    await scene.say(LI, "/board")
    assert "一班 · 承诺看板" in await scene.last(LI)
    await scene.say(ZHAO, "/board", ONE)
    await scene.forward(seconds=10)
    first, second = await boards(scene)
    assert first == "看板已移到后面的新消息。"
    assert second.startswith("📌 一班 · 承诺看板")
    assert pinned(scene) == [(await scene.find(ZHANG, "承诺看板", ONE))["message_id"]]
    await scene.say(ZHANG, "/board off", ONE)
    assert await scene.last(ZHANG, ONE) == DENIED
    await scene.say(ZHAO, "/board off", ONE)
    await scene.forward(seconds=10)
    assert pinned(scene) == []
    assert [text for text in await boards(scene) if "📌" in text] == []


async def test_two_boards_asked_for_at_once_leave_one(scene: Scene) -> None:
    await robot(scene, "administrator")
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=LI, status="member")
    await asyncio.gather(scene.say(ZHAO, "/board", ONE), scene.say(LI, "/board", ONE))
    await scene.forward(seconds=10)
    await scene.forward(seconds=10)
    standing = [text for text in await boards(scene) if text.startswith("📌")]
    assert len(standing) == 1
    assert pinned(scene) == [(await scene.find(ZHANG, "📌", ONE))["message_id"]]


async def test_a_bot_that_may_not_pin_says_how_to_let_it_and_the_group_goes_on(
    scene: Scene,
) -> None:
    await robot(scene, "member")
    await scene.say(ZHAO, "/start")
    await scene.say(ZHAO, "/board", ONE)
    await scene.forward(seconds=10)
    await scene.forward(seconds=10)
    assert (await scene.find(ZHANG, "承诺看板", ONE))["text"].startswith("📌 一班")
    assert pinned(scene) == []
    assert await scene.last(ZHAO) == (
        "看板已发到“一班”的群里，但我没有置顶的权限。"
        "在群的管理员里加上我，打开“置顶消息”，再发一次 /board。"
    )
    assert [chat.trouble for chat in await scene.rows(Chat) if chat.telegram_id == ONE] == [""]
    await scene.say(ZHANG, "/commit 检查灭火器", ONE)
    await scene.forward(seconds=6)
    assert "检查灭火器" in (await scene.find(ZHANG, "承诺看板", ONE))["text"]


async def test_a_team_in_a_topic_has_its_board_there(scene: Scene) -> None:
    await scene.say(ZHENG, "/commit 周五前巡完东线", RANGERS, topic=TOPIC)
    await scene.say(QIAN, "/board", RANGERS, topic=TOPIC)
    await scene.forward(seconds=10)
    shown = await scene.find(QIAN, "承诺看板", RANGERS)
    assert "#1 巡完东线" in shown["text"]
    sent = [call for call in scene.calls("sendMessage", RANGERS) if "看板" in call["text"]]
    assert [call["message_thread_id"] for call in sent] == [str(TOPIC)]
    (pin,) = scene.calls("pinChatMessage", RANGERS)
    assert pin["message_id"] == str(shown["message_id"])


async def test_a_member_has_the_board_as_a_quiet_answer(scene: Scene) -> None:
    await scene.say(ZHANG, "/board", ONE)
    assert await scene.last(ZHANG, ONE) == (
        "📌 一班 · 承诺看板\n没有进行中的承诺 · 本月已完成 0 项"
    )
    assert scene.calls("sendMessage", ONE)[-1]["disable_notification"] == "true"
    await scene.forward(seconds=10)
    assert scene.calls("pinChatMessage", ONE) == []


async def test_one_of_my_list_opens_in_place_and_goes_back(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 周五前完成3号泵检修", ONE)
    await scene.say(ZHANG, "/my", ONE)
    await scene.tap(ZHANG, "#1 ›")
    assert await scene.last(ZHANG) == (
        "一班 #1 完成3号泵检修\n⚪ 期限：11月27日 周五 18:00\n\n"
        "经过\n11-23 07:00 张三 承诺，11月27日 周五 前完成"
    )
    await scene.tap(ZHANG, "延期")
    assert await scene.tap(ZHANG, "26") == "#1 的期限是 11月26日 周四。"
    await scene.tap(ZHANG, "返回列表")
    assert "⚪ #1 完成3号泵检修 · 11月26日 周四" in await scene.last(ZHANG)
    await scene.forward(seconds=6)
    assert "11月26日" in (await scene.find(ZHANG, "#1 张三", ONE))["text"], "the group has it too"
    await scene.tap(ZHANG, "#1 ›")
    assert await scene.tap(ZHANG, "完成") == "#1 已完成。"
    await scene.tap(ZHANG, "返回列表")
    assert (await scene.last(ZHANG)).endswith("你没有进行中的承诺。")
    number = (await scene.find(ZHANG, "#1 张三", ONE))["message_id"]
    for user in (SI, ZHANG):
        assert await scene.forge(user, ONE, number, "bv:1:show:None") == DENIED, "not in a group"


async def test_the_history_is_told_to_the_asker_alone(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 周五前完成3号泵检修", ONE)
    before = len(await scene.messages(ZHANG, ONE))
    await scene.say(ZHAO, "历史 1", ONE)
    assert len(await scene.messages(ZHANG, ONE)) == before + 1
    assert (await scene.last(ZHAO)).startswith("一班 #1 张三：完成3号泵检修\n⚪ 期限")
    await scene.say(SI, "/history 1", ONE)
    assert await scene.last(SI, ONE) == DENIED
