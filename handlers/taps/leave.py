"""What buttons on leave carry."""

from dataclasses import dataclass
from datetime import date

from handlers.taps import Tap
from storage.kinds import LeaveReason


@dataclass(frozen=True)
class LeaveReasonTap(Tap):
    """I am away for this reason."""

    prefix = "lr"
    leave: int
    reason: LeaveReason


@dataclass(frozen=True)
class LeaveUntilTap(Tap):
    """I am away until that day, included."""

    prefix = "lu"
    leave: int
    last: date


@dataclass(frozen=True)
class LeaveUndoTap(Tap):
    """I am not away after all."""

    prefix = "lx"
    leave: int
