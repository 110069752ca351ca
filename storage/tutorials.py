"""What we remember of private study: who is given what each morning, and what they did with it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast, or_
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, delete, select, update
from sqlmodel.sql.expression import Select, SelectOfScalar

from storage.database import Session, add_all, add_once, unsynchronized
from storage.reviews import asked
from storage.tables import (
    Bite,
    Chat,
    Invitation,
    Leave,
    Member,
    Memory,
    Morning,
    Outgoing,
    Pack,
    Person,
    Plan,
    Question,
    Review,
    Team,
    Tutorial,
)

PREFIX = "tutorial"
KEEP = timedelta(days=31)


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


# -- whom to give what -----------------------------------------------------------------------


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


async def pupils(session: Session, morning_ids: Collection[int]) -> Sequence[Pupil]:
    """Who of these mornings' people is given something: each once, with the earliest morning."""
    rows = await session.exec(_pupils(), params={"mornings": list(morning_ids)})
    found: dict[tuple[int, date], Pupil] = {}
    for person, chat, team, day, question, tagged in rows:
        found.setdefault(
            (person, day), Pupil(person, chat, team, day, question, tagged=bool(tagged))
        )
    return list(found.values())


@cache
def _pupils() -> Any:
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


async def point_for(session: Session, person_id: int, day: date, but: int) -> Question | None:
    """The question due for somebody to whom nothing can be sent, and who was told none today.

    `but`: a bite whose questions are asked today anyway.
    """
    which = {"person": person_id, "day": day, "but": but}
    return (await session.exec(_point_for(), params=which)).first()


@cache
def _point_for() -> SelectOfScalar[Question]:
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


# -- those whom nothing reaches --------------------------------------------------------------


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
