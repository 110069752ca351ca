"""What buttons carry that are for one person alone: repeated questions, quiet, pauses."""

from dataclasses import dataclass
from datetime import date

from handlers.taps import Tap


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
