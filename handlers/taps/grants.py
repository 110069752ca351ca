"""What the buttons carry that give rights, take them, and leaf through what was done."""

from dataclasses import dataclass

from handlers.taps import Tap


@dataclass(frozen=True)
class HeldTap(Tap):
    """A page of who holds what."""

    prefix = "gh"
    page: int


@dataclass(frozen=True)
class GivePlacesTap(Tap):
    """A page of what can be given, to this person (0: who is chosen afterwards)."""

    prefix = "gp"
    person: int
    page: int


@dataclass(frozen=True)
class GivePeopleTap(Tap):
    """A page of who could be that unit's secretary, or that team's leader (0 and 0: an owner)."""

    prefix = "gm"
    unit: int
    team: int
    page: int


@dataclass(frozen=True)
class GiveTap(Tap):
    """That person is to be it."""

    prefix = "gg"
    person: int
    unit: int
    team: int


@dataclass(frozen=True)
class GiveLinkTap(Tap):
    """Somebody is to be it whom we do not know: a link for them."""

    prefix = "gl"
    unit: int
    team: int


@dataclass(frozen=True)
class TakeTap(Tap):
    """Take that right from this person. `sure`: the second question was answered (1)."""

    prefix = "gr"
    person: int
    unit: int
    team: int
    sure: int


@dataclass(frozen=True)
class AuditTap(Tap):
    """What was done before a row of the log (0: the newest); of a person or a team, or of all."""

    prefix = "ga"
    before: int
    person: int
    team: int


@dataclass(frozen=True)
class AuditFileTap(Tap):
    """All of it, as a file."""

    prefix = "gf"
