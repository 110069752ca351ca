from pathlib import Path
from typing import Any

from storage.kinds import Delivery
from storage.tables import CheckIn, Commitment, Outgoing
from tests.wire.scene import CHEN, LI, MONDAY, ONE, OWNER, SI, TWO, ZHANG, Scene, until
from tests.wire.stage import Stage, crash, standing


async def say(stage: Stage, user: int, text: str) -> None:
    """Somebody writes to the bot while it is down."""
    body: dict[str, Any] = {"as": user, "chat": user, "text": text}
    answer = await stage.http.post("/api/say", json=body)
    assert answer.status_code == 200


async def test_what_was_said_meanwhile_is_answered_afterwards(tmp_path: Path) -> None:
    async with standing(tmp_path, MONDAY) as stage:
        async with stage.bot() as scene:
            await scene.say(ZHANG, "承诺 周五前交报告")
        await say(stage, ZHANG, "/my")
        await say(stage, CHEN, "承诺 周四前清理配电房")
        async with stage.bot() as scene:
            assert (await scene.last(ZHANG)).startswith("我的承诺 · 1 项进行中")
            assert (await scene.last(CHEN)).startswith("二班 #1 清理配电房")
            assert len(await scene.rows(Commitment)) == 2


async def test_nothing_is_done_or_said_twice(tmp_path: Path) -> None:
    async with standing(tmp_path, MONDAY) as stage:
        async with stage.bot() as scene:
            await scene.morning()
            await scene.tap(ZHANG, "已学", ONE)
            heard = await scene.texts(ZHANG, ONE)
        async with stage.bot() as scene:
            await scene.forward(minutes=2)
            assert await scene.texts(ZHANG, ONE) == heard
            assert (await scene.tap(ZHANG, "已学", ONE)).startswith("已经记录过了")
            assert await scene.tap(SI, "已学", ONE) == "✅ 已学，本班组第 2 位，07:52"
            await scene.forward(seconds=6)
            assert (await scene.card())["text"].endswith("已学 2/4")


async def test_a_card_that_fell_due_meanwhile_comes_late(tmp_path: Path) -> None:
    async with standing(tmp_path, MONDAY) as stage:
        async with stage.bot() as scene:
            await scene.forward(minutes=40)
        stage.clock.set(MONDAY.replace(hour=8, minute=30))
        async with stage.bot() as scene:
            assert len(await scene.texts(ZHANG, ONE)) == 1


async def test_a_card_that_is_hours_late_is_told_to_the_owner_instead(tmp_path: Path) -> None:
    async with standing(tmp_path, MONDAY) as stage:
        async with stage.bot() as scene:
            await scene.forward(minutes=40)
        stage.clock.set(MONDAY.replace(hour=10, minute=30))
        async with stage.bot() as scene:
            assert await scene.texts(ZHANG, ONE) == []
            missed = [text for text in await scene.texts(OWNER) if "补发时间" in text]
            assert len(missed) == 3, "one for each team"


async def cards(scene: Scene, team: int) -> int:
    """How many morning cards stand in a group."""
    return sum("早会微学 ·" in text for text in await scene.texts(LI, team))


async def cut_off(stage: Stage, fault: str) -> None:
    """The bot dies while the first team's card is on its way; the second's has arrived."""
    async with stage.bot() as scene:
        await scene.fault(fault, "sendMessage", chats=[ONE], seconds=30)
        stage.clock.set(stage.clock.morning())
        await until(lambda: between(scene))
        await crash(scene)
        await scene.mend()


async def between(scene: Scene) -> bool:
    """Whether one card is known to have arrived, and Telegram has been asked to post the other."""
    states = {row.state for row in await scene.rows(Outgoing) if row.key.startswith("card:")}
    called = scene.calls("sendMessage", ONE)
    return bool(called) and states == {Delivery.SENDING, Delivery.SENT}


async def test_a_card_that_arrived_as_the_bot_died_is_not_sent_again(tmp_path: Path) -> None:
    async with standing(tmp_path, MONDAY) as stage:
        await cut_off(stage, "lost_answer")
        async with stage.bot() as scene:
            assert await scene.tap(ZHANG, "已学", ONE) == "✅ 已学，本班组第 1 位，07:50"
            await scene.forward(minutes=3)
            assert await cards(scene, ONE) == 1
            assert (await scene.card())["text"].endswith("已学 1/4")
            assert len(await scene.rows(CheckIn)) == 1


async def test_a_card_that_had_not_left_as_the_bot_died_comes_once(tmp_path: Path) -> None:
    async with standing(tmp_path, MONDAY) as stage:
        await cut_off(stage, "black_hole")
        async with stage.bot() as scene:
            assert await cards(scene, ONE) == 0
            await scene.forward(seconds=95)
            await scene.forward(minutes=3)
            assert [await cards(scene, team) for team in (ONE, TWO)] == [1, 1]
