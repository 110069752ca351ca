"""When the one nudge of a morning is due, and how much time it says there is."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.calendar import Calendar
from handlers.rules.nudges import LEAD, minutes_left, nudge_at, rested, worked
from tests.conftest import MONDAY, ZONE

windows = st.integers(0, 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("window", "before"), [(70, 15), (60, 15), (59, 14.75), (40, 10), (4, 1), (0, 0), (700, 15)]
)
def test_a_quarter_of_an_hour_or_the_last_quarter(window: float, before: float) -> None:
    closes = MONDAY + timedelta(minutes=window)
    assert closes - nudge_at(MONDAY, closes) == timedelta(minutes=before)


@given(windows)
def test_it_falls_into_the_window(window: timedelta) -> None:
    moment = nudge_at(MONDAY, MONDAY + window)
    assert MONDAY <= moment <= MONDAY + window
    assert MONDAY + window - moment <= LEAD


@pytest.mark.parametrize(
    ("seconds", "said"), [(900, 15), (899, 15), (841, 15), (840, 14), (60, 1), (1, 1), (0, 1)]
)
def test_a_begun_minute_is_a_minute(seconds: int, said: int) -> None:
    now: datetime = MONDAY
    assert minutes_left(now + timedelta(seconds=seconds), now) == said


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-11-23 09:00", "2026-11-23 13:00", 4),
        ("2026-11-23 16:00", "2026-11-24 10:00", 3),  # over a night
        ("2026-11-27 16:30", "2026-11-30 10:30", 3),  # over a weekend
        ("2026-11-28 10:00", "2026-11-29 20:00", 0),
        ("2026-11-23 19:00", "2026-11-24 07:00", 0),
        ("2026-11-24 10:00", "2026-11-23 10:00", 0),
    ],
)
def test_working_time_leaves_out_nights_and_days_off(since: str, until: str, hours: float) -> None:
    start, end = (datetime.fromisoformat(at).replace(tzinfo=ZONE) for at in (since, until))
    assert worked(start, end, Calendar(ZONE)) == timedelta(hours=hours)


def test_who_was_never_reminded_may_be_and_who_was_long_ago_as_well() -> None:
    now = datetime(2026, 11, 23, 10, tzinfo=ZONE)
    assert rested(None, now, Calendar(ZONE))
    assert rested(now - timedelta(days=3000), now, Calendar(ZONE))
    assert not rested(now - timedelta(hours=1), now, Calendar(ZONE))
