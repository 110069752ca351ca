"""How the schema came to be, step by step; `upgrade` brings a database to the newest step."""

import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from storage.database import SPACE, BadDatabase, Database, number, reason

HEAD = "0021"  # the newest step: lets a start ask for one word instead of loading alembic


async def current(database: Database) -> str | None:
    """The step that a database is at; None before the first. Raises BadDatabase if unreadable."""
    try:
        async with database.reader.connect() as connection:
            step = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            return str(step) if step else None
    except DBAPIError as fault:
        if "alembic_version" in str(fault.orig):
            return None
        raise BadDatabase(f"The database cannot be read: {reason(fault)}.") from None


async def upgrade(database: Database) -> bool:
    """Bring a database to the newest step, in one transaction; False when it was there.

    Raises BadDatabase for one that a newer zaohui has used.
    """
    found = await current(database)
    if found == HEAD:
        return False
    from alembic import command

    if found is not None and found not in steps():
        raise BadDatabase(
            f"The database is at step {found}, which this version does not know: "
            "use the newer zaohui that made it."
        )
    engine = migrating(database)
    try:
        async with engine.begin() as connection:
            if not database.sqlite:  # of two at once, the second finds it done
                lock = func.pg_advisory_xact_lock(SPACE, number("migrations"))
                await connection.execute(select(lock))
            await connection.run_sync(run, command.upgrade, "head")
    finally:
        await engine.dispose()
    return True


def steps() -> set[str]:
    """Every step that this version knows."""
    from alembic.script import ScriptDirectory

    return {step.revision for step in ScriptDirectory.from_config(settings()).walk_revisions()}


def settings() -> Any:
    """Alembic's configuration: where the steps are."""
    from alembic.config import Config

    config = Config(stdout=sys.stdout)  # of now: it remembers the one it was imported with
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def run(connection: Connection, act: Any, *words: str) -> None:
    """Carry out an alembic command on a connection of ours."""
    config = settings()
    config.attributes["connection"] = connection
    act(config, *words)


def migrating(database: Database) -> AsyncEngine:
    """An engine for changing tables. SQLite rebuilds a table to change it, and with foreign keys
    watched it would take the rows that refer to the old one along."""
    engine = create_async_engine(database.url, poolclass=NullPool)
    if database.sqlite:

        @event.listens_for(engine.sync_engine, "connect")
        def connect(connection: Any, _: Any) -> None:
            connection.execute("PRAGMA foreign_keys=OFF")
            connection.execute("PRAGMA journal_mode=WAL")

    return engine
