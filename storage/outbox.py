"""Bot API calls that are owed, written in the transaction that owes them.

A row with a key is owed once, however often it is said. A row that was sent *is* the message from
then on: `touch` says that it shows less than we know, and whoever renders it gets it from `stale`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, func, or_
from sqlmodel import and_, col, delete, select, update
from sqlmodel.sql.expression import Select, SelectOfScalar

from storage.database import (
    Session,
    add_all,
    add_once,
    at_last,
    put_all,
    shared,
    unsynchronized,
)
from storage.kinds import Delivery
from storage.tables import Chat, Hold, Outgoing

# Lower goes first.
URGENT, NEWS, CARDS, EDITS = 0, 1, 2, 3
EDIT_EVERY = timedelta(seconds=5)
SAID = "said:"
TOUCHED = "touched"
KEEP = timedelta(days=7)
RENEWED = ("method", "params", "state", "not_before", "attempts", "tried_at")  # by a newer edit

UNSETTLED = (Delivery.PENDING, Delivery.SENDING, Delivery.UNKNOWN, Delivery.HELD)

Call = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Post:
    """One of many messages to owe."""

    key: str
    chat_id: int
    call: Call
    topic_id: int = 0
    expires_at: datetime | None = None  # None: as all of them
    not_before: datetime | None = None  # None: now


async def post(
    session: Session,
    key: str,
    chat_id: int,
    call: Call,
    now: datetime,
    *,
    more: Sequence[Call] = (),
    topic_id: int = 0,
    priority: int = NEWS,
    expires_at: datetime | None = None,
) -> bool:
    """Owe a chat one message; False when `key` is owed, or was sent, already.

    `more`: the further parts of one that is too long. They go out after it, in order, since a
    chat has one message on its way at most.
    """
    chat = await session.get_one(Chat, chat_id)
    topic = select(Hold.at).where(Hold.chat_id == chat_id, Hold.topic_id == topic_id)
    held = bool(chat.trouble or (await session.exec(topic)).first())
    fresh = False
    for part, (method, params) in enumerate([call, *more], start=1):
        row = Outgoing(
            key=key if part == 1 else f"{key}/{part}",
            chat_id=chat_id,
            topic_id=topic_id,
            method=method,
            params=dict(params),
            priority=priority,
            state=Delivery.HELD if held else Delivery.PENDING,
            not_before=now,
            expires_at=expires_at,
        )
        fresh = await add_once(session, row) or fresh
    return fresh


async def post_all(
    session: Session,
    posts: Sequence[Post],
    now: datetime,
    *,
    priority: int = NEWS,
    expires_at: datetime | None = None,
) -> None:
    """Owe many chats a message each, in one statement; keys that are known are passed over."""
    if not posts:
        return
    where = {"chats": list({post.chat_id for post in posts})}
    troubled = set((await session.exec(_troubled(), params=where)).all())
    topics = await session.exec(_held(), params=where)
    held = {(chat_id, topic_id) for chat_id, topic_id in topics}

    def state(post: Post) -> Delivery:
        refused = post.chat_id in troubled or (post.chat_id, post.topic_id) in held
        return Delivery.HELD if refused else Delivery.PENDING

    rows = [
        {
            "key": post.key,
            "chat_id": post.chat_id,
            "topic_id": post.topic_id,
            "method": post.call[0],
            "params": dict(post.call[1]),
            "priority": priority,
            "repeatable": False,
            "state": state(post),
            "attempts": 0,
            "resent": False,
            "not_before": post.not_before or now,
            "expires_at": post.expires_at or expires_at,
            "error": "",
        }
        for post in posts
    ]
    await add_all(session, Outgoing, rows)


async def ask(session: Session, key: str, chat_id: int, call: Call, now: datetime) -> None:
    """Owe a call that posts nothing and may be repeated, once by key: a message is pinned."""
    row = Outgoing(
        key=key,
        chat_id=chat_id,
        method=call[0],
        params=dict(call[1]),
        priority=EDITS,
        repeatable=True,
        not_before=now,
    )
    await add_once(session, row)


async def ask_all(session: Session, asks: Sequence[Post], now: datetime) -> None:
    """The same for many calls, in one statement."""
    rows = [
        {
            "key": one.key,
            "chat_id": one.chat_id,
            "topic_id": one.topic_id,
            "method": one.call[0],
            "params": dict(one.call[1]),
            "priority": EDITS,
            "repeatable": True,
            "state": Delivery.PENDING,
            "attempts": 0,
            "resent": False,
            "not_before": now,
            "error": "",
        }
        for one in asks
    ]
    await add_all(session, Outgoing, rows)


@cache
def _troubled() -> SelectOfScalar[int]:
    these = col(Chat.id).in_(bindparam("chats", expanding=True))
    return select(Chat.id).where(these, col(Chat.trouble) != "")


@cache
def _held() -> Select[int, int]:
    these = col(Hold.chat_id).in_(bindparam("chats", expanding=True))
    return select(Hold.chat_id, Hold.topic_id).where(these)


async def edit(
    session: Session,
    calls: Sequence[tuple[Outgoing, Call]],
    now: datetime,
    *,
    priority: int = EDITS,
) -> Sequence[str]:
    """Owe edits of messages of ours, and name those that do not show just that already.

    A newer edit replaces one that has not left yet. One that is on its way settles only itself.
    """
    keys = [f"edit:{message.key}" for message, _ in calls]
    before = {row.key: row for row in await session.exec(_by_keys(), params={"keys": keys})}
    fresh = []
    for key, (message, (method, params)) in zip(keys, calls, strict=True):
        wanted = {**params, "message_id": message.message_id}
        last = before.get(key)
        if last is None:
            shown = {**message.params, "message_id": message.message_id}
        else:
            shown = last.params if last.state is Delivery.SENT else {}
        if shown == wanted and message.params:  # an adopted message is edited directly as well
            continue
        fresh.append(
            {
                "key": key,
                "chat_id": message.chat_id,
                "topic_id": message.topic_id,
                "method": method,
                "params": wanted,
                "priority": priority,
                "repeatable": True,
                "state": Delivery.PENDING,
                "attempts": 0,
                "resent": False,
                "not_before": now,
                "tried_at": None,
                "error": "",
            }
        )
    await put_all(session, Outgoing.key, fresh, RENEWED)
    return [str(row["key"]) for row in fresh]


async def by_keys(session: Session, keys: Collection[str]) -> dict[str, Outgoing]:
    """By key: the rows that are owed, or were sent."""
    rows = await session.exec(_by_keys(), params={"keys": list(keys)})
    return {row.key: row for row in rows}


@cache
def _by_keys() -> SelectOfScalar[Outgoing]:
    these = col(Outgoing.key).in_(bindparam("keys", expanding=True))
    return select(Outgoing).where(these).execution_options(populate_existing=True)


async def touch(session: Session, keys: Collection[str], now: datetime) -> None:
    """These messages show less than we know: they will be rendered anew soon.

    It is written at the end of the unit, once for all that touched them.
    """
    if keys:
        touched = session.info.setdefault(TOUCHED, {})
        touched.update(dict.fromkeys(keys, now))
        at_last(session, _mark)


async def _mark(session: Session) -> None:
    touched: dict[str, datetime] = session.info.pop(TOUCHED)
    which = {"keys": list(touched), "now": max(touched.values())}
    if shared(session):
        # Held until we commit, in one order for everybody: a refresh that took the mark away, and
        # rendered what we have not committed yet, would leave the message at what it was.
        await session.exec(_hold(), params={"keys": which["keys"]})
    await session.exec(_touch(), params=which)


@cache
def _hold() -> SelectOfScalar[int]:
    these = col(Outgoing.key).in_(bindparam("keys", expanding=True))
    return select(Outgoing.id).where(these).order_by(col(Outgoing.id)).with_for_update()


@cache
def _touch() -> Update:
    these = col(Outgoing.key).in_(bindparam("keys", expanding=True))
    fresh = update(Outgoing).where(these, col(Outgoing.stale_at).is_(None))
    return unsynchronized(fresh.values(stale_at=bindparam("now")))


async def stale(session: Session, now: datetime, limit: int = 100) -> Sequence[Outgoing]:
    """Messages to render anew: each at most once in EDIT_EVERY. They count as fresh from here."""
    which = {"before": now - EDIT_EVERY, "most": limit}
    rows = (await session.exec(_stale(), params=which)).all()
    for row in rows:
        row.stale_at, row.refreshed_at = None, now
        session.add(row)
    return rows


@cache
def _stale() -> SelectOfScalar[Outgoing]:
    return (
        select(Outgoing)
        .where(
            col(Outgoing.stale_at).is_not(None),
            col(Outgoing.message_id).is_not(None),
            or_(
                col(Outgoing.refreshed_at).is_(None),
                col(Outgoing.refreshed_at) <= bindparam("before"),
            ),
        )
        .order_by(col(Outgoing.stale_at))
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )


async def stirring(session: Session) -> tuple[bool, bool]:
    """Whether any message shows too little, and whether any call waits, flies or is in doubt."""
    found = (await session.exec(_stirring())).one()
    return bool(found[0]), bool(found[1])


@cache
def _stirring() -> Select[bool, bool]:
    stale = select(Outgoing.id).where(col(Outgoing.stale_at).is_not(None)).exists()
    owed = select(Outgoing.id).where(col(Outgoing.state).in_(UNSETTLED)).exists()
    return select(stale, owed)


async def by_key(session: Session, key: str) -> Outgoing | None:
    """The row that is owed, or was sent, under a key."""
    return (await session.exec(_by_key(), params={"key": key})).first()


@cache
def _by_key() -> SelectOfScalar[Outgoing]:
    return select(Outgoing).where(col(Outgoing.key) == bindparam("key"))


async def by_message(session: Session, chat_id: int, message_id: int) -> Outgoing | None:
    """What a message of ours in a chat is."""
    query = select(Outgoing).where(
        Outgoing.chat_id == chat_id, Outgoing.message_id == message_id, ~col(Outgoing.repeatable)
    )
    return (await session.exec(query)).first()


async def newest(session: Session, chat_id: int) -> Outgoing | None:
    """The last message in a chat of which we know what it is."""
    return (await session.exec(_newest(), params={"chat": chat_id})).first()


@cache
def _newest() -> SelectOfScalar[Outgoing]:
    return (
        select(Outgoing)
        .where(
            col(Outgoing.chat_id) == bindparam("chat"),
            col(Outgoing.message_id).is_not(None),
            ~col(Outgoing.repeatable),
        )
        .order_by(col(Outgoing.message_id).desc(), col(Outgoing.id).desc())
        .limit(1)
    )


async def owed(session: Session, now: datetime) -> int:
    """How many calls are due or on their way."""
    query = (
        select(func.count())
        .select_from(Outgoing)
        .where(
            or_(
                and_(col(Outgoing.state) == Delivery.PENDING, col(Outgoing.not_before) <= now),
                col(Outgoing.state) == Delivery.SENDING,
            )
        )
    )
    return (await session.exec(query)).one()


async def tally(session: Session, prefix: str) -> dict[Delivery, int]:
    """How many rows whose keys begin with `prefix` are in which state."""
    query = (
        select(Outgoing.state, func.count())
        .where(col(Outgoing.key) >= prefix, col(Outgoing.key) < prefix + "\x7f")
        .group_by(col(Outgoing.state))
    )
    return {Delivery(state): count for state, count in await session.exec(query)}


async def since(session: Session, prefix: str, moment: datetime) -> bool:
    """Whether anything under a key that begins so was owed after a moment."""
    query = select(Outgoing.id).where(
        col(Outgoing.key) >= prefix,
        col(Outgoing.key) < prefix + "\x7f",
        col(Outgoing.not_before) > moment,
    )
    return (await session.exec(query)).first() is not None


async def keys(session: Session, prefix: str, now: datetime) -> Sequence[str]:
    """The messages of the last days that stand, and whose keys begin so."""
    query = select(Outgoing.key).where(
        col(Outgoing.key) >= prefix,
        col(Outgoing.key) < prefix + "\x7f",
        col(Outgoing.message_id).is_not(None),
        col(Outgoing.done_at) >= now - KEEP,
    )
    return (await session.exec(query)).all()


async def adopt(
    session: Session, key: str, chat_id: int, message_id: int, now: datetime, topic_id: int = 0
) -> None:
    """A message of ours that was said as an answer stands from now on, under this key.

    It counts as fresh: what it was made to show just now may still be on its way.
    """
    row = Outgoing(
        key=key,
        chat_id=chat_id,
        topic_id=topic_id,
        method="sendMessage",
        params={},
        priority=URGENT,
        state=Delivery.SENT,
        not_before=now,
        done_at=now,
        message_id=message_id,
        refreshed_at=now,
    )
    if not await add_once(session, row):
        await session.exec(
            update(Outgoing)
            .where(col(Outgoing.key) == key)
            .values(chat_id=chat_id, topic_id=topic_id, message_id=message_id)
        )


async def let_go(session: Session, chat_id: int, message_id: int, matter: str) -> None:
    """A message shows something else by now: it stands for nothing of that matter any more."""
    await session.exec(
        delete(Outgoing).where(
            col(Outgoing.chat_id) == chat_id,
            col(Outgoing.message_id) == message_id,
            col(Outgoing.key) >= f"{matter}:",
            col(Outgoing.key) < f"{matter}:\x7f",
        )
    )


async def dismiss(session: Session, key: str) -> None:
    """The message of that name is to be another one: the one before stands for it no more."""
    await session.exec(delete(Outgoing).where(col(Outgoing.key) == key))


def said_key(chat_id: int, message_id: int) -> str:
    """The name of an answer that nobody will edit, for those who ask which ids are ours."""
    return f"{SAID}{chat_id}:{message_id}"


async def forget(session: Session, now: datetime) -> None:
    """Let go of the answers that were remembered more than a week ago."""
    await session.exec(
        delete(Outgoing).where(
            col(Outgoing.key) >= SAID,
            col(Outgoing.key) < SAID + "\x7f",
            col(Outgoing.done_at) < now - KEEP,
        )
    )


def watchers(key: str) -> list[str]:
    """The messages that tell how the delivery of this one goes."""
    matter, _, rest = key.removeprefix("recall:").removeprefix("pin:").partition(":")
    announced = matter in {"announcement", "album"}
    return [f"progress:{rest.partition(':')[0]}"] if announced else []


def remains(key: str) -> list[str]:
    """The messages that go on standing when this call fails, and have to say so themselves."""
    stays = key.startswith("recall:announcement:")
    return [key.removeprefix("recall:")] if stays else []
