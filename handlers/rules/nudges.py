"""When those who are missing are nudged: shortly before the check-in closes, or within work."""

from datetime import datetime, timedelta

from handlers.rules.asks import STARTS
from handlers.rules.calendar import DAY, Calendar
from handlers.rules.occurrences import occurrence

LEAD = timedelta(minutes=15)
EVERY = timedelta(hours=4)  # of working time: who has not confirmed hears no more often
FAR = timedelta(days=45)
SHARE = 4  # of a window that is shorter than an hour: its last quarter


def nudge_at(opens: datetime, closes: datetime) -> datetime:
    """The moment of the one nudge of a morning."""
    return closes - min(LEAD, max(timedelta(), closes - opens) / SHARE)


def minutes_left(closes: datetime, now: datetime) -> int:
    """How many minutes there still are, a begun one as a whole."""
    return max(1, -((now - closes) // timedelta(minutes=1)))


def worked(since: datetime, until: datetime, calendar: Calendar) -> timedelta:
    """How much of a team's working time lies between two moments; of the last weeks at most."""
    since = max(since, until - FAR)
    total, day, last = timedelta(), calendar.today(since), calendar.today(until)
    while day <= last:
        if calendar.works(day):
            start, end = (occurrence(day, at, calendar.zone) for at in (STARTS, calendar.ends))
            total += max(timedelta(), min(end, until) - max(start, since))
        day += DAY
    return total


def rested(before: datetime | None, now: datetime, calendar: Calendar) -> bool:
    """Whether enough of a team's working time is over since it was last reminded of a matter."""
    return before is None or worked(before, now, calendar) >= EVERY
