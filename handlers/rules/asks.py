"""When the owner of a promise is asked about it, before it is late; and who hears that it is.

Asked is on the eve, the last workday before the date; and, where there is much time, midway. It is
for the working hours of a workday alone. What was promised or put off on that same day is not
asked about: its owner has just said when it will be done.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from handlers.rules.calendar import DAY, Calendar
from handlers.rules.dues import due_day
from handlers.rules.occurrences import midnight

STARTS = time(9)  # of the team's clock: before, nobody is asked
LONG = 10  # workdays from when the date was set: what has fewer is not asked about midway


class Why(StrEnum):
    """Why a promise is spoken of to its owner today."""

    EVE = "eve"  # it is due on the next workday, or on days off before that
    MIDWAY = "midway"  # more than half of its time is over
    LATE = "late"  # it became overdue since the workday before


@dataclass(frozen=True)
class Course:
    """A promise's times: when its date was set, that date, when to ask midway.

    `sure`: its owner has said that this date will be kept.
    """

    since: datetime
    due_at: datetime
    midway: datetime | None = None
    sure: bool = False


def working(now: datetime, calendar: Calendar) -> bool:
    """Whether a team is at work."""
    local = now.astimezone(calendar.zone)
    return in_hours(local.time(), calendar.ends) and calendar.works(local.date())


def in_hours(at: time, ends: time) -> bool:
    """Whether a time of day lies in the working hours of a day that ends then."""
    return STARTS <= at < ends


def why(course: Course, now: datetime, calendar: Calendar) -> Why | None:
    """Why its owner hears of an open promise now; None: not now."""
    if not working(now, calendar):
        return None
    today, day = calendar.today(now), due_day(course.due_at, calendar)
    if day < today:
        return Why.LATE if calendar.previous_workday(today) <= day else None
    since = calendar.today(course.since)
    if day == today or since >= today or course.sure:
        return None
    if day <= calendar.next_workday(today):
        return Why.EVE
    reached = course.midway is not None and course.midway <= now
    if reached and calendar.workdays_between(since, day) >= LONG:
        return Why.MIDWAY
    return None


def span(today: date, calendar: Calendar) -> tuple[datetime, datetime]:
    """After which moment and until which one dates lie that make a promise spoken of on a day."""
    first, last = calendar.previous_workday(today), calendar.next_workday(today)
    return midnight(first, calendar.zone), midnight(last + DAY, calendar.zone)
