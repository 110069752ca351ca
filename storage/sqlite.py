"""SQLite, spoken to on the event loop: a driver for SQLAlchemy's asyncio without a thread's hops.

A statement of ours takes microseconds; handing it to a thread and back takes ten times that, and
four hops are usual for each. So a writer's statements are carried out where they are asked for.
Whatever may wait does not wait there: the write lock is asked for again and again, and a commit,
which waits for the disk, goes to a thread. So do a reader's statements, of which some look at
years of facts.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import URL, Pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_

T = TypeVar("T")

PATIENCE = 15.0  # seconds to wait for the write lock
GLANCES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)  # seconds between asking for it; then the last


async def aside(work: Callable[[], T]) -> T:
    """Do something in a thread, and wait for it even when cancelled: a connection is for one."""
    doing = asyncio.get_running_loop().run_in_executor(None, work)
    cancelled: asyncio.CancelledError | None = None
    while not doing.done():
        try:
            await asyncio.wait([doing])
        except asyncio.CancelledError as fault:
            cancelled = fault
    if cancelled is not None:
        doing.exception()  # nobody waits for it any more
        raise cancelled
    return doing.result()


async def lock(connection: sqlite3.Connection) -> None:
    """Begin with the write lock in hand. Raises OperationalError after PATIENCE."""
    loop = asyncio.get_running_loop()
    begun, asked = loop.time(), 0
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as fault:
            busy = fault.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or loop.time() - begun >= PATIENCE:
                raise
        else:
            return
        await asyncio.sleep(GLANCES[min(asked, len(GLANCES) - 1)])
        asked += 1


async def _done() -> None:
    """SQLAlchemy takes a driver that awaits nothing for one that blocks."""


class Cursor(sqlite3.Cursor):
    """A cursor whose rows are read when they are asked for: none has to be fetched before."""

    async def _async_soft_close(self) -> None:
        """What SQLAlchemy asks of every cursor whose rows it hands out of its own greenlet."""


class Connection(sqlite3.Connection):
    """A connection with such cursors."""

    def cursor(self, factory: Any = Cursor) -> Any:
        """A cursor."""
        return super().cursor(factory)


class Direct(SQLiteDialect_pysqlite):
    """The dialect `sqlite+direct`. With `reads`, its connections take no write lock."""

    driver = "direct"
    is_async = True
    has_terminate = True
    supports_statement_cache = True

    def __init__(self, reads: bool = False, **more: Any) -> None:
        super().__init__(**more)
        self._reads = reads

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """One that waits for a connection without keeping others from theirs."""
        del url
        return AsyncAdaptedQueuePool

    def create_connect_args(self, url: URL) -> Any:
        """As usual; transactions begin where we say so."""
        where, options = super().create_connect_args(url)
        ours = {
            "factory": Connection,
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": PATIENCE,
        }
        return where, {**options, **ours}

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin. A transaction that read first and wrote later might lose an update."""
        if self._reads:
            dbapi_connection.execute("BEGIN")
        else:
            await_(lock(dbapi_connection))

    def do_commit(self, dbapi_connection: Any) -> None:
        """Commit, and wait for the disk."""
        await_(aside(dbapi_connection.commit))

    def do_execute(
        self, cursor: Any, statement: str, parameters: Any, context: Any = None
    ) -> None:
        """Carry out a statement."""
        del context
        if self._reads:
            await_(aside(lambda: cursor.execute(statement, parameters)))
        else:
            cursor.execute(statement, parameters)
            await_(_done())


registry.register("sqlite.direct", __name__, Direct.__name__)
