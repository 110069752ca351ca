from storage import people
from storage.kinds import LeaveReason
from storage.tables import Leave
from tests.wire.scene import CHEN, DENIED, LI, ONE, SI, SUN, TWO, WANG, ZHANG, ZHAO, Scene


async def counter(scene: Scene) -> str:
    """What the newest card of the first team counts."""
    await scene.forward(seconds=6)
    return str((await scene.card())["text"].rpartition("\n")[2])


async def test_one_tap_takes_me_out_of_the_count_without_a_word_to_the_group(
    scene: Scene,
) -> None:
    await scene.morning()
    told = await scene.tap(WANG, "请假", ONE)
    assert told == "已记录：11月23日 周一 请假，不计入应到。"
    assert await counter(scene) == "已学 0/3"
    assert len(await scene.messages(WANG, ONE)) == 1
    assert (await scene.last(WANG)).startswith("🌿 一班：11月23日 周一 请假，不计入应到")
    assert (await scene.tap(WANG, "请假", ONE)).startswith("已经记过：11月23日 周一 请假。")
    assert len(await scene.rows(Leave)) == 1


async def test_the_reason_and_the_days_are_a_tap_each(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(WANG, "请假", ONE)
    await scene.tap(WANG, "倒班")
    told = await scene.tap(WANG, "到 11月27日 周五")
    assert told == "已记录：11月23日 周一 至 11月27日 周五 倒班，不计入应到。"
    (leave,) = await scene.rows(Leave)
    assert (leave.reason, leave.last.isoformat()) == (LeaveReason.SHIFT, "2026-11-27")
    await scene.morning()
    assert await counter(scene) == "已学 0/3", "still away on Tuesday"


async def test_leave_taken_back_counts_me_again(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(WANG, "请假", ONE)
    assert await counter(scene) == "已学 0/3"
    assert await scene.tap(WANG, "撤销") == "已撤销，照常计入应到。"
    assert await counter(scene) == "已学 0/4"
    assert await scene.rows(Leave) == []


async def test_who_has_no_private_chat_is_excused_all_the_same(scene: Scene) -> None:
    await scene.morning()
    told = await scene.tap(SI, "请假", ONE)
    assert told == "已记录：11月23日 周一 请假，不计入应到。"
    assert await counter(scene) == "已学 0/3"


async def test_a_line_takes_leave_for_days_to_come(scene: Scene) -> None:
    await scene.say(ZHANG, "/leave 周三到周五 倒班")
    assert "11月25日 周三 至 11月27日 周五 倒班" in await scene.last(ZHANG)
    counts = []
    for _ in range(6):
        await scene.morning()
        counts.append((await scene.card())["text"][-3:])
    assert counts == ["0/4", "0/4", "0/3", "0/3", "0/3", "0/4"], "Monday to Monday"


async def test_leave_asked_for_in_the_group_is_answered_in_private(scene: Scene) -> None:
    await scene.say(ZHANG, "/leave 明天 外勤", ONE)
    assert await scene.texts(ZHANG, ONE) == ["/leave 明天 外勤"]
    assert "11月24日 周二 外勤" in await scene.last(ZHANG)


async def test_cancelling_takes_back_what_lies_ahead(scene: Scene) -> None:
    await scene.say(ZHANG, "/leave 今天到周五")
    await scene.forward(days=1)
    await scene.say(ZHANG, "/leave 取消")
    assert await scene.last(ZHANG) == "已撤销，照常计入应到。"
    (leave,) = await scene.rows(Leave)
    assert leave.last.isoformat() == "2026-11-23", "yesterday stays excused"
    await scene.say(ZHANG, "/leave 取消")
    assert await scene.last(ZHANG) == "从今天起没有请假记录，没有改动。"


async def test_a_leader_excuses_somebody_of_the_own_team_only(scene: Scene) -> None:
    await scene.say(SUN, "/leave 张三 今天 外勤")
    assert await scene.last(SUN) == "在你负责的班组里没有找到“张三”，没有记录。"
    await scene.say(ZHANG, "/leave 王五 今天")
    assert await scene.last(ZHANG) == DENIED
    await scene.say(ZHANG, "/leave 去医院")
    assert (await scene.last(ZHANG)).startswith("没看懂是哪几天。")
    assert await scene.rows(Leave) == []
    await scene.say(ZHAO, "/leave 张三 今天 外勤")
    assert await scene.last(ZHAO) == "已为一班 张三 记录：11月23日 周一 外勤。"
    await scene.morning()
    assert (await scene.card())["text"].endswith("已学 0/3")
    await scene.forward(hours=2)
    assert "请假（1）：张三（外勤）" in await scene.last(ZHAO)


async def test_a_leader_takes_the_leave_of_somebody_back(scene: Scene) -> None:
    await scene.morning()
    await scene.say(ZHAO, "/leave 张三 今天到周五")
    await scene.say(SUN, "/leave 张三 取消")
    assert await scene.last(SUN) == "在你负责的班组里没有找到“张三”，没有记录。"
    await scene.say(WANG, "/leave 张三 取消")
    assert await scene.last(WANG) == DENIED
    assert await counter(scene) == "已学 0/3"
    await scene.say(ZHAO, "/leave 张三 取消")
    assert await scene.last(ZHAO) == "已撤销一班 张三 从今天起的请假，照常计入应到。"
    assert await counter(scene) == "已学 0/4"
    await scene.say(ZHAO, "/leave 张三 取消")
    assert await scene.last(ZHAO) == "一班 张三 从今天起没有请假记录，没有改动。"


async def test_of_two_with_one_name_nobody_is_excused_by_chance(scene: Scene) -> None:
    async with scene.app.database.begin() as session:
        chen = await people.by_telegram(session, CHEN)
        assert chen is not None
        chen.name = "张三"
        session.add(chen)
    await scene.say(LI, "/leave 张三 今天")
    assert (await scene.last(LI)).startswith("有几位“张三”：一班、二班。没有记录")
    await scene.say(LI, "/leave 张三 今天", TWO)
    assert await scene.last(LI, TWO) == "已为二班 张三 记录：11月23日 周一 请假。"


async def test_days_that_cannot_be_are_refused_with_a_reason(scene: Scene) -> None:
    await scene.say(ZHANG, "/leave 周五到周三")
    assert "结束不能早于开始" in await scene.last(ZHANG)
    await scene.say(ZHANG, "/leave 昨天")
    assert "请假最早从今天开始" in await scene.last(ZHANG)
    await scene.say(ZHANG, "/leave 等我想好")
    assert await scene.rows(Leave) == []


async def test_who_studied_although_on_leave_is_counted_as_studied(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(WANG, "请假", ONE)
    assert await scene.tap(WANG, "已学", ONE) == "✅ 已学，本班组第 1 位，07:50"
    assert await counter(scene) == "已学 1/4"
