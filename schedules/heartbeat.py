"""Once all cards of a day are due: one line to the owners, who has theirs and what is wrong.

It is the sign that the program is alive, so that its silence on a workday means something.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.rules.calendar import DAY, Calendar, runs_on
from handlers.rules.occurrences import occurrence
from handlers.words import heartbeat as words
from schedules import owners
from schedules.job import Appointment, Job
from storage import rounds, slots
from storage.database import Session
from storage.rounds import Round

NAME = "heartbeat"
PAUSE = timedelta(minutes=10)  # for the last cards to arrive
CATCH_UP = timedelta(hours=6)  # later than this it is no news any more


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """The newest day whose cards are all due, once. A day without cards has no heartbeat."""
    plans = await rounds.rounds(session)
    if not plans:
        return []
    today = now.astimezone(ZoneInfo(plans[0].timezone)).date()
    for day in (today, today - DAY):
        last = _last(plans, day)
        if last is not None and last + PAUSE <= now < last + PAUSE + CATCH_UP:
            taken = await slots.taken(session, NAME, [str(day)])
            return [] if taken else [Appointment(str(day), day)]
    return []


def _last(plans: Sequence[Round], day: date) -> datetime | None:
    """When the last card of a day is due, in whichever zone."""
    times = [
        occurrence(day, plan.at, ZoneInfo(plan.timezone))
        for plan in plans
        if _runs(plan.days, plan.timezone, day)
    ]
    return max(times, default=None)


def _runs(days: str, timezone: str, day: date) -> bool:
    return runs_on(days, day, Calendar(ZoneInfo(timezone)))


async def tell(session: Session, appointment: Appointment, now: datetime) -> None:
    """How many teams have their card, and which have not and why."""
    day: date = appointment.what
    expected = [
        fate
        for fate in await rounds.fates(session, day)
        if _runs(fate.days, fate.team.timezone, day)
    ]
    if expected:
        await owners.tell(
            session,
            f"{NAME}:{appointment.subject}",
            lambda voice: words.heartbeat(voice, day, expected),
            now,
        )


HEARTBEAT = Job(NAME, due, tell)
