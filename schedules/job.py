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


@dataclass(frozen=True)
class Job:
    """Something that we do unasked.

    `due` names the appointments whose time has come, by one indexed query. `run` does one of
    them, in a transaction in which its slot was taken, and does so for a missed one as well.
    `together` of them share a transaction: a commit for each would make the last ones late.
    """

    name: str
    due: Callable[[Session, datetime], Awaitable[Sequence[Appointment]]]
    run: Callable[[Session, Appointment, datetime], Awaitable[None]]
    together: int = 50
