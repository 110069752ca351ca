"""The command menus that private chats were told, and whose they are by their rights."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_
from sqlmodel import col, select

from storage.database import Session, put_all
from storage.kinds import Delivery, Role
from storage.outbox import EDITS, RENEWED, Call
from storage.tables import Chat, Grant, Member, Outgoing, Person


@dataclass(frozen=True)
class Desk:
    """Somebody's private chat, with their roles anywhere and whether they have a place."""

    person: Person
    chat: Chat
    roles: frozenset[Role]
    member: bool


async def desks(session: Session, people: Collection[int] | None = None) -> Sequence[Desk]:
    """The open private chats of these people, or of everybody who has a role."""
    place = select(Member.id).where(
        col(Member.person_id) == Person.id, col(Member.retired_at).is_(None)
    )
    query = (
        select(Person, Chat, Grant.role, place.exists())
        .join(Chat, and_(col(Chat.telegram_id) == Person.telegram_id, col(Chat.trouble) == ""))
        .outerjoin(Grant, col(Grant.person_id) == Person.id)
        .where(col(Grant.id).is_not(None) if people is None else col(Person.id).in_(people))
        .order_by(col(Person.id))
    )
    found: dict[int, Desk] = {}
    for person, chat, role, member in await session.exec(query):
        held = found[person.id].roles if person.id in found else frozenset()
        mine = {Role(role)} if role else set()
        found[person.id] = Desk(person, chat, held | mine, bool(member))
    return list(found.values())


async def renew(session: Session, calls: Mapping[str, tuple[int, Call]], now: datetime) -> None:
    """Owe calls by key, each with its chat: what was told just so already is not told again.

    What has not left yet is told as it is now. Nothing is taken away that was never told.
    """
    these = select(Outgoing).where(col(Outgoing.key).in_(list(calls)))
    told = {row.key: row for row in await session.exec(these)}
    fresh = []
    for key, (chat_id, (method, params)) in calls.items():
        last = told.get(key)
        if last is None and method.startswith("delete"):
            continue
        same = last is not None and (last.method, last.params) == (method, dict(params))
        if same and last is not None and last.state is not Delivery.FAILED:
            continue
        fresh.append(
            {
                "key": key,
                "chat_id": chat_id,
                "topic_id": 0,
                "method": method,
                "params": dict(params),
                "priority": EDITS,
                "repeatable": True,
                "state": Delivery.PENDING,
                "attempts": 0,
                "resent": False,
                "not_before": now,
                "tried_at": None,
                "error": "",
            }
        )
    await put_all(session, Outgoing.key, fresh, RENEWED)
