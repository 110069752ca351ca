"""Promises that are open: somebody's own, and a team's that are due or overdue; how many."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from storage.commitments import Promise, promises
from storage.database import Session
from storage.kinds import Plea, Progress
from storage.pleas import awaits_help, plea, postponed
from storage.tables import Commitment, Member, Person, Team

Pleas = Mapping[int, Plea]  # by commitment, of those whose owners asked for something


@dataclass(frozen=True)
class Late:
    """The first of what is past its date; how much that is in each of their teams, and in all."""

    rows: Sequence[Promise]
    pleas: Pleas
    counts: Mapping[int, int]
    whole: int


async def mine(
    session: Session, person_id: int, team_id: int | None = None
) -> tuple[Sequence[tuple[Commitment, Team]], Pleas]:
    """A person's open promises, the most pressing first: in one team, or (None) in all."""
    which = {"person": person_id, "team": team_id}
    found, pleas = [], {}
    for commitment, team, *asked in await session.exec(_mine(team_id is None), params=which):
        found.append((commitment, team))
        if wanted := plea(*asked):
            pleas[commitment.id] = wanted
    return found, pleas


@cache
def _mine(everywhere: bool) -> Any:
    query = (
        select(Commitment, Team, awaits_help(), postponed())
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(Team, col(Commitment.team_id) == Team.id)
        .where(
            Member.person_id == bindparam("person"),
            col(Member.retired_at).is_(None),
            Commitment.state == Progress.OPEN,
        )
        .order_by(col(Commitment.due_at), col(Commitment.id))
    )
    return query if everywhere else query.where(Commitment.team_id == bindparam("team"))


async def due(
    session: Session, team_ids: Collection[int], before: datetime
) -> dict[int, Sequence[tuple[Commitment, Person]]]:
    """By team: its open promises that are due before a moment, the oldest first."""
    found: dict[int, list[tuple[Commitment, Person]]] = {team: [] for team in team_ids}
    which = {"teams": list(found), "before": before}
    for promise, owner in await session.exec(_due(), params=which):
        found[promise.team_id].append((promise, owner))
    return dict(found)


@cache
def _due() -> Select[Commitment, Person]:
    return (
        select(Commitment, Person)
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(Person, col(Member.person_id) == Person.id)
        .where(
            col(Commitment.team_id).in_(bindparam("teams", expanding=True)),
            Commitment.state == Progress.OPEN,
            col(Commitment.due_at) < bindparam("before"),
            col(Member.retired_at).is_(None),
        )
        .order_by(col(Commitment.due_at), col(Commitment.id))
    )


async def overdue(
    session: Session,
    now: datetime,
    team_ids: Collection[int],
    member_ids: Collection[int],
    most: int,
) -> Late:
    """Open promises past their date, of these teams and of these members, team by team."""
    which = {"teams": list(team_ids), "members": list(member_ids), "now": now, "most": most}
    found: list[Promise] = []
    pleas: dict[int, Plea] = {}
    counts: dict[int, int] = {}
    whole = 0
    for *row, helped, posted, of_team, of_all in await session.exec(_overdue(), params=which):
        promise = Promise.of(*row)
        found.append(promise)
        counts[promise.team.id], whole = of_team, of_all
        if wanted := plea(helped, posted):
            pleas[promise.commitment.id] = wanted
    return Late(found, pleas, counts, whole)


@cache
def _overdue() -> Any:
    order = (col(Team.unit_id), col(Team.id), col(Commitment.due_at), col(Commitment.id))
    of_team = func.count().over(partition_by=col(Commitment.team_id))
    # Counted before the rest is looked up, which is done for those that are shown alone.
    shown = (
        select(Commitment.id, of_team.label("of_team"), func.count().over().label("of_all"))
        .join(Team, col(Commitment.team_id) == Team.id)
        .join(Member, col(Commitment.member_id) == Member.id)
        .where(
            Commitment.state == Progress.OPEN,
            col(Commitment.due_at) < bindparam("now"),
            col(Member.retired_at).is_(None),
            or_(
                col(Commitment.team_id).in_(bindparam("teams", expanding=True)),
                col(Commitment.member_id).in_(bindparam("members", expanding=True)),
            ),
        )
        .order_by(*order)
        .limit(bindparam("most"))
        .subquery()
    )
    return (
        promises()
        .add_columns(awaits_help(), postponed(), shown.c.of_team, shown.c.of_all)
        .join(shown, shown.c.id == Commitment.id)
        .order_by(*order)
    )


async def counts(
    session: Session, team_ids: Collection[int], now: datetime
) -> dict[int, tuple[int, int]]:
    """By team: how many of its promises are open, and how many of them overdue."""
    rows = await session.exec(_counts(), params={"teams": list(team_ids), "now": now})
    found = {team: (int(count), int(overdue)) for team, count, overdue in rows}
    return {team: found.get(team, (0, 0)) for team in team_ids}


@cache
def _counts() -> Select[int, int, int]:
    late = case((col(Commitment.due_at) < bindparam("now"), 1), else_=0)
    return (
        select(Commitment.team_id, func.count(), func.coalesce(func.sum(late), 0))
        .join(Member, col(Commitment.member_id) == Member.id)
        .where(
            col(Commitment.team_id).in_(bindparam("teams", expanding=True)),
            Commitment.state == Progress.OPEN,
            col(Member.retired_at).is_(None),
        )
        .group_by(col(Commitment.team_id))
    )
