"""What we remember of chats: where they are now, and whether they take messages."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import col, select, update

from storage.database import Session, add_once
from storage.kinds import ChatKind, Delivery
from storage.tables import Chat, Outgoing, Person, Team


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


async def hold(session: Session, chat_id: int, trouble: str, now: datetime) -> bool:
    """Keep back what is owed to a chat that refuses us; whether that is news."""
    chat = await session.get_one(Chat, chat_id)
    fresh = not chat.trouble
    chat.trouble, chat.troubled_at = trouble, now
    session.add(chat)
    await _move(session, chat_id, Delivery.PENDING, Delivery.HELD)
    return fresh


async def release(session: Session, chat: Chat) -> None:
    """The chat takes messages again: what is still in time goes out."""
    if chat.trouble:
        chat.trouble, chat.troubled_at = "", None
        session.add(chat)
        assert chat.id is not None
        await _move(session, chat.id, Delivery.HELD, Delivery.PENDING)


async def migrate(session: Session, old_id: int, new_id: int) -> None:
    """A group became a supergroup: the same people under a new id. Safe to say twice.

    Message ids start anew there, so that what was posted before can no longer be edited.
    """
    old, new = await by_telegram(session, old_id), await by_telegram(session, new_id)
    if old is None:
        return
    if new is not None and new.id != old.id:
        assert old.id is not None
        await session.exec(
            update(Outgoing).where(col(Outgoing.chat_id) == new.id).values(chat_id=old.id)
        )
        await session.delete(new)
        await session.flush()
    old.telegram_id, old.kind = new_id, ChatKind.SUPERGROUP
    session.add(old)
    await session.exec(
        update(Outgoing)
        .where(col(Outgoing.chat_id) == old.id, col(Outgoing.message_id).is_not(None))
        .values(message_id=None, stale_at=None)
    )


async def _move(session: Session, chat_id: int, old: Delivery, new: Delivery) -> None:
    await session.exec(
        update(Outgoing)
        .where(col(Outgoing.chat_id) == chat_id, col(Outgoing.state) == old)
        .values(state=new)
    )
