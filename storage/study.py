"""What we remember of study: what a team reads next, its mornings, its answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache

from sqlalchemy import String, Update, bindparam, case, cast, func
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select, update
from sqlmodel.sql.expression import Select, SelectOfScalar

from storage.database import Session, add_once, unsynchronized
from storage.tables import Answer, Bite, Morning, Pack, Plan, Question, Team


@dataclass(frozen=True)
class Lesson:
    """A morning with all that its card tells of the bite."""

    morning: Morning
    team: Team
    bite: Bite
    questions: Sequence[Question]


async def due_plans(session: Session, now: datetime) -> Sequence[tuple[Plan, Team]]:
    """Plans to look at now, of teams that have a chat."""
    query = (
        select(Plan, Team)
        .join(Team, col(Plan.team_id) == Team.id)
        .where(
            col(Plan.next_at) <= now,
            col(Team.retired_at).is_(None),
            col(Team.chat_id).is_not(None),
        )
        .order_by(col(Plan.next_at), col(Plan.id))
    )
    return (await session.exec(query)).all()


async def next_bite(session: Session, team_id: int, packs: Sequence[str]) -> Bite | None:
    """The next bite of a team: the first of its packs that it has not had, then the oldest."""
    return (await session.exec(_next_bite(tuple(packs)), params={"team": team_id})).first()


@lru_cache(maxsize=64)
def _next_bite(packs: tuple[str, ...]) -> SelectOfScalar[Bite]:
    last = (
        select(Morning.bite_id, func.max(Morning.day).label("day"))
        .where(col(Morning.team_id) == bindparam("team"))
        .group_by(col(Morning.bite_id))
        .subquery()
    )
    order = case({slug: place for place, slug in enumerate(packs)}, value=col(Pack.slug))
    return (
        select(Bite)
        .join(Pack, col(Bite.pack_id) == Pack.id)
        .outerjoin(last, col(Bite.id) == last.c.bite_id)
        .where(col(Pack.slug).in_(packs), col(Bite.retired_at).is_(None))
        .where(cast(col(Bite.tags), String) == "[]")  # the others go to those who have the tag
        .order_by(last.c.day.is_not(None), last.c.day, order, col(Bite.position))
        .limit(1)
    )


async def questions(session: Session, bite_id: int) -> Sequence[Question]:
    """A bite's questions, in order."""
    return (await session.exec(_questions(), params={"bite": bite_id})).all()


@cache
def _questions() -> SelectOfScalar[Question]:
    return (
        select(Question)
        .where(col(Question.bite_id) == bindparam("bite"), col(Question.retired_at).is_(None))
        .order_by(col(Question.position))
    )


async def begin(
    session: Session, team_id: int, day: date, bite_id: int, due_at: datetime, closes_at: datetime
) -> Morning | None:
    """A team's morning of a day; None when there is one already."""
    morning = Morning(
        team_id=team_id, day=day, bite_id=bite_id, due_at=due_at, closes_at=closes_at
    )
    if not await add_once(session, morning):
        return None
    return await session.get_one(Morning, morning.id)


async def look_again(session: Session, plan_id: int, at: datetime) -> None:
    """Let a plan rest until then."""
    await session.exec(_look_again(), params={"plan": plan_id, "next": at})


@cache
def _look_again() -> Update:
    which = update(Plan).where(col(Plan.id) == bindparam("plan"))
    return unsynchronized(which.values(next_at=bindparam("next")))


async def close(session: Session, morning_id: int, now: datetime) -> None:
    """From here on a check-in of this morning is late."""
    await session.exec(update(Morning).where(col(Morning.id) == morning_id).values(closed_at=now))


async def lesson(session: Session, morning_id: int) -> Lesson | None:
    """A morning with its team, bite and questions."""
    row = (await session.exec(_lesson(), params={"morning": morning_id})).first()
    if row is None:
        return None
    morning, team, bite = row
    return Lesson(morning, team, bite, await questions(session, bite.id))


@cache
def _lesson() -> Select[Morning, Team, Bite]:
    return (
        select(Morning, Team, Bite)
        .join(Team, col(Morning.team_id) == Team.id)
        .join(Bite, col(Morning.bite_id) == Bite.id)
        .where(col(Morning.id) == bindparam("morning"))
    )


async def latest(session: Session, team_id: int) -> Morning | None:
    """A team's newest morning."""
    query = select(Morning).where(Morning.team_id == team_id).order_by(col(Morning.day).desc())
    return (await session.exec(query.limit(1))).first()


async def newest(session: Session, team_ids: Collection[int]) -> dict[int, Morning]:
    """By team: its newest morning; not those that have had none."""
    rows = await session.exec(_newest(), params={"teams": list(team_ids)})
    return {morning.team_id: morning for morning in rows}


@cache
def _newest() -> SelectOfScalar[Morning]:
    other = aliased(Morning)
    last = select(func.max(other.day)).where(col(other.team_id) == Team.id).scalar_subquery()
    return (
        select(Morning)
        .join(Team, col(Morning.team_id) == Team.id)
        .where(col(Team.id).in_(bindparam("teams", expanding=True)), col(Morning.day) == last)
    )


async def closing(session: Session, now: datetime) -> Sequence[tuple[Morning, Team]]:
    """Mornings whose time is over, and which nobody has closed."""
    query = (
        select(Morning, Team)
        .join(Team, col(Morning.team_id) == Team.id)
        .where(col(Morning.closed_at).is_(None), col(Morning.closes_at) <= now)
        .order_by(col(Morning.closes_at))
    )
    return (await session.exec(query)).all()


async def answer(
    session: Session, morning_id: int, question_id: int, member_id: int, choice: int, now: datetime
) -> tuple[int, bool]:
    """Keep a member's first answer; the choice that counts, and whether it is this one."""
    row = Answer(
        morning_id=morning_id,
        question_id=question_id,
        member_id=member_id,
        choice=choice,
        at=now,
    )
    if await add_once(session, row):
        return choice, True
    query = select(Answer.choice).where(
        Answer.morning_id == morning_id,
        Answer.question_id == question_id,
        Answer.member_id == member_id,
    )
    return (await session.exec(query)).one(), False


async def answered(session: Session, morning_id: int) -> tuple[int, int]:
    """How many first answers a morning has, and how many of them are right."""
    right = func.sum(case((col(Answer.choice) == Question.right, 1), else_=0))
    query = (
        select(func.count(), func.coalesce(right, 0))
        .select_from(Answer)
        .join(Question, col(Answer.question_id) == Question.id)
        .where(Answer.morning_id == morning_id)
    )
    count, good = (await session.exec(query)).one()
    return int(count), int(good)


async def unattached(session: Session) -> int:
    """How many teams have a plan but no chat to carry it out in."""
    query = (
        select(func.count())
        .select_from(Plan)
        .join(
            Team,
            and_(
                col(Plan.team_id) == Team.id,
                col(Team.retired_at).is_(None),
                col(Team.chat_id).is_(None),
            ),
        )
    )
    return (await session.exec(query)).one()
