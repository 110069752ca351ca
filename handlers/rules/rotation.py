"""What a day brings to a team: which bite, or why there is none.

One rule decides it, for the clock that posts the card and for whoever looks ahead: what `ahead`
shows is what then happens, as long as nothing of its facts is changed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from handlers.rules.calendar import DAY, DAY_NAMES, SATURDAY, Calendar, weekdays
from handlers.rules.occurrences import occurrence

Had = tuple[int, float]  # when a team last had a bite, or passed it over: later is more
LONGEST = 60  # days of a cycle
STRETCH = re.compile(r"(\d{1,2})\s*(on|off)\b", re.IGNORECASE)
CYCLE = re.compile(r"\s*(?:\d{1,2}\s*(?:on|off)\b[\s,]*)+", re.IGNORECASE)
FAR = 1 << 62  # of what comes, after all that was


class Rest(StrEnum):
    """Why a day brings no card."""

    PAUSE = "pause"
    OFF = "off"  # the unit's or the team's own day off
    SHIFT = "shift"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    DAYS = "days"  # none of the plan's weekdays
    EMPTY = "empty"  # there is no bite


@dataclass(frozen=True)
class Rhythm:
    """On which days a team meets.

    days    as `calendar.weekdays` has them, or `workdays`
    paused  days on which it does not, whatever else holds
    cycle   of shifts, such as "6 on 2 off", counted from `start`
    crews   by name, how many days further on in the cycle each is; none: the team is one
    """

    calendar: Calendar
    days: str = "workdays"
    paused: frozenset[date] = frozenset()
    cycle: str = ""
    start: date | None = None
    crews: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Walk:
    """What a team walks through.

    packs     one after another
    weekdays  other packs for some weekdays, by their names
    bites     of each pack, in order
    had       when each was had; what was never had is not in it
    again     the bite that the next card brings, whatever the order says
    """

    packs: Sequence[str]
    weekdays: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bites: Mapping[str, Sequence[int]] = field(default_factory=dict)
    had: Mapping[int, Had] = field(default_factory=dict)
    again: int | None = None

    def on(self, day: date) -> list[str]:
        """The packs of a day."""
        name = DAY_NAMES[day.weekday()]
        return list(dict.fromkeys(self.weekdays.get(name) or self.packs))

    def order(self, packs: Sequence[str]) -> list[int]:
        """The bites of packs, one pack after another."""
        return [bite for pack in packs for bite in self.bites.get(pack, ())]

    def tracks(self) -> list[list[str]]:
        """The sequences of packs that are walked through beside each other."""
        found = [list(self.packs), *(list(packs) for packs in self.weekdays.values())]
        return [track for place, track in enumerate(found) if track not in found[:place]]


@dataclass(frozen=True)
class Coming:
    """What a day brings: a bite, or the reason for none.

    `awaited`: the year whose national calendar, not known yet, may still change that.
    """

    day: date
    bite: int | None = None
    rest: Rest | None = None
    awaited: int | None = None


def ahead(rhythm: Rhythm, walk: Walk, first: date, count: int) -> list[Coming]:
    """What `count` days bring, from `first` on."""
    had, again, found = dict(walk.had), walk.again, []
    for number in range(count):
        day = first + number * DAY
        awaited = provisional(rhythm, day)
        if rest := resting(rhythm, day):
            found.append(Coming(day, rest=rest, awaited=awaited))
            continue
        bite, again = again or following(walk.order(walk.on(day)), had), None
        if bite is None:
            found.append(Coming(day, rest=Rest.EMPTY, awaited=awaited))
            continue
        had[bite] = (FAR, float(number))
        found.append(Coming(day, bite, awaited=awaited))
    return found


def following(order: Sequence[int], had: Mapping[int, Had]) -> int | None:
    """The first of `order` that was never had, else the one that was had longest ago."""
    return min(order, key=lambda bite: (bite in had, had.get(bite, (0, 0.0))), default=None)


def resting(rhythm: Rhythm, day: date) -> Rest | None:
    """Why there is no meeting on a day; None: there is one.

    A pause comes before everything, the team's own days before its shifts and its weekdays.
    """
    calendar, weekend = rhythm.calendar, day.weekday() >= SATURDAY
    if day in rhythm.paused:
        return Rest.PAUSE
    if day in calendar.off:
        return Rest.OFF
    if day in calendar.work:
        return None
    if not _anybody(rhythm, day):
        return Rest.SHIFT
    if rhythm.days == "workdays":
        if calendar.works(day):
            return None
        return Rest.HOLIDAY if calendar.holiday(day) else Rest.WEEKEND
    if day.weekday() in weekdays(rhythm.days):
        return None
    return Rest.WEEKEND if weekend and rhythm.days == "mon-fri" else Rest.DAYS


def provisional(rhythm: Rhythm, day: date) -> int | None:
    """The year whose national calendar may still change what `resting` says; None: it is sure."""
    sure = day in rhythm.paused or rhythm.days != "workdays" or not _anybody(rhythm, day)
    return None if sure else rhythm.calendar.awaited(day)


def off_shift(rhythm: Rhythm, day: date) -> list[str]:
    """The crews that are off by the cycle on a day, whatever the calendars say of it."""
    return [crew for crew, ahead in rhythm.crews.items() if not on_shift(rhythm, day, ahead)]


def on_shift(rhythm: Rhythm, day: date, ahead: int = 0) -> bool:
    """Whether the cycle, for those who are so many days further on in it, has a day on."""
    if not rhythm.cycle or rhythm.start is None:
        return True
    pattern = shifts(rhythm.cycle)
    return pattern[((day - rhythm.start).days + ahead) % len(pattern)]


def _anybody(rhythm: Rhythm, day: date) -> bool:
    return any(on_shift(rhythm, day, ahead) for ahead in rhythm.crews.values() or (0,))


@cache
def shifts(cycle: str) -> tuple[bool, ...]:
    """The days of a cycle such as "6 on 2 off", on or off. Raises ValueError for anything else."""
    days: list[bool] = []
    if CYCLE.fullmatch(cycle):
        for count, kind in STRETCH.findall(cycle):
            days += [kind.lower() == "on"] * int(count)
    if not 1 < len(days) <= LONGEST or len(set(days)) == 1:
        raise ValueError(f"{cycle!r} is no cycle of days on and off: write it as 6 on 2 off")
    return tuple(days)


def begun_at(walk: Walk, bite: int) -> dict[int, bool]:
    """What counts as had (True) or as not had, so that a bite comes next and others after it.

    It is so in each sequence of packs that the bite is in.
    """
    marks: dict[int, bool] = {}
    for track in walk.tracks():
        order = walk.order(track)
        if bite in order:
            place = order.index(bite)
            marks |= {other: number < place for number, other in enumerate(order)}
    return marks


# -- when the card comes ---------------------------------------------------------------------


def card_due(day: date, at: time, zone: ZoneInfo, *, eve: bool) -> datetime:
    """The instant at which a meeting's card is due: on its day, or on the evening before."""
    return occurrence(day - DAY if eve else day, at, zone)


def newest(at: time, zone: ZoneInfo, now: datetime, *, eve: bool) -> date:
    """The newest day whose card's time has come, whether it has one or not."""
    day = now.astimezone(zone).date() + DAY * 2
    while card_due(day, at, zone, eve=eve) > now:
        day -= DAY
    return day


def first_open(
    at: time,
    zone: ZoneInfo,
    next_at: datetime | None,
    now: datetime,
    catch_up: timedelta,
    *,
    eve: bool,
) -> date:
    """The first day of which the clock has not decided yet.

    next_at   when it looks at the plan again; catch_up: by how much a card may be late
    """
    day = newest(at, zone, now, eve=eve)
    due = card_due(day, at, zone, eve=eve)
    waits = next_at is not None and next_at <= now and now - due <= catch_up
    return day if waits else day + DAY
