"""The message that shows a promise, edited when something happened to it elsewhere."""

from datetime import datetime

from handlers.outlooks import calendars_ahead
from handlers.rules.calendar import notices
from handlers.words import commitments as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import calendars, commitments, pleas
from storage.database import Session
from storage.kinds import ChatKind
from storage.tables import Chat, Outgoing


async def again(session: Session, outgoing: Outgoing, now: datetime) -> Message | None:
    """The promise as it stands, in the language of the group or of the person."""
    commitment_id = commitments.named(outgoing.key)
    what = await commitments.one(session, commitment_id) if commitment_id else None
    if what is None:
        return None
    chat = await session.get_one(Chat, outgoing.chat_id)
    private = chat.kind is ChatKind.PRIVATE
    locale = what.owner.locale if private and what.owner.locale else what.team.locale
    told = notices(await calendars.told(session, now.year))
    plea = await pleas.of(session, what.commitment.id)
    calendar = (await calendars_ahead(session, [what.team], now, told))[what.team.id]
    return words.promise(Voice(locale), what, calendar, now, private=private, plea=plea)
