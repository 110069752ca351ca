"""Messages of which we cannot say whether they arrived, and what settles that.

The answer was lost, or we died before it came. A tap on the message proves that it is there; the
probe may find it; else it is sent once more, and the second time a person is asked.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import BigInteger, ColumnElement, bindparam, case, func
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select, update
from sqlmodel.sql.expression import Select, SelectOfScalar

from storage.database import Session
from storage.kinds import ChatKind, Delivery
from storage.outbox import touch, watchers
from storage.tables import Chat, Id, Incoming, Outgoing, Team

SETTLE = timedelta(seconds=90)  # by then the answer to a lost call cannot be on its way any more
LOOK_BACK = timedelta(days=1)
AFTERLIFE = timedelta(hours=1)  # in which a message that a person sends again may go out
ALBUM = "sendMediaGroup"  # becomes several messages; we remember the first
LET_GO = ("nudge:", "outage:", "preview:")  # most of what is in doubt did arrive: not repeated


@dataclass(frozen=True)
class Unclear:
    """A message that a person has to judge: which, where, since when."""

    outgoing: Outgoing
    chat: Chat
    team: Team | None


@dataclass(frozen=True)
class Surroundings:
    """Where in a chat a message could be: after `floor`, and at none of the `others`."""

    floor: int
    others: frozenset[int]


async def doubtful(session: Session, key: str, chat_id: int, message_id: int) -> Outgoing | None:
    """What is owed under a key, where nobody knows whether it arrived as this message.

    Taps can be forged: a message that we know as another is not the one.
    """
    where = {"name": key, "chat": chat_id, "message": message_id}
    return (await session.exec(_doubtful(), params=where)).first()


@cache
def _doubtful() -> SelectOfScalar[Outgoing]:
    chat, message = bindparam("chat", type_=Id), bindparam("message", type_=BigInteger)
    other = aliased(Outgoing)
    known = select(other.id).where(col(other.chat_id) == chat, col(other.message_id) == message)
    return select(Outgoing).where(
        col(Outgoing.key) == bindparam("name"),
        col(Outgoing.chat_id) == chat,
        _open(),
        ~known.exists(),
    )


def _open() -> ColumnElement[bool]:
    return or_(
        col(Outgoing.state).in_([Delivery.SENDING, Delivery.UNKNOWN, Delivery.NEEDS_PERSON]),
        and_(col(Outgoing.state) == Delivery.PENDING, col(Outgoing.resent)),
    )


async def arrived(session: Session, outgoing: Outgoing, message_id: int, now: datetime) -> None:
    """Somebody tapped it: it did arrive, and as which message."""
    await session.exec(
        update(Outgoing)
        .where(col(Outgoing.id) == outgoing.id, _open())
        .values(state=Delivery.SENT, message_id=message_id, done_at=now)
    )


async def lost(session: Session, now: datetime, limit: int) -> Sequence[tuple[Outgoing, Chat]]:
    """What has stayed unknown for long enough to be looked for."""
    query = (
        select(Outgoing, Chat)
        .join(Chat, col(Outgoing.chat_id) == Chat.id)
        .where(
            Outgoing.state == Delivery.UNKNOWN,
            col(Outgoing.tried_at) <= now - SETTLE,
            col(Chat.trouble) == "",
        )
        .order_by(col(Outgoing.id))
        .limit(limit)
    )
    return (await session.exec(query)).all()


async def found(session: Session, outgoing: Outgoing, message_id: int, now: datetime) -> None:
    """It is there: it was sent, and under this id."""
    await session.exec(
        update(Outgoing)
        .where(col(Outgoing.id) == outgoing.id, col(Outgoing.state) == Delivery.UNKNOWN)
        .values(state=Delivery.SENT, message_id=message_id, done_at=now)
    )
    await touch(session, watchers(outgoing.key), now)


async def settle(session: Session, now: datetime, only: Collection[int] | None = None) -> None:
    """Decide what stayed unknown: send it once more, and the second time ask a person.

    Reminders are let go instead. `only`: these rows, for which it was looked in vain.
    """
    unknown = [col(Outgoing.state) == Delivery.UNKNOWN, col(Outgoing.tried_at) <= now - SETTLE]
    if only is None and not (await session.exec(_due(), params={"by": now - SETTLE})).one():
        return
    if only is not None:
        unknown.append(col(Outgoing.id).in_(only))
    minor = or_(*(col(Outgoing.key).startswith(prefix) for prefix in LET_GO))
    await session.exec(
        update(Outgoing)
        .where(*unknown, minor)
        .values(state=Delivery.FAILED, done_at=now, error="in doubt, and not worth a second one")
    )
    asked = await session.exec(
        update(Outgoing)
        .where(*unknown, col(Outgoing.resent))
        .values(state=Delivery.NEEDS_PERSON, done_at=now)
        .returning(col(Outgoing.key))
    )
    keys = asked.scalars().all()
    if watching := {watcher for key in keys for watcher in watchers(key)}:
        await touch(session, watching, now)
    await session.exec(
        update(Outgoing)
        .where(*unknown)
        .values(state=Delivery.PENDING, resent=True, not_before=now)
    )


@cache
def _due() -> SelectOfScalar[bool]:
    old = col(Outgoing.tried_at) <= bindparam("by")
    return select(select(Outgoing.id).where(Outgoing.state == Delivery.UNKNOWN, old).exists())


async def surroundings(session: Session, outgoing: Outgoing, chat: Chat) -> Surroundings | None:
    """What we know of the ids around a message in doubt; None when that is nothing.

    A supergroup counts its own messages; all other chats of ours share one count.
    """
    assert outgoing.tried_at is not None
    apart = chat.kind is ChatKind.SUPERGROUP
    album = case((col(Outgoing.method) == ALBUM, col(Outgoing.params)))
    ours = select(Outgoing.message_id, Outgoing.done_at, album).where(
        col(Outgoing.message_id).is_not(None), ~col(Outgoing.repeatable)
    )
    theirs = select(Incoming.raw, Incoming.received_at).where(
        col(Incoming.received_at) >= outgoing.tried_at - LOOK_BACK
    )
    if apart:
        ours = ours.where(Outgoing.chat_id == chat.id)
        theirs = theirs.where(Incoming.lane == chat.telegram_id)
    else:
        shared = select(Chat.id).where(Chat.kind != ChatKind.SUPERGROUP)
        ours = ours.where(col(Outgoing.chat_id).in_(shared))
    seen = [
        (number + further, at)
        for number, at, params in await session.exec(ours)
        if number is not None
        for further in range(len(params["media"]) if params else 1)
    ]
    for raw, at in await session.exec(theirs):
        message = raw.get("message") or {}
        if (message.get("chat", {}).get("type") == "supergroup") is apart and message:
            seen.append((int(message["message_id"]), at))
    before = [number for number, at in seen if at is not None and at <= outgoing.tried_at]
    if not before:
        return None
    floor = max(before)
    return Surroundings(floor, frozenset(number for number, _ in seen if number > floor))


# -- asking a person -------------------------------------------------------------------------


async def unclear(session: Session, limit: int) -> Sequence[Unclear]:
    """What a person has to judge, oldest first."""
    query = (
        select(Outgoing, Chat, Team)
        .join(Chat, col(Outgoing.chat_id) == Chat.id)
        .outerjoin(
            Team,
            and_(
                col(Team.chat_id) == Chat.id,
                col(Team.topic_id) == Outgoing.topic_id,
                col(Team.retired_at).is_(None),
            ),
        )
        .where(Outgoing.state == Delivery.NEEDS_PERSON)
        .order_by(col(Outgoing.done_at), col(Outgoing.id))
        .limit(limit)
    )
    return [Unclear(*row) for row in await session.exec(query)]


async def tally(session: Session) -> tuple[int, datetime | None]:
    """How many messages a person has to judge, and since when the latest of them waits."""
    count, latest = (await session.exec(_tally())).one()
    return count, latest


@cache
def _tally() -> Select[int, datetime | None]:
    return select(func.count(), func.max(Outgoing.done_at)).where(
        Outgoing.state == Delivery.NEEDS_PERSON
    )


async def judge(session: Session, outgoing_id: int, now: datetime, *, there: bool) -> bool:
    """A person says: it is there, or send it again; False when that was said before."""
    values = {"state": Delivery.SENT, "done_at": now}
    if not there:
        values = {
            "state": Delivery.PENDING,
            "not_before": now,
            "expires_at": now + AFTERLIFE,
            "resent": True,
        }
    judged = await session.exec(
        update(Outgoing)
        .where(col(Outgoing.id) == outgoing_id, col(Outgoing.state) == Delivery.NEEDS_PERSON)
        .values(**values)
        .returning(col(Outgoing.key))
    )
    keys = judged.scalars().all()
    await touch(session, [watcher for key in keys for watcher in watchers(key)], now)
    return bool(keys)
