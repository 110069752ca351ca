"""What a person says of when we may write to them unasked."""

from datetime import date, time

from sqlmodel import col, update

from storage.database import Session
from storage.tables import Person


async def keep_hours(session: Session, person_id: int, start: time, end: time) -> None:
    """These hours are quiet for a person from now on; none, where both are the same."""
    hours = {"quiet_from": start, "quiet_until": end}
    await session.exec(update(Person).where(col(Person.id) == person_id).values(**hours))


async def pause(session: Session, person_id: int, until: date | None) -> None:
    """Nothing unasked before that day; None: a pause is over."""
    paused = update(Person).where(col(Person.id) == person_id)
    await session.exec(paused.values(paused_until=until))
