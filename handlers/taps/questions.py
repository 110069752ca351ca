"""What buttons carry that ask something."""

from dataclasses import dataclass
from datetime import date

from handlers.taps import Tap


@dataclass(frozen=True)
class AskTap(Tap):
    """I ask this question, by its key."""

    prefix = "ua"
    question: str


@dataclass(frozen=True)
class ChosenTap(Tap):
    """I meant this member, in a question of that kind and of those days; None: of no days."""

    prefix = "uc"
    kind: str
    member: int
    first: date | None
    last: date | None
