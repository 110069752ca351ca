"""Announcements as they stand now: in each team's group, and before their author."""

from datetime import datetime

from handlers.words import announcements as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import announcements, receipts
from storage.database import Session
from storage.tables import Outgoing


async def notice(session: Session, outgoing: Outgoing, now: datetime) -> Message | None:
    """The announcement in a team's group, with its counter."""
    _, announcement_id, team_id = outgoing.key.split(":")
    found = await announcements.noticed(session, int(announcement_id), int(team_id))
    if found is None:
        return None
    announcement, author, team = found
    tally = await receipts.tally(session, announcement.id, [team], now)
    return words.notice(Voice(team.locale), announcement, author.name, tally)


async def progress(session: Session, outgoing: Outgoing, now: datetime) -> Message | None:
    """How far the announcement got, in its author's language."""
    _, announcement_id = outgoing.key.split(":")
    found = await announcements.signed(session, int(announcement_id))
    if found is None:
        return None
    announcement, author = found
    targets = await announcements.targets(session, announcement.id)
    reached = [target.team for target in targets if target.reached]
    tally = await receipts.tally(session, announcement.id, reached, now)
    return words.progress(Voice(author.locale or "zh"), announcement, targets, tally)
