"""What the facts of a ledger amount to: how somebody attended, how a promise ended, each week."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Attendance(StrEnum):
    """How a member attended a morning."""

    ON_TIME = "on_time"
    LATE = "late"  # after closing time, on the day
    MADE_UP = "made_up"  # on a later day
    EXCUSED = "excused"
    MISSED = "missed"
    OPEN = "open"  # there is still time
    NOT_ENROLLED = "not_enrolled"  # known by name only: not expected


class Outcome(StrEnum):
    """How a promise stands."""

    KEPT = "kept"
    KEPT_LATE = "kept_late"
    OPEN = "open"
    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"


THERE = (Attendance.ON_TIME, Attendance.LATE, Attendance.MADE_UP)


@dataclass(frozen=True)
class Call:
    """A morning as somebody's attendance is judged by it."""

    day: date
    closes_at: datetime
    zone: ZoneInfo


@dataclass
class Week:
    """What a week, or any stretch of days, amounts to."""

    attended: Counter[Attendance] = field(default_factory=Counter)
    mornings: int = 0
    answers: int = 0
    right: int = 0
    made: int = 0
    ended: Counter[Outcome] = field(default_factory=Counter)  # of what fell due
    verified: int = 0  # of what was kept in time
    receipts: int = 0
    asked: int = 0

    @property
    def expected(self) -> int:
        """Who was expected, over all mornings."""
        return sum(self.attended[one] for one in (*THERE, Attendance.MISSED, Attendance.OPEN))

    @property
    def there(self) -> int:
        """Who studied, over all mornings."""
        return sum(self.attended[one] for one in THERE)

    @property
    def due(self) -> int:
        """Promises that fell due, but for those that were withdrawn."""
        return sum(self.ended.values()) - self.ended[Outcome.WITHDRAWN]


def attendance(
    call: Call, now: datetime, at: datetime | None, *, excused: bool, enrolled: bool
) -> Attendance:
    """How somebody attended, who checked in `at`. A check-in counts, excused or not."""
    if at is not None:
        if at <= call.closes_at:
            return Attendance.ON_TIME
        same_day = at.astimezone(call.zone).date() == call.day
        return Attendance.LATE if same_day else Attendance.MADE_UP
    if excused:
        return Attendance.EXCUSED
    if not enrolled:
        return Attendance.NOT_ENROLLED
    return Attendance.OPEN if now < call.closes_at else Attendance.MISSED


def outcome(
    due_at: datetime, now: datetime, claimed_at: datetime | None, *, withdrawn: bool
) -> Outcome:
    """How a promise stands whose owner said `claimed_at` that it is kept."""
    if withdrawn:
        return Outcome.WITHDRAWN
    if claimed_at is not None:
        return Outcome.KEPT if claimed_at <= due_at else Outcome.KEPT_LATE
    return Outcome.OVERDUE if due_at < now else Outcome.OPEN


def week(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def together(weeks: Iterable[Week]) -> Week:
    """What several amount to."""
    total = Week()
    for one in weeks:
        total.attended += one.attended
        total.ended += one.ended
        total.mornings += one.mornings
        total.answers += one.answers
        total.right += one.right
        total.made += one.made
        total.verified += one.verified
        total.receipts += one.receipts
        total.asked += one.asked
    return total
