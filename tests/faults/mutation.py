"""Updates that are nearly right: parts missing, of the wrong type, too big, or strange."""

import copy
import random
from typing import Any

STRANGE: list[Any] = [
    None, True, -1, 0, 2**70, 1e308, "", "x" * 5000, "\u0000", "\u202e\u2066", "0", [], {},
    [[[]]], {"id": {}}, ["id"], "-1001", "٣",
]  # fmt: skip


CURSED = "zzqqzz"  # in words that a program which stumbles never handles


def mutated(told: dict[str, Any], seed: int) -> dict[str, Any]:
    """A copy of an update's body with one to three faults; the same seed, the same faults."""
    chance = random.Random(seed)
    copied = copy.deepcopy(told)
    for _ in range(chance.randint(1, 3)):
        place, name = chance.choice(_places(copied))
        match chance.randrange(4):
            case 0:
                place.pop(name)
            case 1 | 2:
                place[name] = chance.choice(STRANGE)
            case _:
                place[name] = [place[name]] * chance.randint(0, 3)
        if not copied:
            break
    return copied


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Every place in a tree: what holds it, and its name or number there."""
    found: list[tuple[Any, Any]] = []
    if isinstance(tree, dict):
        for name, value in tree.items():
            found += [(tree, name), *_places(value)]
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            found += [(tree, number), *_places(value)]
    return found
