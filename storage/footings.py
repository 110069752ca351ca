"""What we remember of groups as Telegram has them: our rights there, and how many people."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import bindparam, text
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Session, add_once
from storage.tables import Chat, Footing

RIGHTS = "rights"  # begins the names of messages that tell what we may do in a group
FRESH = timedelta(minutes=10)  # for as long, a count is not asked for again
AGAIN = timedelta(minutes=5)  # after which Telegram is asked once more, where it did not answer


def key(chat_id: int, told_id: int) -> str:
    """The name of the message that tells, in the second chat, how we stand in the first."""
    return f"{keys_of(chat_id)}{told_id}"


def keys_of(chat_id: int) -> str:
    """How the names of all messages begin that tell how we stand in a group."""
    return f"{RIGHTS}:{chat_id}:"


async def one(session: Session, chat_id: int) -> Footing | None:
    """How we stand in a group, as far as we were told."""
    return await session.get(Footing, chat_id)


async def of(session: Session, chat_ids: Collection[int]) -> dict[int, Footing]:
    """By group: how we stand there."""
    rows = await session.exec(select(Footing).where(col(Footing.chat_id).in_(chat_ids)))
    return {row.chat_id: row for row in rows}


async def stand(
    session: Session,
    chat_id: int,
    now: datetime,
    *,
    admin: bool,
    posts: bool,
    pins: bool,
    reads: bool,
) -> None:
    """Telegram says what we may do in a group now; the rest is to be asked."""
    row = await _row(session, chat_id)
    row.admin, row.posts, row.pins, row.reads = admin, posts, pins, reads
    row.wanted_at = now
    session.add(row)


async def want(
    session: Session, chat_ids: Collection[int], now: datetime, *, fresh: bool = True
) -> None:
    """Somebody wants to know how many people are in these groups: old counts are made anew.

    `fresh`: one that was made just now will do.
    """
    known = await of(session, chat_ids)
    for chat_id in sorted(chat_ids):
        row = known.get(chat_id) or await _row(session, chat_id)
        if row.wanted_at is None and not (
            fresh and row.counted_at and now - row.counted_at < FRESH
        ):
            row.wanted_at = now
            session.add(row)


async def waiting(session: Session, now: datetime) -> bool:
    """Whether Telegram is to be asked of any group."""
    return (await session.exec(_wanted(), params={"now": now, "most": 1})).first() is not None


async def wanted(session: Session, now: datetime, limit: int) -> Sequence[Chat]:
    """Of which groups Telegram is to be asked, the oldest wish first."""
    return (await session.exec(_wanted(), params={"now": now, "most": limit})).all()


@cache
def _wanted() -> SelectOfScalar[Chat]:
    return (
        select(Chat)
        .join(Footing, col(Footing.chat_id) == Chat.id)
        .where(text("wanted_at IS NOT NULL"), col(Footing.wanted_at) <= bindparam("now"))
        .order_by(col(Footing.wanted_at))
        .limit(bindparam("most"))
    )


async def told(
    session: Session,
    chat_id: int,
    now: datetime,
    people: int | None,
    *,
    above: int = 0,
    admin: bool | None = None,
    posts: bool | None = None,
    pins: bool | None = None,
) -> None:
    """Telegram answered: so many are there, and that is what we may; None: it does not say."""
    row = await _row(session, chat_id)
    if people is not None:
        row.people, row.above, row.counted_at = people, above, now
    if admin is not None:
        row.reads = admin or (row.reads and not row.admin)
        row.admin = admin
    row.posts = row.admin or (row.posts if posts is None else posts)
    row.pins = row.pins if pins is None else pins
    row.wanted_at = None
    session.add(row)


async def put_off(session: Session, chat_id: int, now: datetime) -> None:
    """It did not."""
    row = await _row(session, chat_id)
    row.wanted_at = now + AGAIN
    session.add(row)


async def _row(session: Session, chat_id: int) -> Footing:
    await add_once(session, Footing(chat_id=chat_id))
    return (await session.exec(_one(), params={"chat": chat_id})).one()


@cache
def _one() -> SelectOfScalar[Footing]:
    return select(Footing).where(col(Footing.chat_id) == bindparam("chat"))
