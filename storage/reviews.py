"""What we remember of answers as they tell of memory: who knew what, what is due, what was missed.

`review` has the facts. `memory` has what they come to, by the rule of the house for that, so that
what is due is found by an index; whoever adds a review says what it comes to.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func
from sqlmodel import and_, col, delete, select, update

from storage.database import Session, add_all, add_once, unsynchronized
from storage.tables import Bite, Memory, Person, Question, Review


@dataclass(frozen=True)
class Kept:
    """A question that somebody has answered, and what is left of it."""

    ask: str
    title: str  # of its bite
    last: date
    stability: float
    due: date


@dataclass(frozen=True)
class Missed:
    """A question that was answered wrongly: how often, of how many answers."""

    team_id: int
    question: Question
    title: str  # of its bite
    wrong: int
    answers: int


async def add(session: Session, review: Review) -> bool:
    """Keep an answer; False when the person answered this question earlier on that day."""
    return await add_once(session, review)


async def show(session: Session, review: Review) -> None:
    """Let a tutorial show the answer that was given elsewhere on that day, and is the first."""
    await session.exec(
        unsynchronized(
            update(Review)
            .where(
                col(Review.person_id) == review.person_id,
                col(Review.question_id) == review.question_id,
                col(Review.edition) == review.edition,
                col(Review.day) == review.day,
                col(Review.tutorial_id).is_(None),
            )
            .values(tutorial_id=review.tutorial_id)
        )
    )


async def history(
    session: Session, person_id: int, question_id: int, edition: int
) -> Sequence[tuple[date, bool]]:
    """A person's answers to a question as it is now: the day, and whether it was right."""
    which = {"person": person_id, "question": question_id, "edition": edition}
    rows = await session.exec(_history(), params=which)
    return [(day, bool(right)) for day, right in rows]


@cache
def _history() -> Any:
    columns: tuple[Any, ...] = (Review.day, Review.right)
    return select(*columns).where(
        col(Review.person_id) == bindparam("person"),
        col(Review.question_id) == bindparam("question"),
        col(Review.edition) == bindparam("edition"),
    )


async def remember(session: Session, memory: Memory) -> None:
    """Keep what a person's answers to a question come to now."""
    if await add_once(session, memory):
        return
    values = {
        "person": memory.person_id,
        "question": memory.question_id,
        "new_last": memory.last,
        "new_stability": memory.stability,
        "new_due": memory.due,
        "new_known": memory.known,
    }
    await session.exec(_remember(), params=values)


@cache
def _remember() -> Any:
    which = update(Memory).where(
        col(Memory.person_id) == bindparam("person"),
        col(Memory.question_id) == bindparam("question"),
    )
    return unsynchronized(
        which.values(
            last=bindparam("new_last"),
            stability=bindparam("new_stability"),
            due=bindparam("new_due"),
            known=bindparam("new_known"),
        )
    )


async def forget(session: Session, question_ids: Collection[int]) -> None:
    """These questions ask something else from now on: nobody has answered them yet."""
    if question_ids:
        await session.exec(delete(Memory).where(col(Memory.question_id).in_(question_ids)))


async def lacking(session: Session) -> bool:
    """Whether there are facts, but nothing that was made of them: after a step of the schema."""
    facts, made = select(Review.id).exists(), select(Memory.person_id).exists()
    return bool((await session.exec(select(and_(facts, ~made)))).one())


async def clear(session: Session, person_ids: Collection[int]) -> None:
    """Forget what was made of these people's answers."""
    await session.exec(delete(Memory).where(col(Memory.person_id).in_(person_ids)))


async def people(session: Session, after: int, limit: int) -> Sequence[int]:
    """Those who have answered anything and were not forgotten, some at a time, by their ids."""
    query = (
        select(Review.person_id)
        .distinct()
        .join(Person, col(Review.person_id) == Person.id)
        .where(col(Review.person_id) > after, col(Person.erased_at).is_(None))
    )
    return (await session.exec(query.order_by(col(Review.person_id)).limit(limit))).all()


async def newest_person(session: Session) -> int:
    """The last of those who have answered anything, by the order of their ids; 0: nobody has."""
    return (await session.exec(select(func.max(Review.person_id)))).one() or 0


async def facts(
    session: Session, person_ids: Collection[int]
) -> Sequence[tuple[int, int, date, bool]]:
    """Answers of these people to questions as they are now: person, question, day, right."""
    columns: tuple[Any, ...] = (Review.person_id, Review.question_id, Review.day, Review.right)
    query = (
        select(*columns)
        .join(Question, col(Review.question_id) == Question.id)
        .where(col(Review.person_id).in_(person_ids), col(Review.edition) == col(Question.edition))
        .order_by(col(Review.person_id), col(Review.question_id), col(Review.day))
    )
    return [(who, what, day, bool(right)) for who, what, day, right in await session.exec(query)]


async def remember_all(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Keep many at once, of which none is kept yet."""
    await add_all(session, Memory, rows)


async def kept(session: Session, person_id: int) -> Sequence[Kept]:
    """All that a person has answered and that is still asked, the next to come back first."""
    rows = await session.exec(_kept(), params={"person": person_id})
    return [Kept(*row) for row in rows]


@cache
def _kept() -> Any:
    columns: Any = (Question.ask, Bite.title, Memory.last, Memory.stability, Memory.due)
    return (
        select(*columns)
        .select_from(Memory)
        .join(Question, col(Memory.question_id) == Question.id)
        .join(Bite, col(Question.bite_id) == Bite.id)
        .where(col(Memory.person_id) == bindparam("person"), asked())
        .order_by(col(Memory.due), col(Memory.known), col(Memory.question_id))
    )


def asked() -> ColumnElement[bool]:
    """A question of a query, joined with its bite, is still in use."""
    return and_(col(Question.retired_at).is_(None), col(Bite.retired_at).is_(None))


async def missed(
    session: Session, team_ids: Collection[int], since: datetime, until: datetime, limit: int = 3
) -> Sequence[Missed]:
    """What teams answered wrongly most often from `since` to before `until`; names nobody.

    Up to `limit` of each team, in one query.
    """
    which = {"teams": list(team_ids), "since": since, "until": until, "most": limit}
    rows = (await session.exec(_missed(), params=which)).all()
    return [
        Missed(team, question, title, int(wrong), int(answers))
        for team, question, title, wrong, answers in rows
    ]


@cache
def _missed() -> Any:
    wrong = func.sum(case((col(Review.right), 0), else_=1))
    count = func.count()
    place = func.row_number().over(
        partition_by=col(Review.team_id),
        order_by=[wrong.desc(), count, col(Review.question_id)],
    )
    ranked = (
        select(Review.team_id, Review.question_id)
        .add_columns(wrong.label("wrong"), count.label("answers"), place.label("place"))
        .join(
            Question,
            and_(
                col(Review.question_id) == Question.id,
                col(Review.edition) == col(Question.edition),
            ),
        )
        .join(Bite, col(Question.bite_id) == Bite.id)
        .where(
            col(Review.team_id).in_(bindparam("teams", expanding=True)),
            col(Review.at) >= bindparam("since"),
            col(Review.at) < bindparam("until"),
            asked(),
        )
        .group_by(col(Review.team_id), col(Review.question_id))
        .having(wrong > 0)
        .subquery()
    )
    columns: Any = (ranked.c.team_id, Question, Bite.title, ranked.c.wrong, ranked.c.answers)
    return (
        select(*columns)
        .join(Question, col(Question.id) == ranked.c.question_id)
        .join(Bite, col(Question.bite_id) == Bite.id)
        .where(ranked.c.place <= bindparam("most"))
        .order_by(ranked.c.team_id, ranked.c.place)
    )
