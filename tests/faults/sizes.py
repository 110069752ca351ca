"""How much of each trial: the whole, or what a test run has time for."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.checker import Verdict


@dataclass(frozen=True)
class Size:
    """The sizes of all trials."""

    kills: int
    places: int  # to crash at, of those that have a name; 0 is every one
    updates: int
    garbled: int
    stops: int
    taps: int
    full: int  # times that the disk has no room
    away: float  # seconds without Telegram, and with a locked database
    last: float  # seconds after which the last card of 300 is late
    soak: float  # seconds of steady work


WHOLE = Size(
    kills=200,
    places=0,
    updates=4500,
    garbled=10_000,
    stops=20,
    taps=1000,
    full=20,
    away=40.0,
    last=20.0,
    soak=1800.0,
)
SHORT = Size(
    kills=4,
    places=1,
    updates=400,
    garbled=200,
    stops=2,
    taps=200,
    full=2,
    away=4.0,
    last=60.0,
    soak=20.0,
)

Trial = Callable[[int, Size], Verdict]
