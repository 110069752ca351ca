"""What one replica at a time may do, and how another takes over when it ends, however it ends.

A lease is a session lock of PostgreSQL, on a connection that is kept for nothing else: the server
lets go of it as soon as the process that held it is gone, or has hung for some seconds. Nobody has
to agree on what time it is.
With SQLite there is one process, and it holds every lease from the start.
"""

import asyncio
import logging
import os
import socket

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from storage.database import LIBPQ, SPACE, Database, number

log = logging.getLogger(__name__)

BEAT = 1.0  # seconds between looks whether a lease is still ours, or has become free
PATIENCE = 2.5  # seconds without an answer after which we no longer count on it
# A machine that vanishes closes nothing, nor does a program that hangs: the server itself has to
# notice, within as many seconds. Whoever holds a lease asks it something every BEAT.
NOTICE = {
    "idle_session_timeout": f"{PATIENCE * 1000:.0f}",
    "tcp_keepalives_idle": "1",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "3000",
}
LINE = {
    **LIBPQ,
    # What pg_stat_activity shows: with pg_locks it tells which replica holds what.
    "application_name": f"zaohui leases {socket.gethostname()[:32]} {os.getpid()}",
    "connect_timeout": "3",
    "tcp_user_timeout": "3000",
    "options": " ".join(f"-c {name}={value}" for name, value in NOTICE.items()),
}


class Lease:
    """Leave to do something that one replica at a time may do."""

    def __init__(self, name: str, *, held: bool) -> None:
        self.name = name
        self._ours, self._others = asyncio.Event(), asyncio.Event()
        self.mark(held=held)

    @property
    def held(self) -> bool:
        """Whether it is ours now."""
        return self._ours.is_set()

    async def taken(self) -> None:
        """Wait until it is ours."""
        await self._ours.wait()

    async def lost(self) -> None:
        """Wait until it is not ours any more."""
        await self._others.wait()

    def mark(self, *, held: bool) -> None:
        """Tell whoever waits."""
        gained, gone = (self._ours, self._others) if held else (self._others, self._ours)
        gained.set()
        gone.clear()


class Leases:
    """All that one replica holds, or waits for."""

    def __init__(self, database: Database, *names: str) -> None:
        self._database = database
        self._leases = {name: Lease(name, held=database.sqlite) for name in names}

    def __getitem__(self, name: str) -> Lease:
        """The lease of a name."""
        return self._leases[name]

    async def keep(self) -> None:
        """Reach for what is free, and watch over what is ours, until cancelled."""
        if self._database.sqlite:
            return
        engine = create_async_engine(
            self._database.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={n: v for n, v in LINE.items() if n not in self._database.url.query},
        )
        while True:
            try:
                async with engine.connect() as connection:
                    while True:
                        async with asyncio.timeout(PATIENCE):
                            await self._look(connection)
                        await asyncio.sleep(BEAT)
            except (SQLAlchemyError, TimeoutError) as fault:
                if any(lease.held for lease in self._leases.values()):
                    log.warning("the leases are lost with their connection: %s", fault)
            finally:
                for lease in self._leases.values():
                    lease.mark(held=False)
            await asyncio.sleep(BEAT)

    async def _look(self, connection: AsyncConnection) -> None:
        """Try for each lease that is not ours. The server would not answer if it had let go."""
        free = [lease for lease in self._leases.values() if not lease.held]
        for lease in free:
            lock = func.pg_try_advisory_lock(SPACE, number(lease.name))
            if await connection.scalar(select(lock)):
                log.info("this replica is the %s now", lease.name)
                lease.mark(held=True)
        if not free:
            await connection.execute(text("SELECT 1"))
