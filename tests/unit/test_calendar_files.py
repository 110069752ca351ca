"""A file with a year's national days: what is taken, and every fault with its line."""

from datetime import date

import pytest

from handlers.reading.calendars import read_calendar
from handlers.reading.faults import Faults

SOUND = """\
year: 2027
source: 国务院办公厅关于2027年部分节假日安排的通知
off:
  - 2027-01-01~2027-01-03
  - 2027-02-05~2027-02-11
  - 2027-05-01 ~ 2027-05-05
  - 2027-10-01 到 2027-10-07
work: [2027-02-13, 2027/2/14]
"""


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(Faults) as caught:
        read_calendar("2027.yaml", text.encode())
    return [(fault.place.rpartition(":")[2], fault.key) for fault in caught.value.faults]


def test_a_sound_file_is_read_with_its_stretches() -> None:
    found = read_calendar("2027.yaml", SOUND.encode())
    assert (found.year, len(found.off), found.off[0]) == (2027, 22, date(2027, 1, 1))
    assert found.work == (date(2027, 2, 13), date(2027, 2, 14))
    assert found.source.startswith("国务院")


def test_a_notice_may_reach_back_into_the_last_week_of_december() -> None:
    back = SOUND.replace("- 2027-01-01~2027-01-03", "- 2026-12-31~2027-01-03")
    assert date(2026, 12, 31) in read_calendar("2027.yaml", back.encode()).off
    early = SOUND.replace("- 2027-01-01~2027-01-03", "- 2026-12-24~2027-01-03")
    assert faults(early) == [("4", "fault.calendar_year")]


def test_every_fault_is_told_at_once_with_its_line() -> None:
    text = """\
year: 2027
off:
  - 2027-01-01
  - 2028-01-01
  - 2027-02-30
  - 2027-01-01
  - 2027-05-03~2027-05-01
work:
  - 2027-02-15
  - 2027-01-01
made: up
"""
    assert faults(text) == [
        ("3", "fault.calendar_missing"),
        ("4", "fault.calendar_year"),
        ("5", "fault.date"),
        ("6", "fault.repeated_item"),
        ("7", "fault.date"),
        ("9", "fault.calendar_weekday"),
        ("9", "fault.off_and_work"),
        ("10", "fault.calendar_weekday"),
        ("11", "fault.unknown_key_of"),
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("year: 1999\noff: [1999-01-01]", "fault.calendar_no_year"),
        ("year: soon\noff: []", "fault.not_integer"),
        ("off: [2027-01-01]", "fault.missing"),
        ("year: 2027", "fault.missing"),
        ("- 2027", "fault.not_record"),
        ("year: 2027\noff: {a: b}", "fault.not_list"),
        ("year: 2027\noff: [2027-01-01]\nwork: [[1]]", "fault.not_text"),
        ("", "fault.empty_file"),
    ],
)
def test_what_is_no_calendar_is_refused(text: str, key: str) -> None:
    assert key in [found for _, found in faults(text)]
