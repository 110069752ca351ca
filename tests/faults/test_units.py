"""What a transaction may rely on while somebody else is at the same file."""

import sqlite3
from pathlib import Path

import pytest
from sqlmodel import SQLModel, func, select

from storage.database import Database
from storage.tables import Unit


async def test_a_unit_that_reads_first_can_always_write(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/unit.db")
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    other = sqlite3.connect(tmp_path / "unit.db", timeout=0)
    async with database.begin() as session:
        await session.exec(select(func.count()).select_from(Unit))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO unit (name) VALUES ('theirs')")
        session.add(Unit(name="ours"))
    other.close()
    async with database.read() as session:
        assert (await session.exec(select(Unit.name))).all() == ["ours"]
    await database.close()
