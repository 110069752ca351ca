"""What the buttons of tasks and rectifications carry."""

from dataclasses import dataclass
from datetime import date

from handlers.taps import Tap


@dataclass(frozen=True)
class AcceptTap(Tap):
    """I take on what was assigned to me there."""

    prefix = "tk"
    assignment: int


@dataclass(frozen=True)
class HardTap(Tap):
    """I want to say what is hard about it."""

    prefix = "th"
    assignment: int


@dataclass(frozen=True)
class NotHardTap(Tap):
    """I have nothing to say about it after all."""

    prefix = "tn"
    commitment: int


@dataclass(frozen=True)
class FinishTap(Tap):
    """What was assigned to me there is done."""

    prefix = "tf"
    assignment: int


@dataclass(frozen=True)
class RecallTap(Tap):
    """What I assigned there is taken back; of several: let me say which."""

    prefix = "tw"
    assignment: int


@dataclass(frozen=True)
class RecallOneTap(Tap):
    """This one is."""

    prefix = "to"
    commitment: int


@dataclass(frozen=True)
class RecallAllTap(Tap):
    """All of them are."""

    prefix = "tg"
    assignment: int


@dataclass(frozen=True)
class CallOffTap(Tap):
    """What was found hard by that act need not be done."""

    prefix = "tq"
    commitment: int
    act: int


@dataclass(frozen=True)
class InsistTap(Tap):
    """What was found hard by that act is to be done nevertheless."""

    prefix = "ti"
    commitment: int
    act: int


@dataclass(frozen=True)
class RectifyTap(Tap):
    """What was reported by that act, and returned, becomes a rectification."""

    prefix = "tr"
    commitment: int
    act: int


@dataclass(frozen=True)
class RectifyByTap(Tap):
    """By that day."""

    prefix = "tb"
    commitment: int
    act: int
    day: date


@dataclass(frozen=True)
class OwnTaskTap(Tap):
    """Show me this one of those that were assigned to me."""

    prefix = "tt"
    commitment: int


@dataclass(frozen=True)
class AcceptAllTap(Tap):
    """I take on all of mine from the first to the last that wait for my word."""

    prefix = "te"
    first: int
    last: int


@dataclass(frozen=True)
class AssignedTap(Tap):
    """Show me what I assigned and is open (0), or one of it."""

    prefix = "tm"
    assignment: int


@dataclass(frozen=True)
class TaskListTap(Tap):
    """Assign all of the list that I sent."""

    prefix = "tl"
    sent: int


@dataclass(frozen=True)
class DropListTap(Tap):
    """Do not."""

    prefix = "tx"
    sent: int


@dataclass(frozen=True)
class TaskSheetTap(Tap):
    """Send me an empty list to be filled in."""

    prefix = "ts"
