"""The card of a morning as it stands now: posted by the clock, edited as it changes."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.rules.calendar import Calendar
from handlers.rules.occurrences import midnight
from handlers.words import commitments as promises
from handlers.words import media as media_words
from handlers.words import study as words
from handlers.words.message import SEND, Message
from handlers.words.parts import CAPTION
from handlers.words.voice import Voice
from storage import checkins, commitments, media, outbox, study
from storage.database import Session
from storage.tables import Bite, Outgoing, Team

PREFIX = "card"
BESIDE = "card-media"  # a picture or file that goes before a card which does not fit beneath it


def key(morning_id: int) -> str:
    """The name of a morning's card among the messages that stand."""
    return f"{PREFIX}:{morning_id}"


async def post(
    session: Session,
    morning_id: int,
    bite: Bite,
    team: Team,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Owe the team's group the card of a morning, with the picture or file of its bite."""
    card = await render(session, morning_id, now)
    assert card is not None
    assert team.chat_id is not None
    *before, last = media_words.shown(card, await media.of(session, bite))
    for name, message in [(f"{BESIDE}:{morning_id}", one) for one in before] + [
        (key(morning_id), last)
    ]:
        await outbox.post(
            session,
            name,
            team.chat_id,
            message.send(),
            now,
            topic_id=team.topic_id,
            priority=outbox.CARDS,
            expires_at=expires_at,
        )


async def render(
    session: Session, morning_id: int, now: datetime, *, most: int | None = None
) -> Message | None:
    """The card with its counter, and the team's promises that were due by that day.

    `most`: no longer than this, whatever has to be left out.
    """
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
        most=most,
    )


async def again(session: Session, outgoing: Outgoing, now: datetime) -> Message | None:
    """The same, for the message that shows it: a text, or what stands beneath a picture."""
    morning_id = int(outgoing.key.removeprefix(f"{PREFIX}:"))
    below = next((kind for kind, method in SEND.items() if method == outgoing.method), None)
    message = await render(session, morning_id, now, most=CAPTION if below else None)
    return message and replace(message, media=below)
