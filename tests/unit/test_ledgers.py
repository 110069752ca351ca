"""What the facts of a ledger amount to."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.rules.ledgers import Attendance, Call, Outcome, attendance, outcome, week

CLOSES = datetime(2026, 11, 23, 1, tzinfo=UTC)
CALL = Call(date(2026, 11, 23), CLOSES, ZoneInfo("Asia/Shanghai"))
LATER = CLOSES + timedelta(hours=1)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "excused", "enrolled", "found"),
    [
        (CLOSES, False, True, Attendance.ON_TIME),
        (CLOSES - HOUR, True, True, Attendance.ON_TIME),
        (CLOSES + HOUR, False, True, Attendance.LATE),
        (datetime(2026, 11, 23, 16, tzinfo=UTC), False, True, Attendance.MADE_UP),
        (None, True, True, Attendance.EXCUSED),
        (None, True, False, Attendance.EXCUSED),
        (None, False, False, Attendance.NOT_ENROLLED),
        (None, False, True, Attendance.MISSED),
    ],
)
def test_how_somebody_attended(
    at: datetime | None, excused: bool, enrolled: bool, found: Attendance
) -> None:
    assert attendance(CALL, LATER, at, excused=excused, enrolled=enrolled) is found


def test_nobody_has_missed_what_is_not_over() -> None:
    before = CLOSES - timedelta(seconds=1)
    assert attendance(CALL, before, None, excused=False, enrolled=True) is Attendance.OPEN


@pytest.mark.parametrize(
    ("claimed", "withdrawn", "now", "found"),
    [
        (CLOSES, False, LATER, Outcome.KEPT),
        (CLOSES + HOUR, False, LATER, Outcome.KEPT_LATE),
        (None, False, LATER, Outcome.OVERDUE),
        (None, False, CLOSES, Outcome.OPEN),
        (None, True, LATER, Outcome.WITHDRAWN),
    ],
)
def test_how_a_promise_ended(
    claimed: datetime | None, withdrawn: bool, now: datetime, found: Outcome
) -> None:
    assert outcome(CLOSES, now, claimed, withdrawn=withdrawn) is found


def test_a_week_begins_on_monday() -> None:
    assert [week(date(2026, 11, day)) for day in (22, 23, 29)] == [
        date(2026, 11, 16),
        date(2026, 11, 23),
        date(2026, 11, 23),
    ]
