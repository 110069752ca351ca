"""Announcements in all their forms and on all their terms, as people see them."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.kinds import Delivery
from storage.tables import Announcement, Outgoing, Receipt
from tests.sandbox.play import picture
from tests.wire.scene import (
    CHEN,
    GONE,
    LI,
    MONDAY,
    ONE,
    OWNER,
    SI,
    SUN,
    TWO,
    UNKNOWN,
    WANG,
    ZHANG,
    ZHAO,
    ZHOU,
    Scene,
    labels,
    until,
)
from tests.wire.stage import crash, standing

NEWS = "下午三点全体到会议室开会"
BOTH = "全选 第一党支部"
HEAD = "📢 公告 · 李书记\n\n"


async def send(scene: Scene, *taps: str, text: str = NEWS) -> None:
    """李书记 sends an announcement, after these taps."""
    await scene.say(LI, text)
    for label in (*taps, "预览", "发送"):
        await scene.tap(LI, label)
    await scene.forward(seconds=6)


async def rank(scene: Scene, status: str, chat: int = ONE) -> None:
    """What the bot is in a group."""
    robot, leader = scene.world.world.bot.id, {ONE: ZHAO, TWO: SUN}[chat]
    await scene.act("member", **{"as": leader}, chat=chat, user=robot, status=status)


def pinned(scene: Scene, chat: int = ONE) -> list[int]:
    return list(scene.world.world.chats[chat].pinned)


# -- what it can be --------------------------------------------------------------------------

STYLED = "请看🔥通知 全文 必读 x<1 print(1)"


def entity(kind: str, part: str, **more: Any) -> dict[str, Any]:
    at, length = STYLED.index(part), len(part)
    offset = len(STYLED[:at].encode("utf-16-le")) // 2
    return {"type": kind, "offset": offset, "length": length, **more}


async def test_the_formatting_of_the_words_is_kept_to_the_letter(scene: Scene) -> None:
    address = "https://example.com/a?b=1&lt=2&c=\"d'"
    told = [
        entity("bold", "通知 全文"),
        entity("text_link", "全文", url=address),
        entity("spoiler", "必读"),
        entity("code", "x<1"),
        entity("pre", "print(1)", language='py"><b>'),
    ]
    await scene.say(LI, STYLED, entities=told)
    await scene.tap(LI, "一班")
    await scene.tap(LI, "预览")
    shown = (await scene.messages(LI))[-1]
    await scene.tap(LI, "发送")
    (sent,) = await scene.messages(ZHANG, ONE)
    assert sent["text"] == f"{HEAD}{STYLED}\n\n收到 0/4"
    for message in (shown, sent):
        found = {one["type"]: one for one in message["entities"]}
        assert {"bold", "text_link", "spoiler", "code", "pre"} <= set(found)
        assert found["text_link"]["url"] == address
        length = found["pre"]["length"]
        assert length == len("print(1)")
    await scene.tap(ZHANG, "收到", ONE)
    await scene.forward(seconds=6)
    (edited,) = await scene.messages(ZHANG, ONE)
    kept = [one for one in edited["entities"] if one["type"] != "bold" or one["offset"] > 10]
    assert len(kept) == len(
        [o for o in sent["entities"] if o["type"] != "bold" or o["offset"] > 10]
    )


POLL = {"question": "周六加班检修？", "options": ["可以", "不行"], "is_anonymous": False}


async def test_a_poll_is_one_message_with_receipts_and_votes(scene: Scene) -> None:
    await scene.say(LI, "", poll=POLL)
    assert await scene.last(LI) == "发公告\n周六加班检修？\n发给哪些班组？已选 0 个。"
    await scene.tap(LI, BOTH)
    await scene.tap(LI, "预览")
    shown = (await scene.messages(LI))[-2]
    assert shown["poll"]["question"] == "【公告 · 李书记】周六加班检修？"
    assert "这是预览" in await scene.tap(LI, "收到", message=shown)
    await scene.tap(LI, "发送")
    await scene.forward(seconds=6)
    for team in (ONE, TWO):
        (sent,) = await scene.messages(LI, team)
        assert sent["poll"]["question"] == "【公告 · 李书记】周六加班检修？"
        assert [one["text"] for one in sent["poll"]["options"]] == ["可以", "不行"]
        assert sent["poll"]["is_anonymous"] is False
        assert labels(sent) == ["收到", "0/4"]
    assert await scene.tap(ZHANG, "收到", ONE) == "已收到，本班组第 1 位。"
    (sent,) = await scene.messages(ZHANG, ONE)
    await scene.act("vote", **{"as": ZHANG}, chat=ONE, message_id=sent["message_id"], options=[0])
    await scene.forward(seconds=6)
    (sent,) = await scene.messages(ZHANG, ONE)
    assert labels(sent) == ["收到", "1/4"]
    assert [one["voter_count"] for one in sent["poll"]["options"]] == [1, 0]
    assert "更正" not in labels((await scene.messages(LI))[-1])
    await scene.tap(LI, "撤回")
    await scene.tap(LI, "确认撤回")
    await scene.forward(seconds=6)
    assert await scene.messages(ZHANG, ONE) == []


async def test_a_quiz_keeps_its_right_answer(scene: Scene) -> None:
    await scene.say(LI, "", poll={**POLL, "correct_option_ids": [1]})
    await scene.tap(LI, "一班")
    await scene.tap(LI, "预览")
    await scene.tap(LI, "发送")
    (call,) = scene.calls("sendPoll", ONE)
    assert (call["type"], call["correct_option_ids"]) == ("quiz", [1])


async def test_a_poll_of_a_member_is_no_announcement(scene: Scene) -> None:
    await scene.say(ZHANG, "", poll=POLL)
    assert await scene.last(ZHANG) == UNKNOWN
    assert await scene.rows(Announcement) == []


# -- once it is sent -------------------------------------------------------------------------


async def test_a_correction_edits_all_copies_and_one_that_is_gone_does_no_harm(
    scene: Scene,
) -> None:
    await send(scene, BOTH)
    (gone,) = await scene.messages(ZHANG, ONE)
    scene.world.world.delete(scene.world.world.chats[ONE], [gone["message_id"]])
    await scene.tap(LI, "更正")
    assert NEWS in await scene.last(LI), "it is there to be copied"
    await scene.say(LI, "下午四点全体到会议室开会")
    await scene.tap(LI, "更正 2 个群")
    await scene.forward(seconds=6)
    await scene.forward(seconds=6)
    text = await scene.last(CHEN, TWO)
    assert text.startswith(
        f"{HEAD}下午四点全体到会议室开会\n\n收到 0/4\n已更正：11月23日 周一 07:00"
    )
    assert await scene.messages(ZHANG, ONE) == []
    progress = await scene.find(LI, "已送达 2/2")
    assert "已更正" in progress["text"]
    assert "下午四点" in progress["text"]
    assert "1 个群里的这条公告已被删除，没能更新" in progress["text"]
    assert len(await scene.rows(Announcement)) == 1


async def test_a_recall_deletes_what_can_be_and_marks_what_cannot(scene: Scene) -> None:
    await rank(scene, "member")
    await send(scene, BOTH)
    await scene.forward(hours=49)
    await scene.tap(LI, "撤回", message=await scene.find(LI, "已送达 2/2"))
    await scene.tap(LI, "确认撤回")
    await scene.forward(seconds=6)
    await scene.forward(seconds=6)
    cards = [text for text in await scene.texts(ZHANG, ONE) if "早会微学" not in text]
    assert cards == ["这条公告已撤回。"], "a bot that leads nothing deletes for two days"
    assert not any(NEWS in text for text in await scene.texts(CHEN, TWO))
    told = await scene.find(LI, "已撤回")
    assert "删除 1/2 个群" in told["text"]
    assert "一班：删不掉，已把内容改成“已撤回”" in told["text"]


async def test_an_album_is_recalled_whole_and_nothing_else(scene: Scene) -> None:
    await scene.say(ZHANG, "早", ONE)
    await scene.send_files(LI, picture(), picture(50), picture(60), caption="请对照检查")
    for label in ("一班", "预览", "发送"):
        await scene.tap(LI, label)
    await scene.say(ZHANG, "好", ONE)
    assert len(await scene.messages(ZHANG, ONE)) == 6
    await scene.tap(LI, "撤回")
    await scene.tap(LI, "确认撤回")
    await scene.forward(seconds=6)
    assert await scene.texts(ZHANG, ONE) == ["早", "好"]
    assert "删除 1/1 个群" in (await scene.find(LI, "已撤回"))["text"]


async def test_a_recall_overtakes_what_has_not_left(scene: Scene) -> None:
    await scene.say(LI, NEWS)
    await scene.tap(LI, BOTH)
    await scene.tap(LI, "预览")
    await rank(scene, "kicked")
    await scene.tap(LI, "发送")
    await scene.forward(seconds=6)
    await scene.tap(LI, "撤回")
    await scene.tap(LI, "确认撤回")
    await rank(scene, "member")
    await scene.forward(seconds=16)
    assert not any(NEWS in text for text in await scene.texts(ZHANG, ONE))
    assert not any(NEWS in text for text in await scene.texts(CHEN, TWO))
    told = (await scene.find(LI, "已撤回"))["text"]
    assert "删除 1/1 个群" in told
    assert "1 个群没有收到过" in told


async def test_two_taps_on_send_at_once_send_once(scene: Scene) -> None:
    await scene.say(LI, NEWS)
    await scene.tap(LI, "一班")
    await scene.tap(LI, "预览")
    await asyncio.gather(*(scene.press(LI, "发送") for _ in range(3)))
    await scene.settle()
    await scene.forward(seconds=6)
    assert len(await scene.messages(ZHANG, ONE)) == 1


async def test_the_same_once_more(scene: Scene) -> None:
    await send(scene, "一班")
    await scene.tap(LI, "再发一次")
    assert "✓ 一班" in labels((await scene.messages(LI))[-1])
    await scene.tap(LI, "预览")
    await scene.tap(LI, "发送")
    assert len(await scene.messages(ZHANG, ONE)) == 2


async def test_another_secretarys_buttons_do_nothing(scene: Scene) -> None:
    await send(scene, "一班")
    (sent,) = await scene.rows(Announcement)
    await scene.say(ZHOU, "/start")
    theirs = (await scene.messages(ZHOU))[-1]["message_id"]
    for data in ("nk:{}", "nl:{}", "ni:{}", "nj:{}", "nm:{}", "no:{}", "nu:{}", "nd:{}:0",
                 "ng:{}:1", "ns:{}", "nz:{}", "am:{}x", "n1:{}"):  # fmt: skip
        assert await scene.forge(ZHOU, ZHOU, theirs, data.format(sent.id)) == GONE
    assert len(await scene.messages(ZHANG, ONE)) == 1


# -- on which terms --------------------------------------------------------------------------


async def test_it_is_pinned_silently_and_unpinned_when_it_is_done(scene: Scene) -> None:
    await rank(scene, "administrator")
    await send(scene, "一班", "置顶", "静音")
    await scene.forward(seconds=10)
    (sent,) = [one for one in await scene.messages(ZHANG, ONE) if NEWS in (one["text"] or "")]
    assert pinned(scene) == [sent["message_id"]]
    (call,) = scene.calls("sendMessage", ONE)
    assert call["disable_notification"] == "true"
    for member in (ZHAO, ZHANG, SI):
        await scene.tap(member, "收到", ONE)
    await scene.forward(seconds=10)
    assert pinned(scene) == [sent["message_id"]]
    await scene.tap(WANG, "收到", ONE)
    await scene.forward(seconds=20)
    assert pinned(scene) == []


async def test_where_the_bot_may_not_pin_it_stands_all_the_same(scene: Scene) -> None:
    await rank(scene, "member")
    await send(scene, "一班", "置顶")
    await scene.forward(seconds=20)
    await scene.forward(seconds=6)
    assert "1 个群没能置顶：请把我设为管理员" in (await scene.find(LI, "已送达"))["text"]
    assert pinned(scene) == []
    assert NEWS in await scene.last(ZHANG, ONE)
    await scene.tap(LI, "取消置顶")
    assert "取消置顶" not in labels(await scene.find(LI, "已送达"))


async def test_a_late_receipt_is_told_so(scene: Scene) -> None:
    await scene.say(LI, NEWS)
    await scene.tap(LI, "一班")
    await scene.tap(LI, "回执截止")
    await scene.say(LI, "今天下班前")
    assert "✓ 回执截止 11/23 18:00" in labels((await scene.messages(LI))[-1])
    await scene.tap(LI, "预览")
    await scene.tap(LI, "发送")
    assert (await scene.last(ZHANG, ONE)).endswith("收到 0/4\n请在 11月23日 周一 18:00 前回执")
    await scene.forward(hours=11, seconds=10)
    await scene.forward(seconds=6)
    sent = await scene.find(ZHANG, NEWS, ONE)
    assert labels(sent) == ["回执已截止"]
    assert "截止，这次没有记录" in await scene.tap(ZHANG, "回执已截止", ONE)
    assert await scene.rows(Receipt) == []


async def test_a_timed_one_goes_out_at_its_time(scene: Scene) -> None:
    await scene.say(LI, NEWS)
    await scene.tap(LI, BOTH)
    await scene.tap(LI, "定时")
    assert "直接写时间" in await scene.last(LI)
    await scene.say(LI, "明天早上八点")
    await scene.tap(LI, "预览")
    assert "定时：明天 11月24日 周二 08:00 发出" in await scene.last(LI)
    await scene.tap(LI, "发送")
    assert (await scene.last(LI)).startswith("已定时：明天 11月24日 周二 08:00 发给 2 个班组。")
    await scene.say(LI, "/announce")
    listed = (await scene.messages(LI))[-1]
    assert labels(listed) == [f"定时 11/24 08:00 {NEWS}"]
    await scene.to(MONDAY + timedelta(days=1, minutes=59))
    assert not any(NEWS in text for text in await scene.texts(CHEN, TWO))
    await scene.to(MONDAY + timedelta(days=1, hours=1))
    await scene.forward(seconds=6)
    assert await scene.last(CHEN, TWO) == f"{HEAD}{NEWS}\n\n收到 0/4"
    assert (await scene.last(LI)).startswith("已送达 2/2")


async def test_a_timed_one_is_moved_and_called_off(scene: Scene) -> None:
    await scene.say(LI, NEWS)
    for label in ("一班", "定时", "明天 11月24日 周二 08:00", "预览", "发送", "改时间"):
        await scene.tap(LI, label)
    await scene.say(LI, "后天 9:30")
    assert "11月25日 周三 09:30" in await scene.last(LI)
    await scene.tap(LI, "取消定时")
    await scene.tap(LI, "取消")
    await scene.to(MONDAY + timedelta(days=2, hours=3))
    assert not any(NEWS in text for text in await scene.texts(ZHANG, ONE))


async def test_a_receipt_is_taken_back_in_the_group_by_tapping_twice_more(scene: Scene) -> None:
    await send(scene, "一班")
    await scene.tap(ZHANG, "收到", ONE)
    await scene.forward(seconds=20)
    assert "再点一次就撤销" in await scene.tap(ZHANG, "收到", ONE)
    await scene.forward(seconds=10)
    assert await scene.tap(ZHANG, "收到", ONE) == "已撤销你的回执。"
    await scene.forward(seconds=6)
    assert (await scene.last(ZHANG, ONE)).endswith("收到 0/4")
    assert len(await scene.messages(ZHANG, ONE)) == 1, "for a member it stays one message"


# -- whatever happens ------------------------------------------------------------------------


async def test_a_kill_keeps_the_draft_and_what_was_asked(tmp_path: Path) -> None:
    async with standing(tmp_path, MONDAY) as stage:
        async with stage.bot() as scene:
            await scene.say(LI, NEWS)
            await scene.tap(LI, "一班")
            await scene.tap(LI, "定时")
            await crash(scene)
        async with stage.bot() as scene:
            await scene.say(LI, "明天 8:15")
            assert "✓ 定时 11/24 08:15" in labels((await scene.messages(LI))[-1])
            assert "✓ 一班" in labels((await scene.messages(LI))[-1])
            await scene.tap(LI, "预览")
            await scene.tap(LI, "发送")
            await crash(scene)
        async with stage.bot() as scene:
            await scene.to(MONDAY + timedelta(days=1, hours=1, minutes=16))
            assert any(NEWS in text for text in await scene.texts(ZHANG, ONE))
            assert len(await scene.rows(Announcement)) == 1


async def test_a_kill_in_the_middle_of_a_fan_out_forgets_no_group(tmp_path: Path) -> None:
    async with standing(tmp_path, MONDAY) as stage:
        async with stage.bot() as scene:
            await scene.say(OWNER, NEWS)
            await scene.tap(OWNER, "全选 林业局")
            await scene.tap(OWNER, "预览")
            await scene.fault("black_hole", "sendMessage", chats=[TWO], seconds=30)
            await scene.press(OWNER, "发送")

            async def begun() -> bool:
                rows = [one for one in await scene.rows(Outgoing) if "announcement:" in one.key]
                return any(one.state is Delivery.SENT for one in rows)

            await until(begun)
            await crash(scene)
            await scene.mend()
        async with stage.bot() as scene:
            await scene.forward(seconds=100)
            await scene.forward(seconds=10)
            for team, member in ((ONE, ZHANG), (TWO, CHEN)):
                texts = await scene.texts(member, team)
                assert any(NEWS in text for text in texts)
            assert (await scene.find(OWNER, "已送达"))["text"].startswith("已送达 3/3")


@pytest.mark.parametrize("text", ["<b>名单</b>", "检修班组"])
async def test_a_list_is_saved_and_chosen_by_name(scene: Scene, text: str) -> None:
    await scene.say(LI, NEWS)
    await scene.tap(LI, "二班")
    await scene.tap(LI, "名单")
    await scene.tap(LI, "把现在的选择存为名单")
    await scene.say(LI, text)
    assert text in await scene.last(LI)
    await scene.say(LI, "另一条公告")
    await scene.tap(LI, "名单")
    await scene.tap(LI, text)
    assert "✓ 二班" in labels((await scene.messages(LI))[-1])


async def test_a_tag_narrows_down_who_is_asked(scene: Scene) -> None:
    await scene.say(LI, NEWS)
    await scene.tap(LI, "按标签")
    (tags,) = [labels(one) for one in (await scene.messages(LI))[-1:]]
    await scene.tap(LI, tags[0])
    assert f"✓ {tags[0]}" in labels((await scene.messages(LI))[-1])
    await scene.tap(LI, "返回")
    await scene.tap(LI, "预览")
    assert f"收件人：{tags[0]}" in await scene.last(LI)
