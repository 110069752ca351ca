from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.occurrences import SECOND, local, midnight, occurrence

ZONES = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})
ZONE = st.sampled_from(ZONES).map(ZoneInfo)
DAYS = st.dates(date(1990, 1, 1), date(2037, 12, 30))
TIMES = st.times(timezones=st.none()).map(lambda at: at.replace(microsecond=0))


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("Asia/Shanghai", "2026-11-23", "07:50", "2026-11-22T23:50:00"),
        # Berlin, spring: 02:00 to 03:00 is skipped
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00"),
        ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00"),
        ("Europe/Berlin", "2026-03-30", "00:00", "2026-03-29T22:00:00"),
        # Berlin, autumn: 02:30 comes twice
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00"),
        # Lord Howe: half an hour
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00"),
        # Beirut: midnight itself is skipped
        ("Asia/Beirut", "2026-03-29", "00:00", "2026-03-28T22:00:00"),
        # Samoa: there was no 30 December 2011
        ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00:00"),
        ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30T10:00:00"),
    ],
)
def test_each_local_date_has_one_instant(zone: str, day: str, at: str, instant: str) -> None:
    found = occurrence(date.fromisoformat(day), time.fromisoformat(at), ZoneInfo(zone))
    assert found == datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert found.tzinfo is UTC


def check(day: date, at: time, zone: ZoneInfo) -> None:
    wall = datetime.combine(day, at)
    found = occurrence(day, at, zone)
    assert found.astimezone(zone).fold == 0
    assert local(found, zone) >= wall
    assert local(found - SECOND, zone) < wall


@given(DAYS, TIMES, ZONE)
def test_it_is_the_first_instant_that_shows_the_time_or_comes_after_it(
    day: date, at: time, zone: ZoneInfo
) -> None:
    check(day, at, zone)


@given(DAYS, TIMES, ZONE)
def test_a_day_later_is_later(day: date, at: time, zone: ZoneInfo) -> None:
    assert occurrence(day, at, zone) <= occurrence(day + timedelta(1), at, zone)


@pytest.mark.parametrize("at", ["00:00", "00:30", "01:30", "02:30", "07:50", "23:59"])
def test_every_zone_through_its_clock_changes(at: str) -> None:
    wall = time.fromisoformat(at)
    for zone in map(ZoneInfo, ZONES):
        for day in clock_changes(zone):
            for offset in (-1, 0, 1):
                check(day + timedelta(offset), wall, zone)


@cache
def clock_changes(zone: ZoneInfo) -> list[date]:
    """The dates in 2026 on which the zone's offset changes."""
    noons = [datetime(2026, 1, 2, 12, tzinfo=UTC) + timedelta(n) for n in range(363)]
    offsets = [noon.astimezone(zone).utcoffset() for noon in noons]
    pairs = zip(noons, offsets, offsets[1:], strict=False)
    return [noon.astimezone(zone).date() for noon, one, two in pairs if one != two]


def test_midnight_is_where_a_day_begins() -> None:
    zone = ZoneInfo("Asia/Beirut")
    start, end = midnight(date(2026, 3, 29), zone), midnight(date(2026, 3, 30), zone)
    assert end - start == timedelta(hours=23)
    assert start.astimezone(zone).time() == time(1)
