"""What is asked of nudges: whose check-in is about to close without whom, and what stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import String, Update, bindparam, cast, func, literal, true
from sqlmodel import and_, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from storage.absences import away
from storage.database import Session, shared, unsynchronized
from storage.kinds import Delivery, Switch
from storage.tables import (
    Bite,
    Chat,
    CheckIn,
    Member,
    Morning,
    Outgoing,
    Person,
    Slot,
    SwitchTurn,
    Team,
)

JOB = "nudges"


@dataclass(frozen=True)
class Missing:
    """Somebody who has neither checked in nor been excused, and can be written to in private."""

    morning_id: int
    person: Person
    chat_id: int


@dataclass(frozen=True)
class Studied:
    """Somebody's check-in of a morning, which was nudged for."""

    morning: Morning
    team: Team
    person: Person
    at: datetime


def key(morning_id: int, person_id: int) -> str:
    """The name of a nudge among the messages that stand."""
    return f"nudge:morning:{morning_id}:{person_id}"


def ids(key: str) -> tuple[int, int] | None:
    """The morning and the person of a nudge; None for a nudge of another matter."""
    _, matter, *rest = key.split(":")
    return (int(rest[0]), int(rest[1])) if matter == "morning" else None


async def closing(
    session: Session, now: datetime, lead: timedelta, fresh: timedelta
) -> Sequence[tuple[Morning, Team, str]]:
    """Open mornings that close within `lead` and nobody was nudged for, with their bites' titles.

    Not where the team has nudges switched off, nor where the card came less than `fresh` ago.
    """
    when = {"now": now, "soon": now + lead, "seen": now - fresh}
    rows = (await session.exec(_closing(), params=when)).all()
    return [(morning, team, title) for morning, team, title in rows]


@cache
def _closing() -> Any:
    mine = cast(Morning.id, String)
    last = (
        select(SwitchTurn.turned_on)
        .where(SwitchTurn.team_id == Morning.team_id, SwitchTurn.switch == Switch.NUDGE)
        .order_by(col(SwitchTurn.id).desc())
        .limit(1)
        .correlate(Morning)
        .scalar_subquery()
    )
    nudged = select(Slot.at).where(Slot.job == JOB, col(Slot.subject) == mine).exists()
    return (
        select(Morning, Team, Bite.title)
        .join(Team, col(Morning.team_id) == Team.id)
        .join(Bite, col(Morning.bite_id) == Bite.id)
        .join(Outgoing, col(Outgoing.key) == literal("card:") + mine)
        .where(
            col(Morning.closed_at).is_(None),
            col(Morning.closes_at) > bindparam("now"),
            col(Morning.closes_at) <= bindparam("soon"),
            col(Outgoing.state) == Delivery.SENT,
            col(Outgoing.done_at) <= bindparam("seen"),
            col(Team.retired_at).is_(None),
            func.coalesce(last, true()),
            ~nudged,
        )
        .order_by(col(Morning.closes_at), col(Morning.id))
    )


async def missing(session: Session, morning_ids: Collection[int]) -> Sequence[Missing]:
    """Who is missing from any of these mornings, and can be written to in private.

    Where others write as well, a check-in that is under way is waited for, and a later one waits:
    so it either is seen here, or sees what is owed.
    """
    which = {"mornings": list(morning_ids)}
    if shared(session):
        await session.exec(_hold(), params=which)
    rows = await session.exec(_missing(), params=which)
    return [Missing(*row) for row in rows]


@cache
def _hold() -> SelectOfScalar[int]:
    these = col(Morning.id).in_(bindparam("mornings", expanding=True))
    return select(Morning.id).where(these).order_by(col(Morning.id)).with_for_update()


@cache
def _missing() -> Any:
    studied = (
        select(CheckIn.id)
        .where(CheckIn.morning_id == Morning.id, CheckIn.member_id == Member.id)
        .exists()
    )
    return (
        select(Morning.id, Person, Chat.id)
        .join(Member, col(Member.team_id) == Morning.team_id)
        .join(Person, col(Member.person_id) == Person.id)
        .join(Chat, col(Chat.telegram_id) == Person.telegram_id)
        .where(
            col(Morning.id).in_(bindparam("mornings", expanding=True)),
            col(Member.retired_at).is_(None),
            col(Chat.trouble) == "",
            ~studied,
            ~away(Member.id, Morning.day),
        )
        .order_by(col(Morning.id), col(Member.id))
    )


async def withdraw(session: Session, keys: Collection[str], now: datetime) -> None:
    """These nudges are not needed any more: what has not left yet does not leave."""
    await session.exec(_withdraw(), params={"keys": list(keys), "now": now})


@cache
def _withdraw() -> Update:
    these = col(Outgoing.key).in_(bindparam("keys", expanding=True))
    waiting = col(Outgoing.state).in_([Delivery.PENDING, Delivery.HELD])
    gone = update(Outgoing).where(these, waiting)
    return unsynchronized(gone.values(state=Delivery.EXPIRED, done_at=bindparam("now")))


async def silence(session: Session, chat_id: int, now: datetime) -> None:
    """Somebody wants none now: whatever reminder waits for their private chat does not leave."""
    await session.exec(_silence(), params={"chat": chat_id, "now": now})


@cache
def _silence() -> Update:
    waiting = col(Outgoing.state).in_([Delivery.PENDING, Delivery.HELD])
    here = col(Outgoing.chat_id) == bindparam("chat")
    gone = update(Outgoing).where(here, waiting, col(Outgoing.key).startswith("nudge:"))
    return unsynchronized(gone.values(state=Delivery.EXPIRED, done_at=bindparam("now")))


async def studied(session: Session, pairs: Collection[tuple[int, int]]) -> Sequence[Studied]:
    """Of these mornings and people, those who have checked in since."""
    mornings, persons = {morning for morning, _ in pairs}, {person for _, person in pairs}
    which = {"mornings": list(mornings), "persons": list(persons)}
    rows = await session.exec(_studied(), params=which)
    return [Studied(*row) for row in rows if (row[0].id, row[2].id) in pairs]


@cache
def _studied() -> Any:
    return (
        select(Morning, Team, Person, CheckIn.at)
        .join(Team, col(Morning.team_id) == Team.id)
        .join(CheckIn, col(CheckIn.morning_id) == Morning.id)
        .join(
            Member,
            and_(col(CheckIn.member_id) == Member.id, col(Member.team_id) == Morning.team_id),
        )
        .join(Person, col(Member.person_id) == Person.id)
        .where(
            col(Morning.id).in_(bindparam("mornings", expanding=True)),
            col(Person.id).in_(bindparam("persons", expanding=True)),
        )
    )
