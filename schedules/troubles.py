"""Groups that take no messages from us: the owners are told once, each time it begins."""

from collections.abc import Sequence
from datetime import datetime

from handlers.words import owners as words
from schedules import owners
from schedules.job import Appointment, Job
from storage import slots, study
from storage.database import Session

NAME = "troubles"


async def due(session: Session, _: datetime) -> Sequence[Appointment]:
    """The troubles that nobody was told of yet."""
    found = [
        Appointment(f"{chat.id}:{chat.troubled_at:%Y%m%dT%H%M%S}", (team.name, chat.trouble))
        for chat, team in await study.troubled(session)
    ]
    told = await slots.taken(session, NAME, [one.subject for one in found])
    return [one for one in found if one.subject not in told]


async def tell(session: Session, appointment: Appointment, now: datetime) -> None:
    """Which team, why, and what to do about it."""
    team, trouble = appointment.what
    await owners.tell(
        session,
        f"trouble:{appointment.subject}",
        lambda voice: words.troubled(voice, team, trouble),
        now,
    )


TROUBLES = Job(NAME, due, tell)
