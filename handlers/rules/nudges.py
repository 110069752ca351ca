"""When those who are missing are nudged: shortly before the check-in closes."""

from datetime import datetime, timedelta

LEAD = timedelta(minutes=15)
SHARE = 4  # of a window that is shorter than an hour: its last quarter


def nudge_at(opens: datetime, closes: datetime) -> datetime:
    """The moment of the one nudge of a morning."""
    return closes - min(LEAD, max(timedelta(), closes - opens) / SHARE)


def minutes_left(closes: datetime, now: datetime) -> int:
    """How many minutes there still are, a begun one as a whole."""
    return max(1, -((now - closes) // timedelta(minutes=1)))
