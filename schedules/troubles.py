"""Groups and topics that take no messages: the owners are told once, each time it begins."""

from collections.abc import Sequence
from datetime import datetime

from handlers.words import owners as words
from schedules import owners
from schedules.job import Appointment, Job
from storage import slots, teams
from storage.database import Session
from storage.teams import Trouble

NAME = "troubles"


async def due(session: Session, _: datetime) -> Sequence[Appointment]:
    """The troubles that nobody was told of yet."""
    found: dict[str, list[Trouble]] = {}
    for trouble in await teams.troubled(session):
        found.setdefault(_subject(trouble), []).append(trouble)
    told = await slots.taken(session, NAME, list(found))
    return [
        Appointment(subject, ([one.team.name for one in here], here[0].reason))
        for subject, here in found.items()
        if subject not in told
    ]


def _subject(trouble: Trouble) -> str:
    """One for all teams of a chat, where all of the chat is in trouble."""
    topic = "" if trouble.topic_id is None else f"/{trouble.topic_id}"
    return f"{trouble.chat_id}{topic}:{trouble.at:%Y%m%dT%H%M%S}"


async def tell(session: Session, appointment: Appointment, now: datetime) -> None:
    """Which teams, why, and what to do about it."""
    names, trouble = appointment.what
    await owners.tell(
        session,
        f"trouble:{appointment.subject}",
        lambda voice: words.troubled(voice, names, trouble),
        now,
    )


TROUBLES = Job(NAME, due, tell)
