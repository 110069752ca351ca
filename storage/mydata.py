"""All that the tables hold of somebody, for whoever asks what is stored of them.

It follows `storage.privacy`: a table that is declared there is handed out here.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import or_
from sqlmodel import SQLModel, col, select

from storage.database import Session
from storage.kinds import ChatKind
from storage.privacy import HOLDINGS, Holding
from storage.tables import (
    Announcement,
    Bite,
    Chat,
    Commitment,
    CommitmentAct,
    Incoming,
    Member,
    Morning,
    Outgoing,
    Person,
    Question,
    Team,
    Unit,
)

FORMAT = "zaohui-mydata-1"
# What a number stands for: the table that it refers to, and the column that a reader knows it by.
KNOWN: dict[str, tuple[type[SQLModel], str]] = {
    "team_id": (Team, "name"),
    "unit_id": (Unit, "name"),
    "bite_id": (Bite, "title"),
    "question_id": (Question, "ask"),
    "morning_id": (Morning, "day"),
    "announcement_id": (Announcement, "html"),
}


async def of(session: Session, person_id: int, now: datetime) -> Mapping[str, Any] | None:
    """By table: the rows that are somebody's, with what their numbers stand for; None: nobody."""
    person = await session.get(Person, person_id)
    if person is None or person.telegram_id is None:
        return None
    members = (await session.exec(select(Member.id).where(Member.person_id == person_id))).all()
    found: dict[str, list[dict[str, Any]]] = {}
    for holding in HOLDINGS:
        where = _where(holding, person, members)
        if where is not None:
            table: Any = holding.table
            order = list(table.__table__.primary_key.columns)
            rows = (await session.exec(select(table).where(where).order_by(*order))).all()
            found[holding.name] = [_plain(row) for row in rows]
    await _explain(session, found)
    return {
        "format": FORMAT,
        "made_at": _said(now),
        "person": found.pop("person")[0],
        **found,
    }


def _where(holding: Holding, person: Person, members: Sequence[int]) -> Any:
    """Which rows of a table are somebody's; None where it has none of anybody's."""
    table: Any = holding.table
    user = person.telegram_id
    chat = select(Chat.id).where(Chat.telegram_id == user, Chat.kind == ChatKind.PRIVATE)
    if table is Outgoing:
        return col(Outgoing.chat_id).in_(chat)
    if table is Chat:
        return col(Chat.id).in_(chat)
    if table is Incoming:
        return col(Incoming.lane) == user
    if table is CommitmentAct:  # what happened to their commitments, and what they did to others'
        own = select(Commitment.id).where(col(Commitment.member_id).in_(members))
        theirs = [getattr(table, name) == person.id for name in holding.people]
        return or_(col(CommitmentAct.commitment_id).in_(own), *theirs)
    if not holding.people:
        return None
    tests = []
    for name in holding.people:
        column = getattr(table, name)
        refers = {key.column.table.name for key in table.__table__.c[name].foreign_keys}
        tests.append(column.in_(members) if "member" in refers else column == person.id)
    return or_(*tests)


def _plain(row: SQLModel) -> dict[str, Any]:
    return {name: _said(value) for name, value in row.model_dump().items()}


def _said(value: Any) -> Any:
    """As JSON has it: moments in UTC."""
    return value.isoformat() if isinstance(value, datetime | date | time) else value


async def _explain(session: Session, found: Mapping[str, list[dict[str, Any]]]) -> None:
    """Put beside a number what it stands for: a team's name, a day, a question."""
    for column, (table, known) in KNOWN.items():
        rows = [row for some in found.values() for row in some if row.get(column) is not None]
        ids = {row[column] for row in rows}
        if not ids:
            continue
        keyed: Any = table
        query = select(keyed.id, getattr(keyed, known)).where(keyed.id.in_(ids))
        names = {key: _said(value) for key, value in (await session.exec(query)).all()}
        for row in rows:
            row[column.removesuffix("_id")] = names.get(row[column])
