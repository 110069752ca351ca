"""What can be asked in plain words, and who may ask it: one table."""

from enum import StrEnum

from handlers.rules.permissions import Action


class Kind(StrEnum):
    """What a question is about."""

    MISSING = "missing"  # who has not studied
    PRESENT = "present"  # who has
    AWAY = "away"  # who is excused
    STATUS = "status"  # how a team stands
    RATE = "rate"  # which share has studied
    STREAK = "streak"  # how many mornings in a row
    CHECKINS = "checkins"  # which mornings somebody studied
    PROMISES = "promises"  # what somebody has open
    OVERDUE = "overdue"
    DUE = "due"  # what is to be done by when
    STUDIED = "studied"  # what was studied
    HARDEST = "hardest"  # what was answered wrongly most often
    UNCONFIRMED = "unconfirmed"  # who has not confirmed the last announcement
    BOARD = "board"  # what is open in a team


NEEDS: dict[Kind, Action] = {
    **dict.fromkeys(Kind, Action.SEE_COUNTS),
    Kind.PROMISES: Action.ASK,
    Kind.HARDEST: Action.SEE_MISSED,
}
