"""The roster as people see it: counted, looked after with one thumb, followed as people move."""

from io import BytesIO

from openpyxl import load_workbook

from storage.kinds import Progress
from storage.tables import CheckIn, Commitment, Departure, Member
from tests.wire.scene import (
    CHEN,
    LI,
    ONE,
    SUN,
    TWO,
    WU,
    ZHANG,
    ZHAO,
    Scene,
)


async def new_group(scene: Scene, maker: int, title: str, status: str = "member") -> int:
    """Somebody makes a group and brings the bot."""
    made = {"as": maker, "title": title, "type": "supergroup", "members": [CHEN]}
    found = int((await scene.act("chat", **made))["chat"])
    robot = scene.world.world.bot.id
    await scene.act("member", **{"as": maker}, chat=found, user=robot, status=status)
    return found


async def test_two_taps_make_a_team_and_each_missing_right_has_its_steps(scene: Scene) -> None:
    new = await new_group(scene, LI, "巡检四班")
    lacks = await scene.find(LI, "我还缺")
    for part in ("看进退群", "1. 点群名", "4. 点“添加管理员”，选我"):
        assert part in lacks["text"]
    await scene.tap(LI, "新建班组“巡检四班”")
    made = await scene.last(LI)
    assert made.startswith("已新建班组巡检四班（第一党支部）")
    await scene.tap(LI, "改名")
    await scene.say(LI, "检修四班")
    assert await scene.last(LI) == "班组已改名：巡检四班 → 检修四班。"
    robot = scene.world.world.bot.id
    await scene.act("member", **{"as": LI}, chat=new, user=robot, status="administrator")
    await scene.forward(seconds=6)
    assert (await scene.find(LI, "权限齐了"))["message_id"] == lacks["message_id"]
    await scene.morning()
    assert "早会微学 · 11月23日" in await scene.last(CHEN, new)


async def test_a_first_tap_in_a_team_that_a_secretary_made_is_approved_by_them(
    scene: Scene,
) -> None:
    new = await new_group(scene, LI, "巡检四班", "administrator")
    await scene.tap(LI, "新建班组“巡检四班”")
    await scene.morning()
    assert "已请班组长确认" in await scene.tap(CHEN, "已学", new)
    await scene.tap(LI, "通过")
    await scene.forward(seconds=6)
    assert (await scene.card(CHEN, new))["text"].endswith("已学 1/1")


async def test_the_group_is_counted_and_the_roster_shows_it(scene: Scene) -> None:
    robot = scene.world.world.bot.id
    people = len(scene.world.world.chats[ONE].inside()) - 1
    assert scene.world.world.chats[ONE].holds(robot)
    await scene.say(ZHAO, "/team")
    await scene.forward(seconds=6)
    text = (await scene.find(ZHAO, "名册"))["text"]
    assert "名册 5 人，已报到 4，待认领 1" in text
    assert f"群里 {people} 人，从未露面 1" in text, "吴九; the secretaries are known"
    await scene.say(ZHANG, "/team", ONE)
    assert "从未露面 1" in await scene.last(ZHANG, ONE)
    assert "吴九" not in await scene.last(ZHANG, ONE)


async def test_telegram_that_does_not_count_is_asked_again_later(scene: Scene) -> None:
    await scene.fault("flood", "getChatMemberCount", n=1, seconds=1)
    await scene.say(ZHAO, "/team")
    assert "正在清点" in await scene.last(ZHAO)
    await scene.mend()
    await scene.forward(minutes=6)
    await scene.forward(seconds=6)
    assert "从未露面 1" in (await scene.find(ZHAO, "名册"))["text"]


async def test_who_leaves_is_suggested_and_taken_off_with_two_taps(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 周五前交报告", ONE)
    await scene.morning()
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=ZHANG, status="left")
    question = await scene.find(ZHAO, "退出了")
    assert question["text"] == "张三退出了“一班”，还在一班的名册里。要移出吗？"
    assert len(await scene.rows(Departure)) == 1
    assert (await scene.card(ZHAO))["text"].endswith("已学 0/4"), "nobody is taken off by that"
    await scene.tap(ZHAO, "移出名册")
    await scene.tap(ZHAO, "确定移出")
    await scene.forward(seconds=6)
    assert (await scene.card(ZHAO))["text"].endswith("已学 0/3")
    (kept,) = await scene.rows(Commitment)
    assert kept.state is Progress.OPEN


async def test_who_comes_is_offered_a_place(scene: Scene) -> None:
    for person in (SUN, CHEN):
        await scene.act("member", **{"as": ZHAO}, chat=ONE, user=person, status="member")
    texts = await scene.texts(ZHAO, ONE)
    assert sum("欢迎新来的同事" in text for text in texts) == 1
    assert await scene.tap(WU, "报到", ONE) == "吴九，报到成功，欢迎加入一班。"


async def test_a_transfer_takes_what_is_open_along(scene: Scene) -> None:
    await scene.say(ZHANG, "/start")
    await scene.say(ZHANG, "/commit 周五前交报告", ONE)
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    await scene.say(LI, "/team 一班")
    await scene.tap(LI, "张三")
    await scene.tap(LI, "调到其他班组")
    await scene.tap(LI, "第一党支部 · 二班")
    await scene.tap(LI, "调到二班")
    assert "#1 → #1 交报告" in await scene.last(LI)
    assert "你已从一班调到二班" in (await scene.find(ZHANG, "调到"))["text"]
    await scene.act("member", **{"as": SUN}, chat=TWO, user=ZHANG, status="member")
    assert "本班组第 1 位" in await scene.tap(ZHANG, "已学", TWO)
    await scene.say(ZHANG, "完成 1", TWO)
    (kept,) = await scene.rows(Commitment)
    assert kept.state is Progress.CLAIMED
    assert len(await scene.rows(CheckIn)) == 2
    await scene.forward(seconds=6)
    assert (await scene.card(ZHAO))["text"].endswith("已学 1/4"), "what was studied stays counted"


async def test_buttons_of_a_roster_are_of_no_use_to_others(scene: Scene) -> None:
    await scene.say(SUN, "/team")
    message = (await scene.messages(SUN))[-1]["message_id"]
    (mine,) = [row.id for row in await scene.rows(Member) if row.team_id == 1 and row.tags]
    for data in (f"ms:{mine}:retired", f"ms:{mine}:show", "rt:1:0", f"mt:{mine}:2:1", "rx:1"):
        assert await scene.forge(SUN, SUN, message, data)
    assert not [row for row in await scene.rows(Member) if row.retired_at]
    for data in ("ms:1:nonsense", "ms::show", "rt:1:-1", "mt:1:2:7", "rs:999999999999"):
        await scene.forge(SUN, SUN, message, data)
    assert not [row for row in await scene.rows(Member) if row.retired_at]


async def test_a_roster_goes_out_as_a_file_and_comes_back_changed(scene: Scene) -> None:
    await scene.say(LI, "/team 一班")
    await scene.tap(LI, "导出 Excel")
    sent = (await scene.messages(LI))[-1]
    assert sent["document"]["file_name"] == "名册_一班_20261123.xlsx"
    assert sent["caption"].startswith("改好后把文件发回给我")
    data = (await scene.http.get(sent["document"]["url"])).content
    book = load_workbook(BytesIO(data))
    page = book["成员"]
    names = {row[2].value: row for row in page.iter_rows(min_row=2)}
    names["张三"][2].value = "张三丰"
    page.append(["", "一班", "新来的", "", "", "", ""])
    out = BytesIO()
    book.save(out)
    await scene.send_file(LI, "名册.xlsx", out.getvalue())
    await scene.settle()
    assert (
        "新增 1，变更 1，移出 0，调动 0。还没有生效" in (await scene.find(LI, "会改这些"))["text"]
    )
    await scene.tap(LI, "生效")
    assert "已生效" in await scene.last(LI)
    await scene.say(ZHANG, "/start")
    assert "张三丰" in await scene.last(ZHANG)
