"""A machine of which a trial owns everything: its time, its disk, its death.

The loop's time moves on where it would wait. The database driver does its work on the loop, one
call at a time, instead of in threads of its own: the same seed then gives the same run. And a
crash is one: from a certain moment nothing that was not committed exists, and what is left of the
program can write no more.
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

import aiosqlite
import httpx
from sqlalchemy.exc import SAWarning

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


class Disk:
    """The database driver, on the loop. `crash` takes all that was not committed."""

    def __init__(self, loop: Virtual, chance: random.Random) -> None:
        self._loop = loop
        self._chance = chance
        self._open: list[aiosqlite.Connection] = []
        self._left = 0
        self._doom: asyncio.Future[None] | None = None
        self.dead = False

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
        self.dead = True
        for connection in self._open:
            raw, connection._connection = connection._connection, None
            connection._running = False
            if raw is not None:
                raw.close()
        self._open.clear()

    def adopt(self, connection: aiosqlite.Connection) -> None:
        """Do this connection's work here instead of in its thread."""
        self._open.append(connection)
        connection._tx = self  # type: ignore[assignment]
        connection._thread = self  # type: ignore[assignment]

    def start(self) -> None:
        """As the thread that we are not."""

    daemon = True

    def put_nowait(self, work: tuple["asyncio.Future[Any] | None", Callable[[], Any]]) -> None:
        """Do a piece of work soon."""
        if _name(work[1]) == "close_and_stop":
            self._do(*work)
        elif self._chance.random() < 0.1:
            self._loop.call_later(self._chance.uniform(0, SLOW_DISK), self._do, *work)
        else:
            self._loop.call_soon(self._do, *work)

    def _do(self, future: "asyncio.Future[Any] | None", work: Callable[[], Any]) -> None:
        if future is not None and future.done():
            future = None
        try:
            if self.dead and _name(work) != "close_and_stop":
                raise sqlite3.OperationalError("the program is dead")
            result = work()
            self._left -= 1
            if self._doom is not None and self._left == 0:
                # It was done, and whoever asked for it is gone before they could hear of it.
                self.crash()
                self._doom.set_result(None)
                self._loop.call_later(1, _refuse, future)
                return
        except Exception as fault:
            if future is not None:
                future.set_exception(fault)
        else:
            if future is not None:
                future.set_result(result)


def _name(work: Callable[[], Any]) -> str:
    return getattr(work, "__name__", "")


def _refuse(future: "asyncio.Future[Any] | None") -> None:
    if future is not None and not future.done():
        future.set_exception(sqlite3.OperationalError("the program is dead"))


@cache
def _trust() -> Any:
    return httpx.create_ssl_context()


@contextmanager
def machine(seed: int) -> Iterator[tuple[Virtual, Disk]]:
    """A loop and a disk while the block runs; every clock of the process is the loop's."""
    trust = _trust()
    loop = Virtual()
    disk = Disk(loop, random.Random(f"disk {seed}"))
    begin = aiosqlite.Connection.__init__

    def begun(connection: aiosqlite.Connection, *args: Any, **more: Any) -> None:
        begin(connection, *args, **more)
        disk.adopt(connection)

    random.seed(seed)
    gc.collect()
    gc.freeze()
    gc.disable()  # what it lets go of, it must let go of at the same moment in every run
    with (
        warnings.catch_warnings(action="ignore", category=SAWarning),
        patch.object(aiosqlite.Connection, "__init__", begun),
        patch.object(time, "monotonic", loop.time),
        patch.object(httpx, "create_ssl_context", lambda: trust),
    ):
        try:
            yield loop, disk
        finally:
            gc.unfreeze()
            gc.enable()
            loop.close()
