"""Each night: what has been kept for as long as it is to be is let go, a part at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from handlers.rules.keeping import USUAL, Keep
from schedules.job import Appointment, Job
from storage import retention as rows
from storage import slots
from storage.database import Session
from storage.retention import Old

NAME = "retention"
HOUR = 19  # UTC: the middle of the night where most teams are
PART = 500  # rows in one transaction: people's taps wait while it lasts
END = "end"


def retention(keep: Keep) -> Job:
    """The job, where things are kept for so many days."""

    async def due(session: Session, now: datetime) -> Sequence[Appointment]:
        """Once a day, from the hour on: parts of what is old, and then the end."""
        day = f"{now.astimezone(UTC):%Y-%m-%d}"
        end = f"{day}:{END}"
        if now.astimezone(UTC).hour < HOUR or await slots.taken(session, NAME, [end]):
            return []
        found = []
        for kind, days in keep.items():
            for old in await rows.old(session, kind, now - timedelta(days=days)):
                found += [
                    Appointment(f"{day}:{old.table}:{old.ids[at]}", old.part(at, PART))
                    for at in range(0, len(old.ids), PART)
                ]
        return [*found, Appointment(end, None)]

    return Job(NAME, due, let_go, together=1)


async def let_go(session: Session, appointment: Appointment, now: datetime) -> None:
    """Let go of some rows, or of words in them."""
    old: Old | None = appointment.what
    if old is not None:
        await rows.let_go(session, old, now)


RETENTION = retention(USUAL)
