"""What buttons carry: typed, and at most 64 bytes.

Callback data can be forged by whoever writes a Telegram client of their own, so a tap says only
what is meant. Whether this person may do it, and to that row, is asked when it comes back.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar, Self, get_type_hints

from storage.kinds import LeaveReason

LIMIT = 64
BIG = 2**62

KINDS: dict[str, type["Tap"]] = {}


def _whole(text: str) -> int:
    number = int(text)
    if not -BIG < number < BIG or text != str(number):
        raise ValueError(text)
    return number


READERS: dict[type, Any] = {
    int: _whole,
    str: str,
    date: date.fromisoformat,
    LeaveReason: LeaveReason,
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


# -- the card --------------------------------------------------------------------------------


@dataclass(frozen=True)
class StudiedTap(Tap):
    """I have studied this morning's bite."""

    prefix = "ci"
    morning: int


@dataclass(frozen=True)
class AnswerTap(Tap):
    """My answer to a question of this morning, counted from 1."""

    prefix = "an"
    morning: int
    question: int
    choice: int


@dataclass(frozen=True)
class PledgeTap(Tap):
    """I want to promise something."""

    prefix = "pl"
    morning: int


@dataclass(frozen=True)
class LeaveTap(Tap):
    """I am away today."""

    prefix = "lv"
    morning: int


# -- what is for one person alone ------------------------------------------------------------


@dataclass(frozen=True)
class TutorialAnswerTap(Tap):
    """My answer, counted from 1, to a question that I was given as it was in that edition."""

    prefix = "ta"
    tutorial: int
    question: int
    edition: int
    choice: int


@dataclass(frozen=True)
class TutorialStudiedTap(Tap):
    """I have studied the bite that I was given."""

    prefix = "td"
    tutorial: int


# -- leave -----------------------------------------------------------------------------------


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


# -- promises --------------------------------------------------------------------------------


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


# -- announcements ---------------------------------------------------------------------------


@dataclass(frozen=True)
class PickTeamTap(Tap):
    """This team gets the announcement, or does not."""

    prefix = "at"
    announcement: int
    team: int


@dataclass(frozen=True)
class PickUnitTap(Tap):
    """All teams of this unit get the announcement, or none of them."""

    prefix = "au"
    announcement: int
    unit: int


@dataclass(frozen=True)
class AskReceiptTap(Tap):
    """The announcement asks for a receipt, or does not."""

    prefix = "ar"
    announcement: int


@dataclass(frozen=True)
class PreviewTap(Tap):
    """Show me what goes out, and to whom."""

    prefix = "ap"
    announcement: int


@dataclass(frozen=True)
class ChooseTap(Tap):
    """Back to the choice of teams."""

    prefix = "ac"
    announcement: int
    page: int


@dataclass(frozen=True)
class SendTap(Tap):
    """Send the announcement."""

    prefix = "as"
    announcement: int


@dataclass(frozen=True)
class DropTap(Tap):
    """Do not send it."""

    prefix = "ax"
    announcement: int


@dataclass(frozen=True)
class MissingTap(Tap):
    """Who has not confirmed?"""

    prefix = "am"
    announcement: int


@dataclass(frozen=True)
class NudgeTap(Tap):
    """Remind those who have not confirmed."""

    prefix = "ag"
    announcement: int


@dataclass(frozen=True)
class ReceiptTap(Tap):
    """I have received it."""

    prefix = "rc"
    announcement: int


# -- the owner -------------------------------------------------------------------------------


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


# -- the team --------------------------------------------------------------------------------


@dataclass(frozen=True)
class AttachTap(Tap):
    """This chat is that team's."""

    prefix = "gt"
    chat: int
    team: int


@dataclass(frozen=True)
class EnrolTap(Tap):
    """I belong to this team."""

    prefix = "en"
    team: int


@dataclass(frozen=True)
class ClaimTap(Tap):
    """That place of the list is mine (0: I am on no list), and I have been in the group."""

    prefix = "ec"
    team: int
    member: int
    proof: str


@dataclass(frozen=True)
class AdmitTap(Tap):
    """The leader's word on who asked for a place (0: a new one): yes (1) or no (0)."""

    prefix = "ea"
    team: int
    user: int
    member: int
    yes: int
