"""How far somebody's right to give rights reaches, and who holds what within it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import col, select

from storage import grants
from storage.database import Session
from storage.kinds import Role
from storage.tables import Chat, Grant, Member, Person, Team, Unit


@dataclass(frozen=True)
class Reach:
    """The units below somebody's own and the teams they run, by id; an owner's is everything."""

    owner: bool = False
    units: dict[int, str] = field(default_factory=dict)
    teams: dict[int, Team] = field(default_factory=dict)
    above: dict[int, str] = field(default_factory=dict)  # names of the units that teams are in

    def holds(self, role: Role, unit_id: int | None, team_id: int | None) -> bool:
        """Whether that right is one that can be given here, and taken."""
        match role:
            case Role.LEADER:
                return unit_id is None and team_id in self.teams
            case Role.SECRETARY:
                return team_id is None and unit_id in self.units
            case Role.OWNER:
                return self.owner and unit_id is None and team_id is None

    def all(self, rights: Iterable[Grant]) -> bool:
        """Whether all of these could be given here."""
        return all(self.holds(Role(one.role), one.unit_id, one.team_id) for one in rights)


@dataclass(frozen=True)
class Held:
    """A right that somebody holds, with the names of who and what for."""

    grant: Grant
    person: Person
    unit: str = ""
    team: str = ""


async def reach(session: Session, person_id: int) -> Reach:
    """How far it reaches, as the database has it at this moment."""
    owner = Role.OWNER in await grants.anywhere(session, person_id)
    roots = select(Unit.id).join(Grant, col(Grant.unit_id) == Unit.id)
    below = roots.where(Grant.person_id == person_id, Grant.role == Role.SECRETARY)
    tree = select(Unit.id).where(col(Unit.parent_id).in_(below)).cte("below", recursive=True)
    tree = tree.union(select(Unit.id).join(tree, col(Unit.parent_id) == tree.c.id))
    units = select(Unit.id, Unit.name).where(col(Unit.retired_at).is_(None)).order_by(col(Unit.id))
    if not owner:
        units = units.where(col(Unit.id).in_(select(tree.c.id)))
    run = await grants.teams(session, person_id)
    above = select(Unit.id, Unit.name).where(col(Unit.id).in_({team.unit_id for team in run}))
    return Reach(
        owner,
        dict((await session.exec(units)).all()),
        {team.id: team for team in run},
        dict((await session.exec(above)).all()),
    )


async def givers(
    session: Session, team_id: int, rights: Sequence[Grant]
) -> Sequence[tuple[Person, Chat]]:
    """Who could give these rights, and can be asked in private: secretaries first, else owners."""
    for people in (
        await grants.secretaries(session, team_id),
        await grants.holders(session, Role.OWNER),
    ):
        ids = [person.id for person in people if person.telegram_id]
        query = (
            select(Person, Chat)
            .join(Chat, and_(col(Chat.telegram_id) == Person.telegram_id, col(Chat.trouble) == ""))
            .where(col(Person.id).in_(ids))
            .order_by(col(Person.id))
        )
        found = [
            (person, chat)
            for person, chat in (await session.exec(query)).all()
            if (await reach(session, person.id)).all(rights)
        ]
        if found:
            return found
    return []


async def held(session: Session, within: Reach) -> Sequence[Held]:
    """Who holds what within a reach: owners, then units from the root down, then teams."""
    places: list[Any] = [
        col(Grant.team_id).in_(within.teams),
        col(Grant.unit_id).in_(within.units),
    ]
    if within.owner:
        places.append(col(Grant.role) == Role.OWNER)
    return await _held(session, or_(*places))


async def one(session: Session, grant_id: int) -> Held | None:
    """One of the rights that are held."""
    return next(iter(await _held(session, col(Grant.id) == grant_id)), None)


async def _held(session: Session, where: Any) -> Sequence[Held]:
    query = (
        select(Grant, Person, Unit.name, Team.name)
        .join(Person, col(Grant.person_id) == Person.id)
        .outerjoin(Unit, col(Grant.unit_id) == Unit.id)
        .outerjoin(Team, col(Grant.team_id) == Team.id)
        .where(where)
        .order_by(
            col(Grant.role) != Role.OWNER, col(Grant.unit_id).is_(None), col(Grant.unit_id),
            col(Grant.team_id), col(Grant.id),
        )
    )  # fmt: skip
    rows = await session.exec(query)
    return [Held(grant, person, unit or "", team or "") for grant, person, unit, team in rows]


async def people(
    session: Session, within: Reach, name: str = "", teams: Collection[int] = ()
) -> Sequence[tuple[Person, str]]:
    """Who can be given a right, each with a team that they are in: of these teams, or so called.

    An owner finds everybody; others those who are in their teams, or hold a right there.
    """
    wanted = list(teams or within.teams)
    query = (
        select(Person, Team.name, Team.id)
        .outerjoin(
            Member, and_(col(Member.person_id) == Person.id, col(Member.retired_at).is_(None))
        )
        .outerjoin(Team, and_(col(Member.team_id) == Team.id, col(Team.id).in_(wanted)))
        .order_by(col(Team.id).is_(None), col(Team.id), col(Person.id))
    )
    if name:
        query = query.where(Person.name == name)
    if teams or not within.owner:
        near = select(Grant.person_id).where(
            or_(col(Grant.team_id).in_(wanted), col(Grant.unit_id).in_(within.units))
        )
        inside = col(Team.id).is_not(None)
        query = query.where(inside if teams else or_(inside, col(Person.id).in_(near)))
    found: dict[int, tuple[Person, str]] = {}
    for person, team, _ in await session.exec(query):
        found.setdefault(person.id, (person, team or ""))
    return list(found.values())
