"""Databases to begin with: a crowd, before its cards are due or when they stand in the groups."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import col, select, update

from bot.clock import Clock
from schedules.runner import tick
from schedules.timetable import JOBS
from storage.database import Database
from storage.kinds import Delivery
from storage.migrations import upgrade
from storage.tables import Chat, Outgoing
from tests.bench import crowd
from tests.bench.crowd import Crowd
from tests.bench.standing import Card

FIRST = 1  # the id of each group's first message
TENS = 10  # plans name full minutes; the program looks at full tens

Found = TypeVar("Found")
now = Clock(ZoneInfo("UTC"))


def sqlite(file: Path) -> str:
    """The address of a file."""
    return f"sqlite:///{file}"


def copied(ready: Path, to: Path) -> str:
    """A copy of a database that nobody has open; its address."""
    with sqlite3.connect(ready) as connection:
        connection.execute("VACUUM INTO ?", [str(to)])
    connection.close()
    return sqlite(to)


def within(address: str, work: Callable[[Database], Awaitable[Found]]) -> Found:
    """Do something with a database at the newest step."""

    async def opened() -> Found:
        database = Database(address)
        try:
            await upgrade(database)
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(opened())


def due_soon(address: str, people: Crowd, lead: timedelta) -> float:
    """A crowd whose cards are due in about `lead`; when, in monotonic seconds."""

    async def work(database: Database) -> float:
        await crowd.seat(database, now(), people)
        full = (now() + lead).timestamp() // TENS * TENS + TENS
        due = datetime.fromtimestamp(full, UTC)
        await crowd.plan(database, due, people)
        return time.monotonic() + (due - now()).total_seconds()

    return within(address, work)


def under_way(address: str, people: Crowd) -> list[Card]:
    """A crowd whose cards of today stand in the groups; the cards."""

    async def work(database: Database) -> list[Card]:
        await crowd.furnish(database, now(), people)
        await tick(database, JOBS, now())
        sent = {"state": Delivery.SENT, "message_id": FIRST, "done_at": now()}
        async with database.begin() as session:
            await session.exec(update(Outgoing).values(**sent))
            query = select(Chat.telegram_id, Outgoing.params).join(
                Chat, col(Outgoing.chat_id) == Chat.id
            )
            return [(chat, params) for chat, params in await session.exec(query)]

    return within(address, work)
