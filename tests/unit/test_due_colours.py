from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.calendar import Calendar
from handlers.rules.dues import (
    Lag,
    Offer,
    Until,
    days_over,
    end_of,
    end_of_work,
    lag,
    may_move,
    month_end,
    offers,
    weeks,
)

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "due", "colour"),
    [
        ("2026-11-23T08:00", "2026-11-23T18:00", Lag.BLUE),  # today
        ("2026-11-23T08:00", "2026-11-24T18:00", Lag.BLUE),  # the next workday
        ("2026-11-23T08:00", "2026-11-25T18:00", Lag.NONE),  # the one after it
        ("2026-11-27T08:00", "2026-11-28T18:00", Lag.BLUE),  # a Saturday, seen on Friday
        ("2026-11-27T08:00", "2026-11-30T18:00", Lag.BLUE),  # Monday is one workday from Friday
        ("2026-11-27T08:00", "2026-12-01T18:00", Lag.NONE),
        ("2026-09-30T08:00", "2026-10-08T18:00", Lag.BLUE),  # the holiday week lies between
        ("2026-11-23T18:00", "2026-11-23T18:00", Lag.BLUE),  # its last moment
        ("2026-11-23T18:01", "2026-11-23T18:00", Lag.RED),
        ("2026-11-25T08:00", "2026-11-23T18:00", Lag.RED),
        ("2026-11-25T08:00", "9999-12-30T18:00", Lag.NONE),
    ],
)
def test_a_promise_is_blue_within_one_workday_and_red_when_overdue(
    now: str, due: str, colour: Lag
) -> None:
    assert lag(at(due), at(now), CALENDAR) is colour


@pytest.mark.parametrize(
    ("now", "days"),
    [("2026-11-23T17:00", 0), ("2026-11-23T19:00", 0), ("2026-11-24T00:10", 1)],
)
def test_days_over_are_local_dates_not_spans_of_24_hours(now: str, days: int) -> None:
    assert days_over(at("2026-11-23T18:00"), at(now), CALENDAR) == days


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-23T07:50", "2026-11-23T18:00"),
        ("2026-11-23T18:00", "2026-11-24T18:00"),  # over: the next workday
        ("2026-11-27T20:00", "2026-11-30T18:00"),
        ("2026-11-28T09:00", "2026-11-30T18:00"),  # a Saturday
        ("2026-10-10T09:00", "2026-10-10T18:00"),  # a Saturday worked in exchange
        ("2026-09-30T19:00", "2026-10-08T18:00"),
    ],
)
def test_work_ends_at_six_of_today_or_of_the_next_workday(now: str, end: str) -> None:
    assert end_of_work(at(now), CALENDAR) == at(end)


def test_tomorrow_three_days_friday_and_the_end_of_the_month_are_offered() -> None:
    found = offers(at("2026-11-23T08:00"), at("2026-11-23T18:00"), CALENDAR)
    assert found == [
        Offer(Until.TOMORROW, date(2026, 11, 24)),
        Offer(Until.THREE_DAYS, date(2026, 11, 26)),
        Offer(Until.FRIDAY, date(2026, 11, 27)),
        Offer(Until.MONTH_END, date(2026, 11, 30)),
    ]


def test_the_day_that_it_is_due_on_is_not_offered() -> None:
    found = offers(at("2026-11-23T08:00"), at("2026-11-27T18:00"), CALENDAR)
    assert [offer.until for offer in found] == [
        Until.TOMORROW,
        Until.THREE_DAYS,
        Until.MONTH_END,
    ]


def test_on_friday_tomorrow_is_the_next_workday_and_friday_is_next_weeks() -> None:
    found = offers(at("2026-11-20T08:00"), at("2026-11-20T18:00"), CALENDAR)
    assert [offer.day for offer in found] == [
        date(2026, 11, 23),
        date(2026, 11, 25),
        date(2026, 11, 27),
        date(2026, 11, 30),
    ]


def test_on_the_last_workday_of_a_month_its_end_is_not_offered() -> None:
    found = offers(at("2026-11-30T08:00"), at("2026-11-30T18:00"), CALENDAR)
    assert [offer.until for offer in found] == [
        Until.TOMORROW,
        Until.THREE_DAYS,
        Until.FRIDAY,
    ]


def test_before_the_holiday_week_the_third_workday_lies_behind_it() -> None:
    found = offers(at("2026-09-29T08:00"), at("2026-09-29T18:00"), CALENDAR)
    assert found == [
        Offer(Until.TOMORROW, date(2026, 9, 30)),
        Offer(Until.THREE_DAYS, date(2026, 10, 9)),
    ]


def test_a_day_that_a_word_names_is_offered_once_and_by_that_word() -> None:
    found = offers(at("2026-11-24T08:00"), at("2026-11-24T18:00"), CALENDAR)
    assert [(offer.until, offer.day.day) for offer in found] == [
        (Until.TOMORROW, 25),
        (Until.FRIDAY, 27),
        (Until.MONTH_END, 30),
    ]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_the_days_to_choose_from_are_whole_weeks_with_the_next_four_in_them(today: date) -> None:
    shown = [day for week in weeks(today) for day in week]
    assert all(len(week) == 7 and week[0].weekday() == 0 for week in weeks(today))
    assert shown == [shown[0] + timedelta(days=place) for place in range(len(shown))]
    assert {today + timedelta(days=ahead) for ahead in range(28)} <= set(shown)
    assert len(shown) <= 35


def test_the_month_ends_on_its_last_workday() -> None:
    assert month_end(date(2026, 10, 5), CALENDAR) == date(2026, 10, 30)
    assert month_end(date(2026, 12, 31), CALENDAR) == date(2026, 12, 31)


@given(
    st.integers(0, 3650 * 24 * 60).map(lambda m: at("2020-01-01T00:00") + timedelta(minutes=m)),
    st.integers(-40, 400),
)
def test_every_offer_is_a_workday_to_come_and_can_be_taken(now: datetime, ahead: int) -> None:
    due = now + timedelta(days=ahead)
    found = offers(now, due, CALENDAR)
    days = [offer.day for offer in found]
    assert days == sorted(set(days))
    assert CALENDAR.today(due) not in days
    for day in days:
        assert CALENDAR.works(day)
        assert may_move(day, now, CALENDAR)
        assert end_of(day, CALENDAR) > now


@pytest.mark.parametrize(
    ("day", "can"),
    [
        (date(2026, 11, 22), False),
        (date(2026, 11, 23), True),
        (date(2027, 11, 24), True),
        (date(2027, 11, 25), False),
        (date.min, False),
        (date.max, False),
    ],
)
def test_a_promise_moves_within_a_year_and_never_into_the_past(day: date, can: bool) -> None:
    assert may_move(day, at("2026-11-23T08:00"), CALENDAR) is can
    assert not may_move(date(2026, 11, 23), at("2026-11-23T18:00"), CALENDAR)
