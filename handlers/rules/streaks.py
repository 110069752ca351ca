"""How somebody's mornings went: attended, excused, and how many in a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Record:
    """Of the mornings looked at: how many were expected, how many attended, how many in a row."""

    done: int
    expected: int
    streak: int


def record(mornings: Sequence[tuple[date, bool, bool]]) -> Record:
    """Sum up mornings, newest first: the day, whether attended, whether excused.

    An excused morning is not expected, and neither breaks a streak nor lengthens it. The newest
    one breaks none either as long as it is not attended: the day is not over.
    """
    expected = [done for _, done, away in mornings if done or not away]
    counted = expected[1:] if expected and not expected[0] else expected
    streak = next((place for place, done in enumerate(counted) if not done), len(counted))
    return Record(sum(expected), len(expected), streak)


@dataclass(frozen=True)
class Unbroken:
    """Mornings in a row up to now: how many, from which day to which, and how many excused.

    `broken`: the day that ended the row before; None: nothing did.
    """

    count: int
    first: date | None = None
    last: date | None = None
    away: int = 0
    broken: date | None = None


def unbroken(mornings: Sequence[tuple[date, bool, bool]]) -> Unbroken:
    """The row that a streak counts, by the same rule: newest first; day, attended, excused."""
    found: list[date] = []
    away = waiting = 0
    broken: date | None = None
    for place, (day, done, excused) in enumerate(mornings):
        if done:
            found.append(day)
            away, waiting = away + waiting, 0
        elif excused:
            waiting += bool(found)
        elif found or any(not out or there for _, there, out in mornings[:place]):
            broken = day
            break
    first, last = (found[-1], found[0]) if found else (None, None)
    return Unbroken(len(found), first, last, away, broken)
