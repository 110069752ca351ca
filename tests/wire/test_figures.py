"""The ledger, the flow and points, as people meet them in their chats."""

from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from storage.tables import Person
from tests.wire.scene import (
    DENIED,
    LI,
    MONDAY,
    ONE,
    OWNER,
    UNKNOWN,
    ZHANG,
    ZHAO,
    ZHOU,
    Scene,
    labels,
)


async def worked(scene: Scene) -> None:
    """A morning; one who studied and promises."""
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    await scene.say(ZHANG, "/commit 11月25日前检修3号泵", ONE)


async def sent(scene: Scene, user: int) -> tuple[str, Any]:
    """The newest file in somebody's chat: its name, and what it holds."""
    messages = reversed(await scene.messages(user))
    file = next(message["document"] for message in messages if message["document"])
    response = await scene.http.get(file["url"])
    response.raise_for_status()
    return file["file_name"], load_workbook(BytesIO(response.content))


async def test_a_secretary_gets_a_ledger_by_two_taps(scene: Scene) -> None:
    await worked(scene)
    await scene.say(LI, "台账")
    await scene.tap(LI, "本月")
    assert await scene.last(LI) == "2026年11月 的台账，要哪个班组的？"
    assert await scene.tap(LI, "一班") == "正在生成 一班 2026年11月 的台账，好了就发到这里。"
    assert await scene.last(LI) == "一班 台账 · 2026年11月"
    name, book = await sent(scene, LI)
    assert name == "台账-一班-2026-11.xlsx"
    assert book.sheetnames == ["汇总", "早会", "打卡", "承诺", "公告", "回执"]
    assert [cell.value for cell in book["承诺"][2]][1:3] == ["张三", "检修3号泵"]


async def test_a_member_may_not_and_another_units_secretary_neither(scene: Scene) -> None:
    await worked(scene)
    await scene.say(LI, "台账 本月")
    asked = (await scene.messages(LI))[-1]
    assert "一班" in labels(asked)
    for user in (ZHANG, ZHOU):
        await scene.say(user, "台账 一班 本月")
        assert await scene.last(user) == DENIED or "不是时间" in await scene.last(user)
        message = (await scene.messages(user))[-1]["message_id"]
        for data in ("fl:1:2026-11-01:2026-11-30", "fl:9:2026-11-01:2026-11-30"):
            assert await scene.forge(user, user, message, data) == DENIED
        assert await scene.forge(user, user, message, "fl:1:x:y") != ""
        assert not any(m["document"] for m in await scene.messages(user))
    await scene.say(ZHANG, "台账")
    assert await scene.last(ZHANG) == DENIED
    await scene.say(ZHANG, "台账在哪里")
    assert await scene.last(ZHANG) == UNKNOWN


async def test_a_name_that_is_a_formula_stays_a_name(scene: Scene) -> None:
    await worked(scene)
    async with scene.app.database.begin() as session:
        person = await session.get_one(Person, await person_id(scene, ZHANG))
        person.name = "=1+1<b>"
    await scene.say(ZHAO, "台账 本月")
    _, book = await sent(scene, ZHAO)
    cell = book["承诺"]["B2"]
    assert (cell.value, cell.data_type) == ("=1+1<b>", "s")


async def person_id(scene: Scene, user: int) -> int:
    return next(row.id for row in await scene.rows(Person) if row.telegram_id == user)


async def test_a_leader_sees_what_came_of_study(scene: Scene) -> None:
    await worked(scene)
    await scene.say(ZHAO, "/flow")
    assert (await scene.last(ZHAO)).startswith(
        "学—诺—行 · 2026-11-23 至 2026-11-29\n\n"
        "一班　学 1 → 诺 1 → 按期 0/1 → 验收 0\n\n学：打卡人次"
    )
    await scene.say(ZHAO, "/status")
    assert (await scene.last(ZHAO)).endswith("本周学诺行：学 1 → 诺 1 → 按期 0/1 → 验收 0")
    await scene.say(OWNER, "学诺行 上周")
    assert "全部（" in await scene.last(OWNER)


async def test_points_are_off_then_ones_own_then_on_a_board(scene: Scene) -> None:
    await worked(scene)
    await scene.say(ZHANG, "/points", ONE)
    assert (await scene.last(ZHANG, ONE)).startswith("积分没有打开，默认关闭。")
    await scene.say(LI, "/switches")
    await scene.tap(LI, "一班")
    assert await scene.tap(LI, "打开积分") == "“积分”已打开"
    before = await scene.texts(ZHANG, ONE)
    await scene.say(ZHANG, "/points", ONE)
    assert (await scene.last(ZHANG)).startswith("积分（一班）：本月 2，今年 2\n")
    assert (await scene.texts(ZHANG, ONE))[len(before) + 1 :] == []
    await scene.say(ZHANG, "/my")
    assert "积分（一班）：本月 2，今年 2" in await scene.last(ZHANG)
    await scene.tap(LI, "打开群里公布积分榜")
    assert "反对强制打卡、积分排名" in await scene.last(LI)
    await scene.tap(LI, "确定打开")
    await scene.say(ZHANG, "/points", ONE)
    assert (await scene.last(ZHANG, ONE)).startswith(
        f"一班 本月积分，截至 {MONDAY.month}月{MONDAY.day}日 周一\n1. 张三　2\n"
    )
