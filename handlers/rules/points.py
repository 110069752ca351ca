"""Points: what each deed is worth. Nothing is kept of them; they are counted from the facts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storage.kinds import Deed

Scale = Mapping[Deed, int]

USUAL: Scale = {
    Deed.CHECKIN: 2,
    Deed.LATE: 1,
    Deed.RIGHT: 1,
    Deed.KEPT: 3,
    Deed.KEPT_LATE: 1,
    Deed.VERIFIED: 1,
}
MOST = 100  # of one deed
ONE = re.compile(r"\s*(\w+)\s*=\s*(\d{1,4})\s*")


@dataclass(frozen=True)
class Place:
    """Where somebody stands; those with as many points stand together."""

    place: int
    name: str
    points: int


def points(deeds: Mapping[Deed, int], scale: Scale) -> int:
    """What deeds are worth together."""
    return sum(count * scale[deed] for deed, count in deeds.items())


def ranked(found: Sequence[tuple[str, int]]) -> Sequence[Place]:
    """Names with their points, the most first. Who has none is not named."""
    places: list[Place] = []
    some = sorted((one for one in found if one[1] > 0), key=lambda one: -one[1])
    for number, (name, worth) in enumerate(some, start=1):
        tied = bool(places) and places[-1].points == worth
        places.append(Place(places[-1].place if tied else number, name, worth))
    return places


def read_scale(text: str) -> Scale:
    """A scale as a setting has it, such as `checkin=2,kept=5`; what it leaves out is as usual.

    Raises ValueError with a sentence that says what is wrong and what is allowed.
    """
    found: dict[Deed, int] = {}
    known = ", ".join(Deed)
    for part in filter(str.strip, text.split(",")):
        match = ONE.fullmatch(part)
        if match is None:
            raise ValueError(
                f"{part.strip()[:40]!r} is not NAME=NUMBER; write such as "
                f"{','.join(f'{deed}={worth}' for deed, worth in USUAL.items())}"
            )
        name, worth = match[1], int(match[2])
        if name not in set(Deed):
            raise ValueError(f"there are no points for {name[:40]!r}; there are for {known}")
        if worth > MOST:
            raise ValueError(f"{name} is worth {MOST} points at most, not {worth}")
        if Deed(name) in found:
            raise ValueError(f"{name} is named twice")
        found[Deed(name)] = worth
    return {**USUAL, **found}
