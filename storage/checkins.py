"""What we remember of check-ins: who studied which morning, and who was excused."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, or_
from sqlmodel import and_, col, select
from sqlmodel.sql.expression import Select

from storage.absences import away
from storage.database import Session, add_once
from storage.kinds import LeaveReason
from storage.tables import CheckIn, Leave, Member, Morning, Person, Team


@dataclass(frozen=True)
class Presence:
    """A member on one morning: when they checked in, or why they are excused."""

    member_id: int
    name: str
    telegram_id: int | None  # None: known by name only, so cannot check in yet; 0: was forgotten
    at: datetime | None
    reason: LeaveReason | None


@dataclass(frozen=True)
class Tally:
    """A morning in two figures. Who is excused, or not enrolled yet, is not expected."""

    done: int
    expected: int


async def add(session: Session, morning_id: int, member_id: int, now: datetime) -> bool:
    """A member studied a morning's bite; False when that was known."""
    return await add_once(session, CheckIn(morning_id=morning_id, member_id=member_id, at=now))


async def place(
    session: Session, morning_id: int, person_id: int
) -> tuple[Morning, Member, Team] | None:
    """A morning, with a person's place in its team; None where they have none."""
    query = (
        select(Morning, Member, Team)
        .join(Team, col(Morning.team_id) == Team.id)
        .join(Member, col(Member.team_id) == Team.id)
        .where(
            Morning.id == morning_id,
            Member.person_id == person_id,
            col(Member.retired_at).is_(None),
            col(Team.retired_at).is_(None),
        )
    )
    return (await session.exec(query)).first()


async def made(session: Session, morning_id: int, member_id: int) -> bool:
    """Whether a member has checked in."""
    query = select(CheckIn.id).where(
        CheckIn.morning_id == morning_id, CheckIn.member_id == member_id
    )
    return (await session.exec(query)).first() is not None


async def ordinal(session: Session, morning_id: int, member_id: int) -> tuple[int, datetime]:
    """The how-manieth check-in of a morning a member's is, and when it was."""
    whose = {"morning": morning_id, "member": member_id}
    place, at = (await session.exec(_ordinal(), params=whose)).one()
    return int(place), at


@cache
def _ordinal() -> Select[int, datetime]:
    morning = col(CheckIn.morning_id) == bindparam("morning")
    own = (
        select(CheckIn.id, CheckIn.at)
        .where(morning, col(CheckIn.member_id) == bindparam("member"))
        .subquery()
    )
    return (
        select(func.count(), func.max(own.c.at))
        .select_from(CheckIn)
        .join(own, col(CheckIn.id) <= own.c.id)
        .where(morning)
    )


async def tally(session: Session, morning: Morning) -> Tally:
    """How many have checked in, of how many who are expected."""
    return (await tallies(session, [morning.id]))[morning.id]


async def expected(session: Session, team_id: int, day: date) -> int:
    """How many of a team are expected on a day that may be to come."""
    query = (
        select(func.count())
        .select_from(Member)
        .join(Person, col(Member.person_id) == Person.id)
        .where(col(Member.team_id) == team_id, *_expected(day))
    )
    return (await session.exec(query)).one()


async def tallies(session: Session, morning_ids: Collection[int]) -> dict[int, Tally]:
    """By morning: its two figures."""
    nobody = dict.fromkeys(morning_ids, Tally(done=0, expected=0))
    rows = await session.exec(_tallies(), params={"mornings": list(morning_ids)})
    return nobody | {
        morning: Tally(done=int(done), expected=int(expected)) for morning, done, expected in rows
    }


@cache
def _tallies() -> Select[int, int, int]:
    done = col(CheckIn.id).is_not(None)
    return (
        select(Morning.id, func.count(col(CheckIn.id)), func.count())
        .join(Member, col(Member.team_id) == Morning.team_id)
        .join(Person, col(Member.person_id) == Person.id)
        .outerjoin(
            CheckIn,
            and_(col(CheckIn.member_id) == Member.id, col(CheckIn.morning_id) == Morning.id),
        )
        .where(
            col(Morning.id).in_(bindparam("mornings", expanding=True)),
            or_(done, and_(*_expected(Morning.day))),
        )
        .group_by(col(Morning.id))
    )


async def presences(
    session: Session, morning_ids: Collection[int]
) -> dict[int, Sequence[Presence]]:
    """By morning: every member of its team, first those who checked in, in that order."""
    found: dict[int, list[Presence]] = {morning: [] for morning in morning_ids}
    rows = (await session.exec(_presences(), params={"mornings": list(morning_ids)})).all()
    for morning, member, name, user, at, why in rows:
        reason = LeaveReason(why) if why else None
        found[morning].append(Presence(member, name, user, at, reason))
    return dict(found)


def counted(people: Sequence[Presence]) -> Tally:
    """The two figures of a morning, as `tally` has them, of those who are known already."""
    expected = [p for p in people if p.at or (p.telegram_id is not None and not p.reason)]
    return Tally(done=sum(p.at is not None for p in people), expected=len(expected))


@cache
def _presences() -> Any:
    reason = (
        select(Leave.reason)
        .where(
            Leave.member_id == Member.id,
            col(Leave.first) <= Morning.day,
            col(Leave.last) >= Morning.day,
        )
        .order_by(col(Leave.id).desc())
        .limit(1)
        .correlate(Member, Morning)
        .scalar_subquery()
    )
    gone = col(Member.erased_on).is_not(None)
    return (
        select(Morning.id, Member.id, Person.name)
        .add_columns(case((gone, 0), else_=col(Person.telegram_id)), col(CheckIn.at), reason)
        .join(Member, col(Member.team_id) == Morning.team_id)
        .join(Person, col(Member.person_id) == Person.id)
        .outerjoin(
            CheckIn,
            and_(col(CheckIn.member_id) == Member.id, col(CheckIn.morning_id) == Morning.id),
        )
        .where(
            col(Morning.id).in_(bindparam("mornings", expanding=True)),
            or_(
                col(Member.retired_at).is_(None),
                col(CheckIn.id).is_not(None),
                col(Member.erased_on) > Morning.day,
            ),
        )
        .order_by(col(CheckIn.id).is_(None), col(CheckIn.id), col(Member.id))
    )


async def history(
    session: Session, member_id: int, limit: int = 60
) -> Sequence[tuple[date, bool, bool]]:
    """A member's last mornings, newest first: the day, whether studied, whether excused."""
    member = select(Member.team_id).where(Member.id == member_id).scalar_subquery()
    query = (
        select(col(Morning.day), col(CheckIn.id).is_not(None), away(member_id, Morning.day))
        .outerjoin(
            CheckIn,
            and_(col(CheckIn.morning_id) == Morning.id, col(CheckIn.member_id) == member_id),
        )
        .where(col(Morning.team_id) == member)
        .order_by(col(Morning.day).desc())
        .limit(limit)
    )
    rows = (await session.exec(query)).all()
    return [(day, bool(done), bool(excused)) for day, done, excused in rows]


def _expected(day: Any) -> tuple[ColumnElement[bool], ...]:
    """Who is there and enrolled; and who had themselves forgotten, on the days before."""
    enrolled = and_(col(Member.retired_at).is_(None), col(Person.telegram_id).is_not(None))
    return or_(enrolled, col(Member.erased_on) > day), ~away(Member.id, day)
