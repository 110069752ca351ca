"""Wall-clock times as instants: exactly one for each local date, through every clock change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)


def occurrence(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the clocks of `zone` show `at` on `day`.

    A time that comes twice (clocks go back) is its first coming. A time that is skipped (clocks
    go forward) is the first instant after the gap, be it an hour or, as in Samoa in 2011, a day.
    """
    wall = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    late = wall.replace(tzinfo=zone).astimezone(UTC)
    if local(late, zone) == wall:
        return late
    # Skipped: read with the offset from before the gap it lies after it, and the other way round.
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while late - early > SECOND:
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if local(middle, zone) < wall:
            early = middle
        else:
            late = middle
    return late


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which `day` begins; the day lasts until the next one's."""
    return occurrence(day, time(0), zone)


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of `zone` show at `instant`, as a datetime without a zone."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)
