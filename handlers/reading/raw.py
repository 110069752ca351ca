"""What a file says before we judge it: texts, lists and records, each with its place.

YAML files and sheets both come to this form, so one set of checks serves both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class Scalar:
    """A value as it was written. It is never turned into a number, a date or a yes on its own."""

    value: str
    place: str
    quoted: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing was written, in any of YAML's ways."""
        return not self.quoted and self.value.strip() in NOTHING


@dataclass(frozen=True)
class Listing:
    """Values in order."""

    items: tuple["Raw", ...]
    place: str


@dataclass(frozen=True)
class Record:
    """Values by key. `labels` are the keys as the author knows them, where they differ."""

    fields: Mapping[str, "Raw"]
    place: str
    key_places: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


Raw = Scalar | Listing | Record
