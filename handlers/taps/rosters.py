"""What the buttons of a roster carry, and those of one place on it."""

from dataclasses import dataclass
from enum import StrEnum

from handlers.taps import READERS, Tap


class MemberAct(StrEnum):
    """What can be done to a place."""

    SHOW = "show"
    NAME = "name"  # to be written
    TAGS = "tags"  # to be written
    RETIRE = "retire"  # asks first
    RETIRED = "retired"
    BACK = "back"
    LEAD = "lead"  # they lead the team from now on
    UNLEAD = "unlead"  # or do not any more
    KEEP = "keep"  # who left the group stays on the roster


READERS[MemberAct] = MemberAct


@dataclass(frozen=True)
class RostersTap(Tap):
    """A page of the teams whose rosters I look after."""

    prefix = "rs"
    page: int


@dataclass(frozen=True)
class RosterTap(Tap):
    """A page of this team's roster."""

    prefix = "rt"
    team: int
    page: int


@dataclass(frozen=True)
class FormerTap(Tap):
    """A page of who was on this team's roster and is not any more."""

    prefix = "rf"
    team: int
    page: int


@dataclass(frozen=True)
class MemberTap(Tap):
    """This place: what to do with it."""

    prefix = "ms"
    member: int
    act: MemberAct


@dataclass(frozen=True)
class MoveTap(Tap):
    """A page of the teams to which this place may go."""

    prefix = "mv"
    member: int
    page: int


@dataclass(frozen=True)
class MoveToTap(Tap):
    """It goes to that team. `sure`: the second question was answered (1)."""

    prefix = "mt"
    member: int
    team: int
    sure: int


@dataclass(frozen=True)
class RosterFileTap(Tap):
    """The roster as a file: of this team, or (0) of all whose rosters I look after."""

    prefix = "rx"
    team: int


@dataclass(frozen=True)
class TakeRosterTap(Tap):
    """Make the rosters what the file says that I sent."""

    prefix = "rk"
    sent: int


@dataclass(frozen=True)
class DropRosterTap(Tap):
    """Do not."""

    prefix = "rd"
    sent: int
