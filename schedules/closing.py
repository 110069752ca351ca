"""When a morning's time is up: the card's last state, and a private word to the leader."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.words import checkins as words
from handlers.words.voice import Voice
from schedules import cards
from schedules.job import Appointment, Job
from storage import chats, checkins, grants, outbox, study
from storage.database import Session
from storage.kinds import Role
from storage.tables import Morning, Team


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Mornings whose closing time has come."""
    return [Appointment(str(row[0].id), row) for row in await study.closing(session, now)]


async def close(session: Session, appointment: Appointment, now: datetime) -> None:
    """Close the morning. Names go to its leaders, in private, never to the group."""
    morning: Morning = appointment.what[0]
    team: Team = appointment.what[1]
    await study.close(session, morning.id, now)
    await outbox.touch(session, [cards.key(morning.id)], now)
    tally = await checkins.tally(session, morning)
    people = (await checkins.presences(session, [morning.id]))[morning.id]
    count, right = await study.answered(session, morning.id)
    share = f"{right}/{count}" if count else ""
    today = now.astimezone(ZoneInfo(team.timezone)).date()
    if today != morning.day:
        return  # we were away: news of another day helps nobody before today's meeting
    for leader in await grants.holders(session, Role.LEADER, team.id):
        chat = await chats.private(session, leader.telegram_id)
        if chat is None:
            continue
        voice = Voice(leader.locale or team.locale)
        message = words.closed(voice, team.name, morning.day, tally, people, right=share)
        call, *more = message.sends()
        key = f"closing:{morning.id}:{leader.id}"
        await outbox.post(session, key, chat.id, call, now, more=more)


CLOSING = Job("closing", due, close)
