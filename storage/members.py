"""What is done to places in teams: taken away, given back, moved to another team."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import col, delete, select

from storage import commitments, people
from storage.commitments import Promise
from storage.database import Session, add_once
from storage.kinds import Progress, Role, Subject
from storage.rosters import Place
from storage.tables import Commitment, Departure, Grant, Leave, Member, Naming, Person, Team

LISTENING = timedelta(minutes=10)  # for as long, what is written next is the name asked for


async def retire(session: Session, place: Place, now: datetime) -> bool:
    """Take a place away, with the right to lead that goes with it; False: it is gone already."""
    member = await _locked(session, place.member.id)
    if member.retired_at is not None:
        return False
    member.retired_at = now
    session.add(member)
    await unlead(session, member)
    return True


async def unlead(session: Session, member: Member) -> None:
    """Who has no place in a team does not lead it."""
    await session.exec(
        delete(Grant).where(
            col(Grant.team_id) == member.team_id,
            col(Grant.person_id) == member.person_id,
            col(Grant.role) == Role.LEADER,
        )
    )


async def restore(session: Session, place: Place) -> bool:
    """Give a place back, with all that was in it; False: it is there already."""
    member = await _locked(session, place.member.id)
    if member.retired_at is None:
        return False
    member.retired_at = None
    session.add(member)
    return True


async def move(
    session: Session, place: Place, team: Team, today: date, now: datetime
) -> Sequence[tuple[str, Commitment]] | None:
    """Somebody goes to another team; None: their place is gone already.

    Open commitments and leave that is not over go along: the former, each with what it was called
    before, are what is given back. Check-ins, answers and what is ended stay where they were.
    """
    member = await _locked(session, place.member.id)
    if member.retired_at is not None:
        return None
    new = await people.enrol(session, team.id, place.person, now)
    new.tags = new.tags or list(member.tags)
    session.add(new)
    member.retired_at = now
    session.add(member)
    await unlead(session, member)
    await session.flush()
    await follow(session, member, new, today)
    return await carry(session, place, new, now)


async def follow(session: Session, old: Member, new: Member, today: date) -> None:
    """Leave that is not over excuses in the new team as well."""
    ahead = select(Leave).where(Leave.member_id == old.id, col(Leave.last) >= today)
    for leave in (await session.exec(ahead)).all():
        if leave.by_person_id is None:
            continue  # the shifts of the old team are none of the new one's
        session.add(
            Leave(
                member_id=new.id,
                first=max(leave.first, today),
                last=leave.last,
                reason=leave.reason,
                at=leave.at,
                by_person_id=leave.by_person_id,
            )
        )


async def carry(
    session: Session, place: Place, new: Member, now: datetime
) -> Sequence[tuple[str, Commitment]]:
    """Open commitments get numbers in the new team."""
    query = (
        select(Commitment)
        .where(Commitment.member_id == place.member.id, Commitment.state == Progress.OPEN)
        .order_by(col(Commitment.id))
    )
    moved = []
    for row in (await session.exec(query)).all():
        before = f"#{row.number}"
        if await commitments.transfer(session, Promise(row, place.team, place.person), new, now):
            await session.flush()
            moved.append((before, row))
    return moved


async def called(session: Session, team_id: int, name: str, but: int) -> bool:
    """Whether somebody else of a team is called so."""
    query = (
        select(Member.id)
        .join(Person, col(Member.person_id) == Person.id)
        .where(
            Member.team_id == team_id,
            Person.name == name,
            col(Member.id) != but,
            col(Member.retired_at).is_(None),
        )
    )
    return (await session.exec(query)).first() is not None


async def _locked(session: Session, member_id: int) -> Member:
    query = select(Member).where(Member.id == member_id).with_for_update()
    return (await session.exec(query.execution_options(populate_existing=True))).one()


# -- who comes and goes in the group ---------------------------------------------------------


async def left(session: Session, chat_id: int, person_id: int, now: datetime) -> bool:
    """Somebody of a roster is not in the group any more; False: that was known."""
    row = Departure(chat_id=chat_id, person_id=person_id, at=now)
    return await add_once(session, row)


async def returned(session: Session, chat_id: int, user_id: int) -> None:
    """They are, whether they have a place now or will have one."""
    who = select(Person.id).where(Person.telegram_id == user_id)
    await session.exec(
        delete(Departure).where(
            col(Departure.chat_id) == chat_id, col(Departure.person_id).in_(who)
        )
    )


# -- what somebody writes next ---------------------------------------------------------------


async def listen(
    session: Session, person_id: int, subject: Subject, subject_id: int, now: datetime
) -> None:
    """What this person writes next in private is the name of that, or its tags."""
    await deafen(session, person_id)
    session.add(Naming(person_id=person_id, subject=subject, subject_id=subject_id, at=now))
    await session.flush()


async def deafen(session: Session, person_id: int) -> None:
    """It is not, after all."""
    await session.exec(delete(Naming).where(col(Naming.person_id) == person_id))


async def listening(session: Session, person_id: int, now: datetime) -> Naming | None:
    """Of what this person is about to write the name, if of anything."""
    row = await session.get(Naming, person_id)
    return row if row is not None and row.at >= now - LISTENING else None
