"""What we remember of cues: of what somebody's next words in private will be."""

from datetime import datetime, timedelta

from sqlmodel import col, delete

from storage.database import Session
from storage.kinds import Cueing
from storage.tables import Cue

LIFE = timedelta(minutes=30)  # later, words are what they would be without


async def give(
    session: Session, person_id: int, announcement_id: int, about: Cueing, now: datetime
) -> None:
    """Take somebody's next words for this, in the place of what they were to be taken for."""
    row = await session.get(Cue, person_id) or Cue(
        person_id=person_id, announcement_id=announcement_id, about=about, at=now
    )
    row.announcement_id, row.about, row.html, row.at = announcement_id, about, "", now
    session.add(row)
    await session.flush()


async def given(session: Session, person_id: int, now: datetime) -> Cue | None:
    """What somebody's words are to be taken for; None: for what they are."""
    row = await session.get(Cue, person_id)
    return row if row is not None and now - row.at < LIFE else None


async def end(session: Session, person_id: int) -> None:
    """Take somebody's words for what they are again."""
    await session.exec(delete(Cue).where(col(Cue.person_id) == person_id))
