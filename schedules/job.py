"""What a job is: which appointments are due, and what is done at one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.database import Session


@dataclass(frozen=True)
class Appointment:
    """One time at which a job has something to do. Its subject is what makes it happen once."""

    subject: str
    what: Any
    missed: bool = False  # its catch-up window is over: recorded and told, not done late


Run = Callable[[Session, Appointment, datetime], Awaitable[None]]
RunAll = Callable[[Session, Sequence[Appointment], datetime], Awaitable[None]]


@dataclass(frozen=True)
class Job:
    """Something that we do unasked.

    `due` names the appointments whose time has come, by one indexed query. `run` does one of
    them, in a transaction in which its slot was taken, and does so for a missed one as well.
    A job that can do many together, asking once for what all of them need, has `run_all` instead.
    `together` of them share a transaction: a commit for each would make the last ones late.
    """

    name: str
    due: Callable[[Session, datetime], Awaitable[Sequence[Appointment]]]
    run: Run | None = None
    run_all: RunAll | None = None
    together: int = 50

    async def keep(
        self, session: Session, appointments: Sequence[Appointment], now: datetime
    ) -> None:
        """Do what was taken."""
        if self.run_all is not None:
            await self.run_all(session, appointments, now)
        elif self.run is not None:
            for appointment in appointments:
                await self.run(session, appointment, now)
