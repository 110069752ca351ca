"""What is for one person alone: questions that come back, and bites for those with a tag."""

from datetime import date, timedelta

from bot import demo
from handlers import organisations, packs
from handlers.reading.organisations import read_organisation
from handlers.reading.packs import BiteFile, PackFile
from handlers.taps.commitments import ListedDoneTap
from handlers.taps.tutorials import TutorialAnswerTap
from storage.tables import CheckIn, Memory, Review, Tutorial
from tests.wire.scene import DENIED, GONE, ONE, SI, ZHANG, ZHAO, Scene, labels

WRONG, RIGHT = "2 小时", "30 分钟"
ASKED = "🔁 温习 · 动火作业：票、测、人\n❓ 气体分析取样后，最迟多久之内要开始动火？"
WHY = "现场气体浓度会变，隔得越久，结果越不能代表点火那一刻；超过 30 分钟要重新分析。"
UNANSWERED = "\n这次没有作答，以后再问。"


async def for_electricians(scene: Scene) -> None:
    """The team's pack has one more bite, for those with a tag; 张三 is an electrician."""
    async with scene.app.database.begin() as session:
        pack = await packs.export_pack(session, "safety-101")
        assert pack is not None
        bite = BiteFile(
            "box", "配电箱：断、验、挂", "先断电，再验电。", "不验不干", tags=("电工",)
        )
        newer = PackFile(
            pack.slug,
            pack.title,
            pack.language,
            pack.version + 1,
            pack.source,
            (bite, *pack.bites),
        )
        await packs.import_pack(session, newer, scene.clock())


async def days(scene: Scene, count: int) -> list[int]:
    """How many messages 张三 has after each of the next mornings."""
    found = []
    for _ in range(count):
        await scene.morning()
        found.append(len(await scene.messages(ZHANG)))
    return found


async def test_a_wrong_answer_comes_back_on_the_next_workday_and_then_when_it_fades(
    scene: Scene,
) -> None:
    await scene.morning()
    await scene.tap(ZHANG, WRONG, ONE)
    await scene.tap(ZHAO, RIGHT, ONE)
    assert await scene.texts(ZHANG) == []
    await scene.morning()
    assert await scene.texts(ZHANG) == [ASKED]
    assert labels((await scene.messages(ZHANG))[0]) == ["2 小时", "1 小时", RIGHT, "当班之内"]
    assert await scene.tap(ZHANG, RIGHT) == "✅ 答对了"
    assert await scene.texts(ZHANG) == [
        f"{ASKED}\n✅ 答对了：30 分钟。{WHY}\n下次温习：11月26日 周四 起"
    ]
    assert labels((await scene.messages(ZHANG))[0]) == []
    assert await days(scene, 2) == [1, 2], "not on Wednesday, on Thursday"
    assert await scene.tap(ZHANG, WRONG) == "❌ 不对，应选“30 分钟”"
    assert (await scene.last(ZHANG)).endswith("下次温习：11月27日 周五 起")
    assert ASKED in await scene.texts(ZHAO), "who was right has it again two days later"


async def test_what_was_missed_on_friday_comes_on_monday(scene: Scene) -> None:
    for _ in range(5):
        await scene.morning()
    card = await scene.card()
    wrong = card["buttons"][0][0]["text"]
    assert (await scene.tap(ZHANG, wrong, ONE)).startswith("❌")
    await scene.forward(days=2)
    assert await scene.texts(ZHANG) == []
    await scene.morning()
    (monday,) = await scene.texts(ZHANG)
    assert monday.startswith("🔁 温习")
    (tutorial,) = await scene.rows(Tutorial)
    assert tutorial.day == date(2026, 11, 30)


async def test_nothing_comes_during_leave_and_no_pile_after_it(scene: Scene) -> None:
    for _ in range(2):
        await scene.morning()
        wrong = (await scene.card())["buttons"][0][0]["text"]
        assert (await scene.tap(ZHANG, wrong, ONE)).startswith("❌")
    await scene.say(ZHANG, "/leave 周三到周五")
    said = len(await scene.messages(ZHANG))
    assert await days(scene, 3) == [said] * 3, "Wednesday to Friday"
    assert await days(scene, 2) == [said + 1, said + 2], "two are due, and one a day comes"


async def test_what_was_not_answered_is_replaced(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(ZHANG, WRONG, ONE)
    await scene.morning()
    await scene.morning()
    await scene.forward(seconds=6)
    assert await scene.texts(ZHANG) == [ASKED + UNANSWERED, ASKED]
    first, second = await scene.messages(ZHANG)
    assert labels(first) == []
    assert RIGHT in labels(second)


async def test_a_question_and_a_bite_of_ones_own_come_in_one_message(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(ZHANG, WRONG, ONE)
    await for_electricians(scene)
    await scene.morning()
    assert "配电箱" not in (await scene.card())["text"], "the team does not walk it"
    (said,) = await scene.texts(ZHANG)
    assert said == (
        f"{ASKED}\n\n📗 专项微课（电工）\n配电箱：断、验、挂\n\n先断电，再验电。\n\n"
        "📌 记一句：不验不干"
    )
    assert labels((await scene.messages(ZHANG))[0])[-1] == "已学"
    assert await scene.tap(ZHANG, "已学") == "✅ 已学，07:50"
    assert await scene.tap(ZHANG, RIGHT) == "✅ 答对了"
    (done,) = await scene.texts(ZHANG)
    assert done.endswith("📌 记一句：不验不干\n\n✅ 已学，07:50")
    assert labels((await scene.messages(ZHANG))[0]) == []
    assert await scene.rows(CheckIn) == []
    assert (await scene.card())["text"].endswith("已学 0/4")
    assert "配电箱" not in "\n".join(await scene.texts(ZHAO)), "it is for electricians"


async def test_two_taps_at_once_are_one_answer(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(ZHANG, WRONG, ONE)
    await scene.morning()
    (message,) = await scene.messages(ZHANG)
    (tutorial,) = await scene.rows(Tutorial)
    question = tutorial.question_id or 0
    for choice in (3, 1):
        tap = TutorialAnswerTap(tutorial.id, question, 1, choice).pack()
        body = {"as": ZHANG, "chat": ZHANG, "message_id": message["message_id"], "data": tap}
        await scene._post("/api/press", body)
    await scene.settle()
    assert [row.right for row in await scene.rows(Review)] == [False, True]
    assert "✅ 答对了" in await scene.last(ZHANG)


async def test_forged_taps_are_answered_and_change_nothing(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(ZHANG, WRONG, ONE)
    await scene.morning()
    (message,) = await scene.messages(ZHANG)
    (tutorial,) = await scene.rows(Tutorial)
    mine = tutorial.question_id or 0
    for question, choice in ((mine + 1, 1), (mine, 5), (10**12, 1)):
        tap = TutorialAnswerTap(tutorial.id, question, 1, choice).pack()
        assert await scene.forge(ZHANG, ZHANG, message["message_id"], tap) == GONE
    tap = TutorialAnswerTap(tutorial.id, mine, 1, 3).pack()
    card = await scene.card()
    for person in (
        ZHAO,
        ZHANG,
    ):  # not theirs; and his own, but on the card, which is no place for it
        assert await scene.forge(person, ONE, card["message_id"], tap) == GONE
    assert len(await scene.rows(Review)) == 1
    assert (await scene.card())["text"] == card["text"]


async def test_a_forged_tap_does_not_turn_the_card_into_ones_own_list(scene: Scene) -> None:
    await scene.morning()
    await scene.say(ZHANG, "承诺 周五前交报告")
    card = await scene.card()
    told = await scene.forge(ZHANG, ONE, card["message_id"], ListedDoneTap(1).pack())
    assert told == DENIED
    assert (await scene.card())["text"] == card["text"]


async def test_without_a_private_chat_the_cards_own_question_tells_the_point(
    scene: Scene,
) -> None:
    await scene.morning()
    await scene.tap(SI, WRONG, ONE)
    await scene.morning()
    assert await scene.texts(SI) == []
    answers = labels(await scene.card())
    told = await scene.tap(SI, answers[0], ONE)
    assert "🔁 温习：气体分析取样后，最迟多久之内要开始动火？ 答：30 分钟。" in told
    assert len(told) <= 200
    assert len(await scene.messages(SI, ONE)) == 2, "two cards, and nothing else in the group"
    (shown,) = await scene.rows(Tutorial)
    assert not shown.sent
    person = shown.person_id
    kept = [m for m in await scene.rows(Memory) if m.person_id == person]
    assert sorted(m.last.day for m in kept) == [23, 24], "each was answered once"
    assert len(await scene.rows(Review)) == 2


async def test_who_blocked_the_bot_gets_nothing_and_goes_on_after_coming_back(
    scene: Scene,
) -> None:
    await scene.morning()
    await scene.tap(ZHANG, WRONG, ONE)
    await scene.act("block", **{"as": ZHANG, "blocked": True})
    await scene.morning()
    assert await scene.rows(Tutorial) == []
    await scene.act("block", **{"as": ZHANG, "blocked": False})
    await scene.morning()
    assert (await scene.texts(ZHANG))[-1] == ASKED


async def test_the_private_message_comes_with_the_card_and_not_before(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(ZHANG, WRONG, ONE)
    await scene.forward(hours=23, minutes=59)
    assert await scene.texts(ZHANG) == []
    await scene.forward(minutes=1)
    assert await scene.texts(ZHANG) == [ASKED]
    (tutorial,) = await scene.rows(Tutorial)
    assert tutorial.at - scene.clock() < timedelta(minutes=1)


async def test_whom_a_bite_cannot_reach_is_told_once_and_led_there_by_one_tap(
    scene: Scene,
) -> None:
    listed = (demo.LIBRARY / "demo.yaml").read_text("utf-8")
    trade = listed.replace("telegram_id: 112}", "telegram_id: 112, tags: [电工]}")
    file = read_organisation("demo.yaml", trade.encode())
    async with scene.app.database.begin() as session:
        await organisations.apply(session, file, scene.clock(), "Asia/Shanghai", "zh")
    await for_electricians(scene)
    await scene.morning()
    told = await scene.tap(SI, "已学", ONE)
    assert told.startswith("✅ 已学，本班组第 1 位，07:50\n另有一课是按你的工种准备的")
    assert await scene.tap(SI, "已学", ONE) == "https://t.me/zaohui_bot?start=hello"
    assert len(await scene.messages(SI, ONE)) == 1, "the group hears of nothing"
    await scene.say(SI, "/start hello")
    assert (await scene.last(SI)).startswith("你好，李四。")
    await scene.morning()
    assert "📗 专项微课（电工）\n配电箱" in await scene.last(SI)
    assert await scene.tap(SI, "已学") == "✅ 已学，07:50"
