"""What we remember of people: who they are, and where they sit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_
from sqlmodel import and_, col, select

from storage.database import Session, add_once
from storage.tables import Chat, Hold, Member, Person, Team


@dataclass(frozen=True)
class Seat:
    """Where somebody speaks from: the chat, its team, the person, and their place in that team."""

    chat: Chat
    team: Team | None
    person: Person | None
    member: Member | None
    held: bool = False  # the topic was found to take no messages


async def seat(session: Session, chat_id: int, topic_id: int, user_id: int) -> Seat | None:
    """Who speaks where, by Telegram's ids, in one query; None for a chat that we never met.

    A topic without a team of its own belongs to the team of the whole chat, if that has one; the
    general topic to the one team that meets in the chat, be it in a topic of its own.
    """
    general = topic_id == 0
    where = {"chat": chat_id, "topic": topic_id, "user": user_id}
    rows = (await session.exec(_seats(general), params=where)).all()
    if not rows:
        return None
    chat, team, person, member, held_at = rows[0]
    if general and len(rows) > 1 and team.topic_id != 0:
        team, member = None, None  # each of several teams has a topic, none has the chat
    return Seat(chat, team, person, member, held=held_at is not None)


@cache
def _seats(general: bool) -> Any:
    here = or_(col(Team.topic_id) == bindparam("topic"), col(Team.topic_id) == 0)
    return (
        select(Chat, Team, Person, Member, Hold.at)  # type: ignore[call-overload]
        .select_from(Chat)
        .outerjoin(
            Team,
            and_(
                col(Team.chat_id) == Chat.id,
                col(Team.retired_at).is_(None),
                *([] if general else [here]),
            ),
        )
        .outerjoin(Person, col(Person.telegram_id) == bindparam("user"))
        .outerjoin(
            Member,
            and_(
                col(Member.team_id) == Team.id,
                col(Member.person_id) == Person.id,
                col(Member.retired_at).is_(None),
            ),
        )
        .outerjoin(
            Hold, and_(col(Hold.chat_id) == Chat.id, col(Hold.topic_id) == bindparam("topic"))
        )
        .where(col(Chat.telegram_id) == bindparam("chat"))
        .order_by(col(Team.topic_id) if general else col(Team.topic_id).desc())
        .limit(2 if general else 1)
    )


async def by_ids(session: Session, ids: Collection[int]) -> dict[int, Person]:
    """By id: these people."""
    rows = await session.exec(select(Person).where(col(Person.id).in_(ids)))
    return {person.id: person for person in rows}


async def by_telegram(session: Session, user_id: int) -> Person | None:
    """The person with this Telegram id."""
    return (await session.exec(select(Person).where(Person.telegram_id == user_id))).first()


async def known(session: Session, user_id: int, name: str) -> Person:
    """The person with this Telegram id, remembered from now on."""
    person = await by_telegram(session, user_id)
    if person is None:
        await add_once(session, Person(telegram_id=user_id, name=name))
        person = await by_telegram(session, user_id)
        assert person is not None
    return person


async def memberships(session: Session, person_id: int) -> Sequence[tuple[Member, Team]]:
    """A person's places, with their teams, in the order in which they were taken."""
    query = (
        select(Member, Team)
        .join(Team, col(Member.team_id) == Team.id)
        .where(
            Member.person_id == person_id,
            col(Member.retired_at).is_(None),
            col(Team.retired_at).is_(None),
        )
        .order_by(col(Member.id))
    )
    return (await session.exec(query)).all()


async def roster(session: Session, team_id: int) -> Sequence[tuple[Member, Person]]:
    """A team's members, in the order in which they joined."""
    query = (
        select(Member, Person)
        .join(Person, col(Member.person_id) == Person.id)
        .where(Member.team_id == team_id, col(Member.retired_at).is_(None))
        .order_by(col(Member.id))
    )
    return (await session.exec(query)).all()


async def unclaimed(session: Session, team_id: int) -> Sequence[tuple[Member, Person]]:
    """Places of a team whose people we know by name only."""
    return [row for row in await roster(session, team_id) if row[1].telegram_id is None]


async def names_elsewhere(
    session: Session, users: Collection[int], team_ids: Collection[int]
) -> dict[int, str]:
    """The names of those among some Telegram users who have no place in any of these teams."""
    here = (
        select(Member.id)
        .where(col(Member.team_id).in_(team_ids), col(Member.person_id) == Person.id)
        .correlate(Person)
        .exists()
    )
    query = select(Person.telegram_id, Person.name).where(
        col(Person.telegram_id).in_(users), ~here
    )
    return {user: name for user, name in await session.exec(query) if user}


async def retired(session: Session, team_id: int, user_id: int) -> bool:
    """Whether a Telegram user had a place in a team, which was taken from them."""
    query = (
        select(Member.id)
        .join(Person, col(Member.person_id) == Person.id)
        .where(
            Member.team_id == team_id,
            Person.telegram_id == user_id,
            col(Member.retired_at).is_not(None),
        )
    )
    return (await session.exec(query)).first() is not None


async def enrol(session: Session, team_id: int, person: Person, now: datetime) -> Member:
    """Give a person a place in a team, or the place that they had."""
    assert person.id is not None
    await add_once(session, Member(team_id=team_id, person_id=person.id, joined_at=now))
    query = select(Member).where(Member.team_id == team_id, Member.person_id == person.id)
    member = (await session.exec(query)).one()
    if member.retired_at is not None:
        member.retired_at = None
        session.add(member)
    return member


async def claim(session: Session, member_id: int, team_id: int, user_id: int) -> bool:
    """Let a Telegram user take a place that is known by name only; False when it is taken.

    Somebody whom we know already from elsewhere keeps being one person: the place becomes theirs.
    """
    query = (
        select(Member, Person)
        .join(Person, col(Member.person_id) == Person.id)
        .where(
            Member.id == member_id,
            Member.team_id == team_id,
            col(Member.retired_at).is_(None),
            col(Person.telegram_id).is_(None),
        )
        .with_for_update()  # of two who claim one place at once, the second finds it taken
    )
    row = (await session.exec(query)).first()
    if row is None:
        return False
    member, named = row
    person = await by_telegram(session, user_id)
    if person is None:
        named.telegram_id = user_id
        session.add(named)
        return True
    if (await session.exec(_place(team_id, person.id))).first():
        return False
    person.name, member.person_id = named.name, person.id or 0
    session.add(person)
    session.add(member)
    return True


def _place(team_id: int, person_id: int | None):  # type: ignore[no-untyped-def]
    return select(Member).where(Member.team_id == team_id, Member.person_id == person_id)


async def places_of(session: Session, ids: Collection[int]) -> dict[int, Sequence[Team]]:
    """By person: the teams in which they have a place, in the order in which it was taken."""
    query = (
        select(Member.person_id, Team)
        .join(Team, col(Member.team_id) == Team.id)
        .where(
            col(Member.person_id).in_(ids),
            col(Member.retired_at).is_(None),
            col(Team.retired_at).is_(None),
        )
        .order_by(col(Member.id))
    )
    found: dict[int, list[Team]] = {person: [] for person in ids}
    for person, team in await session.exec(query):
        found[person].append(team)
    return dict(found)
