from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.dues import read_due, split_promise
from handlers.rules.calendar import Calendar
from tests.unit.test_dues import CALENDAR, SATURDAY, ZONE, instant


@pytest.mark.parametrize(
    ("promise", "rest", "expected"),
    [
        ("周五前完成3号泵检修", "完成3号泵检修", "2026-11-27"),
        ("完成3号泵检修 周五前", "完成3号泵检修", "2026-11-27"),
        ("周五前 完成台账 标准:三级审核", "完成台账 标准:三级审核", "2026-11-27"),
        ("我明天下午3点前把2号机组巡检完", "我把2号机组巡检完", "2026-11-22 15:00"),
        ("台账在12月1日前补齐", "台账补齐", "2026-12-01"),
        ("台账三天内补齐", "台账补齐", "2026-11-24"),
        ("25号完成安全台账", "完成安全台账", "2026-11-25"),
        ("完成隐患整改，最晚下周三", "完成隐患整改", "2026-11-25"),
        ("今天出发前检查灭火器", "出发前检查灭火器", "2026-11-21"),
        ("明天前往现场检查", "前往现场检查", "2026-11-22"),
        ("本月底前完成第3季度台账", "完成第3季度台账", "2026-11-30"),
        ("下周五下班前，交第5条整改照片", "交第5条整改照片", "2026-11-27"),
        ("准备明天的会议材料，周一前", "准备明天的会议材料", "2026-11-23"),
        ("两小时内修好3号泵", "修好3号泵", "2026-11-21 11:00"),
        ("fix pump 3 by Friday 5pm", "fix pump 3", "2026-11-27 17:00"),
        ("by Dec 1 finish the ledger", "finish the ledger", "2026-12-01"),
        ("send the report by Monday please", "send the report please", "2026-11-23"),
        ("tomorrow, check valve 12", "check valve 12", "2026-11-22"),
        ("周五前", "", "2026-11-27"),
    ],
)
def test_the_due_phrase_is_taken_out_of_a_promise(promise: str, rest: str, expected: str) -> None:
    found, due = split_promise(promise, SATURDAY, CALENDAR)
    assert found == rest
    assert due is not None
    assert due.at == instant(expected)


def test_the_span_covers_the_phrase_with_its_marker() -> None:
    text = "我保证最晚周五下班前交"
    due = read_due(text, SATURDAY, CALENDAR)
    assert due is not None
    assert text[slice(*due.span)] == "最晚周五下班前"


def test_said_after_work_today_is_until_midnight() -> None:
    evening = datetime(2026, 11, 20, 20, 0, tzinfo=ZONE).astimezone(UTC)
    for text in ("今天完成", "EOD", "下班前"):
        due = read_due(text, evening, CALENDAR)
        assert due is not None
        assert due.at == datetime(2026, 11, 20, 23, 59, tzinfo=ZONE)


def test_the_teams_day_ends_when_it_says() -> None:
    due = read_due("周五前", SATURDAY, replace(CALENDAR, ends=time(17, 30)))
    assert due is not None
    assert due.at == datetime(2026, 11, 27, 17, 30, tzinfo=ZONE)


def test_workdays_are_those_of_the_teams_calendar() -> None:
    holiday = Calendar(ZONE, off=frozenset({date(2026, 11, 23)}))
    due = read_due("一个工作日内", SATURDAY, holiday)
    assert due is not None
    assert due.day == date(2026, 11, 24)


def test_today_is_todays_date_in_the_teams_zone() -> None:
    late = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
    assert (due := read_due("明天", late, CALENDAR)) is not None
    assert due.day == date(2026, 11, 23)
    assert (due := read_due("明天", late, Calendar(ZoneInfo("Europe/London")))) is not None
    assert due.day == date(2026, 11, 22)


def test_a_date_with_its_year_may_be_past() -> None:
    due = read_due("2026年11月3日前", SATURDAY, CALENDAR)
    assert due is not None
    assert due.at < SATURDAY


MINUTES = st.datetimes(datetime(2026, 11, 22), datetime(2027, 11, 20)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0, tzinfo=ZONE)
)
WRITTEN = st.sampled_from(
    [
        "{at.year}年{at.month}月{at.day}日{at:%H:%M}",
        "{at.month}月{at.day}日{at:%H:%M}前",
        "{at.month}月{at.day}号{at:%H}点{at:%M}分",
        "{at:%Y-%m-%d %H:%M}",
        "{at:%Y-%m-%dT%H:%M}",
        "{at.year}/{at.month}/{at.day} {at:%H:%M}",
        "by {at:%B} {at.day} {at:%H:%M}",
        "{at:%b} {at.day}, {at.year} at {at:%I:%M %p}",
        "{at:%I:%M%p} on {at.day} {at:%B} {at.year}",
    ]
)


@given(MINUTES, WRITTEN)
def test_a_moment_is_read_as_it_was_written(at: datetime, written: str) -> None:
    due = read_due(written.format(at=at), SATURDAY, CALENDAR)
    assert due is not None
    assert due.at == at
    assert due.timed


@given(st.text(alphabet="前内周五下3号点月日天今明个半年底0123-:/. by Fri", max_size=30))
def test_nothing_people_type_upsets_the_reader(text: str) -> None:
    rest, due = split_promise(text, SATURDAY, CALENDAR)
    assert len(rest) <= len(text)
    if due is not None:
        start, end = due.span
        assert 0 <= start < end <= len(text)
        assert CALENDAR.today(due.at) in (due.day, due.day + timedelta(1))
