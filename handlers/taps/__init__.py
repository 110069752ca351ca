"""What buttons carry: typed, and at most 64 bytes.

Callback data can be forged by whoever writes a Telegram client of their own, so a tap says only
what is meant. Whether this person may do it, and to that row, is asked when it comes back.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar, Self, get_type_hints

from storage.kinds import LeaveReason, Switch

LIMIT = 64
BIG = 2**62

KINDS: dict[str, type["Tap"]] = {}


def _whole(text: str) -> int:
    number = int(text)
    if not -BIG < number < BIG or text != str(number):
        raise ValueError(text)
    return number


READERS: dict[Any, Any] = {
    int: _whole,
    str: str,
    date: date.fromisoformat,
    LeaveReason: LeaveReason,
    Switch: Switch,
    date | None: lambda text: None if text == "None" else date.fromisoformat(text),
}


@dataclass(frozen=True)
class Tap:
    """Subclass it with a prefix and fields; it packs into a button and comes back."""

    prefix: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        """Make the kind of button known by its prefix."""
        assert cls.prefix not in KINDS, f"two buttons share {cls.prefix!r}"
        KINDS[cls.prefix] = cls

    def pack(self) -> str:
        """The button's data; raises ValueError when it would not fit."""
        values = (str(getattr(self, field.name)) for field in fields(self))
        data = ":".join([self.prefix, *values])
        if len(data.encode()) > LIMIT:
            raise ValueError(f"{data!r} does not fit a button")
        return data

    @classmethod
    def unpack(cls, data: str) -> Self:
        """Back from a button's data; raises ValueError where it is not of this kind."""
        _, *parts = data.split(":")
        hints = get_type_hints(cls)
        names = [field.name for field in fields(cls)]
        return cls(**{n: READERS[hints[n]](p) for n, p in zip(names, parts, strict=True)})


def read(data: str) -> Tap | None:
    """The tap that a button carries; None for data that no button of ours can have."""
    kind = KINDS.get(data.split(":", 1)[0])
    try:
        return kind.unpack(data) if kind else None
    except ValueError:
        return None
