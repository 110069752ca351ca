"""What is asked of promises that are not late yet, and what their owners answered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Delete, Update, bindparam, func, literal_column, union_all
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, delete, select, update

from storage.commitments import Promise, tasked
from storage.database import Session, unsynchronized
from storage.kinds import Act, ChatKind, Plea, Progress
from storage.pleas import awaits_help, did, plea, postponed
from storage.tables import (
    Chat,
    Commitment,
    CommitmentAct,
    Leave,
    Member,
    Outgoing,
    Person,
    Team,
)

JOB = "asks"
ASK, ASKING, DIGEST = "ask", "asking", "late"  # begin the names of messages
MOST = 40  # promises that one message is about
WAITS = timedelta(days=7)  # for whoever could not be asked midway

DATED = (Act.MADE, Act.MOVED, Act.POSTPONED)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Near:
    """An open promise of which its owner may have to hear."""

    commitment_id: int
    team_id: int
    due_at: datetime
    midway: datetime | None
    since: datetime  # when it got that date
    sure: bool  # its owner expects to keep it
    person: Person
    chat_id: int


@dataclass(frozen=True)
class Late:
    """An open promise past its date."""

    commitment_id: int
    team_id: int
    due_at: datetime
    person_id: int


@dataclass(frozen=True)
class Reach:
    """Between which moments dates have to lie: usually, and for teams with days of their own."""

    usual: Span
    own: Span
    teams: Collection[int]  # with days of their own

    def params(self) -> dict[str, Any]:
        """As the queries take it."""
        return {
            "after": self.usual[0],
            "until": self.usual[1],
            "after_own": self.own[0],
            "until_own": self.own[1],
            "own": list(self.teams),
        }


@dataclass(frozen=True)
class Item:
    """A promise in a message to its owner, as it is now."""

    what: Promise
    since: datetime  # when it got its date
    sure: bool  # its owner expects to keep that date
    plea: Plea | None


# -- the names of messages -------------------------------------------------------------------


def ask_key(person_id: int, day: date, ids: Sequence[int]) -> str:
    """The name of the message that somebody has about promises of theirs on a day."""
    return f"{asks_of(person_id)}{day}:{'-'.join(map(str, ids))}"


def asks_of(person_id: int) -> str:
    """How the names of all such messages to somebody begin."""
    return f"{ASK}:{person_id}:"


def asked(key: str) -> tuple[int, date, list[int]] | None:
    """Of whom, when and about which promises; None for a message of another kind."""
    matter, *rest = key.split(":")
    if matter != ASK:
        return None
    person, day, ids = rest
    return int(person), date.fromisoformat(day), [int(one) for one in ids.split("-")]


def asking_key(about: str, commitment_id: int, now: datetime) -> str:
    """The name of a message whose answer is words: about the day, the reason or the help."""
    return f"{ASKING}:{about}:{commitment_id}:{now.timestamp():.0f}"


# -- who is to be spoken to ------------------------------------------------------------------


async def teams(session: Session) -> Sequence[tuple[int, str, time | None]]:
    """All teams in use, with their time zones and when their day's work ends."""
    rows = await session.exec(_teams())
    return [(team_id, zone, ends) for team_id, zone, ends in rows]


@cache
def _teams() -> Any:
    return select(Team.id, Team.timezone, col(Team.work_ends)).where(
        col(Team.retired_at).is_(None)
    )


async def near(
    session: Session, reach: Reach, now: datetime, part: int, parts: int
) -> Sequence[Near]:
    """Open promises that are due within reach, or have come to the time to ask midway.

    Of those whose owners can be written to, and do not wait for help; a part of the people at a
    time.
    """
    which = {**reach.params(), "now": now, "waited": now - WAITS, "part": part, "parts": parts}
    return [Near(*row) for row in await session.exec(_near(), params=which)]


@cache
def _near() -> Any:
    midway = col(Commitment.midway)
    half = and_(
        _open(), midway.is_not(None), midway > bindparam("waited"), midway <= bindparam("now")
    )
    return (
        select(Commitment.id, Commitment.team_id, Commitment.due_at)
        .add_columns(midway, _since(), _sure(), Person, col(Chat.id))
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(Person, col(Member.person_id) == Person.id)
        .join(Chat, open_chat())
        .where(
            col(Commitment.id).in_(_ids(*_due(), half)),
            col(Member.person_id) % bindparam("parts") == bindparam("part"),
            col(Member.retired_at).is_(None),
            ~awaits_help(),
        )
        .order_by(col(Commitment.due_at), col(Commitment.id))
    )


async def late(session: Session, reach: Reach) -> Sequence[Late]:
    """Open promises that were due within reach, of which nobody waits for help."""
    return [Late(*row) for row in await session.exec(_late(), params=reach.params())]


@cache
def _late() -> Any:
    return (
        select(Commitment.id, Commitment.team_id, Commitment.due_at)
        .add_columns(col(Member.person_id))
        .join(Member, col(Commitment.member_id) == Member.id)
        .where(
            col(Commitment.id).in_(_ids(*_due())),
            col(Member.retired_at).is_(None),
            ~awaits_help(),
        )
        .order_by(col(Commitment.due_at), col(Commitment.id))
    )


def _due() -> Sequence[Any]:
    """Ways to be due within reach, each with an index of its own."""
    due = col(Commitment.due_at)
    usually = and_(_open(), due > bindparam("after"), due <= bindparam("until"))
    otherwise = and_(
        col(Commitment.team_id).in_(bindparam("own", expanding=True)),
        col(Commitment.state) == Progress.OPEN,
        due > bindparam("after_own"),
        due <= bindparam("until_own"),
    )
    return usually, otherwise


def _ids(*ways: Any) -> Any:
    return select(union_all(*(select(Commitment.id).where(way) for way in ways)).subquery().c.id)


async def absent(
    session: Session, person_ids: Collection[int], first: date, last: date
) -> Sequence[tuple[int, int, date, date]]:
    """Of these people: their teams, the person, and the days of leave that touch those days."""
    which = {"persons": list(person_ids), "first": first, "last": last}
    rows = await session.exec(_absent(), params=which)
    return [(team, person, start, end) for team, person, start, end in rows]


@cache
def _absent() -> Any:
    return (
        select(Member.team_id, Member.person_id, col(Leave.first), col(Leave.last))
        .join(Leave, col(Leave.member_id) == Member.id)
        .where(
            col(Member.person_id).in_(bindparam("persons", expanding=True)),
            col(Leave.first) <= bindparam("last"),
            col(Leave.last) >= bindparam("first"),
        )
    )


async def items(session: Session, ids: Collection[int]) -> dict[int, Item]:
    """By id: these promises with what their owners said."""
    rows = await session.exec(_items(), params={"ids": list(ids)})
    found = {}
    for made, team, owner, since, sure, helped, posted, *task in rows:
        what = Promise.of(made, team, owner, *task)
        found[made.id] = Item(what, since or made.at, bool(sure), plea(helped, posted))
    return found


@cache
def _items() -> Any:
    return tasked(
        select(Commitment, Team, Person, _since())
        .add_columns(_sure(), awaits_help(), postponed())
        .join(Team, col(Commitment.team_id) == Team.id)
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(Person, col(Member.person_id) == Person.id)
        .where(col(Commitment.id).in_(bindparam("ids", expanding=True)))
        .execution_options(populate_existing=True)
    )


async def spoken_of(session: Session, ids: Collection[int]) -> None:
    """Their owners were asked: not once more midway."""
    await session.exec(_spoken_of(), params={"ids": list(ids)})


@cache
def _spoken_of() -> Update:
    these = col(Commitment.id).in_(bindparam("ids", expanding=True))
    asked = update(Commitment).where(these, col(Commitment.midway).is_not(None))
    return unsynchronized(asked.values(midway=None))


# -- what an owner answers -------------------------------------------------------------------


async def sure(session: Session, item: Item, now: datetime) -> bool:
    """Its owner expects to keep the date; False where that was said, or it is not open."""
    if item.sure or item.what.commitment.state.ended:
        return False
    commitment = item.what.commitment
    log(session, item.what, Act.SURE, item.what.owner.id, now, due_at=commitment.due_at)
    await session.flush()
    return True


async def unexplained(session: Session, commitment_id: int) -> CommitmentAct | None:
    """The last time that a promise was put off, if nobody said why."""
    query = (
        select(CommitmentAct)
        .where(CommitmentAct.commitment_id == commitment_id, CommitmentAct.act == Act.POSTPONED)
        .order_by(col(CommitmentAct.id).desc())
        .limit(1)
    )
    act = (await session.exec(query)).first()
    return act if act and not act.text else None


# -- questions whose answer is words ---------------------------------------------------------


async def close(session: Session, chat_id: int, message_id: int) -> None:
    """A question has its answer: what is written from here on is none."""
    await session.exec(_close(), params={"chat": chat_id, "message": message_id})


@cache
def _close() -> Delete:
    return delete(Outgoing).where(
        col(Outgoing.chat_id) == bindparam("chat"),
        col(Outgoing.message_id) == bindparam("message"),
        col(Outgoing.key).startswith(f"{ASKING}:"),
    )


# -- parts -----------------------------------------------------------------------------------


def _open() -> Any:
    # Spelt out: SQLite uses an index over some rows only where that takes no parameter to know.
    return col(Commitment.state) == literal_column(f"'{Progress.OPEN}'")


def open_chat() -> Any:
    """Whether a chat is the private one with a person, and takes messages."""
    return and_(
        col(Chat.telegram_id) == Person.telegram_id,
        col(Chat.kind) == ChatKind.PRIVATE,
        col(Chat.trouble) == "",
    )


def _since() -> Any:
    dated = aliased(CommitmentAct)
    return (
        select(func.max(dated.at))
        .where(col(dated.commitment_id) == Commitment.id, col(dated.act).in_(DATED))
        .correlate(Commitment)
        .scalar_subquery()
        .label("since")
    )


def _sure() -> Any:
    return did(lambda done: col(done.due_at) == Commitment.due_at, act=Act.SURE)


def log(
    session: Session,
    what: Promise,
    act: Act,
    person_id: int,
    now: datetime,
    text: str = "",
    due_at: datetime | None = None,
) -> CommitmentAct:
    """Something happened to a promise."""
    row = CommitmentAct(
        commitment_id=what.commitment.id,
        act=act,
        person_id=person_id,
        at=now,
        text=text,
        due_at=due_at,
    )
    session.add(row)
    return row
