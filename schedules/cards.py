"""The card of a morning as it stands now: posted by the clock, edited as it changes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.rules.calendar import Calendar
from handlers.rules.occurrences import midnight
from handlers.words import commitments as promises
from handlers.words import study as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import checkins, commitments, study
from storage.database import Session
from storage.tables import Outgoing

PREFIX = "card"


def key(morning_id: int) -> str:
    """The name of a morning's card among the messages that stand."""
    return f"{PREFIX}:{morning_id}"


async def render(session: Session, morning_id: int, now: datetime) -> Message | None:
    """The card with its counter, and the team's promises that were due by that day."""
    lesson = await study.lesson(session, morning_id)
    if lesson is None:
        return None
    voice, zone = Voice(lesson.team.locale), ZoneInfo(lesson.team.timezone)
    day = lesson.morning.day
    due = await commitments.due(session, lesson.team.id, midnight(day + timedelta(days=1), zone))
    return words.card(
        voice,
        lesson,
        await checkins.tally(session, lesson.morning),
        due=promises.due_lines(voice, due, zone, now),
        awaited=Calendar(zone).awaited(day),
    )


async def again(session: Session, outgoing: Outgoing, now: datetime) -> Message | None:
    """The same, for the message that shows it."""
    return await render(session, int(outgoing.key.removeprefix(f"{PREFIX}:")), now)
