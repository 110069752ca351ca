"""Spans of days in plain words: 上月, 本季度, 11月1日到15日, last month, Nov 1 to Nov 15, 2026-11.

They are asked of what has been, so a date without a year is the last one that has come.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from handlers.reading.dates import MONTHS
from handlers.reading.numerals import ENGLISH_NUMBER, NUMBER, number
from handlers.reading.scenes import WEEK_WORD, in_month, month_end, quarter_end, valid
from handlers.rules.calendar import DAY


@dataclass(frozen=True)
class Span:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many; none, where the last comes before the first."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Read:
    """What was read, and the other words of the line: a name, if anything."""

    span: Span | None
    rest: str


MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
NTH = r"\d{1,2}(?:st|nd|rd|th)?"
YEAR = r"(?:(?P<year>20\d\d)\s*年?|(?P<which>今|本|去|上)年)?的?\s*"
A_DAY = (
    r"(?:20\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}[日号]?"
    rf"|{MONTH}\s*{NTH}(?:\s*,?\s+20\d\d)?\b|{NTH}\s+(?:of\s+)?{MONTH}(?:\s*,?\s+20\d\d\b)?"
    rf"|(?:[今去]年)?{NUMBER}月{NUMBER}[日号]?|\d{{1,2}}/\d{{1,2}}(?!\d)"
    r"|今[天日]|昨[天日]|前[天日]|\btoday\b|\byesterday\b)"
)
TO = r"\s*(?:到|至|~|～|—+|–|-+|\bto\b|\buntil\b|\btill\b|\bthrough\b)\s*"
NEAR = {"今": 0, "昨": 1, "前": 2, "t": 0, "y": 1}
FILLING = re.compile(
    r"^(?:[\s，,。.、:：的]|从|自|\bfrom\b|\bfor\b|\bof\b|\bin\b|\bthe\b)+"
    r"|(?:[\s，,。.、:：的!！?？]|\bfor\b|\bof\b|\bfrom\b|\bthe\b)+$",
    re.IGNORECASE,
)
LONGEST = 120  # characters of a line
YEARED = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})[日号]?")
NUMBERED = re.compile(rf"(?:(?P<which>[今去])年)?(?P<month>{NUMBER})[月/](?P<day>{NUMBER})[日号]?")
NAMED = re.compile(r"(?P<month>[a-z]{3})[a-z]*\.?", re.IGNORECASE)

Reader = Callable[[re.Match[str], date], Span | None]
FORMS: list[tuple[re.Pattern[str], Reader]] = []


def form(pattern: str) -> Callable[[Reader], Reader]:
    """Adds a reader under the pattern that it reads; those that come first are tried first."""

    def decorate(read: Reader) -> Reader:
        FORMS.append((re.compile(pattern, re.IGNORECASE), read))
        return read

    return decorate


def read_span(text: str, today: date) -> Read:
    """The span that a line names, and what else it says. A long one is no such line."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        return Read(None, text)
    for pattern, read in FORMS:
        for match in pattern.finditer(text):
            if span := read(match, today):
                rest = f"{text[: match.start()]} {text[match.end() :]}"
                return Read(span, _bare(rest))
    return Read(None, _bare(text))


def week(day: date) -> Span:
    """Monday to Sunday."""
    monday = day - day.weekday() * DAY
    return Span(monday, monday + 6 * DAY)


def month(day: date, back: int = 0) -> Span:
    """A whole month, so many months ago."""
    return Span(in_month(day, -back, 1), month_end(day, -back))


def quarter(day: date, back: int = 0) -> Span:
    """A whole quarter, so many quarters ago."""
    last = quarter_end(day, -back)
    return Span(in_month(last, -2, 1), last)


def year(number: int) -> Span:
    """A whole year."""
    return Span(date(number, 1, 1), date(number, 12, 31))


@form(rf"(?P<first>{A_DAY}){TO}(?P<last>{A_DAY}|{NUMBER}[日号]?)")
def from_to(match: re.Match[str], today: date) -> Span | None:
    """11月1日到11月15日, 11月1日到15日, 2026-11-01 ~ 2026-11-15."""
    first = _day(match["first"], today)
    if first is None:
        return None
    last_words = match["last"].rstrip("日号")
    if re.fullmatch(NUMBER, last_words):
        last = valid(first.year, first.month, number(last_words))
    else:
        last = _day(match["last"], today, first)
    return Span(first, last) if last else None


@form(A_DAY)
def one_day(match: re.Match[str], today: date) -> Span | None:
    """11月3日, yesterday."""
    day = _day(match[0], today)
    return Span(day, day) if day else None


@form(
    r"(?P<back>(?:本|这个?|当|上{1,3}个?))"
    + WEEK_WORD
    + r"(?![一二三四五六日天末])|(?P<word>this|last)\s+week\b"
)
def weeks(match: re.Match[str], today: date) -> Span:
    """本周, 上周, 上上周, last week."""
    return week(today - 7 * _back(match) * DAY)


@form(r"(?P<back>(?:本|这个?|当|上{1,3}个?))月份?(?![底末])|(?P<word>this|last)\s+month\b")
def months(match: re.Match[str], today: date) -> Span:
    """本月, 上个月, last month."""
    return month(today, _back(match))


@form(r"(?P<back>(?:本|这个?|当|上{1,3}个?))季度?|(?P<word>this|last)\s+quarter\b")
def quarters(match: re.Match[str], today: date) -> Span:
    """本季度, 上季度, last quarter."""
    return quarter(today, _back(match))


@form(rf"{YEAR}第?(?P<number>[一二三四1-4])季度?")
@form(r"(?P<which>)(?:(?P<year>20\d\d)\s*年?\s*)?Q(?P<number>[1-4])(?:\s+(?P<later>20\d\d))?\b")
def numbered_quarter(match: re.Match[str], today: date) -> Span:
    """第三季度, 去年四季度, Q3 2026: without a year the last that has begun."""
    last = 3 * number(match["number"])
    later = match.groupdict().get("later")
    if later:
        return quarter(date(int(later), last, 1))
    return quarter(_begun(match, last - 2, today))


@form(rf"{YEAR}(?P<half>[上下])半年")
def half(match: re.Match[str], today: date) -> Span:
    """上半年, 去年下半年."""
    begin = _begun(match, 1 if match["half"] == "上" else 7, today)
    return Span(begin, month_end(begin, 5))


@form(rf"{YEAR}(?P<month>{NUMBER})月份?(?![底末{'零一二三四五六七八九十'}\d])")
@form(r"(?P<which>)(?<!\d)(?P<year>20\d\d)[-/.](?P<month>\d{1,2})(?![\d\-/.])")
def named_month(match: re.Match[str], today: date) -> Span | None:
    """11月, 去年12月, 2026-11: without a year the last that has begun."""
    index = number(match["month"])
    return month(_begun(match, index, today)) if 1 <= index <= 12 else None


@form(rf"\b(?P<name>{MONTH})(?:\s*,?\s+(?P<year>20\d\d)\b)?")
def english_month(match: re.Match[str], today: date) -> Span:
    """November, Nov 2025."""
    index = MONTHS.index(match["name"].lower()[:3]) + 1
    found = int(match["year"]) if match["year"] else today.year - (index > today.month)
    return month(date(found, index, 1))


@form(
    rf"(?:最?近|过去)(?P<count>{NUMBER})\s*(?P<unit>天|日|周|个?星期|个?月)"
    r"|(?:last|past)\s+(?P<n>" + ENGLISH_NUMBER + r")\s+(?P<what>day|week|month)s?\b"
)
def lately(match: re.Match[str], today: date) -> Span | None:
    """近7天, 最近一个月, last 30 days: today is the last of them."""
    count = number(match["count"] or match["n"])
    unit = match["unit"] or match["what"].lower()
    if not 1 <= count <= 1000:
        return None
    if "月" in unit or unit == "month":
        return Span(in_month(today, -min(count, 120), today.day) + DAY, today)
    days = count if unit in {"天", "日", "day"} else 7 * count
    return Span(today - (days - 1) * DAY, today)


@form(
    r"(?P<year>20\d\d)\s*年度?(?![\d零一二三四五六七八九十])|(?<!\d)(?P<digits>20\d\d)(?![\d\-/.])"
)
def numbered_year(match: re.Match[str], _: date) -> Span:
    """2026年."""
    return year(int(match["year"] or match["digits"]))


@form(r"(?P<which>[今本去上])年度?|(?P<word>this|last)\s+year\b")
def years(match: re.Match[str], today: date) -> Span:
    """今年, 去年, last year."""
    before = (match["which"] or "") in {"去", "上"} or (match["word"] or "").lower() == "last"
    return year(today.year - before)


def _back(match: re.Match[str]) -> int:
    if match["word"]:
        return int(match["word"].lower() == "last")
    return match["back"].count("上")


def _begun(match: re.Match[str], index: int, today: date) -> date:
    """The first of a month: of the year that is named, or the last one that has come."""
    if match["year"]:
        return date(int(match["year"]), index, 1)
    if match["which"]:
        return date(today.year - (match["which"] in {"去", "上"}), index, 1)
    return date(today.year - (index > today.month), index, 1)


def _day(text: str, today: date, after: date | None = None) -> date | None:
    """One day. Without a year: the last one that has come, or the one that ends what began."""
    text = text.strip()
    if (near := NEAR.get(text[0].lower())) is not None and text[:2] != "今年":
        return today - near * DAY
    if found := YEARED.fullmatch(text):
        return valid(*map(int, found.groups()))
    if found := NUMBERED.fullmatch(text):
        index, day = number(found["month"]), number(found["day"])
        named = {"今": today.year, "去": today.year - 1}.get(found["which"] or "", 0)
    else:
        month_name = NAMED.search(text)
        digits = re.findall(r"\d+", text)
        if month_name is None or not digits:
            return None
        # A month's name is the only word of such length but "of", which is shorter.
        index = MONTHS.index(month_name["month"].lower()) + 1
        day = int(next(part for part in digits if len(part) < 3))
        named = int(next((part for part in digits if len(part) == 4), 0))
    if named:
        return valid(named, index, day)
    return _ending(index, day, after, today) if after else _come(index, day, today)


def _come(index: int, day: int, today: date) -> date | None:
    candidates = (valid(today.year - back, index, day) for back in range(9))
    return next((one for one in candidates if one and one <= today), None)


def _ending(index: int, day: int, first: date, today: date) -> date | None:
    """In the year of the first day, or, over New Year, in the next if that has come."""
    same, later = valid(first.year, index, day), valid(first.year + 1, index, day)
    if (same is None or same < first) and later and later <= today:
        return later
    return same


def _bare(text: str) -> str:
    """Without the words that say nothing, at either end."""
    before = None
    while before != text:
        before, text = text, FILLING.sub("", text)
    return re.sub(r"\s+", " ", text)
