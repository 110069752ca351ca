"""When the next year's national days are still unknown late in the year: secretaries hear of it.

On 1 November, on 1 December and on the last workday of December, each once. What brings the days
is an import or a newer version; until then they are assumed, and cards and previews say so.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.rules.calendar import DAY, Calendar, notices, statutory
from handlers.rules.occurrences import occurrence
from handlers.words import calendars as words
from handlers.words.voice import LOCALES, Voice
from schedules.job import Appointment, Job
from storage import calendars, grants, outbox, plans, slots
from storage.database import Session
from storage.kinds import Role

NAME = "calendar"
CHINA = ZoneInfo("Asia/Shanghai")  # whose calendar it is
NOVEMBER = 11
HOUR = time(9, 0)
STILL = timedelta(days=7)  # if we were away at the time, this long afterwards


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """The latest of the year's dates that has come, if the next year is not known on it."""
    day = _asked_on(now)
    if day is None:
        return []
    subject = f"{day.year + 1}:{day}"
    if await slots.taken(session, NAME, [subject]):
        return []
    known = Calendar(CHINA, notices=notices(await calendars.told(session, day.year)))
    if known.year(day.year + 1).known or not await plans.any_by_calendar(session):
        return []
    return [Appointment(subject, day.year + 1)]


def _asked_on(now: datetime) -> date | None:
    """The date of the three that has come last, as long as it is news."""
    today = now.astimezone(CHINA).date()
    if today.month < NOVEMBER:
        return None
    year = today.year
    last = Calendar(CHINA).previous_workday(date(year, 12, 31) + DAY)
    for day in (last, date(year, 12, 1), date(year, 11, 1)):
        at = occurrence(day, HOUR, CHINA)
        if at <= now < at + STILL:
            return day
    return None


async def tell(session: Session, appointment: Appointment, now: datetime) -> None:
    """One message to everybody who runs a unit, or everything."""
    year: int = appointment.what
    holidays = sorted(day for day in statutory(year) if day.year == year)
    posts = [
        outbox.Post(
            f"{NAME}:{appointment.subject}:{person.id}",
            chat.id,
            words.awaited(Voice(person.locale or LOCALES[0]), year, holidays).send(),
        )
        for person, chat in await grants.told(session, (Role.SECRETARY, Role.OWNER))
    ]
    await outbox.post_all(session, posts, now)


CALENDARS = Job(NAME, due, tell)
