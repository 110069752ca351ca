"""What is said behind /plan: 跳过, 暂停 12月1日到12月5日, 从 safety-101 第5课, 12月3日放假."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from handlers.reading.dues import read_due
from handlers.reading.numerals import NUMBER, number
from handlers.reading.plain import line
from handlers.rules.calendar import DAY, Calendar
from handlers.taps.plans import PlanAct

MOST = 200  # characters that are looked at
MEETING = r"(?:早会|例会|班会|学习|微课|课|meetings?|cards?)"
TO = re.compile(
    r"\s*(?:直?到|至|~|～|—|–|\bto\b|\buntil\b|\btill\b|\bthrough\b)\s*", re.IGNORECASE
)
FROM = re.compile(r"^(?:从|自|\bfrom\b|\bon\b|\bin\b)\s*", re.IGNORECASE)
WEEK = re.compile(
    r"(?:(?P<next>下下|下)|(?:这|本))个?(?:周|星期|礼拜)|(?:(?P<english>next)|this)\s+week",
    re.IGNORECASE,
)
BARE = re.compile(r"(\d{1,2})(?:[日号]|st|nd|rd|th)?")
PACK = r"(?P<pack>[a-z0-9]+(?:-[a-z0-9]+)+|[a-z][a-z0-9]*)"
LESSON = rf"(?:第\s*(?P<zh>{NUMBER})\s*[课讲条]|(?:bite|lesson|no\.?|#)?\s*(?P<en>\d{{1,4}}))"


def _ways(*ways: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(ways)})[\s。.!！]*", re.IGNORECASE)


PLAIN = (
    (
        PlanAct.SKIP,
        _ways(r"跳过(?:下一?[课讲次]|下次)?", r"skip(?:\s+(?:the\s+)?next(?:\s+\w+)?)?"),
    ),
    (
        PlanAct.AGAIN,
        _ways(
            r"(?:重讲|重学|再讲)(?:一[遍次])?(?:上一?[课讲次]|上次)?",
            r"repeat(?:\s+(?:the\s+)?last(?:\s+\w+)?)?|again",
        ),
    ),
    (PlanAct.RESUME, _ways(rf"(?:恢复|继续|取消暂停){MEETING}?", rf"resume(?:\s+{MEETING})?")),
    (PlanAct.PAUSE, _ways(rf"暂?停{MEETING}?", rf"pause(?:\s+{MEETING})?")),
    (PlanAct.START, _ways(r"换一?课", r"start\s+(?:at|from|with)")),
)
START = _ways(
    rf"(?:从|自|start(?:\s+(?:at|from|with))?|from)\s*(?:{PACK}\s*[,，]?\s*)?{LESSON}\s*(?:开始|起|讲起)?"
)
DATED = (
    (
        PlanAct.PAUSE,
        (
            _ways(rf"暂?停{MEETING}?\s*(?P<when>.+?)", rf"pause\s+(?:{MEETING}\s+)?(?P<en>.+?)"),
            _ways(
                rf"(?P<when>.+?)\s*(?:没有?|不开|不搞|无|停开?|暂停){MEETING}",
                rf"no\s+{MEETING}\s+(?P<en>.+?)",
            ),
            _ways(r"(?P<when>.+?)\s*暂停"),
        ),
    ),
    (
        PlanAct.OFF,
        (
            _ways(
                r"(?P<when>.+?)\s*(?:放假|休息|不上班|休假)",
                r"off\s+(?P<en>.+?)",
                r"(?P<end>.+?)\s+(?:is\s+|are\s+)?off",
            ),
        ),
    ),
    (
        PlanAct.WORK,
        (
            _ways(
                rf"(?P<when>.+?)\s*(?:照常|正常)?(?:上班|补班|加班|[开有]{MEETING})",
                r"work(?:ing)?\s+(?P<en>.+?)",
                r"(?P<end>.+?)\s+(?:is\s+)?(?:worked|work(?:ing)?(?:\s*day)?)",
            ),
        ),
    ),
    (
        PlanAct.USUAL,
        (
            _ways(
                r"(?P<when>.+?)\s*(?:照旧|照常|按日历)",
                r"(?P<en>.+?)\s+as\s+usual",
                r"as\s+usual\s+(?P<end>.+?)",
            ),
        ),
    ),
)


@dataclass(frozen=True)
class Said:
    """What was asked: the act; the days, both included; the bite by its number in its pack."""

    act: PlanAct
    first: date | None = None
    last: date | None = None
    pack: str = ""  # empty: the only one
    number: int = 0


def read_plan(text: str, now: datetime, calendar: Calendar) -> Said | None:
    """What was said; None where it cannot be read. Nothing at all: the week, please."""
    said = line(text[:MOST])
    if not said:
        return Said(PlanAct.SHOW)
    for act, pattern in PLAIN:
        if pattern.fullmatch(said):
            return Said(act)
    if found := START.fullmatch(said):
        lesson = number(found["zh"] or found["en"])
        if not lesson:
            return None
        return Said(PlanAct.START, pack=(found["pack"] or "").lower(), number=lesson)
    for act, patterns in DATED:
        for pattern in patterns:
            if found := pattern.fullmatch(said):
                parts = found.groupdict()
                when = parts.get("when") or parts.get("en") or parts.get("end") or ""
                if days := stretch(when, now, calendar):
                    return Said(act, *days)
    return None


def stretch(text: str, now: datetime, calendar: Calendar) -> tuple[date, date] | None:
    """The first and the last of the days that were named: 下周, 12月1日到5日, until Friday."""
    today, text = calendar.today(now), text.strip()
    monday = today - today.weekday() * DAY
    if found := WEEK.fullmatch(FROM.sub("", text)):
        weeks = len(found["next"] or "") or int(bool(found["english"]))
        first = monday + 7 * weeks * DAY
        return max(first, today), first + 6 * DAY
    begin, *end = TO.split(text, maxsplit=1)
    begin = FROM.sub("", begin).strip()
    first_day = one_day(begin, now, calendar) if begin else today
    if first_day is None or (not begin and not end):
        return None
    if not end:
        return first_day, first_day
    last_day = _end(end[0].strip(), first_day, now, calendar)
    return (first_day, last_day) if last_day else None


def _end(text: str, first: date, now: datetime, calendar: Calendar) -> date | None:
    """The last day; a number alone is of the first day's month, or of the next one."""
    if bare := BARE.fullmatch(text):
        day = first
        for _ in range(31):
            if day.day == int(bare[1]):
                return day
            day += DAY
        return None
    return one_day(text, now, calendar)


def one_day(text: str, now: datetime, calendar: Calendar) -> date | None:
    """The day that a text names, and nothing else."""
    due = read_due(text, now, calendar)
    if due is None or due.timed or due.span != (0, len(text)):
        return None
    return due.day
