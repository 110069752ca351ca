"""Members by attendance: the share of the mornings that were theirs to study."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Attendance:
    """How many mornings somebody studied, of how many that were expected of them.

    A day on which they were excused is expected of nobody, and counts only if they studied.
    """

    name: str
    done: int
    expected: int

    @property
    def share(self) -> Fraction:
        """The part that was studied."""
        return Fraction(self.done, self.expected)


@dataclass(frozen=True)
class Place:
    """Where somebody stands; those with the same share stand together."""

    place: int
    who: Attendance


def ranked(attendances: Sequence[Attendance]) -> Sequence[Place]:
    """The best first. Of whom nothing was expected yet, nothing is said."""
    counted = [one for one in attendances if one.expected]
    counted.sort(key=lambda one: one.share, reverse=True)
    places: list[Place] = []
    for number, one in enumerate(counted, start=1):
        tied = bool(places) and places[-1].who.share == one.share
        places.append(Place(places[-1].place if tied else number, one))
    return places
