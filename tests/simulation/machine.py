"""A machine of which a trial owns everything: its time, its disk, its death.

The loop's time moves on where it would wait. What the database driver would do in a thread, it
does on the loop: the same seed then gives the same run. And a crash is one: from a certain moment
nothing that was not committed exists, and what is left of the program can write no more.
"""

import asyncio
import gc
import random
import selectors
import sqlite3
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import httpx
from sqlalchemy.exc import SAWarning

from storage import sqlite

SLOW_DISK = 0.02  # seconds that a call to the database may take


class Moved(selectors.DefaultSelector):
    """Where a loop would wait, its time moves on instead."""

    loop: "Virtual"

    def select(self, timeout: float | None = None) -> Any:
        """What is ready now."""
        ready = super().select(0)
        if not ready and timeout and timeout > 0:
            self.loop.now += timeout
        return ready


class Virtual(asyncio.SelectorEventLoop):
    """A loop whose time is a number."""

    def __init__(self) -> None:
        self.now = 0.0
        selector = Moved()
        super().__init__(selector)
        selector.loop = self

    def time(self) -> float:
        """The time of the loop."""
        return self.now


class Connection(sqlite.Connection):
    """A connection that is gone when the machine is."""

    disk: "Disk"

    def cursor(self, factory: Any = None) -> Any:
        """A cursor of the same kind."""
        return super().cursor(factory or Cursor)

    def execute(self, *what: Any) -> Any:
        """Carry out a statement, if there is a program to ask for it."""
        if what == ("PRAGMA synchronous=FULL",):  # no power fails here, and waiting takes a third
            what = ("PRAGMA synchronous=OFF",)
        return self.disk.do(lambda: super(Connection, self).execute(*what))

    def commit(self) -> None:
        """Keep what was written, if there is a program to ask for it."""
        self.disk.do(super().commit)

    def rollback(self) -> None:
        """Undo what was written; a crash has undone it."""
        if not self.disk.dead:
            super().rollback()

    def die(self) -> None:
        """Be gone: where rows were left unread, closing alone would leave the lock held."""
        super().rollback()
        self.close()


class Cursor(sqlite.Cursor):
    """A cursor of such a connection."""

    connection: Connection

    def execute(self, *what: Any) -> Any:
        """Carry out a statement, if there is a program to ask for it."""
        return self.connection.disk.do(lambda: super(Cursor, self).execute(*what))


class Disk:
    """Where the databases are. `crash` takes all that was not committed."""

    def __init__(self, loop: Virtual, chance: random.Random) -> None:
        self._loop = loop
        self._chance = chance
        self._open: list[Connection] = []
        self._left = 0
        self._doom: asyncio.Future[None] | None = None
        self.dead = False
        self.died_at = 0.0

    async def doomed(self, calls: int, seconds: float) -> None:
        """Crash just after so many more calls to the database, or after so many seconds."""
        self._left, self._doom = calls, self._loop.create_future()
        try:
            async with asyncio.timeout(seconds):
                await self._doom
        except TimeoutError:
            self.crash()
        self._doom = None

    def crash(self) -> None:
        """The program is no more: its connections are gone, and it gets no others."""
        if not self.dead:
            self.died_at = self._loop.time()
        self.dead = True
        for connection in self._open:
            connection.die()
        self._open.clear()

    def connect(self, *where: Any, **how: Any) -> Connection:
        """Open a database; in place of SQLAlchemy's own way."""
        connection: Connection = sqlite3.connect(*where, **{**how, "factory": Connection})
        connection.disk = self
        self._open.append(connection)
        return connection

    async def aside(self, work: Callable[[], Any]) -> Any:
        """Do what would be done in a thread: soon, and now and then not so soon."""
        slow = self._chance.random() < 0.1
        await asyncio.sleep(self._chance.uniform(0, SLOW_DISK) if slow else 0)
        return work()

    def do(self, work: Callable[[], Any]) -> Any:
        """Do a piece of work; where it is the last, whoever asked does not hear of it."""
        if self.dead:
            raise _dead()
        result = work()
        self._left -= 1
        if self._doom is not None and self._left == 0:
            self.crash()
            self._doom.set_result(None)
            raise _dead()
        return result


def _dead() -> sqlite3.OperationalError:
    fault = sqlite3.OperationalError("the program is dead")
    fault.sqlite_errorcode = sqlite3.SQLITE_IOERR
    return fault


@cache
def _trust() -> Any:
    return httpx.create_ssl_context()


@contextmanager
def machine(seed: int) -> Iterator[tuple[Virtual, Disk]]:
    """A loop and a disk while the block runs; every clock of the process is the loop's."""
    trust = _trust()
    loop = Virtual()
    disk = Disk(loop, random.Random(f"disk {seed}"))
    random.seed(seed)
    gc.collect()
    gc.freeze()
    gc.disable()  # what it lets go of, it must let go of at the same moment in every run
    with (
        warnings.catch_warnings(action="ignore", category=SAWarning),
        patch.object(sqlite.Direct, "connect", disk.connect),
        patch.object(sqlite, "aside", disk.aside),
        patch.object(time, "monotonic", loop.time),
        patch.object(httpx, "create_ssl_context", lambda: trust),
    ):
        try:
            yield loop, disk
        finally:
            gc.unfreeze()
            gc.enable()
            loop.close()
