"""A card's picture or file that Telegram does not take: the words go without it."""

import logging
from datetime import datetime

from handlers.words import media as words
from handlers.words.message import plainly
from schedules import cards, owners
from storage import carriage, study
from storage.database import Session
from storage.kinds import Delivery
from storage.tables import Outgoing

log = logging.getLogger(__name__)


async def refused(session: Session, outgoing: Outgoing, why: str, now: datetime) -> bool:
    """What becomes of a card, or of the picture before it, that was refused; False if it is none.

    The owners are told once of each file of a bite's.
    """
    matter, _, number = outgoing.key.partition(":")
    if matter == cards.PREFIX and (call := plainly((outgoing.method, outgoing.params))):
        method, params = call
        await carriage.rewrite(session, outgoing.id, params, now, method)
    elif matter == cards.BESIDE:
        await carriage.settled(session, outgoing.id, Delivery.FAILED, now, error=why)
    else:
        return False
    log.error("the picture or file of %s was refused: %s", outgoing.key, why)
    lesson = await study.lesson(session, int(number))
    if lesson is not None:
        bite = lesson.bite
        await owners.tell(
            session,
            f"media-refused:{bite.id}:{bite.media}",
            lambda voice: words.refused(voice, bite.title, bite.slug, bite.media, why),
            now,
        )
    return True
