"""What happened to a commitment: who, when, what."""

from collections.abc import Collection, Sequence

from sqlmodel import col, select

from storage.commitments import Promise, promises
from storage.database import Session
from storage.tables import Commitment, CommitmentAct, Person, Team

Deed = tuple[CommitmentAct, Person]


async def numbered(session: Session, number: int, team_ids: Collection[int]) -> Sequence[Promise]:
    """What a number means in these teams."""
    query = (
        promises()
        .where(Commitment.number == number, col(Commitment.team_id).in_(team_ids))
        .order_by(col(Team.unit_id), col(Team.id))
    )
    return [Promise.of(*row) for row in await session.exec(query)]


async def deeds(session: Session, commitment_id: int) -> Sequence[Deed]:
    """All that happened to a commitment, and by whom, the oldest first."""
    query = (
        select(CommitmentAct, Person)
        .join(Person, col(CommitmentAct.person_id) == Person.id)
        .where(CommitmentAct.commitment_id == commitment_id)
        .order_by(col(CommitmentAct.id))
    )
    return (await session.exec(query)).all()
