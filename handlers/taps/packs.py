"""What the buttons of course packs carry."""

from dataclasses import dataclass

from handlers.taps import Tap


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
