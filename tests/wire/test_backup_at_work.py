"""Copies made while people tap, and the past put back without being said again."""

import asyncio
import os
import sqlite3
import sys
import time
from datetime import timedelta
from pathlib import Path

from bot import cli
from storage import inbox
from storage.kinds import Delivery
from storage.tables import CheckIn, Outgoing
from tests.wire.scene import CHEN, MONDAY, ONE, SI, TWO, WANG, ZHANG, ZHAO, Scene
from tests.wire.stage import FILE, Stage, standing

LONGEST = 5.0  # seconds that a tap may wait on a busy machine; it takes some 20 ms on an idle one
BULK = 20_000  # updates of a kilobyte each: a copy that kept others from writing would be felt


async def zaohui(database: Path, *words: str) -> str:
    """The command in a process of its own, as an operator runs it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        cwd=Path(cli.__file__).parents[1],
        env={**os.environ, "ZAOHUI_DATABASE_URL": f"sqlite:///{database}"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


def count(file: Path, table: str) -> int:
    connection = sqlite3.connect(file)
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    connection.close()
    return int(found)


async def test_backups_are_sound_and_nobody_waits_while_people_tap(
    scene: Scene, tmp_path: Path
) -> None:
    await scene.morning()
    async with scene.app.database.begin() as session:
        past = scene.clock() - timedelta(days=1)
        await inbox.put(session, [(10**9 + n, 1, {"text": "早" * 300}) for n in range(BULK)], past)
        await inbox.done(session, range(10**9, 10**9 + BULK))
    waits: list[float] = []
    copying = asyncio.Event()

    async def tap_on() -> None:
        while not copying.is_set():
            for user in (ZHANG, SI, WANG, ZHAO):
                begun = time.monotonic()
                await scene.press(user, "已学", ONE)
                waits.append(time.monotonic() - begun)

    tapping = asyncio.ensure_future(tap_on())
    database = tmp_path / FILE
    said = [await zaohui(database, "backup", str(tmp_path / f"{n}.db")) for n in range(3)]
    copying.set()
    await tapping
    assert all("已备份并通过检查" in text and "3 个班组" in text for text in said)
    assert len(waits) > 20
    assert max(waits) < LONGEST
    assert count(tmp_path / "2.db", "checkin") == len(await scene.rows(CheckIn)) == 4


def posts(stage: Stage) -> list[tuple[str, str]]:
    """What the bot posted anywhere: edits and answers to taps aside."""
    return [
        (str(call.params.get("chat_id")), str(call.params.get("text")))
        for call in stage.world.calls
        if call.method.lower().startswith(("send", "copy", "forward"))
    ]


async def test_yesterdays_copy_says_nothing_of_yesterday(tmp_path: Path) -> None:
    database, copy = tmp_path / FILE, tmp_path / "copy.db"
    async with standing(tmp_path, MONDAY) as stage:
        async with stage.bot() as scene:
            # The first group cannot be reached, so that its card is owed when the copy is made.
            await scene.fault("drop_before", "sendMessage", chats=[ONE])
            scene.clock.set(scene.clock.morning())
            scene.app.hurry()
            await scene.app.pulse()
            async with asyncio.timeout(20):
                while not scene.calls("sendMessage", TWO):
                    await asyncio.sleep(0.01)
            await zaohui(database, "backup", str(copy))
            await scene.mend()
            await scene.forward(minutes=1)
            await scene.settle()
            assert len(scene.calls("sendMessage", TWO)) == 1
            await scene.tap(CHEN, "已学", TWO)
        stage.clock.set(MONDAY.replace(day=24, hour=5))
        said = await zaohui(database, "restore", str(copy), "--yes")
        assert "打卡 1 次" in said
        before = posts(stage)
        async with stage.bot() as scene:
            await scene.settle()
            await scene.forward(minutes=5)
            rows = {row.key: row.state for row in await scene.rows(Outgoing)}
        after = posts(stage)[len(before) :]
    assert Delivery.NEEDS_PERSON in rows.values()
    assert [text for chat, text in after if chat.startswith("-")] == [], "no group hears anything"
    assert all("早会微学" not in text for _, text in after)
