"""Which days a question speaks of, and what it says without them: 上周 打卡率.

Days that have been are the last that came; of what is due, the next to come.
"""

import re
from collections.abc import Iterator
from datetime import date

from handlers.reading.numerals import ENGLISH_NUMBER, NUMBER, number
from handlers.reading.phrasing import WIDE
from handlers.reading.scenes import WEEK_WORD, in_month, valid
from handlers.reading.spans import A_DAY, TO, Span, month, read_span, week
from handlers.rules.calendar import DAY

WEEKDAYS = "一二三四五六日"
ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ENGLISH_DAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
NAMED = {
    "今天": 0, "今日": 0, "今儿": 0, "今早": 0, "今晨": 0, "当天": 0, "今天早上": 0, "今天上午": 0,
    "昨天": -1, "昨日": -1, "昨儿": -1, "昨天早上": -1, "前天": -2, "前日": -2,
    "明天": 1, "明日": 1, "明儿": 1, "后天": 2, "大后天": 3,
    "today": 0, "this morning": 0, "yesterday": -1, "the day before yesterday": -2,
    "yesterday morning": -1, "tomorrow": 1, "the day after tomorrow": 2,
}  # fmt: skip
MOST = 366  # days back, or of a number of days
BACK = re.compile(
    rf"(?P<way>上{{1,2}}|下|这|本)?个?{WEEK_WORD}(?P<day>[一二三四五六日天])"
    rf"|(?:(?P<which>last|next|this)\s+)?(?P<name>{ENGLISH_DAY})",
    re.IGNORECASE,
)
NEXT_WEEK = re.compile(rf"下个?{WEEK_WORD}|next\s+week", re.IGNORECASE)
NEXT_MONTH = re.compile(r"下个?月份?|next\s+month", re.IGNORECASE)
LATELY = re.compile(r"最近|近来|近期|lately|recently|(?:past|last)\s+7\s+days", re.IGNORECASE)
THIS_WEEK = re.compile(
    rf"(?:本|这一?个?|当){WEEK_WORD}|(?:the|this)\s+week|the\s+current\s+week", re.IGNORECASE
)
THIS_MONTH = re.compile(
    r"(?:本|这一?个?|当)月份?|(?:本|这个?)?月底(?:[之以]?前)?|(?:the|this)\s+month", re.IGNORECASE
)
DAY_OF_MONTH = re.compile(rf"(?P<day>{NUMBER})[号日]")
MONTH_DAY = re.compile(rf"(?P<month>{NUMBER})月(?P<day>{NUMBER})[号日]?")
PAST = re.compile(
    rf"(?:the\s+)?past\s+(?P<n>{ENGLISH_NUMBER}\s+)?(?P<unit>week|month)", re.IGNORECASE
)

# The longest first: 上周五 is not 上周, and 11月3日到5日 is more than its first day.
_WHEN = "|".join(
    [
        rf"{A_DAY}{TO}(?:{A_DAY}|{NUMBER}[日号]?)",
        *sorted((re.escape(name) for name in NAMED if not name.isascii()), key=len, reverse=True),
        rf"(?:上{{1,2}}|下|这|本)?个?{WEEK_WORD}[一二三四五六日天]",
        rf"(?:本|这一?个?|当|上{{1,2}}一?个?|下个?){WEEK_WORD}",
        r"(?:本|这一?个?|当|上{1,2}个?|下个?)月份?(?![底末初])",
        r"(?:本|这个?|上个?)季度",
        r"(?:本|这个?)?月底(?:[之以]?前)?",
        r"(?:今|去)年(?!\d)",
        rf"(?:最?近|过去)这?{NUMBER}\s*(?:天|日|周|个?星期|个?月)",
        r"最近(?!的?(?:一[条个次份])?的?(?:公告|通知))|近来|近期",
        rf"(?:20\d\d年?)?{NUMBER}月份(?!\d)",
        A_DAY,
        rf"(?<!月){NUMBER}[号日](?![线楼机泵台车站炉井库])",
    ]
)
_ENGLISH_WHEN = "|".join(
    [
        rf"{A_DAY}{TO}{A_DAY}",
        r"the\s+day\s+before\s+yesterday|the\s+day\s+after\s+tomorrow|yesterday\s+morning",
        r"today|this\s+morning|yesterday|tomorrow",
        rf"(?:(?:last|next|this)\s+)?{ENGLISH_DAY}",
        r"(?:this|last|next|the|the\s+current)\s+(?:week|month)|(?:this|last)\s+(?:quarter|year)",
        rf"(?:the\s+)?(?:last|past)\s+(?:{ENGLISH_NUMBER}\s+)?(?:days?|weeks?|months?)",
        r"lately|recently",
        A_DAY,
    ]
)
WHEN = re.compile(_WHEN, re.IGNORECASE)
ENGLISH_WHEN = re.compile(
    rf"(?:\b(?:on|in|for|during|over|of|from|by|through)\s+)?\b(?P<when>{_ENGLISH_WHEN})"
    r"(?:'s\b|\b)",
    re.IGNORECASE,
)


def splits(line: str) -> Iterator[tuple[str, str]]:
    """What a line says without its days, and those; at last all of it, and none."""
    found = WHEN.search(line)
    if found and (not found[0].isascii() or re.search(f"[{WIDE}]", line)):
        rest = f"{line[: found.start()]}{line[found.end() :]}"
        yield rest.strip("的, "), found[0]
    elif found := ENGLISH_WHEN.search(line):
        for start in dict.fromkeys((found.start("when"), found.start())):  # checked in today
            rest = f"{line[:start]} {line[found.end() :]}"
            yield " ".join(rest.strip(" ,").split()), found["when"]
    yield line, ""


def read_when(words: str, today: date, *, ahead: bool) -> Span | None:
    """The days that words name. `ahead`: those that are to come, where it is not said."""
    words = " ".join(words.lower().split())
    if (near := NAMED.get(words)) is not None:
        return Span(today + near * DAY, today + near * DAY)
    if THIS_WEEK.fullmatch(words):
        return week(today)
    if THIS_MONTH.fullmatch(words):
        return month(today)
    if NEXT_WEEK.fullmatch(words):
        return week(today + 7 * DAY)
    if NEXT_MONTH.fullmatch(words):
        return month(today, -1)
    if LATELY.fullmatch(words):
        return Span(today - 6 * DAY, today)
    if found := PAST.fullmatch(words):
        words = f"last {(found['n'] or 'one').strip()} {found['unit']}"
    if found := BACK.fullmatch(words):
        day = _weekday(found, today, ahead=ahead)
        return Span(day, day)
    if found := DAY_OF_MONTH.fullmatch(words):
        return _one(_of_month(number(found["day"]), today, ahead=ahead))
    if ahead and (found := MONTH_DAY.fullmatch(words)):
        return _one(_to_come(number(found["month"]), number(found["day"]), today))
    span = read_span(words.replace("这", "") if "近" in words else words, today).span
    if span and ahead and span.last < today and not re.search(r"20\d\d|上|去|昨|前|last", words):
        same = valid(span.first.year + 1, span.first.month, span.first.day)
        return _one(same) if span.days == 1 else span
    return span


def _one(day: date | None) -> Span | None:
    return Span(day, day) if day else None


def _weekday(found: re.Match[str], today: date, *, ahead: bool) -> date:
    if found["day"]:
        index = WEEKDAYS.index(found["day"].replace("天", "日"))
        way = found["way"] or ""
        weeks = {"上": -1, "上上": -2, "下": 1, "这": 0, "本": 0}.get(way)
    else:
        index = ENGLISH_DAYS.index(found["name"].lower()[:3])
        weeks = {"last": None, "next": 1, "this": 0}.get((found["which"] or "").lower())
        if (found["which"] or "").lower() == "last":
            back = (today.weekday() - index) % 7 or 7
            return today - back * DAY
    monday = today - today.weekday() * DAY
    if weeks is not None:
        return monday + (7 * weeks + index) * DAY
    if ahead:
        return today + (index - today.weekday()) % 7 * DAY
    return today - (today.weekday() - index) % 7 * DAY


def _of_month(day: int, today: date, *, ahead: bool) -> date | None:
    """The 20th: the last one that came, or the next."""
    for months in range(4):
        first = in_month(today, months if ahead else -months, 1)
        found = valid(first.year, first.month, day)
        if found and (found >= today if ahead else found <= today):
            return found
    return None


def _to_come(month_number: int, day: int, today: date) -> date | None:
    """3 December: this year's, unless it is long past."""
    found = valid(today.year, month_number, day)
    if found and found < today - MOST // 2 * DAY:
        return valid(today.year + 1, month_number, day)
    return found
