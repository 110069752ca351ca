"""What we remember of promises: who will do what by when, and all that happened to it since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select, update
from sqlmodel.sql.expression import Select

from storage.database import Session, add_once
from storage.kinds import Act, Media, Origin, Progress
from storage.tables import (
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


@dataclass(frozen=True)
class Promise:
    """A commitment, the team it was made in, and whose it is."""

    commitment: Commitment
    team: Team
    owner: Person


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
    by: int | None = None,
) -> Commitment:
    """A member promises something. It gets the team's next number.

    `by`: the person who says so for them.
    """
    while True:  # until no other transaction took the number first; on SQLite none can
        newest = select(func.max(Commitment.number)).where(Commitment.team_id == member.team_id)
        row = Commitment(
            team_id=member.team_id,
            number=((await session.exec(newest)).one() or 0) + 1,
            member_id=member.id,
            text=text,
            due_at=due_at,
            origin=Origin.PLEDGE,
            bite_id=bite_id,
            at=now,
        )
        if await add_once(session, row):
            break
    _log(session, row.id, Act.MADE, by or member.person_id, now, due_at=due_at)
    return await session.get_one(Commitment, row.id)


async def one(session: Session, commitment_id: int) -> Promise | None:
    """A promise by its id."""
    row = (await session.exec(_promises().where(Commitment.id == commitment_id))).first()
    return Promise(*row) if row else None


async def own(session: Session, commitment_id: int, person_id: int) -> Promise | None:
    """A promise by its id, if it is this person's and they still have their place."""
    query = _promises().where(
        Commitment.id == commitment_id,
        Member.person_id == person_id,
        col(Member.retired_at).is_(None),
    )
    row = (await session.exec(query)).first()
    return Promise(*row) if row else None


async def numbered(
    session: Session, number: int, person_id: int, team_id: int | None = None
) -> Sequence[Promise]:
    """What a number may mean to somebody: in one team, or (None) in all of their teams."""
    place = aliased(Member)
    query = (
        _promises()
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
    return [Promise(*row) for row in await session.exec(query)]


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
    session: Session, now: datetime, team_ids: Collection[int], member_ids: Collection[int] = ()
) -> Sequence[Promise]:
    """Open promises past their date, of these teams and of these members, team by team."""
    query = (
        _promises()
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
    )
    return [Promise(*row) for row in await session.exec(query)]


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
    """An open promise gets another date; False when it is not open any more."""
    if not await _change(session, commitment, due_at=due_at):
        return False
    _log(session, commitment.id, Act.MOVED, person_id, now, due_at=due_at)
    return True


async def claim(
    session: Session,
    commitment: Commitment,
    person_id: int,
    now: datetime,
    evidence: Evidence = NOTHING,
) -> bool:
    """Its owner says that a promise is kept. Of two who say so at once, one is told False."""
    if not await _change(session, commitment, state=Progress.CLAIMED):
        return False
    _log(session, commitment.id, Act.CLAIMED, person_id, now, evidence=evidence)
    return True


async def show(session: Session, person_id: int, evidence: Evidence, now: datetime) -> bool:
    """More evidence, of the same album as what somebody showed before; False when none was."""
    query = select(CommitmentAct.commitment_id).where(
        CommitmentAct.album == evidence.album,
        CommitmentAct.person_id == person_id,
        CommitmentAct.act == Act.CLAIMED,
    )
    commitment_id = (await session.exec(query)).first()
    if commitment_id is None:
        return False
    _log(session, commitment_id, Act.SHOWN, person_id, now, evidence)
    return True


async def withdraw(
    session: Session, commitment: Commitment, person_id: int, now: datetime
) -> bool:
    """A promise is taken back; False when it is not open any more."""
    if not await _change(session, commitment, state=Progress.WITHDRAWN):
        return False
    _log(session, commitment.id, Act.WITHDRAWN, person_id, now)
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


async def shown(session: Session, commitment: Commitment, today: date) -> set[str]:
    """The keys of all that shows a promise: its message, its team's card and board.

    `today`: the team's date; the card is the newest from then on, which lists what is due.
    """
    which = {"team": commitment.team_id, "day": today}
    morning, board = (await session.exec(_shown(), params=which)).one()
    keys = {key(commitment.id)}
    if morning:
        keys.add(f"card:{morning}")
    if board:
        keys.add(board_key(commitment.team_id, board))
    return keys


def board_key(team_id: int, number: int) -> str:
    """The name of a team's board, the `number`-th that was put into its group."""
    return f"{BOARD}:{team_id}:{number}"


@cache
def _shown() -> Any:
    team: Any = bindparam("team")
    mornings = select(Morning.id).where(
        col(Morning.team_id) == team, col(Morning.day) >= bindparam("day")
    )
    card = mornings.order_by(col(Morning.day).desc()).limit(1).scalar_subquery()
    boards = select(Board.number).where(
        col(Board.team_id) == team, col(Board.next_at).is_not(None)
    )
    return select(card, boards.scalar_subquery())


def _promises() -> Any:
    return (
        select(Commitment, Team, Person)
        .join(Team, col(Commitment.team_id) == Team.id)
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(Person, col(Member.person_id) == Person.id)
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
        )
    )
