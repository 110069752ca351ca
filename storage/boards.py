"""The board of a team: one message in its group with the open commitments, always current."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import String, Update, bindparam, cast, func, literal, literal_column
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select, update

from storage.commitments import BOARD, board_key
from storage.database import Session, shared, unsynchronized
from storage.kinds import Act, Delivery, Progress
from storage.tables import Board, Commitment, CommitmentAct, Member, Outgoing, Person, Team

PIN = "pin:"  # begins the name of the call that pins a board
KEPT = (Progress.CLAIMED, Progress.VERIFIED, Progress.UNVERIFIED)


@dataclass(frozen=True)
class Line:
    """An open commitment as a board shows it."""

    id: int
    number: int
    text: str
    due_at: datetime
    owner: str


@dataclass(frozen=True)
class Pinning:
    """A board that stands, and how far the call that pins it has come; None: it is not owed."""

    board: Board
    chat_id: int
    message_id: int
    state: Delivery | None
    error: str


def named(message_key: str) -> tuple[int, int]:
    """The team whose board a standing message is, and its number."""
    _, team_id, number = message_key.split(":")
    return int(team_id), int(number)


async def put(
    session: Session, team_id: int, person_id: int, next_at: datetime, now: datetime
) -> int:
    """A team gets a board, in the place of one that it has; its number. Of two, each has its own.

    `next_at`: when its colours are looked at next.
    """
    values = {"team": team_id, "person": person_id, "next": next_at, "now": now}
    return int((await session.exec(_put(shared(session)), params=values)).scalar_one())


@cache
def _put(server: bool) -> Any:
    fresh: dict[str, Any] = {
        "person_id": bindparam("person"),
        "at": bindparam("now"),
        "next_at": bindparam("next"),
        "settled_at": None,
    }
    insert = (postgresql_insert if server else sqlite_insert)(Board)
    added = insert.values(team_id=bindparam("team"), number=1, **fresh)
    once_more = {**fresh, "number": col(Board.number) + 1}
    return added.on_conflict_do_update(
        index_elements=[col(Board.team_id)], set_=once_more
    ).returning(col(Board.number))


async def take_away(session: Session, team_id: int) -> Board | None:
    """A team has no board any more; the one that it had, or None."""
    query = (
        select(Board)
        .where(Board.team_id == team_id, col(Board.next_at).is_not(None))
        .with_for_update()
    )
    board = (await session.exec(query)).first()
    if board is not None:
        board.next_at = None
        session.add(board)
    return board


async def cancel(session: Session, board: str) -> bool:
    """A board that has not left is not posted any more; False: it has, or it is on its way."""
    left = update(Outgoing).where(
        col(Outgoing.key) == board,
        col(Outgoing.state).in_([Delivery.PENDING, Delivery.HELD]),
    )
    result = await session.exec(unsynchronized(left.values(state=Delivery.EXPIRED)))
    return int(result.rowcount) == 1


async def of_teams(session: Session, team_ids: Collection[int]) -> dict[int, Board]:
    """By team: its board, though it may have been taken away."""
    rows = await session.exec(select(Board).where(col(Board.team_id).in_(team_ids)))
    return {board.team_id: board for board in rows}


async def keys(session: Session) -> Sequence[str]:
    """The names of all boards that stand."""
    query = select(Board.team_id, Board.number).where(col(Board.next_at).is_not(None))
    return [board_key(team_id, number) for team_id, number in await session.exec(query)]


async def due(session: Session, now: datetime) -> Sequence[tuple[Board, str]]:
    """Boards whose colours are to be looked at, and the time zones of their teams."""
    rows = await session.exec(_due(), params={"now": now})
    return [(board, str(timezone)) for board, timezone in rows]


@cache
def _due() -> Any:
    return (
        select(Board, Team.timezone)
        .join(Team, col(Board.team_id) == Team.id)
        .where(col(Board.next_at) <= bindparam("now"))
    )


async def fell_due(
    session: Session, after: datetime, now: datetime
) -> Sequence[tuple[Board, datetime]]:
    """Boards of teams whose open promises fell due since a moment, and the last such date."""
    rows = await session.exec(_fell_due(), params={"after": after, "now": now})
    return [(board, at) for board, at in rows]


@cache
def _fell_due() -> Any:
    # Spelt out: SQLite uses an index over some rows only where that takes no parameter to know.
    is_open = col(Commitment.state) == literal_column(f"'{Progress.OPEN}'")
    due_at = col(Commitment.due_at)
    latest = (
        select(Commitment.team_id, func.max(due_at).label("at"))
        .where(is_open, due_at > bindparam("after"), due_at <= bindparam("now"))
        .group_by(col(Commitment.team_id))
        .subquery()
    )
    return (
        select(Board, latest.c.at)
        .join(latest, latest.c.team_id == Board.team_id)
        .where(col(Board.next_at).is_not(None))
    )


async def look_again(session: Session, times: Mapping[int, datetime]) -> None:
    """By team: when the colours of its board are looked at next, where it still stands."""
    values = [{"team": team_id, "next": at} for team_id, at in times.items()]
    if values:
        await session.exec(_look_again(), params=values)


@cache
def _look_again() -> Update:
    table = Board.__table__  # type: ignore[attr-defined]
    which = update(table).where(table.c.team_id == bindparam("team"), table.c.next_at.is_not(None))
    return which.values(next_at=bindparam("next"))


async def lines(
    session: Session, team_ids: Collection[int], most: int
) -> dict[int, tuple[Sequence[Line], int]]:
    """By team: its open commitments by date, so many of them, and how many there are."""
    found: dict[int, tuple[list[Line], int]] = {team_id: ([], 0) for team_id in team_ids}
    which = {"teams": list(found), "most": most}
    for team_id, count, *line in await session.exec(_lines(), params=which):
        found[team_id] = ([*found[team_id][0], Line(*line)], int(count))
    return dict(found)


@cache
def _lines() -> Any:
    order = (col(Commitment.due_at), col(Commitment.id))
    team = col(Commitment.team_id)
    open_ = (
        select(
            team.label("team"),
            func.count().over(partition_by=team).label("count"),
            col(Commitment.id),
        )
        .add_columns(
            col(Commitment.number),
            col(Commitment.text),
            col(Commitment.due_at),
            col(Person.name),
            func.row_number().over(partition_by=team, order_by=order).label("place"),
        )
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(Person, col(Member.person_id) == Person.id)
        .where(
            team.in_(bindparam("teams", expanding=True)),
            col(Commitment.state) == Progress.OPEN,
            col(Member.retired_at).is_(None),
        )
        .subquery()
    )
    columns: Any = [column for column in open_.c if column.key != "place"]
    shown = select(*columns).where(open_.c.place <= bindparam("most"))
    return shown.order_by(open_.c.team, open_.c.place)


async def kept(session: Session, since: Mapping[int, datetime]) -> dict[int, int]:
    """By team: how many of its commitments were kept since its moment."""
    moments: dict[datetime, list[int]] = {}
    for team_id, moment in since.items():
        moments.setdefault(moment, []).append(team_id)
    found = dict.fromkeys(since, 0)
    for moment, teams in moments.items():
        rows = await session.exec(_kept(), params={"teams": teams, "since": moment})
        found |= {team_id: int(count) for team_id, count in rows}
    return found


@cache
def _kept() -> Any:
    return (
        select(Commitment.team_id, func.count(func.distinct(Commitment.id)))
        .join(CommitmentAct, col(CommitmentAct.commitment_id) == Commitment.id)
        .where(
            col(Commitment.team_id).in_(bindparam("teams", expanding=True)),
            col(Commitment.state).in_(KEPT),
            col(CommitmentAct.act) == Act.CLAIMED,
            col(CommitmentAct.at) >= bindparam("since"),
        )
        .group_by(col(Commitment.team_id))
    )


# -- pinning ---------------------------------------------------------------------------------


async def unsettled(session: Session) -> Sequence[Pinning]:
    """Boards that stand in their groups, and are not known to be pinned."""
    return [Pinning(*row) for row in await session.exec(_unsettled())]


async def same(session: Session, board: Board) -> Board | None:
    """The board as it is, while nobody else changes it; None: it was moved or taken away."""
    query = (
        select(Board)
        .where(
            Board.team_id == board.team_id,
            Board.number == board.number,
            col(Board.next_at).is_not(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.exec(query)).first()


@cache
def _unsettled() -> Any:
    pin = aliased(Outgoing)
    name = literal(f"{BOARD}:").concat(cast(col(Board.team_id), String)).concat(":")
    name = name.concat(cast(col(Board.number), String))
    return (
        select(Board, col(Outgoing.chat_id), col(Outgoing.message_id))
        .add_columns(col(pin.state), func.coalesce(col(pin.error), ""))
        .join(Outgoing, col(Outgoing.key) == name)
        .outerjoin(pin, and_(col(pin.key) == literal(PIN).concat(name)))
        .where(
            col(Board.settled_at).is_(None),
            col(Board.next_at).is_not(None),
            col(Outgoing.message_id).is_not(None),
        )
    )
