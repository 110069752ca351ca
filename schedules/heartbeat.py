"""Once all cards of a day are due: one line to the owners, who has theirs and what is wrong.

It is the sign that the program is alive, so that its silence on a workday means something.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.outlooks import Outlook, outlooks
from handlers.rules.calendar import DAY, Calendar, runs_on
from handlers.rules.rotation import card_due, resting
from handlers.words import heartbeat as words
from schedules import owners
from schedules.job import Appointment, Job
from storage import audits, rounds, slots
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
    for day in (today + DAY, today, today - DAY):
        last = _last(plans, day)
        if last is not None and last + PAUSE <= now < last + PAUSE + CATCH_UP:
            taken = await slots.taken(session, NAME, [str(day)])
            return [] if taken else [Appointment(str(day), day)]
    return []


def _last(plans: Sequence[Round], day: date) -> datetime | None:
    """When the last card of a day is due, in whichever zone.

    Of a day on which no plan has any by the national calendar, some team may still have one of
    its own: whether any has is asked when the time has come.
    """
    usual = [plan for plan in plans if runs_on(plan.days, day, Calendar(ZoneInfo(plan.timezone)))]
    times = [
        card_due(day, plan.at, ZoneInfo(plan.timezone), eve=plan.eve) for plan in usual or plans
    ]
    return max(times, default=None)


async def tell(session: Session, appointment: Appointment, now: datetime) -> None:
    """How many teams have their card, and which have not and why."""
    day: date = appointment.what
    fates = await rounds.fates(session, day)
    found = await outlooks(session, [fate.team.id for fate in fates], day, day)
    expected = [fate for fate in fates if fate.card or _meets(found.get(fate.team.id), day)]
    if expected:
        chain = await audits.recent(session)
        await owners.tell(
            session,
            f"{NAME}:{appointment.subject}",
            lambda voice: words.heartbeat(voice, day, expected, chain),
            now,
        )


def _meets(outlook: Outlook | None, day: date) -> bool:
    return outlook is not None and resting(outlook.rhythm, day) is None


HEARTBEAT = Job(NAME, due, tell)
