import asyncio
from pathlib import Path

from storage import migrations
from storage.database import Database
from tests.house.migrations import walk
from tests.postgres import Postgres


async def test_the_steps_lead_to_the_tables_and_back(tmp_path: Path) -> None:
    assert await walk(f"sqlite:///{tmp_path}/steps.db") == ""


async def test_the_steps_lead_to_the_tables_and_back_on_postgresql(postgres: Postgres) -> None:
    with postgres.bare() as address:
        assert await walk(address) == ""


async def test_two_who_migrate_at_once_are_not_in_each_others_way(postgres: Postgres) -> None:
    with postgres.bare() as address:
        databases = [Database(address) for _ in range(2)]
        await asyncio.gather(*(migrations.upgrade(database) for database in databases))
        assert {await migrations.current(database) for database in databases} == {migrations.HEAD}
        for database in databases:
            await database.close()
