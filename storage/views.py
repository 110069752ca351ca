"""Where a commitment is shown: whoever changes one has all of these messages drawn anew."""

from datetime import datetime
from zoneinfo import ZoneInfo

from storage import asks, commitments, outbox
from storage.commitments import Promise
from storage.database import Session


async def of(session: Session, what: Promise, now: datetime) -> set[str]:
    """The keys of its messages, of its team's card and board, and of what its owner was asked."""
    today = now.astimezone(ZoneInfo(what.team.timezone)).date()
    lists = await commitments.lists(session, what.commitment.team_id, today)
    asked = await outbox.keys(session, asks.asks_of(what.owner.id), now)
    return {*commitments.keys(what.commitment), *lists, *asked}


async def touch(session: Session, what: Promise, now: datetime, but: str = "") -> None:
    """Let all of them be drawn anew, but for the one of that key: it is edited at once."""
    await outbox.touch(session, await of(session, what, now) - {but}, now)
