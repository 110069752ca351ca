"""Counts for the operator: what waits, what is owed, what was done, and that we can write."""

from datetime import datetime

from sqlalchemy import func, text
from sqlmodel import col, select, update

from storage.database import Session, add_once
from storage.kinds import Delivery, Intake, SlotState
from storage.tables import Incoming, Outgoing, Slot

OPEN = (
    Delivery.PENDING,
    Delivery.SENDING,
    Delivery.UNKNOWN,
    Delivery.HELD,
    Delivery.NEEDS_PERSON,
)


async def arrivals(session: Session) -> dict[Intake, int]:
    """How many updates wait, and how many were set aside."""
    states = (Intake.NEW, Intake.DEAD)
    query = (
        select(Incoming.state, func.count())
        .where(col(Incoming.state).in_(states))
        .group_by(col(Incoming.state))
    )
    return dict.fromkeys(states, 0) | {Intake(state): n for state, n in await session.exec(query)}


async def calls(session: Session) -> dict[Delivery, int]:
    """How many calls are not settled for good, by state."""
    query = (
        select(Outgoing.state, func.count())
        .where(col(Outgoing.state).in_(OPEN))
        .group_by(col(Outgoing.state))
    )
    return dict.fromkeys(OPEN, 0) | {Delivery(state): n for state, n in await session.exec(query)}


async def appointments(session: Session, since: datetime) -> dict[tuple[str, SlotState], int]:
    """How many appointed times were kept or missed since then, by job."""
    query = (
        select(Slot.job, Slot.state, func.count())
        .where(col(Slot.at) >= since)
        .group_by(col(Slot.job), col(Slot.state))
    )
    return {(job, SlotState(state)): n for job, state, n in await session.exec(query)}


async def mark(session: Session, name: str, now: datetime) -> None:
    """Write one row, to see that this can be done: always the same one."""
    row = Slot(job=name, subject="", state=SlotState.DONE, at=now)
    if not await add_once(session, row):
        mine = (col(Slot.job) == name, col(Slot.subject) == "")
        await session.exec(update(Slot).where(*mine).values(at=now))


async def faults(session: Session) -> list[str]:
    """What SQLite finds wrong with its file when it looks quickly; empty: nothing."""
    found = (await session.exec(text("PRAGMA quick_check(1)"))).scalars().all()  # type: ignore[call-overload]
    return [str(one) for one in found if one != "ok"]
