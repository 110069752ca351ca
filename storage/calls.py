"""Calls for help with a promise: who needs what, who hears of it, who saw to it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select

from storage.asks import log, open_chat
from storage.commitments import Promise
from storage.database import Session
from storage.kinds import Act, Progress, Role
from storage.tables import Chat, Commitment, CommitmentAct, Grant, Member, Person, Team

CALL = "help"  # begins the names of messages


@dataclass(frozen=True)
class Call:
    """Somebody asked for help, and who saw to it."""

    what: Promise
    act: CommitmentAct
    handled: CommitmentAct | None = None
    by: str = ""

    @property
    def open(self) -> bool:
        """Whether it waits for somebody."""
        return self.handled is None and self.what.commitment.state is Progress.OPEN


def key(act_id: int, person_id: int) -> str:
    """The name of the message in which somebody reads a call for help."""
    return f"{keys_of(act_id)}{person_id}"


def keys_of(act_id: int) -> str:
    """How the names of all messages begin that show one call for help."""
    return f"{CALL}:{act_id}:"


async def make(session: Session, what: Promise, text: str, now: datetime) -> CommitmentAct:
    """Its owner asks for help."""
    act = log(session, what, Act.HELP, what.owner.id, now, text)
    await session.flush()
    return act


async def helpers(session: Session, team: Team, without: int) -> Sequence[tuple[Person, Chat]]:
    """Who hears of a call for help: the team's leaders, and the secretaries of its unit."""
    leads = and_(col(Grant.team_id) == team.id, col(Grant.role) == Role.LEADER)
    runs = and_(col(Grant.unit_id) == team.unit_id, col(Grant.role) == Role.SECRETARY)
    query = (
        select(Person, Chat)
        .join(Grant, col(Grant.person_id) == Person.id)
        .join(Chat, open_chat())
        .where(col(Person.id) != without, or_(leads, runs))
        .order_by(case((leads, 0), else_=1), col(Person.id))
    )
    found = {person.id: (person, chat) for person, chat in await session.exec(query)}
    return list(found.values())


async def of(session: Session, act_ids: Collection[int]) -> dict[int, Call]:
    """By the act: calls for help, and who saw to them."""
    rows = await session.exec(_of(), params={"ids": list(act_ids)})
    return {
        act.id: Call(Promise(what, team, owner), act, handled, name or "")
        for act, what, team, owner, handled, name in rows
    }


@cache
def _of() -> Any:
    done, later = aliased(CommitmentAct), aliased(CommitmentAct)
    first = (
        select(func.min(later.id))
        .where(
            col(later.commitment_id) == CommitmentAct.commitment_id,
            col(later.act) == Act.HANDLED,
            col(later.id) > CommitmentAct.id,
        )
        .correlate(CommitmentAct)
        .scalar_subquery()
    )
    by = aliased(Person)
    return (
        select(CommitmentAct, Commitment, Team, Person)
        .add_columns(done, col(by.name))
        .join(Commitment, col(CommitmentAct.commitment_id) == Commitment.id)
        .join(Team, col(Commitment.team_id) == Team.id)
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(Person, col(Member.person_id) == Person.id)
        .outerjoin(done, col(done.id) == first)
        .outerjoin(by, col(done.person_id) == by.id)
        .where(
            col(CommitmentAct.id).in_(bindparam("ids", expanding=True)),
            col(CommitmentAct.act) == Act.HELP,
        )
        .execution_options(populate_existing=True)
    )


async def handle(session: Session, act_id: int, person_id: int, now: datetime) -> bool:
    """Somebody saw to a call for help. Of two who say so at once, one is told False."""
    found = (await of(session, [act_id])).get(act_id)
    if found is None:
        return False
    row = select(Commitment.id).where(Commitment.id == found.what.commitment.id)
    await session.exec(row.with_for_update())
    found = (await of(session, [act_id])).get(act_id)
    if found is None or not found.open:
        return False
    log(session, found.what, Act.HANDLED, person_id, now)
    await session.flush()
    return True
