"""Whom to give something for themselves this morning, and what: people are named by one query."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast, or_
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Session, add_once, unsynchronized
from storage.reviews import asked
from storage.tables import (
    Bite,
    Chat,
    Invitation,
    Leave,
    Member,
    Memory,
    Morning,
    Pack,
    Person,
    Plan,
    Question,
    Team,
    Tutorial,
)


@dataclass(frozen=True)
class Pupil:
    """Somebody who may be written to this morning, with the question that is due for them."""

    person_id: int
    chat_id: int
    team_id: int
    day: date
    question_id: int | None
    tagged: bool  # has tags, in whichever team


@dataclass(frozen=True)
class Place:
    """A person's place in a team: their tags there, and the packs that the team walks through."""

    tags: Sequence[str]
    packs: Sequence[str]


async def untold(session: Session, now: datetime) -> Sequence[Morning]:
    """Mornings that have begun, and whose people were given nothing yet; the earliest first."""
    return (await session.exec(_untold(), params={"now": now})).all()


@cache
def _untold() -> SelectOfScalar[Morning]:
    query = select(Morning).where(
        col(Morning.told_at).is_(None), col(Morning.due_at) <= bindparam("now")
    )
    return query.order_by(col(Morning.due_at), col(Morning.id))


async def tell(session: Session, morning_ids: Collection[int], now: datetime) -> Sequence[int]:
    """Take these mornings, to give their people what is theirs; those that nobody had taken."""
    taken = await session.exec(
        unsynchronized(
            update(Morning)
            .where(col(Morning.id).in_(morning_ids), col(Morning.told_at).is_(None))
            .values(told_at=now)
        ).returning(col(Morning.id))
    )
    return taken.scalars().all()


def writable() -> ColumnElement[bool]:
    """Whether somebody may be written to unasked, of a query that has Person, Chat and Morning.

    This is the one place where that is asked: the private chat is open, and no leave of theirs,
    in whichever team, covers the morning's day.
    """
    place = aliased(Member)
    away = (
        select(Leave.id)
        .join(place, col(Leave.member_id) == place.id)
        .where(
            col(place.person_id) == Person.id,
            col(place.retired_at).is_(None),
            col(Leave.first) <= Morning.day,
            col(Leave.last) >= Morning.day,
        )
        .correlate(Person, Morning)
        .exists()
    )
    return and_(col(Chat.trouble) == "", ~away)


async def of(session: Session, morning_ids: Collection[int]) -> Sequence[Pupil]:
    """Who of these mornings' people is given something: each once, with the earliest morning."""
    rows = await session.exec(_of(), params={"mornings": list(morning_ids)})
    found: dict[int, Pupil] = {}
    for person, chat, team, day, question, tagged in rows:
        pupil = Pupil(person, chat, team, day, question, tagged=bool(tagged))
        found.setdefault(person, pupil)
    return list(found.values())


@cache
def _of() -> Any:
    given = (
        select(Tutorial.id)
        .where(col(Tutorial.person_id) == Person.id, col(Tutorial.day) == Morning.day)
        .exists()
    )
    place = aliased(Member)
    tagged = (
        select(place.id)
        .where(
            col(place.person_id) == Person.id,
            col(place.retired_at).is_(None),
            cast(col(place.tags), String) != "[]",
        )
        .exists()
    )
    columns: tuple[Any, ...] = (
        col(Person.id).label("person_id"),
        col(Chat.id).label("chat_id"),
        col(Morning.team_id).label("team_id"),
        col(Morning.day).label("day"),
        _due(col(Morning.day), col(Morning.bite_id)).label("question_id"),
        tagged.label("tagged"),
        col(Morning.due_at).label("due_at"),
        col(Morning.id).label("morning_id"),
    )
    everybody = (
        select(*columns)
        .select_from(Morning)
        .join(Member, col(Member.team_id) == Morning.team_id)
        .join(Person, col(Member.person_id) == Person.id)
        .join(Chat, col(Chat.telegram_id) == Person.telegram_id)
        .where(
            col(Morning.id).in_(bindparam("mornings", expanding=True)),
            col(Member.retired_at).is_(None),
            writable(),
            ~given,
        )
        .subquery()
    )
    c = everybody.c
    wanted: tuple[Any, ...] = (c.person_id, c.chat_id, c.team_id, c.day, c.question_id, c.tagged)
    return (
        select(*wanted)
        .where(or_(c.question_id.is_not(None), c.tagged))
        .order_by(c.due_at, c.morning_id, c.person_id)
    )


def _due(day: Any, but: Any) -> Any:
    """The question that is most pressing for a Person of a query on a day, but not of one bite."""
    return (
        select(Memory.question_id)
        .join(Question, col(Memory.question_id) == Question.id)
        .join(Bite, col(Question.bite_id) == Bite.id)
        .where(
            col(Memory.person_id) == Person.id,
            col(Memory.due) <= day,
            col(Question.bite_id) != but,  # the card asks it today
            asked(),
        )
        .order_by(col(Memory.known), col(Memory.due), col(Memory.question_id))
        .limit(1)
        .correlate(Person, Morning)
        .scalar_subquery()
    )


async def places(session: Session, person_ids: Collection[int]) -> dict[int, Sequence[Place]]:
    """By person: the places in which they have tags, in the order in which they were taken."""
    query = (
        select(Member.person_id, Member.tags, Plan.packs)
        .join(Team, col(Member.team_id) == Team.id)
        .join(Plan, col(Plan.team_id) == Team.id)
        .where(
            col(Member.person_id).in_(person_ids),
            col(Member.retired_at).is_(None),
            col(Team.retired_at).is_(None),
        )
        .order_by(col(Member.id))
    )
    found: dict[int, list[Place]] = defaultdict(list)
    for person, tags, packs in await session.exec(query):
        if tags:
            found[person].append(Place(tags, packs))
    return dict(found)


async def shelf(
    session: Session, packs: Collection[str]
) -> dict[str, Sequence[tuple[int, Sequence[str]]]]:
    """By pack: its bites for people with certain tags, in order; the bite's id and the tags."""
    query = (
        select(Pack.slug, Bite.id, Bite.tags)
        .join(Bite, col(Bite.pack_id) == Pack.id)
        .where(
            col(Pack.slug).in_(packs),
            col(Bite.retired_at).is_(None),
            cast(col(Bite.tags), String) != "[]",
        )
        .order_by(col(Bite.position))
    )
    found: dict[str, list[tuple[int, Sequence[str]]]] = defaultdict(list)
    for slug, bite, tags in await session.exec(query):
        found[slug].append((bite, tags))
    return dict(found)


async def had(session: Session, person_ids: Collection[int]) -> dict[int, set[int]]:
    """By person: the bites that they were given."""
    query = select(Tutorial.person_id, Tutorial.bite_id).where(
        col(Tutorial.person_id).in_(person_ids), col(Tutorial.bite_id).is_not(None)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person, bite in await session.exec(query):
        if bite is not None:
            found[person].add(bite)
    return dict(found)


# -- those whom nothing reaches --------------------------------------------------------------


async def point(session: Session, person_id: int, day: date, but: int) -> Question | None:
    """The question due for somebody to whom nothing can be sent, and who was told none today.

    `but`: a bite whose questions are asked today anyway.
    """
    which = {"person": person_id, "day": day, "but": but}
    return (await session.exec(_point(), params=which)).first()


@cache
def _point() -> SelectOfScalar[Question]:
    reached = (
        select(Chat.id)
        .where(col(Chat.telegram_id) == Person.telegram_id, col(Chat.trouble) == "")
        .exists()
    )
    today = (
        select(Tutorial.id)
        .where(col(Tutorial.person_id) == Person.id, col(Tutorial.day) == bindparam("day"))
        .exists()
    )
    told = (  # since it was last answered: another one's turn comes first
        select(Tutorial.id)
        .where(
            col(Tutorial.person_id) == Memory.person_id,
            col(Tutorial.question_id) == Memory.question_id,
            ~col(Tutorial.sent),
            col(Tutorial.day) > Memory.last,
        )
        .exists()
    )
    return (
        select(Question)
        .select_from(Person)
        .join(Memory, col(Memory.person_id) == Person.id)
        .join(Question, col(Memory.question_id) == Question.id)
        .join(Bite, col(Question.bite_id) == Bite.id)
        .where(
            col(Person.id) == bindparam("person"),
            col(Memory.due) <= bindparam("day"),
            col(Question.bite_id) != bindparam("but"),
            asked(),
            ~reached,
            ~today,
        )
        .order_by(told, col(Memory.known), col(Memory.due), col(Memory.question_id))
        .limit(1)
    )


async def invite(session: Session, person_id: int, morning_id: int, now: datetime) -> bool:
    """Ask somebody to open the private chat, at most once ever."""
    row = Invitation(person_id=person_id, morning_id=morning_id, at=now)
    return await add_once(session, row)


async def accept(session: Session, person_id: int, morning_id: int, now: datetime) -> bool:
    """Whether somebody was asked on this morning and has not been led there yet; now they are."""
    result = await session.exec(
        update(Invitation)
        .where(
            col(Invitation.person_id) == person_id,
            col(Invitation.morning_id) == morning_id,
            col(Invitation.opened_at).is_(None),
        )
        .values(opened_at=now)
    )
    return bool(result.rowcount)
