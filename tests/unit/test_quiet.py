"""When it is quiet."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.quiet import USUAL, Hours, silent

clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        (time(20, 59), False),
        (time(21, 0), True),
        (time(0, 0), True),
        (time(6, 29, 59), True),
        (time(6, 30), False),
        (time(12, 0), False),
    ],
)
def test_the_usual_hours_begin_at_nine_and_end_at_half_past_six(at: time, quiet: bool) -> None:
    assert Hours(*USUAL).hold(at) is quiet


@given(clocks, clocks, clocks)
def test_hours_and_the_rest_of_the_day_share_it(start: time, end: time, at: time) -> None:
    hours, rest = Hours(start, end), Hours(end, start)
    if start == end:
        assert hours.none
        assert not hours.hold(at)
    else:
        assert hours.hold(at) is not rest.hold(at)
        assert hours.hold(start)
        assert not hours.hold(end)


@given(st.integers(-3, 3), clocks)
def test_a_pause_lasts_until_its_day_begins(days: int, at: time) -> None:
    day = date(2026, 12, 5)
    never = Hours(time(0), time(0))
    local = datetime.combine(day + timedelta(days=days), at)
    assert silent(never, day, local) is (days < 0)
    assert not silent(never, None, local)
