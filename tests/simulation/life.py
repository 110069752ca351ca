"""One life of the program: its real parts, put together as the roof does, until a crash."""

import asyncio
import gc
import sqlite3
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from bot.app import TICK, Crew
from bot.clock import Clock
from bot.delivery import Postman
from bot.intake import Intake
from bot.line import Line
from bot.pacing import Pacing
from bot.probe import LOOK, Probe
from bot.speech import Speech
from bot.updates import Door
from handlers.requests import House
from handlers.routes import ROUTES, Switchboard
from schedules.refresh import refresh
from schedules.runner import tick
from schedules.timetable import JOBS
from storage import outbox
from storage.database import Database, Unavailable
from tests.simulation.machine import Disk

HOUSE = House("zaohui_bot", "Asia/Shanghai", "zh")
TOKEN = "4200000001:simulated"
ADDRESS = "http://telegram.invalid"
BUSY, DOUBT, ACTIVE, QUIET = 2.0, 30.0, 120.0, 3600.0  # seconds between pulses
OPEN = range(22 * 60 + 45, 24 * 60), range(70)  # minutes of the day (UTC) with cards to send


class Hands(Clock):
    """The program's clock: the loop's time, and whatever somebody did to the machine's."""

    def __init__(self, start: datetime) -> None:
        super().__init__(ZoneInfo("UTC"))
        self._begin = start
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """The time now."""
        loop = asyncio.get_event_loop_policy().get_event_loop()
        return self._begin + timedelta(seconds=loop.time()) + self.ahead


class Work:
    """What is left to do, as the database has it: looked at from outside, between two pulses."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(
            f"file:{file}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )

    def waits(self, now: datetime) -> bool:
        """Whether there is something to handle, to show or to carry at once."""
        moment = f"{now:%Y-%m-%d %H:%M:%S.%f}"
        return self._any(
            "SELECT EXISTS (SELECT 1 FROM incoming WHERE state = 'new' AND not_before <= :now) "
            "OR EXISTS (SELECT 1 FROM outgoing WHERE state = 'sending' OR "
            "(state = 'pending' AND not_before <= :now) OR "
            "(stale_at IS NOT NULL AND message_id IS NOT NULL))",
            now=moment,
        )

    def left(self) -> bool:
        """Whether anything is not at its end yet."""
        return self._any(
            "SELECT EXISTS (SELECT 1 FROM incoming WHERE state = 'new') OR EXISTS (SELECT 1 FROM "
            "outgoing WHERE state IN ('pending', 'sending', 'unknown') OR "
            "(stale_at IS NOT NULL AND message_id IS NOT NULL))"
        )

    def _any(self, query: str, **values: str) -> bool:
        ((found,),) = self._connection.execute(query, values).fetchall()
        return bool(found)

    def close(self) -> None:
        """Look no more."""
        self._connection.close()


class Life:
    """From a start to a crash."""

    def __init__(
        self,
        file: Path,
        work: Work,
        clock: Hands,
        disk: Disk,
        line: httpx.AsyncBaseTransport,
        *,
        probe: bool,
    ) -> None:
        disk.dead = False
        self._disk, self._work, self._clock = disk, work, clock
        self._loop = asyncio.get_running_loop()
        self._crew = Crew(set())
        self._database = database = Database(f"sqlite:///{file}")
        called = Line(TOKEN, ADDRESS, lambda: line)
        pacing = Pacing(30, 20, self._loop.time)
        self._postman = postman = Postman(
            database, called, pacing, clock, self._crew.spawn, probing=probe
        )
        speech = Speech(database, postman, clock, self._crew.spawn, probing=probe)
        self._door = door = Door(database, Switchboard(ROUTES), postman, HOUSE, clock, speech)
        intake = Intake(database, clock, door.ring)
        works: list[Coroutine[Any, Any, None]] = [
            door.run(),
            postman.run(),
            intake.poll(called),
            self._pulse(),
        ]
        if probe:
            works.append(self._look(Probe(database, called, pacing, clock)))
        self._works = [self._loop.create_task(work) for work in works]
        door.ring()

    async def _pulse(self) -> None:
        """What the roof does each second, where something is to be done; else now and then."""
        looked = -1.0
        while True:
            now, time = self._clock(), self._loop.time()
            with suppress(Unavailable):
                if looked < 0 or time - looked >= TICK:
                    looked = time
                    await tick(self._database, JOBS, now, self._postman.ring)
                async with self._database.read() as session:
                    stale, _ = await outbox.stirring(session)
                if stale:
                    await refresh(self._database, now)
            self._postman.ring()
            self._door.ring()
            await asyncio.sleep(self._pause())

    async def _look(self, probe: Probe) -> None:
        """What the probe does each LOOK, likewise."""
        while True:
            with suppress(Unavailable):
                await probe.look()
            await asyncio.sleep(max(LOOK, self._pause()))

    def _pause(self) -> float:
        now = self._clock().astimezone(UTC)
        if self._work.waits(now):
            return BUSY
        if self._work.left():
            return DOUBT
        due = now.replace(hour=23, minute=50, second=0, microsecond=0)  # when the cards are
        until = (due - now).total_seconds() % 86_400 or 86_400.0
        minute = now.hour * 60 + now.minute
        return min(until, ACTIVE if any(minute in span for span in OPEN) else QUIET)

    async def crash(self) -> None:
        """From here on nothing of it is there."""
        self._disk.crash()
        while tasks := {task for task in (*self._works, *self._crew.tasks) if not task.done()}:
            for task in tasks:
                task.cancel()  # again, where the disk's failure was all that it heard
            await asyncio.wait(tasks, timeout=5)
        await asyncio.gather(*self._works, return_exceptions=True)  # nobody hears their last words
        await self._database.close()
        gc.collect()
