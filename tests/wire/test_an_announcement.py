from storage.kinds import Stage
from storage.tables import Announcement, Receipt
from tests.sandbox.play import picture
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
    UNKNOWN,
    WANG,
    ZHANG,
    ZHAO,
    Scene,
    labels,
)

NEWS = "下午三点全体到会议室开会，带安全帽"
BOTH = "全选 第一党支部"
HEAD = "📢 公告 · 李书记\n\n"


async def announce(scene: Scene, *places: str, text: str = NEWS) -> None:
    """李书记 sends an announcement to these teams or units."""
    await scene.say(LI, text)
    for place in places:
        await scene.tap(LI, place)
    await scene.tap(LI, "预览")
    await scene.tap(LI, "发送")
    await scene.forward(seconds=6)


async def test_from_a_line_of_text_to_two_groups_in_four_taps(scene: Scene) -> None:
    await scene.say(LI, NEWS)
    assert await scene.last(LI) == f"发公告\n{NEWS}\n发给哪些班组？已选 0 个。"
    assert labels((await scene.messages(LI))[-1])[:3] == [BOTH, "一班", "二班"], "no others'"
    assert await scene.tap(LI, "预览") == "还没有选择班组。"
    await scene.tap(LI, BOTH)
    await scene.tap(LI, "预览")
    goes_to, asks, *_ = (await scene.last(LI)).split("\n")
    assert goes_to == "将发给 2 个班组、8 人：一班、二班"
    assert asks == "需回执（另有 1 人未报到，不计入）"
    assert await scene.texts(ZHANG, ONE) == [], "nothing leaves before 发送"
    await scene.tap(LI, "发送")
    for team in (ONE, TWO):
        assert await scene.texts(LI, team) == [f"{HEAD}{NEWS}\n\n收到 0/4"]
    await scene.forward(seconds=6)
    assert await scene.last(LI) == f"已送达 2/2\n回执 0/8\n{NEWS}"


async def test_a_receipt_is_one_tap_and_the_secretary_sees_it(scene: Scene) -> None:
    await announce(scene, "一班")
    assert await scene.tap(ZHANG, "收到", ONE) == "已收到，本班组第 1 位。"
    assert (await scene.tap(ZHANG, "收到", ONE)).startswith(
        "已经记录过了：今天 11月23日 周一 07:00"
    )
    assert "请先在群里报到" in await scene.tap(LI, "收到", ONE), "a secretary has no place here"
    await scene.forward(seconds=6)
    assert (await scene.last(ZHANG, ONE)).endswith("收到 1/4")
    assert "回执 1/4" in await scene.last(LI)
    assert len(await scene.rows(Receipt)) == 1


async def test_who_is_missing_is_for_the_secretary_alone(scene: Scene) -> None:
    await announce(scene, BOTH)
    await scene.tap(ZHANG, "收到", ONE)
    await scene.tap(LI, "谁未回执")
    told = await scene.last(LI)
    assert "一班（3）：赵班长、李四、王五\n二班（4）：孙班长、陈六、杨七、刘洋" in told
    assert told.endswith("未报到，还不能回执\n一班（1）：吴九")
    assert len(await scene.messages(ZHANG, ONE)) == 1


async def test_a_reminder_goes_out_in_private_within_working_hours_and_seldom(
    scene: Scene,
) -> None:
    await announce(scene, "一班")
    assert "都不在工作时间" in await scene.tap(LI, "催办")
    assert await scene.texts(WANG) == []
    await scene.forward(hours=2, minutes=30)
    await scene.tap(ZHANG, "收到", ONE)
    assert (
        await scene.tap(LI, "催办")
        == "已提醒 2 人；另有 1 人没有打开过私聊、设了免打扰或不在工作时间，提醒不到。"
    )
    assert await scene.last(WANG) == f"一班有一条公告等你确认：\n{NEWS}"
    assert await scene.texts(ZHANG) == [], "who confirmed is left alone"
    assert "每 4 个工作小时最多提醒一次" in await scene.tap(LI, "催办")
    assert await scene.tap(WANG, "收到") == "已收到，本班组第 2 位。"
    assert await scene.last(WANG) == f"已收到：\n{NEWS}"
    assert len(await scene.messages(ZHAO)) == 1


async def test_a_receipt_can_be_left_out(scene: Scene) -> None:
    await scene.say(LI, NEWS)
    await scene.tap(LI, "✓ 需回执")
    await scene.tap(LI, "一班")
    await scene.tap(LI, "预览")
    await scene.tap(LI, "发送")
    (sent,) = await scene.messages(ZHANG, ONE)
    assert (sent["text"], sent["buttons"]) == (HEAD + NEWS, None)


async def test_a_picture_goes_out_with_its_words(scene: Scene) -> None:
    await scene.send_file(LI, "plan.png", picture(), "今天的施工图")
    await scene.tap(LI, "二班")
    await scene.tap(LI, "预览")
    await scene.tap(LI, "发送")
    (sent,) = await scene.messages(CHEN, TWO)
    assert sent["photo"]
    assert sent["caption"] == f"{HEAD}今天的施工图\n\n收到 0/4"
    await scene.tap(CHEN, "收到", TWO)
    await scene.forward(seconds=6)
    assert (await scene.last(CHEN, TWO)).endswith("收到 1/4")


async def test_cancelled_means_that_nobody_gets_it(scene: Scene) -> None:
    await scene.say(LI, NEWS)
    await scene.tap(LI, "一班")
    await scene.tap(LI, "预览")
    preview = (await scene.messages(LI))[-1]
    (draft,) = await scene.rows(Announcement)
    await scene.tap(LI, "取消")
    assert await scene.last(LI) == f"已取消，没有发送：\n{NEWS}"
    again = await scene.forge(LI, LI, preview["message_id"], f"as:{draft.id}")
    assert again == "这条公告已经取消了。"
    assert await scene.texts(ZHANG, ONE) == []
    assert [row.stage for row in await scene.rows(Announcement)] == [Stage.DROPPED]


async def test_sending_twice_sends_once(scene: Scene) -> None:
    await announce(scene, "一班")
    (sent,) = await scene.rows(Announcement)
    message = (await scene.messages(LI))[-1]
    again = await scene.forge(LI, LI, message["message_id"], f"as:{sent.id}")
    assert again == "这条公告已经发送过了。"
    assert len(await scene.messages(ZHANG, ONE)) == 1


async def test_a_topic_gets_it_in_the_topic(scene: Scene) -> None:
    await scene.say(OWNER, NEWS)
    await scene.tap(OWNER, "巡护队")
    await scene.tap(OWNER, "预览")
    await scene.tap(OWNER, "发送")
    assert (await scene.find(QIAN, NEWS, RANGERS))["topic"] == TOPIC
    assert await scene.texts(ZHANG, ONE) == []


async def test_a_group_without_the_bot_gets_it_when_the_bot_is_back(scene: Scene) -> None:
    robot = scene.world.world.bot.id
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=robot, status="kicked")
    await announce(scene, BOTH)
    told = await scene.last(LI)
    assert told.startswith("已送达 1/2\n")
    assert "一班：机器人不在群里，暂未送达。24 小时内恢复会自动补发。" in told
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=robot, status="member")
    await scene.forward(seconds=6)
    assert NEWS in (await scene.find(ZHANG, NEWS, ONE))["text"]
    assert (await scene.last(LI)).startswith("已送达 2/2\n")


async def test_what_could_not_be_delivered_for_a_day_is_old_news(scene: Scene) -> None:
    robot = scene.world.world.bot.id
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=robot, status="kicked")
    await announce(scene, BOTH)
    await scene.forward(hours=25)
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=robot, status="member")
    await scene.forward(seconds=6)
    assert not any(NEWS in text for text in await scene.texts(ZHANG, ONE))


async def test_what_reads_as_a_question_is_answered_and_never_announced(scene: Scene) -> None:
    await scene.say(LI, "谁没打卡？")
    assert "📊 一班" in await scene.last(LI)
    await scene.say(LI, "明天几点开会？")
    assert "没有当作公告" in await scene.last(LI)
    assert await scene.rows(Announcement) == []
    await scene.say(LI, "/announce 明天几点开会？")
    assert (await scene.last(LI)).startswith("发公告\n明天几点开会？")


async def test_only_secretaries_announce(scene: Scene) -> None:
    for person in (ZHANG, ZHAO, SI):
        await scene.say(person, NEWS)
        assert await scene.last(person) == UNKNOWN
        await scene.say(person, f"/announce {NEWS}")
        assert await scene.last(person) == "你没有这项操作的权限，没有改动任何内容。"
    assert await scene.rows(Announcement) == []
