"""How we name days, and what we say of a line that names none, or teams that it cannot."""

import re
from collections.abc import Sequence

from handlers.reading.spans import Span, month, quarter, year
from handlers.words.parts import short
from handlers.words.voice import Voice

LENGTH = 40  # characters of somebody's words that are said back
NAMED = 8  # teams of one name
STRANGE = re.compile(r"[^\w-]+")  # what a file's name should not hold


def span(voice: Voice, days: Span) -> str:
    """Days by their shortest name: a year, a quarter, a month, a day, or from one to another."""
    if days == year(days.first.year):
        return voice.plain("span.year", first=days.first)
    if days == quarter(days.first):
        return voice.plain("span.quarter", first=days.first, number=days.first.month // 3 + 1)
    if days == month(days.first):
        return voice.plain("span.month", first=days.first)
    if days.days == 1:
        return voice.plain("span.day", first=days.first)
    return voice.plain("span.days", first=days.first, last=days.last)


def stamp(days: Span) -> str:
    """The same in a file's name, so that names sort: 2026, 2026-Q4, 2026-11, 2026-11-01_15."""
    first, last = days.first, days.last
    if days == year(first.year):
        return f"{first:%Y}"
    if days == quarter(first):
        return f"{first:%Y}-Q{first.month // 3 + 1}"
    if days == month(first):
        return f"{first:%Y-%m}"
    return f"{first}" if days.days == 1 else f"{first}_{last}"


def in_a_name(text: str) -> str:
    """Somebody's words as a part of a file's name."""
    return STRANGE.sub("_", text).strip("_")[:LENGTH] or "_"


def reversed(voice: Voice, days: Span) -> str:
    """The days end before they begin."""
    return voice.plain("span.reversed", first=days.first, last=days.last)


def too_long(voice: Voice, days: Span) -> str:
    """They are more than a year."""
    return voice.plain("span.too_long", first=days.first, last=days.last, count=days.days)


def to_come(voice: Voice, days: Span) -> str:
    """They have not begun."""
    return voice.plain("span.to_come", span=span(voice, days))


def unknown(voice: Voice, words: str) -> str:
    """That is neither days nor a team or unit of yours; how it is written."""
    return voice.plain("span.unknown", words=short(words, LENGTH))


def several(voice: Voice, names: Sequence[str]) -> str:
    """Several teams have that name: by which names they can be told apart."""
    shown = voice.plain("format.comma").join(names[:NAMED])
    return voice.plain("span.several", names=shown)
