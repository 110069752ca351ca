"""What the button of a meeting's outline carries."""

from dataclasses import dataclass
from datetime import date

from handlers.taps import Tap


@dataclass(frozen=True)
class HeldTap(Tap):
    """This team's meeting of that day was held."""

    prefix = "mh"
    team: int
    day: date
