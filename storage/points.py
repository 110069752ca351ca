"""What people did that is worth points: counted from the facts, by member, month and year."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, literal, union_all
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select

from storage.database import Session
from storage.kinds import Act, Deed, Progress
from storage.tables import (
    Answer,
    CheckIn,
    Commitment,
    CommitmentAct,
    Member,
    Morning,
    Person,
    Question,
)

DONE = (Progress.CLAIMED, Progress.VERIFIED, Progress.UNVERIFIED)


@dataclass(frozen=True)
class Since:
    """Since when: a local day, and the moment at which it begins."""

    day: date
    at: datetime


@dataclass(frozen=True)
class Doings:
    """What a member did since the year began, and since the month began."""

    name: str
    year: Counter[Deed] = field(default_factory=Counter)
    month: Counter[Deed] = field(default_factory=Counter)


async def of_members(
    session: Session, member_ids: Collection[int], year: Since, month: Since
) -> Mapping[int, Doings]:
    """By member, of those who did anything."""
    return await _found(session, "id", member_ids, year, month)


async def of_team(
    session: Session, team_id: int, year: Since, month: Since
) -> Mapping[int, Doings]:
    """By member, of all who have their place in a team and did anything."""
    return await _found(session, "team_id", [team_id], year, month)


async def _found(
    session: Session, by: str, ids: Collection[int], year: Since, month: Since
) -> Mapping[int, Doings]:
    which = {
        "ids": list(ids),
        "day": year.day,
        "at": year.at,
        "month_day": month.day,
        "month_at": month.at,
    }
    found: dict[int, Doings] = {}
    for member, name, deed, count, lately in (await session.exec(_doings(by), params=which)).all():
        one = found.setdefault(member, Doings(name))
        one.year[Deed(deed)] += int(count)
        one.month[Deed(deed)] += int(lately)
    return found


@cache
def _doings(by: str) -> Any:
    ids: Any = bindparam("ids", expanding=True)
    whose = and_(getattr(Member, by).in_(ids), col(Member.retired_at).is_(None))
    day, month_day, at, month_at = map(_value, ("day", "month_day", "at", "month_at"))
    on_time = col(CheckIn.at) <= Morning.closes_at

    def counted(what: Any, lately: Any) -> Any:
        late = func.sum(case((lately, 1), else_=0))
        columns: tuple[Any, ...] = (Member.id, Person.name, what, func.count(), late)
        return select(*columns).join(Person, col(Member.person_id) == Person.id)

    checkins = (
        counted(
            case((on_time, Deed.CHECKIN.value), else_=Deed.LATE.value),
            col(Morning.day) >= month_day,
        )
        .join(CheckIn, col(CheckIn.member_id) == Member.id)
        .join(Morning, col(CheckIn.morning_id) == Morning.id)
        .where(whose, col(Morning.day) >= day)
        .group_by(col(Member.id), col(Person.name), on_time)
    )
    answers = (
        counted(literal(Deed.RIGHT.value), col(Morning.day) >= month_day)
        .join(Answer, col(Answer.member_id) == Member.id)
        .join(Question, col(Answer.question_id) == Question.id)
        .join(Morning, col(Answer.morning_id) == Morning.id)
        .where(whose, col(Morning.day) >= day, col(Answer.choice) == Question.right)
        .group_by(col(Member.id), col(Person.name))
    )
    claim, newer = aliased(CommitmentAct), aliased(CommitmentAct)
    last = (
        select(func.max(newer.id))
        .where(col(newer.commitment_id) == Commitment.id, col(newer.act) == Act.CLAIMED)
        .correlate(Commitment)
        .scalar_subquery()
    )
    in_time = col(claim.at) <= Commitment.due_at

    def promises(what: Any, states: Collection[Progress], *group: Any) -> Any:
        return (
            counted(what, col(claim.at) >= month_at)
            .join(Commitment, col(Commitment.member_id) == Member.id)
            .join(claim, and_(col(claim.commitment_id) == Commitment.id, col(claim.id) == last))
            .where(whose, col(Commitment.state).in_(states), col(claim.at) >= at)
            .group_by(col(Member.id), col(Person.name), *group)
        )

    kept = promises(case((in_time, Deed.KEPT.value), else_=Deed.KEPT_LATE.value), DONE, in_time)
    verified = promises(literal(Deed.VERIFIED.value), [Progress.VERIFIED])
    return union_all(checkins, answers, kept, verified)


def _value(name: str) -> Any:
    return bindparam(name)
