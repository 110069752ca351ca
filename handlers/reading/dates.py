"""Dates in plain words: 12月1日, 下个月5号, 25号, 2026-12-03, Dec 1, 国庆前.

A date without a year is the next one to come; with a year it is that day, though it may be past.
"""

import re
from datetime import date

from handlers.reading.numerals import NUMBER, number
from handlers.reading.scenes import BEFORE, NEXT, Forms, Scene, in_month, valid
from handlers.rules.calendar import DAY, festival

FORMS = Forms()

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_NAME = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
DAY_OF_MONTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\d:.]|\s*(?:am|pm)\b)"
NOT_A_RANGE = r"(?!\s*[至到~—-]\s*\d)"
YEAR_DIGITS = "(?:20\\d\\d|二[零〇][零〇一二三四五六七八九]{2})"


@FORMS.add(
    rf"(?:(?P<year>{YEAR_DIGITS})年|(?P<which>今|明)年)(?P<month>{NUMBER})月(?P<day>{NUMBER})[日号]",
    r"(?P<which>)(?P<year>20\d\d)-(?P<month>\d\d?)-(?P<day>\d\d?)(?!\d)(?:T(?=\d))?",
    r"(?P<which>)(?P<year>20\d\d)/(?P<month>\d\d?)/(?P<day>\d\d?)(?!\d)",
    r"(?P<which>)(?P<year>20\d\d)\.(?P<month>\d\d?)\.(?P<day>\d\d?)(?![\d.])",
)
def full_date(match: re.Match[str], scene: Scene) -> date | None:
    """2026年12月3日, 2026-12-03, 明年3月1日: that day, though it may be past."""
    year = number(match["year"]) if match["year"] else scene.today.year + (match["which"] == "明")
    return valid(year, number(match["month"]), number(match["day"]))


@FORMS.add(
    rf"(?<!年)(?P<month>{NUMBER})月(?P<day>{NUMBER})(?:[日号](?!线)|(?={BEFORE})){NOT_A_RANGE}",
    r"(?P<month>\d{1,2})/(?P<day>\d{1,2})(?![\d/.%])" + NOT_A_RANGE,
)
def month_day(match: re.Match[str], scene: Scene) -> date | None:
    """12月1日, 11/28: the next one to come."""
    return next_date(number(match["month"]), number(match["day"]), scene)


@FORMS.add(
    MONTH_NAME + r"\s*" + DAY_OF_MONTH + r"(?:,?\s+(?P<year>20\d\d))?\b",
    r"(?:the\s+)?"
    + DAY_OF_MONTH
    + r"\s+(?:of\s+)?"
    + MONTH_NAME
    + r"(?:,?\s+(?P<year>20\d\d)\b)?",
)
def english_date(match: re.Match[str], scene: Scene) -> date | None:
    """Dec 1, 1st of December, Nov 30, 2026."""
    index = MONTHS.index(match["month"].lower()[:3]) + 1
    if match["year"]:
        return valid(int(match["year"]), index, int(match["day"]))
    return next_date(index, int(match["day"]), scene)


PARTS_OF_MONTH = {"end": 31, "late": 31, "mid": 15, "middle": 15, "early": 10, "beginning": 10}


@FORMS.add(rf"(?:the\s+)?(?P<part>{'|'.join(PARTS_OF_MONTH)})(?:\s+of)?[\s-]+{MONTH_NAME}")
def part_of_english_month(match: re.Match[str], scene: Scene) -> date | None:
    """End of December, mid-March, early May."""
    index = MONTHS.index(match["month"].lower()[:3]) + 1
    last = PARTS_OF_MONTH[match["part"].lower()]
    day = in_month(date(scene.today.year, index, 1), 0, last)
    return day if scene.ahead(day) else in_month(day, 12, last)


@FORMS.add(rf"(?:(?P<this>本|这个?)|{NEXT})月(?P<day>{NUMBER})[日号]")
def day_of_named_month(match: re.Match[str], scene: Scene) -> date | None:
    """下个月5号."""
    first = in_month(scene.today, len(match["next"] or ""), 1)
    return valid(first.year, first.month, number(match["day"]))


@FORMS.add(
    rf"(?P<day>{NUMBER})[日号](?=\s*(?:$|[\s，。,.;；、!！]|[之以]?前|截止|完成|提交|上交|上报|报送|交付|做完"
    r"|上午|下午|早上|晚上|中午|下班|\d{1,2}[点:时]))" + NOT_A_RANGE,
)
@FORMS.add(r"(?:the\s+)(?P<day>\d{1,2})(?:st|nd|rd|th)\b", strict=True)
def day_of_month(match: re.Match[str], scene: Scene) -> date | None:
    """25号: of this month, or of the next that has such a day and is still to come."""
    day_number = number(match["day"])
    for later in range(4):
        first = in_month(scene.today, later, 1)
        day = valid(first.year, first.month, day_number)
        if day and scene.ahead(day):
            return day
    return None


SPRING_FESTIVAL = "Chinese New Year (Spring Festival)"
FESTIVALS = {
    "元旦": "New Year's Day",
    "春节": SPRING_FESTIVAL,
    "过年": SPRING_FESTIVAL,
    "清明": "Tomb-Sweeping Day",
    "五一": "Labor Day",
    "劳动": "Labor Day",
    "端午": "Dragon Boat Festival",
    "中秋": "Mid-Autumn Festival",
    "国庆": "National Day",
    "十一": "National Day",
}


@FORMS.add(
    rf"(?P<name>{'|'.join(FESTIVALS)})节?(?:假期|放假)?(?={BEFORE})",
    rf"(?<![\d今去明半多几零一二两三四五六七八九十百])(?P<name>年)(?={BEFORE})",
)
def before_festival(match: re.Match[str], scene: Scene) -> date:
    """元旦前, 年前 (before Spring Festival): the last workday before it."""
    name = FESTIVALS.get(match["name"], SPRING_FESTIVAL)
    return scene.calendar.previous_workday(festival(name, scene.today))


@FORMS.add(r"new\s+year(?:'?s(?:\s+day)?)?\b", strict=True)
def before_new_year(_: re.Match[str], scene: Scene) -> date:
    """By New Year: the last workday before it."""
    return scene.calendar.previous_workday(festival(FESTIVALS["元旦"], scene.today))


@FORMS.add(r"the\s+holidays?\b", strict=True)
@FORMS.add(rf"(?:节(?:假日)?|放假|小?长假|假期)(?={BEFORE})")
def before_holiday(_: re.Match[str], scene: Scene) -> date:
    """节前, before the holiday: the last workday before the next weekday that is one."""
    day = scene.today + DAY
    while day.weekday() > 4 or scene.calendar.works(day):
        day += DAY
    return scene.calendar.previous_workday(day)


def next_date(month: int, day: int, scene: Scene) -> date | None:
    """The next such date to come. 29 February may have to wait for a leap year."""
    for year in range(scene.today.year, scene.today.year + 9):
        found = valid(year, month, day)
        if found and scene.ahead(found):
            return found
    return None
