"""The calls that are owed, on their way: taken, made, and what became of each."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, or_
from sqlmodel import and_, col, select, update

from storage.database import Session
from storage.kinds import Delivery
from storage.outbox import touch, watchers
from storage.tables import Chat, Outgoing

LEASE = timedelta(seconds=60)  # a repeatable call whose sender died is free again after this
FINAL = {Delivery.SENT, Delivery.EXPIRED, Delivery.FAILED, Delivery.NEEDS_PERSON}


async def expire(session: Session, now: datetime) -> None:
    """What could not be sent in time is not sent any more, and whoever watches it is told."""
    overdue = (
        update(Outgoing)
        .where(
            col(Outgoing.state).in_([Delivery.PENDING, Delivery.HELD]),
            col(Outgoing.expires_at) <= now,
        )
        .values(state=Delivery.EXPIRED, done_at=now)
        .returning(col(Outgoing.key))
    )
    keys = (await session.exec(overdue)).scalars().all()
    if watching := {watcher for key in keys for watcher in watchers(key)}:
        await touch(session, watching, now)


async def claim(
    session: Session,
    now: datetime,
    limit: int,
    closed: Collection[int] = (),
    shares: Mapping[int, int] | None = None,
) -> Sequence[tuple[Outgoing, Chat]]:
    """Take up to `limit` calls to make now: one message and one edit a chat.

    The most pressing go first, after the `shares`: so many of a priority, if so many wait. A
    message that waits to be tried again holds back those behind it in its chat; edits, whose
    order is of no matter, do not. `closed`: chats that must not be written to yet.

    Once this is committed, a message that is found `sending` after a crash may have been sent.
    """
    busy = select(Outgoing.chat_id).where(
        col(Outgoing.state).in_([Delivery.SENDING, Delivery.UNKNOWN])
    )
    due = col(Outgoing.not_before) <= now
    place = func.row_number().over(
        partition_by=[col(Outgoing.chat_id), col(Outgoing.repeatable)],
        order_by=[col(Outgoing.priority), col(Outgoing.id)],
    )
    first = (
        select(Outgoing.id, Outgoing.priority, due.label("due"), place.label("place"))
        .where(
            Outgoing.state == Delivery.PENDING,
            col(Outgoing.chat_id).not_in(closed),
            or_(
                and_(col(Outgoing.repeatable), due),
                and_(~col(Outgoing.repeatable), col(Outgoing.chat_id).not_in(busy)),
            ),
        )
        .subquery()
    )
    rank = func.row_number().over(partition_by=first.c.priority, order_by=first.c.id)
    ready = select(first.c.id, rank.label("rank")).where(first.c.place == 1, first.c.due)
    ranked = ready.subquery()
    share = case(shares or {0: 0}, value=col(Outgoing.priority), else_=0)
    query = (
        select(Outgoing, Chat)
        .join(Chat, col(Outgoing.chat_id) == Chat.id)
        .join(ranked, col(Outgoing.id) == ranked.c.id)
        .where(Outgoing.state == Delivery.PENDING)
        .order_by(ranked.c.rank > share, col(Outgoing.priority), col(Outgoing.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=Outgoing)
    )
    taken = (await session.exec(query)).all()
    for row, _ in taken:
        row.attempts += 1
        row.tried_at = now
        if row.repeatable:
            row.not_before = now + LEASE
        else:
            row.state = Delivery.SENDING
        session.add(row)
    return taken


async def settled(
    session: Session,
    outgoing_id: int,
    state: Delivery,
    now: datetime,
    *,
    message_id: int | None = None,
    error: str = "",
    tried_at: datetime | None = None,
) -> None:
    """Write down what became of a call.

    `tried_at` names the try: what has been replaced since, or was found to have arrived, is left.
    """
    values: dict[str, Any] = {"state": state, "error": error[:500]}
    if state in FINAL:
        values["done_at"] = now
    if message_id is not None:
        values["message_id"] = message_id
    query = update(Outgoing).where(col(Outgoing.id) == outgoing_id)
    if tried_at is not None:
        query = query.where(
            col(Outgoing.tried_at) == tried_at, col(Outgoing.state) != Delivery.SENT
        )
    await session.exec(query.values(**values))


async def wait(session: Session, outgoing_id: int, until: datetime, error: str) -> None:
    """A call that certainly was not carried out is made again, not before `until`."""
    await session.exec(
        update(Outgoing)
        .where(col(Outgoing.id) == outgoing_id)
        .values(state=Delivery.PENDING, not_before=until, error=error[:500])
    )


async def rewrite(
    session: Session, outgoing_id: int, params: Mapping[str, Any], now: datetime
) -> None:
    """Owe the same message in other words."""
    await session.exec(
        update(Outgoing)
        .where(col(Outgoing.id) == outgoing_id)
        .values(state=Delivery.PENDING, not_before=now, params=dict(params))
    )


async def orphans(session: Session, carried: Collection[int]) -> int:
    """What is on its way, but is none of those `carried`, may have arrived or not; how many.

    Whoever carried it died, or could not write down what became of it.
    """
    result = await session.exec(
        update(Outgoing)
        .where(col(Outgoing.state) == Delivery.SENDING, col(Outgoing.id).not_in(carried))
        .values(state=Delivery.UNKNOWN)
    )
    return int(result.rowcount)
