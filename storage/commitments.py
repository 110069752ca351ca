"""What we remember of promises: who will do what by when, and all that happened to it since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select, update
from sqlmodel.sql.expression import Select

from storage.database import Session, add_once
from storage.kinds import Act, Media, Origin, Progress
from storage.tables import (
    Assignment,
    Bite,
    Board,
    Commitment,
    CommitmentAct,
    Member,
    Morning,
    Person,
    Team,
)

KEY, BOARD = "commitment", "board"
SLIP = timedelta(minutes=10)  # after it was made: another date is what was meant at first
LONG = timedelta(days=10)  # what has less time is not asked about midway
MIDWAY = 0.6  # of the time that there is
TASK = "task"  # begins the name of a message that shows all whom something was assigned to
STANCES = (Act.ACCEPTED, Act.DECLINED, Act.INSISTED)


@dataclass(frozen=True)
class Task:
    """What was assigned, by whom, and how the owner last answered; None: not yet, or not anew."""

    assignment: Assignment
    author: Person
    stance: Act | None = None


@dataclass(frozen=True)
class Promise:
    """A commitment, the team it was made in, and whose it is; `task`: somebody else's idea."""

    commitment: Commitment
    team: Team
    owner: Person
    task: Task | None = None

    @property
    def bound(self) -> bool:
        """Whether somebody else assigned it: they decide of its date, and whether it stands."""
        return self.task is not None and self.task.author.id != self.owner.id

    @classmethod
    def of(
        cls,
        commitment: Commitment,
        team: Team,
        owner: Person,
        assignment: Assignment | None,
        author: Person | None,
        stance: str | None,
    ) -> "Promise":
        """From a row of a query that `tasked` completes."""
        if assignment is None or author is None:
            return cls(commitment, team, owner)
        last = Act(stance) if stance else None
        answered = last if last is not Act.INSISTED else None
        return cls(commitment, team, owner, Task(assignment, author, answered))


@dataclass(frozen=True)
class Occasion:
    """A morning whose bite has ready pledges, and somebody's place in its team."""

    morning: Morning
    bite: Bite
    team: Team
    member: Member


@dataclass(frozen=True)
class Evidence:
    """What somebody shows for having kept a promise: words, a picture or file, or nothing."""

    text: str = ""
    media: Media | None = None
    file_id: str = ""
    album: str = ""


NOTHING = Evidence()


def key(commitment_id: int) -> str:
    """The name of a promise's message among the messages that stand."""
    return f"{KEY}:{commitment_id}"


def task_key(assignment_id: int, team_id: int) -> str:
    """The name of the message on an assignment in a team's group; 0: in private, to its author."""
    return f"{TASK}:{assignment_id}:{team_id}"


def keys(commitment: Commitment) -> set[str]:
    """The names of the messages in which a commitment is shown as it stands."""
    assigned = commitment.assignment_id
    shared = [task_key(assigned, team) for team in (commitment.team_id, 0)] if assigned else []
    return {key(commitment.id), *shared}


def assigned(message_key: str) -> int | None:
    """The id of the assignment that a standing message shows; None for other messages."""
    prefix, _, rest = message_key.partition(":")
    return int(rest.partition(":")[0]) if prefix == TASK else None


def named(message_key: str) -> int | None:
    """The id of the promise that a standing message shows; None for other messages."""
    prefix, _, number = message_key.partition(":")
    return int(number) if prefix == KEY else None


async def make(
    session: Session,
    member: Member,
    text: str,
    due_at: datetime,
    now: datetime,
    *,
    bite_id: int | None = None,
    assignment: Assignment | None = None,
    by: int | None = None,
) -> Commitment:
    """A member promises something, or is assigned it. It gets the team's next number.

    `by`: the person who says so for them.
    """
    by = assignment.author_id if assignment else by or member.person_id
    while True:  # until no other transaction took the number first; on SQLite none can
        newest = select(func.max(Commitment.number)).where(Commitment.team_id == member.team_id)
        row = Commitment(
            team_id=member.team_id,
            number=((await session.exec(newest)).one() or 0) + 1,
            member_id=member.id,
            text=text,
            due_at=due_at,
            origin=origin(assignment),
            bite_id=bite_id,
            midway=_midway(now, due_at),
            assignment_id=assignment.id if assignment else None,
            at=now,
        )
        if await add_once(session, row):
            break
    _log(session, row.id, Act.MADE, by, now, due_at=due_at)
    return await session.get_one(Commitment, row.id)


def origin(assignment: Assignment | None) -> Origin:
    """Where a commitment comes from."""
    if assignment is None:
        return Origin.PLEDGE
    return Origin.RECTIFICATION if assignment.finding else Origin.TASK


async def one(session: Session, commitment_id: int) -> Promise | None:
    """A promise by its id."""
    row = (await session.exec(promises().where(Commitment.id == commitment_id))).first()
    return Promise.of(*row) if row else None


async def own(session: Session, commitment_id: int, person_id: int) -> Promise | None:
    """A promise by its id, if it is this person's and they still have their place."""
    query = promises().where(
        Commitment.id == commitment_id,
        Member.person_id == person_id,
        col(Member.retired_at).is_(None),
    )
    row = (await session.exec(query)).first()
    return Promise.of(*row) if row else None


async def numbered(
    session: Session, number: int, person_id: int, team_id: int | None = None
) -> Sequence[Promise]:
    """What a number may mean to somebody: in one team, or (None) in all of their teams."""
    place = aliased(Member)
    query = (
        promises()
        .join(place, col(place.team_id) == Commitment.team_id)
        .where(
            Commitment.number == number,
            place.person_id == person_id,
            col(place.retired_at).is_(None),
        )
        .order_by(col(place.id))
    )
    if team_id is not None:
        query = query.where(Commitment.team_id == team_id)
    return [Promise.of(*row) for row in await session.exec(query)]


async def mine(
    session: Session, person_id: int, team_id: int | None = None
) -> Sequence[tuple[Commitment, Team]]:
    """A person's open promises, the most pressing first: in one team, or (None) in all."""
    query = (
        select(Commitment, Team)
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(Team, col(Commitment.team_id) == Team.id)
        .where(
            Member.person_id == person_id,
            col(Member.retired_at).is_(None),
            Commitment.state == Progress.OPEN,
        )
        .order_by(col(Commitment.due_at), col(Commitment.id))
    )
    if team_id is not None:
        query = query.where(Commitment.team_id == team_id)
    return (await session.exec(query)).all()


async def due(
    session: Session, team_ids: Collection[int], before: datetime
) -> dict[int, Sequence[tuple[Commitment, Person]]]:
    """By team: its open promises that are due before a moment, the oldest first."""
    found: dict[int, list[tuple[Commitment, Person]]] = {team: [] for team in team_ids}
    which = {"teams": list(found), "before": before}
    for promise, owner in await session.exec(_due(), params=which):
        found[promise.team_id].append((promise, owner))
    return dict(found)


@cache
def _due() -> Select[Commitment, Person]:
    return (
        select(Commitment, Person)
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(Person, col(Member.person_id) == Person.id)
        .where(
            col(Commitment.team_id).in_(bindparam("teams", expanding=True)),
            Commitment.state == Progress.OPEN,
            col(Commitment.due_at) < bindparam("before"),
            col(Member.retired_at).is_(None),
        )
        .order_by(col(Commitment.due_at), col(Commitment.id))
    )


async def overdue(
    session: Session,
    now: datetime,
    team_ids: Collection[int],
    member_ids: Collection[int] = (),
    most: int | None = None,
) -> Sequence[Promise]:
    """Open promises past their date, of these teams and of these members, team by team."""
    query = (
        promises()
        .where(
            Commitment.state == Progress.OPEN,
            col(Commitment.due_at) < now,
            col(Member.retired_at).is_(None),
            or_(
                col(Commitment.team_id).in_(team_ids),
                col(Commitment.member_id).in_(member_ids),
            ),
        )
        .order_by(col(Team.unit_id), col(Team.id), col(Commitment.due_at), col(Commitment.id))
        .limit(most)
    )
    return [Promise.of(*row) for row in await session.exec(query)]


async def counts(
    session: Session, team_ids: Collection[int], now: datetime
) -> dict[int, tuple[int, int]]:
    """By team: how many of its promises are open, and how many of them overdue."""
    rows = await session.exec(_counts(), params={"teams": list(team_ids), "now": now})
    found = {team: (int(count), int(overdue)) for team, count, overdue in rows}
    return {team: found.get(team, (0, 0)) for team in team_ids}


@cache
def _counts() -> Select[int, int, int]:
    late = case((col(Commitment.due_at) < bindparam("now"), 1), else_=0)
    return (
        select(Commitment.team_id, func.count(), func.coalesce(func.sum(late), 0))
        .join(Member, col(Commitment.member_id) == Member.id)
        .where(
            col(Commitment.team_id).in_(bindparam("teams", expanding=True)),
            Commitment.state == Progress.OPEN,
            col(Member.retired_at).is_(None),
        )
        .group_by(col(Commitment.team_id))
    )


async def occasion(session: Session, morning_id: int, person_id: int) -> Occasion | None:
    """A morning with its bite, to somebody who has a place in its team."""
    query = (
        select(Morning, Bite, Team, Member)
        .join(Bite, col(Morning.bite_id) == Bite.id)
        .join(Team, col(Morning.team_id) == Team.id)
        .join(Member, and_(col(Member.team_id) == Team.id, Member.person_id == person_id))
        .where(
            Morning.id == morning_id,
            col(Member.retired_at).is_(None),
            col(Team.retired_at).is_(None),
        )
    )
    row = (await session.exec(query)).first()
    return Occasion(*row) if row else None


async def repeated(session: Session, occasion: Occasion, text: str) -> Commitment | None:
    """The same pledge, made by the same member since that morning, and not withdrawn."""
    query = select(Commitment).where(
        Commitment.member_id == occasion.member.id,
        Commitment.state != Progress.WITHDRAWN,
        Commitment.bite_id == occasion.bite.id,
        Commitment.text == text,
        col(Commitment.at) >= occasion.morning.due_at,
    )
    return (await session.exec(query)).first()


async def move(
    session: Session, commitment: Commitment, person_id: int, due_at: datetime, now: datetime
) -> bool:
    """An open promise gets another date; False when it is not open any more.

    A later one is more time, unless the promise was made just now: then it is put right.
    """
    more = due_at > commitment.due_at and now - commitment.at > SLIP
    if not await _change(session, commitment, due_at=due_at, midway=_midway(now, due_at)):
        return False
    act = Act.POSTPONED if more else Act.MOVED
    _log(session, commitment.id, act, person_id, now, due_at=due_at)
    return True


async def claim(
    session: Session,
    commitment: Commitment,
    person_id: int,
    now: datetime,
    evidence: Evidence = NOTHING,
    witness_id: int | None = None,
) -> bool:
    """Its owner says that a promise is kept. Of two who say so at once, one is told False.

    `witness_id`: the person whom they name to verify that.
    """
    if not await _change(session, commitment, state=Progress.CLAIMED):
        return False
    _log(session, commitment.id, Act.CLAIMED, person_id, now, evidence, witness_id=witness_id)
    return True


async def show(
    session: Session, person_id: int, evidence: Evidence, now: datetime
) -> CommitmentAct | None:
    """More evidence, of the same album as what somebody showed before; None when none was."""
    query = select(CommitmentAct).where(
        CommitmentAct.album == evidence.album,
        CommitmentAct.person_id == person_id,
        CommitmentAct.act == Act.CLAIMED,
    )
    claimed = (await session.exec(query)).first()
    if claimed is None:
        return None
    _log(session, claimed.commitment_id, Act.SHOWN, person_id, now, evidence)
    return claimed


async def withdraw(
    session: Session,
    commitment: Commitment,
    person_id: int,
    now: datetime,
    due_at: datetime | None = None,
) -> bool:
    """A promise is taken back; False when it is not open any more.

    `due_at`: it goes on as a rectification, which is due then.
    """
    if not await _change(session, commitment, state=Progress.WITHDRAWN):
        return False
    _log(session, commitment.id, Act.WITHDRAWN, person_id, now, due_at=due_at)
    return True


async def transfer(session: Session, promise: Promise, place: Member, now: datetime) -> bool:
    """An open promise was meant for another team of its owner: it gets a number there.

    What it was called before is kept with the act. Raises IntegrityError where somebody in that
    team takes the number at the same moment; the update is then handled anew.
    """
    commitment, before = promise.commitment, f"{promise.team.name} #{promise.commitment.number}"
    there = aliased(Commitment)
    newest = select(func.coalesce(func.max(there.number), 0)).where(there.team_id == place.team_id)
    changed = await _change(
        session,
        commitment,
        team_id=place.team_id,
        member_id=place.id,
        number=newest.scalar_subquery() + 1,
    )
    if changed:
        was, due_at = Evidence(before), commitment.due_at
        _log(session, commitment.id, Act.MOVED, place.person_id, now, was, due_at)
    return changed


async def lists(session: Session, team_id: int, today: date) -> set[str]:
    """The keys of what lists a team's commitments: its board, and its newest card from `today`."""
    which = {"team": team_id, "day": today}
    morning, board = (await session.exec(_lists(), params=which)).one()
    found = set()
    if morning:
        found.add(f"card:{morning}")
    if board:
        found.add(board_key(team_id, board))
    return found


def board_key(team_id: int, number: int) -> str:
    """The name of a team's board, the `number`-th that was put into its group."""
    return f"{BOARD}:{team_id}:{number}"


@cache
def _lists() -> Any:
    team: Any = bindparam("team")
    mornings = select(Morning.id).where(
        col(Morning.team_id) == team, col(Morning.day) >= bindparam("day")
    )
    card = mornings.order_by(col(Morning.day).desc()).limit(1).scalar_subquery()
    boards = select(Board.number).where(
        col(Board.team_id) == team, col(Board.next_at).is_not(None)
    )
    return select(card, boards.scalar_subquery())


def promises() -> Any:
    """Commitments with all that a `Promise` is made of."""
    return tasked(
        select(Commitment, Team, Person)
        .join(Team, col(Commitment.team_id) == Team.id)
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(Person, col(Member.person_id) == Person.id)
    )


def _midway(since: datetime, due_at: datetime) -> datetime | None:
    """When to ask how it stands, where there is time enough for that."""
    return since + (due_at - since) * MIDWAY if due_at - since >= LONG else None


def tasked(query: Any) -> Any:
    """The query with what was assigned by whom, and the last answer to that, at its end."""
    author, answer = aliased(Person), aliased(CommitmentAct)
    stance = (
        select(answer.act)
        .where(col(answer.commitment_id) == Commitment.id, col(answer.act).in_(STANCES))
        .order_by(col(answer.id).desc())
        .limit(1)
        .correlate(Commitment)
        .scalar_subquery()
    )
    return (
        query.add_columns(Assignment, author, stance)
        .outerjoin(Assignment, col(Commitment.assignment_id) == Assignment.id)
        .outerjoin(author, col(Assignment.author_id) == author.id)
    )


async def _change(session: Session, commitment: Commitment, **values: object) -> bool:
    """Change a promise if it is still open; else read what has become of it."""
    result = await session.exec(
        update(Commitment)
        .where(col(Commitment.id) == commitment.id, col(Commitment.state) == Progress.OPEN)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    await session.refresh(commitment)
    return int(result.rowcount) == 1


def _log(
    session: Session,
    commitment_id: int,
    act: Act,
    person_id: int,
    now: datetime,
    evidence: Evidence = NOTHING,
    due_at: datetime | None = None,
    witness_id: int | None = None,
) -> None:
    session.add(
        CommitmentAct(
            commitment_id=commitment_id,
            act=act,
            person_id=person_id,
            at=now,
            text=evidence.text,
            media=evidence.media,
            file_id=evidence.file_id,
            album=evidence.album,
            due_at=due_at,
            witness_id=witness_id,
        )
    )
