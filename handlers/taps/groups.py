"""What buttons carry that tie a group to a team."""

from dataclasses import dataclass

from handlers.taps import Tap


@dataclass(frozen=True)
class AttachTap(Tap):
    """This chat is that team's."""

    prefix = "gt"
    chat: int
    team: int


@dataclass(frozen=True)
class AttachPageTap(Tap):
    """A page of the teams that this chat may be of."""

    prefix = "ra"
    chat: int
    page: int


@dataclass(frozen=True)
class CreateTap(Tap):
    """This chat is a new team's, of that unit."""

    prefix = "rn"
    chat: int
    unit: int


@dataclass(frozen=True)
class CreateUnitsTap(Tap):
    """A page of the units to which a new team of this chat may belong."""

    prefix = "ru"
    chat: int
    page: int


@dataclass(frozen=True)
class RenameTeamTap(Tap):
    """This team is to be called otherwise: I write how."""

    prefix = "rw"
    team: int
