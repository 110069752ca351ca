"""What we remember of study: a team's mornings, with their bites, and the answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select, update
from sqlmodel.sql.expression import Select, SelectOfScalar

from storage.database import Session, add_new, add_once
from storage.tables import Answer, Bite, Morning, Plan, Question, Team


@dataclass(frozen=True)
class Lesson:
    """A morning with all that its card tells of the bite."""

    morning: Morning
    team: Team
    bite: Bite
    questions: Sequence[Question]
    days: str = ""  # of the team's plan, where it has one


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


async def questions(session: Session, bite_ids: Collection[int]) -> dict[int, Sequence[Question]]:
    """By bite: its questions, in order."""
    found: dict[int, list[Question]] = {bite: [] for bite in bite_ids}
    for question in await session.exec(_questions(), params={"bites": list(found)}):
        found[question.bite_id].append(question)
    return dict(found)


@cache
def _questions() -> SelectOfScalar[Question]:
    these = col(Question.bite_id).in_(bindparam("bites", expanding=True))
    return (
        select(Question)
        .where(these, col(Question.retired_at).is_(None))
        .order_by(col(Question.position))
    )


async def begin(session: Session, mornings: Sequence[Morning]) -> dict[int, int]:
    """Begin mornings of different teams; by team its id, not of those that had theirs before."""
    rows = [
        {
            "team_id": one.team_id,
            "day": one.day,
            "bite_id": one.bite_id,
            "due_at": one.due_at,
            "closes_at": one.closes_at,
        }
        for one in mornings
    ]
    return {row.team_id: row.id for row in await add_new(session, Morning, rows, "team_id")}


async def close(session: Session, morning_id: int, now: datetime) -> None:
    """From here on a check-in of this morning is late."""
    await session.exec(update(Morning).where(col(Morning.id) == morning_id).values(closed_at=now))


async def lesson(session: Session, morning_id: int) -> Lesson | None:
    """A morning with its team, bite and questions."""
    return (await lessons(session, [morning_id])).get(morning_id)


async def lessons(session: Session, morning_ids: Collection[int]) -> dict[int, Lesson]:
    """By id: these mornings with their teams, bites and questions."""
    rows = (await session.exec(_lessons(), params={"mornings": list(morning_ids)})).all()
    asked = await questions(session, {bite.id for _, _, bite, _ in rows})
    return {
        morning.id: Lesson(morning, team, bite, asked[bite.id], days or "")
        for morning, team, bite, days in rows
    }


@cache
def _lessons() -> Any:
    return (
        select(Morning, Team, Bite, Plan.days)
        .join(Team, col(Morning.team_id) == Team.id)
        .join(Bite, col(Morning.bite_id) == Bite.id)
        .outerjoin(Plan, col(Plan.team_id) == Morning.team_id)
        .where(col(Morning.id).in_(bindparam("mornings", expanding=True)))
        .order_by(col(Morning.id))
    )


async def latest(session: Session, team_id: int) -> Morning | None:
    """A team's newest morning."""
    query = select(Morning).where(Morning.team_id == team_id).order_by(col(Morning.day).desc())
    return (await session.exec(query.limit(1))).first()


async def since(session: Session, team_id: int, day: date) -> Sequence[Morning]:
    """A team's mornings from `day` on: that of today, and tomorrow's, once its card is out."""
    query = select(Morning).where(Morning.team_id == team_id, col(Morning.day) >= day)
    return (await session.exec(query.order_by(col(Morning.day)))).all()


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
    return (await session.exec(_closing(), params={"now": now})).all()


@cache
def _closing() -> Select[Morning, Team]:
    return (
        select(Morning, Team)
        .join(Team, col(Morning.team_id) == Team.id)
        .where(col(Morning.closed_at).is_(None), col(Morning.closes_at) <= bindparam("now"))
        .order_by(col(Morning.closes_at))
    )


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
