from datetime import date, timedelta

import pytest

from handlers.rules.streaks import Record, record

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
