"""Days as a team lives them: its zone, the national workdays, its own days off.

The national days follow the notice that China's State Council gives out each autumn for the year
to come: holidays, and the weekend days that are worked in exchange (调休). We take them from what
this installation was told (`Calendar.notices`), else from our own `workdays.json`, else from
chinesecalendar. A year that none of them knows is Monday to Friday without the statutory holidays,
and is called provisional.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from storage.kinds import DayKind

DAY = timedelta(days=1)
ENDS = time(18)  # when a working day is over, where nobody has said otherwise
SATURDAY = 5
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ANNOUNCED = Path(__file__).with_name("workdays.json")


@dataclass(frozen=True)
class Year:
    """One year's national workdays and holidays, and whether they have been announced."""

    workdays: frozenset[date]
    known: bool
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Notice:
    """What one year's announcement says: weekdays off, weekend days worked."""

    off: frozenset[date]
    work: frozenset[date]


Notices = Mapping[int, Notice]  # by year
NO_NOTICES: Notices = MappingProxyType({})


def notices(told: Mapping[int, tuple[Collection[str], Collection[str]]]) -> Notices:
    """Notices by year, from the days off and the days worked as they are written: 2027-01-01."""
    return {
        year: Notice(
            frozenset(map(date.fromisoformat, off)), frozenset(map(date.fromisoformat, work))
        )
        for year, (off, work) in told.items()
    }


@dataclass(frozen=True)
class Calendar:
    """A team's calendar: its zone, its own days over the national ones, when its day's work ends.

    `notices` are those that this installation was told, over the ones that came with it.
    """

    zone: ZoneInfo
    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    notices: Notices = field(default_factory=dict)
    ends: time = ENDS

    def with_own(self, days: Mapping[date, DayKind]) -> "Calendar":
        """The calendar of a team that does otherwise on some days."""
        if not days:
            return self
        off = frozenset(day for day, kind in days.items() if kind is DayKind.OFF)
        work = frozenset(day for day, kind in days.items() if kind is DayKind.WORK)
        return replace(self, off=off, work=work)

    def today(self, now: datetime) -> date:
        """The local date at `now`, an aware datetime."""
        return now.astimezone(self.zone).date()

    def works(self, day: date) -> bool:
        """Whether `day` is a workday. The team's own days win over the national ones."""
        if day in self.off:
            return False
        return day in self.work or day in self.year(day.year).workdays

    def holiday(self, day: date) -> bool:
        """Whether `day` is a national holiday, or one of the days off around it."""
        return day in self.year(day.year).holidays

    def year(self, year: int) -> Year:
        """The national days of a year, as far as they are known here."""
        return national(year, self.notices.get(year), self.notices.get(year + 1))

    def provisional(self, day: date) -> bool:
        """Whether a notice that is still to come may change what `works` says of `day`."""
        return self.awaited(day) is not None

    def awaited(self, day: date) -> int | None:
        """The year whose notice may still change what `works` says of `day`; None: it is sure.

        That is a year not yet announced, and for the last week of December the next one: New
        Year's holiday can reach back into it, as it did in 2018.
        """
        if day in self.off or day in self.work:
            return None
        year_end = (day.month, day.day) >= (12, 25)
        years = (day.year, day.year + 1) if year_end else (day.year,)
        return next((year for year in years if not self.year(year).known), None)

    def next_workday(self, day: date, n: int = 1) -> date:
        """The `n`-th workday after `day`, from 1."""
        return self._walk(day, n, DAY)

    def previous_workday(self, day: date, n: int = 1) -> date:
        """The `n`-th workday before `day`, from 1."""
        return self._walk(day, n, -DAY)

    def workdays_between(self, start: date, end: date) -> int:
        """How many workdays come after `start`, up to and with `end`; 0 if `end` is not later."""
        return sum(map(self.works, days_after(start, end)))

    def _walk(self, day: date, n: int, step: timedelta) -> date:
        if n < 1:
            raise ValueError(f"workdays are counted from 1, not {n}")
        while n:
            day += step
            n -= self.works(day)
        return day


def days_after(start: date, end: date) -> Iterator[date]:
    """Each day after `start`, up to and with `end`."""
    while start < end:
        start += DAY
        yield start


def runs_on(days: str, day: date, calendar: Calendar) -> bool:
    """Whether a plan with these `days` has a morning on `day`.

    `workdays` follows the calendar; `daily`, `mon-fri` and a list such as `mon,wed,fri` do not
    care for national holidays. A team's own day off is a day off under every one of them.
    """
    if days == "workdays":
        return calendar.works(day)
    return day not in calendar.off and day.weekday() in weekdays(days)


def check_days(days: str) -> None:
    """Raise ValueError, in one sentence, unless `runs_on` understands `days`."""
    if days != "workdays":
        weekdays(days)


@cache
def weekdays(days: str) -> frozenset[int]:
    """The weekdays (Monday is 0) of `daily`, `mon-fri` or a list; ValueError for anything else."""
    if days == "daily":
        return frozenset(range(7))
    if days == "mon-fri":
        return frozenset(range(SATURDAY))
    names = [name.strip() for name in days.split(",")]
    if unknown := [name for name in names if name not in DAY_NAMES]:
        raise ValueError(
            f"{unknown[0]!r} is not a day: use workdays, daily, mon-fri, or a list such as mon,wed"
        )
    return frozenset(map(DAY_NAMES.index, names))


def known(year: int) -> bool:
    """Whether the workdays of `year` have been announced and are here."""
    return national(year).known


@cache
def national(year: int, told: Notice | None = None, told_later: Notice | None = None) -> Year:
    """The national days of `year`, worked out once.

    `told`, `told_later`: the notices of this year and of the next that were given to us.
    """
    own = announced()
    notice = told or own.get(year) or published(year)
    year_known = notice is not None
    if notice is None:
        notice = Notice(statutory(year), frozenset())
    # A year's notice may speak of the December before it.
    later = told_later or own.get(year + 1, Notice(frozenset(), frozenset()))
    off = (notice.off - later.work) | later.off
    work = (notice.work - later.off) | later.work
    days = list(days_after(date(year, 1, 1) - DAY, date(year, 12, 31)))
    return Year(
        frozenset(d for d in days if d in work or (d.weekday() < SATURDAY and d not in off)),
        year_known,
        frozenset(d for d in days if d in off),
    )


@cache
def announced() -> dict[int, Notice]:
    """The notices in our own file. A year with nothing in it has not been announced."""
    years = json.loads(ANNOUNCED.read_text("utf-8"))
    return {
        int(year): Notice(
            frozenset(map(date.fromisoformat, notice.get("off", ()))),
            frozenset(map(date.fromisoformat, notice.get("work", ()))),
        )
        for year, notice in years.items()
        if notice
    }


def published(year: int) -> Notice | None:
    """The notice for `year` as chinesecalendar has it; None where it has none."""
    from chinese_calendar import constants  # on demand: most commands never ask for a workday

    if date(year, 10, 1) not in constants.holidays:  # National Day: no notice is without it
        return None
    return Notice(frozenset(constants.holidays), frozenset(constants.workdays))


def statutory(year: int) -> frozenset[date]:
    """The holidays that the law names for `year`, for want of a notice."""
    return frozenset(festivals(year))


def festival(name: str, day: date) -> date:
    """The first day of the next festival called `name` after `day`, as "National Day".

    Raises LookupError for a name that is none of China's.
    """
    for year in (day.year, day.year + 1):
        found = [first for first, called in festivals(year).items() if called == name]
        if found and min(found) > day:
            return min(found)
    raise LookupError(name)


@cache
def festivals(year: int) -> dict[date, str]:
    """The statutory holidays of `year` by date, with their English names."""
    from holidays import country_holidays  # on demand: 17 MB, and seldom needed

    return dict(country_holidays("CN", years=year, language="en_US"))
