"""What we remember of receipts: who confirmed an announcement, and who has not yet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, false, func, or_
from sqlmodel import and_, col, delete, select, update
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Session, add_once
from storage.kinds import Stage
from storage.tables import (
    Announcement,
    AnnouncementMember,
    AnnouncementTeam,
    Chat,
    Leave,
    Member,
    Person,
    Receipt,
    Team,
)


@dataclass(frozen=True)
class Tally:
    """Receipts in two figures. Who is away today, or not enrolled yet, is not expected."""

    done: int = 0
    expected: int = 0


@dataclass(frozen=True)
class Absentee:
    """A member whose receipt is missing."""

    team: Team
    person: Person
    chat_id: int | None  # the private chat, where it is open

    @property
    def enrolled(self) -> bool:
        """Whether they could confirm at all; otherwise we know the name only."""
        return self.person.telegram_id is not None

    @property
    def locale(self) -> str:
        """The language to speak with them."""
        return self.person.locale or self.team.locale


async def add(session: Session, announcement_id: int, member_id: int, now: datetime) -> bool:
    """A member received an announcement; False when that was known."""
    row = Receipt(announcement_id=announcement_id, member_id=member_id, at=now)
    return await add_once(session, row)


async def given(
    session: Session, announcement_id: int, member_ids: Collection[int]
) -> dict[int, Receipt]:
    """By member: the receipts of an announcement that there are."""
    query = select(Receipt).where(
        Receipt.announcement_id == announcement_id, col(Receipt.member_id).in_(member_ids)
    )
    return {row.member_id: row for row in await session.exec(query)}


async def undo(session: Session, announcement_id: int, member_ids: Collection[int]) -> None:
    """These members take their receipts back."""
    await session.exec(
        delete(Receipt).where(
            col(Receipt.announcement_id) == announcement_id,
            col(Receipt.member_id).in_(member_ids),
        )
    )


async def places(
    session: Session, announcement_id: int, person_id: int
) -> Sequence[tuple[Member, Team]]:
    """A person's places in the teams that a sent announcement asks for receipts."""
    query = (
        select(Member, Team)
        .join(Team, col(Member.team_id) == Team.id)
        .join(AnnouncementTeam, col(AnnouncementTeam.team_id) == Team.id)
        .join(Announcement, col(AnnouncementTeam.announcement_id) == Announcement.id)
        .where(
            Announcement.id == announcement_id,
            Announcement.stage == Stage.SENT,
            col(Announcement.wants_receipt),
            meant(announcement_id),
            Member.person_id == person_id,
            col(Member.retired_at).is_(None),
            col(Team.retired_at).is_(None),
        )
        .order_by(col(Member.id))
    )
    return (await session.exec(query)).all()


async def tallies(
    session: Session, announcement_id: int, teams: Collection[Team], now: datetime
) -> dict[int, Tally]:
    """By team: how many members confirmed, of how many who are expected to."""
    given = col(Receipt.at).is_not(None)
    enrolled = and_(col(Member.retired_at).is_(None), col(Person.telegram_id).is_not(None))
    expected = and_(
        or_(enrolled, col(Member.erased_on) > now.date()),
        meant(announcement_id),
        ~away(teams, now),
    )
    query = (
        select(Member.team_id, func.count(col(Receipt.at)), func.count())
        .join(Team, col(Member.team_id) == Team.id)
        .join(Person, col(Member.person_id) == Person.id)
        .outerjoin(Receipt, _of(announcement_id))
        .where(col(Member.team_id).in_([team.id for team in teams]), or_(given, expected))
        .group_by(col(Member.team_id))
    )
    found = {team: Tally(done, all_) for team, done, all_ in await session.exec(query)}
    return {team.id: found.get(team.id, Tally()) for team in teams}


async def tally(
    session: Session, announcement_id: int, teams: Collection[Team], now: datetime
) -> Tally:
    """The same for all these teams together."""
    by_team = (await tallies(session, announcement_id, teams, now)).values()
    return Tally(sum(one.done for one in by_team), sum(one.expected for one in by_team))


async def missing(
    session: Session, announcement_id: int, teams: Collection[Team], now: datetime
) -> Sequence[Absentee]:
    """Members of `teams` who have not confirmed and are not away, enrolled or not, by team."""
    query = (
        select(Team.id, Person, Chat.id)
        .select_from(Team)
        .join(Member, col(Member.team_id) == Team.id)
        .join(Person, col(Member.person_id) == Person.id)
        .outerjoin(
            Chat, and_(col(Chat.telegram_id) == Person.telegram_id, col(Chat.trouble) == "")
        )
        .outerjoin(Receipt, _of(announcement_id))
        .where(
            col(Team.id).in_([team.id for team in teams]),
            col(Member.retired_at).is_(None),
            col(Receipt.at).is_(None),
            meant(announcement_id),
            ~away(teams, now),
        )
        .order_by(col(Team.unit_id), col(Team.id), col(Member.id))
    )
    by_id = {team.id: team for team in teams}
    return [
        Absentee(by_id[team], person, chat) for team, person, chat in await session.exec(query)
    ]


@dataclass(frozen=True)
class Reader:
    """A member of whom a receipt is wanted: given, or not, or not expected as they are away."""

    team_id: int
    name: str
    enrolled: bool
    at: datetime | None
    away: bool

    @property
    def missing(self) -> bool:
        """Whether it is expected of them, and not there."""
        return self.enrolled and self.at is None and not self.away


async def latest(
    session: Session,
    team_ids: Collection[int],
    between: tuple[datetime, datetime] | None = None,
) -> tuple[Announcement, Sequence[int]] | None:
    """The last announcement that any of these teams was sent and asked to confirm, and which.

    `between`: of those sent from a moment to before another.
    """
    begin, end = between or (None, None)
    which = {"teams": list(team_ids), "begin": begin, "end": end}
    announcement = (await session.exec(_latest(between is not None), params=which)).first()
    if announcement is None:
        return None
    of = {"teams": list(team_ids), "announcement": announcement.id}
    return announcement, (await session.exec(_reached(), params=of)).all()


@cache
def _latest(bounded: bool) -> SelectOfScalar[Announcement]:
    query = (
        select(Announcement)
        .join(AnnouncementTeam, col(AnnouncementTeam.announcement_id) == Announcement.id)
        .where(
            col(AnnouncementTeam.team_id).in_(bindparam("teams", expanding=True)),
            Announcement.stage == Stage.SENT,
            col(Announcement.wants_receipt),
            col(Announcement.recalled_at).is_(None),
        )
        .order_by(col(Announcement.sent_at).desc(), col(Announcement.id).desc())
        .limit(1)
    )
    if not bounded:
        return query
    return query.where(
        col(Announcement.sent_at) >= bindparam("begin"),
        col(Announcement.sent_at) < bindparam("end"),
    )


@cache
def _reached() -> SelectOfScalar[int]:
    return (
        select(AnnouncementTeam.team_id)
        .join(Team, col(AnnouncementTeam.team_id) == Team.id)
        .where(
            AnnouncementTeam.announcement_id == bindparam("announcement"),
            col(AnnouncementTeam.team_id).in_(bindparam("teams", expanding=True)),
        )
        .order_by(col(Team.unit_id), col(Team.id))
    )


async def standings(
    session: Session, announcement_id: int, teams: Collection[Team], now: datetime
) -> Sequence[Reader]:
    """Every member of these teams, or who confirmed as one: given, missing, or away today."""
    columns: tuple[Any, ...] = (
        Team.id,
        Person.name,
        col(Person.telegram_id).is_not(None),
        Receipt.at,
        away(teams, now),
    )
    query = (
        select(*columns)
        .select_from(Team)
        .join(Member, col(Member.team_id) == Team.id)
        .join(Person, col(Member.person_id) == Person.id)
        .outerjoin(Receipt, _of(announcement_id))
        .where(
            col(Team.id).in_([team.id for team in teams]),
            meant(announcement_id),
            or_(col(Member.retired_at).is_(None), col(Receipt.at).is_not(None)),
        )
        .order_by(col(Team.unit_id), col(Team.id), col(Member.id))
    )
    return [
        Reader(team, name, bool(enrolled), at, bool(away))
        for team, name, enrolled, at, away in await session.exec(query)
    ]


async def nudge(
    session: Session, announcement_id: int, before: datetime | None, now: datetime
) -> bool:
    """Take the next nudge of an announcement; False when somebody took it since `before`."""
    result = await session.exec(
        update(Announcement)
        .where(
            col(Announcement.id) == announcement_id,
            col(Announcement.nudged_at).is_not_distinct_from(before),
        )
        .values(nudged_at=now)
    )
    return bool(result.rowcount)


def meant(announcement_id: Any) -> ColumnElement[bool]:
    """An announcement is for this member: for everybody, or for some and for them."""
    some = (
        select(AnnouncementMember.member_id)
        .where(col(AnnouncementMember.announcement_id) == announcement_id)
        .correlate(AnnouncementTeam)
    )
    named = (
        select(AnnouncementMember.member_id)
        .where(
            col(AnnouncementMember.announcement_id) == announcement_id,
            AnnouncementMember.member_id == Member.id,
        )
        .correlate(Member, AnnouncementTeam)
    )
    return or_(~some.exists(), named.exists())


def _of(announcement_id: int) -> ColumnElement[bool]:
    return and_(
        col(Receipt.member_id) == Member.id, col(Receipt.announcement_id) == announcement_id
    )


def away(teams: Collection[Team], now: datetime) -> ColumnElement[bool]:
    """A member is on leave today, by the date of the team's own zone."""
    zones = {team.timezone for team in teams}
    today = {zone: now.astimezone(ZoneInfo(zone)).date() for zone in zones}
    covers = [
        and_(col(Team.timezone) == zone, col(Leave.first) <= day, col(Leave.last) >= day)
        for zone, day in today.items()
    ]
    return (
        select(Leave.id)
        .where(Leave.member_id == Member.id, or_(false(), *covers))
        .correlate(Member, Team)
        .exists()
    )
