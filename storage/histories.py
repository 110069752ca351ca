"""What happened to a commitment: who, when, what."""

from collections.abc import Collection, Sequence

from sqlmodel import col, select

from storage.commitments import Promise
from storage.database import Session
from storage.tables import Commitment, CommitmentAct, Member, Person, Team

Deed = tuple[CommitmentAct, Person]


async def numbered(session: Session, number: int, team_ids: Collection[int]) -> Sequence[Promise]:
    """What a number means in these teams."""
    query = (
        select(Commitment, Team, Person)
        .join(Team, col(Commitment.team_id) == Team.id)
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(Person, col(Member.person_id) == Person.id)
        .where(Commitment.number == number, col(Commitment.team_id).in_(team_ids))
        .order_by(col(Team.unit_id), col(Team.id))
    )
    return [Promise(*row) for row in await session.exec(query)]


async def deeds(session: Session, commitment_id: int) -> Sequence[Deed]:
    """All that happened to a commitment, and by whom, the oldest first."""
    query = (
        select(CommitmentAct, Person)
        .join(Person, col(CommitmentAct.person_id) == Person.id)
        .where(CommitmentAct.commitment_id == commitment_id)
        .order_by(col(CommitmentAct.id))
    )
    return (await session.exec(query)).all()
