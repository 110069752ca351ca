"""A forum in which several teams meet, each in a topic of its own."""

from bot import demo
from handlers import organisations
from handlers.reading.organisations import read_organisation
from storage import chats, outbox
from storage.kinds import Delivery
from storage.tables import Hold, Outgoing
from tests.wire.scene import (
    OWNER,
    QIAN,
    RANGERS,
    TOPIC,
    ZHENG,
    Scene,
)

SECOND = """      - team: 瞭望队
        chat_id: -1001000000003
        topic_id: {topic}
        leaders: [{{name: 钱队长, telegram_id: 103}}]
        members: [{{name: 何平, telegram_id: 132}}]
        plan: {{packs: [safety-101], at: "08:00", closes: "09:30", days: workdays}}
"""
HE = 132


async def listed(scene: Scene, second: int, first: int = TOPIC) -> None:
    """The organisation file, with a second team in the rangers' group."""
    text = (demo.LIBRARY / "demo.yaml").read_text("utf-8")
    text = text.replace("topic_id: 2\n", f"topic_id: {first}\n") + SECOND.format(topic=second)
    file = read_organisation("demo.yaml", text.encode())
    async with scene.app.database.begin() as session:
        await organisations.apply(session, file, scene.clock(), "Asia/Shanghai", "zh")


async def topic(scene: Scene, name: str) -> int:
    """钱队长 makes a topic in the rangers' group."""
    made = {"as": QIAN, "chat": RANGERS, "name": name}
    return int((await scene.act("topic", **made))["topic"])


async def robot(scene: Scene, status: str) -> None:
    """What the bot is in the rangers' group: an administrator could write anywhere."""
    who = {"as": QIAN, "user": scene.world.world.bot.id}
    await scene.act("member", **who, chat=RANGERS, status=status)


async def close(scene: Scene, place: int, *, closed: bool = True) -> None:
    await scene.act("topic/close", **{"as": QIAN}, chat=RANGERS, topic=place, closed=closed)


async def forum(scene: Scene) -> int:
    """Two teams meet in the rangers' group, in which the bot is a member; the second's topic."""
    second = await topic(scene, "瞭望队")
    await listed(scene, second)
    await robot(scene, "member")
    return second


async def cards(scene: Scene) -> list[int]:
    """In which topics of the group the day's cards stand, in the order in which they came."""
    day = f"{scene.clock().month}月{scene.clock().day}日"
    found = await scene.messages(QIAN, RANGERS)
    return [one["topic"] for one in found if f"早会微学 · {day}" in (one["text"] or "")]


async def to_the_cards(scene: Scene) -> None:
    """The morning, until the cards of eight o'clock have gone out."""
    await scene.morning()
    await scene.forward(minutes=11)
    await scene.forward(seconds=30)


async def alarms(scene: Scene) -> list[str]:
    return [text for text in await scene.texts(OWNER) if "现在收不到消息" in text]


async def held(scene: Scene) -> list[int]:
    return [row.topic_id for row in await scene.rows(Hold)]


async def test_a_closed_topic_leaves_the_groups_other_team_its_card(scene: Scene) -> None:
    second = await forum(scene)
    await close(scene, TOPIC)
    await to_the_cards(scene)
    assert await cards(scene) == [second]
    (told,) = await alarms(scene)
    assert told.startswith("⚠️ 巡护队现在收不到消息：话题已关闭。请重新打开话题")
    assert (await scene.tap(HE, "已学", RANGERS)).startswith("✅ 已学，本班组第 1 位")
    await close(scene, TOPIC, closed=False)
    await scene.forward(seconds=30)
    assert await cards(scene) == [second, TOPIC]
    assert await alarms(scene) == [told]
    assert await held(scene) == []


async def test_only_the_topic_that_is_opened_gets_its_card(scene: Scene) -> None:
    second = await forum(scene)
    for place in (TOPIC, second):
        await close(scene, place)
    await to_the_cards(scene)
    assert await cards(scene) == []
    assert len(await alarms(scene)) == 2
    await close(scene, second, closed=False)
    await scene.forward(seconds=30)
    assert await cards(scene) == [second]
    tries = len(scene.calls("sendMessage", RANGERS))
    await scene.forward(minutes=30)
    assert len(scene.calls("sendMessage", RANGERS)) == tries, "nobody knocks at the closed one"


async def test_an_administrator_writes_into_a_closed_topic(scene: Scene) -> None:
    await forum(scene)
    await close(scene, TOPIC)
    await to_the_cards(scene)
    assert TOPIC not in await cards(scene)
    await robot(scene, "administrator")
    await scene.forward(seconds=30)
    assert TOPIC in await cards(scene)
    assert await held(scene) == []


async def test_a_deleted_topic_has_its_own_reason_and_a_new_one_takes_its_place(
    scene: Scene,
) -> None:
    second = await forum(scene)
    await scene.act("topic/delete", **{"as": QIAN}, chat=RANGERS, topic=TOPIC)
    await to_the_cards(scene)
    assert await cards(scene) == [second]
    (told,) = await alarms(scene)
    assert told.startswith("⚠️ 巡护队现在收不到消息：话题不存在或已删除。请新建话题")
    third = await topic(scene, "巡护队")
    await listed(scene, second, first=third)
    await to_the_cards(scene)
    assert sorted(await cards(scene)) == [second, third]
    assert len(await alarms(scene)) == 1


async def test_a_topic_that_comes_only_after_its_number_was_given_gets_its_card(
    scene: Scene,
) -> None:
    coming = max(scene.world.world.chats[RANGERS].messages) + 1
    await listed(scene, 99, first=coming)
    await to_the_cards(scene)
    assert await cards(scene) == []
    assert sorted(await held(scene)) == [coming, 99]
    assert await topic(scene, "巡护队") == coming
    await scene.forward(seconds=30)
    assert await cards(scene) == [coming]
    assert await held(scene) == [99]


async def test_the_general_topic_closed_leaves_the_other_topics_alone(scene: Scene) -> None:
    second = await forum(scene)
    await close(scene, 1)
    await scene.say(QIAN, "/today", RANGERS)
    assert await scene.last(QIAN, RANGERS) == "/today", "nothing can be said there"
    assert await held(scene) == [0]
    await to_the_cards(scene)
    assert sorted(await cards(scene)) == [TOPIC, second]
    await close(scene, 1, closed=False)
    assert await held(scene) == []


async def test_a_topic_opened_while_we_were_out_gets_its_card(scene: Scene) -> None:
    second = await forum(scene)
    await close(scene, TOPIC)
    await to_the_cards(scene)
    await robot(scene, "kicked")
    await close(scene, TOPIC, closed=False)
    await robot(scene, "member")
    await scene.forward(seconds=30)
    assert await cards(scene) == [second, TOPIC]


async def test_a_topic_still_closed_when_we_return_is_tried_once_and_told(scene: Scene) -> None:
    second = await forum(scene)
    await close(scene, TOPIC)
    await robot(scene, "kicked")
    await to_the_cards(scene)
    assert await cards(scene) == []
    (out,) = await alarms(scene)
    assert out.startswith("⚠️ 巡护队、瞭望队现在收不到消息：机器人不在群里。")
    await robot(scene, "member")
    for _ in range(3):
        await scene.forward(minutes=1)
    assert await cards(scene) == [second]
    _, shut = await alarms(scene)
    assert shut.startswith("⚠️ 巡护队现在收不到消息：话题已关闭。")
    tried = [call for call in scene.calls("sendMessage", RANGERS) if "早会微学" in call["text"]]
    assert len([call for call in tried if call["message_thread_id"] == str(TOPIC)]) == 1


async def test_an_answer_that_arrives_shows_that_the_topic_is_open(scene: Scene) -> None:
    second = await forum(scene)
    await close(scene, TOPIC)
    await to_the_cards(scene)
    scene.world.world.chats[RANGERS].threads[TOPIC].closed = False  # and nobody told us
    await scene.forward(minutes=5)
    assert await cards(scene) == [second]
    await scene.say(ZHENG, "/help", RANGERS, topic=TOPIC)
    await scene.forward(seconds=30)
    assert TOPIC in await cards(scene)


async def test_a_question_in_a_closed_topic_holds_that_topic_alone(scene: Scene) -> None:
    second = await forum(scene)
    await close(scene, TOPIC)
    await scene.say(QIAN, "/today", RANGERS, topic=TOPIC)
    assert await held(scene) == [TOPIC]
    await to_the_cards(scene)
    assert await cards(scene) == [second]


async def test_a_tap_in_a_closed_topic_counts_and_its_card_goes_on_counting(
    scene: Scene,
) -> None:
    await forum(scene)
    await to_the_cards(scene)
    await close(scene, TOPIC)
    await scene.say(QIAN, "/today", RANGERS, topic=TOPIC)
    card = next(
        one
        for one in await scene.messages(ZHENG, RANGERS)
        if one["topic"] == TOPIC and one["buttons"]
    )
    await scene.tap(ZHENG, "已学", RANGERS, message=card)
    await scene.forward(seconds=6)
    shown = await scene.find(ZHENG, "已学 1/3", RANGERS)
    assert shown["message_id"] == card["message_id"]


async def test_an_announcement_reaches_the_open_topic_and_says_what_became_of_the_other(
    scene: Scene,
) -> None:
    second = await forum(scene)
    await close(scene, TOPIC)
    await scene.say(OWNER, "明天演练")
    for label in ("巡护队", "瞭望队", "预览", "发送"):
        await scene.tap(OWNER, label)
    await scene.forward(seconds=6)
    told = await scene.find(OWNER, "已送达 1/2")
    assert "巡护队：话题已关闭，暂未送达。24 小时内恢复会自动补发。" in told["text"]
    assert (await scene.find(QIAN, "明天演练", RANGERS))["topic"] == second
    await close(scene, TOPIC, closed=False)
    await scene.forward(seconds=6)
    assert (await scene.find(QIAN, "明天演练", RANGERS))["topic"] == TOPIC
    assert await scene.find(OWNER, "已送达 2/2")


async def test_two_announcements_held_by_one_refusal_both_say_so(scene: Scene) -> None:
    await forum(scene)
    await close(scene, TOPIC)
    previews = []
    for text in ("明天演练", "后天演练"):
        await scene.say(OWNER, text)
        for label in ("巡护队", "预览"):
            await scene.tap(OWNER, label)
        previews.append(await scene.find(OWNER, "将发给"))
    await scene.fault("flood", "sendMessage", chats=[RANGERS], n=1, seconds=1)
    for preview in previews:
        await scene.press(OWNER, "发送", message=preview)
    await scene.settle()
    assert len(scene.calls("sendMessage", RANGERS)) == 2, "the second was not even tried"
    await scene.forward(seconds=6)
    await scene.forward(seconds=6)
    progress = [text for text in await scene.texts(OWNER) if "已送达" in text]
    assert len([text for text in progress if "巡护队：话题已关闭" in text]) == 2, progress


async def test_a_topic_closed_between_the_parts_of_a_long_text_keeps_their_order(
    scene: Scene,
) -> None:
    second = await forum(scene)
    await scene.fault("flood", "sendMessage", chats=[RANGERS], n=1, seconds=1)
    async with scene.app.database.begin() as session:
        chat = await chats.by_telegram(session, RANGERS)
        assert chat is not None
        first, *more = [("sendMessage", {"text": f"第{n}部分"}) for n in (1, 2, 3)]
        now = scene.clock()
        await outbox.post(session, "long", chat.id, first, now, more=more, topic_id=TOPIC)
        await outbox.post(session, "news", chat.id, first, now, topic_id=second)
    await close(scene, TOPIC)
    await scene.forward(seconds=30)
    parts = [text for text in await scene.texts(QIAN, RANGERS) if text.endswith("部分")]
    assert parts == ["第1部分"], "that of the other topic"
    await close(scene, TOPIC, closed=False)
    await scene.forward(seconds=30)
    found = [one for one in await scene.messages(QIAN, RANGERS) if one["topic"] == TOPIC]
    parts = [str(one["text"]) for one in found if str(one["text"]).endswith("部分")]
    assert parts == ["第1部分", "第2部分", "第3部分"]
    assert {row.state for row in await scene.rows(Outgoing)} == {Delivery.SENT}


# -- the general topic -----------------------------------------------------------------------


async def test_what_is_asked_beside_the_one_topic_is_answered_where_it_was_asked(
    scene: Scene,
) -> None:
    await to_the_cards(scene)
    await scene.tap(ZHENG, "已学", RANGERS)
    await scene.say(ZHENG, "/status", RANGERS)
    said = (await scene.messages(ZHENG, RANGERS))[-1]
    assert said["topic"] is None
    assert "巡护队" in said["text"]
    assert "已学 1/3" in said["text"]
    await scene.say(ZHENG, "/commit 周五前巡护东线", RANGERS)
    promise = (await scene.messages(ZHENG, RANGERS))[-1]
    assert (promise["topic"], promise["text"].splitlines()[0]) == (None, "#1 郑八：巡护东线")
    assert await scene.tap(ZHENG, "完成", RANGERS, message=promise) == "#1 已完成。"
    await scene.say(ZHENG, "完成 1", RANGERS)
    assert await scene.last(ZHENG, RANGERS) == "#1 之前已经完成。"


async def test_what_is_asked_beside_several_topics_names_them(scene: Scene) -> None:
    second = await forum(scene)
    way = "这里不是班组的话题。请到班组的话题里说：巡护队、瞭望队；也可以私聊我。"
    for words in ("/status", "@zaohui_bot 完成 1", "@zaohui_bot 谁没打卡？"):
        await scene.say(HE, words, RANGERS)
        assert await scene.last(HE, RANGERS) == way
    assert (await scene.messages(HE, RANGERS))[-1]["topic"] is None
    other = await topic(scene, "闲聊")
    await scene.say(HE, "/status", RANGERS, topic=other)
    said = (await scene.messages(HE, RANGERS))[-1]
    assert (said["topic"], said["text"]) == (other, way)
    await scene.say(HE, "/status", RANGERS, topic=second)
    assert "瞭望队" in await scene.last(HE, RANGERS), "where it has a team all goes on"


async def test_what_stands_in_a_topic_is_known_to_stand_there(scene: Scene) -> None:
    await scene.say(ZHENG, "/commit 周五前巡护东线", RANGERS, topic=TOPIC)
    await scene.say(ZHENG, "/commit 周五前巡护西线", RANGERS)
    promises = [row for row in await scene.rows(Outgoing) if row.key.startswith("commitment:")]
    assert [row.topic_id for row in promises] == [TOPIC, 0]


async def test_who_joins_beside_several_topics_is_asked_which(scene: Scene) -> None:
    await forum(scene)
    await scene.say(ZHENG, "/join", RANGERS)
    assert await scene.last(ZHENG, RANGERS) == "你在哪个班组？点一下报到。"
    assert await scene.tap(ZHENG, "报到 · 巡护队", RANGERS) == "你已在巡护队报到，不用重复操作。"
