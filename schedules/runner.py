"""Does what is due. Every replica may run it: the database lets each appointment happen once."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from structlog.contextvars import bound_contextvars

from schedules.job import Appointment, Job
from storage import slots
from storage.database import Database
from storage.kinds import SlotState

log = logging.getLogger(__name__)


def _silent() -> None:
    """Nobody wants to know."""


async def tick(
    database: Database,
    jobs: Sequence[Job],
    now: datetime,
    some: Callable[[], None] = _silent,
) -> int:
    """Look at the clock once; how many appointments were kept.

    `some` is called each time some of them are committed: their messages need not wait for all.
    """
    kept = 0
    for job in jobs:
        with bound_contextvars(job=job.name):
            try:
                async with database.read() as session:
                    due = await job.due(session, now)
            except Exception:
                log.exception("job %s cannot tell what is due", job.name)
                continue
            for start in range(0, len(due), job.together):
                kept += await _keep(database, job, due[start : start + job.together], now)
                some()
    return kept


async def _keep(database: Database, job: Job, due: Sequence[Appointment], now: datetime) -> int:
    """Keep appointments together; if one fails, each by itself, so that it harms no other."""
    try:
        async with database.begin() as session:
            kept = 0
            for appointment in due:
                state = SlotState.MISSED if appointment.missed else SlotState.DONE
                if await slots.claim(session, job.name, appointment.subject, now, state):
                    await job.run(session, appointment, now)
                    kept += 1
            return kept
    except Exception:
        if len(due) == 1:
            log.exception("job %s failed at %s", job.name, due[0].subject)
            return 0
    return sum([await _keep(database, job, [one], now) for one in due])
