"""What somebody was told that we lack in a group: shown as it is now."""

from datetime import datetime

from handlers.words import groups as words
from handlers.words.message import Message
from handlers.words.voice import LOCALES, Voice
from storage import chats, footings
from storage.database import Session
from storage.footings import RIGHTS
from storage.tables import Chat, Outgoing

PREFIX = RIGHTS


async def again(session: Session, standing: Outgoing, _: datetime) -> Message | None:
    """The rights that we lack in the group that the message's name names."""
    chat_id = int(standing.key.split(":")[1])
    chat, footing = await session.get(Chat, chat_id), await footings.one(session, chat_id)
    told = await session.get(Chat, standing.chat_id)
    if chat is None or footing is None or told is None:
        return None
    locale = await chats.locale(session, told)
    return words.rights(Voice(locale or LOCALES[0]), chat, footing)
