"""When the pages of weeks come, and to whom: what units have chosen, and who wants their own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam, cast, func
from sqlmodel import and_, col, delete, select

from storage.database import Session, add_once, alone
from storage.kinds import ChatKind, Role
from storage.tables import Chat, Grant, Member, Person, Slot, Team, Unit, WeekTime, WeekWish

JOB = "weeks"
PAGE, OWN = "page", "own"  # begin the names of slots


@dataclass(frozen=True)
class Home:
    """A team in use: where it stands in the organisation, and its zone."""

    id: int
    unit_id: int
    timezone: str


@dataclass(frozen=True)
class Right:
    """Somebody leads a team, or runs a unit with all below it, and can be written to."""

    person_id: int
    chat_id: int
    unit_id: int | None
    team_id: int | None


def slot(matter: str, person_id: int, monday: date) -> str:
    """The name of somebody's week among the slots of the job."""
    return f"{matter}:{person_id}:{monday}"


async def homes(session: Session) -> Sequence[Home]:
    """All teams in use."""
    return [Home(*row) for row in await session.exec(_homes())]


@cache
def _homes() -> Any:
    columns: Any = (Team.id, Team.unit_id, Team.timezone)
    return (
        select(*columns)
        .where(col(Team.retired_at).is_(None))
        .order_by(col(Team.unit_id), col(Team.id))
    )


async def parents(session: Session) -> Mapping[int, int | None]:
    """By unit: the one above it."""
    return dict((await session.exec(_parents())).all())


@cache
def _parents() -> Any:
    return select(Unit.id, col(Unit.parent_id))


async def times(session: Session) -> Mapping[int, WeekTime]:
    """By unit: what was chosen for it."""
    return {row.unit_id: row for row in await session.exec(_times())}


@cache
def _times() -> Any:
    return select(WeekTime)


async def choose(
    session: Session,
    unit_id: int,
    weekday: int | None,
    hour: int | None,
    person_id: int,
    now: datetime,
) -> None:
    """From now on a unit has its pages then."""
    await alone(session, f"weektime:{unit_id}")
    row = await session.get(WeekTime, unit_id) or WeekTime(
        unit_id=unit_id, person_id=person_id, at=now
    )
    row.weekday, row.hour, row.person_id, row.at = weekday, hour, person_id, now
    session.add(row)
    await session.flush()


# -- who has one -----------------------------------------------------------------------------


async def rights(session: Session, monday: date) -> Sequence[Right]:
    """The rights of those who have no page of that week yet, leaders and secretaries."""
    rows = await session.exec(_rights(), params=_which(PAGE, monday))
    return [Right(*row) for row in rows]


@cache
def _rights() -> Any:
    columns: Any = (Person.id, Chat.id, Grant.unit_id, Grant.team_id)
    return (
        select(*columns)
        .join(Grant, col(Grant.person_id) == Person.id)
        .join(Chat, _open())
        .where(col(Grant.role).in_([Role.LEADER, Role.SECRETARY]), ~_written())
        .order_by(col(Person.id), col(Grant.id))
    )


async def wishing(
    session: Session, team_ids: Collection[int], monday: date, most: int
) -> Sequence[tuple[Person, int, str]]:
    """Those of some teams who want their own week and have not got that one: some of them.

    With their chats, and the zones of the teams.
    """
    which = {**_which(OWN, monday), "teams": list(team_ids), "most": most}
    return list(await session.exec(_wishing(), params=which))


@cache
def _wishing() -> Any:
    return (
        select(Person, Chat.id, func.min(Team.timezone))
        .join(WeekWish, col(WeekWish.person_id) == Person.id)
        .join(Chat, _open())
        .join(Member, col(Member.person_id) == Person.id)
        .join(Team, col(Team.id) == Member.team_id)
        .where(
            col(Member.team_id).in_(bindparam("teams", expanding=True)),
            col(Member.retired_at).is_(None),
            ~_written(),
        )
        .group_by(col(Person.id), col(Chat.id))
        .order_by(col(Person.id))
        .limit(bindparam("most"))
    )


def _which(matter: str, monday: date) -> dict[str, str]:
    return {"job": JOB, "before": f"{matter}:", "after": f":{monday}"}


def _open() -> Any:
    return and_(
        col(Chat.telegram_id) == Person.telegram_id,
        col(Chat.kind) == ChatKind.PRIVATE,
        col(Chat.trouble) == "",
    )


def _written() -> Any:
    before: Any = bindparam("before", type_=String)
    subject = before + cast(col(Person.id), String) + bindparam("after", type_=String)
    return (
        select(Slot.at)
        .where(col(Slot.job) == bindparam("job"), col(Slot.subject) == subject)
        .correlate(Person)
        .exists()
    )


async def leading(session: Session, person_ids: Collection[int]) -> set[int]:
    """Those of these people who lead a team or run a unit."""
    query = select(Grant.person_id).where(col(Grant.person_id).in_(person_ids)).distinct()
    return set(await session.exec(query))


# -- one's own -------------------------------------------------------------------------------


async def wished(session: Session, person_id: int) -> bool:
    """Whether somebody wants their own week."""
    return await session.get(WeekWish, person_id) is not None


async def wish(session: Session, person_id: int, now: datetime, *, on: bool) -> None:
    """They want it, or do not any more."""
    if on:
        await add_once(session, WeekWish(person_id=person_id, at=now))
    else:
        await session.exec(delete(WeekWish).where(col(WeekWish.person_id) == person_id))
