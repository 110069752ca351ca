"""Whether we are well: asked over HTTP, by people, by service managers and by Prometheus."""

import asyncio
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bot.clock import Clock
from bot.metrics import Figures, Lag
from storage import figures
from storage.database import Database
from storage.kinds import Intake

BACKLOG = 5_000  # updates; people notice long before
LATE = 0.25  # seconds of the event loop
SILENCE = 90.0  # seconds without an answer to our asking for updates, which take 25 at most
ROOM = 200 * 2**20  # bytes of disk below which a database is in danger
WRITE_EVERY = 10.0  # seconds between two tries to write: asking us often must cost nothing
PATIENCE = 5.0  # seconds that the database may take
DAY = timedelta(days=1)
NAME = "health"

Ailments = Callable[[], list[str]]
PollAge = Callable[[], float | None]


class Health:
    """Answers how we are. `poll_age` is None where nobody here asks Telegram for updates."""

    def __init__(
        self, database: Database, clock: Clock, lag: Lag, ailments: Ailments, poll_age: PollAge
    ) -> None:
        self._database = database
        self._clock = clock
        self._lag = lag
        self._ailments = ailments
        self._poll_age = poll_age
        self._written: tuple[float, str] = (-WRITE_EVERY, "")
        self._writing = asyncio.Lock()
        self.tries = 0  # to write

    async def ready(self) -> list[str]:
        """Why no work should be given to us; empty: we take it."""
        return [reason for reason in (await self._writable(), self._room()) if reason]

    async def reasons(self) -> list[str]:
        """What is wrong; empty when all is well."""
        found = [*self._ailments(), *await self.ready()]
        age = self._poll_age()
        if age is not None and age > SILENCE:
            found.append(f"Telegram has not answered our asking for updates for {age:.0f} s")
        if self._lag.steady > LATE:
            found.append(f"the program is {self._lag.steady * 1000:.0f} ms late: it is overworked")
        if not await self._writable():
            async with self._database.read() as session:
                waiting = (await figures.arrivals(session))[Intake.NEW]
            if waiting > BACKLOG:
                found.append(f"{waiting} updates wait to be handled")
        return found

    async def figures(self) -> Figures:
        """The gauges. Raises what the database raises."""
        async with self._database.read() as session:
            arrivals = await figures.arrivals(session)
            calls = await figures.calls(session)
            slots = await figures.appointments(session, self._clock() - DAY)
        return Figures(
            waiting=arrivals[Intake.NEW],
            outgoing={state.value: count for state, count in calls.items()},
            slots={(job, state.value): n for (job, state), n in slots.items() if job != NAME},
            lag=self._lag.now,
            poll_age=self._poll_age(),
            well=not await self.reasons(),
        )

    async def _writable(self) -> str:
        """Write down that we looked; why that failed. The last answer serves for some seconds."""
        async with self._writing:
            at, reason = self._written
            if time.monotonic() - at >= WRITE_EVERY:
                reason = await self._write()
                self._written = (time.monotonic(), reason)
            return reason

    async def _write(self) -> str:
        self.tries += 1
        try:
            async with asyncio.timeout(PATIENCE), self._database.begin() as session:
                await figures.mark(session, NAME, self._clock())
        except TimeoutError:
            return f"the database took nothing for {PATIENCE:g} s"
        except Exception as fault:
            return f"the database cannot be written: {str(fault).splitlines()[0]}"
        return ""

    def _room(self) -> str:
        if not self._database.sqlite:
            return ""
        free = shutil.disk_usage(Path(self._database.url.database or "").parent).free
        return f"only {free // 2**20} MiB of disk are free" if free < ROOM else ""
