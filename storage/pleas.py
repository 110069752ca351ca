"""What the owners of open promises have asked for: help that has not come, or more time."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from storage.database import Session
from storage.kinds import Act, Plea
from storage.tables import Commitment, CommitmentAct

ENDS_HELP = (Act.HANDLED, Act.CLAIMED)


def plea(helped: object, posted: object) -> Plea | None:
    """What was asked for, by the columns `awaits_help` and `postponed` of a query."""
    return Plea.HELP if helped else Plea.TIME if posted else None


async def by_ids(session: Session, ids: Collection[int]) -> dict[int, Plea]:
    """By id: what the owners of these promises have asked for; not of those who asked nothing."""
    if not ids:
        return {}
    found = {}
    for number, called, ended in await session.exec(_pleas(), params={"ids": list(ids)}):
        found[number] = Plea.HELP if called > ended else Plea.TIME
    return found


async def of(session: Session, commitment_id: int) -> Plea | None:
    """What the owner of this one has asked for."""
    return (await by_ids(session, [commitment_id])).get(commitment_id)


@cache
def _pleas() -> Any:
    act, number = col(CommitmentAct.act), col(CommitmentAct.id)
    called = func.coalesce(func.max(case((act == Act.HELP, number))), 0)
    ended = func.coalesce(func.max(case((act.in_(ENDS_HELP), number))), 0)
    posted = func.max(case((act == Act.POSTPONED, 1), else_=0))
    return (
        select(CommitmentAct.commitment_id, called, ended)
        .where(
            col(CommitmentAct.commitment_id).in_(bindparam("ids", expanding=True)),
            act.in_([Act.HELP, Act.POSTPONED, *ENDS_HELP]),
        )
        .group_by(col(CommitmentAct.commitment_id))
        .having(or_(called > ended, posted == 1))
    )


# -- columns, of queries over commitments ----------------------------------------------------


def awaits_help() -> Any:
    """Whether its owner called for help, and nobody has seen to it since."""

    def unanswered(called: Any) -> Any:
        later = aliased(CommitmentAct)
        answer = select(later.id).where(
            col(later.commitment_id) == called.commitment_id,
            col(later.act).in_(ENDS_HELP),
            col(later.id) > called.id,
        )
        return ~answer.correlate(called).exists()

    return did(unanswered, act=Act.HELP)


def postponed() -> Any:
    """Whether its owner ever put it off."""
    return did(act=Act.POSTPONED)


def did(*more: Any, act: Act) -> Any:
    """Whether an act was done to it; `more`: what else is true of the act."""
    done = aliased(CommitmentAct)
    said = [col(done.commitment_id) == Commitment.id, col(done.act) == act]
    return (
        select(done.id).where(*said, *(one(done) for one in more)).correlate(Commitment).exists()
    )
