"""Weeks, months, quarters and years in plain words, each meaning its last day.

月底, 下周, 本季度末, 年底, end of month, EOD. 前 after a whole period that is still to come means
the day before it: 下月前 is the end of this month.
"""

import re
from datetime import date

from handlers.reading.numerals import CHINESE_DIGITS, NUMBER, number
from handlers.reading.scenes import (
    BEFORE,
    INSIDE,
    NEXT,
    THIS,
    WEEK,
    WEEK_WORD,
    Forms,
    Scene,
    in_month,
    monday,
    month_end,
    quarter_end,
    valid,
)
from handlers.rules.calendar import DAY

FORMS = Forms()


@FORMS.add(rf"(?:{THIS}|{NEXT}){WEEK_WORD}(?:{INSIDE}|底)?(?![一二三四五六日天末年期次])")
def week(match: re.Match[str], scene: Scene) -> date:
    """本周内, 下周: Sunday; 下周前: the Sunday before."""
    weeks = len(match.groupdict().get("next") or "")
    return monday(scene) + (weeks - (scene.before and weeks > 0)) * WEEK + 6 * DAY


@FORMS.add(rf"(?<![上每])(?:{THIS}|{NEXT})?周末")
def weekend(match: re.Match[str], scene: Scene) -> date:
    """周末: Sunday; 周末前: Friday, while there is one."""
    sunday = monday(scene) + len(match["next"] or "") * WEEK + 6 * DAY
    friday = sunday - 2 * DAY
    return friday if scene.before and scene.ahead(friday) else sunday


@FORMS.add(
    r"(?:the\s+)?end\s+of\s+(?:the\s+|this\s+)?(?P<next>next\s+)?(?P<unit>day|today|week|month|quarter|year)\b",
    r"(?P<next>)(?P<unit>eod|cob|eow|eom|eoq|eoy|close\s+of\s+business)\b",
    marked=True,
)
@FORMS.add(r"(?P<next>)(?P<unit>month|quarter|year)[\s-]end\b", strict=True)
def english_end(match: re.Match[str], scene: Scene) -> date:
    """End of month, EOD, EOW (the working week: Friday, while there is one)."""
    unit, later = match["unit"].lower(), bool(match["next"])
    if unit in ("week", "eow"):
        friday = monday(scene) + later * WEEK + 4 * DAY
        return friday if scene.ahead(friday) else friday + 2 * DAY
    if unit in ("month", "eom"):
        return month_end(scene.today, int(later))
    if unit in ("quarter", "eoq"):
        return quarter_end(scene.today, int(later))
    if unit in ("year", "eoy"):
        return date(scene.today.year + later, 12, 31)
    return scene.today


@FORMS.add(r"(?:this|(?P<next>next))\s+(?P<unit>week|month)\b")
def english_period(match: re.Match[str], scene: Scene) -> date:
    """Next week: its Sunday; this month: its last day."""
    later = int(bool(match["next"]))
    if match["unit"].lower() == "month":
        return month_end(scene.today, later)
    return monday(scene) + later * WEEK + 6 * DAY


@FORMS.add(
    rf"(?<![上每\d{CHINESE_DIGITS}])(?:{THIS}|{NEXT})?个?月[底末]",
    rf"(?:{THIS}|{NEXT})月(?:{INSIDE})?(?![份度\d])",
)
def month(match: re.Match[str], scene: Scene) -> date:
    """月底, 下个月底, 本月内; 下月前: the end of this one."""
    later = len(match["next"] or "")
    whole = not match[0].endswith(("底", "末"))
    return month_end(scene.today, later - (whole and scene.before and later > 0))


@FORMS.add(
    rf"(?<!\d年)(?P<month>{NUMBER})月份?(?:[底末]|{INSIDE})",
    rf"(?P<month>{NUMBER})月份?(?={BEFORE})",
)
def named_month(match: re.Match[str], scene: Scene) -> date | None:
    """12月底, 12月内; 12月前: the end of November."""
    whole = not match[0].endswith(("底", "末"))
    index = number(match["month"])
    if not 1 <= index <= 12:
        return None
    end = month_end(date(scene.today.year, index, 1), -(whole and scene.before))
    return end if scene.ahead(end) else month_end(date(end.year + 1, end.month, 1), 0)


@FORMS.add(
    rf"(?:(?P<year>20\d\d)年|(?P<which>今|明)年)(?P<month>{NUMBER})月份?"
    rf"(?:[底末]|{INSIDE}|(?={BEFORE}))"
)
def month_of_year(match: re.Match[str], scene: Scene) -> date | None:
    """明年1月底, 2027年3月内; 明年3月前: the end of February."""
    year = int(match["year"]) if match["year"] else scene.today.year + (match["which"] == "明")
    whole = not match[0].endswith(("底", "末"))
    first = valid(year, number(match["month"]), 1)
    return first and month_end(first, -(whole and scene.before))


THIRDS = {"上": 10, "中": 20, "下": 31}


@FORMS.add(rf"(?:(?P<month>{NUMBER})月|{THIS}月|{NEXT}月|)(?P<third>[上中下])旬")
def third_of_month(match: re.Match[str], scene: Scene) -> date | None:
    """12月中旬: the 20th; 上旬: the 10th; 下旬: the last."""
    last = THIRDS[match["third"]]
    if not match["month"]:
        return in_month(scene.today, len(match["next"] or ""), last)
    first = valid(scene.today.year, number(match["month"]), 1)
    day = first and in_month(first, 0, last)
    return in_month(day, 12, last) if day and not scene.ahead(day) else day


EARLY, MIDDLE = 10, 15  # the day of a month until which it is 月初, and that is meant by 月中


@FORMS.add(rf"(?:(?P<month>{NUMBER})月|{THIS}月|{NEXT}月)(?P<part>[初中])(?![旬间期])")
@FORMS.add(r"(?P<month>)(?P<next>)(?<![个上每年])月(?P<part>[初中])(?![旬间期])", strict=True)
def part_of_month(match: re.Match[str], scene: Scene) -> date | None:
    """下月初, 12月中; 月中: of this month, or of the next."""
    last = EARLY if match["part"] == "初" else MIDDLE
    if match["month"]:
        day = valid(scene.today.year, number(match["month"]), last)
        return in_month(day, 12, last) if day and not scene.ahead(day) else day
    day = in_month(scene.today, len(match["next"] or ""), last)
    return day if match["next"] or scene.ahead(day) else in_month(day, 1, last)


@FORMS.add(
    rf"第?(?P<quarter>[一二三四1-4])季度(?:[末底]|{INSIDE}|(?={BEFORE}))",
    rf"Q(?P<quarter>[1-4])(?:[末底]|{INSIDE}|(?={BEFORE}))",
)
def named_quarter(match: re.Match[str], scene: Scene) -> date:
    """四季度末, Q1内; 二季度前: the end of the first."""
    whole = not match[0].endswith(("底", "末"))
    first = date(scene.today.year, 3 * number(match["quarter"]) - 2, 1)
    end = quarter_end(first, -(whole and scene.before))
    return end if scene.ahead(end) else quarter_end(date(end.year + 1, end.month, 1), 0)


@FORMS.add(
    rf"(?<![第一二三四1-4])(?:本|这个?)?季度?[末底]|(?:本|这个?)季度(?:{INSIDE})?|{NEXT}季度[末底]?"
)
def quarter(match: re.Match[str], scene: Scene) -> date:
    """季末, 下季度末."""
    later = len(match.groupdict().get("next") or "")
    whole = not match[0].endswith(("底", "末"))
    return quarter_end(scene.today, later - (whole and scene.before and later > 0))


@FORMS.add(
    r"(?:(?P<year>20\d\d)年?|(?P<which>今|本|明)年?|(?<![去前上每\d]))年[底末终](?![考会总奖盘决述评])",
    rf"(?P<year>)(?P<which>今|本|)年度?{INSIDE}",
)
def year_end(match: re.Match[str], scene: Scene) -> date:
    """年底, 明年底, 年内."""
    year = int(match["year"]) if match["year"] else scene.today.year + (match["which"] == "明")
    return date(year, 12, 31)


@FORMS.add(rf"半年{INSIDE}", marked=True)
def half_a_year(_: re.Match[str], scene: Scene) -> date:
    """半年内."""
    return in_month(scene.today, 6, scene.today.day)
