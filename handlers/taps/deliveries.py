"""What buttons on unclear deliveries carry."""

from dataclasses import dataclass

from handlers.taps import Tap


@dataclass(frozen=True)
class ArrivedTap(Tap):
    """This message, of which we do not know it, did arrive."""

    prefix = "oa"
    outgoing: int


@dataclass(frozen=True)
class AgainTap(Tap):
    """It did not: send it again."""

    prefix = "og"
    outgoing: int
