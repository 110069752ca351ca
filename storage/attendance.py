"""What days amount to: how often each member studied, was excused, or was missing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, bindparam, case, func, literal, or_, union_all
from sqlmodel import and_, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.absences import away
from storage.database import Session
from storage.kinds import LeaveReason
from storage.tables import Bite, CheckIn, Leave, Member, Morning, Person, Team


@dataclass(frozen=True)
class Stretch:
    """A member's mornings of some days. `enrolled`: who was not could not check in."""

    member_id: int
    name: str
    mornings: int
    done: int
    away: int
    live: bool = True
    enrolled: bool = True
    erased: bool = False  # had themselves forgotten: counted until then, named no more

    @property
    def missed(self) -> int:
        """How many mornings went by without a check-in, although expected."""
        if not (self.live and self.enrolled):
            return 0
        return max(0, self.mornings - self.done - self.away)

    @property
    def expected(self) -> int:
        """How many were expected: neither excused nor of somebody who could not."""
        return self.done + self.missed


@dataclass(frozen=True)
class Days:
    """A team's mornings of some days, as cards and ledgers count them."""

    mornings: int = 0
    people: Sequence[Stretch] = field(default_factory=tuple)

    @property
    def done(self) -> int:
        """Check-ins."""
        return sum(one.done for one in self.people)

    @property
    def expected(self) -> int:
        """Check-ins that there would be if nobody were missing."""
        return sum(one.expected for one in self.people)

    @property
    def away(self) -> int:
        """How often somebody was excused and did not study all the same."""
        return sum(one.away for one in self.people if one.live)

    @property
    def missing(self) -> Sequence[Stretch]:
        """Who missed any, the most often first."""
        return sorted(
            (one for one in self.people if one.missed and not one.erased),
            key=lambda one: -one.missed,
        )


async def days(
    session: Session, team_ids: Collection[int], first: date, last: date
) -> Mapping[int, Days]:
    """By team: its mornings from the first day to the last, both included."""
    which = {"teams": list(team_ids), "first": first, "last": last}
    mornings: dict[int, int] = {}
    done: dict[int, int] = {}
    gone: dict[int, int] = {}
    for what, who, count in (await session.exec(_counted(), params=which)).all():
        {"mornings": mornings, "done": done, "away": gone}[what][who] = int(count)
    people: dict[int, list[Stretch]] = {team_id: [] for team_id in team_ids}
    for team_id, member_id, name, *more in await session.exec(_people(), params=which):
        live, enrolled, until = more
        if not live and not until and member_id not in done:
            continue
        there, out = done.get(member_id, 0), gone.get(member_id, 0)
        if until is not None:
            stretch = Stretch(member_id, name, int(until), there, out, erased=True)
        else:
            whole = mornings.get(team_id, 0)
            stretch = Stretch(member_id, name, whole, there, out, bool(live), bool(enrolled))
        people[team_id].append(stretch)
    return {team_id: Days(mornings.get(team_id, 0), found) for team_id, found in people.items()}


@cache
def _counted() -> Any:
    """Three counts in one query: mornings by team, check-ins by member, mornings on leave."""
    teams: Any = bindparam("teams", expanding=True)
    first: Any = bindparam("first", type_=Date())
    last: Any = bindparam("last", type_=Date())
    these = and_(
        col(Morning.team_id).in_(teams), col(Morning.day) >= first, col(Morning.day) <= last
    )
    mornings = (
        _figures(literal("mornings").label("what"), Morning.team_id, func.count())
        .where(these)
        .group_by(col(Morning.team_id))
    )
    done = (
        _figures(literal("done"), CheckIn.member_id, func.count())
        .join(Morning, col(CheckIn.morning_id) == Morning.id)
        .where(these)
        .group_by(col(CheckIn.member_id))
    )
    made = select(CheckIn.id).where(
        col(CheckIn.morning_id) == Morning.id, col(CheckIn.member_id) == Leave.member_id
    )
    out = (
        _figures(literal("away"), Leave.member_id, func.count(col(Morning.id).distinct()))
        .join(Member, col(Leave.member_id) == Member.id)
        .join(Morning, col(Morning.team_id) == Member.team_id)
        .where(
            col(Member.team_id).in_(teams),
            col(Leave.last) >= first,
            col(Leave.first) <= last,
            # Each leave within these days: so that mornings are looked up by it, not it by them.
            col(Morning.day) >= case((col(Leave.first) > first, col(Leave.first)), else_=first),
            col(Morning.day) <= case((col(Leave.last) < last, col(Leave.last)), else_=last),
            ~made.exists(),
        )
        .group_by(col(Leave.member_id))
    )
    return union_all(mornings, done, out)


def _figures(*columns: Any) -> Any:
    return select(*columns)


@cache
def _people() -> Any:
    columns: Any = (
        Member.team_id,
        Member.id,
        Person.name,
        col(Member.retired_at).is_(None),
        col(Person.telegram_id).is_not(None),
        case((col(Member.erased_on).is_not(None), _until_erased())),
    )
    return (
        select(*columns)
        .join(Person, col(Member.person_id) == Person.id)
        .where(col(Member.team_id).in_(bindparam("teams", expanding=True)))
        .order_by(col(Member.team_id), col(Member.id))
    )


def _until_erased() -> Any:
    """How many mornings there were before a member had themselves forgotten."""
    return (
        select(func.count())
        .select_from(Morning)
        .where(
            col(Morning.team_id) == Member.team_id,
            col(Morning.day) >= bindparam("first", type_=Date()),
            col(Morning.day) <= bindparam("last", type_=Date()),
            col(Morning.day) < Member.erased_on,
        )
        .correlate(Member)
        .scalar_subquery()
    )


async def mornings(
    session: Session, team_ids: Collection[int], first: date, last: date
) -> Sequence[Morning]:
    """The mornings of teams from the first day to the last, team by team."""
    which = {"teams": list(team_ids), "first": first, "last": last}
    return (await session.exec(_mornings(), params=which)).all()


@cache
def _mornings() -> SelectOfScalar[Morning]:
    return (
        select(Morning)
        .where(
            col(Morning.team_id).in_(bindparam("teams", expanding=True)),
            col(Morning.day) >= bindparam("first"),
            col(Morning.day) <= bindparam("last"),
        )
        .order_by(col(Morning.team_id), col(Morning.day))
    )


async def titles(
    session: Session, team_ids: Collection[int], first: date, last: date
) -> Sequence[tuple[int, date, str]]:
    """Team, day and the bite's title of each of these mornings."""
    which = {"teams": list(team_ids), "first": first, "last": last}
    rows = (await session.exec(_titles(), params=which)).all()
    return [(team_id, day, title) for team_id, day, title in rows]


@cache
def _titles() -> Any:
    columns: Any = (Morning.team_id, Morning.day, Bite.title)
    return (
        select(*columns)
        .join(Bite, col(Morning.bite_id) == Bite.id)
        .where(
            col(Morning.team_id).in_(bindparam("teams", expanding=True)),
            col(Morning.day) >= bindparam("first"),
            col(Morning.day) <= bindparam("last"),
        )
        .order_by(col(Morning.team_id), col(Morning.day))
    )


@dataclass(frozen=True)
class Attended:
    """One morning of one member: when they studied, or whether they were excused."""

    day: date
    closes_at: datetime
    at: datetime | None
    away: bool


async def history(
    session: Session, member_id: int, team_id: int, first: date, last: date
) -> Sequence[Attended]:
    """A member's mornings from the first day to the last, in order."""
    which = {"member": member_id, "team": team_id, "first": first, "last": last}
    rows = (await session.exec(_history(), params=which)).all()
    return [Attended(day, closes_at, at, bool(out)) for day, closes_at, at, out in rows]


@cache
def _history() -> Any:
    member: Any = bindparam("member")
    columns: Any = (Morning.day, Morning.closes_at, CheckIn.at, away(member, Morning.day))
    return (
        select(*columns)
        .select_from(Morning)
        .outerjoin(
            CheckIn,
            and_(col(CheckIn.morning_id) == Morning.id, col(CheckIn.member_id) == member),
        )
        .where(
            col(Morning.team_id) == bindparam("team"),
            col(Morning.day) >= bindparam("first"),
            col(Morning.day) <= bindparam("last"),
        )
        .order_by(col(Morning.day))
    )


@dataclass(frozen=True)
class Absence:
    """A member who is on leave on some days of those that were asked of."""

    team_id: int
    name: str
    first: date
    last: date
    reason: LeaveReason


async def absences(
    session: Session, team_ids: Collection[int], first: date, last: date
) -> Sequence[Absence]:
    """Who is on leave on any of these days, by team: each once, of several leaves the newest."""
    which = {"teams": list(team_ids), "first": first, "last": last}
    found: dict[int, Absence] = {}
    for member, team, name, begin, end, why in await session.exec(_absences(), params=which):
        found[member] = Absence(team, name, begin, end, LeaveReason(why))
    return list(found.values())


@cache
def _absences() -> Any:
    columns: Any = (
        Member.id,
        Member.team_id,
        Person.name,
        Leave.first,
        Leave.last,
        Leave.reason,
    )
    return (
        select(*columns)
        .join(Person, col(Member.person_id) == Person.id)
        .join(Leave, col(Leave.member_id) == Member.id)
        .where(
            col(Member.team_id).in_(bindparam("teams", expanding=True)),
            col(Member.retired_at).is_(None),
            col(Leave.last) >= bindparam("first"),
            col(Leave.first) <= bindparam("last"),
        )
        .order_by(col(Member.team_id), col(Member.id), col(Leave.id))
    )


@dataclass(frozen=True)
class Seated:
    """A member who may be meant: where they sit."""

    member: Member
    person: Person
    team: Team


async def called(
    session: Session, team_ids: Collection[int], parts: Sequence[str]
) -> Sequence[Seated]:
    """Members of teams whose names hold any of these parts; every member where there are none."""
    query = (
        select(Member, Person, Team)
        .join(Person, col(Member.person_id) == Person.id)
        .join(Team, col(Member.team_id) == Team.id)
        .where(
            col(Member.team_id).in_(team_ids),
            col(Member.retired_at).is_(None),
            or_(*(col(Person.name).icontains(part, autoescape=True) for part in parts))
            if parts
            else col(Member.retired_at).is_(None),
        )
        .order_by(col(Team.unit_id), col(Team.id), col(Member.id))
    )
    return [Seated(*row) for row in await session.exec(query)]


async def seated(session: Session, member_id: int) -> Seated | None:
    """One member who still has their place."""
    query = (
        select(Member, Person, Team)
        .join(Person, col(Member.person_id) == Person.id)
        .join(Team, col(Member.team_id) == Team.id)
        .where(
            Member.id == member_id,
            col(Member.retired_at).is_(None),
            col(Team.retired_at).is_(None),
        )
    )
    row = (await session.exec(query)).first()
    return Seated(*row) if row else None
