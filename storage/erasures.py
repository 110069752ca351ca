"""Somebody has themselves forgotten: what is theirs goes at once, what others keep a minute later.

What happened stays as figures, of somebody without a name. `erase` does what the indexes find; the
rest (words and messages in which they are named) is looked through in parts, see `storage.traces`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, delete, select, update

from storage import commitments
from storage.database import Session, add_all, add_once, unsynchronized
from storage.kinds import Act, ChatKind, Intake, LeaveReason, Progress, Role, Stage
from storage.tables import (
    Announcement,
    AnnouncementMember,
    AnnouncementPiece,
    AnnouncementTeam,
    Application,
    Chat,
    CheckIn,
    CodeGuess,
    Commitment,
    CommitmentAct,
    Cue,
    Departure,
    Discard,
    Erasure,
    Grant,
    GrantLink,
    Hold,
    Incoming,
    Invitation,
    Leave,
    Member,
    Memory,
    Naming,
    Objection,
    Outgoing,
    Person,
    Recipients,
    RecipientsTeam,
    Review,
    SentPack,
    Team,
    Todo,
    Tutorial,
    Unit,
    WeekWish,
    Wording,
)

KEPT = (Progress.CLAIMED, Progress.VERIFIED, Progress.UNVERIFIED)


@dataclass(frozen=True)
class Stake:
    """What somebody who has themselves forgotten gives up, and what stays, in numbers."""

    promises: int  # whose words go
    open: int  # of those: they end
    evidence: int  # pictures and files
    questions: int  # what is known of their memory
    leaves: int  # whose reasons go
    checkins: int  # stay as figures, as do the next two
    made: int
    kept: int


async def stake(session: Session, person_id: int) -> Stake:
    """What is at stake for a person, in one look."""
    mine = select(Member.id).where(Member.person_id == person_id)
    own = col(Commitment.member_id).in_(mine)

    def count(table: Any, *where: Any) -> Any:
        return select(func.count()).select_from(table).where(*where).scalar_subquery()

    files = (
        select(func.count())
        .select_from(CommitmentAct)
        .join(Commitment, col(CommitmentAct.commitment_id) == Commitment.id)
        .where(own, col(CommitmentAct.file_id) != "")
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        count(Commitment, own),
        count(Commitment, own, Commitment.state == Progress.OPEN),
        files,
        count(Memory, Memory.person_id == person_id),
        count(Leave, col(Leave.member_id).in_(mine)),
        count(CheckIn, col(CheckIn.member_id).in_(mine)),
        count(Commitment, own, Commitment.state != Progress.WITHDRAWN),
        count(Commitment, own, col(Commitment.state).in_(KEPT)),
    )
    row: Any = (await session.exec(select(*columns))).one()
    return Stake(*map(int, row))


async def indispensable(session: Session, person_id: int) -> Sequence[str]:
    """What nobody else could look after: units by their names; "" for the installation itself."""
    query = (
        select(Grant.role, Grant.unit_id, Unit.name)
        .outerjoin(Unit, col(Grant.unit_id) == Unit.id)
        .where(
            Grant.person_id == person_id,
            col(Grant.role).in_([Role.OWNER, Role.SECRETARY]),
            col(Unit.retired_at).is_(None),
        )
        .order_by(col(Grant.id))
    )
    found = []
    for role, unit_id, name in (await session.exec(query)).all():
        others = (
            select(Grant.id)
            .join(Person, col(Grant.person_id) == Person.id)
            .where(
                Grant.role == role,
                col(Grant.unit_id) == unit_id if unit_id else col(Grant.unit_id).is_(None),
                Grant.person_id != person_id,
                col(Person.telegram_id).is_not(None),
            )
        )
        if (await session.exec(others)).first() is None:
            found.append(str(name or ""))
    return found


async def open_promises(session: Session, person_id: int) -> Sequence[int]:
    """The ids of a person's open commitments, in whatever team."""
    mine = select(Member.id).where(Member.person_id == person_id)
    query = select(Commitment.id).where(
        col(Commitment.member_id).in_(mine), Commitment.state == Progress.OPEN
    )
    return (await session.exec(query)).all()


async def shown(session: Session, person_id: int) -> set[str]:
    """The keys of the messages that show a person's commitments."""
    mine = select(Member.id).where(Member.person_id == person_id)
    rows = await session.exec(select(Commitment).where(col(Commitment.member_id).in_(mine)))
    return {key for commitment in rows for key in commitments.keys(commitment)}


async def places(session: Session, person_id: int) -> Sequence[tuple[Member, Team]]:
    """Every place that a person has or had."""
    query = select(Member, Team).join(Team, col(Member.team_id) == Team.id)
    return (await session.exec(query.where(Member.person_id == person_id))).all()


@dataclass(frozen=True)
class Blank:
    """What is put where words were: for a name, and by team for what was promised there."""

    name: str
    texts: Mapping[int, str]
    days: Mapping[int, date]  # by team: its date, until which the person is counted


async def erase(
    session: Session, person: Person, names: Sequence[str], blank: Blank, now: datetime
) -> None:
    """Take away all that is a person's own; who is behind the figures has no name any more."""
    assert person.telegram_id is not None
    user, person_id = person.telegram_id, person.id
    erasure = Erasure(person_id=person_id, user_id=user, names=list(names), at=now)
    await add_once(session, erasure)
    seats = await places(session, person_id)
    await _promises(session, person_id, seats, blank, now)
    await _study(session, person_id)
    await _drafts(session, person_id)
    await session.exec(delete(Grant).where(col(Grant.person_id) == person_id))
    await session.exec(delete(GrantLink).where(col(GrantLink.by_id) == person_id))
    await session.exec(delete(CodeGuess).where(col(CodeGuess.user_id) == user))
    members = [member.id for member, _ in seats]
    asked = or_(col(Application.user_id) == user, col(Application.member_id).in_(members))
    await session.exec(delete(Application).where(asked))
    leaves = update(Leave).where(col(Leave.member_id).in_(members))
    await session.exec(unsynchronized(leaves.values(reason=LeaveReason.LEAVE)))
    for member, _ in seats:
        if member.retired_at is None:
            member.retired_at, member.erased_on = now, blank.days[member.team_id]
        member.tags, member.crew = [], ""
        session.add(member)
    person.name, person.telegram_id, person.locale = blank.name, None, None
    person.quiet_from = person.quiet_until = person.paused_until = None
    person.erased_at = now
    session.add(person)
    await session.flush()
    await private(session, user)


async def private(session: Session, user_id: int) -> None:
    """Take away the private chat with somebody, what was owed and said there, and their updates.

    Of updates that are being handled the number stays until they are.
    """
    whose = select(Chat.id).where(Chat.telegram_id == user_id, Chat.kind == ChatKind.PRIVATE)
    chats = (await session.exec(whose)).all()
    if chats:
        await session.exec(delete(SentPack).where(col(SentPack.chat_id).in_(chats)))
        await session.exec(delete(Outgoing).where(col(Outgoing.chat_id).in_(chats)))
        await session.exec(delete(Hold).where(col(Hold.chat_id).in_(chats)))
        await session.exec(delete(Chat).where(col(Chat.id).in_(chats)))
    told = update(Incoming).where(
        col(Incoming.state).in_([Intake.DONE, Intake.DEAD]), col(Incoming.lane) == user_id
    )
    await session.exec(unsynchronized(told.values(raw={}, lane=0, error="")))


async def _promises(
    session: Session,
    person_id: int,
    seats: Sequence[tuple[Member, Team]],
    blank: Blank,
    now: datetime,
) -> None:
    """Open ones end; words, pictures and files of all of them go, whoever wrote or sent them."""
    ended = [
        {"commitment_id": one, "act": Act.LEFT, "person_id": person_id, "at": now,
         "text": "", "file_id": "", "album": ""}
        for one in await open_promises(session, person_id)
    ]  # fmt: skip
    await add_all(session, CommitmentAct, ended)
    members = [member.id for member, _ in seats]
    mine = select(Commitment.id).where(col(Commitment.member_id).in_(members))
    await discard(session, col(CommitmentAct.commitment_id).in_(mine), now)
    whole: Any = update(Commitment).where(col(Commitment.member_id).in_(members))
    left = whole.where(col(Commitment.state) == Progress.OPEN)
    await session.exec(unsynchronized(left.values(state=Progress.WITHDRAWN, midway=None)))
    for member, team in seats:
        words = update(Commitment).where(col(Commitment.member_id) == member.id)
        await session.exec(unsynchronized(words.values(text=blank.texts[team.id])))
    await session.exec(delete(Objection).where(col(Objection.person_id) == person_id))


async def discard(session: Session, which: Any, now: datetime) -> None:
    """Take words, pictures and files from some acts; copies on disk are taken away later."""
    kept = select(CommitmentAct.kept).where(which, func.coalesce(CommitmentAct.kept, "") != "")
    paths = [{"path": path, "at": now} for path in (await session.exec(kept)).all()]
    await add_all(session, Discard, paths)
    values = {"text": "", "media": None, "file_id": "", "album": "", "kept": None}
    await session.exec(unsynchronized(update(CommitmentAct).where(which).values(**values)))


async def _study(session: Session, person_id: int) -> None:
    """What is known of their memory, and what they were given; answers stay as figures."""
    mine = select(Tutorial.id).where(Tutorial.person_id == person_id)
    shown = update(Review).where(col(Review.tutorial_id).in_(mine)).values(tutorial_id=None)
    await session.exec(unsynchronized(shown))
    for table in (Memory, Tutorial, Invitation, WeekWish, Departure, Naming):
        whose: Any = table.person_id
        await session.exec(delete(table).where(col(whose) == person_id))


async def _drafts(session: Session, person_id: int) -> None:
    """What they had begun: announcements, packs, messages that were to become promises."""
    mine = select(Announcement.id).where(
        Announcement.author_id == person_id, Announcement.stage != Stage.SENT
    )
    await drop(session, mine)
    await session.exec(delete(SentPack).where(col(SentPack.person_id) == person_id))
    await session.exec(delete(Cue).where(col(Cue.person_id) == person_id))
    lists = select(Recipients.id).where(Recipients.person_id == person_id)
    await session.exec(delete(RecipientsTeam).where(col(RecipientsTeam.recipients_id).in_(lists)))
    await session.exec(delete(Recipients).where(col(Recipients.person_id) == person_id))
    todos = delete(Todo).where(col(Todo.person_id) == person_id, col(Todo.commitment_id).is_(None))
    await session.exec(todos)


async def drop(session: Session, announcements: Any) -> None:
    """Let go of announcements that were never sent."""
    for table in (AnnouncementPiece, AnnouncementTeam, AnnouncementMember, Wording, Cue):
        whose: Any = table.announcement_id
        await session.exec(delete(table).where(col(whose).in_(announcements)))
    await session.exec(delete(Announcement).where(col(Announcement.id).in_(announcements)))


async def discarded(session: Session, most: int) -> Sequence[str]:
    """Files that are to be taken from the disk."""
    return (await session.exec(select(Discard.path).order_by(col(Discard.path)).limit(most))).all()


async def gone(session: Session, path: str) -> None:
    """It is not on the disk any more."""
    await session.exec(delete(Discard).where(col(Discard.path) == path))


# -- a copy from the past is put back --------------------------------------------------------

Place = tuple[int, int, datetime]  # of a member: its id, the team, since when


@dataclass(frozen=True)
class Gone:
    """Somebody who was forgotten, as they are known again in a copy that still has them."""

    person_id: int
    at: datetime
    places: frozenset[Place]


async def gone_people(session: Session) -> Sequence[Gone]:
    """Who was forgotten; nobody where the tables do not know of that."""
    try:
        query = select(Person.id, Person.erased_at).where(col(Person.erased_at).is_not(None))
        found = (await session.exec(query)).all()
        return [Gone(who, at, await _seats(session, who)) for who, at in found if at]
    except DBAPIError:
        return []


async def still_there(session: Session, gone: Gone) -> Person | None:
    """The same person in a copy that was made before; None where it is somebody else, or gone."""
    person = await session.get(Person, gone.person_id)
    if person is None or person.telegram_id is None:
        return None
    there = await _seats(session, person.id)
    return person if there & gone.places or not (there or gone.places) else None


async def _seats(session: Session, person_id: int) -> frozenset[Place]:
    columns = (col(Member.id), col(Member.team_id), col(Member.joined_at))
    return frozenset(
        (member, team, at)
        for member, team, at in await session.exec(
            select(*columns).where(Member.person_id == person_id)
        )
    )
