"""Does it teach? People who forget as FSRS says, but each in their own way, for eight weeks.

Each workday's card asks one new question of those who are there. Beside the card one more is
asked in private, on the same days and as often in every way that is compared:

- ours      what the program's own rule says is due, the missed first, then the most overdue
- push      nothing comes back: another new question instead
- calendar  each question again a week later, and each week from then on, on the team's calendar;
            who is away that day misses it. Where several have their day, they take turns
- rota      the question that this person was asked longest ago, a week ago at least

The program rates by FSRS's default parameters; nobody here has those.
"""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import fmean

from fsrs import Card, Rating, Scheduler
from fsrs.scheduler import (
    DEFAULT_PARAMETERS,
    LOWER_BOUNDS_PARAMETERS,
    UPPER_BOUNDS_PARAMETERS,
)

from handlers.rules.review import Answered, Memory, memory, urgency
from tests.bench.report import Row, Table, row

PEOPLE, SEED = 500, 20261123
FIRST = date(2026, 11, 23)  # a Monday
WEEKS, WEEK = 8, 7
SPREAD = 0.3  # of each parameter, as the deviation of its logarithm
HARDER = 0.5  # the same of how fast single questions fade
AWAY = 0.1  # of the days on which somebody does not look

Told = Mapping[int, int]  # questions asked in private, by day


@dataclass
class Learner:
    """Somebody with a memory of their own; what they were asked, and what is left of it."""

    seed: int
    cards: dict[int, Card] = field(default_factory=dict)
    asked: int = 0
    last: dict[int, int] = field(default_factory=dict)  # the day on which a question was asked

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        self._luck = random.Random(self.seed + 1)
        self._parameters = [
            _within(place, value * chance.lognormvariate(0, SPREAD))
            for place, value in enumerate(DEFAULT_PARAMETERS)
        ]
        self._apt = chance.uniform(0.55, 0.85)  # to be right at the first time
        self._ways: dict[int, Scheduler] = {}
        begins = chance.randrange(WEEKS * WEEK)
        leave = range(begins, begins + chance.choice([0, 3, 7, 14]))
        self.days = [
            day
            for day in range(WEEKS * WEEK)
            if day % WEEK < 5 and day not in leave and chance.random() >= AWAY
        ]

    def answer(self, question: int, day: int) -> bool:
        """Ask a question; whether the answer is right."""
        way, card = self._way(question), self.cards.get(question)
        sure = self._apt if card is None else way.get_card_retrievability(card, _moment(day))
        right = self._luck.random() < sure
        rating = Rating.Good if right else Rating.Again
        before = card or Card(card_id=question)
        self.cards[question], _ = way.review_card(before, rating, _moment(day))
        self.asked += 1
        self.last[question] = day
        return right

    def recall(self, day: int) -> float:
        """How likely this person knows a question that they were taught."""
        cards = self.cards.items()
        return fmean(self._way(q).get_card_retrievability(c, _moment(day)) for q, c in cards)

    def _way(self, question: int) -> Scheduler:
        """How this question fades with this person; some fade faster."""
        if question not in self._ways:
            pace = random.Random(f"{self.seed} {question}").lognormvariate(0, HARDER)
            first = [_within(p, self._parameters[p] * pace) for p in range(4)]
            parameters = [*first, *self._parameters[4:]]
            self._ways[question] = Scheduler(
                parameters, learning_steps=(), relearning_steps=(), enable_fuzzing=False
            )
        return self._ways[question]


@dataclass(frozen=True)
class Outcome:
    """One person after eight weeks of one way."""

    recall: float
    asked: int
    taught: int


def measure(_: Path) -> Iterator[Table]:
    """Five hundred people; first a course of twenty questions, then a new one every morning."""
    for course, title in (
        (20, "20 questions in four weeks, then repeats only"),
        (40, "a new question every workday of all eight weeks"),
    ):
        found: dict[str, list[Outcome]] = {name: [] for name in ("ours", *WAYS)}
        for person in range(PEOPLE):
            outcome, told = ours(SEED + 2 * person, course)
            found["ours"].append(outcome)
            for name, way in WAYS.items():
                found[name].append(way(SEED + 2 * person, course, told))
        for name, beside in BESIDE.items():
            yield Table(f"{PEOPLE} people, {title}", beside, _rows(found["ours"], found[name]))


def _rows(mine: Sequence[Outcome], other: Sequence[Outcome]) -> list[Row]:
    ahead = [100 * (a.recall - b.recall) for a, b in zip(mine, other, strict=True)]
    error = math.sqrt(fmean((one - fmean(ahead)) ** 2 for one in ahead) / len(ahead))
    assert sum(one.asked for one in mine) == sum(one.asked for one in other)
    return [
        row(
            "mean recall of what was taught",
            "%",
            100 * fmean(one.recall for one in mine),
            100 * fmean(one.recall for one in other),
            "more",
        ),
        row("ahead by", f"± {1.96 * error:.1f} points", fmean(ahead)),
        row(
            "asked, a person",
            "questions",
            fmean(one.asked for one in mine),
            fmean(one.asked for one in other),
            "the same",
        ),
        row(
            "different ones among them",
            "questions",
            fmean(one.taught for one in mine),
            fmean(one.taught for one in other),
        ),
    ]


# -- the ways --------------------------------------------------------------------------------


def ours(seed: int, course: int) -> tuple[Outcome, Told]:
    """By the program's own rule; also on which days it asked how many in private."""
    learner, told = Learner(seed), dict[int, int]()
    history: dict[int, list[Answered]] = {}
    kept: dict[int, Memory] = {}

    def ask(question: int, day: int) -> None:
        answer = Answered(_date(day), learner.answer(question, day))
        history.setdefault(question, []).append(answer)
        found = memory(history[question])
        assert found is not None
        kept[question] = found

    for day in learner.days:
        due = {q: one for q, one in kept.items() if one.due <= _date(day)}
        if due:
            ask(min(due, key=lambda q: (*urgency(due[q].known, due[q].due), q)), day)
            told[day] = 1
        if (new := _card(day)) < course:
            ask(new, day)
    return _outcome(learner), told


def push(seed: int, course: int, told: Told) -> Outcome:
    """Nothing comes back: what would be a repeat is another new question."""
    learner, further = Learner(seed), course
    for day in learner.days:
        for _ in range(told.get(day, 0)):
            learner.answer(further, day)
            further += 1
        if (new := _card(day)) < course:
            learner.answer(new, day)
    return _outcome(learner)


def calendar(seed: int, course: int, told: Told) -> Outcome:
    """Each question again every week on the weekday of its card, whoever is there."""
    learner, owed = Learner(seed), 0
    for day in learner.days:
        weeks, weekday = divmod(day, WEEK)
        turns = [q for q in (5 * week + weekday for week in range(weeks)) if q < course]
        owed += told.get(day, 0)
        for turn in range(min(owed, len(turns))):
            learner.answer(turns[(weeks - 1 + turn) % len(turns)], day)
            owed -= 1
        if (new := _card(day)) < course:
            learner.answer(new, day)
    return _made_up(learner, owed)


def rota(seed: int, course: int, told: Told) -> Outcome:
    """What this person was asked longest ago, if that is a week."""
    learner, owed = Learner(seed), 0
    for day in learner.days:
        owed += told.get(day, 0)
        ripe = sorted(q for q, last in learner.last.items() if day - last >= WEEK)
        ripe.sort(key=learner.last.__getitem__)
        for question in ripe[:owed]:
            learner.answer(question, day)
            owed -= 1
        if (new := _card(day)) < course:
            learner.answer(new, day)
    return _made_up(learner, owed)


WAYS: dict[str, Callable[[int, int, Told], Outcome]] = {
    "push": push,
    "calendar": calendar,
    "rota": rota,
}
BESIDE = {
    "push": "push only",
    "calendar": "weekly, by calendar",
    "rota": "weekly, by person",
}


def _made_up(learner: Learner, owed: int) -> Outcome:
    """What could not be asked so far is asked on the last day, so that all ask as often."""
    longest = sorted(learner.last, key=learner.last.__getitem__)
    for place in range(owed):
        learner.answer(longest[place % len(longest)], learner.days[-1])
    return _outcome(learner)


def _outcome(learner: Learner) -> Outcome:
    return Outcome(learner.recall(WEEKS * WEEK), learner.asked, len(learner.cards))


def _card(day: int) -> int:
    """The question of a workday's card."""
    weeks, weekday = divmod(day, WEEK)
    return 5 * weeks + weekday


def _within(place: int, value: float) -> float:
    return min(max(value, LOWER_BOUNDS_PARAMETERS[place]), UPPER_BOUNDS_PARAMETERS[place])


def _date(day: int) -> date:
    return FIRST + timedelta(days=day)


def _moment(day: int) -> datetime:
    return datetime.combine(_date(day), time(), UTC)
