"""Messages in groups that people turned into commitments, or ask whose these are to be."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from storage.database import Session
from storage.kinds import Progress
from storage.tables import Commitment, Member, Person, Todo

Place = tuple[Member, Person]


async def add(
    session: Session,
    team_id: int,
    message_id: int,
    person_id: int,
    text: str,
    due_at: datetime | None,
    now: datetime,
    *,
    author_id: int | None = None,
    commitment_id: int | None = None,
) -> Todo:
    """A message is turned: settled with its commitment, or to be asked whose it is."""
    row = Todo(
        team_id=team_id,
        message_id=message_id,
        person_id=person_id,
        author_id=author_id,
        text=text,
        due_at=due_at,
        at=now,
        commitment_id=commitment_id,
    )
    session.add(row)
    await session.flush()
    return row


async def one(session: Session, todo_id: int) -> Todo | None:
    """A message that was turned; nobody else settles it before this transaction ends."""
    query = select(Todo).where(Todo.id == todo_id).with_for_update()
    return (await session.exec(query)).first()


async def place(session: Session, team_id: int, telegram_id: int) -> Place | None:
    """Somebody's place in a team, if they have one."""
    query = (
        select(Member, Person)
        .join(Person, col(Member.person_id) == Person.id)
        .where(
            Person.telegram_id == telegram_id,
            Member.team_id == team_id,
            col(Member.retired_at).is_(None),
        )
    )
    return (await session.exec(query)).first()


async def by_member(session: Session, member_id: int) -> Place | None:
    """The same by the place's id."""
    query = (
        select(Member, Person)
        .join(Person, col(Member.person_id) == Person.id)
        .where(Member.id == member_id, col(Member.retired_at).is_(None))
    )
    return (await session.exec(query)).first()


async def made(
    session: Session, team_id: int, message_id: int, member_id: int
) -> Commitment | None:
    """What a member has of a message already, unless it was withdrawn."""
    query = (
        select(Commitment)
        .join(Todo, col(Todo.commitment_id) == Commitment.id)
        .where(
            Todo.team_id == team_id,
            Todo.message_id == message_id,
            Commitment.member_id == member_id,
            Commitment.state != Progress.WITHDRAWN,
        )
    )
    found: Sequence[Commitment] = (await session.exec(query)).all()
    return found[0] if found else None
