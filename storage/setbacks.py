"""A clock that was set back: what was to wait for moments would wait for as long as that."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_, text
from sqlmodel import col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Session
from storage.kinds import Delivery, Intake, PackStage
from storage.tables import Incoming, Outgoing, SentPack

FAR = timedelta(minutes=5)  # nothing of ours waits for longer than a minute


async def found(session: Session, now: datetime) -> bool:
    """Whether anything waits for a time that is farther ahead than anything is made to wait."""
    return bool((await session.exec(_found(), params={"far": now + FAR})).one())


@cache
def _found() -> SelectOfScalar[bool]:
    far: Any = bindparam("far")
    update_waits = select(Incoming.update_id).where(
        Incoming.state == Intake.NEW, col(Incoming.not_before) > far
    )
    call_waits = select(Outgoing.id).where(
        Outgoing.state == Delivery.PENDING, col(Outgoing.not_before) > far
    )
    in_doubt = select(Outgoing.id).where(
        Outgoing.state == Delivery.UNKNOWN, col(Outgoing.tried_at) > far
    )
    stale = select(Outgoing.id).where(
        col(Outgoing.stale_at).is_not(None), col(Outgoing.refreshed_at) > far
    )
    pack_waits = select(SentPack.id).where(
        text("stage = 'waiting'"), col(SentPack.not_before) > far
    )
    return select(
        or_(
            update_waits.exists(),
            call_waits.exists(),
            in_doubt.exists(),
            stale.exists(),
            pack_waits.exists(),
        )
    )


async def mend(session: Session, now: datetime) -> None:
    """Let all of it wait from now on, and no longer than it was made to."""
    far = now + FAR
    await session.exec(
        update(Incoming)
        .where(col(Incoming.state) == Intake.NEW, col(Incoming.not_before) > far)
        .values(not_before=now)
    )
    await session.exec(
        update(Outgoing)
        .where(col(Outgoing.state) == Delivery.PENDING, col(Outgoing.not_before) > far)
        .values(not_before=now)
    )
    await session.exec(
        update(Outgoing)
        .where(col(Outgoing.state) == Delivery.UNKNOWN, col(Outgoing.tried_at) > far)
        .values(tried_at=now)
    )
    await session.exec(
        update(SentPack)
        .where(col(SentPack.stage) == PackStage.WAITING, col(SentPack.not_before) > far)
        .values(not_before=now)
    )
    await session.exec(
        update(Outgoing)
        .where(col(Outgoing.stale_at).is_not(None), col(Outgoing.refreshed_at) > far)
        .values(refreshed_at=now)
    )
