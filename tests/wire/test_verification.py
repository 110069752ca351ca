"""What is reported as done is looked at by somebody else: passed, returned, or closed in time."""

from datetime import datetime

from storage.kinds import Act, Progress
from storage.tables import Commitment, CommitmentAct
from tests.sandbox.play import picture
from tests.wire.scene import DENIED, LI, ONE, OWNER, SUN, ZHANG, ZHAO, ZHOU, ZONE, Scene

LIST = "一班 待验收"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


async def reported(scene: Scene, *texts: str) -> None:
    """张三 promised some things, and says that they are done."""
    for text in texts:
        await scene.say(ZHANG, f"承诺 {text}")
        await scene.tap(ZHANG, "完成")
    await scene.to(at(23, 8, 0))


async def states(scene: Scene) -> list[Progress]:
    return [row.state for row in await scene.rows(Commitment)]


async def test_the_leader_has_one_list_a_day_from_eight_on(scene: Scene) -> None:
    await scene.say(ZHANG, "承诺 清理配电房")
    await scene.tap(ZHANG, "完成")
    await scene.forward(seconds=20)
    assert LIST not in "\n".join(await scene.texts(ZHAO)), "nobody is woken"
    await scene.to(at(23, 8, 0))
    assert (await scene.last(ZHAO)).startswith("一班 待验收 · 1 项\n#1 张三：清理配电房 · 今天")
    await scene.say(ZHANG, "承诺 更换灭火器")
    await scene.tap(ZHANG, "完成")
    await scene.forward(seconds=20)
    lists = [text for text in await scene.texts(ZHAO) if text.startswith(LIST)]
    assert len(lists) == 1
    assert lists[0].startswith("一班 待验收 · 2 项\n")


async def test_passed_with_a_tap_and_shown_to_all(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 清理配电房", ONE)
    await scene.send_file(ZHANG, "done.png", picture(), "完成 1 已清理", ONE)
    await scene.to(at(23, 8, 0))
    await scene.tap(ZHAO, "#1 张三 清理配电房")
    shown = (await scene.messages(ZHAO))[-1]
    assert shown["caption"].startswith("#1 张三：清理配电房\n期限：今天 11月23日 周一 18:00\n")
    assert "说明：已清理" in shown["caption"]
    assert await scene.tap(ZHAO, "通过") == "#1 验收通过。"
    assert (await scene.messages(ZHAO))[-1]["caption"].endswith("✅ 赵班长 验收通过")
    await scene.forward(seconds=6)
    await scene.find(ZHANG, "✅ 已完成，验收通过", ONE)
    await scene.find(ZHAO, "一班 没有待验收的承诺。")
    assert await states(scene) == [Progress.VERIFIED]


async def test_given_back_with_a_reason_it_is_open_again(scene: Scene) -> None:
    await reported(scene, "清理配电房")
    await scene.tap(ZHAO, "#1 张三 清理配电房")
    await scene.tap(ZHAO, "退回")
    await scene.tap(ZHAO, "没有做完")
    assert await states(scene) == [Progress.OPEN]
    await scene.forward(seconds=6)
    assert (await scene.last(ZHANG)).startswith(
        "赵班长 退回了 #1 清理配电房：没有做完\n\n一班 #1 清理配电房\n期限："
    )
    assert await scene.tap(ZHANG, "完成") == "#1 已完成。"
    await scene.forward(seconds=20)
    assert await states(scene) == [Progress.CLAIMED]
    await scene.find(ZHAO, "一班 待验收 · 1 项")


async def test_a_reason_may_be_written(scene: Scene) -> None:
    await reported(scene, "清理配电房")
    await scene.tap(ZHAO, "#1 张三 清理配电房")
    shown = (await scene.messages(ZHAO))[-1]["message_id"]
    await scene.say(ZHAO, "做得不错", reply_to=shown)
    assert await states(scene) == [Progress.CLAIMED], "only where a reason was asked for"
    await scene.tap(ZHAO, "退回")
    await scene.say(ZHAO, "长" * 201, reply_to=shown)
    assert await scene.last(ZHAO) == "原因请控制在200字以内，这条有201字，没有退回。"
    await scene.say(ZHAO, "地面还有 <b>油</b>", reply_to=shown)
    assert await scene.last(ZHAO) == "#1 已退回，会告诉本人。"
    act = (await scene.rows(CommitmentAct))[-1]
    assert (act.act, act.text) == (Act.RETURNED, "地面还有 <b>油</b>")
    await scene.forward(seconds=6)
    assert "地面还有 <b>油</b>" in await scene.last(ZHANG)


async def test_the_next_words_are_the_reason_and_later_ones_are_not(scene: Scene) -> None:
    await reported(scene, "清理配电房")
    await scene.tap(ZHAO, "#1 张三 清理配电房")
    await scene.say(ZHAO, "做得不错")
    assert await states(scene) == [Progress.CLAIMED], "nobody asked"
    await scene.tap(ZHAO, "#1 张三 清理配电房")
    await scene.tap(ZHAO, "退回")
    await scene.tap(ZHAO, "返回")
    await scene.say(ZHAO, "再看看")
    assert await states(scene) == [Progress.CLAIMED], "it was not to be returned after all"
    await scene.tap(ZHAO, "退回")
    await scene.say(ZHAO, "照片看不清，重拍")
    assert await scene.last(ZHAO) == "#1 已退回，会告诉本人。"
    assert await states(scene) == [Progress.OPEN]
    await scene.say(ZHAO, "谢谢")
    assert len([row for row in await scene.rows(CommitmentAct) if row.act is Act.RETURNED]) == 1


async def test_all_at_once_means_all_that_was_shown(scene: Scene) -> None:
    await reported(scene, "清理配电房", "更换灭火器")
    (shown,) = [m for m in await scene.messages(ZHAO) if (m["text"] or "").startswith(LIST)]
    await scene.say(ZHANG, "承诺 检查车辆")
    await scene.tap(ZHANG, "完成")
    assert await scene.tap(ZHAO, "全部通过（2 项）", message=shown) == "2 项验收通过。"
    assert await states(scene) == [Progress.VERIFIED, Progress.VERIFIED, Progress.CLAIMED]


async def test_nobody_verifies_their_own_and_a_leaders_goes_to_the_secretary(scene: Scene) -> None:
    await scene.say(ZHAO, "承诺 清理配电房")
    await scene.tap(ZHAO, "完成")
    await scene.to(at(23, 8, 0))
    assert LIST not in "\n".join(await scene.texts(ZHAO))
    await scene.tap(LI, "#1 赵班长 清理配电房")
    assert await scene.tap(LI, "通过") == "#1 验收通过。"


async def test_a_forged_tap_changes_nothing(scene: Scene) -> None:
    await reported(scene, "清理配电房")
    act = (await scene.rows(CommitmentAct))[-1].id
    await scene.say(ZHANG, "/my")
    mine = (await scene.messages(ZHANG))[-1]["message_id"]
    assert await scene.forge(ZHANG, ZHANG, mine, f"vy:1:{act}") == DENIED
    for other in (SUN, ZHOU):
        await scene.say(other, "/help")
        theirs = (await scene.messages(other))[-1]["message_id"]
        for data in (f"vy:1:{act}", f"vn:1:{act}:0", f"vl:1:{act}", f"va:1:{act}"):
            await scene.forge(other, other, theirs, data)
    await scene.say(ZHAO, "/help")
    his = (await scene.messages(ZHAO))[-1]["message_id"]
    for data in (f"vy:1:{act + 1}", f"vy:7:{act}", f"vn:1:{act}:9", f"va:9:{act}"):
        await scene.forge(ZHAO, ZHAO, his, data)
    assert await states(scene) == [Progress.CLAIMED]


async def test_of_two_who_judge_the_first_one_counts(scene: Scene) -> None:
    await reported(scene, "清理配电房")
    act = (await scene.rows(CommitmentAct))[-1].id
    await scene.tap(ZHAO, "#1 张三 清理配电房")
    await scene.say(OWNER, "/help")
    theirs = (await scene.messages(OWNER))[-1]["message_id"]
    assert await scene.forge(OWNER, OWNER, theirs, f"vy:1:{act}") == "#1 验收通过。"
    assert (await scene.tap(ZHAO, "退回")).startswith("这一项已经有了结果")
    assert await states(scene) == [Progress.VERIFIED]


async def test_after_three_workdays_it_is_closed_as_not_verified(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 清理配电房", ONE)
    await scene.say(ZHANG, "完成 1", ONE)
    await scene.to(at(26, 23, 0))
    assert await states(scene) == [Progress.CLAIMED]
    await scene.to(at(27, 0, 1))
    assert await states(scene) == [Progress.UNVERIFIED]
    await scene.forward(seconds=6)
    await scene.find(ZHANG, "✅ 已完成，没有人验收", ONE)


async def test_a_teams_own_day_off_is_none_of_the_three(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 清理配电房", ONE)
    await scene.say(ZHANG, "完成 1", ONE)
    await scene.say(ZHAO, "/plan 11月25日放假")
    await scene.to(at(27, 0, 1))
    assert await states(scene) == [Progress.CLAIMED]
    await scene.to(at(30, 0, 1))
    assert await states(scene) == [Progress.UNVERIFIED]
