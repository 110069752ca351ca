"""What buttons carry that choose of whom a ledger is, and of which days."""

from dataclasses import dataclass
from datetime import date

from handlers.taps import Tap


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
