"""A team moves to another unit, or loses a member, with commitments that are still open."""

from bot import demo
from handlers import organisations
from handlers.reading.organisations import read_organisation
from storage.kinds import Progress
from storage.tables import Commitment
from tests.wire.scene import LI, ONE, SI, ZHANG, ZHAO, ZHOU, Scene

LISTED = (demo.LIBRARY / "demo.yaml").read_text("utf-8")
BEFORE, MARK = "      - team: 一班\n", "      - team: 二班\n"


async def apply(scene: Scene, text: str) -> None:
    """The operator applies an organisation file."""
    file = read_organisation("demo.yaml", text.encode())
    async with scene.app.database.begin() as session:
        await organisations.apply(session, file, scene.clock(), "Asia/Shanghai", "zh")
    await scene.forward(seconds=11)


def moved() -> str:
    """Team one stands below the second branch."""
    start, end = LISTED.index(BEFORE), LISTED.index(MARK)
    return LISTED[:start] + LISTED[end:].rstrip("\n") + "\n" + LISTED[start:end]


async def test_its_commitments_stay_and_another_secretary_looks_after_them(scene: Scene) -> None:
    await scene.say(LI, "/start")
    await scene.say(ZHOU, "/start")
    await scene.say(ZHANG, "/commit 今天清理配电房", ONE)
    await scene.say(ZHAO, "/assign 李四 今天 检查灭火器", ONE)
    await scene.forward(days=1)
    await scene.say(LI, "/overdue")
    assert "清理配电房" in await scene.last(LI)
    await apply(scene, moved())

    await scene.say(LI, "/overdue")
    assert "清理配电房" not in await scene.last(LI)
    await scene.say(ZHOU, "/overdue")
    text = await scene.last(ZHOU)
    assert "清理配电房" in text
    assert "检查灭火器" in text
    await scene.say(ZHANG, "完成 1", ONE)
    await scene.say(SI, "完成 2", ONE)
    assert {row.state for row in await scene.rows(Commitment)} == {Progress.CLAIMED}
    await scene.say(ZHOU, "/history 1")
    assert "报完成" in await scene.last(ZHOU)


async def test_who_leaves_is_asked_no_more_and_the_board_is_without_them(scene: Scene) -> None:
    await scene.say(ZHANG, "/start")
    await scene.say(ZHANG, "/commit 明天清理配电房", ONE)
    await scene.say(SI, "/commit 明天检查灭火器", ONE)
    await scene.say(ZHAO, "/board", ONE)
    assert "清理配电房" in (await scene.find(ZHAO, "承诺看板", ONE))["text"]
    before = len(await scene.messages(ZHANG))
    await apply(
        scene, LISTED.replace("          - {name: 张三, telegram_id: 111, tags: [电工]}\n", "")
    )
    await scene.forward(days=2)
    assert len(await scene.messages(ZHANG)) == before
    board = (await scene.find(ZHAO, "承诺看板", ONE))["text"]
    assert "清理配电房" not in board
    assert "检查灭火器" in board
    await scene.say(ZHANG, "完成 1", ONE)
    (first, _) = await scene.rows(Commitment)
    assert first.state is Progress.OPEN
