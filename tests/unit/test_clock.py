from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import clock as clocks
from bot.clock import Clock

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 22, 23, 49, 30, tzinfo=UTC)
MOMENT = timedelta(seconds=2)


@pytest.mark.parametrize(
    "text", ["2026-11-23T07:49:30+08:00", "2026-11-23T07:49:30", "2026-11-22T23:49:30Z*60"]
)
def test_a_clock_starts_where_it_is_told(text: str) -> None:
    clock = clocks.from_text(text, ZONE)
    assert START <= clock() <= START + MOMENT * 60


def test_a_clock_that_is_not_told_shows_the_machines_time() -> None:
    assert abs(clocks.from_text("", ZONE)() - datetime.now(UTC)) < MOMENT


@pytest.mark.parametrize("text", ["now", "2026-13-01", "2026-11-23*fast", "2026-11-23*0"])
def test_a_clock_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        clocks.from_text(text, ZONE)


def test_a_clock_tells_when_its_hands_are_moved() -> None:
    clock, jumps = Clock(ZONE), []
    clock.jumped = lambda: jumps.append(clock())
    clock.set(START)
    clock.run(60)
    assert len(jumps) == 2
    assert clock.rate == 60
    assert START <= clock() <= START + MOMENT * 60


@pytest.mark.parametrize("rate", [0, -1, 1e9, float("nan")])
def test_a_clock_does_not_stand_still_or_go_back(rate: float) -> None:
    with pytest.raises(ValueError, match="as fast"):
        Clock(ZONE).run(rate)


@pytest.mark.parametrize("rate", [1, 60])
def test_a_clock_tells_when_it_shows_a_full_second(rate: int) -> None:
    clock = Clock(ZONE)
    clock.set(START + timedelta(milliseconds=250))
    clock.run(rate)
    before, shown = datetime.now(UTC), clock()
    wait = (clock.full_second() - before).total_seconds() * rate
    after = (shown + timedelta(seconds=wait)).microsecond / 1e6
    assert 0 < wait <= 1.2
    assert 0 <= after < 0.2
