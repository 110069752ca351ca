import asyncio
import sqlite3
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel import select

from bot.programs import opened
from bot.settings import Settings
from storage import sqlite
from storage.database import BadDatabase, Database, Unavailable
from storage.migrations import HEAD, current, upgrade
from storage.tables import OwnerCode, Unit
from tests.conftest import on_postgresql, on_sqlite
from tests.postgres import Postgres


async def test_a_transaction_is_kept_whole_or_not_at_all(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.begin() as session:
            session.add(Unit(name="一"))
            await session.flush()
            raise RuntimeError
    async with database.read() as session:
        assert (await session.exec(select(Unit))).all() == []


@on_sqlite
async def test_no_change_is_lost_when_many_read_and_then_write(database: Database) -> None:
    async with database.begin() as session:
        session.add(Unit(id=1, name="0"))

    async def one_more() -> None:
        async with database.begin() as session:
            unit = await session.get_one(Unit, 1)
            unit.name = str(int(unit.name) + 1)
            session.add(unit)

    await asyncio.gather(*(one_more() for _ in range(50)))
    async with database.read() as session:
        assert (await session.get_one(Unit, 1)).name == "50"


async def test_a_reader_cannot_write(database: Database) -> None:
    async with database.read() as session:
        session.add(Unit(name="一"))
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            await session.flush()


async def test_a_moment_comes_back_aware_and_a_naive_one_is_refused(database: Database) -> None:
    east = datetime(2026, 11, 23, 7, 50, tzinfo=UTC) + timedelta(hours=8)
    async with database.begin() as session:
        session.add(OwnerCode(hash="x", expires_at=east))
    async with database.read() as session:
        assert (await session.get_one(OwnerCode, "x")).expires_at == east
    with pytest.raises(StatementError, match=r"naive|aware|tz"):
        async with database.begin() as session:
            session.add(OwnerCode(hash="y", expires_at=east.replace(tzinfo=None)))


@on_sqlite
async def test_sqlite_keeps_what_it_was_told_through_a_power_cut(database: Database) -> None:
    async with database.begin() as session:
        connection = await session.connection()
        found = [
            await connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert found == ["wal", 2, 1]


async def test_a_second_program_on_one_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    first, second = (Database(f"sqlite:///{tmp_path}/a.db") for _ in range(2))
    first.claim()
    with pytest.raises(BadDatabase, match="in use by another zaohui") as caught:
        second.claim()
    assert "stop that one first" in str(caught.value)
    await first.close()
    second.claim()
    await second.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite://", ""])
def test_an_address_of_no_database_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(BadDatabase, match="ZAOHUI_DATABASE_URL"):
        Database(url)


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    assert await current(database) is None
    assert await upgrade(database)
    assert await current(database) == HEAD
    async with database.begin() as session:
        connection = await session.connection()
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BadDatabase, match="9999"):
        await upgrade(database)
    await database.close()


@on_sqlite
async def test_a_locked_database_is_unavailable_until_it_is_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0.0)
    with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="locked"):
            await add(database, "一")
    await add(database, "二")
    async with database.read() as session:
        assert [unit.name for unit in await session.exec(select(Unit))] == ["二"]


@on_sqlite
async def test_whoever_waits_for_the_lock_keeps_nobody_from_reading(database: Database) -> None:
    await add(database, "〇")
    with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        adding = asyncio.create_task(add(database, "一"))
        async with database.read() as session:
            assert [unit.name for unit in await session.exec(select(Unit))] == ["〇"]
        assert not adding.done()
        other.execute("ROLLBACK")
    await adding
    async with database.read() as session:
        assert [unit.name for unit in await session.exec(select(Unit))] == ["〇", "一"]


async def test_what_was_begun_in_a_thread_ends_before_anybody_else_has_the_connection() -> None:
    ended = threading.Event()
    waiting = asyncio.create_task(sqlite.aside(ended.wait))
    for _ in range(3):  # however often it is told to stop
        await asyncio.sleep(0)
        waiting.cancel()
    await asyncio.sleep(0)
    assert not waiting.done()
    ended.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def add(database: Database, name: str) -> None:
    async with database.begin() as session:
        session.add(Unit(name=name))


async def test_what_was_asked_wrongly_is_not_blamed_on_the_database(database: Database) -> None:
    with pytest.raises(DBAPIError, match="no_such_table"):
        async with database.read() as session:
            await (await session.connection()).exec_driver_sql("SELECT * FROM no_such_table")


@on_postgresql
async def test_two_in_each_others_way_are_told_to_try_again(database: Database) -> None:
    async with database.begin() as session:
        session.add_all([Unit(id=1, name="一"), Unit(id=2, name="二")])
    met = asyncio.Barrier(2)

    async def rename(first: int, second: int) -> None:
        async with database.begin() as session:
            for place in (first, second):
                unit = await session.get_one(Unit, place, with_for_update=True)
                unit.name += "!"
                if place == first:
                    await met.wait()

    told = await asyncio.gather(rename(1, 2), rename(2, 1), return_exceptions=True)
    assert [type(fault) for fault in told if fault] == [Unavailable]


async def test_a_missing_driver_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(BadDatabase, match=r"pip install 'zaohui\[postgres\]'"):
        Database("postgresql://somewhere/zaohui")


async def test_a_server_that_is_not_there_is_told_in_a_sentence() -> None:
    database = Database("postgresql://zaohui:secret@127.0.0.1:1/zaohui")
    with pytest.raises(BadDatabase, match="Connection refused") as caught:
        await current(database)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    await database.close()


async def test_the_bot_refuses_a_server_whose_schema_is_old(postgres: Postgres) -> None:
    with postgres.bare() as address:
        settings = Settings(database_url=address)
        with pytest.raises(BadDatabase, match="zaohui migrate"):
            async with opened(settings):
                pytest.fail("it was opened")
        database = Database(address)
        await upgrade(database)
        await database.close()
        async with opened(settings) as database:
            assert await current(database) == HEAD
