"""All that a team's ledger of some days is made of: facts, by the queries that chats use too."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, exists, func, literal, or_
from sqlalchemy.orm import aliased
from sqlmodel import and_, case, col, select

from storage import checkins, receipts
from storage.checkins import Presence
from storage.database import Session
from storage.kinds import Delivery, Stage
from storage.receipts import Absentee, Tally
from storage.tables import (
    Announcement,
    AnnouncementTeam,
    Answer,
    Assignment,
    Bite,
    Chat,
    Commitment,
    CommitmentAct,
    Member,
    Morning,
    Outgoing,
    Pack,
    Person,
    Question,
    Receipt,
    Team,
    Unit,
)


@dataclass(frozen=True)
class Meeting:
    """A morning: what was studied, who was there, how many first answers and right ones."""

    morning: Morning
    bite: Bite
    pack: Pack
    people: Sequence[Presence]
    answers: int
    right: int


@dataclass(frozen=True)
class Course:
    """A promise and all that happened to it; where its message stands, if it does."""

    commitment: Commitment
    owner: Person
    acts: Sequence[tuple[CommitmentAct, str]]  # with the name of who did it
    chat: int | None = None  # by Telegram's id
    message: int | None = None
    assignment: Assignment | None = None
    author: str = ""  # of the assignment


@dataclass(frozen=True)
class Notice:
    """An announcement to the team: who confirmed it when, and whose receipt is missing."""

    announcement: Announcement
    author: str
    tally: Tally
    given: Sequence[tuple[str, datetime]]
    missing: Sequence[Absentee]


@dataclass(frozen=True)
class Ledger:
    """A team's days from `first` to `last`, both included."""

    team: Team
    unit: str
    first: date
    last: date
    meetings: Sequence[Meeting]
    courses: Sequence[Course]
    notices: Sequence[Notice]


async def named(session: Session, name: str) -> Sequence[tuple[Team, str]]:
    """Teams in use that are called `name`, alone or after their unit's: 一班, 第一党支部/一班."""
    full = col(Unit.name) + literal("/") + col(Team.name)
    query = (
        select(Team, Unit.name)
        .join(Unit, col(Team.unit_id) == Unit.id)
        .where(col(Team.retired_at).is_(None), or_(col(Team.name) == name, full == name))
        .order_by(col(Team.unit_id), col(Team.id))
    )
    return (await session.exec(query)).all()


async def names(session: Session, most: int) -> Sequence[str]:
    """Some of the teams in use, in the order of the organisation."""
    query = select(Team.name).where(col(Team.retired_at).is_(None))
    return (await session.exec(query.order_by(col(Team.unit_id), col(Team.id)).limit(most))).all()


async def numbered(session: Session, ids: Collection[int]) -> Sequence[tuple[Team, str]]:
    """Teams by their ids, each with its unit's name, in the order of the organisation."""
    query = (
        select(Team, Unit.name)
        .join(Unit, col(Team.unit_id) == Unit.id)
        .where(col(Team.id).in_(ids))
        .order_by(col(Team.unit_id), col(Team.id))
    )
    return (await session.exec(query)).all()


async def anything(
    session: Session,
    ids: Collection[int],
    days: tuple[date, date],
    bounds: tuple[datetime, datetime],
) -> bool:
    """Whether a ledger of these teams' days would hold anything. `bounds`: their moments."""
    begin, end = bounds
    mornings = exists().where(
        col(Morning.team_id).in_(ids), col(Morning.day) >= days[0], col(Morning.day) <= days[1]
    )
    acts = exists().where(
        col(Commitment.team_id).in_(ids),
        col(CommitmentAct.commitment_id) == Commitment.id,
        col(CommitmentAct.at) >= begin,
        col(CommitmentAct.at) < end,
    )
    promises = exists().where(
        col(Commitment.team_id).in_(ids),
        col(Commitment.due_at) >= begin,
        col(Commitment.due_at) < end,
    )
    notices = exists().where(
        col(AnnouncementTeam.team_id).in_(ids),
        col(AnnouncementTeam.announcement_id) == Announcement.id,
        col(Announcement.stage) == Stage.SENT,
        col(Announcement.sent_at) >= begin,
        col(Announcement.sent_at) < end,
    )
    query = select(or_(mornings, acts, promises, notices))
    return bool((await session.exec(query)).one())


async def ledger(
    session: Session,
    team: Team,
    unit: str,
    first: date,
    last: date,
    span: tuple[datetime, datetime],
) -> Ledger:
    """What is known of a team's days. `span`: the moments at which they begin and end.

    A promise belongs to them if it was made or due then, or if anything happened to it then.
    """
    return Ledger(
        team,
        unit,
        first,
        last,
        await _meetings(session, team.id, first, last),
        await _courses(session, team.id, *span),
        await _notices(session, team, *span),
    )


async def _meetings(session: Session, team_id: int, first: date, last: date) -> Sequence[Meeting]:
    query = (
        select(Morning, Bite, Pack)
        .join(Bite, col(Morning.bite_id) == Bite.id)
        .join(Pack, col(Bite.pack_id) == Pack.id)
        .where(Morning.team_id == team_id, col(Morning.day).between(first, last))
        .order_by(col(Morning.day))
    )
    rows = (await session.exec(query)).all()
    mornings = [morning.id for morning, _, _ in rows]
    people = await checkins.presences(session, mornings)
    answers = await _answers(session, mornings)
    return [
        Meeting(morning, bite, pack, people[morning.id], *answers.get(morning.id, (0, 0)))
        for morning, bite, pack in rows
    ]


async def _answers(session: Session, mornings: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    right = func.sum(case((col(Answer.choice) == Question.right, 1), else_=0))
    query = (
        select(Answer.morning_id, func.count(), right)
        .join(Question, col(Answer.question_id) == Question.id)
        .where(col(Answer.morning_id).in_(mornings))
        .group_by(col(Answer.morning_id))
    )
    return {morning: (int(count), int(good)) for morning, count, good in await session.exec(query)}


async def _courses(
    session: Session, team_id: int, begin: datetime, end: datetime
) -> Sequence[Course]:
    touched = exists().where(
        col(CommitmentAct.commitment_id) == Commitment.id,
        col(CommitmentAct.at) >= begin,
        col(CommitmentAct.at) < end,
    )
    author = aliased(Person)
    query: Any = (
        select(Commitment, Person, Chat.telegram_id, Outgoing.message_id)
        .add_columns(Assignment, col(author.name))
        .join(Member, col(Commitment.member_id) == Member.id)
        .join(Person, col(Member.person_id) == Person.id)
        .outerjoin(
            Outgoing,
            and_(
                _shows(),
                col(Outgoing.state) == Delivery.SENT,
            ),
        )
        .outerjoin(Chat, col(Outgoing.chat_id) == Chat.id)
        .outerjoin(Assignment, col(Commitment.assignment_id) == Assignment.id)
        .outerjoin(author, col(Assignment.author_id) == author.id)
        .where(
            col(Commitment.team_id) == team_id,
            or_(and_(col(Commitment.due_at) >= begin, col(Commitment.due_at) < end), touched),
        )
        .order_by(col(Commitment.number))
    )
    rows = (await session.exec(query)).all()
    acts: dict[int, list[tuple[CommitmentAct, str]]] = {row[0].id: [] for row in rows}
    happened = (
        select(CommitmentAct, Person.name)
        .join(Person, col(CommitmentAct.person_id) == Person.id)
        .where(col(CommitmentAct.commitment_id).in_(list(acts)))
        .order_by(col(CommitmentAct.id))
    )
    for act, name in await session.exec(happened):
        acts[act.commitment_id].append((act, name))
    return [
        Course(commitment, owner, acts[commitment.id], chat, message, assignment, by or "")
        for commitment, owner, chat, message, assignment, by in rows
    ]


def _shows() -> ColumnElement[bool]:
    """The message on a promise; of what was assigned, the one in the group."""
    own = literal("commitment:") + cast(col(Commitment.id), String)
    shared = (
        literal("task:")
        + cast(col(Commitment.assignment_id), String)
        + literal(":")
        + cast(col(Commitment.team_id), String)
    )
    assigned = col(Commitment.assignment_id).is_not(None)
    return col(Outgoing.key) == case((assigned, shared), else_=own)


async def _notices(
    session: Session, team: Team, begin: datetime, end: datetime
) -> Sequence[Notice]:
    query = (
        select(Announcement, Person.name)
        .join(AnnouncementTeam, col(AnnouncementTeam.announcement_id) == Announcement.id)
        .join(Person, col(Announcement.author_id) == Person.id)
        .where(
            AnnouncementTeam.team_id == team.id,
            Announcement.stage == Stage.SENT,
            col(Announcement.sent_at) >= begin,
            col(Announcement.sent_at) < end,
        )
        .order_by(col(Announcement.sent_at))
    )
    rows = (await session.exec(query)).all()
    given: dict[int, list[tuple[str, datetime]]] = {row[0].id: [] for row in rows}
    confirmed = (
        select(Receipt.announcement_id, Person.name, Receipt.at)
        .join(Member, col(Receipt.member_id) == Member.id)
        .join(Person, col(Member.person_id) == Person.id)
        .where(col(Receipt.announcement_id).in_(list(given)), Member.team_id == team.id)
        .order_by(col(Receipt.at))
    )
    for announcement_id, name, at in await session.exec(confirmed):
        given[announcement_id].append((name, at))
    found = []
    for announcement, author in rows:
        tally, missing = Tally(), list[Absentee]()
        if announcement.wants_receipt and announcement.sent_at:
            when = announcement.sent_at  # who was away on that day was not expected
            tally = await receipts.tally(session, announcement.id, [team], when)
            missing = list(await receipts.missing(session, announcement.id, [team], when))
        found.append(Notice(announcement, author, tally, given[announcement.id], missing))
    return found
