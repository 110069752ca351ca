"""The database is locked, full or read-only for a while: nothing is lost, nobody sees an error."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from storage.database import Database, Unavailable
from storage.kinds import Intake
from storage.tables import CheckIn, Incoming
from tests.wire.scene import ONE, SI, WANG, ZHANG, ZHAO, Scene, until

TEAM = (ZHANG, SI, WANG, ZHAO)
LONG = 2.0  # seconds for which somebody else writes
Trouble = Callable[[Database], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def locked(database: Database) -> AsyncIterator[None]:
    """Somebody else writes, and takes their time."""
    other = sqlite3.connect(str(database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@asynccontextmanager
async def full(database: Database) -> AsyncIterator[None]:
    """There is no room on the disk, not for a single row."""
    await change(database, "CREATE TABLE stuffing (what)")
    async with told(database, "max_page_count", 1, 2**30):  # no more pages than there are
        with pytest.raises(Unavailable, match="full"):
            await stuff(database)
        yield
    await change(database, "DROP TABLE stuffing")


async def stuff(database: Database) -> None:
    """Use up what is left within the last pages."""
    while True:
        await change(database, "INSERT INTO stuffing VALUES (randomblob(1000))")


async def change(database: Database, statement: str) -> None:
    async with database.begin() as session:
        await (await session.connection()).exec_driver_sql(statement)


@asynccontextmanager
async def read_only(database: Database) -> AsyncIterator[None]:
    """The file takes no changes."""
    async with told(database, "query_only", "ON", "OFF"):
        yield


@asynccontextmanager
async def told(database: Database, pragma: str, worse: Any, better: Any) -> AsyncIterator[None]:
    """The one connection that writes is told something, and after the block the opposite."""
    await tell(database, pragma, worse)
    try:
        yield
    finally:
        await tell(database, pragma, better)


async def tell(database: Database, pragma: str, value: Any) -> None:
    async with database.engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        raw.execute(f"PRAGMA {pragma}={value}")  # outside of any transaction


@pytest.mark.parametrize("trouble", [full, read_only])
async def test_what_the_database_did_not_take_stays_with_telegram_until_it_does(
    scene: Scene, trouble: Trouble
) -> None:
    await scene.morning()
    async with trouble(scene.app.database):
        taps = [asyncio.create_task(scene.press(user, "已学", ONE)) for user in TEAM]
        await until(lambda: red(scene))
        assert not all(tap.done() for tap in taps)
    answers = [await tap for tap in taps]
    await scene.settle()
    told = sorted(str(answer["text"]).partition("，07")[0] for answer in answers)
    assert told == [f"✅ 已学，本班组第 {n} 位" for n in (1, 2, 3, 4)]
    assert len(await scene.rows(CheckIn)) == len(TEAM)
    assert scene.app.ailments() == []


async def red(scene: Scene) -> bool:
    return bool(scene.app.ailments())


async def test_taps_wait_while_somebody_else_holds_the_lock_and_nobody_sees_an_error(
    scene: Scene,
) -> None:
    await scene.morning()
    async with locked(scene.app.database):
        taps = [asyncio.create_task(scene.press(user, "已学", ONE)) for user in TEAM]
        done, _ = await asyncio.wait(taps, timeout=LONG)
        assert not done
    answers = [str((await tap)["text"]) for tap in taps]
    assert all(answer.startswith("✅ 已学，本班组第 ") for answer in answers)
    await scene.settle()
    assert len(await scene.rows(CheckIn)) == len(TEAM)
    assert {row.state for row in await scene.rows(Incoming)} == {Intake.DONE}
