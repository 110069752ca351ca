"""What comes in, when what comes in is odd or does not come at all."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from handlers.requests import Reply, Request
from storage import inbox
from storage.kinds import Intake
from storage.tables import Commitment, Incoming, Watch
from tests.wire.scene import CHEN, MONDAY, ONE, OWNER, TWO, ZHANG, Scene, until
from tests.wire.stage import standing

AWAY = "我不在线，期间点的“已学”可能没有收到，请再点一次。"


async def asked(scene: Scene, chat: int = ONE, user: int = ZHANG) -> list[str]:
    """What a group was told of a time without us."""
    return [text for text in await scene.texts(user, chat) if AWAY in text]


async def silence(scene: Scene, **length: float) -> None:
    """Telegram gives no updates for a while."""
    await scene.fault("drop_before", "getUpdates")
    scene.world.world.queue.add("message", {"message_id": 1}, 0)
    await until(lambda: troubled(scene))
    scene.clock.set(scene.clock() + timedelta(**length))
    await scene.mend()
    await until(lambda: well(scene))
    await scene.forward(seconds=10)


async def troubled(scene: Scene) -> bool:
    return bool(scene.app.intake.trouble)


async def well(scene: Scene) -> bool:
    return not scene.app.intake.trouble


async def test_an_update_that_cannot_be_read_is_set_aside_and_holds_nobody_up(
    scene: Scene,
) -> None:
    world = scene.world.world
    world.queue.add("callback_query", {"id": "1", "data": "ci:1"}, ZHANG)
    world.queue.add("message", {"message_id": 1, "date": "never", "chat": {"id": ZHANG}}, ZHANG)
    await scene.say(ZHANG, "/my")
    assert await scene.last(ZHANG) == "你没有进行中的承诺。"
    dead = [row for row in await scene.rows(Incoming) if row.state is Intake.DEAD]
    assert len(dead) == 2
    assert all(row.error for row in dead)


async def test_updates_of_nobody_do_not_wait_for_each_other(scene: Scene) -> None:
    who = {"id": ZHANG, "is_bot": False, "first_name": "张三"}
    told = {"message_id": 1, "date": 1, "chat": {"id": 2**70, "type": "group"}, "from": who}
    for _ in range(3):
        scene.world.world.queue.add("message", {**told, "text": "/my"}, 0)
    await scene.say(ZHANG, "/my")
    dead = [row for row in await scene.rows(Incoming) if row.state is Intake.DEAD]
    assert [(row.lane, row.attempts) for row in dead] == [(0, 0)] * 3
    assert all("OverflowError" in row.error for row in dead)


async def test_the_owner_hears_of_such_updates_once_an_hour_with_their_number(
    scene: Scene,
) -> None:
    told = []
    for _ in range(3):
        for _ in range(2):
            scene.world.world.queue.add("callback_query", {"id": "1"}, ZHANG)
        await scene.settle()
        await scene.forward(minutes=25)
        told.append([text for text in await scene.texts(OWNER) if "已搁置" in text])
    await scene.forward(minutes=15)
    told.append([text for text in await scene.texts(OWNER) if "已搁置" in text])
    assert [len(texts) for texts in told] == [1, 1, 1, 2]
    assert told[-1][0].startswith("⚠️ 有 2 条收到的消息或点击没能处理")
    assert told[-1][1].startswith("⚠️ 有 4 条")


async def test_what_a_handler_did_is_undone_where_its_update_cannot_be_marked(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, failed = inbox.done, asyncio.Event()

    async def done(*given: Any) -> int:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("it cannot be marked")
        return await mark(*given)

    monkeypatch.setattr(inbox, "done", done)
    await scene.say(ZHANG, "/commit 检查 三号泵")
    assert failed.is_set()
    assert [row.text for row in await scene.rows(Commitment)] == ["检查 三号泵"]


async def hang(_: Request) -> Reply:
    await asyncio.Event().wait()
    return Reply()


async def fail(_: Request) -> Reply:
    raise RuntimeError("a handler that fails")


async def test_a_handler_that_hangs_or_fails_keeps_no_other_waiting(scene: Scene) -> None:
    commands = scene.app.door._switchboard.commands
    commands["board"] = replace(commands["help"], handle=hang)
    commands["overdue"] = replace(commands["help"], handle=fail)
    begun = time.monotonic()
    world = scene.world.world
    for user, text in ((CHEN, "/board"), (OWNER, "/overdue"), (ZHANG, "/my")):
        chat = world.chats[user]
        entity = {"type": "bot_command", "offset": 0, "length": len(text)}
        world.post(chat, world.people[user], {"text": text, "entities": [entity]})
    await until(lambda: answered(scene))
    assert time.monotonic() - begun < 1.5
    failed = {row.lane: row.error for row in await scene.rows(Incoming) if row.attempts}
    assert failed == {CHEN: "TimeoutError: ", OWNER: "RuntimeError: a handler that fails"}
    await until(lambda: given_up(scene))
    dead = {row.lane: row.attempts for row in await scene.rows(Incoming) if row.error}
    assert dead == {CHEN: 5, OWNER: 5}


async def given_up(scene: Scene) -> bool:
    scene.clock.set(scene.clock() + timedelta(minutes=1))
    scene.app.door.ring()
    rows = await scene.rows(Incoming)
    return len([row for row in rows if row.state is Intake.DEAD]) == 2


async def answered(scene: Scene) -> bool:
    return "你没有进行中的承诺。" in await scene.texts(ZHANG)


async def test_after_a_silence_people_are_asked_once_to_tap_again(scene: Scene) -> None:
    await scene.morning()
    await scene.forward(minutes=5)
    await silence(scene, minutes=14)
    await scene.forward(minutes=5)
    assert await asked(scene) == [f"07:55–08:09 {AWAY}"]
    assert await asked(scene, TWO, CHEN) == [f"07:55–08:09 {AWAY}"]


async def test_a_short_silence_loses_no_tap_and_is_not_spoken_of(scene: Scene) -> None:
    await scene.morning()
    await silence(scene, seconds=140)
    assert await asked(scene) == []


async def test_a_silence_after_the_morning_is_nobodys_matter(scene: Scene) -> None:
    await scene.morning()
    await scene.forward(hours=2)
    await silence(scene, minutes=14)
    assert await asked(scene) == []


async def test_a_clock_that_is_put_forward_is_no_silence(scene: Scene) -> None:
    await scene.morning()
    await scene.forward(minutes=30)
    await scene.say(ZHANG, "/my")
    assert await asked(scene) == []
    assert len(await scene.rows(Watch)) == 1


async def test_a_time_in_which_the_program_was_down_counts_as_well(tmp_path: Path) -> None:
    async with standing(tmp_path, MONDAY) as stage:
        async with stage.bot() as scene:
            await scene.morning()
            await scene.say(ZHANG, "/my")
        stage.clock.set(MONDAY.replace(hour=8, minute=5))
        for _ in range(2):
            async with stage.bot() as scene:
                await until(lambda: well(scene))
                await scene.forward(seconds=10)
                assert await asked(scene) == [f"07:50–08:05 {AWAY}"]


async def test_another_program_with_our_token_is_told_to_the_owner_once(scene: Scene) -> None:
    await scene.fault("conflict", "getUpdates")
    scene.world.world.queue.add("message", {"message_id": 1}, 0)
    await until(lambda: troubled(scene))
    assert scene.app.ailments() == [
        "another program polls with this token: stop it, or remove its webhook"
    ]
    scene.clock.set(scene.clock() + timedelta(seconds=61))
    await until(lambda: warned(scene))
    await scene.mend()
    await until(lambda: well(scene))
    assert len([text for text in await scene.texts(OWNER) if "另一个程序" in text]) == 1


async def warned(scene: Scene) -> bool:
    await scene.app.pulse()
    return any("另一个程序" in text for text in await scene.texts(OWNER))
