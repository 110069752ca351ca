"""When promises are due: the end of a working day, how far off that is, later days to offer.

A lag is derived each time it is asked for, never stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from handlers.rules.calendar import DAY, Calendar
from handlers.rules.occurrences import SECOND, occurrence
from storage.kinds import Plea

FARTHEST = timedelta(days=366)  # a promise can be put off by so much, not for ever
FRIDAY = 4


class Lag(StrEnum):
    """How a promise that is still open stands to its date."""

    NONE = "none"
    BLUE = "blue"  # due within one workday
    YELLOW = "yellow"  # its owner asked for more time, or for help that has not come
    RED = "red"  # overdue


class Until(StrEnum):
    """Why a day is offered."""

    TOMORROW = "tomorrow"
    FRIDAY = "friday"
    THREE_DAYS = "three_days"
    MONTH_END = "month_end"


@dataclass(frozen=True)
class Offer:
    """A later day, to be had with one tap."""

    until: Until
    day: date


def lag(due_at: datetime, now: datetime, calendar: Calendar, plea: Plea | None = None) -> Lag:
    """The colour of an open promise. What is due on a day off counts as due on the eve of it.

    `plea`: what its owner asked for. Who waits for help is not overdue.
    """
    if plea is Plea.HELP:
        return Lag.YELLOW
    if due_at < now:
        return Lag.RED
    if plea is Plea.TIME:
        return Lag.YELLOW
    today, day = calendar.today(now), due_day(due_at, calendar)
    return (
        Lag.BLUE
        if calendar.workdays_between(today, min(day, today + FARTHEST)) <= 1
        else (Lag.NONE)
    )


def due_day(due_at: datetime, calendar: Calendar) -> date:
    """The local date that a promise is due on: what is due at midnight, on the day that ends."""
    return calendar.today(due_at - SECOND)


def days_over(due_at: datetime, now: datetime, calendar: Calendar) -> int:
    """How many local dates ago it was due; 0 while it is the same date, or not due yet."""
    return max(0, (calendar.today(now) - calendar.today(due_at)).days)


def end_of(day: date, calendar: Calendar) -> datetime:
    """The end of a working day, in UTC."""
    return occurrence(day, calendar.ends, calendar.zone)


def end_of_work(now: datetime, calendar: Calendar) -> datetime:
    """When the working day ends: today's where it is still to come, else the next one's."""
    today = calendar.today(now)
    if calendar.works(today) and now < end_of(today, calendar):
        return end_of(today, calendar)
    return end_of(calendar.next_workday(today), calendar)


def may_move(day: date, now: datetime, calendar: Calendar) -> bool:
    """Whether a promise can be moved to the end of `day`: that is still to come, and in reach."""
    today = calendar.today(now)
    return today <= day <= today + FARTHEST and now < end_of(day, calendar)


def offers(now: datetime, due_at: datetime, calendar: Calendar) -> Sequence[Offer]:
    """Tomorrow, Friday, the end of the month, in three workdays: other than what it is due on.

    Each is the nearest workday there is: tomorrow the next one, the others the last one in time.
    A Friday or month that holds no later workday is next week's Friday, or is not offered. The
    third workday from now is offered where no word names it.
    """
    today, current = calendar.today(now), calendar.today(due_at)
    found = {calendar.next_workday(today): Until.TOMORROW}
    found.setdefault(_friday(today, calendar), Until.FRIDAY)
    found.setdefault(month_end(today, calendar), Until.MONTH_END)
    found.setdefault(calendar.next_workday(today, 3), Until.THREE_DAYS)
    return [Offer(until, day) for day, until in sorted(found.items()) if today < day != current]


def later(now: datetime, due_at: datetime, calendar: Calendar) -> Sequence[Offer]:
    """Workdays after the one that a promise is due on, and after today, to put it off to.

    The next one, Friday, the first one three days on, the last of the month; each once.
    """
    base = max(calendar.today(now), due_day(due_at, calendar))
    found = {calendar.next_workday(base): Until.TOMORROW}
    found.setdefault(_friday(base, calendar), Until.FRIDAY)
    found.setdefault(calendar.next_workday(base + 2 * DAY), Until.THREE_DAYS)
    found.setdefault(month_end(base, calendar), Until.MONTH_END)
    last = calendar.today(now) + FARTHEST
    return [Offer(until, day) for day, until in sorted(found.items()) if base < day <= last]


def weeks(today: date) -> Sequence[Sequence[date]]:
    """The days to choose from, week by week from Monday on: those of the next four weeks."""
    first = today - timedelta(days=today.weekday())
    return [
        [start + timedelta(days=place) for place in range(7)]
        for start in _mondays(first, today + timedelta(days=27))
    ]


def _mondays(first: date, last: date) -> Iterator[date]:
    """Each Monday from `first` to the week of `last`."""
    while first <= last:
        yield first
        first += timedelta(days=7)


def month_end(day: date, calendar: Calendar) -> date:
    """The last workday of the month that `day` is in."""
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return calendar.previous_workday(following)


def _friday(today: date, calendar: Calendar) -> date:
    """The last workday up to this week's Friday; up to next week's, where that is not to come."""
    friday = today + timedelta(days=FRIDAY - today.weekday())
    last = calendar.previous_workday(friday + DAY)
    return last if last > today else calendar.previous_workday(friday + 7 * DAY + DAY)
