"""What is asked of attendance: how often each member studied, in one query."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, or_
from sqlmodel import and_, col, select

from storage.absences import away
from storage.database import Session
from storage.tables import CheckIn, Member, Morning, Person


async def attendance(
    session: Session, team_ids: Collection[int], first: date, last: date
) -> Sequence[tuple[int, str, int, int]]:
    """Team, name, mornings studied and mornings expected, from the first day to the last.

    A morning is expected once it is closed, and of those who had joined and were not excused.
    """
    which = {"teams": list(team_ids), "first": first, "last": last}
    rows = (await session.exec(_attendance(), params=which)).all()
    return [(team, name, int(done), int(expected)) for team, name, done, expected in rows]


@cache
def _attendance() -> Any:
    done = col(CheckIn.id).is_not(None)
    missed = and_(
        col(Morning.closed_at).is_not(None),
        col(Morning.closes_at) > Member.joined_at,
        ~away(Member.id, Morning.day),
    )
    return (
        select(
            Member.team_id,
            Person.name,
            func.count(col(CheckIn.id)),
            func.sum(case((or_(done, missed), 1), else_=0)),
        )
        .join(Person, col(Member.person_id) == Person.id)
        .join(Morning, col(Morning.team_id) == Member.team_id)
        .outerjoin(
            CheckIn,
            and_(col(CheckIn.morning_id) == Morning.id, col(CheckIn.member_id) == Member.id),
        )
        .where(
            col(Member.team_id).in_(bindparam("teams", expanding=True)),
            col(Member.retired_at).is_(None),
            col(Person.telegram_id).is_not(None),
            col(Morning.day) >= bindparam("first"),
            col(Morning.day) <= bindparam("last"),
        )
        .group_by(col(Member.id), col(Member.team_id), col(Person.name))
        .order_by(col(Member.team_id), col(Member.id))
    )
