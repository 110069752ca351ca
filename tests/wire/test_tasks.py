"""Tasks and rectifications as people see them: assigned, taken on, found hard, done, verified."""

from datetime import datetime

from storage.kinds import Act, Origin, Progress
from storage.tables import Commitment, CommitmentAct
from tests.wire.scene import (
    CHEN,
    DENIED,
    LI,
    ONE,
    SI,
    TWO,
    WANG,
    ZHANG,
    ZHAO,
    ZHOU,
    ZONE,
    Scene,
    labels,
)

LEDGER = "/assign 张三 王五 周五前 完成台账 标准：账物相符 风险：漏登"
HEAD = "任务：完成台账\n布置：赵班长\n标准：账物相符\n风险：漏登\n期限：11月27日 周五 18:00\n"


async def opened(scene: Scene, *users: int) -> None:
    """These have opened the private chat."""
    for user in users:
        await scene.say(user, "/start")


async def states(scene: Scene) -> list[Progress]:
    return [row.state for row in await scene.rows(Commitment)]


async def test_from_assigned_to_verified(scene: Scene) -> None:
    await opened(scene, ZHANG, WANG, ZHAO)
    await scene.say(ZHAO, LEDGER, ONE)
    group = (await scene.messages(ZHAO, ONE))[-1]
    assert group["text"] == f"{HEAD}#1 张三 · 待接受\n#2 王五 · 待接受"
    assert labels(group) == ["接受", "说明困难", "完成", "撤回任务"]
    assert (await scene.last(ZHANG)).startswith("一班 #1 任务：完成台账\n标准：账物相符\n")

    assert await scene.tap(ZHANG, "接受") == "#1 已接受。"
    assert await scene.tap(ZHANG, "接受", ONE) == "#1 之前已经接受。"
    await scene.tap(WANG, "说明困难")
    assert (await scene.last(WANG)).startswith("#2 完成台账\n有什么困难？")
    await scene.say(WANG, "缺少 <i>上月</i> 数据")
    assert await scene.last(WANG) == "#2 的困难已记录，已告诉 赵班长。"
    await scene.forward(seconds=6)
    assert (await scene.messages(ZHAO, ONE))[-1]["text"] == (
        f"{HEAD}#1 张三 · 已接受\n#2 王五 · 有困难"
    ), "the group has one message"
    assert await scene.last(ZHAO) == ("一班 #2 王五：完成台账\n说明困难：缺少 <i>上月</i> 数据")

    assert await scene.tap(ZHAO, "仍请完成") == "已告诉 王五：仍请完成。"
    await scene.forward(seconds=6)
    assert (await scene.last(WANG)).startswith("赵班长 看了你说明的困难，仍请完成：\n\n一班 #2")
    await scene.tap(WANG, "接受")
    await scene.say(WANG, "完成 2 已核对", ONE)
    assert await scene.tap(ZHANG, "完成", ONE) == "#1 已完成。"
    await scene.to(datetime(2026, 11, 23, 8, 0, tzinfo=ZONE))
    await scene.tap(ZHAO, "#2 王五 完成台账")
    assert "标准：账物相符" in await scene.last(ZHAO)
    assert await scene.tap(ZHAO, "通过") == "#2 验收通过。"
    await scene.forward(seconds=6)
    group = await scene.find(ZHAO, "任务：完成台账", ONE)
    assert group["text"] == f"{HEAD}#1 张三 · ✅ 已完成，待验收\n#2 王五 · ✅ 验收通过"
    assert group["buttons"] is None
    assert await states(scene) == [Progress.CLAIMED, Progress.VERIFIED]


async def test_its_owner_cannot_take_it_back_and_a_stranger_nothing(scene: Scene) -> None:
    await opened(scene, ZHANG, CHEN, ZHOU)
    await scene.say(ZHAO, "/assign 张三 周五前 完成台账", ONE)
    group = (await scene.messages(ZHAO, ONE))[-1]["message_id"]
    assert await scene.tap(ZHANG, "撤回任务", ONE) == DENIED
    own = (await scene.messages(ZHANG))[-1]["message_id"]
    refused = "任务由 赵班长 布置，不能自己撤回。有困难请点“说明困难”。"
    assert await scene.forge(ZHANG, ZHANG, own, "cw:1") == refused
    for data in ("tw:1", "to:1", "tg:1", "tq:1:1", "ti:1:1"):
        assert await scene.forge(ZHANG, ZHANG, own, data) == DENIED
    for user, chat in ((CHEN, CHEN), (ZHOU, ZHOU), (WANG, ONE)):
        at = group
        if chat != ONE:
            at = (await scene.messages(user))[-1]["message_id"]
        for data in ("tk:1", "th:1", "tf:1", "tw:1", "to:1", "tg:1", "ti:1:1", "tq:1:1"):
            assert await scene.forge(user, chat, at, data)
    assert await states(scene) == [Progress.OPEN]
    assert [act.act for act in await scene.rows(CommitmentAct)] == [Act.MADE]
    assert await scene.tap(ZHAO, "撤回任务", ONE) == "#1 已撤回。"
    await scene.forward(seconds=6)
    assert await scene.last(ZHANG) == "赵班长 撤回了任务：一班 #1 完成台账"
    assert (await scene.messages(ZHAO, ONE))[-1]["text"].endswith("#1 张三 · 已撤回")


async def test_a_reply_in_the_group_names_whom_it_answers(scene: Scene) -> None:
    said = await scene.say(SI, "3号泵漏油", ONE)
    await scene.say(ZHAO, "/assign 今天 更换密封件", ONE, reply_to=said)
    assert "#1 李四 · 待接受" in await scene.last(ZHAO, ONE)
    assert await scene.tap(SI, "接受", ONE) == "#1 已接受。", "without a private chat"
    await scene.forward(seconds=6)
    shown = await scene.find(SI, "#1 李四 · 已接受", ONE)
    await scene.say(SI, "完成", ONE, reply_to=shown["message_id"])
    assert await states(scene) == [Progress.CLAIMED]


async def test_a_secretary_assigns_to_several_teams_from_the_private_chat(scene: Scene) -> None:
    await opened(scene, ZHANG, CHEN)
    await scene.say(LI, "/assign 张三、陈六、李四 明天下午3点 交报告")
    shown = (await scene.messages(LI))[-1]
    assert shown["text"].endswith(
        "期限：明天 11月24日 周二 15:00\n"
        "一班 #1 张三 · 待接受\n一班 #2 李四 · 待接受\n二班 #1 陈六 · 待接受"
    )
    assert "#2 李四 · 待接受" in await scene.last(SI, ONE), "who has no private chat"
    assert await scene.texts(CHEN, TWO) == []
    await scene.tap(CHEN, "接受")
    await scene.forward(seconds=6)
    assert (await scene.last(LI)).endswith("二班 #1 陈六 · 已接受")
    await scene.tap(LI, "撤回任务")
    await scene.tap(LI, "全部撤回（3 项）")
    assert (await scene.last(LI)).endswith("没有进行中的了。")
    assert set(await states(scene)) == {Progress.WITHDRAWN}


async def test_what_was_returned_becomes_a_rectification(scene: Scene) -> None:
    await scene.say(ZHANG, "承诺 清理配电房")
    await scene.tap(ZHANG, "完成")
    await scene.to(datetime(2026, 11, 23, 8, 0, tzinfo=ZONE))
    await scene.tap(ZHAO, "#1 张三 清理配电房")
    await scene.tap(ZHAO, "退回")
    await scene.tap(ZHAO, "没有做完")
    await scene.tap(ZHAO, "转整改")
    assert (await scene.last(ZHAO)).startswith("#1 张三 转整改\n问题：没有做完\n")
    assert await scene.tap(ZHAO, "11月27日 周五") == "已转为整改 #2，会告诉 张三。"
    await scene.forward(seconds=6)
    assert await scene.last(ZHAO) == (
        "整改 · 赵班长 布置\n问题：没有做完\n措施：清理配电房\n"
        "期限：11月27日 周五 18:00\n#2 张三 · 待接受"
    )
    assert (await scene.last(ZHANG)).startswith(
        "一班 #2 整改\n问题：没有做完\n措施：清理配电房\n布置：赵班长\n"
    )
    found = [(row.origin, row.state) for row in await scene.rows(Commitment)]
    assert found == [
        (Origin.PLEDGE, Progress.WITHDRAWN),
        (Origin.RECTIFICATION, Progress.OPEN),
    ]
    await scene.tap(ZHANG, "接受")
    await scene.forward(seconds=6)
    assert (await scene.last(ZHAO)).endswith("#2 张三 · 已接受")
