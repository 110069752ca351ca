"""Each night: what has served its time is let go."""

from collections.abc import Sequence
from datetime import UTC, datetime

from schedules.job import Appointment, Job
from storage import applications, files, outbox, slots, tutorials, watches
from storage.database import Session

NAME = "housekeeping"
HOUR = 19  # UTC: the middle of the night where most teams are


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Once a day, from the hour on."""
    day = f"{now.astimezone(UTC):%Y-%m-%d}"
    if now.astimezone(UTC).hour < HOUR or await slots.taken(session, NAME, [day]):
        return []
    return [Appointment(day, None)]


async def tidy(session: Session, _: Appointment, now: datetime) -> None:
    """What was remembered beside the facts; what people said has its time in `retention`."""
    await outbox.forget(session, now)
    await watches.forget(session, now)
    await files.forget(session, now)
    await tutorials.forget(session, now)
    await applications.forget(session, now)


HOUSEKEEPING = Job(NAME, due, tidy)
