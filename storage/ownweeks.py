"""What a week of persons amounts to, in all their teams: for each of them alone."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, case, func, or_
from sqlmodel import and_, col, select

from storage import costs
from storage.absences import away
from storage.database import Session
from storage.flows import DONE, MEANT, Flow, claimed
from storage.kinds import Progress
from storage.tables import (
    CheckIn,
    Commitment,
    Member,
    Morning,
)
from storage.weeks import Attendance, Receipts, confirmed


@dataclass
class OwnWeek:
    """A week of somebody. `late`: due in these days, and open past its date."""

    attendance: Attendance = field(default_factory=Attendance)
    flow: Flow = field(default_factory=Flow)
    late: int = 0
    ahead: int = 0  # open, and due within a week from now
    receipts: Receipts = field(default_factory=Receipts)
    told: Counter[str] = field(default_factory=Counter)  # messages of ours that reached them

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell: it is shown to whoever asks, and not sent."""
        mornings = self.attendance.expected or self.attendance.excused
        promises = self.flow.made or self.flow.due or self.ahead
        return not (mornings or promises or self.receipts.expected)


async def weeks(
    session: Session,
    person_ids: Collection[int],
    zone: ZoneInfo,
    days: tuple[date, date],
    bounds: tuple[datetime, datetime],
    until: tuple[datetime, datetime],
) -> dict[int, OwnWeek]:
    """By person. `until`: now, and until when what is open is told of as being ahead."""
    found = {person: OwnWeek() for person in person_ids}
    which = {
        "persons": list(found),
        "first": days[0],
        "last": days[1],
        "begin": bounds[0],
        "end": bounds[1],
        "now": until[0],
        "until": until[1],
    }
    for person, *counts in await session.exec(_attendance(), params=which):
        found[person].attendance = Attendance(*map(int, counts))
    for person, *counts in await session.exec(_promises(), params=which):
        made, due, kept, verified, late, ahead = (int(count or 0) for count in counts)
        read = found[person].attendance.done
        found[person].flow = Flow(read, made, due, kept, verified)
        found[person].late, found[person].ahead = late, ahead
    for person, kind, count in await costs.of_people(session, which):
        found[person].told[kind] += count
    confirms = await confirmed(session, Member.person_id, list(found), zone, bounds)
    for person, receipts in confirms.items():
        found[person].receipts = receipts
    return found


@cache
def _attendance() -> Any:
    done = col(CheckIn.id).is_not(None)
    excused = and_(~done, away(Member.id, Morning.day))
    columns: Any = (
        Member.person_id,
        func.count(col(CheckIn.id)),
        func.sum(case((excused, 0), else_=1)),
        func.sum(case((excused, 1), else_=0)),
    )
    return (
        select(*columns)
        .join(Morning, col(Morning.team_id) == Member.team_id)
        .outerjoin(
            CheckIn,
            and_(col(CheckIn.member_id) == Member.id, col(CheckIn.morning_id) == Morning.id),
        )
        .where(
            col(Member.person_id).in_(bindparam("persons", expanding=True)),
            col(Morning.day) >= bindparam("first"),
            col(Morning.day) <= bindparam("last"),
            or_(done, col(Member.retired_at).is_(None)),
        )
        .group_by(col(Member.person_id))
    )


@cache
def _promises() -> Any:
    claim, of_it = claimed()
    state, due_at, at = col(Commitment.state), col(Commitment.due_at), col(Commitment.at)
    begin: Any = bindparam("begin")
    end: Any = bindparam("end")
    meant = and_(state.in_(MEANT), due_at >= begin, due_at < end)
    kept = and_(meant, state.in_(DONE), col(claim.at) <= due_at)
    is_open = state == Progress.OPEN
    now: Any = bindparam("now")
    tests: list[Any] = [
        and_(at >= begin, at < end),
        meant,
        kept,
        and_(kept, state == Progress.VERIFIED),
        and_(meant, is_open, due_at < now),
        and_(is_open, due_at >= now, due_at < bindparam("until")),
    ]
    columns: Any = (Member.person_id, *(func.sum(case((test, 1), else_=0)) for test in tests))
    return (
        select(*columns)
        .join(Commitment, col(Commitment.member_id) == Member.id)
        .outerjoin(claim, of_it)
        .where(col(Member.person_id).in_(bindparam("persons", expanding=True)))
        .group_by(col(Member.person_id))
    )
