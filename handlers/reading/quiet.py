"""What is said behind /quiet: 22:00-7:00, 晚上10点到早上7点, off, 到12月5日, until Friday."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from handlers.reading.clocks import AFTER_NOON, PART
from handlers.reading.plain import line
from handlers.reading.plan_lines import one_day
from handlers.rules.calendar import Calendar
from handlers.rules.quiet import Hours

MOST = 100  # characters that are looked at
NONE = Hours(time(0), time(0))
OFF = re.compile(r"(?:off|none|no|关闭?|不设|不要|取消|无)", re.IGNORECASE)
RESUME = re.compile(r"(?:恢复|继续|取消暂停|resume|on|开启?)", re.IGNORECASE)
UNTIL = re.compile(
    r"(?:暂停|pause)?\s*(?:直?到|至|until|till|to)\s*(?P<day>.+?)\s*(?:[再才]?恢复|为止)?[。.]?",
    re.IGNORECASE,
)


def _side(name: str) -> str:
    return (
        rf"(?:(?P<{name}_part>{PART})\s*)?(?P<{name}_hour>\d{{1,2}})\s*"
        rf"(?:[:：](?P<{name}_minute>\d\d)|[点时](?:(?P<{name}_past>\d\d)分?|(?P<{name}_half>半))?)?"
        rf"\s*(?:(?P<{name}_english>[ap])\.?m\.?)?"
    )


HOURS = re.compile(
    rf"(?:从|from\s+)?{_side('start')}\s*(?:-|~|～|—|–|到|至|to|until)\s*{_side('end')}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """What was asked: hours, a pause until a day, or that a pause is over; else to be shown."""

    hours: Hours | None = None
    until: date | None = None
    resume: bool = False


def read_quiet(text: str, now: datetime, calendar: Calendar) -> Said | None:
    """What was said; None where it cannot be read."""
    said = line(text[:MOST])
    if not said:
        return Said()
    if OFF.fullmatch(said):
        return Said(hours=NONE)
    if RESUME.fullmatch(said):
        return Said(resume=True)
    if found := HOURS.fullmatch(said):
        start, end = _clock(found, "start"), _clock(found, "end")
        if start is None or end is None or start == end:
            return None
        return Said(hours=Hours(start, end))
    if (found := UNTIL.fullmatch(said)) and (day := one_day(found["day"], now, calendar)):
        return Said(until=day)
    return None


def _clock(found: re.Match[str], name: str) -> time | None:
    """A time of day on the 24-hour clock, unless half of the day is named; 24:00 is midnight."""
    part, english = found[f"{name}_part"], (found[f"{name}_english"] or "").lower()
    hour = int(found[f"{name}_hour"])
    minute = int(found[f"{name}_minute"] or found[f"{name}_past"] or 0)
    minute = 30 if found[f"{name}_half"] else minute
    if english:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if english == "p" else 0)
    elif part in AFTER_NOON and 1 <= hour < 12:
        hour += 12
    if (hour == 24 and minute == 0) or (part in AFTER_NOON and hour == 12 and part != "下午"):
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None
