"""What is asked of rosters: who is on one, who was seen, and how that compares with the group."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, distinct, func
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select

from storage import grants, outbox, teams
from storage.database import Session
from storage.kinds import Progress, Role
from storage.tables import (
    Application,
    Commitment,
    Departure,
    Footing,
    Grant,
    Member,
    Person,
    Team,
    Unit,
)

ROSTER = "roster"  # begins the names of messages that show one


@dataclass(frozen=True)
class Figures:
    """A team's roster in figures.

    people   in the group, without us; None: nobody counted. Of a group that teams share, all.
    never    of those, who is on no roster of the group's teams, and looks after none of them
    """

    listed: int = 0
    enrolled: int = 0
    gone: int = 0  # enrolled, and not in the group any more
    waiting: int = 0  # who asks for a place
    people: int | None = None
    counted_at: datetime | None = None
    never: int = 0
    shared: int = 1  # by how many teams the group is

    @property
    def unclaimed(self) -> int:
        """How many are known by name only."""
        return self.listed - self.enrolled


@dataclass(frozen=True)
class Place:
    """Somebody's place in a team, as who looks after it needs to see it."""

    member: Member
    person: Person
    team: Team
    gone_at: datetime | None = None
    leads: bool = False


def key(team_id: int, chat_id: int) -> str:
    """The name of the message that shows a team's roster in a private chat."""
    return f"{ROSTER}:{team_id}:{chat_id}"


async def shown(session: Session, chat_id: int, now: datetime) -> Sequence[str]:
    """The names of the messages that show rosters of a group's teams."""
    teams = await session.exec(select(Team.id).where(Team.chat_id == chat_id))
    found: list[str] = []
    for team_id in teams.all():
        found += await outbox.keys(session, f"{ROSTER}:{team_id}:", now)
    return found


async def figures(session: Session, team_ids: Collection[int]) -> dict[int, Figures]:
    """By team: its roster in figures, and how many of its group are on none."""
    which = {"teams": list(team_ids)}
    waiting = dict((await session.exec(_waiting(), params=which)).all())
    found = dict.fromkeys(team_ids, Figures())
    for (
        team_id,
        listed,
        enrolled,
        gone,
        people,
        above,
        counted,
        inside,
        shared,
    ) in await session.exec(_figures(), params=which):
        never = max(0, people - above - inside) if people is not None else 0
        asked = int(waiting.get(team_id, 0))
        found[team_id] = Figures(
            int(listed),
            int(enrolled),
            int(gone or 0),
            asked,
            people,
            counted,
            never,
            max(1, int(shared)),
        )
    return found


@cache
def _figures() -> Any:
    beside, there = aliased(Team), aliased(Member)
    here = (
        select(func.count(distinct(col(there.person_id))))
        .join(beside, col(there.team_id) == col(beside.id))
        .join(Person, col(there.person_id) == Person.id)
        .where(
            col(beside.chat_id) == Team.chat_id,
            col(beside.retired_at).is_(None),
            col(there.retired_at).is_(None),
            col(Person.telegram_id).is_not(None),
            ~select(Departure.at)
            .where(
                col(Departure.chat_id) == col(beside.chat_id),
                col(Departure.person_id) == col(there.person_id),
            )
            .exists(),
        )
        .correlate(Team)
        .scalar_subquery()
    )
    mate = aliased(Team)
    shared = (
        select(func.count(col(mate.id)))
        .where(col(mate.chat_id) == Team.chat_id, col(mate.retired_at).is_(None))
        .correlate(Team)
        .scalar_subquery()
    )
    known = col(Person.telegram_id).is_not(None)
    return (
        select(  # type: ignore[call-overload]
            Team.id,
            func.count(col(Member.id)),
            func.count(case((known, 1))),
            func.count(case((and_(known, col(Departure.at).is_not(None)), 1))),
            Footing.people,
            Footing.above,
            Footing.counted_at,
            here,
            shared,
        )
        .select_from(Team)
        .outerjoin(Member, and_(col(Member.team_id) == Team.id, col(Member.retired_at).is_(None)))
        .outerjoin(Person, col(Member.person_id) == Person.id)
        .outerjoin(Departure, _departed())
        .outerjoin(Footing, col(Footing.chat_id) == Team.chat_id)
        .where(col(Team.id).in_(bindparam("teams", expanding=True)))
        .group_by(
            col(Team.id),
            col(Footing.chat_id),
            col(Footing.people),
            col(Footing.above),
            col(Footing.counted_at),
        )
    )


def _departed() -> Any:
    return and_(
        col(Departure.chat_id) == Team.chat_id, col(Departure.person_id) == Member.person_id
    )


@cache
def _waiting() -> Any:
    return (
        select(Application.team_id, func.count())
        .where(col(Application.team_id).in_(bindparam("teams", expanding=True)))
        .group_by(col(Application.team_id))
    )


async def places(session: Session, team_id: int, *, retired: bool = False) -> Sequence[Place]:
    """A team's roster, those who are known by name only last; or who was on it before."""
    mine = col(Member.retired_at).is_not(None) if retired else col(Member.retired_at).is_(None)
    query = (
        _places()
        .where(Member.team_id == team_id, mine)
        .order_by(col(Person.telegram_id).is_(None), col(Member.id))
    )
    return [_place(row) for row in await session.exec(query)]


async def place(session: Session, member_id: int) -> Place | None:
    """One place, be it retired or not, in a team that is not."""
    query = _places().where(Member.id == member_id, col(Team.retired_at).is_(None))
    row = (await session.exec(query)).first()
    return _place(row) if row else None


def _place(row: Any) -> Place:
    member, person, team, gone_at, leads = row
    return Place(member, person, team, gone_at, leads is not None)


def _places() -> Any:
    return (
        select(Member, Person, Team, Departure.at, Grant.id)  # type: ignore[call-overload]
        .join(Person, col(Member.person_id) == Person.id)
        .join(Team, col(Member.team_id) == Team.id)
        .outerjoin(Departure, _departed())
        .outerjoin(
            Grant,
            and_(
                col(Grant.team_id) == Member.team_id,
                col(Grant.person_id) == Member.person_id,
                col(Grant.role) == Role.LEADER,
            ),
        )
    )


async def of_teams(session: Session, team_ids: Collection[int]) -> Sequence[Place]:
    """Everybody on the rosters of some teams."""
    query = _places().where(
        col(Member.team_id).in_(list(team_ids)), col(Member.retired_at).is_(None)
    )
    return [_place(row) for row in await session.exec(query.order_by(col(Member.id)))]


Told = tuple[str, str, bool, tuple[str, ...], str]


async def told(session: Session, team_ids: Collection[int]) -> dict[int, list[Told]]:
    """By team: its people as a file would have them, in an order that is always the same.

    Name, Telegram id, whether they lead, tags, crew: as values, since there may be thousands.
    """
    leads = (
        select(Grant.id)
        .where(
            col(Grant.team_id) == Member.team_id,
            col(Grant.person_id) == Member.person_id,
            col(Grant.role) == Role.LEADER,
        )
        .correlate(Member)
        .exists()
    )
    query = (
        select(  # type: ignore[call-overload]
            Member.team_id, Person.name, Person.telegram_id, leads, Member.tags, Member.crew
        )
        .join(Person, col(Member.person_id) == Person.id)
        .where(col(Member.team_id).in_(team_ids), col(Member.retired_at).is_(None))
    )
    found: dict[int, list[Told]] = {team_id: [] for team_id in team_ids}
    for team_id, name, user, led, tags, crew in await session.exec(query):
        found[team_id].append((name, str(user or ""), bool(led), tuple(tags), crew))
    return {team_id: sorted(people) for team_id, people in found.items()}


async def wanted(
    session: Session, named: str
) -> tuple[Sequence[tuple[Team, Sequence[Place]]], dict[int, str]]:
    """The rosters that a file is to hold, `person/team` (0: all that they run), as it stands now.

    With the names of their units. Nothing where the person runs none of it any more.
    """
    person, _, team_id = named.partition("/")
    run = await grants.teams(session, int(person))
    if int(team_id):
        run = [team for team in run if team.id == int(team_id)]
    found: dict[int, list[Place]] = {team.id: [] for team in run}
    for place in await of_teams(session, list(found)):
        found[place.team.id].append(place)
    names = await teams.unit_names(session, {team.unit_id for team in run})
    return [(team, found[team.id]) for team in run], names


async def former(session: Session, team_id: int) -> int:
    """How many were on a team's roster and are not any more."""
    query = select(func.count()).where(
        Member.team_id == team_id, col(Member.retired_at).is_not(None)
    )
    return (await session.exec(query)).one()


async def open_promises(session: Session, member_id: int) -> Sequence[Commitment]:
    """The commitments of a place that are not ended."""
    query = select(Commitment).where(
        Commitment.member_id == member_id, Commitment.state == Progress.OPEN
    )
    return (await session.exec(query.order_by(col(Commitment.id)))).all()


async def above(session: Session, chat_id: int, most: int) -> Sequence[int]:
    """Who looks after a group's teams from above and is on none of their rosters: Telegram ids."""
    up = (
        select(Unit.id, Unit.parent_id)
        .join(Team, col(Team.unit_id) == Unit.id)
        .where(Team.chat_id == chat_id, col(Team.retired_at).is_(None))
        .cte("up", recursive=True)
    )
    up = up.union(select(Unit.id, Unit.parent_id).join(up, col(Unit.id) == up.c.parent_id))
    seated = (
        select(Member.id)
        .join(Team, col(Member.team_id) == Team.id)
        .where(
            Team.chat_id == chat_id,
            col(Team.retired_at).is_(None),
            col(Member.person_id) == Person.id,
            col(Member.retired_at).is_(None),
        )
        .correlate(Person)
        .exists()
    )
    query = (
        select(Person.telegram_id)
        .join(Grant, col(Grant.person_id) == Person.id)
        .where(
            col(Person.telegram_id).is_not(None),
            or_(col(Grant.role) == Role.OWNER, col(Grant.unit_id).in_(select(up.c.id))),
            ~seated,
        )
        .distinct()
        .limit(most)
    )
    return [user for user in await session.exec(query) if user]


async def team_of(session: Session, chat_id: int, user_id: int) -> Sequence[Place]:
    """The places that a Telegram user has in a group's teams."""
    query = (
        _places()
        .where(
            Team.chat_id == chat_id,
            col(Team.retired_at).is_(None),
            Person.telegram_id == user_id,
            col(Member.retired_at).is_(None),
        )
        .order_by(col(Team.id))
    )
    return [_place(row) for row in await session.exec(query)]
