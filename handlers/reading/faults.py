"""What is wrong with a file: every fault, where it is, and what to say of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Fault:
    """One fault: `place` is `file:line` or `file sheet!cell`; `key` and `values` say the rest.

    The sentence itself stands in the message catalogue under `key`.
    """

    place: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


class Faults(ValueError):
    """Raised when a file cannot be taken: nothing of it was."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: in_order(fault.place)))
        super().__init__("; ".join(f"{fault.place} {fault.key}" for fault in self.faults))


def in_order(place: str) -> list[tuple[int, str]]:
    """Sorts places as a reader meets them: line 9 before line 10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in DIGITS.split(place)]
