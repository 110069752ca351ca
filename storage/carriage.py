"""The calls that are owed, on their way: taken, made, and what became of each."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, case, func, or_
from sqlmodel import and_, col, select, update
from sqlmodel.sql.expression import Select

from storage.database import Session, unsynchronized
from storage.kinds import Delivery
from storage.outbox import CARDS, EDITS, NEWS, touch, watchers
from storage.tables import Chat, Outgoing

LEASE = timedelta(seconds=60)  # a repeatable call whose sender died is free again after this
PUSHED = (NEWS, CARDS, EDITS)
FINAL = {Delivery.SENT, Delivery.EXPIRED, Delivery.FAILED, Delivery.NEEDS_PERSON}


async def expire(session: Session, now: datetime) -> None:
    """What could not be sent in time is not sent any more, and whoever watches it is told."""
    keys = (await session.exec(_expire(), params={"now": now})).scalars().all()
    await touch(session, {watcher for key in keys for watcher in watchers(key)}, now)


@cache
def _expire() -> Any:
    overdue = update(Outgoing).where(
        col(Outgoing.state).in_([Delivery.PENDING, Delivery.HELD]),
        col(Outgoing.expires_at) <= bindparam("now"),
    )
    gone = unsynchronized(overdue.values(state=Delivery.EXPIRED, done_at=bindparam("now")))
    return gone.returning(col(Outgoing.key))


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
    known = {f"share_{priority}": (shares or {}).get(priority, 0) for priority in PUSHED}
    wish = {"now": now, "closed": list(closed), "most": limit, **known}
    taken = (await session.exec(_ready(), params=wish)).all()
    for row, _ in taken:
        row.attempts += 1
        row.tried_at = now
        if row.repeatable:
            row.not_before = now + LEASE
        else:
            row.state = Delivery.SENDING
        session.add(row)
    return taken


@cache
def _ready() -> Select[Outgoing, Chat]:
    busy = select(Outgoing.chat_id).where(
        col(Outgoing.state).in_([Delivery.SENDING, Delivery.UNKNOWN])
    )
    due = col(Outgoing.not_before) <= bindparam("now")
    place = func.row_number().over(
        partition_by=[col(Outgoing.chat_id), col(Outgoing.repeatable)],
        order_by=[col(Outgoing.priority), col(Outgoing.id)],
    )
    first = (
        select(Outgoing.id, Outgoing.priority, due.label("due"), place.label("place"))
        .where(
            Outgoing.state == Delivery.PENDING,
            or_(col(Outgoing.expires_at).is_(None), col(Outgoing.expires_at) > bindparam("now")),
            col(Outgoing.chat_id).not_in(bindparam("closed", expanding=True)),
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
    shares: dict[int, Any] = {priority: bindparam(f"share_{priority}") for priority in PUSHED}
    share = case(shares, value=col(Outgoing.priority), else_=0)
    return (
        select(Outgoing, Chat)
        .join(Chat, col(Outgoing.chat_id) == Chat.id)
        .join(ranked, col(Outgoing.id) == ranked.c.id)
        .where(Outgoing.state == Delivery.PENDING)
        .order_by(ranked.c.rank > share, col(Outgoing.priority), col(Outgoing.id))
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=Outgoing)
    )


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
    values = {
        "which": outgoing_id,
        "became": state,
        "why": error[:500],
        "done": now if state in FINAL else None,
        "message": message_id,
        "tried": tried_at,
    }
    await session.exec(_settled(tried_at is not None), params=values)


@cache
def _settled(tried: bool) -> Update:
    row = update(Outgoing).where(col(Outgoing.id) == bindparam("which"))
    if tried:
        row = row.where(
            col(Outgoing.tried_at) == bindparam("tried"), col(Outgoing.state) != Delivery.SENT
        )
    table: Any = Outgoing
    done: Any = bindparam("done", type_=table.done_at.type)  # written as all moments are
    return unsynchronized(
        row.values(
            state=bindparam("became"),
            error=bindparam("why"),
            done_at=func.coalesce(done, col(Outgoing.done_at)),
            message_id=func.coalesce(bindparam("message"), col(Outgoing.message_id)),
        )
    )


async def wait(session: Session, outgoing_id: int, until: datetime, error: str) -> None:
    """A call that certainly was not carried out is made again, not before `until`."""
    await session.exec(
        update(Outgoing)
        .where(col(Outgoing.id) == outgoing_id)
        .values(state=Delivery.PENDING, not_before=until, error=error[:500])
    )


async def rewrite(
    session: Session,
    outgoing_id: int,
    params: Mapping[str, Any],
    now: datetime,
    method: str | None = None,
) -> None:
    """Owe the same message in other words, or (`method`) in another way."""
    values = {"state": Delivery.PENDING, "not_before": now, "params": dict(params)}
    if method is not None:
        values["method"] = method
    await session.exec(update(Outgoing).where(col(Outgoing.id) == outgoing_id).values(**values))


async def orphans(session: Session, carried: Collection[int]) -> int:
    """What is on its way, but is none of those `carried`, may have arrived or not; how many.

    Whoever carried it died, or could not write down what became of it.
    """
    result = await session.exec(_orphans(), params={"carried": list(carried)})
    return int(result.rowcount)


@cache
def _orphans() -> Update:
    left = update(Outgoing).where(
        col(Outgoing.state) == Delivery.SENDING,
        col(Outgoing.id).not_in(bindparam("carried", expanding=True)),
    )
    return unsynchronized(left.values(state=Delivery.UNKNOWN))
