"""Study plans and days of one's own, as an organisation file has them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from handlers.reading.forms import Form
from handlers.reading.raw import Record, Scalar
from handlers.rules.calendar import DAY, DAY_NAMES, check_days, days_after
from handlers.rules.rotation import shifts

PLAN = ("packs", "weekdays", "at", "eve", "closes", "days", "cycle", "from", "crews")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?::00)?", re.ASCII)
YES, NO = frozenset({"yes", "true", "是"}), frozenset({"no", "false", "否"})
DATE = r"(20\d\d)[-/.](\d\d?)[-/.](\d\d?)"
DAYS = re.compile(rf"{DATE}(?:\s*(?:~|～|到|至|to|\.\.)\s*{DATE})?", re.ASCII)
CREW = 20  # characters of a crew's name
MOST_CREWS = 20
MOST_DAYS = 400  # days of its own that a unit or team may have in a file


@dataclass(frozen=True)
class PlanFile:
    """Which packs, at what local time, until when, on which days (see `rotation.Rhythm`).

    weekdays  other packs for some weekdays, by their names
    eve       the card comes at `at` on the evening before
    cycle     of shifts, such as "6 on 2 off", from `start` on; `crews` are so many days further
    """

    packs: tuple[str, ...]
    at: time
    closes: time
    days: str = "workdays"
    weekdays: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    eve: bool = False
    cycle: str = ""
    start: date | None = None
    crews: Mapping[str, int] = field(default_factory=dict)

    @property
    def every_pack(self) -> list[str]:
        """All packs that it names."""
        return list(
            dict.fromkeys([*self.packs, *(p for ps in self.weekdays.values() for p in ps)])
        )


@dataclass(frozen=True)
class DaysFile:
    """Days off and days worked of a unit or a team, whatever the calendar says."""

    off: tuple[date, ...] = ()
    work: tuple[date, ...] = ()


NO_DAYS = DaysFile()
Judged = tuple[str, dict[str, Any]] | None  # what is wrong with a day, and its values


def plan(form: Form) -> PlanFile | None:
    """A team's plan; None with faults kept."""
    packs = slugs(form, "packs")
    at, closes = clock(form, "at"), clock(form, "closes")
    cycle, start, crews = shift(form)
    days = form.text("days", most=60, needed=False) or ("daily" if cycle else "workdays")
    try:
        check_days(days)
    except ValueError:
        form.fault("days", "fault.days", written=days)
    eve, weekdays = yes(form, "eve"), by_weekday(form)
    if at is None or closes is None:
        return None
    if closes <= at and not eve:
        form.fault("closes", "fault.closes_early", at=f"{at:%H:%M}", closes=f"{closes:%H:%M}")
    return PlanFile(packs, at, closes, days, weekdays, eve, cycle, start, crews)


def slugs(form: Form, key: str) -> tuple[str, ...]:
    """The packs that a field names, one or several."""
    value = form.given(key)
    if key != "packs" and isinstance(value, Scalar):
        packs: tuple[str, ...] = (form.text(key, most=60),)
    else:
        packs = form.texts(key, most=60, least_items=1, most_items=50)
    for pack in packs:
        if pack and not SLUG.fullmatch(pack):
            form.fault(key, "fault.slug", written=pack)
    return packs


def by_weekday(form: Form) -> dict[str, tuple[str, ...]]:
    """The packs of some weekdays."""
    within = form.form("weekdays", DAY_NAMES)
    if within is None:
        return {}
    named = [day for day in DAY_NAMES if day in within.record.fields]
    return {day: slugs(within, day) for day in named}


def shift(form: Form) -> tuple[str, date | None, dict[str, int]]:
    """The cycle of shifts, its first day, and the crews; as far as they were written."""
    written = form.text("cycle", most=100, needed=False)
    if not written:
        for key in ("from", "crews"):
            if form.given(key) is not None:
                form.fault(key, "fault.no_cycle")
        return "", None, {}
    try:
        length = len(shifts(written))
    except ValueError:
        form.fault("cycle", "fault.cycle", written=written)
        return "", None, {}
    found = one_day(form, "from")
    return " ".join(written.lower().split()), found, crews(form, length)


def crews(form: Form, length: int) -> dict[str, int]:
    """By name: how many days further on in a cycle of this length each crew is."""
    value = form.given("crews")
    if not isinstance(value, Record):
        if value is not None:
            form.fault("crews", "fault.not_record")
        return {}
    if len(value.fields) > MOST_CREWS:
        form.fault("crews", "fault.too_many", limit=MOST_CREWS, count=len(value.fields))
    within, found = Form(value, value.fields, form.faults), {}
    for name in value.fields:
        ahead = within.integer(name)
        if not name or len(name) > CREW:
            within.fault(name, "fault.too_long", limit=CREW, length=len(name))
        elif ahead is not None and not 0 <= ahead < length:
            within.fault(name, "fault.crew_ahead", written=ahead, most=length - 1)
        elif ahead is not None:
            found[name] = ahead
    return found


def yes(form: Form, key: str) -> bool:
    """Whether a field says yes; nothing is no."""
    text = form.text(key, most=20, needed=False).lower()
    if text and text not in YES | NO:
        form.fault(key, "fault.yes_no", written=text)
    return text in YES


def clock(form: Form, key: str, *, needed: bool = True) -> time | None:
    """A time of day; None with a fault kept, or where none was written."""
    text = form.matching(key, CLOCK, "fault.time", most=20, needed=needed)
    found = CLOCK.fullmatch(text)
    return time(int(found[1]), int(found[2])) if found else None


# -- dates -----------------------------------------------------------------------------------


def one_day(form: Form, key: str) -> date | None:
    """A date; None with a fault kept."""
    text = form.text(key, most=40)
    found = days_in(text)
    if text and len(found) != 1:
        form.fault(key, "fault.date", written=text)
    return found[0] if len(found) == 1 else None


def days_in(text: str) -> list[date]:
    """The day, or the days of the stretch, that a text names: 2026-12-03, 2026-12-03~2026-12-05.

    Empty for anything else, and for a stretch that ends before it begins or is longer than a year.
    """
    match = DAYS.fullmatch(text)
    if match is None:
        return []
    year, month, day, *end = (int(part) if part else 0 for part in match.groups())
    try:
        first = date(year, month, day)
        last = date(*end) if end[0] else first
    except ValueError:
        return []
    stretch = list(days_after(first - DAY, last))
    return stretch if len(stretch) <= 366 else []


def listed_days(
    form: Form, key: str, most_items: int = 200, judge: Callable[[date], Judged] | None = None
) -> tuple[date, ...]:
    """The days that a list names, in order; a fault for each that is none or comes twice.

    `judge` says what else is wrong with a day, if anything.
    """
    found: dict[date, None] = {}
    for text, place in form.placed(key, most=40, most_items=most_items):
        days = days_in(text)
        if not days:
            form.fault_at(place, key, "fault.date", written=text)
        elif again := [day for day in days if day in found]:
            form.fault_at(place, key, "fault.repeated_item", written=str(again[0]))
        elif wrong := next(filter(None, map(judge, days)), None) if judge else None:
            form.fault_at(place, key, wrong[0], **wrong[1])
        found |= dict.fromkeys(days)
    if len(found) > MOST_DAYS:
        form.fault(key, "fault.too_many", limit=MOST_DAYS, count=len(found))
    return tuple(sorted(found))


def own_days(form: Form) -> DaysFile:
    """The days off and the days worked of a unit or a team."""
    off, work = listed_days(form, "off"), listed_days(form, "work")
    if both := sorted(set(off) & set(work)):
        form.fault("work", "fault.off_and_work", written=str(both[0]))
    return DaysFile(off, work)


def stretches(days: Sequence[date]) -> list[tuple[date, date]]:
    """Days as stretches without a gap, each by its first and last."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and day - found[-1][1] == DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def in_short(days: Sequence[date]) -> str:
    """Days as a file would have them: 2026-12-03, 2026-12-24~2026-12-26."""
    return ", ".join(
        str(first) if first == last else f"{first}~{last}" for first, last in stretches(days)
    )
