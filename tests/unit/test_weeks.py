"""When a week's page comes, what we cost, and which week a line names."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from handlers.reading.questions import WEEK as WORDS
from handlers.reading.weeks import OWN, read_week, weeks_in
from handlers.rules.calendar import DAY, Calendar, Notice
from handlers.rules.weeks import (
    CHARACTERS,
    FIRST,
    HOURS,
    SPEED,
    USUAL,
    Choice,
    cost,
    minutes,
    moment,
    monday,
    readable,
)

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
# A year in which Friday the 27th is off, and Saturday the 28th is worked for it.
MADE_UP = Notice(frozenset({date(2026, 11, 27)}), frozenset({date(2026, 11, 28)}))
USUALLY = Calendar(ZONE, notices={2026: Notice(frozenset(), frozenset())})
days = some.dates(date(2020, 1, 6), date(2035, 12, 31))


def local(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ZONE).astimezone(UTC)


# -- when it comes ---------------------------------------------------------------------------


def test_a_page_comes_on_friday_at_five() -> None:
    assert moment(MONDAY, Choice(), USUALLY) == local(27, 17)


def test_where_saturday_is_made_up_for_friday_it_comes_on_saturday() -> None:
    calendar = Calendar(ZONE, notices={2026: MADE_UP})
    assert moment(MONDAY, Choice(), calendar) == local(28, 17)


def test_a_day_off_of_a_teams_own_lets_it_come_before() -> None:
    calendar = Calendar(ZONE, frozenset({date(2026, 11, 27)}), notices=USUALLY.notices)
    assert moment(MONDAY, Choice(), calendar) == local(26, 17)


def test_a_week_without_a_workday_has_no_page_whatever_was_chosen() -> None:
    calendar = Calendar(ZONE, frozenset(MONDAY + n * DAY for n in range(7)))
    assert moment(MONDAY, Choice(), calendar) is None
    assert moment(MONDAY, Choice(4, 9), calendar) is None


def test_a_unit_chooses_day_and_hour_or_none_at_all() -> None:
    assert moment(MONDAY, Choice(3, 16), USUALLY) == local(26, 16)
    assert moment(MONDAY, Choice(6, 20), USUALLY) == local(29, 20)
    assert moment(MONDAY, Choice(None, 9), USUALLY) == local(27, 9)
    assert moment(MONDAY, Choice(None, None), USUALLY) is None


@settings(deadline=None)
@given(days, some.one_of(some.none(), some.integers(0, 6)), some.sampled_from(list(HOURS)))
def test_it_comes_within_its_week_and_at_its_hour(
    day: date, weekday: int | None, hour: int
) -> None:
    first = monday(day)
    at = moment(first, Choice(weekday, hour), Calendar(ZONE))
    if at is None:
        assert not any(Calendar(ZONE).works(first + n * DAY) for n in range(7))
        return
    there = at.astimezone(ZONE)
    assert first <= there.date() < first + 7 * DAY
    assert there.hour == hour
    assert weekday is None or there.weekday() == weekday


@settings(deadline=None)
@given(days, days)
def test_only_mondays_that_have_come_can_be_read_of(day: date, today: date) -> None:
    assert readable(day, today) is (day.weekday() == 0 and FIRST <= day <= today)


def test_weeks_that_nobody_means_cannot_be_read_of() -> None:
    for odd in (date.min, date.max, date(2019, 12, 30), MONDAY + DAY, MONDAY + 7 * DAY):
        assert not readable(odd, MONDAY + 4 * DAY)


# -- what we cost ----------------------------------------------------------------------------


def test_minutes_are_characters_by_the_speed_of_reading() -> None:
    assert minutes({}) == 0
    assert minutes({"card": 5}) == 5 * CHARACTERS["card"] / SPEED
    assert minutes({"what-we-do-not-know": 5}) == 5 * USUAL / SPEED


def test_a_card_takes_about_the_minute_that_it_promises() -> None:
    assert 0.5 <= minutes({"card": 1}) <= 1


def test_what_goes_to_the_group_costs_everybody_and_the_rest_is_shared() -> None:
    found = cost({"card": 5}, {"nudge": 6}, 12)
    assert found.messages == 5.5
    assert found.minutes == pytest.approx(minutes({"card": 5}) + minutes({"nudge": 6}) / 12)


def test_a_team_without_members_costs_nobody_anything() -> None:
    assert cost({"card": 5}, {}, 0).messages == 0


# -- which week a line names -----------------------------------------------------------------

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("第48周", date(2026, 11, 23)),
        ("第47周", date(2026, 11, 16)),
        ("一班 第四十七周", date(2026, 11, 16)),
        ("week 47", date(2026, 11, 16)),
        ("W47", date(2026, 11, 16)),
        ("2025年第1周", date(2024, 12, 30)),
        ("2026-W01", date(2025, 12, 29)),
        ("第50周", date(2025, 12, 8)),
    ],
)
def test_a_week_goes_by_its_number(line: str, first: date) -> None:
    found = read_week(line, TODAY)
    assert found
    assert found.monday == first


def test_the_rest_of_the_line_is_kept() -> None:
    found = read_week("第一党支部 第47周", TODAY)
    assert found
    assert found.rest == "第一党支部"


@pytest.mark.parametrize(
    "line", ["第0周", "第54周", "第99周", "week 0", "week 999", "2025年第53周"]
)
def test_a_number_that_its_year_does_not_have_is_no_week(line: str) -> None:
    found = read_week(line, TODAY)
    assert found
    assert found.monday is None


@pytest.mark.parametrize(
    "line", ["", "上周", "2026-11-16", "一班", "第一党支部", "weekly", "周三"]
)
def test_other_lines_name_no_number(line: str) -> None:
    assert read_week(line, TODAY) is None


@settings(deadline=None)
@given(some.integers(2020, 2035), some.integers(1, 53))
def test_every_number_leads_to_its_week_and_back(year: int, index: int) -> None:
    found = read_week(f"{year}年第{index}周", TODAY)
    assert found
    if index > weeks_in(year):
        assert found.monday is None
    else:
        assert found.monday
        assert found.monday.isocalendar()[:2] == (year, index)


@settings(deadline=None)
@given(some.text(max_size=200))
def test_no_line_is_too_odd_to_be_read(line: str) -> None:
    found = read_week(line, TODAY)
    assert found is None or found.monday is None or found.monday.weekday() == 0


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("周报", ""),
        ("上周周报", "上周"),
        ("本周小结", "本周"),
        ("上周怎么样？", "上周"),
        ("上上周总结", "上上周"),
        ("周报 一班 上周", "一班 上周"),
        ("给我上个星期的小结", "上个星期"),
        ("我的本周小结", "我的本周"),
        ("weekly report", ""),
        ("weekly report last week", "last week"),
        ("last week's report", "last"),
    ],
)
def test_words_that_ask_for_a_page(said: str, rest: str) -> None:
    found = WORDS.fullmatch(said)
    assert found
    parts = (part.strip() for part in found.groupdict().values() if part and part.strip())
    assert " ".join(parts).startswith(rest)


@pytest.mark.parametrize(
    "said", ["上周", "周三开会", "小结一下今天的工作", "一周", "本周谁没打卡"]
)
def test_words_that_do_not(said: str) -> None:
    assert WORDS.fullmatch(said) is None


def test_ones_own_week_is_asked_for_as_that() -> None:
    assert OWN.fullmatch("我的")
    assert OWN.fullmatch("mine")
    assert not OWN.fullmatch("一班")


def test_a_week_has_seven_days() -> None:
    assert monday(date(2026, 11, 29)) == MONDAY
    assert monday(date(2026, 11, 30)) == MONDAY + timedelta(days=7)
