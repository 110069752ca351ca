"""What buttons carry that lead into a team."""

from dataclasses import dataclass

from handlers.taps import Tap


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
class ClaimPageTap(Tap):
    """A page of the names that may be mine."""

    prefix = "rj"
    team: int
    page: int
    proof: str


@dataclass(frozen=True)
class AdmitTap(Tap):
    """The leader's word on who asked for a place (0: a new one): yes (1) or no (0)."""

    prefix = "ea"
    team: int
    user: int
    member: int
    yes: int


@dataclass(frozen=True)
class AdmitAllTap(Tap):
    """The leader's yes to all who ask for a place in this team."""

    prefix = "re"
    team: int


@dataclass(frozen=True)
class WaitingTap(Tap):
    """Who asks for a place in this team? `user`: what does this one ask (0: all of them)?"""

    prefix = "rv"
    team: int
    user: int
