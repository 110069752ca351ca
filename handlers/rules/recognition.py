"""Which team of a file is which team that we know: by name, by chat, by a name of its own."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Traits:
    """What a team can be recognised by."""

    unit: tuple[str, ...]  # the names from the root down
    name: str
    meets: tuple[int, int] | None  # chat and topic, by Telegram's ids
    live: bool = True


def recognise(listed: Sequence[Traits], known: Mapping[int, Traits]) -> dict[int, int]:
    """The ids of known teams by the places of listed ones; those that are new have none.

    First the same name in the same unit, retired or not; then, of the live teams, the one that
    meets in the same place (it was renamed or moved); then the only one of that name (it moved).
    """
    live = {team for team, traits in known.items() if traits.live}
    found: dict[int, int] = {}
    for trait, among in ((_home, set(known)), (_meets, live), (_name, live)):
        new = {place: traits for place, traits in enumerate(listed) if place not in found}
        free = {team: known[team] for team in sorted(among - set(found.values()))}
        wanted, offered = _by(trait, new), _by(trait, free)
        found |= {
            places[0]: offered[value][0]
            for value, places in wanted.items()
            if len(places) == 1 == len(offered.get(value, ()))
        }
    return found


def _home(traits: Traits) -> Hashable:
    return traits.unit, traits.name


def _meets(traits: Traits) -> Hashable:
    return traits.meets


def _name(traits: Traits) -> Hashable:
    return traits.name


def _by(
    trait: Callable[[Traits], Hashable], teams: Mapping[int, Traits]
) -> Mapping[Hashable, Sequence[int]]:
    found: defaultdict[Hashable, list[int]] = defaultdict(list)
    for team, traits in teams.items():
        if (value := trait(traits)) is not None:
            found[value].append(team)
    return found
