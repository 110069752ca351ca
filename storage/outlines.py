"""What leaders need to talk from before a meeting, and which meetings were held."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import and_, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Session, add_once
from storage.kinds import ChatKind, LeaveReason, Role
from storage.tables import (
    Bite,
    Chat,
    Grant,
    Leave,
    Meeting,
    Member,
    Morning,
    Outgoing,
    Person,
    Plan,
    Team,
)

KEY = "outline"
JOB = "outlines"  # whose slots tell which meetings were outlined
Meet = tuple[int, date]  # a team's meeting: the team, and its local day


@dataclass(frozen=True)
class Absent:
    """Somebody who is away, and why."""

    name: str
    reason: LeaveReason


@dataclass(frozen=True)
class Held:
    """A meeting that was held: when somebody said so, and who."""

    at: datetime
    name: str


@dataclass(frozen=True)
class Turn:
    """When the clock looks at plans next, and what says of which day it then decides."""

    timezone: str
    at: time
    eve: bool
    next_at: datetime


def slot(meet: Meet) -> str:
    """The name of a meeting among the slots of the job that outlines it."""
    return f"{meet[0]}:{meet[1]}"


def key(meet: Meet, person_id: int) -> str:
    """The name of a leader's outline among the messages that stand."""
    return f"{KEY}:{slot(meet)}:{person_id}"


def named(message_key: str) -> tuple[Meet, int]:
    """The meeting that a standing outline is of, and the leader who has it."""
    _, team, day, person = message_key.split(":")
    return (int(team), date.fromisoformat(day)), int(person)


async def near(session: Session, until: datetime) -> dict[Turn, list[int]]:
    """When plans are to be looked at, up to a moment; by that, the teams, which have a chat."""
    found: dict[Turn, list[int]] = {}
    for team, *turn in await session.exec(_near(), params={"until": until}):
        found.setdefault(Turn(*turn), []).append(team)
    return found


@cache
def _near() -> Any:
    return (
        select(Plan.team_id, Team.timezone)
        .add_columns(col(Plan.at), col(Plan.eve), col(Plan.next_at))
        .join(Team, col(Plan.team_id) == Team.id)
        .where(
            col(Plan.next_at) <= bindparam("until"),
            col(Team.retired_at).is_(None),
            col(Team.chat_id).is_not(None),
        )
        .order_by(col(Plan.next_at), col(Plan.id))
    )


async def leaders(
    session: Session, team_ids: Collection[int]
) -> dict[int, Sequence[tuple[Person, Chat]]]:
    """By team: its leaders who can be written to in private."""
    found: dict[int, list[tuple[Person, Chat]]] = {team: [] for team in team_ids}
    for team, person, chat in await session.exec(_leaders(), params={"teams": list(found)}):
        found[team].append((person, chat))
    return dict(found)


@cache
def _leaders() -> Any:
    open_chat = and_(
        col(Chat.telegram_id) == Person.telegram_id,
        col(Chat.kind) == ChatKind.PRIVATE,
        col(Chat.trouble) == "",
    )
    return (
        select(Grant.team_id, Person, Chat)
        .join(Person, col(Grant.person_id) == Person.id)
        .join(Chat, open_chat)
        .where(
            col(Grant.team_id).in_(bindparam("teams", expanding=True)),
            col(Grant.role) == Role.LEADER,
        )
        .order_by(col(Person.id))
    )


async def begun(session: Session, meets: Collection[Meet]) -> dict[Meet, int]:
    """By meeting: the bite that its card has brought; not of those without a card yet."""
    rows = await session.exec(_begun(), params=_both(meets))
    return {(team, day): bite for team, day, bite in rows if (team, day) in meets}


@cache
def _begun() -> Any:
    return select(Morning.team_id, col(Morning.day), Morning.bite_id).where(
        col(Morning.team_id).in_(bindparam("teams", expanding=True)),
        col(Morning.day).in_(bindparam("days", expanding=True)),
    )


async def bites(session: Session, ids: Collection[int]) -> dict[int, Bite]:
    """By id: these bites."""
    rows = await session.exec(_bites(), params={"bites": list(ids)})
    return {bite.id: bite for bite in rows}


@cache
def _bites() -> SelectOfScalar[Bite]:
    return select(Bite).where(col(Bite.id).in_(bindparam("bites", expanding=True)))


async def absent(
    session: Session, meets: Collection[Meet], off: Mapping[Meet, Collection[str]]
) -> dict[Meet, Sequence[Absent]]:
    """By meeting: who is on leave that day, and then who is off by the shifts.

    `off`: by meeting, the crews that are; a card writes down as its morning begins who that is.
    """
    found: dict[int, dict[int, tuple[str, str, list[Leave]]]] = {}
    for team, member, name, crew, leave in await session.exec(_absent(), params=_both(meets)):
        _, _, leaves = found.setdefault(team, {}).setdefault(member, (name, crew, []))
        leaves += [leave] if leave else []
    away: dict[Meet, Sequence[Absent]] = {}
    for meet in meets:
        team, day = meet
        here = []
        for name, crew, leaves in found.get(team, {}).values():
            own = [one for one in leaves if one.first <= day <= one.last]
            if own:
                here.append(Absent(name, own[-1].reason))
            elif crew and crew in off.get(meet, ()):
                here.append(Absent(name, LeaveReason.SHIFT))
        away[meet] = sorted(here, key=lambda one: one.reason is LeaveReason.SHIFT)
    return away


@cache
def _absent() -> Any:
    return (
        select(Member.team_id, Member.id, Person.name)
        .add_columns(col(Member.crew), Leave)
        .join(Person, col(Member.person_id) == Person.id)
        .outerjoin(
            Leave,
            and_(
                col(Leave.member_id) == Member.id,
                col(Leave.last) >= bindparam("earliest"),
                col(Leave.first) <= bindparam("latest"),
            ),
        )
        .where(
            col(Member.team_id).in_(bindparam("teams", expanding=True)),
            col(Member.retired_at).is_(None),
        )
        .order_by(col(Member.id), col(Leave.id))
    )


# -- meetings that were held -----------------------------------------------------------------


async def hold(session: Session, meet: Meet, person_id: int, now: datetime) -> bool:
    """Somebody says that a meeting was held; False where that was said before."""
    team, day = meet
    return await add_once(session, Meeting(team_id=team, day=day, person_id=person_id, at=now))


async def held(
    session: Session, team_ids: Collection[int], since: date, until: date
) -> dict[Meet, Held]:
    """By meeting: those of some days, both included, that were held."""
    which = {"teams": list(team_ids), "since": since, "until": until}
    rows = await session.exec(_held(), params=which)
    return {(team, day): Held(at, name) for team, day, at, name in rows}


@cache
def _held() -> Any:
    return (
        select(Meeting.team_id, col(Meeting.day), col(Meeting.at))
        .add_columns(col(Person.name))
        .join(Person, col(Meeting.person_id) == Person.id)
        .where(
            col(Meeting.team_id).in_(bindparam("teams", expanding=True)),
            col(Meeting.day).between(bindparam("since"), bindparam("until")),
        )
    )


async def meetings(
    session: Session, team_ids: Collection[int], since: date, until: date
) -> dict[Meet, Held | None]:
    """By meeting, of days with a card, both included: that it was held; None: nobody said so."""
    which = {"teams": list(team_ids), "since": since, "until": until}
    rows = await session.exec(_meetings(), params=which)
    return {(team, day): Held(at, name) if at else None for team, day, at, name in rows}


@cache
def _meetings() -> Any:
    return (
        select(Morning.team_id, col(Morning.day), col(Meeting.at))
        .add_columns(col(Person.name))
        .outerjoin(
            Meeting,
            and_(col(Meeting.team_id) == Morning.team_id, col(Meeting.day) == Morning.day),
        )
        .outerjoin(Person, col(Person.id) == Meeting.person_id)
        .where(
            col(Morning.team_id).in_(bindparam("teams", expanding=True)),
            col(Morning.day).between(bindparam("since"), bindparam("until")),
        )
    )


async def keys(session: Session, meet: Meet) -> Sequence[str]:
    """The outlines of a meeting, those that have not left yet among them."""
    prefix = f"{KEY}:{slot(meet)}:"
    return (await session.exec(_keys(), params={"from": prefix, "to": prefix + "\x7f"})).all()


@cache
def _keys() -> SelectOfScalar[str]:
    return select(Outgoing.key).where(
        col(Outgoing.key) >= bindparam("from"), col(Outgoing.key) < bindparam("to")
    )


def _both(meets: Collection[Meet]) -> dict[str, Any]:
    days = sorted({day for _, day in meets})
    teams = sorted({team for team, _ in meets})
    return {"teams": teams, "days": days, "earliest": days[0], "latest": days[-1]}
