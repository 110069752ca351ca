"""What buttons carry before whoever verifies."""

from dataclasses import dataclass

from handlers.taps import Tap


@dataclass(frozen=True)
class LookTap(Tap):
    """Show me what was reported as done, by that act."""

    prefix = "vl"
    commitment: int
    act: int


@dataclass(frozen=True)
class VerifyTap(Tap):
    """It is done."""

    prefix = "vy"
    commitment: int
    act: int


@dataclass(frozen=True)
class VerifyAllTap(Tap):
    """All that the team had reported up to that act is done."""

    prefix = "va"
    team: int
    act: int


@dataclass(frozen=True)
class ReturnTap(Tap):
    """It is not: let me say why."""

    prefix = "vr"
    commitment: int
    act: int


@dataclass(frozen=True)
class ReasonTap(Tap):
    """It is not, for one of the ready reasons, counted from 0."""

    prefix = "vn"
    commitment: int
    act: int
    reason: int
