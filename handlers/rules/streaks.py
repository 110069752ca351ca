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
