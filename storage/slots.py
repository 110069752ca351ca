"""Appointed times that were taken, so that what a job does at each happens once."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlmodel import col, select

from storage.database import Session, add_new, add_once
from storage.kinds import SlotState
from storage.tables import Slot


async def claim(
    session: Session, job: str, subject: str, now: datetime, state: SlotState = SlotState.DONE
) -> bool:
    """Take a slot in the transaction that does its work; False when it was taken before."""
    return await add_once(session, Slot(job=job, subject=subject, state=state, at=now))


async def claim_all(
    session: Session, job: str, subjects: Mapping[str, SlotState], now: datetime
) -> set[str]:
    """Take many slots at once; those that were free."""
    rows = [
        {"job": job, "subject": subject, "state": state, "at": now}
        for subject, state in subjects.items()
    ]
    return {row.subject for row in await add_new(session, Slot, rows)}


async def taken(session: Session, job: str, subjects: Collection[str]) -> set[str]:
    """Those of `subjects` whose slots were taken before."""
    if not subjects:
        return set()
    query = select(Slot.subject).where(Slot.job == job, col(Slot.subject).in_(subjects))
    return set(await session.exec(query))


async def latest(session: Session, job: str) -> datetime | None:
    """When a job last took a slot."""
    query = select(Slot.at).where(Slot.job == job).order_by(col(Slot.at).desc()).limit(1)
    return (await session.exec(query)).first()
