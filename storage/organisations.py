"""What we remember of the whole organisation, as somebody needs it who compares it with a file."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import col, or_, select

from storage.database import Session
from storage.kinds import ChatKind, Role
from storage.tables import Chat, Grant, Member, OwnDay, Pack, Person, Plan, Team, Unit


@dataclass(frozen=True)
class Record:
    """Every row that an organisation file speaks of, the retired ones included."""

    units: dict[int, Unit]
    teams: dict[int, Team]
    chats: dict[int, Chat]  # the groups, by our id
    people: dict[int, Person]
    members: list[Member]
    grants: list[Grant]  # of secretaries and leaders
    plans: dict[int, Plan]  # by team
    packs: set[str]
    days: list[OwnDay]  # those that the file lists

    def path(self, unit_id: int | None) -> tuple[str, ...]:
        """The names from the root down to a unit."""
        if unit_id is None:
            return ()
        unit = self.units[unit_id]
        return (*self.path(unit.parent_id), unit.name)


async def load_some(session: Session, team_ids: Collection[int], users: Collection[int]) -> Record:
    """The same of some teams: their rosters and leaders, and who has one of these Telegram ids.

    Of the rest there is nothing to compare, and nothing of it is touched.
    """
    members = select(Member).where(col(Member.team_id).in_(team_ids)).order_by(col(Member.id))
    grants = select(Grant).where(col(Grant.team_id).in_(team_ids), Grant.role == Role.LEADER)
    teams = select(Team).where(col(Team.id).in_(team_ids)).order_by(col(Team.id))
    places, rights = list(await session.exec(members)), list(await session.exec(grants))
    seated = select(Member.person_id).where(col(Member.team_id).in_(team_ids))
    known = {
        row.id: row for row in await session.exec(select(Person).where(col(Person.id).in_(seated)))
    }
    named = select(Person).where(
        or_(
            col(Person.telegram_id).in_(users),
            col(Person.id).in_([grant.person_id for grant in rights]),
        )
    )
    known |= {row.id: row for row in await session.exec(named)}
    return Record(
        units={row.id: row for row in await session.exec(select(Unit).order_by(col(Unit.id)))},
        teams={row.id: row for row in await session.exec(teams)},
        chats={},
        people=known,
        members=places,
        grants=rights,
        plans={},
        packs=set(),
        days=[],
    )


async def load(session: Session) -> Record:
    """The organisation as it is: nine queries, whatever its size."""
    given = (Role.SECRETARY, Role.LEADER)
    groups = select(Chat).where(Chat.kind != ChatKind.PRIVATE)
    grants = select(Grant).where(col(Grant.role).in_(given)).order_by(col(Grant.id))
    return Record(
        units={row.id: row for row in await session.exec(select(Unit).order_by(col(Unit.id)))},
        teams={row.id: row for row in await session.exec(select(Team).order_by(col(Team.id)))},
        chats={row.id: row for row in await session.exec(groups)},
        people={row.id: row for row in await session.exec(select(Person))},
        members=list(await session.exec(select(Member).order_by(col(Member.id)))),
        grants=list(await session.exec(grants)),
        plans={row.team_id: row for row in await session.exec(select(Plan))},
        packs=set(await session.exec(select(Pack.slug))),
        days=list(await session.exec(select(OwnDay).where(col(OwnDay.listed)))),
    )
