"""Before a check-in closes: one private word to those who are missing, and then silence.

A person who is missing in several teams hears of each by itself: each has its own button.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.recipients import may_write
from handlers.rules.nudges import LEAD, nudge_at
from handlers.words import nudges as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from schedules.job import Appointment, Job
from storage import nudges, outbox
from storage.database import Session
from storage.tables import Morning, Outgoing, Team

PREFIX = "nudge"
FRESH = timedelta(minutes=5)  # a card that came less than that ago speaks for itself


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Mornings that close soon. There is nothing to catch up on: past closing, it is too late."""
    return [
        Appointment(str(row[0].id), row)
        for row in await nudges.closing(session, now, LEAD, FRESH)
        if nudge_at(row[0].due_at, row[0].closes_at) <= now
    ]


async def nudge(session: Session, appointments: Sequence[Appointment], now: datetime) -> None:
    """Owe a message to each who is missing, unless it is quiet where they are."""
    rows: dict[int, tuple[Morning, Team, str]] = {one.what[0].id: one.what for one in appointments}
    posts = []
    for absent in await nudges.missing(session, list(rows)):
        morning, team, title = rows[absent.morning_id]
        zone = ZoneInfo(team.timezone)
        if not may_write(absent.person, zone, now):
            continue
        voice = Voice(absent.person.locale or team.locale)
        message = words.nudge(voice, team.name, title, morning, zone, now)
        key = nudges.key(morning.id, absent.person.id)
        posts.append(
            outbox.Post(key, absent.chat_id, message.send(), expires_at=morning.closes_at)
        )
    await outbox.post_all(session, posts, now)


async def again(
    session: Session, standing: Sequence[Outgoing], _: datetime
) -> Mapping[str, Message]:
    """By key: the nudges of those who have checked in since."""
    pairs = {pair for one in standing if (pair := nudges.ids(one.key))}
    return {
        nudges.key(one.morning.id, one.person.id): words.studied(
            Voice(one.person.locale or one.team.locale),
            one.team.name,
            one.morning,
            one.at,
            ZoneInfo(one.team.timezone),
        )
        for one in await nudges.studied(session, pairs)
    }


NUDGES = Job(nudges.JOB, due, run_all=nudge)
