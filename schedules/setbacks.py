"""When the machine's clock was set back: nothing may wait for the time that it showed before."""

from collections.abc import Sequence
from datetime import datetime

from schedules.job import Appointment, Job
from storage import setbacks
from storage.database import Session

NAME = "setback"


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Whenever something waits for longer than anything is made to wait."""
    if not await setbacks.found(session, now):
        return []
    return [Appointment(f"{now:%Y%m%dT%H%M%S}", None)]


async def mend(session: Session, _: Appointment, now: datetime) -> None:
    """It waits from now on."""
    await setbacks.mend(session, now)


SETBACKS = Job(NAME, due, mend)
