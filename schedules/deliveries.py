"""What an owner has to look at: messages in doubt, updates that were set aside."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.words import deliveries as words
from schedules import owners
from schedules.job import Appointment, Job
from storage import doubts, inbox, slots
from storage.database import Session

DOUBTS, ASIDE = "doubts", "aside"
QUIET = timedelta(hours=1)  # between two words on updates that were set aside


async def doubtful(session: Session, _: datetime) -> Sequence[Appointment]:
    """Messages in doubt, whenever there are new ones."""
    count, latest = await doubts.tally(session)
    if latest is None:
        return []
    subject = f"{latest:%Y%m%dT%H%M%S.%f}"
    told = await slots.taken(session, DOUBTS, [subject])
    return [] if told else [Appointment(subject, count)]


async def tell_doubts(session: Session, appointment: Appointment, now: datetime) -> None:
    """How many there are, and where to settle them."""
    count: int = appointment.what
    key = f"{DOUBTS}:{appointment.subject}"
    await owners.tell(session, key, lambda voice: words.alarm(voice, count), now)


async def set_aside(session: Session, now: datetime) -> Sequence[Appointment]:
    """Updates that were set aside since the last word on them, which was an hour ago at least."""
    before = await slots.latest(session, ASIDE)
    if before is not None and now - before < QUIET:
        return []
    count = await inbox.dead(session, before)
    return [Appointment(f"{now:%Y%m%dT%H%M%S}", count)] if count else []


async def tell_aside(session: Session, appointment: Appointment, now: datetime) -> None:
    """How many there were."""
    count: int = appointment.what
    key = f"{ASIDE}:{appointment.subject}"
    await owners.tell(session, key, lambda voice: words.aside(voice, count), now)


IN_DOUBT = Job(DOUBTS, doubtful, tell_doubts)
SET_ASIDE = Job(ASIDE, set_aside, tell_aside)
