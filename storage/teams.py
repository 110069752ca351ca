"""What we remember of teams: where they meet, and who decides for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import case, exists, func, literal
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select, update
from sqlmodel.sql.expression import Select

from storage.database import Session, add_once
from storage.kinds import Role
from storage.tables import Chat, Grant, Hold, Person, Team, Unit

FAR = 1_000_000  # farther up than any unit: where owners stand


@dataclass(frozen=True)
class Trouble:
    """Why a team takes no messages, and since when: its whole chat, or its topic alone."""

    team: Team
    chat_id: int
    topic_id: int | None  # None: the whole chat
    reason: str
    at: datetime


async def live(session: Session, team_id: int) -> Team | None:
    """The team with this id, unless it is retired."""
    team = await session.get(Team, team_id)
    return team if team and team.retired_at is None else None


async def by_ids(session: Session, ids: Collection[int]) -> dict[int, Team]:
    """By id: these teams."""
    return {
        team.id: team for team in await session.exec(select(Team).where(col(Team.id).in_(ids)))
    }


async def of_chat(session: Session, chat_id: int) -> Sequence[Team]:
    """The teams that meet in a chat: one, or one for each of some topics."""
    query = (
        select(Team)
        .where(Team.chat_id == chat_id, col(Team.retired_at).is_(None))
        .order_by(col(Team.topic_id))
    )
    return (await session.exec(query)).all()


async def chat(session: Session, team: Team) -> Chat | None:
    """Where a team meets."""
    return await session.get(Chat, team.chat_id) if team.chat_id else None


async def unit_names(session: Session, unit_ids: Collection[int]) -> dict[int, str]:
    """The names of units, by id."""
    rows = await session.exec(select(Unit.id, Unit.name).where(col(Unit.id).in_(unit_ids)))
    return dict(rows.all())


async def attach(session: Session, team_id: int, chat_id: int, topic_id: int) -> bool:
    """Let a team meet in a chat, or one topic of it.

    False when the team meets somewhere already, or another team meets there: of two people who
    tap at once, one wins.
    """
    other = aliased(Team)
    taken = exists().where(col(other.chat_id) == chat_id, col(other.topic_id) == topic_id)
    result = await session.exec(
        update(Team)
        .where(
            col(Team.id) == team_id,
            col(Team.chat_id).is_(None),
            col(Team.retired_at).is_(None),
            ~taken,
        )
        .values(chat_id=chat_id, topic_id=topic_id)
    )
    return bool(result.rowcount)


async def create(
    session: Session, unit_id: int, name: str, chat: Chat, topic_id: int, at_home: tuple[str, str]
) -> Team | None:
    """A new team that meets in a chat; one that was retired under that name comes back.

    at_home  zone and language, where no unit above has others. None: another team meets there.
    """
    trial = await session.begin_nested()
    team = await _named(session, unit_id, name, at_home)
    if team is None or not await attach(session, team.id, chat.id, topic_id):
        await trial.rollback()
        return None
    await trial.commit()
    return await session.get(Team, team.id, populate_existing=True)


async def _named(
    session: Session, unit_id: int, name: str, at_home: tuple[str, str]
) -> Team | None:
    zone, locale = await _inherited(session, unit_id, at_home)
    for attempt in range(1, 100):
        called = name if attempt == 1 else f"{name} {attempt}"
        team = Team(unit_id=unit_id, name=called, timezone=zone, locale=locale)
        if not await add_once(session, team):
            same = select(Team).where(Team.unit_id == unit_id, Team.name == called)
            found = (await session.exec(same.with_for_update())).one()
            if found.retired_at is None:
                continue
            found.retired_at, found.chat_id, found.topic_id = None, None, 0
            session.add(found)
            await session.flush()
            team = found
        return team
    return None


async def _inherited(session: Session, unit_id: int, at_home: tuple[str, str]) -> tuple[str, str]:
    zone, locale = "", ""
    above: int | None = unit_id
    while above is not None and (unit := await session.get(Unit, above)):
        zone, locale = zone or unit.timezone or "", locale or unit.locale or ""
        above = unit.parent_id
    return zone or at_home[0], locale or at_home[1]


async def rename(session: Session, team: Team, name: str) -> bool:
    """A team is called otherwise; False where its unit has one of that name, retired or not."""
    same = select(Team.id).where(
        Team.unit_id == team.unit_id, Team.name == name, col(Team.id) != team.id
    )
    if (await session.exec(same)).first() is not None:
        return False
    team.name = name
    session.add(team)
    await session.flush()
    return True


async def deciders(
    session: Session, team_id: int, without: int = 0
) -> Sequence[tuple[Person, Chat]]:
    """Who can be asked about a team in private: its leaders; where none can, whoever is nearest.

    Nearest means the secretaries of its unit, then of the unit above, and at last the owners.
    `without`: whom it concerns, and who therefore is not asked.
    """
    above = (
        select(Unit.id, Unit.parent_id, literal(1).label("distance"))
        .join(Team, col(Team.unit_id) == Unit.id)
        .where(Team.id == team_id)
        .cte("above", recursive=True)
    )
    above = above.union_all(
        select(Unit.id, Unit.parent_id, above.c.distance + 1).join(
            above, col(Unit.id) == above.c.parent_id
        )
    )
    distance = func.min(
        case(
            (col(Grant.team_id) == team_id, 0),
            (col(Grant.role) == Role.OWNER, FAR),
            else_=above.c.distance,
        )
    )
    query = (
        select(Person, Chat, distance)
        .join(Grant, col(Grant.person_id) == Person.id)
        .join(Chat, and_(col(Chat.telegram_id) == Person.telegram_id, col(Chat.trouble) == ""))
        .outerjoin(above, col(Grant.unit_id) == above.c.id)
        .where(
            col(Person.id) != without,
            or_(
                col(Grant.team_id) == team_id,
                col(Grant.role) == Role.OWNER,
                above.c.id.is_not(None),
            ),
        )
        .group_by(col(Person.id), col(Chat.id))
        .order_by(distance, col(Person.id))
    )
    rows = (await session.exec(query)).all()
    return [(person, chat) for person, chat, far in rows if far == rows[0][2]]


async def count(session: Session) -> int:
    """How many teams there are."""
    query = select(func.count()).select_from(Team).where(col(Team.retired_at).is_(None))
    return (await session.exec(query)).one()


async def groups(session: Session) -> Sequence[tuple[Chat, Team]]:
    """The teams that have a chat, with it."""
    query = (
        select(Chat, Team)
        .join(Team, col(Team.chat_id) == Chat.id)
        .where(col(Team.retired_at).is_(None))
        .order_by(col(Team.id))
    )
    return (await session.exec(query)).all()


async def troubled(session: Session) -> Sequence[Trouble]:
    """The teams that take no messages. Where the whole chat does not, its topics are no matter."""
    found = []
    for team, chat, held in await session.exec(_troubled()):
        if chat.troubled_at is not None:
            found.append(Trouble(team, chat.id, None, chat.trouble, chat.troubled_at))
        else:
            found.append(Trouble(team, chat.id, held.topic_id, held.trouble, held.at))
    return found


@cache
def _troubled() -> Select[Team, Chat, Hold]:
    return (
        select(Team, Chat, Hold)
        .join(Chat, col(Team.chat_id) == Chat.id)
        .outerjoin(
            Hold,
            and_(col(Hold.chat_id) == Team.chat_id, col(Hold.topic_id) == Team.topic_id),
        )
        .where(
            col(Team.retired_at).is_(None),
            or_(col(Chat.trouble) != "", col(Hold.at).is_not(None)),
        )
        .order_by(col(Team.id))
    )
