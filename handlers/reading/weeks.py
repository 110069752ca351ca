"""Which week a line names by its number: 第48周, 2026年第48周, week 48, 2026-W48."""

import re
from dataclasses import dataclass
from datetime import date

from handlers.reading.numerals import NUMBER, number

NUMBERED = re.compile(
    rf"(?:(?P<year>20\d\d)\s*(?:年|-)?\s*)?"
    rf"(?:第\s*(?P<count>{NUMBER})\s*周|\b(?:week|w|wk)\s*(?P<digits>\d{{1,3}})\b)",
    re.IGNORECASE,
)
OWN = re.compile(r"\s*(?:我的|我自己的?|自己的?|mine|my(?: own)?(?: week)?)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Numbered:
    """A week by its number; `monday` is None where its year has no such week."""

    monday: date | None
    year: int
    rest: str  # of the line


def read_week(text: str, today: date) -> Numbered | None:
    """The week that a line names by its number; None: it names none.

    Without a year: the last one of that number that has begun.
    """
    found = NUMBERED.search(text)
    if found is None:
        return None
    index = number(found["count"] or found["digits"])
    rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
    year = int(found["year"]) if found["year"] else today.isocalendar().year
    monday = _monday(year, index)
    if monday and not found["year"] and monday > today:
        year -= 1
        monday = _monday(year, index)
    return Numbered(monday, year, rest)


def weeks_in(year: int) -> int:
    """How many weeks a year has by ISO 8601."""
    return date(year, 12, 28).isocalendar().week


def _monday(year: int, index: int) -> date | None:
    return date.fromisocalendar(year, index, 1) if 1 <= index <= weeks_in(year) else None
