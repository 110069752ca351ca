"""A week on one page: which days it has, when its page comes, and what we cost each member.

A page comes at an hour of the week's last workday, as the calendar has it with its make-up days,
or of the weekday that a unit has chosen. A week without a workday has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.rules.calendar import DAY, Calendar
from handlers.rules.occurrences import occurrence

WEEK = 7 * DAY
HOUR = 17  # of the local day, where nothing else was chosen
HOURS = range(8, 21)  # of which one can be chosen: outside the usual quiet hours
CATCH_UP = timedelta(hours=48)
FIRST = date(2020, 1, 6)  # a Monday: no page is of a week before

# How long the messages that we send unasked are, in Chinese characters: one number for each kind
# of them, as the first part of a message's key names it. All others count as USUAL.
CHARACTERS: Mapping[str, int] = {
    "card": 260,
    "card-media": 20,  # a picture or film that goes before its card
    "announcement": 150,
    "album": 30,
    "tutorial": 160,
    "outline": 220,
    "board": 180,
    "claims": 180,
    "claim": 120,
    "ask": 90,
    "late": 120,
    "week": 200,
    "ownweek": 140,
    "task": 80,
    "commitment": 50,
    "nudge": 50,
}
USUAL = 60
SPEED = 300  # characters a minute: an adult who reads calmly on a phone


@dataclass(frozen=True)
class Choice:
    """When the page of a week comes, as a unit has it.

    weekday  Monday is 0; None: the last workday
    hour     None: no page comes unasked
    """

    weekday: int | None = None
    hour: int | None = HOUR


@dataclass(frozen=True)
class Cost:
    """What we cost somebody in some days: messages, and the minutes that it takes to read them."""

    messages: float
    minutes: float


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - day.weekday() * DAY


def readable(first: date, today: date) -> bool:
    """Whether there can be a page of the week that begins on `first`: data may be forged."""
    return first.weekday() == 0 and FIRST <= first <= monday(today)


def moment(first: date, choice: Choice, calendar: Calendar) -> datetime | None:
    """When the page of the week that begins on `first` comes; None: it does not."""
    workdays = [day for day in (first + n * DAY for n in range(7)) if calendar.works(day)]
    if not workdays or choice.hour is None:
        return None
    day = workdays[-1] if choice.weekday is None else first + choice.weekday * DAY
    return occurrence(day, time(choice.hour), calendar.zone)


def minutes(told: Mapping[str, int]) -> float:
    """How long it takes to read so many messages of each kind."""
    read = sum(count * CHARACTERS.get(kind, USUAL) for kind, count in told.items())
    return read / SPEED


def cost(group: Mapping[str, int], private: Mapping[str, int], members: int) -> Cost:
    """What a member was sent on average: all in the group, and a share of what went to them."""
    if not members:
        return Cost(0, 0)
    messages = sum(group.values()) + sum(private.values()) / members
    return Cost(messages, minutes(group) + minutes(private) / members)
