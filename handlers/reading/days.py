"""Days in plain words, counted from today: 周五, 大后天, 三个工作日内, in two weeks.

The week starts on Monday. A bare weekday is the next one to come; 下周X and `next X` are of the
next ISO week; N天内 is the last of these days.
"""

import re
from datetime import date

from handlers.reading.numerals import ENGLISH_NUMBER, NUMBER, number
from handlers.reading.scenes import (
    AFTER,
    INSIDE,
    NEXT,
    THIS,
    WEEK,
    WEEK_WORD,
    Forms,
    Scene,
    in_month,
    monday,
)
from handlers.rules.calendar import DAY

MOST_DAYS = 1000  # a promise further off than this is a slip of the finger

FORMS = Forms()

WEEKDAYS = "一二三四五六日"
ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ENGLISH_DAY = (
    r"(?P<name>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)\b\.?"
)
NEAR = {
    "今": 0, "当": 0, "明": 1, "次": 1, "翌": 1, "后": 2, "大后": 3,
    "today": 0, "to": 0, "this": 0, "tonight": 0, "tomorrow": 1, "tmr": 1, "tomorow": 1,
}  # fmt: skip


@FORMS.add(
    r"(?P<near>今|明|当)(?:天|日|儿)(?!气|然)",
    r"(?P<near>次|翌)日(?!清)",
    r"(?P<near>今|明)(?=[早晚晨]|上午|下午)",
    r"(?<![今以之先背前往])(?P<near>大?后)天(?!性)",
    r"(?P<near>today|tomorrow|tomorow|tmr|tonight(?=\s*(?:at|by)?\s*\d))\b",
    r"(?P<near>to)(?=night\b)",
    r"(?P<near>this)(?=\s+(?:morning|afternoon|evening)\b)",
)
def near_day(match: re.Match[str], scene: Scene) -> date:
    """今天, 明早, 大后天, tomorrow."""
    return scene.today + NEAR[match["near"].lower()] * DAY


@FORMS.add(r"(?:the\s+)?day\s+after\s+tomorrow\b")
def day_after(_: re.Match[str], scene: Scene) -> date:
    """The day after tomorrow."""
    return scene.today + 2 * DAY


@FORMS.add(
    rf"(?<![上每逢隔一两三])(?<![一二三四五六日天][至到~—-])(?:(?P<this>{THIS})|{NEXT})?{WEEK_WORD}(?P<day>[一二三四五六日天])"
    rf"(?![次回遍个台号级常报记志程]|\s*[至到和、~—-]\s*{WEEK_WORD}?[二三四五六日天])",
)
def weekday(match: re.Match[str], scene: Scene) -> date:
    """周五, 这周日, 下下周一."""
    index = WEEKDAYS.index(match["day"].replace("天", "日"))
    weeks = len(match["next"] or "") or (0 if match["this"] else None)
    return of_week(index, weeks, scene)


@FORMS.add(
    r"(?:(?P<next>next)|(?P<this>this))\s+" + ENGLISH_DAY,
    r"(?P<next>)(?P<this>)(?P<name>monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b",
)
def english_weekday(match: re.Match[str], scene: Scene) -> date:
    """Friday, next Wednesday."""
    weeks = 1 if match["next"] else 0 if match["this"] else None
    return of_week(ENGLISH_DAYS.index(match["name"].lower()[:3]), weeks, scene)


@FORMS.add(r"(?P<next>)(?P<this>)" + ENGLISH_DAY, strict=True)
def short_weekday(match: re.Match[str], scene: Scene) -> date | None:
    """Fri: as an abbreviation it may be a word of another sense."""
    return english_weekday(match, scene)


def of_week(index: int, weeks: int | None, scene: Scene) -> date:
    """The weekday of the week `weeks` from now; without `weeks` the next one to come."""
    day = monday(scene) + index * DAY
    if weeks is not None:
        return day + weeks * WEEK
    return day if scene.ahead(day) else day + WEEK


# -- so many days from now -------------------------------------------------------------------

SPANS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "day": 1, "week": 7}
WITHIN = f"(?:{INSIDE}|{AFTER})"
FROM_NOW = r"(?:\s+(?:from\s+now|later)\b)"


@FORMS.add(
    rf"(?P<n>{NUMBER})\s*(?P<unit>天|日|个?(?:周|星期|礼拜)){WITHIN}",
    rf"(?:with)?in\s+(?:the\s+next\s+)?(?P<n>{ENGLISH_NUMBER})\s+(?P<unit>day|week)s?\b",
    rf"(?P<n>{ENGLISH_NUMBER})\s+(?P<unit>day|week)s?{FROM_NOW}",
    marked=True,
)
def days_on(match: re.Match[str], scene: Scene) -> date | None:
    """3天内, 两周后, in 3 days."""
    days = number(match["n"]) * SPANS[match["unit"].lower().removeprefix("个")]
    return scene.today + days * DAY if days <= MOST_DAYS else None


@FORMS.add(
    rf"(?P<n>{NUMBER})\s*个?工作日{WITHIN}",
    rf"(?:with)?in\s+(?P<n>{ENGLISH_NUMBER})\s+(?:work(?:ing)?|business)\s*days?\b",
    rf"(?P<n>{ENGLISH_NUMBER})\s+(?:work(?:ing)?|business)\s*days?{FROM_NOW}",
    marked=True,
)
def workdays_on(match: re.Match[str], scene: Scene) -> date | None:
    """三个工作日内, in 2 business days: by the team's own calendar."""
    count = number(match["n"])
    return scene.calendar.next_workday(scene.today, count) if 1 <= count <= MOST_DAYS else None


@FORMS.add(
    rf"(?P<n>{NUMBER}|)(?P<half>半)?个(?P<more>半)?月{WITHIN}",
    rf"(?P<n>)(?P<half>半)(?P<more>)月{WITHIN}",
    rf"(?P<half>)(?P<more>)(?:with)?in\s+(?P<n>{ENGLISH_NUMBER})\s+months?\b",
    marked=True,
)
def months_on(match: re.Match[str], scene: Scene) -> date | None:
    """两个月内, 半个月内 (15 days), in a month."""
    months = number(match["n"]) if match["n"] else 0
    if not months and not match["half"]:
        return None
    if months * 30 > MOST_DAYS:
        return None
    day = in_month(scene.today, months, scene.today.day)
    return day + 15 * DAY if match["half"] or match["more"] else day
