"""What came of study: bites read, promises made, kept in time, and verified, by team."""

from collections.abc import Collection
from dataclasses import astuple, dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, literal, union_all
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select

from storage.database import Session
from storage.kinds import Act, Progress
from storage.tables import CheckIn, Commitment, CommitmentAct, Member, Morning

DONE = (Progress.CLAIMED, Progress.VERIFIED, Progress.UNVERIFIED)
MEANT = tuple(state for state in Progress if state is not Progress.WITHDRAWN)


@dataclass(frozen=True)
class Flow:
    """Some days of a team, or of several.

    read      check-ins on the mornings of these days, whenever they were made
    made      promises made on these days, whatever has become of them
    due       promises that fall due on these days, but for those that were withdrawn
    kept      of those: reported as done by the date that stood when they were reported
    verified  of those: found to be done by somebody else
    """

    read: int = 0
    made: int = 0
    due: int = 0
    kept: int = 0
    verified: int = 0

    def __add__(self, other: "Flow") -> "Flow":
        """Both together."""
        return Flow(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


async def flows(
    session: Session,
    team_ids: Collection[int],
    days: tuple[date, date],
    bounds: tuple[datetime, datetime],
) -> dict[int, Flow]:
    """By team. `days`: the first and the last; `bounds`: the moments at which they begin, end."""
    found = dict.fromkeys(team_ids, Flow())
    which = {
        "teams": list(found),
        "first": days[0],
        "last": days[1],
        "begin": bounds[0],
        "end": bounds[1],
    }
    for team, *figures in (await session.exec(_flows(), params=which)).all():
        found[team] += Flow(*map(int, figures))
    return found


@cache
def _flows() -> Any:
    teams: Any = bindparam("teams", expanding=True)
    begin: Any = bindparam("begin")
    end: Any = bindparam("end")
    none = literal(0)
    read = (
        _figures(Morning.team_id, func.count(), none, none, none, none)
        .join(CheckIn, col(CheckIn.morning_id) == Morning.id)
        .where(
            col(Morning.team_id).in_(teams),
            col(Morning.day) >= bindparam("first"),
            col(Morning.day) <= bindparam("last"),
        )
        .group_by(col(Morning.team_id))
    )
    made = (
        _figures(Commitment.team_id, none, func.count(), none, none, none)
        .where(
            col(Commitment.team_id).in_(teams),
            col(Commitment.at) >= begin,
            col(Commitment.at) < end,
        )
        .group_by(col(Commitment.team_id))
    )
    claim, of_it = claimed()
    kept = and_(col(Commitment.state).in_(DONE), col(claim.at) <= Commitment.due_at)
    verified = and_(kept, col(Commitment.state) == Progress.VERIFIED)
    due = (
        _figures(
            Commitment.team_id,
            none,
            none,
            func.count(),
            func.sum(case((kept, 1), else_=0)),
            func.sum(case((verified, 1), else_=0)),
        )
        .outerjoin(claim, of_it)
        .where(
            col(Commitment.team_id).in_(teams),
            col(Commitment.state).in_(
                MEANT
            ),  # each by its name, so that the index has their dates
            col(Commitment.due_at) >= begin,
            col(Commitment.due_at) < end,
        )
        .group_by(col(Commitment.team_id))
    )
    left = (  # open past their dates when their owners had themselves forgotten
        _figures(Commitment.team_id, none, none, func.count(), none, none)
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(CommitmentAct, col(CommitmentAct.commitment_id) == Commitment.id)
        .where(
            col(Commitment.team_id).in_(teams),
            col(Commitment.state) == Progress.WITHDRAWN,
            col(Commitment.due_at) >= begin,
            col(Commitment.due_at) < end,
            col(Member.erased_on).is_not(None),
            col(CommitmentAct.act) == Act.LEFT,
            col(CommitmentAct.at) > Commitment.due_at,
        )
        .group_by(col(Commitment.team_id))
    )
    return union_all(read, made, due, left)


def claimed() -> tuple[Any, ColumnElement[bool]]:
    """The last report that a commitment of a query was done, and what joins it."""
    claim, newer = aliased(CommitmentAct), aliased(CommitmentAct)
    last = (
        select(func.max(newer.id))
        .where(col(newer.commitment_id) == Commitment.id, col(newer.act) == Act.CLAIMED)
        .correlate(Commitment)
        .scalar_subquery()
    )
    return claim, and_(col(claim.commitment_id) == Commitment.id, col(claim.id) == last)


def _figures(*columns: Any) -> Any:
    return select(*columns)
