"""Updates taken in: kept before Telegram is told so, handled once, in order within a lane."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, func, or_
from sqlmodel import and_, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Session, add_all, shared, unsynchronized
from storage.kinds import Intake
from storage.tables import Incoming

TRIES = 5

Told = tuple[int, int, dict[str, Any]]  # of an update: its id, its lane, and all of it


async def put(session: Session, updates: Sequence[Told], now: datetime) -> None:
    """Keep updates; one that we have already is left as it is."""
    rows = [
        {
            "update_id": update_id,
            "lane": lane,
            "raw": raw,
            "state": Intake.NEW,
            "attempts": 0,
            "not_before": now,
            "received_at": now,
            "error": "",
        }
        for update_id, lane, raw in updates
    ]
    await add_all(session, Incoming, rows)


async def take(session: Session, now: datetime, limit: int = 100) -> Sequence[Incoming]:
    """What this transaction is to handle, oldest first; an update that waits holds back its lane.

    Replicas share the lanes: one that is being handled elsewhere is left to whoever is at it,
    and no other gets it before this transaction has ended.
    """
    oldest, locked = _waiting()
    values = {"now": now, "most": limit}
    if shared(session):
        mine = (await session.exec(locked, params=values)).all()
        # Asked only now, with the lanes in hand: what was handled before is seen as handled.
        oldest = oldest.where(col(Incoming.lane).in_(mine))
    return (await session.exec(oldest, params=values)).all()


@cache
def _waiting() -> tuple[SelectOfScalar[Incoming], SelectOfScalar[int]]:
    """What can be handled, oldest first; and the lanes of it that no other replica is at."""
    now: Any = bindparam("now")
    most: Any = bindparam("most")
    held = (
        select(Incoming.lane, func.min(Incoming.update_id).label("first"))
        .where(Incoming.state == Intake.NEW, col(Incoming.not_before) > now)
        .group_by(col(Incoming.lane))
        .subquery()
    )
    new = and_(
        col(Incoming.state) == Intake.NEW,
        col(Incoming.not_before) <= now,
        or_(held.c.first.is_(None), col(Incoming.update_id) < held.c.first),
    )
    at_its_lane = held.c.lane == Incoming.lane
    oldest = (
        select(Incoming)
        .outerjoin(held, at_its_lane)
        .where(new)
        .order_by(col(Incoming.update_id))
        .limit(most)
    )
    lanes = (
        select(Incoming.lane)
        .outerjoin(held, at_its_lane)
        .where(new)
        .group_by(col(Incoming.lane))
        .order_by(func.min(Incoming.update_id))
        .cte()
        .prefix_with("MATERIALIZED")  # the oldest first, and no more locks than we need
    )
    free = func.pg_try_advisory_xact_lock(lanes.c.lane)
    return oldest, select(lanes.c.lane).where(free).limit(most)


async def done(session: Session, update_ids: Sequence[int]) -> int:
    """Mark updates as handled, in the transaction that handled them; how many were still new."""
    result = await session.exec(_done(), params={"updates": list(update_ids)})
    return int(result.rowcount)


@cache
def _done() -> Update:
    these = col(Incoming.update_id).in_(bindparam("updates", expanding=True))
    new = update(Incoming).where(these, col(Incoming.state) == Intake.NEW)
    return unsynchronized(new.values(state=Intake.DONE))


async def fail(session: Session, update_id: int, error: str, now: datetime) -> Intake:
    """An update could not be handled: it waits longer each time, and is set aside after TRIES."""
    row = await session.get_one(Incoming, update_id)
    row.attempts += 1
    row.error = error[:500]
    row.not_before = now + timedelta(seconds=2**row.attempts)
    if row.attempts >= TRIES:
        row.state, row.not_before = Intake.DEAD, now
    session.add(row)
    return row.state


async def set_aside(session: Session, update_id: int, reason: str, now: datetime) -> None:
    """Nobody can handle this update, now or later; `not_before` keeps when that was found."""
    await session.exec(
        update(Incoming)
        .where(col(Incoming.update_id) == update_id, col(Incoming.state) == Intake.NEW)
        .values(state=Intake.DEAD, error=reason[:500], not_before=now)
    )


async def dead(session: Session, since: datetime | None) -> int:
    """How many updates were set aside after `since`; None: ever."""
    ever = datetime.min.replace(tzinfo=UTC)
    return (await session.exec(_dead(), params={"since": since or ever})).one()


@cache
def _dead() -> SelectOfScalar[int]:
    query = select(func.count()).select_from(Incoming).where(col(Incoming.state) == Intake.DEAD)
    return query.where(col(Incoming.not_before) > bindparam("since"))


async def waiting(session: Session) -> bool:
    """Whether any update is still to be handled."""
    return bool((await session.exec(_any_new())).one())


@cache
def _any_new() -> SelectOfScalar[bool]:
    return select(select(Incoming.lane).where(Incoming.state == Intake.NEW).exists())
