"""What the buttons about one's own data carry."""

from dataclasses import dataclass

from handlers.taps import Tap


@dataclass(frozen=True)
class MyDataTap(Tap):
    """A file of what is stored of me."""

    prefix = "im"


@dataclass(frozen=True)
class ForgetMeTap(Tap):
    """What would go, and what would stay?"""

    prefix = "if"


@dataclass(frozen=True)
class ForgetTap(Tap):
    """Forget me. It holds for a person, until a moment (seconds since 1970)."""

    prefix = "iy"
    person: int
    until: int


@dataclass(frozen=True)
class RatherNotTap(Tap):
    """Do not."""

    prefix = "in"
