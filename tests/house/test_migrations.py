import asyncio
from pathlib import Path

from alembic import command
from sqlalchemy import text
from sqlmodel import select

from storage import migrations
from storage.database import Database
from storage.tables import Chat, Outgoing
from tests.house.migrations import walk
from tests.postgres import Postgres

CHAT = text(
    "INSERT INTO chat (id, telegram_id, kind, title, trouble, troubled_at)"
    " VALUES (:id, :id, 'supergroup', '', :why, '2026-11-23 00:00:00+00:00')"
)
OWED = text(
    "INSERT INTO outgoing (id, key, chat_id, topic_id, method, params, priority, repeatable,"
    " state, attempts, resent, not_before, error)"
    " VALUES (:id, :key, :id, 2, 'sendMessage', '{}', 1, false, 'held', 1, false,"
    " '2026-11-23 00:00:00+00:00', '')"
)


async def test_the_steps_lead_to_the_tables_and_back(tmp_path: Path) -> None:
    assert await walk(f"sqlite:///{tmp_path}/steps.db") == ""


async def test_the_steps_lead_to_the_tables_and_back_on_postgresql(postgres: Postgres) -> None:
    with postgres.bare() as address:
        assert await walk(address) == ""


async def held_whole(address: str) -> dict[str, tuple[str, str]]:
    """A chat held for a closed topic, and one for something else, brought up to date."""
    database = Database(address)
    async with migrations.migrating(database).begin() as connection:
        await connection.run_sync(migrations.run, command.upgrade, "0001")
        for number, why in enumerate(("TOPIC_CLOSED", "bot was kicked"), start=1):
            await connection.execute(CHAT, {"id": number, "why": f"Bad Request: {why}"})
            await connection.execute(OWED, {"id": number, "key": why})
    await migrations.upgrade(database)
    async with database.read() as session:
        query = select(Outgoing.key, Outgoing.state, Chat.trouble).join(Chat)
        found = {key: (str(state), trouble) for key, state, trouble in await session.exec(query)}
    await database.close()
    return found


async def test_a_chat_held_for_its_topic_is_let_go(tmp_path: Path, postgres: Postgres) -> None:
    with postgres.bare() as server:
        for address in (f"sqlite:///{tmp_path}/steps.db", server):
            assert await held_whole(address) == {
                "TOPIC_CLOSED": ("pending", ""),
                "bot was kicked": ("held", "Bad Request: bot was kicked"),
            }


async def test_two_who_migrate_at_once_are_not_in_each_others_way(postgres: Postgres) -> None:
    with postgres.bare() as address:
        databases = [Database(address) for _ in range(2)]
        await asyncio.gather(*(migrations.upgrade(database) for database in databases))
        assert {await migrations.current(database) for database in databases} == {migrations.HEAD}
        for database in databases:
            await database.close()


BEFORE_PLANS = (
    "INSERT INTO unit (id, name) VALUES (1, 'U')",
    "INSERT INTO team (id, unit_id, name, topic_id, timezone, locale)"
    " VALUES (1, 1, 'T', 0, 'Asia/Shanghai', 'zh')",
    "INSERT INTO person (id, name) VALUES (7, 'P')",
    "INSERT INTO member (id, team_id, person_id, tags, joined_at)"
    " VALUES (1, 1, 7, '[]', '2026-11-23 00:00:00+00:00')",
    "INSERT INTO plan (id, team_id, packs, at, closes, days, next_at)"
    " VALUES (1, 1, '[\"p\"]', '07:50:00', '09:00:00', 'workdays', '2026-11-23 00:00:00+00:00')",
)
SHIFT = (
    "INSERT INTO leave (id, member_id, first, last, reason, at)"
    " VALUES (1, 1, '2026-11-23', '2026-11-23', 'shift', '2026-11-23 00:00:00+00:00')"
)


async def plans_through_time(address: str) -> tuple[object, ...]:
    """A plan and a member from before, up and down again; what they have, and who gave leave."""
    database = Database(address)
    engine = migrations.migrating(database)
    async with engine.begin() as connection:
        await connection.run_sync(migrations.run, command.upgrade, "0003")
        for statement in BEFORE_PLANS:
            await connection.execute(text(statement))
    await migrations.upgrade(database)
    async with engine.begin() as connection:
        plan = "SELECT eve, cycle, crew, again_id FROM plan, member"
        (row,) = (await connection.execute(text(plan))).all()
        await connection.execute(text(SHIFT))
    async with engine.begin() as connection:
        await connection.run_sync(migrations.run, command.downgrade, "0003")
        given = (await connection.execute(text("SELECT by_person_id FROM leave"))).scalar_one()
        left = (await connection.execute(text("SELECT packs FROM plan"))).scalar_one()
    await engine.dispose()
    await database.close()
    return (bool(row.eve), row.cycle, row.crew, row.again_id, given, bool(left))


async def test_plans_from_before_go_up_and_down(tmp_path: Path, postgres: Postgres) -> None:
    with postgres.bare() as server:
        for address in (f"sqlite:///{tmp_path}/plans.db", server):
            assert await plans_through_time(address) == (False, "", "", None, 7, True)
