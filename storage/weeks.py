"""What a week of teams amounts to: all figures of many teams by as many queries as of one.

They count as everything else does: attendance as cards and ledgers, promises as /flow, receipts as
a ledger's summary, what is missed as /missed.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, case, false, func, literal, or_, union_all
from sqlmodel import and_, col, select

from storage import costs, flows, reviews
from storage.absences import away
from storage.commitments import STANCES
from storage.database import Session
from storage.flows import Flow
from storage.kinds import Act, Progress, Stage
from storage.pleas import ENDS_HELP
from storage.receipts import meant
from storage.reviews import Missed
from storage.tables import (
    Announcement,
    AnnouncementTeam,
    CheckIn,
    Commitment,
    CommitmentAct,
    Leave,
    Member,
    Morning,
    Person,
    Receipt,
)

ANY = 1000  # questions that a team has missed in a week: all of them


@dataclass(frozen=True)
class Attendance:
    """A morning, or several. Who is excused is not expected, and not missing either."""

    done: int = 0
    expected: int = 0
    excused: int = 0

    def __add__(self, other: "Attendance") -> "Attendance":
        """Both together."""
        return Attendance(
            self.done + other.done, self.expected + other.expected, self.excused + other.excused
        )


@dataclass(frozen=True)
class Receipts:
    """Announcements of the week that ask for receipts: how many came, of how many expected."""

    done: int = 0
    expected: int = 0


@dataclass(frozen=True)
class Waiting:
    """What waits for a leader now, in promises: it is not of a week, but of the moment.

    claimed  reported as done, and nobody has looked
    help     their owners ask for help, and nobody has seen to it
    hard     somebody was assigned it, and says what is hard about it
    overdue  open past their date
    """

    claimed: int = 0
    help: int = 0
    hard: int = 0
    overdue: int = 0

    def __add__(self, other: "Waiting") -> "Waiting":
        """Both together."""
        return Waiting(
            self.claimed + other.claimed,
            self.help + other.help,
            self.hard + other.hard,
            self.overdue + other.overdue,
        )


@dataclass
class TeamWeek:
    """A week of a team.

    late     promises due in these days that are open past their date
    group    messages of ours in the team's chat, by kind; private: to its members, all together
    members  who have enrolled
    """

    days: dict[date, Attendance] = field(default_factory=dict)
    flow: Flow = field(default_factory=Flow)
    late: int = 0
    missed: Sequence[Missed] = ()
    receipts: Receipts = field(default_factory=Receipts)
    waiting: Waiting = field(default_factory=Waiting)
    group: Counter[str] = field(default_factory=Counter)
    private: Counter[str] = field(default_factory=Counter)
    members: int = 0


async def weeks(
    session: Session,
    team_ids: Collection[int],
    zone: ZoneInfo,
    days: tuple[date, date],
    bounds: tuple[datetime, datetime],
    now: datetime,
) -> dict[int, TeamWeek]:
    """By team, all of one zone. `days`: the first and the last; `bounds`: when they begin, end."""
    found = {team: TeamWeek() for team in team_ids}
    which = {
        "teams": list(found),
        "first": days[0],
        "last": days[1],
        "begin": bounds[0],
        "end": bounds[1],
        "now": now,
    }
    for team, day, *counts in await session.exec(_attendance(), params=which):
        found[team].days[day] = Attendance(*map(int, counts))
    for team, flow in (await flows.flows(session, list(found), days, bounds)).items():
        found[team].flow = flow
    for team, *counts in await session.exec(_waiting(), params=which):
        *waiting, late = map(int, counts)
        found[team].waiting += Waiting(*waiting)
        found[team].late += late
    for one in await reviews.missed(session, list(found), *bounds, limit=ANY):
        found[one.team_id].missed = [*found[one.team_id].missed, one]
    for team, private, kind, count in await costs.of_teams(session, which):
        (found[team].private if private else found[team].group)[kind] += count
    for team, count in await session.exec(_members(), params=which):
        found[team].members = int(count)
    confirms = await confirmed(session, Member.team_id, list(found), zone, bounds)
    for team, receipts in confirms.items():
        found[team].receipts = receipts
    return found


@cache
def _attendance() -> Any:
    """As `checkins.tallies` counts, with those who are excused."""
    done = col(CheckIn.id).is_not(None)
    enrolled = or_(
        and_(col(Member.retired_at).is_(None), col(Person.telegram_id).is_not(None)),
        col(Member.erased_on) > Morning.day,
    )
    excused = and_(~done, away(Member.id, Morning.day))
    columns: Any = (Morning.team_id, Morning.day)
    return (
        select(*columns)
        .add_columns(
            func.count(col(CheckIn.id)),
            func.sum(case((excused, 0), else_=1)),
            func.sum(case((excused, 1), else_=0)),
        )
        .join(Member, col(Member.team_id) == Morning.team_id)
        .join(Person, col(Member.person_id) == Person.id)
        .outerjoin(
            CheckIn,
            and_(col(CheckIn.member_id) == Member.id, col(CheckIn.morning_id) == Morning.id),
        )
        .where(
            col(Morning.team_id).in_(bindparam("teams", expanding=True)),
            col(Morning.day) >= bindparam("first"),
            col(Morning.day) <= bindparam("last"),
            or_(done, enrolled),
        )
        .group_by(col(Morning.team_id), col(Morning.day))
    )


@cache
def _waiting() -> Any:
    """By team, of some of it: claimed, help, hard, overdue; and what is late of these days."""
    ours = col(Commitment.team_id).in_(bindparam("teams", expanding=True))
    none: Any = literal(0)
    team: Any = Commitment.team_id
    claimed = (
        _figures(team, func.count(), none, none, none, none)
        .where(ours, col(Commitment.state) == Progress.CLAIMED)
        .group_by(team)
    )
    in_week = case((col(Commitment.due_at) >= bindparam("begin"), 1), else_=0)
    before_end = case((col(Commitment.due_at) < bindparam("end"), 1), else_=0)
    late = (
        _figures(team, none, none, none, func.count(), func.sum(in_week * before_end))
        .where(
            ours,
            col(Commitment.state) == Progress.OPEN,
            col(Commitment.due_at) < bindparam("now"),
        )
        .group_by(team)
    )
    act, number = col(CommitmentAct.act), col(CommitmentAct.id)

    def last(*acts: Act) -> ColumnElement[int]:
        return func.coalesce(func.max(case((act.in_(acts), number))), 0)

    said = (
        select(
            team.label("team"),
            case((last(Act.HELP) > last(*ENDS_HELP), 1), else_=0).label("help"),
            case((last(Act.DECLINED) > last(Act.ACCEPTED, Act.INSISTED), 1), else_=0).label(
                "hard"
            ),
        )
        .join(CommitmentAct, col(CommitmentAct.commitment_id) == Commitment.id)
        .where(
            ours,
            col(Commitment.state) == Progress.OPEN,
            act.in_([Act.HELP, *ENDS_HELP, *STANCES]),
        )
        .group_by(team, col(Commitment.id))
        .subquery()
    )
    pleas = _figures(
        said.c.team, none, func.sum(said.c.help), func.sum(said.c.hard), none, none
    ).group_by(said.c.team)
    return union_all(claimed, late, pleas)


def _figures(*columns: Any) -> Any:
    return select(*columns)


@cache
def _members() -> Any:
    return (
        select(Member.team_id, func.count())
        .join(Person, col(Member.person_id) == Person.id)
        .where(
            col(Member.team_id).in_(bindparam("teams", expanding=True)),
            col(Member.retired_at).is_(None),
            col(Person.telegram_id).is_not(None),
        )
        .group_by(col(Member.team_id))
    )


# -- receipts --------------------------------------------------------------------------------


async def notices(
    session: Session, zone: ZoneInfo, bounds: tuple[datetime, datetime]
) -> Mapping[int, date]:
    """The announcements of some days that ask for receipts: by id, on which day they were sent."""
    which = {"begin": bounds[0], "end": bounds[1]}
    rows = await session.exec(_notices(), params=which)
    return {number: at.astimezone(zone).date() for number, at in rows}


@cache
def _notices() -> Any:
    return select(Announcement.id, col(Announcement.sent_at)).where(
        col(Announcement.sent_at) >= bindparam("begin"),
        col(Announcement.sent_at) < bindparam("end"),
        col(Announcement.stage) == Stage.SENT,
        col(Announcement.wants_receipt),
        col(Announcement.recalled_at).is_(None),
    )


def _asked(sent: Mapping[int, date]) -> ColumnElement[bool]:
    """A member has confirmed, or was expected to: meant, enrolled, and not away when it came."""
    covers = [
        and_(
            col(AnnouncementTeam.announcement_id) == number,
            col(Leave.first) <= day,
            col(Leave.last) >= day,
        )
        for number, day in sent.items()
    ]
    absent = (
        select(Leave.id)
        .where(Leave.member_id == Member.id, or_(false(), *covers))
        .correlate(Member, AnnouncementTeam)
        .exists()
    )
    later = [
        and_(col(AnnouncementTeam.announcement_id) == number, col(Member.erased_on) > day)
        for number, day in sent.items()
    ]
    enrolled = and_(col(Member.retired_at).is_(None), col(Person.telegram_id).is_not(None))
    to_them = meant(AnnouncementTeam.announcement_id)
    expected = and_(or_(enrolled, *later), to_them, ~absent)
    return or_(col(Receipt.at).is_not(None), expected)


async def confirmed(
    session: Session,
    of: Any,
    ids: Collection[int],
    zone: ZoneInfo,
    bounds: tuple[datetime, datetime],
) -> dict[int, Receipts]:
    """Receipts of some days, by what a column of members names: their team, or the person."""
    sent = await notices(session, zone, bounds)
    if not sent:
        return {}
    query: Any = (
        select(of, func.count(col(Receipt.at)), func.count())
        .select_from(Member)
        .join(AnnouncementTeam, col(AnnouncementTeam.team_id) == Member.team_id)
        .join(Person, col(Member.person_id) == Person.id)
        .outerjoin(
            Receipt,
            and_(
                col(Receipt.announcement_id) == AnnouncementTeam.announcement_id,
                col(Receipt.member_id) == Member.id,
            ),
        )
        .where(
            col(of).in_(ids),
            col(AnnouncementTeam.announcement_id).in_(list(sent)),
            _asked(sent),
        )
        .group_by(col(of))
    )
    return {one: Receipts(*map(int, counts)) for one, *counts in await session.exec(query)}
