"""Whoever reports something as done can name one member of the team to verify that report."""

from sqlmodel import col, update

from storage.kinds import Act, Progress
from storage.tables import Commitment, CommitmentAct, Member
from tests.sandbox.play import picture
from tests.wire.scene import DENIED, MONDAY, ONE, SI, SUN, WANG, ZHANG, ZHAO, Scene, labels

ASKED = "张三 请你见证：属实点“通过”，否则点“退回”。"


async def reported(scene: Scene, words: str = "完成 1 换好了滤芯 见证：李四") -> int:
    """张三 promised something, and says with a witness that it is done; the act that says so."""
    await scene.say(SI, "/start")
    await scene.say(WANG, "/start")
    await scene.say(ZHANG, "/commit 清理配电房", ONE)
    await scene.say(ZHANG, words, ONE)
    await scene.forward(seconds=6)
    return (await scene.rows(CommitmentAct))[-1].id


async def states(scene: Scene) -> list[Progress]:
    return [row.state for row in await scene.rows(Commitment)]


async def forge(scene: Scene, user: int, data: str) -> str:
    """Somebody taps what was never shown to them."""
    await scene.say(user, "/help")
    message = (await scene.messages(user))[-1]["message_id"]
    return await scene.forge(user, user, message, data)


async def test_the_witness_passes_it(scene: Scene) -> None:
    await reported(scene)
    assert (await scene.last(ZHANG, ONE)).endswith("已请 李四 见证。")
    shown = await scene.find(SI, ASKED)
    assert "说明：换好了滤芯\n" in shown["text"]
    assert labels(shown) == ["通过", "退回"]
    assert await scene.tap(SI, "通过") == "#1 验收通过。"
    assert await states(scene) == [Progress.VERIFIED]
    await scene.find(SI, "✅ 李四 验收通过")
    await scene.say(ZHANG, "/history 1")
    assert "李四" in await scene.last(ZHANG)


async def test_a_caption_names_one_and_a_reply_too(scene: Scene) -> None:
    await scene.say(SI, "/start")
    await scene.say(ZHANG, "承诺 清理配电房")
    promise = (await scene.messages(ZHANG))[-1]["message_id"]
    await scene.say(ZHANG, "/commit 更换灭火器", ONE)
    await scene.say(ZHANG, "完成 见证 李四", reply_to=promise)
    await scene.send_file(ZHANG, "done.png", picture(), "/done 2 new one witness: 李四", ONE)
    await scene.forward(seconds=6)
    asked = [text for text in await scene.texts(SI) if text.endswith(ASKED)]
    assert [text[:2] for text in asked] == ["#1", "#2"]
    assert "说明：new one\n" in asked[1]


async def test_the_witness_sees_that_an_album_has_more(scene: Scene) -> None:
    await scene.say(SI, "/start")
    await scene.say(ZHANG, "/commit 清理配电房", ONE)
    await scene.send_files(ZHANG, picture(), picture(), caption="完成 1 见证 李四", chat=ONE)
    await scene.forward(seconds=6)
    assert "另有 1 个文件" in (await scene.find(SI, ASKED))["caption"]


async def test_the_witness_returns_it_and_a_new_report_is_none_of_theirs(scene: Scene) -> None:
    act = await reported(scene)
    shown = (await scene.find(SI, ASKED))["message_id"]
    await scene.tap(SI, "退回")
    await scene.say(SI, "滤芯还是旧的", reply_to=shown)
    assert await states(scene) == [Progress.OPEN]
    await scene.forward(seconds=6)
    assert "李四 退回了 #1 清理配电房：滤芯还是旧的" in "\n".join(await scene.texts(ZHANG))
    after = await scene.find(SI, "↩️ 李四 退回：滤芯还是旧的")
    assert labels(after) == [], "a rectification is not theirs to open"
    await scene.say(ZHANG, "完成 1", ONE)
    await scene.forward(seconds=6)
    newer = (await scene.rows(CommitmentAct))[-1].id
    for data in (f"vy:1:{act}", f"vy:1:{newer}", f"vn:1:{newer}:0", f"vl:1:{newer}"):
        assert await forge(scene, SI, data) == DENIED
    assert await states(scene) == [Progress.CLAIMED]


async def test_nobody_else_gains_anything(scene: Scene) -> None:
    act = await reported(scene)
    for user in (WANG, ZHANG):
        assert await forge(scene, user, f"vy:1:{act}") == DENIED
    await forge(scene, SUN, f"vy:1:{act}")
    await forge(scene, SI, f"va:1:{act}")
    await scene.say(ZHANG, "/commit 更换灭火器", ONE)
    await scene.say(ZHANG, "完成 2", ONE)
    other = (await scene.rows(CommitmentAct))[-1].id
    for data in (f"vy:2:{other}", f"vr:2:{other}", f"vy:2:{act}"):
        assert await forge(scene, SI, data) == DENIED
    assert await states(scene) == [Progress.CLAIMED, Progress.CLAIMED]


async def test_a_witness_who_left_the_team_judges_nothing(scene: Scene) -> None:
    act = await reported(scene)
    named = (await scene.rows(CommitmentAct))[-1].witness_id
    async with scene.app.database.begin() as session:
        gone = update(Member).where(col(Member.person_id) == named).values(retired_at=MONDAY)
        await session.exec(gone)
    await scene.tap(SI, "通过")
    await scene.forge(SI, SI, (await scene.find(SI, ASKED))["message_id"], f"vn:1:{act}:0")
    assert await states(scene) == [Progress.CLAIMED]


async def test_who_cannot_be_the_witness_is_said_and_the_report_stands(scene: Scene) -> None:
    fates = {
        "张三": "完成已记下，但不能请自己见证，",
        "孙班长": "完成已记下，但本班组没有找到“孙班长”，",
        "<b>谁</b>": "完成已记下，但本班组没有找到“<b>谁</b>”，",
    }
    for number, (name, said) in enumerate(fates.items(), 1):
        await scene.say(ZHANG, "/commit 清理配电房", ONE)
        await scene.say(ZHANG, f"完成 {number} 见证 {name}", ONE)
        last = await scene.last(ZHANG, ONE)
        assert said in last
        assert last.endswith(f"完成 {number} 见证 姓名")
    assert await states(scene) == [Progress.CLAIMED] * 3
    assert {act.witness_id for act in await scene.rows(CommitmentAct)} == {None}


async def test_of_witness_and_leader_the_first_one_counts(scene: Scene) -> None:
    act = await reported(scene)
    assert await forge(scene, ZHAO, f"vy:1:{act}") == "#1 验收通过。"
    await forge(scene, SI, f"vn:1:{act}:0")
    assert await states(scene) == [Progress.VERIFIED]
    judged = [one.act for one in await scene.rows(CommitmentAct)]
    assert judged == [Act.MADE, Act.CLAIMED, Act.VERIFIED]
    await scene.forward(seconds=6)
    assert (await scene.find(SI, "✅ 赵班长 验收通过"))["text"].startswith("#1 张三")
