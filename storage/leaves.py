"""What we remember of leave: who is excused, when and why."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import insert, literal
from sqlmodel import and_, col, or_, select

from storage.absences import away
from storage.database import Session
from storage.kinds import LeaveReason
from storage.tables import Leave, Member, Morning, Team


async def add(
    session: Session,
    member_id: int,
    first: date,
    last: date,
    reason: LeaveReason,
    by_person_id: int,
    now: datetime,
) -> Leave:
    """Excuse a member from the first day to the last, both included."""
    leave = Leave(
        member_id=member_id,
        first=first,
        last=last,
        reason=reason,
        by_person_id=by_person_id,
        at=now,
    )
    session.add(leave)
    await session.flush()
    return leave


async def excuse_shifts(
    session: Session,
    morning_ids: Collection[int],
    crews: Collection[tuple[int, str]],
    now: datetime,
) -> None:
    """Excuse whoever is off by the shifts on these mornings' days, unless they are away already.

    `crews`: by team and name, those that are off. It is written down as the morning begins, so
    that a later change of the shifts leaves what was as it was.
    """
    if not crews:
        return
    off = or_(*(and_(Member.team_id == team, Member.crew == crew) for team, crew in crews))
    members = (
        select(
            Member.id,  # type: ignore[call-overload]
            Morning.day,
            col(Morning.day).label("last"),
            literal(LeaveReason.SHIFT, Leave.reason.type),  # type: ignore[attr-defined]
            literal(now, Leave.at.type),  # type: ignore[attr-defined]
        )
        .join(Morning, col(Morning.team_id) == Member.team_id)
        .where(
            col(Morning.id).in_(list(morning_ids)),
            col(Member.team_id).in_({team for team, _ in crews}),
            col(Member.retired_at).is_(None),
            off,
            ~away(Member.id, Morning.day),
        )
        .order_by(col(Member.id))
    )
    columns = ("member_id", "first", "last", "reason", "at")
    table = Leave.__table__  # type: ignore[attr-defined]
    await session.exec(insert(table).from_select(columns, members))


async def on(session: Session, member_id: int, day: date) -> Leave | None:
    """The leave that excuses a member on a day: of several, the newest."""
    query = (
        select(Leave)
        .where(Leave.member_id == member_id, col(Leave.last) >= day, col(Leave.first) <= day)
        .order_by(col(Leave.id).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def mine(
    session: Session, leave_id: int, person_id: int
) -> tuple[Leave, Member, Team] | None:
    """One leave, if it is this person's own."""
    query = (
        select(Leave, Member, Team)
        .join(Member, col(Leave.member_id) == Member.id)
        .join(Team, col(Member.team_id) == Team.id)
        .where(Leave.id == leave_id, Member.person_id == person_id)
    )
    return (await session.exec(query)).first()


async def together(
    session: Session, leave_id: int, person_id: int
) -> Sequence[tuple[Leave, Member, Team]]:
    """One leave of this person's own, and what was said with it for their other teams."""
    own = await mine(session, leave_id, person_id)
    if own is None:
        return []
    query = (
        select(Leave, Member, Team)
        .join(Member, col(Leave.member_id) == Member.id)
        .join(Team, col(Member.team_id) == Team.id)
        .where(
            Member.person_id == person_id,
            Leave.at == own[0].at,
            Leave.first == own[0].first,
            Leave.by_person_id == own[0].by_person_id,
        )
        .order_by(col(Team.id))
    )
    found = (await session.exec(query)).all()
    return found or [own]


async def ahead(session: Session, person_id: int, day: date) -> Sequence[tuple[Leave, Team]]:
    """A person's leave that is not over yet, the nearest first."""
    query = (
        select(Leave, Team)
        .join(Member, col(Leave.member_id) == Member.id)
        .join(Team, col(Member.team_id) == Team.id)
        .where(Member.person_id == person_id, col(Leave.last) >= day)
        .order_by(col(Leave.first))
    )
    return (await session.exec(query)).all()


async def withdraw(session: Session, leave: Leave, day: date) -> None:
    """Not away after all, from `day` on: days that are past stay excused."""
    if leave.first >= day:
        await session.delete(leave)
    else:
        leave.last = min(leave.last, date.fromordinal(day.toordinal() - 1))
        session.add(leave)
