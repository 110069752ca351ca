"""Messages of ours that reached people unasked in some days, by kind: what we cost them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal, union_all
from sqlmodel import and_, col, select

from storage.database import Session, shared
from storage.kinds import ChatKind
from storage.tables import Chat, Member, Outgoing, Person, Team

ANSWERS = {"said", "weekasked", "ledger"}  # messages of these kinds were asked for


async def of_teams(
    session: Session, which: Mapping[str, Any]
) -> Sequence[tuple[int, bool, str, int]]:
    """Of `teams`, from `begin` to before `end`: whether to members in private, kind, how many."""
    rows = await session.exec(_of_teams(shared(session)), params=which)
    return [(team, bool(own), kind, int(n)) for team, own, kind, n in rows if kind not in ANSWERS]


@cache
def _of_teams(server: bool) -> Any:
    kind = _kind(server)
    teams: Any = bindparam("teams", expanding=True)
    columns: Any = (Team.id, literal(0), kind, func.count())
    group = (
        select(*columns)
        .join(Outgoing, _there())
        .where(col(Team.id).in_(teams), *_arrived())
        .group_by(col(Team.id), kind)
    )
    columns = (Member.team_id, literal(1), kind, func.count())
    private = (
        select(*columns)
        .join(Person, col(Member.person_id) == Person.id)
        .join(Chat, col(Chat.telegram_id) == Person.telegram_id)
        .join(Outgoing, col(Outgoing.chat_id) == Chat.id)
        .where(
            col(Member.team_id).in_(teams),
            col(Member.retired_at).is_(None),
            col(Chat.kind) == ChatKind.PRIVATE,
            *_arrived(),
        )
        .group_by(col(Member.team_id), kind)
    )
    return union_all(group, private)


async def of_people(session: Session, which: Mapping[str, Any]) -> Sequence[tuple[int, str, int]]:
    """Of `persons`, in the groups of their teams and in private: kind, and how many."""
    rows = await session.exec(_of_people(shared(session)), params=which)
    return [(person, kind, int(n)) for person, kind, n in rows if kind not in ANSWERS]


@cache
def _of_people(server: bool) -> Any:
    kind = _kind(server)
    persons: Any = bindparam("persons", expanding=True)
    columns: Any = (Member.person_id, kind, func.count())
    group = (
        select(*columns)
        .join(Team, col(Team.id) == Member.team_id)
        .join(Outgoing, _there())
        .where(col(Member.person_id).in_(persons), col(Member.retired_at).is_(None), *_arrived())
        .group_by(col(Member.person_id), kind)
    )
    columns = (Person.id, kind, func.count())
    private = (
        select(*columns)
        .join(Chat, col(Chat.telegram_id) == Person.telegram_id)
        .join(Outgoing, col(Outgoing.chat_id) == Chat.id)
        .where(col(Person.id).in_(persons), col(Chat.kind) == ChatKind.PRIVATE, *_arrived())
        .group_by(col(Person.id), kind)
    )
    return union_all(group, private)


def _kind(server: bool) -> Any:
    """What a message is: the first part of its key."""
    if server:
        return func.split_part(col(Outgoing.key), literal(":"), literal(1))
    colon = func.instr(col(Outgoing.key), literal(":"))
    return func.substr(col(Outgoing.key), literal(1), colon - 1)


def _there() -> ColumnElement[bool]:
    return and_(col(Outgoing.chat_id) == Team.chat_id, col(Outgoing.topic_id) == Team.topic_id)


def _arrived() -> tuple[ColumnElement[bool], ...]:
    """In these days; not edits, which nobody hears.

    What has arrived has an id. Its state is not asked for: SQLite would go by that.
    """
    return (
        ~col(Outgoing.repeatable),
        col(Outgoing.message_id).is_not(None),
        col(Outgoing.done_at) >= bindparam("begin"),
        col(Outgoing.done_at) < bindparam("end"),
    )
