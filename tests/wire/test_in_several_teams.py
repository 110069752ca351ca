"""One person in two teams: each answer and button says which team it is of."""

from storage import people
from storage.kinds import LeaveReason
from storage.tables import CheckIn, Commitment, Leave, Person, Team
from tests.wire.scene import ONE, TWO, ZHANG, ZHAO, Scene, labels


async def both(scene: Scene) -> None:
    """张三 is in 二班 as well."""
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=ZHANG, status="member")
    await scene.act("member", **{"as": 102}, chat=TWO, user=ZHANG, status="member")
    ids = {row.name: row.id for row in await scene.rows(Team)}
    (person,) = [row for row in await scene.rows(Person) if row.telegram_id == ZHANG]
    async with scene.app.database.begin() as session:
        own = await session.get_one(Person, person.id)
        await people.enrol(session, ids["二班"], own, scene.clock())
    await scene.say(ZHANG, "/start")


async def test_each_card_counts_its_own(scene: Scene) -> None:
    await both(scene)
    await scene.morning()
    assert (await scene.tap(ZHANG, "已学", ONE)).startswith("✅ 已学，本班组第 1 位")
    assert len(await scene.rows(CheckIn)) == 1
    await scene.forward(minutes=56)
    nudges = [text for text in await scene.texts(ZHANG) if "还没点“已学”" in text]
    assert len(nudges) == 1
    assert "二班" in nudges[0]
    await scene.tap(ZHANG, "已学")
    assert len(await scene.rows(CheckIn)) == 2


async def test_my_list_and_its_buttons_name_the_teams(scene: Scene) -> None:
    await both(scene)
    await scene.say(ZHANG, "/commit 周五前交报告", ONE)
    await scene.say(ZHANG, "/commit 周五前清库房", TWO)
    await scene.say(ZHANG, "/my")
    mine = (await scene.messages(ZHANG))[-1]
    assert "交报告" in mine["text"]
    assert "（一班）" in mine["text"]
    assert "（二班）" in mine["text"]
    await scene.say(ZHANG, "完成 1")
    which = (await scene.messages(ZHANG))[-1]
    assert any("一班" in label for label in labels(which))
    assert any("二班" in label for label in labels(which))
    assert {row.state for row in await scene.rows(Commitment)} == {"open"}
    await scene.say(ZHANG, "/start")
    assert "一班、二班" in await scene.last(ZHANG)


async def test_leave_is_said_of_both_and_changed_and_taken_back_in_both(scene: Scene) -> None:
    await both(scene)
    await scene.say(ZHANG, "/leave 今天")
    said = await scene.last(ZHANG)
    assert said.startswith("🌿 一班、二班：11月23日")
    await scene.tap(ZHANG, "倒班")
    await scene.tap(ZHANG, "到 11月27日 周五")
    rows = await scene.rows(Leave)
    assert {(row.reason, row.last.isoformat()) for row in rows} == {
        (LeaveReason.SHIFT, "2026-11-27")
    }
    assert len(rows) == 2
    await scene.tap(ZHANG, "撤销")
    assert await scene.rows(Leave) == []


async def test_leave_that_was_said_in_one_group_is_of_that_team(scene: Scene) -> None:
    await both(scene)
    await scene.morning()
    await scene.tap(ZHANG, "请假", ONE)
    assert (await scene.last(ZHANG)).startswith("🌿 一班：")
    assert len(await scene.rows(Leave)) == 1
    await scene.say(ZHANG, "/leave 明天")
    await scene.tap(ZHANG, "倒班")
    rows = await scene.rows(Leave)
    assert sorted(row.reason for row in rows) == ["leave", "shift", "shift"]


async def test_a_place_that_is_taken_leaves_the_other(scene: Scene) -> None:
    await both(scene)
    await scene.say(ZHAO, "/team")
    await scene.tap(ZHAO, "张三")
    assert "也在" not in await scene.last(ZHAO), "赵班长 does not look after 二班"
    await scene.tap(ZHAO, "移出名册")
    await scene.tap(ZHAO, "确定移出")
    await scene.morning()
    assert (await scene.tap(ZHANG, "已学", TWO)).startswith("✅ 已学")
