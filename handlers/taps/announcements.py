"""What the buttons of an announcement and its draft carry."""

from dataclasses import dataclass

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
