"""What falls due on some days, and how much is past its date: lists that may be long."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, or_
from sqlmodel import col

from storage.absences import away
from storage.commitments import Promise, promises
from storage.database import Session
from storage.kinds import Progress
from storage.tables import Commitment, Member, Team


@dataclass(frozen=True)
class Listed:
    """The first of a list of promises, and what all of it amounts to."""

    rows: Sequence[Promise]
    count: int = 0
    late: int = 0
    away: int = 0  # of owners who are on leave


async def falling_due(
    session: Session,
    team_ids: Collection[int],
    member_ids: Collection[int],
    between: tuple[datetime, datetime],
    now: datetime,
    today: date,
    most: int,
) -> Listed:
    """Open promises due from a moment to before another, of these teams and of these members."""
    which = {
        "teams": list(team_ids),
        "members": list(member_ids),
        "begin": between[0],
        "end": between[1],
        "now": now,
        "today": today,
        "most": most,
    }
    rows = (await session.exec(_falling_due(), params=which)).all()
    if not rows:
        return Listed([])
    count, late, out = map(int, rows[0][-3:])
    return Listed([Promise.of(*row[:-3]) for row in rows], count, late, out)


@cache
def _falling_due() -> Any:
    late = case((col(Commitment.due_at) < bindparam("now"), 1), else_=0)
    out = case((away(Member.id, bindparam("today")), 1), else_=0)
    return (
        promises()
        .add_columns(func.count().over(), func.sum(late).over(), func.sum(out).over())
        .where(
            Commitment.state == Progress.OPEN,
            col(Commitment.due_at) >= bindparam("begin"),
            col(Commitment.due_at) < bindparam("end"),
            col(Member.retired_at).is_(None),
            _of_teams_or_members(),
        )
        .order_by(col(Team.unit_id), col(Team.id), col(Commitment.due_at), col(Commitment.id))
        .limit(bindparam("most"))
    )


def _of_teams_or_members() -> Any:
    return or_(
        col(Commitment.team_id).in_(bindparam("teams", expanding=True)),
        col(Commitment.member_id).in_(bindparam("members", expanding=True)),
    )
