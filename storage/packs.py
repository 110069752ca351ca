"""What we remember of course packs: their bites and questions, the retired ones included."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import and_, col, select

from storage.database import Session
from storage.tables import Bite, Pack, Plan, Question, Team


@dataclass(frozen=True)
class Stock:
    """A pack that we have, and how many bites of it are in use."""

    pack: Pack
    bites: int


async def by_slug(session: Session, slug: str) -> Pack | None:
    """The pack with this id of its author's."""
    return (await session.exec(select(Pack).where(Pack.slug == slug))).first()


async def one(session: Session, pack_id: int) -> Pack | None:
    """The pack with this id of ours."""
    return await session.get(Pack, pack_id)


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


async def stock(session: Session) -> Sequence[Stock]:
    """All packs, in order of their ids."""
    used = and_(col(Bite.pack_id) == Pack.id, col(Bite.retired_at).is_(None))
    query = (
        select(Pack, func.count(col(Bite.id)))
        .outerjoin(Bite, used)
        .group_by(*Pack.__table__.columns)  # type: ignore[attr-defined]
        .order_by(col(Pack.slug))
    )
    return [Stock(pack, count) for pack, count in await session.exec(query)]


async def walkers(session: Session) -> dict[str, list[Team]]:
    """By pack: the teams whose plans have it, in the order of the organisation."""
    query = (
        select(Plan, Team)
        .join(Team, col(Plan.team_id) == Team.id)
        .where(col(Team.retired_at).is_(None))
        .order_by(col(Team.unit_id), col(Team.id))
    )
    found = defaultdict(list)
    for plan, team in await session.exec(query):
        days = plan.weekdays.values()
        for slug in dict.fromkeys([*plan.packs, *(slug for packs in days for slug in packs)]):
            found[slug].append(team)
    return dict(found)
