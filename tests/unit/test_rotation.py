"""What a day brings: the rule by itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.calendar import DAY, Calendar, Notice
from handlers.rules.rotation import (
    Coming,
    Rest,
    Rhythm,
    Walk,
    ahead,
    begun_at,
    card_due,
    first_open,
    newest,
    off_shift,
    on_shift,
    resting,
    shifts,
)

ZONE = ZoneInfo("Asia/Shanghai")
NATIONAL = Calendar(ZONE)
MONDAY = date(2026, 11, 23)
DAILY = Rhythm(NATIONAL, days="daily")
TWO_HOURS = timedelta(hours=2)

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
CYCLES = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=3).map(
    lambda parts: " ".join(f"{on} on {off} off" for on, off in parts)
)


def walk(*packs: int, **more: object) -> Walk:
    """Packs a, b, … of so many bites, which are numbered through from 1."""
    bites, number = {}, 1
    for name, size in zip("abcdef", packs, strict=False):
        bites[name] = tuple(range(number, number + size))
        number += size
    return Walk(tuple(bites), bites=bites, **more)  # type: ignore[arg-type]


def brought(rhythm: Rhythm, what: Walk, count: int, first: date = MONDAY) -> list[int | None]:
    return [one.bite for one in ahead(rhythm, what, first, count)]


def test_packs_come_one_after_another_and_begin_again() -> None:
    assert brought(DAILY, walk(2, 3), 7) == [1, 2, 3, 4, 5, 1, 2]


def test_what_was_never_had_comes_first_then_what_was_had_longest_ago() -> None:
    had = {1: (7, 0.0), 2: (3, 0.0), 4: (5, 0.0)}
    assert brought(DAILY, walk(5, had=had), 5) == [3, 5, 2, 4, 1]


def test_packs_alternate_by_weekday_each_in_its_own_order() -> None:
    safety = walk(2, 4, weekdays={"mon": ("a",), "wed": ("a",)})
    service = Walk(("b",), safety.weekdays, safety.bites)
    assert brought(DAILY, service, 8) == [1, 3, 2, 4, 5, 6, 3, 1]


def test_a_repeated_bite_comes_once_more_and_the_others_after_it() -> None:
    assert brought(DAILY, walk(3, had={1: (1, 0.0)}, again=1), 4) == [1, 2, 3, 1]


def test_a_walk_that_begins_elsewhere_goes_on_from_there_and_round() -> None:
    whole = walk(3, 3, had={1: (1, 0.0), 5: (2, 0.0), 6: (3, 0.0)})
    marks = begun_at(whole, 5)
    assert marks == {1: True, 2: True, 3: True, 4: True, 5: False, 6: False}
    had = {bite: (3, 1.0) for bite, done in marks.items() if done}
    assert brought(DAILY, Walk(whole.packs, bites=whole.bites, had=had), 8) == [
        *(5, 6),
        *(1, 2, 3, 4),
        *(5, 6),
    ]


def test_a_bite_of_no_pack_of_the_plan_begins_nothing() -> None:
    assert begun_at(walk(3), 99) == {}


def test_without_bites_a_day_is_empty() -> None:
    assert ahead(DAILY, Walk(("none",)), MONDAY, 1) == [Coming(MONDAY, rest=Rest.EMPTY)]


@pytest.mark.parametrize(
    ("rhythm", "day", "rest"),
    [
        (Rhythm(NATIONAL), "2026-11-23", None),
        (Rhythm(NATIONAL), "2026-11-28", Rest.WEEKEND),
        (Rhythm(NATIONAL), "2026-10-10", None),  # a Saturday that is worked
        (Rhythm(NATIONAL), "2026-10-01", Rest.HOLIDAY),
        (Rhythm(NATIONAL), "2026-02-15", Rest.HOLIDAY),  # a Sunday within one
        (Rhythm(NATIONAL, "mon-fri"), "2026-10-01", None),
        (Rhythm(NATIONAL, "mon-fri"), "2026-11-28", Rest.WEEKEND),
        (Rhythm(NATIONAL, "mon,wed"), "2026-11-24", Rest.DAYS),
        (DAILY, "2026-11-28", None),
    ],
)
def test_a_plans_days_decide(rhythm: Rhythm, day: str, rest: Rest | None) -> None:
    assert resting(rhythm, date.fromisoformat(day)) is rest


def test_a_pause_wins_over_own_days_and_own_days_over_shifts_and_weekdays() -> None:
    off, work = frozenset({MONDAY}), frozenset({date(2026, 11, 28)})
    own = Calendar(ZONE, off, work)
    assert resting(Rhythm(own), MONDAY) is Rest.OFF
    for days in ("workdays", "daily", "mon-fri", "mon"):
        assert resting(Rhythm(own, days), date(2026, 11, 28)) is None
    idle = Rhythm(NATIONAL, "daily", cycle="1 on 1 off", start=date(2026, 11, 27))
    assert resting(idle, date(2026, 11, 28)) is Rest.SHIFT
    assert resting(replace(idle, calendar=own), date(2026, 11, 28)) is None
    assert resting(Rhythm(own, paused=off | work), MONDAY) is Rest.PAUSE
    assert resting(Rhythm(own, paused=off | work), date(2026, 11, 28)) is Rest.PAUSE


def test_four_crews_in_three_shifts_are_off_two_days_of_eight_each() -> None:
    crews = {"甲": 0, "乙": 2, "丙": 4, "丁": 6}
    rhythm = Rhythm(NATIONAL, "daily", cycle="6 on 2 off", start=MONDAY, crews=crews)
    off = [off_shift(rhythm, MONDAY + n * DAY) for n in range(16)]
    assert off == [["丁"], ["丁"], ["丙"], ["丙"], ["乙"], ["乙"], ["甲"], ["甲"]] * 2
    assert all(resting(rhythm, MONDAY + n * DAY) is None for n in range(16))


def test_a_team_whose_crews_are_all_off_has_no_meeting() -> None:
    rhythm = Rhythm(NATIONAL, "daily", cycle="1 on 1 off", start=MONDAY, crews={"甲": 0, "乙": 0})
    assert resting(rhythm, MONDAY) is None
    assert resting(rhythm, MONDAY + DAY) is Rest.SHIFT


@pytest.mark.parametrize(
    "cycle", ["", "on", "6 on", "2 off", "6 on 2 of", "0 on 0 off", "60 on 1 off", "-1 on 2 off"]
)
def test_a_cycle_has_days_of_both_kinds_and_no_more_than_sixty(cycle: str) -> None:
    with pytest.raises(ValueError, match="6 on 2 off"):
        shifts(cycle)


@given(CYCLES, DAYS, DAYS, st.integers(0, 50))
def test_a_cycle_comes_round_and_a_crew_is_so_many_days_further(
    cycle: str, start: date, day: date, further: int
) -> None:
    rhythm, length = Rhythm(NATIONAL, "daily", cycle=cycle, start=start), len(shifts(cycle))
    assert on_shift(rhythm, day) == on_shift(rhythm, day + length * DAY)
    assert on_shift(rhythm, day, further) == on_shift(rhythm, day + further * DAY)
    assert [on_shift(rhythm, start + n * DAY) for n in range(length)] == list(shifts(cycle))


def test_a_year_that_is_not_known_is_provisional_where_it_matters() -> None:
    day = date(2027, 2, 17)  # a Wednesday
    assert ahead(Rhythm(NATIONAL), walk(1), day, 1)[0].awaited == 2027
    for sure in (
        Rhythm(NATIONAL, "mon-fri"),
        Rhythm(NATIONAL, paused=frozenset({day})),
        Rhythm(Calendar(ZONE, off=frozenset({day}))),
        Rhythm(Calendar(ZONE, work=frozenset({day}))),
        Rhythm(Calendar(ZONE, notices={2027: Notice(frozenset(), frozenset())})),
    ):
        assert ahead(sure, walk(1), day, 1)[0].awaited is None


def test_what_we_were_told_of_a_year_wins_over_what_was_assumed() -> None:
    told = {2027: Notice(frozenset({date(2027, 2, 11)}), frozenset({date(2027, 2, 13)}))}
    rhythm = Rhythm(Calendar(ZONE, notices=told))
    assert resting(Rhythm(NATIONAL), date(2027, 2, 11)) is None
    assert resting(rhythm, date(2027, 2, 11)) is Rest.HOLIDAY
    assert resting(Rhythm(NATIONAL), date(2027, 2, 13)) is Rest.WEEKEND
    assert resting(rhythm, date(2027, 2, 13)) is None


# -- properties ------------------------------------------------------------------------------

SIZES = st.lists(st.integers(1, 5), min_size=1, max_size=3)
HAD = st.dictionaries(st.integers(1, 15), st.tuples(st.integers(1, 40), st.just(0.0)))
RHYTHMS = st.builds(
    Rhythm,
    st.builds(
        Calendar,
        st.just(ZONE),
        st.frozensets(DAYS, max_size=5),
        st.frozensets(DAYS, max_size=5),
    ),
    st.sampled_from(["workdays", "daily", "mon-fri", "mon,thu,sun"]),
    st.frozensets(DAYS, max_size=5),
    st.just("") | CYCLES,
    DAYS,
)


@given(RHYTHMS, SIZES, HAD, DAYS, st.integers(1, 20))
def test_looking_ahead_is_living_day_by_day(
    rhythm: Rhythm, sizes: list[int], had: Mapping[int, tuple[int, float]], first: date, count: int
) -> None:
    """What is shown for a week is what then happens, one day after another."""
    shown = ahead(rhythm, walk(*sizes, had=had), first, count)
    lived, past = [], dict(had)
    for number in range(count):
        (one,) = ahead(rhythm, walk(*sizes, had=past), first + number * DAY, 1)
        if one.bite is not None:
            past[one.bite] = (1000 + number, 0.0)
        lived.append(one)
    assert shown == lived


@given(RHYTHMS, SIZES, HAD, DAYS)
def test_every_day_has_a_bite_or_a_reason_and_never_both(
    rhythm: Rhythm, sizes: list[int], had: Mapping[int, tuple[int, float]], first: date
) -> None:
    for one in ahead(rhythm, walk(*sizes, had=had), first, 30):
        assert (one.bite is None) == (one.rest is not None)
        assert (one.rest is None) == (resting(rhythm, one.day) is None)


@given(SIZES, HAD)
def test_no_bite_comes_again_before_all_others_came(
    sizes: list[int], had: Mapping[int, tuple[int, float]]
) -> None:
    count = sum(sizes)
    came = brought(DAILY, walk(*sizes, had=had), 2 * count)
    assert set(came[:count]) == set(range(1, count + 1))
    assert came[:count] == came[count:]


@given(SIZES, HAD, st.data())
def test_wherever_a_team_begins_it_goes_through_all_in_order(
    sizes: list[int], had: dict[int, tuple[int, float]], data: st.DataObject
) -> None:
    count = sum(sizes)
    bite = data.draw(st.integers(1, count))
    now = 100
    for other, done in begun_at(walk(*sizes, had=had), bite).items():
        had.pop(other, None)
        if done:
            had[other] = (now, 1.0)
    came = brought(DAILY, walk(*sizes, had=had), count)
    assert came == [*range(bite, count + 1), *range(1, bite)]


@given(
    st.times(),
    st.booleans(),
    st.integers(0, 2 * 366 * 24 * 60),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"]),
)
def test_the_newest_day_is_the_last_one_whose_card_is_due(
    at: time, eve: bool, minutes: int, zone_name: str
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    zone = ZoneInfo(zone_name)
    day = newest(at, zone, now, eve=eve)
    assert card_due(day, at, zone, eve=eve) <= now < card_due(day + DAY, at, zone, eve=eve)
    ahead_of = card_due(day + DAY, at, zone, eve=eve)
    assert first_open(at, zone, ahead_of, now, TWO_HOURS, eve=eve) == day + DAY


def test_a_day_that_the_clock_has_still_to_decide_is_open() -> None:
    at, due = time(7, 50), card_due(MONDAY, time(7, 50), ZONE, eve=False)
    for late, first in ((0, MONDAY), (120, MONDAY), (121, MONDAY + DAY)):
        now = due + timedelta(minutes=late)
        assert first_open(at, ZONE, due, now, TWO_HOURS, eve=False) == first


def test_a_card_of_the_evening_before_is_due_a_day_earlier() -> None:
    assert card_due(MONDAY, time(20, 0), ZONE, eve=True) == datetime(2026, 11, 22, 12, tzinfo=UTC)
