"""What we say of when a unit's weekly page comes, and where somebody asks for a week amiss."""

from collections.abc import Mapping

from handlers.rules.weeks import HOURS, Choice
from handlers.taps.weeks import WeekChoiceTap, WeekTimeTap, WeekUnitsTap
from handlers.words.message import Button, Message
from handlers.words.pages import paged
from handlers.words.voice import Voice

LAST, NEVER = 7, 24  # as taps have them: the last workday, no hour
DAYS = (LAST, 3, 4, 5, 6)  # that are offered: the week should be told of when it is nearly over
OFFERED = (9, 12, 15, 16, 17, 18, 19, 20)  # hours


def which(voice: Voice, units: Mapping[int, str], page: int) -> Message:
    """Of which unit?"""
    taps = [(name, WeekTimeTap(unit)) for unit, name in units.items()]
    return Message(voice("weektime.which"), paged(voice, taps, page, WeekUnitsTap, wide=True))


def shown(
    voice: Voice, unit: int, name: str, choice: Choice, above: str, several: bool
) -> Message:
    """When it comes, with buttons for the day and for the hour. `above`: whose choice it is."""
    day = LAST if choice.weekday is None else choice.weekday
    hour = NEVER if choice.hour is None else choice.hour
    when = said(voice, choice)
    lines = voice("weektime.shown_above", unit=name, when=when, above=above)
    if not above:
        lines = voice("weektime.shown", unit=name, when=when)
    kept = hour if hour != NEVER else 17
    days = [
        Button(_mark(voice, voice.plain(f"weektime.day.{one}"), on=one == day and hour != NEVER),
               WeekChoiceTap(unit, one, kept))
        for one in DAYS
    ]  # fmt: skip
    hours = [
        Button(_mark(voice, f"{one}:00", on=one == hour), WeekChoiceTap(unit, day, one))
        for one in OFFERED
    ]
    never = Button(
        _mark(voice, voice.plain("weektime.never"), on=hour == NEVER),
        WeekChoiceTap(unit, day, NEVER),
    )
    rows = [tuple(days[:1]), tuple(days[1:]), tuple(hours[:4]), tuple(hours[4:]), (never,)]
    if several:
        rows.append((Button(voice.plain("weektime.others"), WeekUnitsTap(0)),))
    return Message(lines, tuple(rows))


def said(voice: Voice, choice: Choice) -> str:
    """When, in words: 每周最后一个工作日 17:00."""
    if choice.hour is None:
        return voice.plain("weektime.never")
    day = LAST if choice.weekday is None else choice.weekday
    return voice.plain(
        "weektime.when", day=voice.plain(f"weektime.day.{day}"), at=f"{choice.hour}:00"
    )


def chosen(voice: Voice, choice: Choice) -> str:
    """It comes then from now on."""
    return voice.plain("weektime.chosen", when=said(voice, choice))


def offered(weekday: int, hour: int) -> bool:
    """Whether a choice is one of those that there are: data may be forged."""
    return weekday in range(8) and (hour in HOURS or hour == NEVER)


def _mark(voice: Voice, label: str, *, on: bool) -> str:
    return voice.plain("weektime.on", label=label) if on else label


def whole_weeks(voice: Voice) -> str:
    """A page is of one week; how it is asked for."""
    return voice.plain("week.whole")


def no_such_week(voice: Voice, year: int, most: int) -> str:
    """That year has no week of this number."""
    return voice.plain("week.number", year=year, most=most)


def too_old(voice: Voice) -> str:
    """There is nothing that far back."""
    return voice.plain("week.too_old")


def too_many(voice: Voice, teams: int, most: int) -> str:
    """So many teams are too much for one page: name a unit."""
    return voice.plain("week.too_many", teams=teams, most=most)


def busy(voice: Voice) -> str:
    """Another page is being made for you."""
    return voice.plain("week.busy")


def in_private(voice: Voice) -> str:
    """It was sent to you in private."""
    return voice.plain("week.in_private")


def nobodys(voice: Voice) -> str:
    """You have no place in a team, and look after none."""
    return voice.plain("week.nobody")


def turned(voice: Voice, days: str) -> str:
    """That week is coming."""
    return voice.plain("week.turned", days=days)
