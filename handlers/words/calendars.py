"""What we say of national calendars: to the operator, and to secretaries who wait for one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from handlers.reading.plans import stretches
from handlers.words.message import Message
from handlers.words.voice import Voice


class Origin(StrEnum):
    """Where a year's days come from."""

    TOLD = "told"  # imported here
    SHIPPED = "shipped"
    GUESSED = "guessed"  # nobody knows them yet


@dataclass(frozen=True)
class YearShown:
    """A year's national days."""

    year: int
    origin: Origin
    off: Collection[date]
    work: Collection[date]
    source: str = ""
    since: date | None = None  # when they were imported


def imported(voice: Voice, year: int, off: int, work: int, *, changed: bool) -> str:
    """A year's days were taken in, or were known as they are."""
    key = "cli.calendar.imported" if changed else "cli.calendar.same"
    return voice.plain(key, year=year, off=off, work=work)


def shown(voice: Voice, what: YearShown) -> str:
    """A year's days, a line for each stretch: plain text, for a terminal."""
    values = {"year": what.year, "since": what.since, "source": what.source}
    lines = [voice.plain(f"cli.calendar.{what.origin}", **values)]
    if what.source:
        lines.append(voice.plain("cli.calendar.source", source=what.source))
    for key, days in (("off", what.off), ("work", what.work)):
        named = [_span(voice, first, last) for first, last in stretches(sorted(days))]
        lines += [voice.plain(f"cli.calendar.{key}", days=one) for one in named]
    return "\n".join(lines)


def awaited(voice: Voice, year: int, holidays: Sequence[date]) -> Message:
    """The next year's days are not known yet: what will be assumed, and how to mend it."""
    days = voice.plain("format.comma").join(_span(voice, *one) for one in stretches(holidays))
    return Message(voice("calendar.awaited", year=year, days=days))


def _span(voice: Voice, first: date, last: date) -> str:
    if first == last:
        return voice.day(first)
    return voice.plain("leave.span", first=voice.day(first), last=voice.day(last))
