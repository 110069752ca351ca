import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import calendar
from handlers.rules.calendar import Calendar, check_days, runs_on

SHANGHAI = Calendar(ZoneInfo("Asia/Shanghai"))
KNOWN_DAYS = st.dates(date(2010, 1, 1), date(2026, 12, 31))


@pytest.fixture
def announce(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Announce"]:
    """Puts a year's notice into a file of our own."""
    yield Announce(tmp_path / "workdays.json", monkeypatch)
    monkeypatch.undo()
    forget()


class Announce:
    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        monkeypatch.setattr(calendar, "ANNOUNCED", path)

    def __call__(self, **years: dict[str, list[str]]) -> None:
        self.path.write_text(json.dumps({year[1:]: notice for year, notice in years.items()}))
        forget()


def forget() -> None:
    calendar.national.cache_clear()
    calendar.announced.cache_clear()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-01", False),  # New Year's Day
        ("2026-01-02", False),
        ("2026-01-04", True),  # a Sunday, worked for the 2nd
        ("2026-02-14", True),
        ("2026-02-15", False),  # Spring Festival
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-04-06", False),
        ("2026-05-04", False),
        ("2026-05-09", True),
        ("2026-06-19", False),
        ("2026-09-20", True),
        ("2026-09-25", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2026-11-20", True),  # an ordinary Friday
        ("2026-11-21", False),
    ],
)
def test_national_days_follow_the_notice_of_the_year(day: str, works: bool) -> None:
    assert SHANGHAI.works(date.fromisoformat(day)) is works


def test_today_is_the_date_in_the_teams_zone() -> None:
    now = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    assert SHANGHAI.today(now) == date(2026, 11, 21)
    assert Calendar(ZoneInfo("America/New_York")).today(now) == date(2026, 11, 20)


def test_a_teams_own_days_win_over_the_national_ones() -> None:
    founded, stocktaking = date(2026, 11, 20), date(2026, 11, 21)
    own = Calendar(SHANGHAI.zone, off=frozenset({founded}), work=frozenset({stocktaking}))
    assert not own.works(founded)
    assert own.works(stocktaking)


def test_a_year_without_a_notice_is_a_guess_and_says_so() -> None:
    assert not SHANGHAI.works(date(2027, 1, 1))
    assert not SHANGHAI.works(date(2027, 10, 1))
    assert SHANGHAI.works(date(2027, 3, 1))
    assert not SHANGHAI.works(date(2027, 3, 6))
    assert SHANGHAI.provisional(date(2027, 3, 1))
    assert not calendar.known(2027)


def test_the_last_week_of_december_is_provisional_until_the_next_year_is_known() -> None:
    assert not SHANGHAI.provisional(date(2026, 12, 24))
    assert SHANGHAI.provisional(date(2026, 12, 25))
    assert not SHANGHAI.provisional(date(2025, 12, 31))


def test_a_teams_own_day_is_never_provisional() -> None:
    day = date(2027, 3, 1)
    assert not Calendar(SHANGHAI.zone, off=frozenset({day})).provisional(day)


def test_a_notice_of_our_own_makes_a_year_known(announce: Announce) -> None:
    announce(y2027={"off": ["2027-01-01", "2027-03-01"], "work": ["2027-03-06"]})
    assert calendar.known(2027)
    assert not SHANGHAI.works(date(2027, 3, 1))
    assert SHANGHAI.works(date(2027, 3, 6))
    assert not SHANGHAI.provisional(date(2027, 3, 2))
    assert not SHANGHAI.provisional(date(2026, 12, 31))


def test_an_empty_year_means_not_announced(announce: Announce) -> None:
    announce(y2027={})
    assert not calendar.known(2027)
    assert not SHANGHAI.works(date(2027, 1, 1))


def test_a_notice_may_reach_back_into_the_december_before(announce: Announce) -> None:
    announce(y2027={"off": ["2026-12-31", "2027-01-01"], "work": ["2026-12-27"]})
    assert not SHANGHAI.works(date(2026, 12, 31))
    assert SHANGHAI.works(date(2026, 12, 27))


def test_the_file_we_ship_holds_no_year_that_is_half_told() -> None:
    years = json.loads(calendar.ANNOUNCED.read_text("utf-8"))
    for year, notice in years.items():
        assert not notice or set(notice) == {"off", "work", "source"}, year


def test_the_next_workday_steps_over_a_holiday() -> None:
    assert SHANGHAI.next_workday(date(2026, 9, 30)) == date(2026, 10, 8)
    assert SHANGHAI.next_workday(date(2026, 11, 21), 3) == date(2026, 11, 25)
    assert SHANGHAI.previous_workday(date(2026, 10, 8)) == date(2026, 9, 30)


def test_workdays_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        SHANGHAI.next_workday(date(2026, 11, 21), 0)


@given(KNOWN_DAYS, st.integers(1, 30))
def test_the_nth_workday_is_n_workdays_away(day: date, n: int) -> None:
    later = SHANGHAI.next_workday(day, n)
    assert SHANGHAI.works(later)
    assert SHANGHAI.workdays_between(day, later) == n
    assert SHANGHAI.workdays_between(later, day) == 0


@given(KNOWN_DAYS)
def test_previous_undoes_next_from_a_workday(day: date) -> None:
    workday = SHANGHAI.next_workday(day)
    assert SHANGHAI.previous_workday(SHANGHAI.next_workday(workday)) == workday


@pytest.mark.parametrize(
    ("days", "day", "runs"),
    [
        ("workdays", "2026-10-01", False),
        ("workdays", "2026-10-10", True),
        ("daily", "2026-10-03", True),
        ("mon-fri", "2026-10-01", True),
        ("mon-fri", "2026-10-10", False),
        ("mon,wed,fri", "2026-11-20", True),
        ("mon, wed, fri", "2026-11-18", True),
        ("mon,wed,fri", "2026-11-19", False),
        ("sun", "2026-11-22", True),
    ],
)
def test_a_plan_runs_on_its_days(days: str, day: str, runs: bool) -> None:
    assert runs_on(days, date.fromisoformat(day), SHANGHAI) is runs


@pytest.mark.parametrize("days", ["workdays", "daily", "mon-fri", "mon,fri"])
def test_a_teams_own_day_off_is_one_under_every_plan(days: str) -> None:
    friday = date(2026, 11, 20)
    assert runs_on(days, friday, SHANGHAI)
    assert not runs_on(days, friday, Calendar(SHANGHAI.zone, off=frozenset({friday})))


@pytest.mark.parametrize("days", ["", "weekdays", "mon;tue", "mon,", "Mon", "周一"])
def test_days_of_another_kind_are_refused_in_one_sentence(days: str) -> None:
    with pytest.raises(ValueError, match="use workdays, daily, mon-fri, or a list"):
        check_days(days)


@pytest.mark.parametrize("days", ["workdays", "daily", "mon-fri", "mon", "sat,sun"])
def test_days_of_a_known_kind_pass(days: str) -> None:
    check_days(days)
    assert any(runs_on(days, date(2026, 11, 16) + timedelta(n), SHANGHAI) for n in range(7))
