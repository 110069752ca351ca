"""What buttons carry: typed, and at most 64 bytes.

Callback data can be forged by whoever writes a Telegram client of their own, so a tap says only
what is meant. Whether this person may do it, and to that row, is asked when it comes back.
"""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Self, get_type_hints

from storage.kinds import LeaveReason, Switch

LIMIT = 64
BIG = 2**62

KINDS: dict[str, type["Tap"]] = {}


def _whole(text: str) -> int:
    number = int(text)
    if not -BIG < number < BIG or text != str(number):
        raise ValueError(text)
    return number


READERS: dict[Any, Any] = {
    int: _whole,
    str: str,
    date: date.fromisoformat,
    LeaveReason: LeaveReason,
    Switch: Switch,
    date | None: lambda text: None if text == "None" else date.fromisoformat(text),
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


@dataclass(frozen=True)
class HushTap(Tap):
    """No more today: it stood beneath a nudge for this morning."""

    prefix = "nh"
    morning: int


@dataclass(frozen=True)
class QuietTap(Tap):
    """These hours are to be quiet, in minutes since midnight; none, where both are the same."""

    prefix = "qh"
    start: int
    end: int


@dataclass(frozen=True)
class PauseTap(Tap):
    """No reminders before that day; None: again from now on."""

    prefix = "qp"
    until: date | None


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


# -- asked before it is late -----------------------------------------------------------------


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


# -- plans -----------------------------------------------------------------------------------


class PlanAct(StrEnum):
    """What can be asked of a team's plan."""

    SHOW = "show"
    SKIP = "skip"  # the next bite
    AGAIN = "again"  # the last one once more
    START = "start"  # at another bite
    PAUSE = "pause"
    RESUME = "resume"
    OFF = "off"  # days off
    WORK = "work"  # days worked
    USUAL = "usual"  # days as the calendar has them


READERS[PlanAct] = PlanAct


@dataclass(frozen=True)
class PlanWeekTap(Tap):
    """What comes to this team?"""

    prefix = "pw"
    team: int


@dataclass(frozen=True)
class PlanTeamsTap(Tap):
    """A page of my teams, to choose for whom that is to be."""

    prefix = "pt"
    page: int
    act: PlanAct
    first: date | None = None
    last: date | None = None
    bite: int = 0


@dataclass(frozen=True)
class PlanActTap(Tap):
    """Do that with this team's plan. `bite`: with this one, where it is still the one meant."""

    prefix = "pa"
    team: int
    act: PlanAct
    first: date | None = None
    last: date | None = None
    bite: int = 0


@dataclass(frozen=True)
class PlanUnitTap(Tap):
    """That goes for this unit and all below it."""

    prefix = "pu"
    unit: int
    act: PlanAct
    first: date
    last: date


@dataclass(frozen=True)
class PlanPauseTap(Tap):
    """From when to when can this team pause?"""

    prefix = "pp"
    team: int


@dataclass(frozen=True)
class PlanBitesTap(Tap):
    """A page of the bites of one of this team's packs, by its place among them; -1: the packs."""

    prefix = "pb"
    team: int
    place: int
    page: int = 0


@dataclass(frozen=True)
class CoursesTap(Tap):
    """A page of the packs that this team walks, or could."""

    prefix = "pd"
    team: int
    page: int = 0


class Wish(StrEnum):
    """Whether something is to be there."""

    WITH = "with"
    WITHOUT = "without"


READERS[Wish] = Wish


@dataclass(frozen=True)
class CourseTap(Tap):
    """Let this team walk this pack too, after the others; or no longer."""

    prefix = "pe"
    team: int
    course: int
    wish: Wish
    page: int = 0


# -- switches --------------------------------------------------------------------------------


@dataclass(frozen=True)
class SwitchTeamsTap(Tap):
    """A page of my teams, to choose whose switches I mean."""

    prefix = "sp"
    page: int


@dataclass(frozen=True)
class SwitchesTap(Tap):
    """How do this team's switches stand?"""

    prefix = "ss"
    team: int


@dataclass(frozen=True)
class SwitchTap(Tap):
    """Turn this one on (1) or off (0). `sure`: the second question was answered (1)."""

    prefix = "st"
    team: int
    switch: Switch
    on: int
    sure: int


# -- the ledger ------------------------------------------------------------------------------


@dataclass(frozen=True)
class LedgerTeamsTap(Tap):
    """Of which of my teams is the ledger of these days to be? A page of them."""

    prefix = "fp"
    page: int
    first: date
    last: date


@dataclass(frozen=True)
class LedgerTap(Tap):
    """Send me the ledger of this team's days."""

    prefix = "fl"
    team: int
    first: date
    last: date


@dataclass(frozen=True)
class LedgerUnitTap(Tap):
    """Send me the ledger of this unit's days: of all its teams, in one file."""

    prefix = "fu"
    unit: int
    first: date
    last: date


# -- the meeting -----------------------------------------------------------------------------


@dataclass(frozen=True)
class HeldTap(Tap):
    """This team's meeting of that day was held."""

    prefix = "mh"
    team: int
    day: date


# -- verification ----------------------------------------------------------------------------


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


# -- tasks -----------------------------------------------------------------------------------


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


# -- course packs ----------------------------------------------------------------------------


@dataclass(frozen=True)
class ImportTap(Tap):
    """Import the course pack that I sent."""

    prefix = "ki"
    sent: int


@dataclass(frozen=True)
class DropPackTap(Tap):
    """Do not import it."""

    prefix = "kx"
    sent: int


@dataclass(frozen=True)
class AsAnnouncementTap(Tap):
    """The file that I sent is meant for an announcement."""

    prefix = "ka"
    sent: int


@dataclass(frozen=True)
class SampleTap(Tap):
    """A button of a card that is shown as a sample."""

    prefix = "ks"


@dataclass(frozen=True)
class PacksTap(Tap):
    """Show me this page of the packs that we have."""

    prefix = "kp"
    page: int


@dataclass(frozen=True)
class ExportTap(Tap):
    """Send me this pack as a file."""

    prefix = "ke"
    pack_id: int


@dataclass(frozen=True)
class TemplateTap(Tap):
    """Send me a file to be filled in."""

    prefix = "kt"


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
