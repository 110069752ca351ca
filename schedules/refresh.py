"""Messages that stand are edited when they show less than we know: each at most once in 5 s."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from handlers.words.message import Message
from schedules import announcements, cards, commitments, tutorials
from storage import outbox
from storage.database import Database, Session
from storage.tables import Outgoing

log = logging.getLogger(__name__)

TOGETHER = 10  # messages in one transaction: people's taps wait while it lasts
AT_ONCE = 30  # in one look: no more edits than that leave in a second

Renderer = Callable[[Session, Outgoing, datetime], Awaitable[Message | None]]

RENDERERS: dict[str, Renderer] = {
    cards.PREFIX: cards.again,
    "announcement": announcements.notice,
    "progress": announcements.progress,
    "commitment": commitments.again,
    tutorials.PREFIX: tutorials.again,
}


async def refresh(database: Database, now: datetime) -> int:
    """Render what has changed, and owe the edits; how many."""
    done = 0
    while done < AT_ONCE and (some := await _some(database, now)):
        done += some
    return done


async def _some(database: Database, now: datetime) -> int:
    async with database.begin() as session:
        stale = await outbox.stale(session, now, limit=TOGETHER)
        for outgoing in stale:
            render = RENDERERS.get(outgoing.key.partition(":")[0])
            message = await render(session, outgoing, now) if render else None
            if message is None:
                log.warning("nothing to show for %s", outgoing.key)
                continue
            await outbox.edit(session, outgoing, message.edit(), now)
        return len(stale)
