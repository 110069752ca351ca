"""What we remember of course packs: their bites and questions, the retired ones included."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import col, select

from storage.database import Session
from storage.tables import Bite, Pack, Question


async def by_slug(session: Session, slug: str) -> Pack | None:
    """The pack with this id of its author's."""
    return (await session.exec(select(Pack).where(Pack.slug == slug))).first()


async def slugs(session: Session) -> Sequence[str]:
    """The ids of all packs, in order."""
    return (await session.exec(select(Pack.slug).order_by(Pack.slug))).all()


async def bites(session: Session, pack_id: int) -> dict[str, Bite]:
    """All bites that a pack ever had, by their authors' ids."""
    rows = await session.exec(select(Bite).where(Bite.pack_id == pack_id))
    return {bite.slug: bite for bite in rows}


async def questions(session: Session, pack_id: int) -> dict[int, Sequence[Question]]:
    """All questions that a pack's bites ever had, by bite, in order."""
    query = (
        select(Question)
        .join(Bite, col(Question.bite_id) == Bite.id)
        .where(Bite.pack_id == pack_id)
        .order_by(col(Question.position))
    )
    found = defaultdict(list)
    for question in await session.exec(query):
        found[question.bite_id].append(question)
    return dict(found)
