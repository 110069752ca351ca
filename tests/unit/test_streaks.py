from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.streaks import Record, Unbroken, record, unbroken

TODAY = date(2026, 11, 23)
MARKS = {"x": (True, False), "-": (False, False), "o": (False, True), "b": (True, True)}


@pytest.mark.parametrize(
    ("newest_first", "found"),
    [
        ("", Record(0, 0, 0)),
        ("x", Record(1, 1, 1)),
        ("-", Record(0, 1, 0)),
        ("-xx", Record(2, 3, 2)),
        ("xx-x", Record(3, 4, 2)),
        ("--x", Record(1, 3, 0)),
        ("xoox", Record(2, 2, 2)),
        ("oxx", Record(2, 2, 2)),
        ("bx", Record(2, 2, 2)),
        ("ooo", Record(0, 0, 0)),
    ],
)
def test_a_record_of_mornings(newest_first: str, found: Record) -> None:
    mornings = [
        (TODAY - timedelta(days=place), *MARKS[mark]) for place, mark in enumerate(newest_first)
    ]
    assert record(mornings) == found


MORNINGS = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12).map(
    lambda some: [(TODAY - timedelta(days=n), done, away) for n, (done, away) in enumerate(some)]
)


@given(MORNINGS)
def test_the_row_that_is_told_is_the_streak_that_is_counted(
    mornings: list[tuple[date, bool, bool]],
) -> None:
    found = unbroken(mornings)
    assert found.count == record(mornings).streak
    attended = [day for day, done, _ in mornings if done][: found.count]
    assert (found.last, found.first) == ((attended[0], attended[-1]) if attended else (None, None))


def test_a_row_knows_what_was_excused_within_it_and_what_broke_it() -> None:
    days = [TODAY - timedelta(days=n) for n in range(7)]
    #  today open, there, away, there, away, missed, there
    said = [(0, 0), (1, 0), (0, 1), (1, 0), (0, 1), (0, 0), (1, 0)]
    found = unbroken([(day, bool(a), bool(b)) for day, (a, b) in zip(days, said, strict=True)])
    assert found == Unbroken(2, days[3], days[1], away=1, broken=days[5])
    assert unbroken([]) == Unbroken(0)
