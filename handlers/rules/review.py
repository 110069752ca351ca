"""What somebody keeps in mind of a question, and when it is to come back: by FSRS-6.

All of it follows from the answers that were given, so that it can be derived anew at any time.
Steps are days: FSRS counts whole days between two moments, so each answer stands at the midnight
of its local day. A right answer is rated Good, a wrong one Again; nothing is left to chance.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from unicodedata import normalize

from fsrs import Card, Rating, Scheduler

RETENTION = 0.9  # a question comes back when it is likely to be known with this probability
LONGEST = 365  # days; nothing stays away for longer
FIRM = 21.0  # days of stability from which on a question counts as mastered
STOPS = ",;:?!\"'“”‘’()[]、。《》「」【】…"  # 1.5, 5%, -3 and ≤ mean what they mean
ONE = 1  # FSRS would name a card after the time of day: we know ours ourselves


@dataclass(frozen=True, order=True)
class Answered:
    """One answer to a question: on which local day, and whether it was right."""

    day: date
    right: bool


@dataclass(frozen=True)
class Memory:
    """What is known of somebody's memory of one question.

    stability  days after which it would be known with a probability of nine in ten
    due        the first day on which it may come back
    known      whether the last answer was right
    """

    last: date
    stability: float
    due: date
    known: bool


def memory(answers: Iterable[Answered]) -> Memory | None:
    """What is left of a question after these answers; None where there were none.

    The first answer of a day counts: after it the right one was told.
    """
    card, known, before = Card(card_id=ONE), False, None
    for answered in sorted(answers, key=lambda one: one.day):
        if answered.day != before:
            rating = Rating.Good if answered.right else Rating.Again
            card, _ = scheduler().review_card(card, rating, _moment(answered.day))
            known, before = answered.right, answered.day
    if before is None or card.stability is None:
        return None
    return Memory(before, card.stability, card.due.date(), known)


def recall(stability: float, last: date, day: date) -> float:
    """How likely a question is known on `day`, from 0 to 1."""
    card = Card(card_id=ONE, stability=stability, last_review=_moment(last))
    return scheduler().get_card_retrievability(card, _moment(day))


def mastered(stability: float, last: date, day: date) -> bool:
    """Whether a question sits: likely known today, and for three weeks after an answer."""
    return stability >= FIRM and recall(stability, last, day) >= RETENTION


def urgency(known: bool, due: date) -> tuple[bool, date]:
    """What is asked first has the least: the missed before the ageing, then the most overdue."""
    return known, due


def same_question(before: Sequence[object], after: Sequence[object]) -> bool:
    """Whether two wordings ask the same, whatever their spaces and stops.

    Nobody can tell a slip of the pen from another meaning by its length, so that any other letter,
    figure or sign makes another question.
    """
    return [_essence(one) for one in before] == [_essence(one) for one in after]


@cache
def scheduler() -> Scheduler:
    """FSRS with its default parameters and steps of a day at least."""
    return Scheduler(
        desired_retention=RETENTION,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST,
        enable_fuzzing=False,
    )


def _essence(said: object) -> str:
    plain = normalize("NFKC", str(said)).casefold()
    return "".join(sign for sign in plain if not sign.isspace() and sign not in STOPS)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
