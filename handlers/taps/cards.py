"""What the buttons of the morning's card carry."""

from dataclasses import dataclass

from handlers.taps import Tap


@dataclass(frozen=True)
class StudiedTap(Tap):
    """I have studied this morning's bite."""

    prefix = "ci"
    morning: int


@dataclass(frozen=True)
class AnswerTap(Tap):
    """My answer to a question of this morning, counted from 1."""

    prefix = "an"
    morning: int
    question: int
    choice: int


@dataclass(frozen=True)
class PledgeTap(Tap):
    """I want to promise something."""

    prefix = "pl"
    morning: int


@dataclass(frozen=True)
class LeaveTap(Tap):
    """I am away today."""

    prefix = "lv"
    morning: int
