"""Tasks and rectifications as people see them: assigned, taken on, found hard, done, verified."""

from datetime import datetime
from io import BytesIO

from openpyxl import Workbook, load_workbook

from handlers.words import pack_sheets
from handlers.words.voice import Voice
from storage.kinds import Act, Origin, Progress
from storage.tables import Announcement, Commitment, CommitmentAct, SentPack
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


def sheet(rows: list[list[str]]) -> bytes:
    """A list of tasks as a spreadsheet program saves it."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "十一月"
    page.append(["班组", "责任人", "任务", "完成时限", "标准", "问题"])
    for row in rows:
        page.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


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


async def test_a_list_of_twenty_is_mended_and_assigned_as_a_whole(scene: Scene) -> None:
    await opened(scene, ZHANG, LI)
    rows = [["一班", "张三", f"第{number}项", "周五前", "齐全", ""] for number in range(1, 19)]
    rows += [["二班", "陈六", "清理 <b>现场</b>", "11月27日", "", "油污"]]
    rows += [["", "李四、王五", "检查车辆", "月底", "", ""]]
    faulty = [list(row) for row in rows]
    faulty[1][1], faulty[4][3], faulty[18][0] = "张山", "尽快", "巡护队"
    await scene.send_file(LI, "任务.xlsx", sheet(faulty))
    assert await scene.last(LI) == (
        "❌ 任务.xlsx 有 3 处问题，一项也没有布置：\n"
        "· 十一月!B3  没有找到“张山”，请按名单上的姓名填。\n"
        "· 十一月!D6  “尽快”读不出日期，请写成 11月27日 或 2026-11-27。\n"
        "· 十一月!A20  没有“巡护队”这个班组，或者不归你管。\n"
        "改好后，把文件重新发给我。"
    )
    await scene.send_file(LI, "任务.xlsx", sheet(rows))
    offer = (await scene.messages(LI))[-1]
    assert offer["text"].startswith("📋 任务.xlsx\n20 项任务，4 人，2 个班组。")
    assert offer["text"].endswith("还有 12 项")
    assert await scene.rows(Commitment) == []
    assert await scene.rows(Announcement) == []
    await scene.tap(LI, "布置", message=offer)
    assert (await scene.last(LI)).startswith("✅ 任务.xlsx 已布置：20 项任务，4 人。")
    for row in await scene.rows(SentPack):
        assert await scene.forge(LI, LI, offer["message_id"], f"tl:{row.id}")
    assert len(await scene.rows(Commitment)) == 21
    assert (await scene.last(ZHANG)).startswith("李书记 给你布置了 18 项任务：\n#1 第1项 · ")
    assert "#19 李四：检查车辆" in await scene.last(SI, ONE)
    assert "清理 <b>现场</b>" in "\n".join([row.text for row in await scene.rows(Commitment)])
    assert await scene.tap(ZHANG, "全部接受") == "18 项已接受。"
    await scene.tap(ZHANG, "#2 第2项")
    assert (await scene.last(ZHANG)).endswith("已接受")
    await scene.tap(LI, "我布置的")
    await scene.tap(LI, "检查车辆（2 人）")
    assert (await scene.last(LI)).endswith("\n#19 李四 · 待接受\n#20 王五 · 待接受")


async def test_the_template_comes_as_a_file_that_can_be_sent_back(scene: Scene) -> None:
    await opened(scene, ZHAO)
    await scene.say(ZHAO, "/assign")
    await scene.tap(ZHAO, "任务清单模板")
    template = (await scene.messages(ZHAO))[-1]["document"]
    assert template["file_name"] == "任务清单模板.xlsx"
    book = load_workbook(BytesIO((await scene.http.get(template["url"])).content))
    book.worksheets[0].append(["", "张三", "完成台账", "周五前", "", "", "", "", "账物不符"])
    out = BytesIO()
    book.save(out)
    await scene.send_file(ZHAO, "整改.xlsx", out.getvalue())
    assert (await scene.last(ZHAO)).endswith("· 一班 张三：整改 · 完成台账，11月27日 周五 18:00")
    await scene.tap(ZHAO, "布置")
    (row,) = await scene.rows(Commitment)
    assert row.origin is Origin.RECTIFICATION


async def test_a_leaders_other_workbook_is_no_list(scene: Scene) -> None:
    await scene.send_file(ZHAO, "pack.xlsx", pack_sheets.template(Voice("zh")))
    shown = (await scene.messages(ZHAO))[-1]
    assert shown["text"].startswith("pack.xlsx 不是任务清单，没有改动。")
    assert labels(shown) == ["任务清单模板"]
