"""What we remember of private study: what people were given, and what they did with it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, or_
from sqlmodel import and_, col, delete, select, update
from sqlmodel.sql.expression import Select

from storage.database import Session, add_all, add_once, unsynchronized
from storage.tables import (
    Bite,
    Memory,
    Outgoing,
    Person,
    Question,
    Review,
    Team,
    Tutorial,
)

PREFIX = "tutorial"
KEEP = timedelta(days=31)


@dataclass(frozen=True)
class Point:
    """A question of a tutorial, and what became of it."""

    question: Question
    title: str  # of its bite
    right: bool | None = None  # None: not answered
    back: date | None = None  # from when on it may come back


@dataclass(frozen=True)
class Sheet:
    """All that the message of a tutorial shows."""

    tutorial: Tutorial
    team: Team
    person: Person
    points: Sequence[Point]  # first the one that came back
    bite: Bite | None

    @property
    def locale(self) -> str:
        """The language to speak in."""
        return self.person.locale or self.team.locale

    @property
    def open(self) -> bool:
        """Whether anything is left to be answered."""
        return self.tutorial.closed_at is None and any(p.right is None for p in self.points)


def key(tutorial_id: int) -> str:
    """The name in the outbox of a tutorial's message."""
    return f"{PREFIX}:{tutorial_id}"


# -- giving ----------------------------------------------------------------------------------


async def replace(
    session: Session, person_ids: Collection[int], day: date, now: datetime
) -> Sequence[int]:
    """What these people were given before `day` is not to be answered any more; which that is."""
    closed = await session.exec(
        unsynchronized(
            update(Tutorial)
            .where(
                col(Tutorial.person_id).in_(person_ids),
                col(Tutorial.closed_at).is_(None),
                col(Tutorial.day) < day,
            )
            .values(closed_at=now)
        ).returning(col(Tutorial.id))
    )
    return closed.scalars().all()


async def give(
    session: Session, rows: Sequence[dict[str, Any]], now: datetime
) -> Sequence[tuple[int, int]]:
    """Write down what people are given, each at most once a day: the tutorials, by person."""
    # In one order for everybody: two replicas may give the same people something at once.
    await add_all(session, Tutorial, sorted(rows, key=itemgetter("person_id")))
    query = select(Tutorial.person_id, Tutorial.id).where(
        col(Tutorial.person_id).in_([row["person_id"] for row in rows]),
        col(Tutorial.day).in_({row["day"] for row in rows}),
        Tutorial.at == now,
    )
    return (await session.exec(query)).all()


async def tell_point(
    session: Session, person_id: int, team_id: int, day: date, question_id: int, now: datetime
) -> bool:
    """Write down that somebody was told a question in the answer to a tap."""
    row = Tutorial(
        person_id=person_id,
        team_id=team_id,
        day=day,
        question_id=question_id,
        sent=False,
        at=now,
        closed_at=now,
    )
    return await add_once(session, row)


# -- what they did with it -------------------------------------------------------------------


async def own(session: Session, tutorial_id: int, person_id: int) -> Sheet | None:
    """A tutorial that was sent to this person."""
    found = (await sheets(session, [tutorial_id])).get(tutorial_id)
    if found is None or found.person.id != person_id or not found.tutorial.sent:
        return None
    return found


async def studied(session: Session, tutorial_id: int, now: datetime) -> bool:
    """The bite of a tutorial was studied; False when that was known."""
    result = await session.exec(
        unsynchronized(
            update(Tutorial)
            .where(col(Tutorial.id) == tutorial_id, col(Tutorial.studied_at).is_(None))
            .values(studied_at=now)
        )
    )
    return bool(result.rowcount)


async def close(session: Session, tutorial_id: int, now: datetime) -> None:
    """Nothing of a tutorial is left to be answered."""
    which = update(Tutorial).where(
        col(Tutorial.id) == tutorial_id, col(Tutorial.closed_at).is_(None)
    )
    await session.exec(unsynchronized(which.values(closed_at=now)))


async def sheets(session: Session, tutorial_ids: Collection[int]) -> dict[int, Sheet]:
    """What the messages of tutorials show: four queries, however many they are."""
    which = {"tutorials": list(tutorial_ids)}
    rows = (await session.exec(_sheets(), params=which)).all()
    tutorials = [tutorial for tutorial, _, _ in rows]
    bites = {one.bite_id for one in tutorials if one.bite_id is not None}
    wanted = {
        "questions": [one.question_id for one in tutorials if one.question_id is not None],
        "bites": list(bites),
    }
    returned: dict[int, Point] = {}
    of_bite: dict[int, list[Point]] = defaultdict(list)
    for question, title in await session.exec(_questions(), params=wanted):
        point = Point(question, title)
        returned[question.id] = point
        if question.bite_id in bites and question.retired_at is None:
            of_bite[question.bite_id].append(point)
    found = await session.exec(select(Bite).where(col(Bite.id).in_(bites))) if bites else ()
    by_id = {bite.id: bite for bite in found}
    results = {
        (tutorial, question): (bool(right), due)
        for tutorial, question, right, due in await session.exec(_results(), params=which)
    }

    def answered(tutorial: Tutorial, point: Point) -> Point:
        right, due = results.get((tutorial.id, point.question.id), (None, None))
        return Point(point.question, point.title, right, due)

    sheets_: dict[int, Sheet] = {}
    for tutorial, team, person in rows:
        first = [returned[tutorial.question_id]] if tutorial.question_id in returned else []
        points = [*first, *(p for p in of_bite.get(tutorial.bite_id or 0, ()) if p not in first)]
        sheets_[tutorial.id] = Sheet(
            tutorial,
            team,
            person,
            [answered(tutorial, point) for point in points],
            by_id.get(tutorial.bite_id or 0),
        )
    return sheets_


@cache
def _sheets() -> Select[Tutorial, Team, Person]:
    return (
        select(Tutorial, Team, Person)
        .join(Team, col(Tutorial.team_id) == Team.id)
        .join(Person, col(Tutorial.person_id) == Person.id)
        .where(col(Tutorial.id).in_(bindparam("tutorials", expanding=True)))
        .execution_options(populate_existing=True)
    )


@cache
def _questions() -> Select[Question, str]:
    return (
        select(Question, Bite.title)
        .join(Bite, col(Question.bite_id) == Bite.id)
        .where(
            or_(
                col(Question.id).in_(bindparam("questions", expanding=True)),
                col(Question.bite_id).in_(bindparam("bites", expanding=True)),
            )
        )
        .order_by(col(Question.bite_id), col(Question.position))
    )


@cache
def _results() -> Any:
    columns: Any = (Review.tutorial_id, Review.question_id, Review.right, Memory.due)
    return (
        select(*columns)
        .outerjoin(
            Memory,
            and_(
                col(Memory.person_id) == Review.person_id,
                col(Memory.question_id) == Review.question_id,
            ),
        )
        .where(col(Review.tutorial_id).in_(bindparam("tutorials", expanding=True)))
    )


async def forget(session: Session, now: datetime) -> None:
    """Let go of messages of more than a month ago: of what was done with them there are facts."""
    for prefix in (f"{PREFIX}:", f"edit:{PREFIX}:"):
        await session.exec(
            delete(Outgoing).where(
                col(Outgoing.key) >= prefix,
                col(Outgoing.key) < prefix + "\x7f",
                col(Outgoing.done_at) < now - KEEP,
            )
        )
