"""Times of day in plain words: 下午三点半, 14:30, 5pm, 下班前, noon, EOD."""

import re
from dataclasses import dataclass
from datetime import timedelta

from handlers.reading.numerals import ENGLISH_NUMBER, NUMBER, number
from handlers.reading.scenes import AFTER, INSIDE

WITHIN = f"(?:{INSIDE}|{AFTER})"
NOON, MORNING, EVENING, DAY_LONG = 12 * 60, 9 * 60, 22 * 60, 24 * 60
STARTS = 8 * 60  # 上班前: by when work has begun nearly everywhere

# What a part of the day alone means: the latest it can still be said to last.
PARTS: dict[str, int | None] = {
    "凌晨": 6 * 60,
    "清晨": MORNING,
    "早晨": MORNING,
    "早上": MORNING,
    "早": MORNING,
    "上午": NOON,
    "中午": NOON,
    "下午": None,
    "傍晚": 19 * 60,
    "晚上": EVENING,
    "晚间": EVENING,
    "夜里": EVENING,
    "晚": EVENING,
}
AFTER_NOON = frozenset({"下午", "傍晚", "晚上", "晚间", "夜里", "晚"})
QUARTERS = {"半": 30, "一刻": 15, "三刻": 45, "half": 30, "quarter": 15}
PART = "|".join(PARTS)
HOUR = rf"(?P<part>{PART})?\s*(?P<hour>{NUMBER})\s*(?:点钟?|时(?!间|候))"
MINUTE = rf"(?:整|(?P<quarter>半|[一三]刻)|(?P<minute>{NUMBER})分?(?!钟|之|米|公))?"

FORMS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        HOUR + MINUTE,
        rf"(?P<part>{PART})?\s*(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::00)?(?![:\d]|\s*[ap]\.?m)",
        r"(?:at\s+)?(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s*(?P<half>[ap])\.?m\b\.?",
        rf"(?P<quarter>half|quarter)\s+past\s+(?P<hour>{ENGLISH_NUMBER})\b",
        r"(?P<starts>上班)(?=[之以]?前)",
        r"(?:at\s+)?(?P<noon>noon|midday)\b",
        r"(?:at\s+)?(?P<midnight>midnight)\b",
        rf"(?P<part>{PART})(?![班会饭餐])",
        r"(?P<ends>(?:下班|收工|收班|交班)(?=[之以]?前|时|$)"
        r"|(?:the\s+)?end\s+of\s+(?:the\s+)?day\b|eod\b|cob\b|close\s+of\s+business\b)",
        r"(?:in\s+the\s+)?(?P<english>morning|afternoon|evening|night)\b",
    )
]
ENGLISH_PARTS = {"morning": NOON, "afternoon": None, "evening": EVENING, "night": EVENING}


@dataclass(frozen=True)
class Clock:
    """A time of day. `minutes` since midnight, up to 24:00; None: when the team's day ends.

    `exact` is whether a clock time was named; `bare` is an hour that says neither which half of
    the day nor that it is on the 24-hour clock: from 1 to 6 we take it to be in the afternoon.
    """

    end: int
    minutes: int | None
    exact: bool = False
    bare: bool = False


DURATIONS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<n>{NUMBER}|俩)\s*(?:个(?P<half>半)?)?(?P<unit>小时|钟头|分钟)(?P<more>半)?{WITHIN}",
        rf"(?P<half>半)个?(?P<unit>小时|钟头){WITHIN}",
        rf"(?P<n>\d{{1,4}})\s*(?P<unit>h){WITHIN}",
        rf"(?P<n>[一三])(?P<unit>刻钟){WITHIN}",
        rf"(?:with)?in\s+(?P<n>{ENGLISH_NUMBER})\s+(?P<unit>hour|hr|min)(?:ute)?s?\b",
        r"(?:with)?in\s+(?P<half>half)\s+an?\s+(?P<unit>hour)\b",
    )
]
HOURS = frozenset({"小时", "钟头", "hour", "hr", "h"})
QUARTER = timedelta(minutes=15)
LONGEST = timedelta(days=100)


@dataclass(frozen=True)
class Duration:
    """So many hours or minutes from now."""

    end: int
    length: timedelta


def duration_at(text: str, start: int) -> Duration | None:
    """The duration that begins at `start`: 两小时内, 半小时后, in 30 minutes."""
    match = next((found for form in DURATIONS if (found := form.match(text, start))), None)
    if match is None:
        return None
    said = match.groupdict()
    count = number(said.get("n") or "0") + (0.5 if said.get("half") or said.get("more") else 0)
    unit = timedelta(hours=1) if said["unit"].lower() in HOURS else timedelta(minutes=1)
    unit = QUARTER if said["unit"] == "刻钟" else unit
    length = count * unit
    return Duration(match.end(), length) if length <= LONGEST else None


def clock_at(text: str, start: int) -> Clock | None:
    """The longest time of day that begins at `start`."""
    found = [
        clock for form in FORMS if (match := form.match(text, start)) and (clock := of(match))
    ]
    return max(found, key=lambda clock: clock.end, default=None)


def of(match: re.Match[str]) -> Clock | None:
    """What a match means; None if there is no such time."""
    said = match.groupdict()
    end = match.end()
    if said.get("hour"):
        return with_hour(match)
    if said.get("starts"):
        return Clock(end, STARTS)
    if said.get("noon"):
        return Clock(end, NOON, exact=True)
    if said.get("midnight"):
        return Clock(end, DAY_LONG, exact=True)
    if said.get("english"):
        return Clock(end, ENGLISH_PARTS[said["english"].lower()])
    return Clock(end, PARTS[said["part"]] if said.get("part") else None)


def with_hour(match: re.Match[str]) -> Clock | None:
    """A time that names its hour."""
    said = match.groupdict()
    hour = number(said["hour"])
    minute = QUARTERS.get((said.get("quarter") or "").lower()) or number(said.get("minute") or "0")
    part, half = said.get("part"), (said.get("half") or "").lower()
    bare = not part and not half and 0 < hour < 13 and not said["hour"].startswith("0")
    if half and hour > 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif part in AFTER_NOON and hour == 12:
        hour = 24 if part != "下午" else 12
    elif (part in AFTER_NOON and hour < 12) or (part == "中午" and hour < 3):
        hour += 12
    elif part == "凌晨" and hour == 12:
        hour = 0
    elif bare and 1 <= hour <= 6:
        hour += 12
    minutes = hour * 60 + minute
    if minute > 59 or minutes > DAY_LONG:
        return None
    return Clock(match.end(), minutes, exact=True, bare=bare)
