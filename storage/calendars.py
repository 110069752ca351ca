"""What we remember of national calendars: those that this installation was told."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from storage.database import Session
from storage.tables import CalendarYear

Told = dict[int, tuple[Sequence[str], Sequence[str]]]  # by year: days off, days worked


async def told(session: Session, since: int = 0) -> Told:
    """The days off and the days worked of each year from `since` on, as far as we were told."""
    query = select(CalendarYear).where(col(CalendarYear.year) >= since)
    return {row.year: (row.off, row.work) for row in await session.exec(query)}


async def one(session: Session, year: int) -> CalendarYear | None:
    """What we were told of a year."""
    return await session.get(CalendarYear, year)


async def keep(
    session: Session,
    year: int,
    off: Sequence[str],
    work: Sequence[str],
    source: str,
    now: datetime,
) -> bool:
    """Remember a year's days, in the place of what we were told before; False: it was the same."""
    row = await session.get(CalendarYear, year)
    if row and (row.off, row.work, row.source) == (list(off), list(work), source):
        return False
    if row is None:
        row = CalendarYear(year=year, off=[], work=[], at=now)
    row.off, row.work, row.source, row.at = list(off), list(work), source, now
    session.add(row)
    await session.flush()
    return True
