"""When the one nudge of a morning is due, and how much time it says there is."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.nudges import LEAD, minutes_left, nudge_at
from tests.conftest import MONDAY

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
