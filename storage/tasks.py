"""What somebody has others do: who is meant, what they say to it, and what has become of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import and_, col, delete, select

from storage import commitments
from storage.commitments import Promise, promises
from storage.database import Session
from storage.kinds import Act, Progress
from storage.tables import (
    Assignment,
    Chat,
    Commitment,
    CommitmentAct,
    Member,
    Objection,
    Person,
    Team,
)

LISTENING = timedelta(minutes=30)  # to what somebody says next


@dataclass(frozen=True)
class Candidate:
    """Somebody to whom something may be assigned; `chat_id`: the private chat, if it is open."""

    member: Member
    person: Person
    team: Team
    chat_id: int | None


@dataclass(frozen=True)
class Ordered:
    """One of many things to assign: what, what is said of it by column, who by when."""

    text: str
    parts: Mapping[str, str]
    places: Sequence[tuple[Member, datetime]]


async def candidates(session: Session, team_ids: Collection[int]) -> Sequence[Candidate]:
    """The members of these teams, team by team."""
    query = (
        select(Member, Person, Team, Chat.id)
        .join(Person, col(Member.person_id) == Person.id)
        .join(Team, col(Member.team_id) == Team.id)
        .outerjoin(
            Chat, and_(col(Chat.telegram_id) == Person.telegram_id, col(Chat.trouble) == "")
        )
        .where(
            col(Member.team_id).in_(team_ids),
            col(Member.retired_at).is_(None),
            col(Team.retired_at).is_(None),
        )
        .order_by(col(Team.unit_id), col(Team.id), col(Member.id))
    )
    return [Candidate(*row) for row in await session.exec(query)]


def same(meant: Sequence[Candidate]) -> Sequence[Candidate]:
    """Two places of one person among these; none: each is somebody else."""
    for place, one in enumerate(meant):
        for other in meant[:place]:
            if other.person.id == one.person.id:
                return [other, one]
    return []


async def assign(
    session: Session,
    author_id: int,
    text: str,
    parts: Mapping[str, str],
    places: Sequence[tuple[Member, datetime]],
    now: datetime,
) -> Assignment:
    """Each of these members is to do this by then. `parts`: what is said of it, by column."""
    assignment = _sheet(author_id, parts, now)
    session.add(assignment)
    await session.flush()
    for member, due_at in places:
        row = await commitments.make(session, member, text, due_at, now, assignment=assignment)
        if member.person_id == author_id:  # who has oneself do something has agreed to it
            _log(session, row, Act.ACCEPTED, author_id, now)
    await session.flush()
    return assignment


async def assign_all(
    session: Session, author_id: int, orders: Sequence[Ordered], now: datetime
) -> Sequence[int]:
    """Assign many things in a few statements; the ids of the assignments.

    Raises IntegrityError where somebody takes a team's number at the same moment; the update is
    then handled anew.
    """
    sheets = [_sheet(author_id, one.parts, now) for one in orders]
    session.add_all(sheets)
    await session.flush()
    teams = {member.team_id for one in orders for member, _ in one.places}
    newest = (
        select(Commitment.team_id, func.max(Commitment.number))
        .where(col(Commitment.team_id).in_(teams))
        .group_by(col(Commitment.team_id))
    )
    numbers = {team: int(number) for team, number in await session.exec(newest)}
    rows = []
    for sheet, one in zip(sheets, orders, strict=True):
        for member, due_at in one.places:
            numbers[member.team_id] = numbers.get(member.team_id, 0) + 1
            row = Commitment(
                team_id=member.team_id,
                number=numbers[member.team_id],
                member_id=member.id,
                text=one.text,
                due_at=due_at,
                origin=commitments.origin(sheet),
                assignment_id=sheet.id,
                at=now,
            )
            rows.append((row, member))
    session.add_all([row for row, _ in rows])
    await session.flush()
    for row, member in rows:
        made = _log(session, row, Act.MADE, author_id, now)
        made.due_at = row.due_at
        if member.person_id == author_id:
            _log(session, row, Act.ACCEPTED, author_id, now)
    await session.flush()
    return [sheet.id for sheet in sheets]


async def of_all(session: Session, assignment_ids: Collection[int]) -> Sequence[Promise]:
    """All that was assigned by these, team by team."""
    query = promises().where(col(Commitment.assignment_id).in_(assignment_ids))
    rows = await session.exec(query.order_by(col(Team.unit_id), col(Team.id), col(Commitment.id)))
    return [Promise.of(*row) for row in rows]


async def waiting(session: Session, person_id: int) -> Sequence[Promise]:
    """What was assigned to this person, is open, and waits for their word."""
    query = promises().where(
        Member.person_id == person_id,
        col(Member.retired_at).is_(None),
        col(Commitment.state) == Progress.OPEN,
        col(Commitment.assignment_id).is_not(None),
    )
    rows = await session.exec(query.order_by(col(Commitment.due_at), col(Commitment.id)))
    found = [Promise.of(*row) for row in rows]
    return [what for what in found if what.task and what.task.stance is None]


async def authored(
    session: Session, person_id: int, most: int = 20
) -> Sequence[tuple[int, str, int]]:
    """What this person assigned and is open, the newest first: its id, text, for how many."""
    query = (
        select(Assignment.id, func.min(Commitment.text), func.count())
        .join(Commitment, col(Commitment.assignment_id) == Assignment.id)
        .where(Assignment.author_id == person_id, Commitment.state == Progress.OPEN)
        .group_by(col(Assignment.id))
        .order_by(col(Assignment.id).desc())
        .limit(most)
    )
    return (await session.exec(query)).all()


async def of(session: Session, assignment_id: int, team_id: int = 0) -> Sequence[Promise]:
    """All that was assigned at once, in one team or (0) in all of them."""
    query = promises().where(col(Commitment.assignment_id) == assignment_id)
    if team_id:
        query = query.where(Commitment.team_id == team_id)
    rows = await session.exec(query.order_by(col(Team.unit_id), col(Team.id), col(Commitment.id)))
    return [Promise.of(*row) for row in rows]


async def own(session: Session, assignment_id: int, person_id: int) -> Promise | None:
    """What this person has to do of it, if they still have their place."""
    query = promises().where(
        col(Commitment.assignment_id) == assignment_id,
        Member.person_id == person_id,
        col(Member.retired_at).is_(None),
    )
    row = (await session.exec(query)).first()
    return Promise.of(*row) if row else None


async def answer(
    session: Session,
    commitment: Commitment,
    act: Act,
    person_id: int,
    now: datetime,
    why: str = "",
) -> int | None:
    """Somebody's word on a task that is open: the act's id; None where it says nothing new.

    Of two who say the same at once, one is told None.
    """
    held = select(Commitment.id).where(
        Commitment.id == commitment.id, Commitment.state == Progress.OPEN
    )
    if (await session.exec(held.with_for_update())).first() is None:
        await session.refresh(commitment)
        return None
    last = await _last_answer(session, commitment.id)
    if last and last.act is act and last.text == why:
        return None
    if act is Act.INSISTED and (last is None or last.act is not Act.DECLINED):
        return None
    row = _log(session, commitment, act, person_id, now, why)
    await session.flush()
    return row.id


async def objection(session: Session, act_id: int) -> tuple[CommitmentAct, Promise] | None:
    """What somebody found hard, and about what; None once they or others have said more since."""
    act = await session.get(CommitmentAct, act_id)
    if act is None or act.act is not Act.DECLINED:
        return None
    last = await _last_answer(session, act.commitment_id)
    what = await commitments.one(session, act.commitment_id)
    return (act, what) if what and last and last.id == act.id else None


async def listen(session: Session, person_id: int, commitment_id: int, now: datetime) -> None:
    """What this person writes next in private is what they find hard about that."""
    await deafen(session, person_id)
    session.add(Objection(person_id=person_id, commitment_id=commitment_id, at=now))


async def deafen(session: Session, person_id: int) -> None:
    """It is not, after all."""
    await session.exec(delete(Objection).where(col(Objection.person_id) == person_id))


async def listening(session: Session, person_id: int, now: datetime) -> Promise | None:
    """About what this person is about to say what is hard, if anything."""
    row = await session.get(Objection, person_id)
    if row is None or row.at < now - LISTENING:
        return None
    return await commitments.own(session, row.commitment_id, person_id)


async def _last_answer(session: Session, commitment_id: int) -> CommitmentAct | None:
    query = select(CommitmentAct).where(
        CommitmentAct.commitment_id == commitment_id,
        col(CommitmentAct.act).in_(commitments.STANCES),
    )
    return (await session.exec(query.order_by(col(CommitmentAct.id).desc()).limit(1))).first()


def _sheet(author_id: int, parts: Mapping[str, str], now: datetime) -> Assignment:
    sheet = Assignment(author_id=author_id, at=now)
    for name, text in parts.items():
        setattr(sheet, name, text)
    return sheet


def _log(
    session: Session,
    commitment: Commitment,
    act: Act,
    person_id: int,
    now: datetime,
    why: str = "",
) -> CommitmentAct:
    row = CommitmentAct(
        commitment_id=commitment.id, act=act, person_id=person_id, at=now, text=why
    )
    session.add(row)
    return row
