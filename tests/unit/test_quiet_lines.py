"""What is said behind /quiet."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.quiet import NONE, Said, read_quiet
from handlers.rules.calendar import Calendar
from handlers.rules.quiet import Hours
from tests.conftest import MONDAY

CALENDAR = Calendar(ZoneInfo("Asia/Shanghai"))


def read(text: str) -> Said | None:
    return read_quiet(text, MONDAY, CALENDAR)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("22:00-7:00", time(22), time(7)),
        ("22：00 - 07：00", time(22), time(7)),
        ("22-7", time(22), time(7)),
        ("22:00–06:30", time(22), time(6, 30)),
        ("晚上10点到早上7点", time(22), time(7)),
        ("从22点半到6点", time(22, 30), time(6)),
        ("晚上12点到早上6点30分", time(0), time(6, 30)),
        ("24:00-6:00", time(0), time(6)),
        ("下午1点到3点", time(13), time(3)),
        ("10pm-7am", time(22), time(7)),
        ("from 12 am to 6:15 am", time(0), time(6, 15)),
        ("12:00~13:30", time(12), time(13, 30)),
    ],
)
def test_hours(text: str, start: time, end: time) -> None:
    assert read(text) == Said(hours=Hours(start, end))


@pytest.mark.parametrize("text", ["off", "OFF", "none", "关", "关闭", "不设"])
def test_no_hours(text: str) -> None:
    assert read(text) == Said(hours=NONE)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("到12月5日", date(2026, 12, 5)),
        ("暂停到12月5日", date(2026, 12, 5)),
        ("到下周一", date(2026, 11, 30)),
        ("到明天恢复", date(2026, 11, 24)),
        ("until Friday", date(2026, 11, 27)),
        ("pause until Dec 5", date(2026, 12, 5)),
        ("到2026-11-20", date(2026, 11, 20)),
    ],
)
def test_a_pause_until_a_day(text: str, day: date) -> None:
    assert read(text) == Said(until=day)


def test_nothing_and_resuming() -> None:
    assert read("") == read("  ") == Said()
    assert read("恢复") == read("resume") == Said(resume=True)


@pytest.mark.parametrize(
    "text",
    [
        "25:00-7:00",
        "22:60-7:00",
        "22:00-22:00",
        "22:00",
        "13pm-7am",
        "到",
        "到昨晚",
        "安静",
        "<b>",
    ],
)
def test_what_cannot_be_read(text: str) -> None:
    assert read(text) is None


@given(st.text(max_size=300))
def test_whatever_is_said_it_is_read_or_not(text: str) -> None:
    said = read(text)
    assert said is None or isinstance(said, Said)


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 23), st.integers(0, 59))
def test_every_span_that_can_be_written_is_read(a: int, b: int, c: int, d: int) -> None:
    start, end = time(a, b), time(c, d)
    found = read(f"{start:%H:%M}-{end:%H:%M}")
    assert found == (None if start == end else Said(hours=Hours(start, end)))
