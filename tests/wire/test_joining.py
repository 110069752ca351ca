from typing import Any

from bot import demo
from handlers import organisations
from handlers.reading.organisations import read_organisation
from handlers.words import team as words
from storage.tables import Application, Chat, Member, Person, Team
from tests.wire.scene import (
    CHEN,
    LI,
    ONE,
    SI,
    STRANGER,
    SUN,
    TWO,
    WU,
    ZH,
    ZHANG,
    ZHAO,
    ZHOU,
    Scene,
    labels,
)

THIRD = """      - team: 三班
        leaders: [{name: 赵班长, telegram_id: 101}]
        plan: {packs: [safety-101], at: "07:50", closes: "09:00", days: workdays}
"""


async def enlarge(scene: Scene) -> None:
    """The first branch gets a third team, whose group nobody knows yet."""
    listed = (demo.LIBRARY / "demo.yaml").read_text("utf-8")
    place = listed.index("      - team: 二班")
    file = read_organisation("demo.yaml", (listed[:place] + THIRD + listed[place:]).encode())
    async with scene.app.database.begin() as session:
        await organisations.apply(session, file, scene.clock(), "Asia/Shanghai", "zh")


async def group(scene: Scene, maker: int, **more: Any) -> int:
    """Somebody makes a group and brings the bot."""
    made = {"as": maker, "title": "三班", "type": "supergroup", "members": [ZHANG]}
    found = int((await scene.act("chat", **made | more))["chat"])
    robot = scene.world.world.bot.id
    await scene.act("member", **{"as": maker}, chat=found, user=robot, status="administrator")
    return found


async def admitted(scene: Scene) -> list[int]:
    """Who has a place in the first team, by Telegram id."""
    people = {row.id: row.telegram_id for row in await scene.rows(Person)}
    teams = {row.name: row.id for row in await scene.rows(Team)}
    found = [
        people[row.person_id] for row in await scene.rows(Member) if row.team_id == teams["一班"]
    ]
    return [user for user in found if user]


async def test_a_secretary_ties_a_new_group_to_a_team_in_two_taps(scene: Scene) -> None:
    await enlarge(scene)
    new = await group(scene, LI)
    question = (await scene.messages(LI))[-1]
    assert question["text"].startswith("“三班”是哪个班组的群？")
    tied = ["第一党支部 · 三班", "新建班组“三班”"]
    assert labels(question) == tied, "the others have their groups"
    await scene.tap(LI, "第一党支部 · 三班")
    assert await scene.last(LI) == "“三班”已关联三班，报到按钮已发到群里。"
    assert (await scene.last(LI, new)).startswith("大家好，我是三班的早会助手。")
    await scene.morning()
    assert "早会微学 · 11月23日" in await scene.last(ZHANG, new)


async def test_a_group_that_becomes_a_supergroup_stays_the_teams(scene: Scene) -> None:
    await enlarge(scene)
    old = await group(scene, LI, type="group")
    await scene.tap(LI, "第一党支部 · 三班")
    await scene.morning()
    assert "早会微学 · 11月23日" in await scene.last(ZHANG, old)
    await scene.act("member", **{"as": LI}, chat=old, user=ZHAO, status="member")
    await scene.say(ZHAO, "/commit 周五前交报告", old)
    new = int((await scene.act("migrate", chat=old))["chat"])
    await scene.say(ZHAO, "完成 1", new)
    assert await scene.last(ZHAO, new) == "#1 赵班长：交报告 · 已完成"
    await scene.morning()
    assert "早会微学 · 11月24日" in await scene.last(ZHANG, new)
    assert [row.kind for row in await scene.rows(Chat) if row.telegram_id == new] == ["supergroup"]
    assert not [row for row in await scene.rows(Chat) if row.telegram_id == old]


async def test_two_groups_cannot_be_the_same_teams(scene: Scene) -> None:
    await enlarge(scene)
    await group(scene, LI)
    second = await group(scene, LI, title="又一个群")
    await scene.tap(LI, "第一党支部 · 三班")
    first = await scene.find(LI, "“三班”是哪个班组的群？")
    told = await scene.tap(LI, "第一党支部 · 三班", message=first)
    assert told == "三班已经关联群“又一个群”，没有改动。要换群，请系统管理员修改组织文件。"
    assert (await scene.last(LI, second)).startswith("大家好，我是三班的早会助手。")


async def test_who_cannot_know_is_told_who_can(scene: Scene) -> None:
    await enlarge(scene)
    new = await group(scene, ZHANG)
    assert "请书记或联络员在群里发送 /join 来关联" in await scene.last(ZHANG, new)
    await scene.act("member", **{"as": ZHANG}, chat=new, user=ZHOU, status="member")
    await scene.say(ZHOU, "/join", new)
    assert "你负责的班组都已有群" in await scene.last(ZHOU, new), "三班 is another branch's"
    await scene.say(ZHANG, "/status", new)
    assert await scene.last(ZHANG, new) == "这个群还没有关联班组，请书记或联络员在群里发送 /join。"


async def test_who_is_on_the_list_by_name_is_in_with_one_word(scene: Scene) -> None:
    await scene.morning()
    await scene.say(WU, "报到", ONE)
    assert await scene.last(WU, ONE) == "吴九，报到成功，欢迎加入一班。"
    await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("已学 0/5")
    await scene.say(WU, "报到！", ONE)
    assert await scene.last(WU, ONE) == "你已在一班报到，不用重复操作。"
    assert await scene.tap(WU, "已学", ONE) == "✅ 已学，本班组第 1 位，07:50"


async def test_who_is_on_the_list_by_name_is_in_with_the_first_tap_on_the_card(
    scene: Scene,
) -> None:
    await scene.morning()
    told = await scene.tap(WU, "已学", ONE)
    assert told == "吴九，报到成功，欢迎加入一班。✅ 已学，本班组第 1 位，07:50"
    await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("已学 1/5")


async def test_a_strangers_first_tap_asks_the_leader_and_counts_from_then_on(
    scene: Scene,
) -> None:
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=CHEN, status="member")
    scene.rename(CHEN, "陈六<b>")
    await scene.morning()
    told = await scene.tap(CHEN, "已学", ONE)
    assert told == "你还不在一班的名册里，已请班组长确认。通过后这次打卡照算。"
    assert (
        await scene.tap(CHEN, "已学", ONE) == "今天已经提交过，请等对方确认。通过后这次打卡照算。"
    )
    question = await scene.find(ZHAO, "申请加入一班")
    assert question["text"].startswith("陈六<b> 不在名单里，申请加入一班。")
    assert labels(question) == ["吴九", "通过", "退回"]
    await scene.forward(minutes=20)
    assert (await scene.card())["text"].endswith("已学 0/4")
    await scene.tap(ZHAO, "通过", message=question)
    await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("已学 1/5")
    assert await scene.tap(CHEN, "已学", ONE) == "已经记录过了：第 1 位，07:50"


async def test_the_leader_says_which_name_on_the_list_a_stranger_is(scene: Scene) -> None:
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=CHEN, status="member")
    await scene.morning()
    await scene.tap(CHEN, "已学", ONE)
    await scene.tap(ZHAO, "吴九")
    assert await scene.last(ZHAO) == "吴九已加入一班。"
    await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("已学 1/5")


async def test_several_strangers_are_approved_at_once(scene: Scene) -> None:
    for person in (CHEN, SUN):
        await scene.act("member", **{"as": ZHAO}, chat=ONE, user=person, status="member")
    await scene.morning()
    await scene.tap(CHEN, "已学", ONE)
    await scene.tap(SUN, "已学", ONE)
    await scene.tap(ZHAO, "全部通过（2 人）")
    assert await scene.last(ZHAO) == "2 人已加入一班：陈六、孙班长"
    await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("已学 2/6")
    first = await scene.find(ZHAO, "陈六 不在名单里")
    await scene.tap(ZHAO, "退回", message=first)
    assert CHEN in await admitted(scene), "a word too late changes nothing"


async def test_a_secretary_who_taps_the_card_asks_for_no_place(scene: Scene) -> None:
    await scene.morning()
    assert await scene.tap(LI, "已学", ONE) == STRANGER
    assert await scene.rows(Application) == []


async def test_the_button_in_the_groups_greeting_does_the_same(scene: Scene) -> None:
    robot = scene.world.world.bot.id
    for status in ("left", "administrator"):
        await scene.act("member", **{"as": ZHAO}, chat=ONE, user=robot, status=status)
    assert await scene.tap(WU, "报到", ONE) == "吴九，报到成功，欢迎加入一班。"
    assert await scene.tap(ZHANG, "报到", ONE) == "你已在一班报到，不用重复操作。"
    assert WU in await admitted(scene)


async def test_a_name_is_claimed_by_a_tap_and_the_leaders_word(scene: Scene) -> None:
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=SUN, status="member")
    await scene.say(SUN, "/join", ONE)
    assert labels((await scene.messages(SUN))[-1]) == ["吴九", "不在名单里"]
    await scene.tap(SUN, "吴九")
    assert await scene.last(SUN) == "已请赵班长确认，通过后你就加入一班。"
    assert await scene.last(ZHAO) == "孙班长 说自己是一班名单里的吴九，是否属实？"
    await scene.tap(ZHAO, "退回")
    assert await scene.last(ZHAO) == "已退回孙班长加入一班的申请。"
    assert (await scene.last(SUN)).startswith("你加入一班的申请没有通过。")
    assert SUN not in await admitted(scene)


async def test_of_two_who_claim_a_name_only_one_can_have_it(scene: Scene) -> None:
    for person in (SUN, CHEN):
        await scene.act("member", **{"as": ZHAO}, chat=ONE, user=person, status="member")
        await scene.say(person, "/join", ONE)
        await scene.tap(person, "吴九")
    first, second = await scene.messages(ZHAO)
    await scene.tap(ZHAO, "通过", message=first)
    assert await scene.tap(ZHAO, "通过", message=second) == words.taken(ZH)
    assert SUN in await admitted(scene)
    assert CHEN not in await admitted(scene)


async def test_a_stranger_to_the_list_is_admitted_once_asked_for(scene: Scene) -> None:
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=CHEN, status="member")
    await scene.say(CHEN, "/join", ONE)
    await scene.tap(CHEN, "不在名单里")
    await scene.say(CHEN, "/join", ONE)
    assert await scene.tap(CHEN, "不在名单里") == "今天已经提交过，请等对方确认。"
    (asked,) = await scene.texts(ZHAO)
    assert asked.startswith("陈六 不在名单里，申请加入一班。\n")
    await scene.tap(ZHAO, "通过")
    assert await scene.texts(ZHAO) == ["陈六已加入一班。"]
    assert await scene.last(CHEN) == "陈六，报到成功，欢迎加入一班。"
    assert CHEN in await admitted(scene)


async def test_without_a_private_chat_the_way_leads_through_an_address(scene: Scene) -> None:
    await scene.act("member", **{"as": SUN}, chat=TWO, user=SI, status="member")
    await scene.say(SI, "/join", TWO)
    (button,) = (await scene.messages(SI, TWO))[-1]["buttons"][0]
    address = button["url"].partition("=")[2]
    await scene.say(SI, f"/start {address}")
    assert (await scene.last(SI)).startswith("二班的名单里没有待认领的名字")
    await scene.say(CHEN, f"/start {address}")
    assert "请到班组的群里点“报到”" in await scene.last(CHEN), "it is 李四's own address"
