"""What buttons carry beneath the question whether a promise will be kept."""

from dataclasses import dataclass
from datetime import date

from handlers.taps import Tap


@dataclass(frozen=True)
class SureTap(Tap):
    """I expect to keep this promise in time."""

    prefix = "zs"
    commitment: int


@dataclass(frozen=True)
class AskedDoneTap(Tap):
    """I have kept this promise of which I was told that it is overdue."""

    prefix = "zf"
    commitment: int


@dataclass(frozen=True)
class LaterTap(Tap):
    """I need more time for this promise."""

    prefix = "zl"
    commitment: int


@dataclass(frozen=True)
class LaterDayTap(Tap):
    """Until the end of that working day."""

    prefix = "zd"
    commitment: int
    day: date


@dataclass(frozen=True)
class NoReasonTap(Tap):
    """I do not say why."""

    prefix = "zn"
    commitment: int


@dataclass(frozen=True)
class HelpTap(Tap):
    """I need help with this promise."""

    prefix = "zh"
    commitment: int


@dataclass(frozen=True)
class NeverMindTap(Tap):
    """I need neither more time nor help after all."""

    prefix = "zx"
    commitment: int


@dataclass(frozen=True)
class HandledTap(Tap):
    """I saw to that call for help."""

    prefix = "zk"
    act: int
