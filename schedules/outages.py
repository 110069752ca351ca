"""After a time in which no tap could reach us: one line under each open card, once.

Telegram keeps a tap for two and a half minutes. What was tapped earlier in a longer outage is
gone, and only those who tapped can mend it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.words import deliveries as words
from handlers.words.voice import Voice
from schedules.job import Appointment, Job
from storage import outbox, slots, watches
from storage.database import Session
from storage.tables import Morning, Team

NAME = "outage"
WAKES, SLEEPS = time(6, 0), time(22, 0)
RECENT = timedelta(hours=2)  # an outage that ended earlier is no news any more


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Open mornings whose cards stood while nothing reached us."""
    gap = await watches.gap(session)
    if gap is None or now - gap.ended_at > RECENT:
        return []
    found = [
        Appointment(f"{gap.id}:{row[0].id}", (gap, *row))
        for row in await watches.struck(session, gap, now)
    ]
    asked = await slots.taken(session, NAME, [one.subject for one in found])
    return [one for one in found if one.subject not in asked]


async def ask(session: Session, appointment: Appointment, now: datetime) -> None:
    """Please tap again; never after the morning is over."""
    gap: watches.Gap = appointment.what[0]
    morning: Morning = appointment.what[1]
    team: Team = appointment.what[2]
    shown: datetime = appointment.what[3]
    if team.chat_id is None:
        return
    zone = ZoneInfo(team.timezone)
    message = words.away(Voice(team.locale), max(gap.began_at, shown), gap.ended_at, zone)
    # A card of the evening before stands open through the night: nobody is woken for its sake.
    by_night = not WAKES <= now.astimezone(zone).time() < SLEEPS
    message = replace(message, silent=by_night)
    await outbox.post(
        session,
        f"{NAME}:{appointment.subject}",
        team.chat_id,
        message.send(),
        now,
        topic_id=team.topic_id,
        expires_at=morning.closes_at,
    )


OUTAGES = Job(NAME, due, ask)
