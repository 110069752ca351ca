from storage.kinds import Act, Media, Progress
from storage.tables import Commitment, CommitmentAct
from tests.sandbox.play import picture
from tests.wire.scene import (
    CHEN,
    LI,
    ONE,
    SI,
    TWO,
    WANG,
    ZHANG,
    ZHAO,
    Scene,
    labels,
)

PUMP = "承诺 周五前完成3号泵检修"
READY = "今天出发前检查随车灭火器"


async def test_a_reply_to_the_card_becomes_a_promise_with_its_date(scene: Scene) -> None:
    await scene.morning()
    card = await scene.card()
    await scene.say(ZHANG, PUMP, ONE, reply_to=card["message_id"])
    shown = (await scene.messages(ZHANG, ONE))[-1]
    assert shown["text"] == "#1 张三：完成3号泵检修\n期限：11月27日 周五 18:00"
    assert shown["reply_to"]["text"] == PUMP
    assert labels(shown) == ["明天", "+3天", "月底", "选日期", "完成", "求助", "撤回"]
    (kept,) = await scene.rows(Commitment)
    assert (kept.text, kept.due_at.isoformat()) == ("完成3号泵检修", "2026-11-27T10:00:00+00:00")


async def test_words_among_colleagues_are_no_promise(scene: Scene) -> None:
    await scene.morning()
    own = await scene.say(ZHANG, "大家早", ONE)
    await scene.say(WANG, PUMP, ONE, reply_to=own)
    await scene.say(WANG, PUMP, ONE)
    assert await scene.last(WANG, ONE) == PUMP, "nobody spoke to the bot"
    assert await scene.rows(Commitment) == []


async def test_without_a_date_the_end_of_work_is_assumed_and_said(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 清理配电房", ONE)
    assert await scene.last(ZHANG, ONE) == (
        "#1 张三：清理配电房\n期限：今天 11月23日 周一 18:00（没有读到日期，先按这个时间）"
    )


async def test_the_command_and_the_words_together_say_it_once(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 承诺 周五前完成3号泵检修", ONE)
    assert await scene.last(ZHANG, ONE) == "#1 张三：完成3号泵检修\n期限：11月27日 周五 18:00"
    await scene.say(ZHANG, "/done 完成 1", ONE)
    assert await scene.last(ZHANG, ONE) == "#1 张三：完成3号泵检修 · 已完成"


async def test_done_in_words_is_applauded_and_the_promise_shows_it(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 周五前完成3号泵检修", ONE)
    said = await scene.say(ZHANG, "完成 1 密封件已更换", ONE)
    found = {message["message_id"]: message for message in await scene.messages(ZHANG, ONE)}
    assert [one["emoji"] for one in found[said]["reactions"]] == ["👍"]
    assert await scene.last(ZHANG, ONE) == "#1 张三：完成3号泵检修 · 已完成"
    await scene.forward(seconds=6)
    promise = await scene.find(ZHANG, "✅ 已完成", ONE)
    assert promise["buttons"] is None
    acts = [(act.act, act.text) for act in await scene.rows(CommitmentAct)]
    assert acts == [(Act.MADE, ""), (Act.CLAIMED, "密封件已更换")]


async def test_a_reply_or_a_photo_is_enough_to_say_done(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 清理配电房", ONE)
    first = await scene.find(ZHANG, "#1 张三", ONE)
    await scene.say(ZHANG, "/commit 更换灭火器", ONE)
    await scene.say(ZHANG, "完成", ONE, reply_to=first["message_id"])
    assert await scene.last(ZHANG, ONE) == "#1 张三：清理配电房 · 已完成"
    await scene.send_file(ZHANG, "done.png", picture(), "完成 2", ONE)
    assert await scene.last(ZHANG, ONE) == "#2 张三：更换灭火器 · 已完成，图片已存为佐证"
    claims = [act for act in await scene.rows(CommitmentAct) if act.act is Act.CLAIMED]
    assert [claim.media for claim in claims] == [None, Media.PHOTO]
    assert claims[1].file_id


async def test_done_twice_is_said_to_be_done_already(scene: Scene) -> None:
    await scene.say(ZHANG, "承诺 清理配电房")
    assert await scene.tap(ZHANG, "完成") == "#1 已完成。"
    await scene.say(ZHANG, "/done 1")
    assert await scene.last(ZHANG) == "#1 之前已经完成。"
    await scene.say(ZHANG, "/done 7")
    assert await scene.last(ZHANG) == "没有编号为 #7 的承诺。发送 /my 可以查看你的承诺。"


async def test_a_ready_pledge_is_two_taps_and_counts_once(scene: Scene) -> None:
    await scene.morning()
    assert await scene.tap(ZHANG, "我承诺", ONE) == "已发到私聊。"
    await scene.tap(ZHANG, READY)
    assert await scene.last(ZHANG) == f"一班 #1 {READY}\n期限：今天 11月23日 周一 18:00"
    await scene.tap(ZHANG, "我承诺", ONE)
    assert await scene.tap(ZHANG, READY) == "这条已经承诺过了：#1。"
    assert len(await scene.rows(Commitment)) == 1
    assert len(await scene.messages(ZHANG, ONE)) == 1, "the group only has its card"


async def test_without_a_private_chat_the_tap_leads_there(scene: Scene) -> None:
    await scene.morning()
    address = await scene.tap(SI, "我承诺", ONE)
    assert address.startswith("https://t.me/zaohui_bot?start=pledge-")
    await scene.say(SI, f"/start {address.partition('=')[2]}")
    await scene.tap(SI, READY)
    assert (await scene.last(SI)).startswith(f"一班 #1 {READY}")


async def test_the_card_lists_what_is_due_and_lets_it_go_when_it_is_moved(scene: Scene) -> None:
    await scene.morning()
    await scene.say(ZHANG, "承诺 今天清理配电房")
    await scene.forward(seconds=6)
    due = "到期的承诺\n#1 清理配电房 · 张三，今天到期\n\n已学 0/4"
    assert (await scene.card())["text"].endswith(due)
    assert await scene.tap(ZHANG, "周五") == "#1 的期限是 11月27日 周五。"
    await scene.forward(seconds=6)
    assert "配电房" not in (await scene.card())["text"]
    assert await scene.tap(ZHANG, "撤回") == "#1 已撤回。"
    assert await scene.last(ZHANG) == "一班 #1 清理配电房\n已撤回"
    (kept,) = await scene.rows(Commitment)
    assert kept.state is Progress.WITHDRAWN, "it stays in the record"


async def test_what_is_overdue_is_listed_when_asked_and_nobody_is_chased(scene: Scene) -> None:
    await scene.say(ZHANG, "承诺 明天9点交报告")
    heard = len(await scene.messages(ZHANG))
    await scene.forward(days=2)
    assert len(await scene.messages(ZHANG)) == heard
    line = "#1 交报告 · 张三，11月24日 周二到期"
    await scene.say(WANG, "/overdue", ONE)
    assert await scene.last(WANG, ONE) == f"逾期的承诺 · 1 项\n{line}"
    await scene.say(LI, "/overdue")
    assert await scene.last(LI) == f"逾期的承诺 · 1 项\n\n一班 · 1 项\n{line}"
    await scene.say(ZHANG, "/my")
    assert "🔴 #1 交报告 · 11月24日 周二，已逾期1天" in await scene.last(ZHANG)
    await scene.say(CHEN, "/overdue", TWO)
    assert await scene.last(CHEN, TWO) == "没有逾期的承诺。"


async def test_the_list_of_mine_shrinks_with_each_tap(scene: Scene) -> None:
    await scene.say(ZHANG, "承诺 周五前交报告")
    await scene.say(ZHANG, "承诺 明天清理配电房")
    await scene.say(ZHANG, "/my")
    assert labels((await scene.messages(ZHANG))[-1]) == [
        "完成 #2 清理配电房",
        "#2 ›",
        "完成 #1 交报告",
        "#1 ›",
    ]
    assert await scene.tap(ZHANG, "完成 #2 清理配电房") == "#2 已完成。"
    assert (await scene.last(ZHANG)).startswith("我的承诺 · 1 项进行中")
    await scene.tap(ZHANG, "完成 #1 交报告")
    assert await scene.last(ZHANG) == "你没有进行中的承诺。"


async def test_who_has_two_teams_corrects_the_team_with_a_tap(scene: Scene) -> None:
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=CHEN, status="member")
    await scene.say(CHEN, "/join", ONE)
    await scene.tap(CHEN, "不在名单里")
    await scene.tap(ZHAO, "通过")
    await scene.say(CHEN, "承诺 清理配电房")
    assert (await scene.last(CHEN)).startswith("二班 #1 清理配电房")
    assert await scene.tap(CHEN, "改到 一班") == "已改到 一班，编号 #1。"
    assert (await scene.last(CHEN)).startswith("一班 #1 清理配电房")
    await scene.say(ZHANG, "承诺 交报告")
    assert (await scene.last(ZHANG)).startswith("一班 #2 交报告")
