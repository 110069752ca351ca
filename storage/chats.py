"""What we remember of chats: where they are now, and whether they take messages."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, delete, or_, select, update

from storage.database import Session, add_once
from storage.kinds import ChatKind, Delivery
from storage.outbox import touch, watchers
from storage.tables import Chat, Departure, Footing, FormerChat, Hold, Outgoing, Person, Team

# An edit goes out wherever it can be made; a post, where its topic is not held.
_FREE = or_(
    col(Outgoing.repeatable),
    ~select(Hold.at)
    .where(Hold.chat_id == Outgoing.chat_id, Hold.topic_id == Outgoing.topic_id)
    .exists(),
)


async def seen(session: Session, telegram_id: int, kind: ChatKind, title: str = "") -> Chat:
    """The chat with this Telegram id, remembered from now on."""
    chat = await by_telegram(session, telegram_id)
    if chat is None:
        await add_once(session, Chat(telegram_id=telegram_id, kind=kind, title=title))
        chat = await by_telegram(session, telegram_id)
        assert chat is not None
    elif kind is not chat.kind or (title and title != chat.title):
        chat.kind, chat.title = kind, title or chat.title
        session.add(chat)
    return chat


async def by_telegram(session: Session, telegram_id: int) -> Chat | None:
    """The chat with this Telegram id, if we have met it."""
    return (await session.exec(select(Chat).where(Chat.telegram_id == telegram_id))).first()


async def moved(session: Session, telegram_id: int) -> Chat | None:
    """The group that had this Telegram id before it became a supergroup."""
    query = (
        select(Chat)
        .join(FormerChat, col(FormerChat.chat_id) == Chat.id)
        .where(FormerChat.telegram_id == telegram_id)
    )
    return (await session.exec(query)).first()


async def ours(session: Session, telegram_ids: Collection[int]) -> Sequence[int]:
    """Our own ids for Telegram's."""
    if not telegram_ids:
        return []
    query = select(Chat.id).where(col(Chat.telegram_id).in_(telegram_ids))
    return (await session.exec(query)).all()


async def private(session: Session, telegram_id: int | None) -> Chat | None:
    """The open private chat with a person; None where they never started one, or blocked us."""
    if telegram_id is None:
        return None
    chat = await by_telegram(session, telegram_id)
    return chat if chat and not chat.trouble else None


async def locale(session: Session, chat: Chat) -> str | None:
    """The language that is spoken in a chat: its team's, or the person's; None: we do not know."""
    if chat.kind is ChatKind.PRIVATE:
        spoken = select(Person.locale).where(Person.telegram_id == chat.telegram_id)
        return (await session.exec(spoken)).first()
    used = select(Team.locale).where(Team.chat_id == chat.id, col(Team.retired_at).is_(None))
    return (await session.exec(used)).first()


async def hold(
    session: Session, chat_id: int, trouble: str, now: datetime, topic_id: int | None = None
) -> bool:
    """Keep back what is owed to a chat that refuses us, or to one topic of it.

    Whether that is news: a trouble that lasts begins once, whatever more is heard of it.
    """
    if topic_id is not None:
        row = Hold(chat_id=chat_id, topic_id=topic_id, trouble=trouble, at=now)
        fresh = await add_once(session, row)
        if not fresh:
            known = update(Hold).where(*_of(chat_id, topic_id))
            await session.exec(known.values(trouble=trouble))
        # Edits go on: what stands in a closed topic is still tapped.
        posts = (col(Outgoing.topic_id) == topic_id, ~col(Outgoing.repeatable))
        keys = await _move(session, chat_id, Delivery.PENDING, Delivery.HELD, *posts)
        await _tell(session, keys, now)
        return fresh
    chat = await session.get_one(Chat, chat_id)
    fresh = not chat.trouble
    chat.trouble = trouble
    if fresh:
        chat.troubled_at = now
    session.add(chat)
    keys = await _move(session, chat_id, Delivery.PENDING, Delivery.HELD)
    await _tell(session, keys, now)
    return fresh


async def release(session: Session, chat: Chat) -> None:
    """The chat takes messages again: what is still in time goes out, but into held topics."""
    if chat.trouble:
        chat.trouble, chat.troubled_at = "", None
        session.add(chat)
        await _move(session, chat.id, Delivery.HELD, Delivery.PENDING, _FREE)


async def reopen(session: Session, chat: Chat, topic_id: int) -> None:
    """A topic takes messages again, unless the whole chat does not."""
    await session.exec(delete(Hold).where(*_of(chat.id, topic_id)))
    if not chat.trouble:
        here = col(Outgoing.topic_id) == topic_id
        await _move(session, chat.id, Delivery.HELD, Delivery.PENDING, here)


async def returned(session: Session, chat: Chat) -> None:
    """We are in the chat anew, or with other rights than before: all of it is tried again.

    Which topics were opened while we were away nobody told us, and an administrator may write
    into closed ones.
    """
    await session.exec(delete(Hold).where(col(Hold.chat_id) == chat.id))
    chat.trouble, chat.troubled_at = "", None
    session.add(chat)
    await _move(session, chat.id, Delivery.HELD, Delivery.PENDING)


async def migrate(session: Session, old_id: int, new_id: int) -> None:
    """A group became a supergroup: the same people under a new id. Safe to say twice.

    Message ids start anew there, so that what was posted before can no longer be edited.
    """
    old, new = await by_telegram(session, old_id), await by_telegram(session, new_id)
    if old is None:
        return
    await session.exec(
        update(Outgoing)
        .where(col(Outgoing.chat_id) == old.id, col(Outgoing.message_id).is_not(None))
        .values(message_id=None, stale_at=None)
    )
    await session.exec(delete(Hold).where(col(Hold.chat_id) == old.id))  # it had no topics
    if new is not None and new.id != old.id:
        await _merge(session, old.id, new.id)
        await session.delete(new)
        await session.flush()
    await add_once(session, FormerChat(telegram_id=old_id, chat_id=old.id))
    old.telegram_id, old.kind = new_id, ChatKind.SUPERGROUP
    session.add(old)
    if not old.trouble:
        await _move(session, old.id, Delivery.HELD, Delivery.PENDING, _FREE)


async def _merge(session: Session, old_id: int, new_id: int) -> None:
    """What we know of a chat that we met by its new id is of the one that we knew by the old.

    A team that was given the new one meets there still, unless another does in the same place.
    """
    taken = select(Team.topic_id).where(Team.chat_id == old_id)
    teams = update(Team).where(col(Team.chat_id) == new_id)
    await session.exec(teams.where(col(Team.topic_id).in_(taken)).values(chat_id=None, topic_id=0))
    await session.exec(teams.values(chat_id=old_id))
    for table in (Footing, Departure):  # they are told anew
        await session.exec(delete(table).where(col(table.chat_id) == new_id))
    former = update(FormerChat).where(col(FormerChat.chat_id) == new_id)
    await session.exec(former.values(chat_id=old_id))
    owed, held = col(Outgoing.chat_id) == new_id, col(Hold.chat_id) == new_id
    await session.exec(update(Outgoing).where(owed).values(chat_id=old_id))
    await session.exec(update(Hold).where(held).values(chat_id=old_id))


async def _move(
    session: Session, chat_id: int, old: Delivery, new: Delivery, *only: ColumnElement[bool]
) -> Sequence[str]:
    moved = await session.exec(
        update(Outgoing)
        .where(col(Outgoing.chat_id) == chat_id, col(Outgoing.state) == old, *only)
        .values(state=new)
        .returning(col(Outgoing.key))
    )
    return moved.scalars().all()


async def _tell(session: Session, keys: Sequence[str], now: datetime) -> None:
    """Whoever watches what is held from now on sees that it does not go on."""
    if watching := {watcher for key in keys for watcher in watchers(key)}:
        await touch(session, watching, now)


def _of(chat_id: int, topic_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(Hold.chat_id) == chat_id, col(Hold.topic_id) == topic_id
