"""What the buttons of an announcement and its draft carry."""

from dataclasses import dataclass
from datetime import date

from handlers.taps import Tap


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


@dataclass(frozen=True)
class SilentTap(Tap):
    """The announcement comes without a sound, or with one."""

    prefix = "na"
    announcement: int


@dataclass(frozen=True)
class PinTap(Tap):
    """The announcement is to be pinned, or not."""

    prefix = "nb"
    announcement: int


@dataclass(frozen=True)
class TimingTap(Tap):
    """When is it to be sent?"""

    prefix = "nc"
    announcement: int


@dataclass(frozen=True)
class SendAtTap(Tap):
    """Send it then: in seconds since 1970, 0 for no such time."""

    prefix = "nd"
    announcement: int
    at: int


@dataclass(frozen=True)
class UntilTap(Tap):
    """Until when do receipts count?"""

    prefix = "ne"
    announcement: int


@dataclass(frozen=True)
class UntilAtTap(Tap):
    """They count until then: in seconds since 1970, 0 for no such time."""

    prefix = "nf"
    announcement: int
    at: int


@dataclass(frozen=True)
class ConfirmTap(Tap):
    """Send it indeed, to so many groups."""

    prefix = "ng"
    announcement: int
    groups: int


@dataclass(frozen=True)
class CorrectTap(Tap):
    """I will say what it should say."""

    prefix = "ni"
    announcement: int


@dataclass(frozen=True)
class CorrectedTap(Tap):
    """Put that in the place of what it says, everywhere."""

    prefix = "nj"
    announcement: int


@dataclass(frozen=True)
class RecallTap(Tap):
    """Take it back?"""

    prefix = "nk"
    announcement: int


@dataclass(frozen=True)
class RecalledTap(Tap):
    """Take it back indeed."""

    prefix = "nl"
    announcement: int


@dataclass(frozen=True)
class RepeatTap(Tap):
    """The same once more, as a draft."""

    prefix = "nm"
    announcement: int


@dataclass(frozen=True)
class UnpinTap(Tap):
    """It need not be pinned any more."""

    prefix = "no"
    announcement: int


@dataclass(frozen=True)
class NeverMindTap(Tap):
    """I will say nothing after all."""

    prefix = "nq"
    announcement: int


@dataclass(frozen=True)
class ShowTap(Tap):
    """Show how this one stands."""

    prefix = "ns"
    announcement: int


@dataclass(frozen=True)
class HoldTap(Tap):
    """Do not send it by the clock: it is a draft again."""

    prefix = "nt"
    announcement: int


@dataclass(frozen=True)
class SendNowTap(Tap):
    """Send now what waits for its time."""

    prefix = "nu"
    announcement: int


@dataclass(frozen=True)
class TagsTap(Tap):
    """Choose by tags."""

    prefix = "nv"
    announcement: int


@dataclass(frozen=True)
class PickTagTap(Tap):
    """Those with this tag (by its number) get the announcement, or do not."""

    prefix = "nw"
    announcement: int
    tag: int


@dataclass(frozen=True)
class ListsTap(Tap):
    """Choose a saved list, or save one."""

    prefix = "nx"
    announcement: int


@dataclass(frozen=True)
class PickListTap(Tap):
    """Those of this saved list get the announcement."""

    prefix = "ny"
    announcement: int
    recipients: int


@dataclass(frozen=True)
class SaveListTap(Tap):
    """Save whom I chose, under a name that I will say."""

    prefix = "nz"
    announcement: int


@dataclass(frozen=True)
class ForgetListTap(Tap):
    """This saved list is not needed any more."""

    prefix = "n0"
    announcement: int
    recipients: int


@dataclass(frozen=True)
class UndoReceiptTap(Tap):
    """I have not received it after all."""

    prefix = "n1"
    announcement: int


@dataclass(frozen=True)
class DaysTap(Tap):
    """Another day: for its sending, or (`until`) for the end of receipts."""

    prefix = "np"
    announcement: int
    until: int


@dataclass(frozen=True)
class DayTap(Tap):
    """That day, and at what time?"""

    prefix = "nr"
    announcement: int
    until: int
    day: date
