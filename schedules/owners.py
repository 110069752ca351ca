"""A word to the owners, in private: they learn of a failure before a user does."""

from collections.abc import Callable
from datetime import datetime

from handlers.words.message import Message
from handlers.words.voice import LOCALES, Voice
from storage import chats, grants, outbox
from storage.database import Session
from storage.kinds import Role


async def tell(
    session: Session, key: str, words: Callable[[Voice], Message], now: datetime
) -> None:
    """Owe every owner this message, once for each `key`."""
    for owner in await grants.holders(session, Role.OWNER):
        chat = await chats.private(session, owner.telegram_id)
        if chat is not None:
            call, *more = words(Voice(owner.locale or LOCALES[0])).sends()
            await outbox.post(session, f"{key}:{owner.id}", chat.id, call, now, more=more)
