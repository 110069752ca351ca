from tests.wire.scene import (
    LI,
    ONE,
    OWNER,
    SI,
    STRANGER,
    WU,
    ZHANG,
    ZHAO,
    ZHOU,
    Scene,
)

COUNTS = "📊 一班 · 11月23日 周一\n已学 1/4，请假 0 人"
MISSING = "未学：赵班长、李四、王五"


async def ask(scene: Scene, user: int, text: str, chat: int | None = None) -> list[str]:
    """What is said where somebody asked, after they asked it."""
    before = len(await scene.messages(user, chat))
    await scene.say(user, text, chat)
    return (await scene.texts(user, chat))[before + 1 :]


async def test_a_group_reads_counts_and_only_its_leader_reads_names(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    for person in (ZHANG, ZHAO, LI):
        (said,) = await ask(scene, person, "/status", ONE)
        assert said == f"{COUNTS}\n承诺：进行中 0 项，逾期 0 项"
    assert await scene.texts(ZHANG) == []
    for person in (ZHAO, LI):
        assert MISSING in await scene.last(person)


async def test_before_the_first_morning_there_is_nothing_to_count(scene: Scene) -> None:
    (said,) = await ask(scene, ZHOU, "/status")
    assert said.startswith("📊 巡护队：还没有早会记录")


async def test_in_private_everybody_is_answered_by_their_rights(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    (member,) = await ask(scene, ZHANG, "/status")
    assert COUNTS in member
    assert "未学" not in member
    (leader,) = await ask(scene, ZHAO, "/status")
    assert MISSING in leader
    assert "二班" not in leader
    (secretary,) = await ask(scene, LI, "/status")
    assert MISSING in secretary
    assert "📊 二班" in secretary
    assert "巡护队" not in secretary
    (other,) = await ask(scene, ZHOU, "/status")
    assert other.startswith("📊 巡护队 · 11月23日 周一\n已学 0/3，请假 0 人\n未学：钱队长、")
    (owner,) = await ask(scene, OWNER, "/status")
    assert owner.count("📊") == 3


async def test_plain_words_ask_the_same(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    questions = ("谁没打卡？", "今天还有谁没学", "今天打卡情况怎么样？", "who is missing?")
    for question in questions:
        (said,) = await ask(scene, ZHAO, question)
        assert MISSING in said, question
    (bite,) = await ask(scene, ZHANG, "今天学什么？")
    assert bite.startswith("☀️ 早会微学 · 11月23日 周一\n动火作业：票、测、人")
    (help_,) = await ask(scene, ZHANG, "怎么用？")
    assert help_.startswith("可以这样用：")


async def test_who_asks_for_names_and_gets_none_is_told_why(scene: Scene) -> None:
    await scene.morning()
    why = "\n姓名不公开，只私聊告诉班组长和书记。"
    for chat, question in ((None, "谁没打卡？"), (ONE, "@zaohui_bot who is missing?")):
        (said,) = await ask(scene, ZHANG, question, chat)
        assert said.endswith(why)
    for person, question in ((ZHANG, "/status"), (ZHANG, "今天打卡情况"), (ZHAO, "谁没打卡？")):
        (said,) = await ask(scene, person, question)
        assert why not in said, question


async def test_in_a_group_plain_words_must_be_meant_for_the_bot(scene: Scene) -> None:
    await scene.morning()
    assert await ask(scene, ZHANG, "谁没打卡？", ONE) == []
    (said,) = await ask(scene, ZHANG, "@zaohui_bot 谁没打卡？", ONE)
    assert said.startswith("📊 一班")
    before = len(await scene.messages(ZHANG, ONE))
    card = (await scene.card())["message_id"]
    await scene.say(ZHANG, "谁没打卡？", ONE, reply_to=card)
    assert (await scene.texts(ZHANG, ONE))[before + 1].startswith("📊 一班")


async def test_what_is_mine_is_never_said_in_the_group(scene: Scene) -> None:
    await scene.say(ZHANG, "承诺 周五前交报告")
    assert await ask(scene, ZHANG, "/my", ONE) == []
    assert "#1 交报告" in await scene.last(ZHANG)
    (said,) = await ask(scene, SI, "/my", ONE)
    assert said == "这些内容只给你本人看，请到私聊里查看。"
    (button,) = (await scene.messages(SI, ONE))[-1]["buttons"][0]
    assert button["url"] == "https://t.me/zaohui_bot?start=hello"


async def test_start_says_who_one_is(scene: Scene) -> None:
    (member,) = await ask(scene, ZHANG, "/start")
    assert member.startswith("你好，张三。\n你所在的班组：一班\n早会卡片")
    assert member.endswith("\n发送 /help 查看全部命令。")
    (leader,) = await ask(scene, ZHAO, "/start")
    assert "你所在的班组：一班\n你的身份：班组长\n你负责的班组：一班\n每天截止后，我" in leader
    (secretary,) = await ask(scene, LI, "/start")
    assert "你的身份：书记/联络员\n你负责的班组：一班、二班\n" in secretary
    (owner,) = await ask(scene, OWNER, "/start")
    assert "你的身份：系统管理员、书记/联络员\n你负责的班组：一班、二班、巡护队" in owner
    (stranger,) = await ask(scene, WU, "/start")
    assert "你还不在任何班组的名单里" in stranger


async def test_help_offers_what_this_person_can_do_here(scene: Scene) -> None:
    (member,) = await ask(scene, ZHANG, "/help")
    assert "/commit" in member
    assert "/announce" not in member
    (secretary,) = await ask(scene, LI, "/help")
    assert "/announce" in secretary
    assert "/commit" not in secretary
    (group,) = await ask(scene, LI, "/help", ONE)
    assert "/join" in group
    assert "/announce" not in group
    (stranger,) = await ask(scene, WU, "/help")
    assert "/status" not in stranger


async def test_help_shows_what_can_be_said_in_a_line_by_right(scene: Scene) -> None:
    promise, other = "承诺 周五前完成3号泵检修", "/leave 张三 取消"
    told = {}
    for person in (ZHANG, ZHAO, LI, WU):
        for chat in (None, ONE):
            (told[person, chat],) = await ask(scene, person, "/help", chat)
    assert [key for key, said in told.items() if promise in said] == [
        (ZHANG, None),
        (ZHANG, ONE),
        (ZHAO, None),
        (ZHAO, ONE),
    ]
    assert {key[0] for key, said in told.items() if other in said} == {ZHAO, LI}
    assert {key[0] for key, said in told.items() if "谁没打卡？" in said} == {ZHANG, ZHAO, LI}
    assert {key[0] for key, said in told.items() if "你还不在任何班组" in said} == {WU}


async def test_who_is_on_no_list_learns_nothing_of_a_team(scene: Scene) -> None:
    await scene.morning()
    for question in ("/status", "/today", "/overdue", "/board"):
        for chat in (None, ONE):
            (said,) = await ask(scene, WU, question, chat)
            assert said == STRANGER, question
    (said,) = await ask(scene, WU, "/my")
    assert said == STRANGER


async def test_today_brings_the_bite_again_and_before_the_card_says_so(scene: Scene) -> None:
    assert await ask(scene, ZHANG, "/today", ONE) == ["今天还没有早会卡片。"]
    await scene.morning()
    (again,) = await ask(scene, ZHANG, "/today", ONE)
    assert "📌 记一句：没有票、没测气、没有监护人，都不动火。" in again
    assert (await scene.messages(ZHANG, ONE))[-1]["buttons"] is None, "the card has them"


async def test_a_ranking_is_off_unless_a_secretary_switches_it_on(scene: Scene) -> None:
    assert await ask(scene, ZHANG, "/board 出勤", ONE) == [
        "个人出勤排名没有打开，默认关闭。能打开的人：王书记、李书记，在私聊里发 /switches。"
    ]
    assert await ask(scene, ZHANG, "/board 排名") == [
        "个人出勤排名没有打开，默认关闭。能打开的人：王书记、李书记，在私聊里发 /switches。"
    ]


async def test_my_page_begins_with_how_my_mornings_went(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    await scene.say(ZHANG, "/my")
    assert (await scene.last(ZHANG)).startswith("📖 一班：最近 1 个早会已学 1，连续 1 个\n\n")


async def test_who_studied_after_closing_counts_and_is_seen_as_such(scene: Scene) -> None:
    await scene.morning()
    await scene.forward(minutes=75)
    await scene.tap(ZHANG, "已学", ONE)
    await scene.say(ZHAO, "/status")
    said = await scene.last(ZHAO)
    assert "已学 1/4" in said
    assert "\n截止后才学：张三\n" in said
    await scene.say(ZHANG, "/status", ONE)
    assert "截止后" not in await scene.last(ZHANG, ONE), "names are for leaders, in private"
