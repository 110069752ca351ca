"""On which day an owner is asked about a promise, and what is said of one that is late."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.asks import Course, Why, span, why, working
from handlers.rules.calendar import DAY, Calendar
from handlers.rules.dues import Lag, Until, due_day, end_of, lag, later
from handlers.rules.occurrences import midnight, occurrence
from storage.kinds import DayKind, Plea

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(ZONE)
ZONES = [
    Calendar(ZoneInfo(name))
    for name in (
        "Asia/Shanghai",
        "Africa/Cairo",  # the clocks go forward at midnight
        "America/New_York",
        "Pacific/Auckland",
        "Asia/Kathmandu",
    )
]


def at(text: str, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def ten(day: date, calendar: Calendar) -> datetime:
    return occurrence(day, time(10), calendar.zone)


@pytest.mark.parametrize(
    ("due", "now", "found"),
    [
        ("2026-11-25T18:00", "2026-11-24T08:59", None),
        ("2026-11-25T18:00", "2026-11-24T09:00", Why.EVE),
        ("2026-11-25T18:00", "2026-11-24T17:59", Why.EVE),
        ("2026-11-25T18:00", "2026-11-24T18:00", None),
        ("2026-11-25T18:00", "2026-11-23T09:00", None),
        ("2026-11-25T18:00", "2026-11-25T09:00", None),  # its own day: the card lists it
        ("2026-11-30T18:00", "2026-11-27T09:00", Why.EVE),  # Monday, on Friday
        ("2026-11-30T18:00", "2026-11-29T09:00", None),  # not on a Sunday
        ("2026-11-28T18:00", "2026-11-27T09:00", Why.EVE),  # Saturday, on Friday
        ("2026-10-08T18:00", "2026-09-30T09:00", Why.EVE),  # over the holiday week
        ("2026-11-25T00:00", "2026-11-24T09:00", None),  # at midnight: it is due on the 24th
        ("2026-11-25T00:00", "2026-11-23T09:00", Why.EVE),
        ("2026-11-24T18:00", "2026-11-25T09:00", Why.LATE),
        ("2026-11-24T18:00", "2026-11-26T09:00", None),  # said once, on the next workday
        ("2026-11-27T18:00", "2026-11-30T09:00", Why.LATE),
        ("2026-11-28T18:00", "2026-11-30T09:00", Why.LATE),
        ("2026-11-25T00:00", "2026-11-25T09:00", Why.LATE),
        ("2026-11-24T08:00", "2026-11-24T09:00", None),  # today: there is still time to say so
    ],
)
def test_an_owner_is_asked_on_the_eve_and_told_on_the_workday_after(
    due: str, now: str, found: Why | None
) -> None:
    assert why(Course(at("2026-09-20T08:00"), at(due)), at(now), CALENDAR) is found


def test_what_was_promised_or_put_off_today_is_not_asked_about() -> None:
    due, now = at("2026-11-25T18:00"), at("2026-11-24T09:00")
    assert why(Course(at("2026-11-24T07:50"), due), now, CALENDAR) is None
    assert why(Course(at("2026-11-23T23:59"), due), now, CALENDAR) is Why.EVE


def test_who_is_sure_is_not_asked_again_but_told_when_it_is_late_all_the_same() -> None:
    course = Course(at("2026-11-02T08:00"), at("2026-11-25T18:00"), sure=True)
    assert why(course, at("2026-11-24T09:00"), CALENDAR) is None
    assert why(course, at("2026-11-26T09:00"), CALENDAR) is Why.LATE


@pytest.mark.parametrize(
    ("since", "due", "found"),
    [
        ("2026-11-02T08:00", "2026-12-01T18:00", Why.MIDWAY),  # 21 workdays
        ("2026-11-09T08:00", "2026-11-23T18:00", Why.MIDWAY),  # ten
        ("2026-11-10T08:00", "2026-11-23T18:00", None),  # nine
        ("2026-11-02T08:00", "2026-11-20T18:00", Why.EVE),  # never both on one day
    ],
)
def test_what_has_ten_workdays_is_asked_about_midway(
    since: str, due: str, found: Why | None
) -> None:
    now = at("2026-11-19T09:00")
    course = Course(at(since), at(due), now - timedelta(minutes=1))
    assert why(course, now, CALENDAR) is found
    assert why(course, now + timedelta(hours=9), CALENDAR) is None


@given(
    calendar=st.sampled_from(ZONES),
    day=st.dates(date(2026, 1, 10), date(2026, 12, 20)),
    clock=st.times(),
    own=st.dictionaries(
        st.integers(-9, 9), st.sampled_from([DayKind.OFF, DayKind.WORK, DayKind.PAUSE]), max_size=9
    ),
)
def test_whatever_the_date_there_is_one_eve_and_one_day_on_which_it_is_late(
    calendar: Calendar, day: date, clock: time, own: dict[int, DayKind]
) -> None:
    calendar = calendar.with_own({day + shift * DAY: kind for shift, kind in own.items()})
    due_at = occurrence(day, clock, calendar.zone)
    course = Course(due_at - timedelta(days=90), due_at)
    around = [due_day(due_at, calendar) + shift * DAY for shift in range(-30, 31)]
    found = {one: why(course, ten(one, calendar), calendar) for one in around}
    eves = [one for one, reason in found.items() if reason is Why.EVE]
    lates = [one for one, reason in found.items() if reason is Why.LATE]
    assert eves == [calendar.previous_workday(due_day(due_at, calendar))]
    assert lates == [calendar.next_workday(due_day(due_at, calendar))]
    for one in (*eves, *lates):
        start, end = span(one, calendar)
        assert start < due_at <= end
        assert calendar.works(one)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "on"),
    [
        ("Europe/Berlin", "2026-03-29", time(2, 30), date(2026, 3, 29)),  # an hour that is lost
        ("Africa/Cairo", "2026-04-24", time(0, 30), date(2026, 4, 23)),  # the first of the day is
        ("Asia/Shanghai", "2026-11-25", time(0), date(2026, 11, 24)),
        ("Asia/Shanghai", "2026-11-25", time(0, 1), date(2026, 11, 25)),
    ],
)
def test_a_date_in_a_lost_hour_or_at_midnight_counts_for_the_right_day(
    zone: str, day: str, clock: time, on: date
) -> None:
    calendar = Calendar(ZoneInfo(zone))
    assert due_day(occurrence(date.fromisoformat(day), clock, calendar.zone), calendar) == on


def test_the_end_of_a_day_is_on_it_where_the_next_begins_an_hour_late() -> None:
    calendar = Calendar(ZoneInfo("Africa/Cairo"))
    night = date(2026, 4, 24)  # begins at one
    assert midnight(night, calendar.zone).astimezone(calendar.zone).hour == 1
    assert due_day(midnight(night, calendar.zone), calendar) == night - DAY


def test_a_teams_own_days_off_are_none_to_ask_on() -> None:
    monday = date(2026, 11, 30)
    calendar = CALENDAR.with_own({date(2026, 11, 27): DayKind.OFF})
    course = Course(at("2026-11-01T08:00"), end_of(monday, calendar))
    assert why(course, at("2026-11-27T10:00"), calendar) is None
    assert why(course, at("2026-11-26T10:00"), calendar) is Why.EVE
    assert not working(at("2026-11-27T10:00"), calendar)
    saturday = CALENDAR.with_own({date(2026, 11, 28): DayKind.WORK})
    assert why(course, at("2026-11-28T10:00"), saturday) is Why.EVE


@pytest.mark.parametrize(
    ("due", "plea", "found"),
    [
        ("2026-12-31T18:00", Plea.TIME, Lag.YELLOW),
        ("2026-11-24T18:00", Plea.TIME, Lag.YELLOW),
        ("2026-11-24T18:00", None, Lag.BLUE),
        ("2026-11-20T18:00", Plea.TIME, Lag.RED),
        ("2026-11-20T18:00", Plea.HELP, Lag.YELLOW),  # who waits for help was not silent
        ("2026-12-31T18:00", Plea.HELP, Lag.YELLOW),
    ],
)
def test_who_asked_for_time_or_help_is_yellow(due: str, plea: Plea | None, found: Lag) -> None:
    assert lag(at(due), at("2026-11-23T10:00"), CALENDAR, plea) is found


@pytest.mark.parametrize(
    ("now", "due", "days"),
    [
        ("2026-11-23T10:00", "2026-11-24T18:00", ["11-25", "11-27", "11-30"]),
        ("2026-11-26T10:00", "2026-11-27T18:00", ["11-30", "12-04"]),
        ("2026-11-26T10:00", "2026-11-20T18:00", ["11-27", "11-30"]),  # late: from today
        ("2026-11-30T10:00", "2026-12-01T18:00", ["12-02", "12-04", "12-31"]),
    ],
)
def test_the_days_offered_are_workdays_after_the_date(now: str, due: str, days: list[str]) -> None:
    offers = later(at(now), at(due), CALENDAR)
    assert [f"{offer.day:%m-%d}" for offer in offers] == days
    assert offers[0].until is Until.TOMORROW
