"""What we remember of course packs that were sent as files: to be read, and what came of it."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Session
from storage.kinds import PackStage
from storage.tables import Person, SentPack

LEASE = timedelta(seconds=60)  # what somebody is at, and left, is free again after this


async def add(
    session: Session,
    person_id: int,
    chat_id: int,
    name: str,
    file_id: str,
    html: str,
    now: datetime,
) -> SentPack:
    """Somebody sent a file: it is to be fetched and read."""
    row = SentPack(
        person_id=person_id,
        chat_id=chat_id,
        name=name,
        file_id=file_id,
        html=html,
        not_before=now,
        at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def waiting(session: Session, now: datetime) -> bool:
    """Whether any file is to be read now."""
    return (await session.exec(_waiting(), params={"now": now})).first() is not None


@cache
def _waiting() -> SelectOfScalar[int]:
    return select(SentPack.id).where(*_due()).limit(1)


async def claim(session: Session, now: datetime) -> SentPack | None:
    """Take the file that has waited longest. Who takes it and dies has had one of its tries."""
    row = (await session.exec(_first(), params={"now": now})).first()
    if row is not None:
        row.attempts += 1
        row.not_before = now + LEASE
        session.add(row)
    return row


@cache
def _first() -> SelectOfScalar[SentPack]:
    first = select(SentPack).where(*_due()).order_by(col(SentPack.not_before)).limit(1)
    return first.with_for_update(skip_locked=True)


def _due() -> tuple[Any, ...]:
    return text("stage = 'waiting'"), col(SentPack.not_before) <= bindparam("now")  # by the index


async def put_off(session: Session, sent_id: int, until: datetime) -> None:
    """It could not be fetched now: not again before then."""
    await session.exec(
        update(SentPack)
        .where(col(SentPack.id) == sent_id, col(SentPack.stage) == PackStage.WAITING)
        .values(not_before=until)
    )


async def read(
    session: Session, sent_id: int, stage: PackStage, pack: dict[str, Any] | None = None
) -> SentPack | None:
    """It was read, or never will be; None where somebody else was faster."""
    query = select(SentPack).where(SentPack.id == sent_id, SentPack.stage == PackStage.WAITING)
    row = (await session.exec(query.with_for_update())).first()
    if row is not None:
        row.stage, row.pack = stage, pack
        session.add(row)
    return row


async def kept(session: Session, sent_id: int) -> dict[str, Any]:
    """What was kept of a file; nothing: it is to be fetched and read."""
    row = await session.get(SentPack, sent_id, populate_existing=True)
    return dict(row.pack or {}) if row else {}


async def sender(session: Session, row: SentPack) -> Person:
    """Who sent it."""
    return await session.get_one(Person, row.person_id)


async def own(session: Session, sent_id: int, person_id: int) -> SentPack | None:
    """A file that this person sent. Its other changes wait for this one."""
    query = select(SentPack).where(SentPack.id == sent_id, SentPack.person_id == person_id)
    return (await session.exec(query.with_for_update())).first()
