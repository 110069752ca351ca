"""Fetches and reads the course packs that people send as files.

Which there are stands in the database, as does what came of each, so that a file is answered once
however often we die over it. What is found goes out by the outbox, in the same transaction.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from bot.clock import Clock
from bot.delivery import MAX_BACK_OFF, Spawn
from bot.inspection import Broken, TooMuch, inspected
from bot.line import Failure, Line, Refused, TooBig
from handlers import sentpacks as answers
from handlers.reading.inspections import LIMITS, ending
from storage import sentpacks
from storage.database import Database, Unavailable
from storage.tables import SentPack

log = logging.getLogger(__name__)

TRIES = 7  # to fetch a file, in about three minutes
READINGS = 3  # of a file over which the child breaks
LASTING = {401, 404, 429}  # refusals that end with our own trouble, not with the file


class Reader:
    """Reads what was sent, one file after another."""

    def __init__(
        self,
        database: Database,
        line: Line,
        clock: Clock,
        spawn: Spawn,
        carry: Callable[[], None],
    ) -> None:
        """`carry` is called when there is something to send."""
        self._carry = carry
        self._database = database
        self._line = line
        self._clock = clock
        self._spawn = spawn
        self._bell = asyncio.Event()
        self.inspect = inspected

    def ring(self) -> None:
        """There may be something to read."""
        self._bell.set()

    async def run(self) -> None:
        """Read for as long as the program runs. If two do it, no more is said than by one."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            done = asyncio.Event()
            self._spawn(self._look(done))
            await done.wait()

    async def _look(self, done: asyncio.Event) -> None:
        try:
            while row := await self._claimed():
                await self._take(row)
                self._carry()
        except Unavailable as fault:
            log.warning("packs that were sent wait: %s", fault)
        except Exception:
            log.exception("a pack that was sent could not be read")
        finally:
            done.set()

    async def _claimed(self) -> SentPack | None:
        async with self._database.begin() as session:
            row = await sentpacks.claim(session, self._clock())
        if row is not None and row.attempts > TRIES:  # it took us along each time
            await self._too_hard(row)
            return await self._claimed()
        return row

    async def _take(self, row: SentPack) -> None:
        kind = ending(row.name)
        if row.pack is not None:  # it was read, and its sender wants what was shown
            async with self._database.begin() as session:
                await answers.taken(session, row.id, self._clock())
            return
        try:
            _, data = await self._line.file(row.file_id, LIMITS[kind])
            looked = await self.inspect(kind, data)
        except (TooBig, TooMuch):
            await self._too_hard(row)
        except Broken as fault:
            log.error("a pack that was sent could not be read: %s", fault)
            if row.attempts < READINGS:
                await self._put_off(row, fault)
            else:
                await self._too_hard(row)
        except Refused as refusal:
            if refusal.code in LASTING and row.attempts < TRIES:
                await self._put_off(row, refusal)
            else:
                await self._give_up(row, refusal)
        except Failure as fault:
            if row.attempts < TRIES:
                await self._put_off(row, fault)
            else:
                await self._give_up(row, fault)
        else:
            async with self._database.begin() as session:
                await answers.found(session, row.id, looked, self._clock())

    async def _too_hard(self, row: SentPack) -> None:
        log.warning("a pack that was sent takes more to be read than it may")
        async with self._database.begin() as session:
            await answers.too_hard(session, row.id, self._clock())

    async def _put_off(self, row: SentPack, fault: Exception) -> None:
        log.warning("a pack that was sent cannot be fetched or read yet: %s", fault)
        pause = float(min(2**row.attempts, MAX_BACK_OFF))
        if isinstance(fault, Refused) and fault.code == 429:
            pause = max(pause, fault.retry_after)
        async with self._database.begin() as session:
            until = self._clock() + timedelta(seconds=pause)
            await sentpacks.put_off(session, row.id, until)

    async def _give_up(self, row: SentPack, fault: Failure) -> None:
        log.error("a pack that was sent is given up: %s", fault)
        why = fault.description if isinstance(fault, Refused) else ""
        async with self._database.begin() as session:
            await answers.lost(session, row.id, why, self._clock())
