"""What a day said in plain words is read against, and how a way of saying it is written down."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.rules.calendar import DAY, Calendar

WEEK = timedelta(weeks=1)
YEARS = range(2000, 2100)  # a year outside is a slip of the finger

THIS = "(?:这个?|本)"
NEXT = "(?P<next>下下|下)个?"
WEEK_WORD = "(?:周|星期|礼拜)"
INSIDE = "[之以]?内(?![部容页网勤外置务审控检存业场墙层])"
AFTER = "[之以]?后(?![勤续期台方面备])"
BEFORE = "[之以]?前(?![往来去端台方面期后列述线排段任赴行景])"


@dataclass(frozen=True)
class Scene:
    """What a day is read against."""

    today: date
    calendar: Calendar
    before: bool  # 前 follows: of a period that is still to come, the day before it
    ahead: Callable[[date], bool]  # whether the moment meant is still to come if it is that day


Reader = Callable[[re.Match[str], Scene], date | None]


@dataclass(frozen=True)
class Form:
    """A way to say a day. A strict one counts only with a marker, or alone."""

    pattern: re.Pattern[str]
    read: Reader
    strict: bool
    marked: bool  # it says by itself that something is due


class Forms(list[Form]):
    """Ways to say a day, side by side."""

    def add(
        self, *patterns: str, strict: bool = False, marked: bool = False
    ) -> Callable[[Reader], Reader]:
        """Adds a reader under the patterns that it reads."""

        def decorate(read: Reader) -> Reader:
            self.extend(
                Form(re.compile(pattern, re.IGNORECASE), read, strict, marked)
                for pattern in patterns
            )
            return read

        return decorate


def monday(scene: Scene) -> date:
    """The Monday of this week."""
    return scene.today - scene.today.weekday() * DAY


def valid(year: int, month: int, day: int) -> date | None:
    """The date, if there is one and it is near enough to be meant."""
    if year not in YEARS or not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        return None
    return date(year, month, day)


def in_month(day: date, later: int, number: int) -> date:
    """A day by its number, `later` months on; the month's last day if that comes first."""
    year, index = divmod(day.year * 12 + day.month - 1 + later, 12)
    return date(year, index + 1, min(number, monthrange(year, index + 1)[1]))


def month_end(day: date, later: int) -> date:
    """The last day of the month `later` months on."""
    return in_month(day, later, 31)


def quarter_end(day: date, later: int) -> date:
    """The last day of the quarter `later` quarters on."""
    return month_end(day, (-day.month % 3) + 3 * later)
