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
    kept, left = 0, list(jobs)
    while left:
        job, due = await _next(database, left, now)
        if job is None:
            break
        left = left[left.index(job) + 1 :]
        with bound_contextvars(job=job.name):
            for start in range(0, len(due), job.together):
                kept += await _keep(database, job, due[start : start + job.together], now)
                some()
    return kept


async def _next(
    database: Database, jobs: Sequence[Job], now: datetime
) -> tuple[Job | None, Sequence[Appointment]]:
    """The first job that has something to do, found in one look at the database."""
    async with database.read() as session:
        for job in jobs:
            try:
                if due := await job.due(session, now):
                    return job, due
            except Exception:
                log.exception("job %s cannot tell what is due", job.name)
                await session.rollback()  # after a query that failed, PostgreSQL answers no other
    return None, ()


async def _keep(database: Database, job: Job, due: Sequence[Appointment], now: datetime) -> int:
    """Keep appointments together; if one fails, each by itself, so that it harms no other."""
    try:
        async with database.begin() as session:
            wanted = {
                one.subject: SlotState.MISSED if one.missed else SlotState.DONE for one in due
            }
            free = await slots.claim(session, job.name, wanted, now)
            ours = [one for one in due if one.subject in free]
            if ours:
                await job.keep(session, ours, now)
            return len(ours)
    except Exception:
        if len(due) == 1:
            log.exception("job %s failed at %s", job.name, due[0].subject)
            return 0
        log.warning(
            "job %s: %d together failed, now one by one", job.name, len(due), exc_info=True
        )
    return sum([await _keep(database, job, [one], now) for one in due])
