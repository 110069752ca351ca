from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.moments import read_moment, says_never
from handlers.rules.calendar import Calendar

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(ZONE)
NOW = datetime(2026, 11, 23, 7, 50, tzinfo=ZONE).astimezone(UTC)  # a Monday


def local(text: str) -> str | None:
    moment = read_moment(text, NOW, CALENDAR)
    return f"{moment.at.astimezone(ZONE):%m-%d %H:%M}" if moment else None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("明天早上8点", "11-24 08:00"),
        ("定时明天 8:30 发送", "11-24 08:30"),
        ("周五14:30", "11-27 14:30"),
        ("今天下午三点半", "11-23 15:30"),
        ("两小时后", "11-23 09:50"),
        ("12月1日 9:00", "12-01 09:00"),
        ("改到后天上午10点吧", "11-25 10:00"),
        ("tomorrow 8am", "11-24 08:00"),
        ("send it on Friday at 14:30", "11-27 14:30"),
        ("明天下班前", "11-24 18:00"),
    ],
)
def test_a_moment_is_read_as_people_write_it(text: str, at: str) -> None:
    assert local(text) == at


@pytest.mark.parametrize(
    "text",
    ["", "好的", "明天早上8点全体到会议室开会", "请大家周五前交台账", "8" * 500, "<b>明天</b>"],
)
def test_what_says_more_or_nothing_is_no_moment(text: str) -> None:
    assert local(text) is None


@pytest.mark.parametrize(("text", "timed"), [("明天", False), ("周五", False), ("明天8点", True)])
def test_whether_a_time_of_day_was_said_is_known(text: str, timed: bool) -> None:
    moment = read_moment(text, NOW, CALENDAR)
    assert moment is not None
    assert moment.timed is timed


@pytest.mark.parametrize("text", ["不限", "不定时", "马上发。", "now", "none"])
def test_that_there_is_to_be_none_can_be_said(text: str) -> None:
    assert says_never(text)


@given(st.text(max_size=80))
def test_nothing_that_is_written_raises(text: str) -> None:
    moment = read_moment(text, NOW, CALENDAR)
    assert moment is None or moment.at.tzinfo is UTC
    assert says_never(text) in {True, False}
