"""Appointed times that were taken, so that what a job does at each happens once."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Session, add_new
from storage.kinds import SlotState
from storage.tables import Slot


async def claim(
    session: Session, job: str, subjects: Mapping[str, SlotState], now: datetime
) -> set[str]:
    """Take slots in the transaction that does their work; those that were free."""
    rows = [
        {"job": job, "subject": subject, "state": state, "at": now}
        for subject, state in subjects.items()
    ]
    return {row.subject for row in await add_new(session, Slot, rows)}


async def taken(session: Session, job: str, subjects: Collection[str]) -> set[str]:
    """Those of `subjects` whose slots were taken before."""
    if not subjects:
        return set()
    which = {"job": job, "subjects": list(subjects)}
    return set(await session.exec(_taken(), params=which))


@cache
def _taken() -> SelectOfScalar[str]:
    these = col(Slot.subject).in_(bindparam("subjects", expanding=True))
    return select(Slot.subject).where(col(Slot.job) == bindparam("job"), these)


async def latest(session: Session, job: str) -> datetime | None:
    """When a job last took a slot."""
    return (await session.exec(_latest(), params={"job": job})).first()


@cache
def _latest() -> SelectOfScalar[datetime]:
    of_job = select(Slot.at).where(col(Slot.job) == bindparam("job"))
    return of_job.order_by(col(Slot.at).desc()).limit(1)
