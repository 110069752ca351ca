from typing import Any

from storage.kinds import Delivery
from storage.tables import CheckIn, Outgoing
from tests.wire.scene import (
    CHEN,
    LI,
    ONE,
    OWNER,
    QIAN,
    RANGERS,
    SI,
    TOPIC,
    TWO,
    WANG,
    ZHANG,
    ZHAO,
    Scene,
)


async def robot(scene: Scene, by: int, chat: int, status: str) -> None:
    """Somebody changes what the bot is in a group."""
    who: dict[str, Any] = {"as": by, "user": scene.world.world.bot.id}
    await scene.act("member", **who, chat=chat, status=status)


async def alarms(scene: Scene) -> list[str]:
    """What the owner was told of groups that take no messages."""
    return [text for text in await scene.texts(OWNER) if "现在收不到消息" in text]


async def test_a_card_whose_answer_was_lost_is_known_by_the_first_tap(scene: Scene) -> None:
    await scene.fault("lost_answer", "sendMessage", chats=[ONE], n=1)
    await scene.morning()
    assert len(await scene.messages(ZHANG, ONE)) == 1
    assert await scene.tap(ZHANG, "已学", ONE) == "✅ 已学，本班组第 1 位，07:50"
    await scene.forward(minutes=3)
    (card,) = await scene.texts(ZHANG, ONE)
    assert card.endswith("已学 1/4"), "it was found again, so it can be edited"


async def test_a_card_that_never_left_is_sent_once_more(scene: Scene) -> None:
    await scene.fault("drop_before", "sendMessage", chats=[ONE], n=1)
    await scene.morning()
    assert await scene.texts(ZHANG, ONE) == []
    assert len(await scene.messages(CHEN, TWO)) == 1, "no other team waits for that"
    await scene.forward(seconds=80)
    assert await scene.texts(ZHANG, ONE) == [], "it might still have arrived"
    await scene.forward(seconds=15)
    await scene.forward(minutes=3)
    assert len(await scene.messages(ZHANG, ONE)) == 1


async def test_what_is_lost_twice_is_left_to_a_person(scene: Scene) -> None:
    await scene.fault("drop_before", "sendMessage", chats=[ONE])
    await scene.morning()
    for _ in range(4):
        await scene.forward(seconds=95)
    await scene.mend()
    await scene.forward(minutes=5)
    assert await scene.texts(ZHANG, ONE) == []
    (lost,) = [row for row in await scene.rows(Outgoing) if row.state is not Delivery.SENT]
    assert lost.state is Delivery.NEEDS_PERSON
    assert len(scene.calls("sendMessage", ONE)) == 2


async def test_a_flood_wait_is_waited_out_and_holds_nobody_else(scene: Scene) -> None:
    await scene.fault("flood", "sendMessage", chats=[ONE], n=1, seconds=1)
    await scene.morning()
    assert len(await scene.messages(ZHANG, ONE)) == 1
    tries = {team: len(scene.calls("sendMessage", team)) for team in (ONE, TWO)}
    assert tries == {ONE: 2, TWO: 1}
    assert len(await scene.messages(CHEN, TWO)) == 1


async def test_an_answer_that_meets_a_flood_wait_comes_after_it(scene: Scene) -> None:
    await scene.fault("flood", "sendMessage", chats=[ZHANG], n=1, seconds=1)
    await scene.say(ZHANG, "/my")
    assert await scene.texts(ZHANG) == ["/my", "你没有进行中的承诺。"]


async def test_an_edit_that_meets_a_bad_gateway_is_made_again(scene: Scene) -> None:
    await scene.morning()
    await scene.fault("http_502_before", "editMessageText", n=2)
    await scene.tap(ZHANG, "已学", ONE)
    assert (await scene.card())["text"].endswith("已学 0/4")
    for _ in range(3):
        await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("已学 1/4")


async def test_a_tap_counts_even_when_its_answer_is_lost(scene: Scene) -> None:
    await scene.morning()
    await scene.fault("drop_before", "answerCallbackQuery", n=1)
    message = (await scene.card())["message_id"]
    (morning, *_) = [row.key for row in await scene.rows(Outgoing) if row.key == "card:1"]
    world = scene.world.world
    world.queue.add(
        "callback_query",
        {
            "id": "1",
            "from": world.people[ZHANG].told,
            "message": world.chats[ONE].messages[message].told(),
            "chat_instance": "1",
            "data": morning.replace("card", "ci"),
        },
        ZHANG,
    )
    await scene.settle()
    assert len(await scene.rows(CheckIn)) == 1
    assert (await scene.tap(ZHANG, "已学", ONE)).startswith("已经记录过了")


async def test_thrown_out_of_a_group_the_owner_hears_of_it_once(scene: Scene) -> None:
    await robot(scene, ZHAO, ONE, "kicked")
    await scene.morning()
    await scene.forward(minutes=30)
    (told,) = await alarms(scene)
    assert "一班" in told
    assert "机器人不在群里" in told, "in words, not in Telegram's"
    assert len(await scene.messages(CHEN, TWO)) == 1
    await robot(scene, ZHAO, ONE, "administrator")
    await scene.forward(seconds=30)
    assert "早会微学" in (await scene.card())["text"], "it was still in time"
    assert await alarms(scene) == [told]


async def test_thrown_out_without_a_word_is_noticed_at_the_next_card(scene: Scene) -> None:
    await scene.fault("kicked", "sendMessage", chats=[ONE], n=1)
    await scene.morning()
    await scene.forward(seconds=30)
    (told,) = await alarms(scene)
    assert "一班" in told


async def test_a_card_too_late_for_its_morning_is_not_sent_any_more(scene: Scene) -> None:
    await robot(scene, ZHAO, ONE, "kicked")
    await scene.morning()
    await scene.forward(hours=3)
    await robot(scene, ZHAO, ONE, "administrator")
    await scene.forward(seconds=30)
    assert not any("早会微学 ·" in text for text in await scene.texts(ZHANG, ONE))
    await scene.morning()
    assert "11月24日" in (await scene.card())["text"]


async def test_a_closed_topic_holds_the_card_until_it_is_open_again(scene: Scene) -> None:
    await robot(scene, QIAN, RANGERS, "member")
    closed = {"as": QIAN, "chat": RANGERS, "topic": TOPIC}
    await scene.act("topic/close", **closed, closed=True)
    await scene.morning()
    await scene.forward(minutes=11)
    await scene.forward(seconds=30)
    assert not any("早会微学 ·" in text for text in await scene.texts(QIAN, RANGERS))
    (told,) = await alarms(scene)
    assert "巡护队" in told
    assert "话题已关闭。请重新打开话题" in told
    await scene.act("topic/close", **closed, closed=False)
    await scene.forward(seconds=30)
    assert (await scene.card(QIAN, RANGERS))["topic"] == TOPIC


async def test_who_blocks_the_bot_is_let_alone_and_may_come_back(scene: Scene) -> None:
    await scene.act("block", **{"as": ZHAO}, blocked=True)
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    await scene.forward(hours=2)
    assert (await scene.card())["text"].endswith("已截止，仍可补学")
    assert scene.calls("sendMessage", ZHAO) == []
    assert await alarms(scene) == []
    await scene.say(ZHAO, "/my", ONE)
    assert "请到私聊" in await scene.last(ZHAO, ONE)
    await scene.act("block", **{"as": ZHAO}, blocked=False)
    await scene.say(ZHAO, "/my", ONE)
    assert (await scene.last(ZHAO)).endswith("你没有进行中的承诺。")


async def test_a_message_that_vanished_harms_nothing(scene: Scene) -> None:
    await scene.morning()
    world = scene.world.world
    await scene.say(ZHANG, "/today", ONE)
    card = await scene.card()
    first = min(world.chats[ONE].messages)
    world.delete(world.chats[ONE], [first])
    assert card["message_id"] != first
    await scene.say(ZHANG, "承诺 今天清理配电房")
    await scene.forward(seconds=6)
    await scene.morning()
    assert "11月24日" in (await scene.card())["text"]
    states = {row.state for row in await scene.rows(Outgoing)}
    assert states == {Delivery.SENT}


async def test_a_broken_answer_is_not_the_end_of_polling(scene: Scene) -> None:
    await scene.fault("garbage", "getUpdates", n=1)
    await scene.say(SI, "/start")
    await scene.say(LI, "/start")
    await scene.say(WANG, "/my")
    assert (await scene.last(SI)).startswith("你好，李四。")
    assert (await scene.last(LI)).startswith("你好，李书记。")
    assert await scene.last(WANG) == "你没有进行中的承诺。"
