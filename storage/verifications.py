"""Promises that were reported as done, and what others found of that."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, literal_column
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, delete, select, update
from sqlmodel.sql.expression import Select

from storage.commitments import Promise, tasked
from storage.database import Session, unsynchronized
from storage.kinds import Act, Progress
from storage.tables import Commitment, CommitmentAct, Member, Outgoing, Person, Team

LIST, LOOK = "claims", "claim"  # what waits in a team; one of it. Both before one person
WHY = "return"  # the same message, while it asks why


@dataclass(frozen=True)
class Claim:
    """A promise whose owner says that it is done: by which act, with what to show for it."""

    what: Promise
    act: CommitmentAct


def list_key(team_id: int, person_id: int, day: date) -> str:
    """The name of the message in which somebody has what waits in a team."""
    return f"{LIST}:{team_id}:{person_id}:{day}"


def look_key(act_id: int, person_id: int) -> str:
    """The name of the message in which somebody looks at what was reported by an act."""
    return f"{LOOK}:{act_id}:{person_id}"


def lists_of(team_id: int) -> str:
    """How the names of a team's lists begin."""
    return f"{LIST}:{team_id}:"


def looks_at(act_id: int) -> str:
    """How the names of all messages begin that show what was reported by an act."""
    return f"{LOOK}:{act_id}:"


def why_key(act_id: int, person_id: int) -> str:
    """The name that the same message has as well while it asks why that is returned."""
    return f"{WHY}:{act_id}:{person_id}"


def looked_at(message_key: str) -> int | None:
    """The act whose report a message shows, or asks about; None for other messages."""
    matter, _, rest = message_key.partition(":")
    return int(rest.partition(":")[0]) if matter in {LOOK, WHY} else None


async def ask_no_more(session: Session, act_id: int) -> None:
    """It is settled, or nobody is to say why any more: words are no reason from here on."""
    these = col(Outgoing.key).startswith(f"{WHY}:{act_id}:")
    await session.exec(delete(Outgoing).where(these))


async def waiting(session: Session) -> Sequence[tuple[Team, int, datetime]]:
    """Teams in which something waits to be verified: the newest act, and when the oldest was."""
    return (await session.exec(_waiting())).all()


@cache
def _waiting() -> Select[Team, int, datetime]:
    return (
        select(Team, func.max(CommitmentAct.id), func.min(CommitmentAct.at))
        .select_from(Commitment)
        .join(Team, col(Commitment.team_id) == Team.id)
        .join(CommitmentAct, _last_claim())
        .where(_claimed(), col(Team.retired_at).is_(None))
        .group_by(*(column for column in Team.__table__.columns))  # type: ignore[attr-defined]
    )


async def claims(session: Session, team_ids: Collection[int]) -> Sequence[Claim]:
    """What waits to be verified in these teams, the oldest first."""
    rows = await session.exec(_claims(), params={"teams": list(team_ids)})
    return [_of(row) for row in rows]


@cache
def _claims() -> Any:
    return _all_claims().where(
        _claimed(), col(Commitment.team_id).in_(bindparam("teams", expanding=True))
    )


async def claim(session: Session, commitment_id: int) -> Claim | None:
    """What a promise's owner last reported, whatever has become of it."""
    row = (await session.exec(_all_claims().where(Commitment.id == commitment_id))).first()
    return _of(row) if row else None


async def of_act(session: Session, act_id: int) -> int:
    """The promise to which something happened by an act; 0 for none."""
    act = await session.get(CommitmentAct, act_id)
    return act.commitment_id if act else 0


async def pieces(session: Session, claim: Claim) -> Sequence[CommitmentAct]:
    """All that is shown for it: the report itself, and further pictures of its album."""
    query = (
        select(CommitmentAct)
        .where(
            CommitmentAct.commitment_id == claim.what.commitment.id,
            col(CommitmentAct.id) >= claim.act.id,
            col(CommitmentAct.act).in_([Act.CLAIMED, Act.SHOWN]),
        )
        .order_by(col(CommitmentAct.id))
    )
    return (await session.exec(query)).all()


async def verdict(session: Session, claim: Claim) -> tuple[CommitmentAct, str] | None:
    """What somebody found of it, and who; None as long as nobody has looked."""
    query = (
        select(CommitmentAct, Person.name)
        .join(Person, col(CommitmentAct.person_id) == Person.id)
        .where(
            CommitmentAct.commitment_id == claim.what.commitment.id,
            col(CommitmentAct.id) > claim.act.id,
            col(CommitmentAct.act).in_([Act.VERIFIED, Act.RETURNED]),
        )
        .order_by(col(CommitmentAct.id))
    )
    row = (await session.exec(query)).first()
    return (row[0], row[1]) if row else None


async def judge(
    session: Session,
    claim: Claim,
    person_id: int,
    now: datetime,
    *,
    reason: str | None = None,
) -> bool:
    """Somebody found it done, or (with a reason) not, so that it is open again.

    False where it does not wait any more, or is their own. Of two who judge at once, one is
    told so.
    """
    if person_id == claim.what.owner.id:
        return False  # whoever asks, and however they came by it
    found = Progress.OPEN if reason is not None else Progress.VERIFIED
    if not await _become(session, claim, found):
        return False
    session.add(
        CommitmentAct(
            commitment_id=claim.what.commitment.id,
            act=Act.RETURNED if reason is not None else Act.VERIFIED,
            person_id=person_id,
            at=now,
            text=reason or "",
        )
    )
    return True


async def close(session: Session, claim: Claim) -> bool:
    """Nobody looked in time."""
    return await _become(session, claim, Progress.UNVERIFIED)


async def _become(session: Session, claim: Claim, state: Progress) -> bool:
    row = claim.what.commitment
    changed = (
        update(Commitment)
        .where(
            col(Commitment.id) == row.id, col(Commitment.state) == Progress.CLAIMED, _still(claim)
        )
        .values(state=state)
    )
    result = await session.exec(unsynchronized(changed))
    await session.refresh(row)
    return int(result.rowcount) == 1


def _still(claim: Claim) -> Any:
    """It was not returned and reported anew meanwhile."""
    newer = select(CommitmentAct.id).where(
        CommitmentAct.commitment_id == claim.what.commitment.id,
        CommitmentAct.act == Act.CLAIMED,
        col(CommitmentAct.id) > claim.act.id,
    )
    return ~newer.exists()


def _claimed() -> Any:
    # Spelt out: SQLite uses an index over some rows only where that takes no parameter to know.
    return col(Commitment.state) == literal_column(f"'{Progress.CLAIMED}'")


def _last_claim() -> Any:
    newest = aliased(CommitmentAct)
    last = (
        select(func.max(newest.id))
        .where(col(newest.commitment_id) == Commitment.id, col(newest.act) == Act.CLAIMED)
        .scalar_subquery()
    )
    return and_(col(CommitmentAct.commitment_id) == Commitment.id, col(CommitmentAct.id) == last)


def _of(row: Any) -> Claim:
    what, team, owner, act, *task = row
    return Claim(Promise.of(what, team, owner, *task), act)


def _all_claims() -> Any:
    return tasked(
        select(Commitment, Team, Person, CommitmentAct)
        .join(Team, col(Commitment.team_id) == Team.id)
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(Person, col(Member.person_id) == Person.id)
        .join(CommitmentAct, _last_claim())
        .order_by(col(CommitmentAct.id))
    )
