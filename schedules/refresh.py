"""Messages that stand are edited when they show less than we know: each at most once in 5 s."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from handlers.words.message import Message
from schedules import (
    announcements,
    asks,
    boards,
    cards,
    commitments,
    footings,
    nudges,
    outlines,
    rosters,
    tasks,
    tutorials,
    verifications,
)
from storage import outbox
from storage import verifications as claims
from storage.database import Database, Session
from storage.tables import Outgoing

log = logging.getLogger(__name__)

TOGETHER = 10  # messages in one transaction: people's taps wait while it lasts
AT_ONCE = 30  # in one look: no more edits than that leave in a second

Renderer = Callable[[Session, Sequence[Outgoing], datetime], Awaitable[Mapping[str, Message]]]
One = Callable[[Session, Outgoing, datetime], Awaitable[Message | None]]


def _each(render: One) -> Renderer:
    """Render several, where they do not come by the hundred: one by one."""

    async def rendered(
        session: Session, standing: Sequence[Outgoing], now: datetime
    ) -> Mapping[str, Message]:
        found = {one.key: await render(session, one, now) for one in standing}
        return {key: message for key, message in found.items() if message is not None}

    return rendered


RENDERERS: dict[str, Renderer] = {
    cards.PREFIX: cards.again,
    boards.PREFIX: boards.again,
    "announcement": announcements.notices,
    "progress": _each(announcements.progress),
    "scheduled": _each(announcements.waiting),
    nudges.PREFIX: nudges.again,
    "commitment": _each(commitments.again),
    tasks.PREFIX: _each(tasks.again),
    outlines.PREFIX: outlines.again,
    tutorials.PREFIX: _each(tutorials.again),
    claims.LIST: verifications.lists,
    claims.LOOK: _each(verifications.looked_at),
    asks.ASK: asks.again,
    asks.CALL: asks.called,
    footings.PREFIX: _each(footings.again),
    rosters.PREFIX: _each(rosters.again),
}


async def refresh(database: Database, now: datetime) -> int:
    """Render what has changed, and owe the edits; how many."""
    done = 0
    while done < AT_ONCE and (some := await _some(database, now)):
        done += some
        await asyncio.sleep(0)  # whoever waited for the database meanwhile goes first
    return done


async def _some(database: Database, now: datetime) -> int:
    async with database.begin() as session:
        stale = await outbox.stale(session, now, limit=TOGETHER)
        matters: dict[str, list[Outgoing]] = {}
        for outgoing in stale:
            matters.setdefault(outgoing.key.partition(":")[0], []).append(outgoing)
        messages: dict[str, Message] = {}
        for matter, standing in matters.items():
            if render := RENDERERS.get(matter):
                messages |= await render(session, standing, now)
        for outgoing in stale:
            if outgoing.key not in messages:
                log.warning("nothing to show for %s", outgoing.key)
        shown = [(one, messages[one.key].edit()) for one in stale if one.key in messages]
        await outbox.edit(session, shown, now)
        return len(stale)
