"""What the buttons of commitments carry, wherever one is shown."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from handlers.taps import READERS, Tap


@dataclass(frozen=True)
class ReadyPledgeTap(Tap):
    """I promise one of the bite's ready pledges, counted from 0, in my team of that morning."""

    prefix = "rp"
    morning: int
    index: int


@dataclass(frozen=True)
class MoveTap(Tap):
    """I will have it done by that day instead."""

    prefix = "cm"
    commitment: int
    day: date


@dataclass(frozen=True)
class DoneTap(Tap):
    """I have kept this promise."""

    prefix = "cd"
    commitment: int


@dataclass(frozen=True)
class WithdrawTap(Tap):
    """I take this promise back."""

    prefix = "cw"
    commitment: int


@dataclass(frozen=True)
class TransferTap(Tap):
    """I meant this promise for another team of mine."""

    prefix = "ct"
    commitment: int
    team: int


@dataclass(frozen=True)
class ListedDoneTap(Tap):
    """I have kept this promise of my list; show me what is left of it."""

    prefix = "cl"
    commitment: int


@dataclass(frozen=True)
class PickTap(Tap):
    """Let me pick the day that it is due on."""

    prefix = "bp"
    commitment: int


@dataclass(frozen=True)
class PickedTap(Tap):
    """Show me the promise again, without the days."""

    prefix = "bk"
    commitment: int


class ViewAct(StrEnum):
    """What can be done to a promise where it is looked at by itself."""

    SHOW = "show"
    DONE = "done"
    WITHDRAW = "withdraw"
    PICK = "pick"  # a day
    MOVE = "move"
    LIST = "list"  # back to all of mine


READERS[ViewAct] = ViewAct


@dataclass(frozen=True)
class ViewTap(Tap):
    """Do that with this promise of mine, and go on showing it by itself."""

    prefix = "bv"
    commitment: int
    act: ViewAct
    day: date | None = None


@dataclass(frozen=True)
class HistoryTap(Tap):
    """Show me what happened to this promise."""

    prefix = "bh"
    commitment: int


@dataclass(frozen=True)
class TodoTap(Tap):
    """What I turned into a commitment is mine (1), or its author's (0)."""

    prefix = "bt"
    todo: int
    mine: int
