"""Questions in plain words as people put them, and what is said where one is not understood."""

import pytest

from handlers.reading.nearness import BY_KEY, CANON
from storage.tables import Announcement, Commitment, Incoming
from tests.unit.asked import NOTHING
from tests.wire.scene import (
    CHEN,
    DENIED,
    GONE,
    LI,
    ONE,
    SI,
    STRANGER,
    UNKNOWN,
    WU,
    ZHANG,
    ZHAO,
    Scene,
    labels,
)

BOT = "@zaohui_bot"
QUESTIONS = {canon.zh for canon in CANON}
NEAREST = ["今天谁没打卡？", "今天有什么到期？", "我的承诺有哪些？"]


async def heard(scene: Scene, user: int, text: str, chat: int | None = None) -> list[str]:
    """What is said where somebody wrote, after they wrote it."""
    before = len(await scene.messages(user, chat))
    await scene.say(user, text, chat)
    return (await scene.texts(user, chat))[before + 1 :]


async def test_colleagues_are_left_to_talk(scene: Scene) -> None:
    await scene.morning()
    before = len(await scene.messages(ZHANG, ONE))
    said = [canon.zh for canon in CANON] + [canon.en for canon in CANON][:4] + NOTHING[:12]
    for text in said:
        await scene.say(ZHANG, text, ONE)
        await scene.forward(seconds=1)
    assert len(await scene.messages(ZHANG, ONE)) == before + len(said)
    assert await scene.texts(ZHANG) == []


async def test_what_is_not_understood_in_a_group_is_said_to_the_asker_alone(scene: Scene) -> None:
    await scene.morning()
    assert await heard(scene, ZHANG, f"{BOT} 食堂几点开饭？", ONE) == []
    assert await scene.last(ZHANG) == UNKNOWN
    assert labels((await scene.messages(ZHANG))[-1]) == NEAREST
    card = (await scene.card())["message_id"]
    await scene.say(ZHANG, "明天谁值班", ONE, reply_to=card)
    assert len(await scene.texts(ZHANG)) == 2
    assert (await scene.last(ZHANG, ONE)) == "明天谁值班"


async def test_without_a_private_chat_one_short_line_leads_there(scene: Scene) -> None:
    (said,) = await heard(scene, SI, f"{BOT} 食堂几点开饭？", ONE)
    assert said == "这些内容只给你本人看，请到私聊里查看。"
    (button,) = (await scene.messages(SI, ONE))[-1]["buttons"][0]
    assert button["url"] == "https://t.me/zaohui_bot?start=hello"


async def test_a_reply_that_only_answers_colleagues_wants_nothing(scene: Scene) -> None:
    await scene.morning()
    card = (await scene.card())["message_id"]
    before = len(await scene.messages(ZHANG, ONE))
    for user, text in ((ZHANG, "收到"), (ZHANG, "👍"), (ZHANG, "好的，谢谢"), (SI, "这条讲得好")):
        await scene.say(user, text, ONE, reply_to=card)
    assert len(await scene.messages(ZHANG, ONE)) == before + 4
    assert await scene.texts(ZHANG) == []


async def test_a_tap_on_a_near_question_asks_it_at_once(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    await scene.say(ZHANG, "比例")
    shown = (await scene.messages(ZHANG))[-1]
    assert shown["text"] == UNKNOWN
    assert labels(shown)[0] == "今天打卡率是多少？"
    assert set(labels(shown)) <= QUESTIONS
    await scene.tap(ZHANG, "今天打卡率是多少？")
    assert await scene.last(ZHANG) == (
        "📈 打卡率 · 11月23日 周一\n一班：已学 1/4（25%），请假 0 人次，早会 1 个"
    )


async def test_each_is_offered_what_they_may_ask(scene: Scene) -> None:
    hardest = BY_KEY["hardest"].zh
    await scene.say(ZHAO, "难题在哪里看")
    assert labels((await scene.messages(ZHAO))[-1])[0] == hardest
    await scene.say(ZHANG, "难题在哪里看")
    assert hardest not in labels((await scene.messages(ZHANG))[-1])
    await scene.say(WU, "难题在哪里看")
    shown = (await scene.messages(WU))[-1]
    assert (shown["text"], shown["buttons"]) == (UNKNOWN, None), "who has no place may ask nothing"


async def test_a_secretary_announces_what_is_no_question(scene: Scene) -> None:
    await scene.say(LI, "今天没打卡的同志请补打")
    assert (await scene.last(LI)).startswith("发公告\n今天没打卡的同志请补打\n")
    await scene.say(LI, "公司的承诺")
    assert (await scene.last(LI)).startswith("发公告\n公司的承诺\n")
    await scene.say(LI, "陈九的承诺")
    assert (await scene.last(LI)).startswith("发公告\n陈九的承诺\n"), "nobody is called that"
    assert len(await scene.rows(Announcement)) == 3


@pytest.mark.parametrize("text", ["明天谁值班", "大家都吃了吗", "这事怎么办？", "who is on duty"])
async def test_what_reads_as_a_question_is_never_announced(scene: Scene, text: str) -> None:
    await scene.say(LI, text)
    shown = (await scene.messages(LI))[-1]
    assert shown["text"].startswith("这句话像是提问，我没有听懂，也没有当作公告。")
    assert len(labels(shown)) == 3
    assert await scene.rows(Announcement) == []


async def test_what_is_understood_is_answered_and_not_announced(scene: Scene) -> None:
    await scene.morning()
    for text in ("谁没打卡", "上周打卡率", "一班今天谁没打卡", "张三的承诺有哪些", "看板"):
        await scene.say(LI, text)
        assert "发公告" not in await scene.last(LI), text
    assert await scene.rows(Announcement) == []


async def test_of_two_who_may_be_meant_one_is_chosen_by_a_tap(scene: Scene) -> None:
    scene.rename(WU, "张<b>飞")
    await scene.say(WU, "/start")
    await scene.say(WU, "/join", ONE)
    await scene.tap(WU, "不在名单里")
    await scene.tap(ZHAO, "通过")
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    await scene.say(ZHAO, "老张今天打卡了吗？")
    shown = (await scene.messages(ZHAO))[-1]
    assert shown["text"] == "“老张”有 2 位，要问哪一位？"
    assert labels(shown) == ["张三", "张<b>飞"]
    await scene.tap(ZHAO, "张<b>飞")
    assert await scene.last(ZHAO) == "📖 张<b>飞 · 一班\n11月23日 周一：还没学，未到截止时间"
    await scene.tap(ZHAO, "张三", message=shown)
    assert await scene.last(ZHAO) == "📖 张三 · 一班\n11月23日 周一：07:50 已学"


async def test_a_forged_choice_is_turned_away(scene: Scene) -> None:
    await scene.morning()
    await scene.say(ZHANG, "食堂几点开饭？")
    message = (await scene.messages(ZHANG))[-1]["message_id"]
    await scene.say(CHEN, "食堂几点开饭？")
    other = (await scene.messages(CHEN))[-1]["message_id"]
    told = [
        await scene.forge(CHEN, CHEN, other, f"uc:checkins:{member}:None:None")
        for member in range(1, 12)
    ]
    assert sorted(told) == ["", *[DENIED] * 10], "but for their own"
    assert (await scene.last(CHEN)).startswith("📖 你 · 二班\n")
    before = len(await scene.messages(ZHANG))
    for data in ("ua:nonsense", "ua:", "uc:missing:1:None:None", "uc:checkins:1:x:y", "uc:a"):
        assert await scene.forge(ZHANG, ZHANG, message, data) == GONE
    assert len(await scene.messages(ZHANG)) == before
    await scene.say(WU, "食堂几点开饭？")
    own = (await scene.messages(WU))[-1]["message_id"]
    await scene.forge(WU, WU, own, "ua:missing")
    assert await scene.last(WU) == STRANGER


async def test_another_ones_record_is_told_by_right_alone(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    line = "📖 张三 · 一班\n11月23日 周一：07:50 已学"
    assert await heard(scene, ZHAO, "张三今天打卡了吗") == [line]
    assert await heard(scene, LI, "张三今天打卡了吗") == [line]
    assert await heard(scene, ZHANG, "张三今天打卡了吗") == [line.replace("张三", "你")]
    (other,) = await heard(scene, CHEN, "张三今天打卡了吗")
    assert other.startswith("别人的打卡和承诺，只有本人、班组长和书记能查。")
    assert await heard(scene, ZHAO, f"{BOT} 张三今天打卡了吗", ONE) == []
    assert await scene.last(ZHAO) == line, "what is of one person is not for the group"


async def test_a_promise_stays_a_promise(scene: Scene) -> None:
    for text in ("承诺 今天谁没打卡就去提醒", "承诺 周五前完成到期的任务", "我承诺完成3号泵检修"):
        await scene.say(ZHANG, text)
    assert len(await scene.rows(Commitment)) == 3
    await scene.say(ZHANG, "承诺有哪些")
    assert len(await scene.rows(Commitment)) == 3, "which asks"


async def test_hostile_lines_are_answered_like_any_other(scene: Scene) -> None:
    lines = (
        "谁" * 4096,
        "没" * 4000 + "打卡",
        "嗯" * 99 + "x",
        "a's " * 1000,
        "的" * 99 + "？",
        "((((",
    )
    for text in lines:
        await scene.say(ZHANG, text)
        assert (await scene.last(ZHANG)).startswith("没听懂这句话。")
    assert {row.state for row in await scene.rows(Incoming)} == {"done"}
