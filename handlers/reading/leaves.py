"""Leave in one line: 今天, 周三到周五 倒班, 张三 明天 外勤, from Wednesday to Friday on shift."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from handlers.reading.dues import read_due
from handlers.rules.calendar import DAY, Calendar
from storage.kinds import LeaveReason

CANCEL = re.compile(
    r"(?P<name>.*?)\s*(?:取消|撤销|销假|不请了|\bcancel|\bundo)(?:请?假)?", re.IGNORECASE
)
PAST = re.compile(r"昨[天日]|前[天日]|\byesterday\b", re.IGNORECASE)
TO = re.compile(r"\s*(?:到|至|~|—|–|\bto\b|\buntil\b|\btill\b)\s*", re.IGNORECASE)
REASONS = (
    (LeaveReason.SHIFT, re.compile(r"倒班|轮班|轮休|夜班|值班|\bshift\b", re.IGNORECASE)),
    (LeaveReason.FIELD, re.compile(r"外勤|出差|外出|巡护|\bfield\b|\btrip\b", re.IGNORECASE)),
    (LeaveReason.LEAVE, re.compile(r"请?(?:病|事|年|婚|产)?假|\bleave\b|\boff\b", re.IGNORECASE)),
)
ASKING = re.compile(r"请假|\bleave\b", re.IGNORECASE)
FROM = re.compile(r"^(?:从|自|from\b)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """What was asked: the days, both included, why, and for whom (empty: oneself)."""

    first: date
    last: date
    reason: LeaveReason
    name: str = ""


def read_leave(text: str, now: datetime, calendar: Calendar) -> Asked | None:
    """Leave as it was written; None where the days cannot be read. No day means today."""
    reason, rest = _reason(text.strip())
    today = calendar.today(now)
    if PAST.search(rest):
        return Asked(today - DAY, today - DAY, reason)
    first_part, *last_part = TO.split(rest, maxsplit=1)
    begin = read_due(first_part, now, calendar)
    if begin is None and last_part:
        return None
    if begin is None:
        return Asked(today, today, reason, rest.strip())
    name = FROM.sub("", first_part[: begin.span[0]].strip()).strip()
    tail = first_part[begin.span[1] :].strip()
    if not last_part:
        return Asked(begin.day, begin.day, reason, name) if not tail else None
    end = read_due(last_part[0], now, calendar)
    if end is None or tail or last_part[0][end.span[1] :].strip():
        return None
    return Asked(begin.day, end.day, reason, name)


def _reason(text: str) -> tuple[LeaveReason, str]:
    """Why, and the rest. Leave is what all of it is: the word says no more beside a reason."""
    for reason, pattern in REASONS:
        if found := pattern.search(text):
            rest = text[: found.start()] + " " + text[found.end() :]
            return reason, ASKING.sub(" ", rest, count=1).strip()
    return LeaveReason.LEAVE, text
