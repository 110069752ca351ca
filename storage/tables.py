"""Every table on one page.

A fact is stored once. Counters, streaks, colours and "late" are not facts: they are asked for.
"""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Enum,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    event,
    text,
)
from sqlmodel import JSON, Field, SQLModel, UniqueConstraint

from storage.kinds import (
    Act,
    ChatKind,
    Cueing,
    DayKind,
    Delivery,
    Doing,
    Intake,
    LeaveReason,
    Media,
    Origin,
    PackStage,
    Progress,
    Role,
    SlotState,
    Stage,
    Subject,
    Switch,
)

metadata: MetaData = SQLModel.metadata
metadata.naming_convention = {  # migrations can then name what they change
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Id = BigInteger().with_variant(Integer, "sqlite")


def key(**more: Any) -> Any:
    """A generated primary key."""
    return Field(default=None, primary_key=True, sa_type=Id, **more)


def refers(column: str, **more: Any) -> Any:
    """A reference to another table's row."""
    return Field(foreign_key=column, sa_type=Id, **more)


def kind(values: type[StrEnum], **more: Any) -> Any:
    """One of a closed set, stored by its value."""
    stored = Enum(
        values, native_enum=False, length=16, values_callable=lambda e: [v.value for v in e]
    )
    return Field(sa_type=stored, **more)


def only(where: str) -> dict[str, Any]:
    """An index over some rows. SQLite uses it for a query only if `where` needs no parameter."""
    return {"sqlite_where": text(where), "postgresql_where": text(where)}


# -- who and where ---------------------------------------------------------------------------


class Unit(SQLModel, table=True):
    """A node of the organisation's tree. Units contain units and teams."""

    __table_args__ = (UniqueConstraint("parent_id", "name"),)

    id: int = key()
    parent_id: int | None = refers("unit.id", default=None)
    name: str
    timezone: str | None = None  # None: as the unit above
    locale: str | None = None
    retired_at: datetime | None = None


class Chat(SQLModel, table=True):
    """A Telegram chat. Telegram gives a group a new id when it grows; ours stays."""

    id: int = key()
    telegram_id: int = Field(sa_type=BigInteger, unique=True)
    kind: ChatKind = kind(ChatKind)
    title: str = ""
    trouble: str = ""  # why it takes no messages from us; empty: it does
    troubled_at: datetime | None = None


class Hold(SQLModel, table=True):
    """A topic that takes no messages from us, in a chat that otherwise does."""

    chat_id: int = refers("chat.id", primary_key=True)
    topic_id: int = Field(primary_key=True)  # as a team's: 0 is the general one
    trouble: str  # what Telegram said
    at: datetime


class Person(SQLModel, table=True):
    """A human being. Without a Telegram id: named in the organisation, not yet seen."""

    id: int = key()
    telegram_id: int | None = Field(default=None, sa_type=BigInteger, unique=True)
    name: str
    locale: str | None = None
    quiet_from: time | None = None  # until quiet_until, nothing unasked; None: the usual hours
    quiet_until: time | None = None  # the same as quiet_from: no hours are quiet
    paused_until: date | None = None  # the first day on which we may write unasked again
    erased_at: datetime | None = None  # when they had themselves forgotten; the name is none then


class Team(SQLModel, table=True):
    """The leaf of the tree: people with one group chat, or one topic of it."""

    __table_args__ = (UniqueConstraint("unit_id", "name"), UniqueConstraint("chat_id", "topic_id"))

    id: int = key()
    unit_id: int = refers("unit.id")
    name: str
    chat_id: int | None = refers("chat.id", default=None)
    topic_id: int = 0  # 0: the chat has no topics, or it is the general one
    timezone: str
    locale: str
    work_ends: time | None = None  # when its day's work is over; None: at the usual time
    retired_at: datetime | None = None


class SwitchTurn(SQLModel, table=True):
    """Somebody turned a team's switch; its last turn is how it stands."""

    __table_args__ = (Index("ix_switchturn_team", "team_id", "switch", "id"),)

    id: int = key()
    team_id: int = refers("team.id")
    switch: Switch = kind(Switch)
    turned_on: bool
    person_id: int = refers("person.id")
    at: datetime


class Member(SQLModel, table=True):
    """A person's place in a team. A person may have several."""

    __table_args__ = (UniqueConstraint("team_id", "person_id"),)

    id: int = key()
    team_id: int = refers("team.id")
    person_id: int = refers("person.id", index=True)
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    crew: str = ""  # of the plan's crews; empty: of none
    joined_at: datetime
    retired_at: datetime | None = None
    erased_on: date | None = None  # gone by their own word; expected on the days before


class Grant(SQLModel, table=True):
    """A right: of the owner, of a secretary for a unit and all below it, of a team's leader."""

    __table_args__ = (UniqueConstraint("person_id", "role", "unit_id", "team_id"),)

    id: int = key()
    person_id: int = refers("person.id")
    role: Role = kind(Role)
    unit_id: int | None = refers("unit.id", default=None, index=True)
    team_id: int | None = refers("team.id", default=None, index=True)
    at: datetime


class Erasure(SQLModel, table=True):
    """Somebody who had themselves forgotten is still to be looked for in what others keep.

    What they are looked for by is gone with this row, minutes later.
    """

    person_id: int = refers("person.id", primary_key=True)
    user_id: int = Field(sa_type=BigInteger)  # Telegram's
    names: list[str] = Field(sa_type=JSON)
    at: datetime


class Discard(SQLModel, table=True):
    """A file with evidence that is to be taken from the disk."""

    path: str = Field(primary_key=True)
    at: datetime


class WeekTime(SQLModel, table=True):
    """When the page of a week comes to those who run a unit, or a team below it."""

    unit_id: int = refers("unit.id", primary_key=True)
    weekday: int | None = None  # Monday is 0; None: the last workday
    hour: int | None = None  # None: no page comes unasked
    person_id: int = refers("person.id")
    at: datetime


class WeekWish(SQLModel, table=True):
    """Somebody wants to have their own week when it ends."""

    person_id: int = refers("person.id", primary_key=True)
    at: datetime


class Footing(SQLModel, table=True):
    """How we stand in a group: our rights as Telegram told them, and how many people are in it."""

    __table_args__ = (Index("ix_footing_wanted_at", "wanted_at", **only("wanted_at IS NOT NULL")),)

    chat_id: int = refers("chat.id", primary_key=True)
    admin: bool = False  # then we hear who comes and goes
    posts: bool = True
    pins: bool = False
    reads: bool = False  # what is said to others, too
    people: int | None = None  # without us; None: nobody counted yet
    above: int = 0  # of them, secretaries and owners who have no place there
    counted_at: datetime | None = None
    wanted_at: datetime | None = None  # since when Telegram is to be asked


class FormerChat(SQLModel, table=True):
    """An id that a group had before it became a supergroup: what is tapped there is meant here."""

    telegram_id: int = Field(
        sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    chat_id: int = refers("chat.id")


class Departure(SQLModel, table=True):
    """Somebody of a team's roster who is not in its group any more."""

    chat_id: int = refers("chat.id", primary_key=True)
    person_id: int = refers("person.id", primary_key=True, index=True)
    at: datetime


class Application(SQLModel, table=True):
    """Somebody asks for a place in a team, and waits for a word on it."""

    team_id: int = refers("team.id", primary_key=True)
    user_id: int = Field(
        sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    name: str  # as Telegram says
    member_id: int | None = refers("member.id", default=None)  # the place that they claim
    morning_id: int | None = refers("morning.id", default=None)  # that they studied meanwhile
    studied_at: datetime | None = None
    at: datetime = Field(index=True)


class Naming(SQLModel, table=True):
    """Somebody is about to write a name or tags: what they write next in private."""

    person_id: int = refers("person.id", primary_key=True)
    subject: Subject = kind(Subject)
    subject_id: int = Field(sa_type=Id)  # of the member or the team
    at: datetime


class OwnerCode(SQLModel, table=True):
    """The one-time code by which the first owner is known. Only its hash is kept."""

    hash: str = Field(primary_key=True)
    expires_at: datetime


class GrantLink(SQLModel, table=True):
    """A one-time link that gives a right to whoever opens it first. Only its hash is kept."""

    hash: str = Field(primary_key=True)
    role: Role = kind(Role)
    unit_id: int | None = refers("unit.id", default=None)
    team_id: int | None = refers("team.id", default=None)
    by_id: int = refers("person.id")
    expires_at: datetime


class CodeGuess(SQLModel, table=True):
    """How often somebody has said a code that is none, by Telegram's id, since when."""

    user_id: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    tries: int
    at: datetime


class Audit(SQLModel, table=True):
    """Who did what to whom, when. `storage.audits` seals a row once; then nobody changes it.

    Rows are a chain: each one's hash is of what it says and of the hash before it.
    """

    __table_args__ = (
        Index("ix_audit_loose", "id", **only("number IS NULL")),
        Index("ix_audit_by_id", "by_id", "number"),
        Index("ix_audit_person_id", "person_id", "number"),
        Index("ix_audit_team_id", "team_id", "number"),
    )

    id: int = key()
    number: int | None = Field(default=None, sa_type=Id, unique=True)  # None: not sealed yet
    at: datetime
    doing: Doing = kind(Doing)
    by_id: int | None = refers("person.id", default=None)  # None: at the console
    person_id: int | None = refers("person.id", default=None)
    team_id: int | None = refers("team.id", default=None)
    unit_id: int | None = refers("unit.id", default=None)
    other: int | None = Field(default=None, sa_type=Id)
    detail: str = ""  # never a person's name: it could not be erased
    previous: str | None = Field(default=None, unique=True)
    hash: str | None = None


class AuditEnd(SQLModel, table=True):
    """How many rows the audit log has, and the last hash: what shows that its end was cut off."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  # 1
    number: int = Field(sa_type=Id)
    hash: str


# What is sealed stays: neither changed nor deleted, whoever asks. Migration 0018 says the same.
SEALED = {
    "sqlite": [
        f"CREATE TRIGGER audit_{verb.lower()} BEFORE {verb} ON audit WHEN OLD.number IS NOT NULL"
        " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION audit_sealed() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
        "CREATE TRIGGER audit_sealed BEFORE UPDATE OR DELETE ON audit FOR EACH ROW"
        " WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION audit_sealed()",
    ],
}
for _dialect, _statements in SEALED.items():
    for _statement in _statements:
        event.listen(
            SQLModel.metadata.tables["audit"],
            "after_create",
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )


# -- study -----------------------------------------------------------------------------------


class Pack(SQLModel, table=True):
    """An ordered set of bites."""

    id: int = key()
    slug: str = Field(unique=True)
    title: str
    language: str
    version: int
    source: str = ""


class Bite(SQLModel, table=True):
    """One study item."""

    __table_args__ = (UniqueConstraint("pack_id", "slug"),)

    id: int = key()
    pack_id: int = refers("pack.id")
    slug: str
    position: int
    title: str
    body: str  # the pack's Markdown
    remember: str = ""
    link: str = ""
    media: str = ""
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    pledges: list[str] = Field(default_factory=list, sa_type=JSON)
    retired_at: datetime | None = None


class Question(SQLModel, table=True):
    """One question of a bite."""

    __table_args__ = (UniqueConstraint("bite_id", "position"),)

    id: int = key()
    bite_id: int = refers("bite.id")
    position: int
    ask: str
    answers: list[str] = Field(sa_type=JSON)
    right: int  # counted from 1
    why: str = ""
    edition: int = 1  # another number is another question: what was answered before is no matter
    retired_at: datetime | None = None


class BiteMedia(SQLModel, table=True):
    """The picture, film or file that a bite names: bytes of ours, or one that Telegram has."""

    bite_id: int = refers("bite.id", primary_key=True)
    name: str  # the bite's `media` when it came: once that is another, this one is not shown
    media: Media = kind(Media)
    hash: str | None = Field(default=None, foreign_key="file.hash", index=True)
    file_id: str = ""  # Telegram's, where it was sent in a chat
    at: datetime


class SentPack(SQLModel, table=True):
    """A file with a course pack that somebody sent us in private, until it is imported."""

    __table_args__ = (Index("ix_sentpack_waiting", "not_before", **only("stage = 'waiting'")),)

    id: int = key()
    person_id: int = refers("person.id")
    chat_id: int = refers("chat.id")
    name: str
    file_id: str
    html: str = ""  # what was written with it
    stage: PackStage = kind(PackStage, default=PackStage.WAITING)
    attempts: int = 0
    not_before: datetime
    at: datetime = Field(index=True)
    pack: dict[str, Any] | None = Field(default=None, sa_type=JSON)  # what it says, if sound


class Plan(SQLModel, table=True):
    """Which packs a team walks through, at what time, on which days."""

    __table_args__ = (Index("ix_plan_next_at", "next_at", **only("next_at IS NOT NULL")),)

    id: int = key()
    team_id: int = refers("team.id", unique=True)
    packs: list[str] = Field(sa_type=JSON)
    weekdays: dict[str, list[str]] = Field(default_factory=dict, sa_type=JSON)  # other packs
    at: time
    eve: bool = False  # `at` is on the evening before
    closes: time
    days: str = "workdays"
    cycle: str = ""  # of shifts, such as "6 on 2 off"; empty: there are none
    cycle_from: date | None = None  # the first day of one
    crews: dict[str, int] = Field(default_factory=dict, sa_type=JSON)  # how far on in it each is
    again_id: int | None = refers("bite.id", default=None)  # what the next card brings once more
    next_at: datetime | None = None  # when to look again whether it is a day for a card


class Morning(SQLModel, table=True):
    """One team's one day: the bite that was pushed, and until when a check-in is on time."""

    __table_args__ = (
        UniqueConstraint("team_id", "day"),
        Index("ix_morning_studied", "team_id", "bite_id", "id"),
        Index("ix_morning_open", "closes_at", **only("closed_at IS NULL")),
        Index("ix_morning_untold", "due_at", **only("told_at IS NULL")),
    )

    id: int = key()
    team_id: int = refers("team.id")
    day: date
    bite_id: int = refers("bite.id", index=True)
    due_at: datetime
    closes_at: datetime
    closed_at: datetime | None = None
    told_at: datetime | None = None  # when its people were given what is for each of them alone


class Meeting(SQLModel, table=True):
    """A team's meeting that was held, as somebody says who leads the team: who, and when."""

    team_id: int = refers("team.id", primary_key=True)
    day: date = Field(primary_key=True)
    person_id: int = refers("person.id")
    at: datetime


class Passage(SQLModel, table=True):
    """A word on a bite that counts for a team instead of its mornings up to then.

    Either the bite counts as had, since it was skipped, or as not had, since the team begins anew.
    """

    team_id: int = refers("team.id", primary_key=True)
    bite_id: int = refers("bite.id", primary_key=True, index=True)
    had: bool
    after_id: int = Field(sa_type=Id)  # the team's newest morning then; 0: it had none
    at: datetime


class OwnDay(SQLModel, table=True):
    """A day on which a unit with all below it, or a team, does otherwise than the calendar says.

    What was said in the chat wins over what the organisation file lists.
    """

    __table_args__ = (
        UniqueConstraint("unit_id", "day", "listed"),
        UniqueConstraint("team_id", "day", "listed"),
        Index("ix_ownday_day", "day"),
    )

    id: int = key()
    unit_id: int | None = refers("unit.id", default=None)
    team_id: int | None = refers("team.id", default=None)
    day: date
    kind: DayKind = kind(DayKind)
    listed: bool  # in the organisation file
    at: datetime


class CalendarYear(SQLModel, table=True):
    """A year's national days as this installation was told: days off, weekend days worked."""

    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    off: list[str] = Field(sa_type=JSON)
    work: list[str] = Field(sa_type=JSON)
    source: str = ""
    at: datetime


class CheckIn(SQLModel, table=True):
    """One member studied one morning's bite."""

    __table_args__ = (UniqueConstraint("morning_id", "member_id"),)

    id: int = key()
    morning_id: int = refers("morning.id")
    member_id: int = refers("member.id", index=True)
    at: datetime


class Answer(SQLModel, table=True):
    """A member's first answer to a question of a morning."""

    __table_args__ = (UniqueConstraint("morning_id", "question_id", "member_id"),)

    id: int = key()
    morning_id: int = refers("morning.id")
    question_id: int = refers("question.id", index=True)
    member_id: int = refers("member.id", index=True)
    choice: int  # counted from 1, as the question's `right`
    at: datetime


class Tutorial(SQLModel, table=True):
    """What one person was given to study for themselves on one day: at most one message.

    A question that came back, a bite for people with a tag of theirs, or both.
    """

    __table_args__ = (
        UniqueConstraint("person_id", "day"),
        Index("ix_tutorial_open", "person_id", **only("closed_at IS NULL")),
    )

    id: int = key()
    person_id: int = refers("person.id")
    team_id: int = refers("team.id")  # with whose card it came
    day: date
    question_id: int | None = refers("question.id", default=None)
    bite_id: int | None = refers("bite.id", default=None)
    sent: bool = True  # False: no message, it was told in the answer to a tap
    at: datetime
    studied_at: datetime | None = None
    closed_at: datetime | None = None  # nothing of it is to be answered any more


class Review(SQLModel, table=True):
    """An answer as it tells of somebody's memory: judged by the question as it was then.

    Of one question the first answer of a day counts, wherever it was given: on a team's card, or
    in private (then, or where it was tried there again, with a tutorial).
    """

    __table_args__ = (
        UniqueConstraint("person_id", "question_id", "edition", "day"),
        Index("ix_review_team_id", "team_id", "at"),
    )

    id: int = key()
    person_id: int = refers("person.id")
    question_id: int = refers("question.id")
    edition: int
    team_id: int = refers("team.id")
    tutorial_id: int | None = refers("tutorial.id", default=None, index=True)  # that shows it
    day: date  # the local one
    right: bool
    at: datetime


class Memory(SQLModel, table=True):
    """What a person's reviews of a question come to, kept for speed: made anew at any time."""

    __table_args__ = (Index("ix_memory_due", "person_id", "known", "due", "question_id"),)

    person_id: int = refers("person.id", primary_key=True)
    question_id: int = refers("question.id", primary_key=True, index=True)
    last: date
    stability: float
    due: date
    known: bool  # the last answer was right


class Invitation(SQLModel, table=True):
    """The one time that a person was asked to open the private chat."""

    person_id: int = refers("person.id", primary_key=True)
    morning_id: int = refers("morning.id")
    at: datetime
    opened_at: datetime | None = None


class Leave(SQLModel, table=True):
    """A member is excused from the first day to the last, both included."""

    __table_args__ = (Index("ix_leave_member_last", "member_id", "last"),)

    id: int = key()
    member_id: int = refers("member.id")
    first: date
    last: date
    reason: LeaveReason = kind(LeaveReason)
    at: datetime
    by_person_id: int | None = refers("person.id", default=None)  # None: the plan's shifts


# -- promises --------------------------------------------------------------------------------


class Assignment(SQLModel, table=True):
    """What somebody has others do, in one wording: a commitment for each of them refers to it."""

    id: int = key()
    author_id: int = refers("person.id", index=True)
    finding: str = ""  # what is to be put right; empty: it is a task
    standard: str = ""
    partners: str = ""
    result: str = ""
    risk: str = ""
    at: datetime


class Objection(SQLModel, table=True):
    """Somebody is about to say what is hard about a task: what they write next in private."""

    person_id: int = refers("person.id", primary_key=True)
    commitment_id: int = refers("commitment.id")
    at: datetime


class Commitment(SQLModel, table=True):
    """What one person will get done, by when. Its number is its name within the team."""

    __table_args__ = (
        UniqueConstraint("team_id", "number"),
        Index("ix_commitment_team", "team_id", "state", "due_at"),
        Index("ix_commitment_made", "team_id", "at"),
        Index("ix_commitment_member", "member_id", "state"),
        Index("ix_commitment_claimed", "state", "team_id", **only("state = 'claimed'")),
        Index("ix_commitment_due", "due_at", **only("state = 'open'")),
        Index("ix_commitment_midway", "midway", **only("state = 'open' AND midway IS NOT NULL")),
        Index("ix_commitment_assigned", "assignment_id", **only("assignment_id IS NOT NULL")),
    )

    id: int = key()
    team_id: int = refers("team.id")
    number: int
    member_id: int = refers("member.id")
    text: str
    due_at: datetime
    origin: Origin = kind(Origin)
    state: Progress = kind(Progress, default=Progress.OPEN)
    bite_id: int | None = refers("bite.id", default=None)
    midway: datetime | None = None  # when to ask how it stands; None: not, or it was asked
    assignment_id: int | None = refers("assignment.id", default=None)  # none: the owner's own
    at: datetime


class CommitmentAct(SQLModel, table=True):
    """What happened to a commitment: who, when, what, with which evidence."""

    __table_args__ = (
        Index("ix_commitmentact_unkept", "kept", "id", **only("kept IS NULL AND file_id <> ''")),
    )

    id: int = key()
    commitment_id: int = refers("commitment.id", index=True)
    act: Act = kind(Act)
    person_id: int = refers("person.id")
    at: datetime
    text: str = ""
    media: Media | None = kind(Media, default=None, nullable=True)
    file_id: str = ""
    album: str = Field(default="", index=True)  # what was sent together has the same
    due_at: datetime | None = None
    kept: str | None = None  # where a copy lies on disk; None: nowhere yet; "": it cannot be had
    witness_id: int | None = refers("person.id", default=None)  # whom a claim names to verify it


class Board(SQLModel, table=True):
    """The message in a team's group that shows its open commitments: the last one put there."""

    __table_args__ = (
        Index("ix_board_next_at", "next_at", **only("next_at IS NOT NULL")),
        Index("ix_board_unsettled", "team_id", **only("settled_at IS NULL")),
    )

    team_id: int = refers("team.id", primary_key=True)
    number: int  # how many times it was put there: names the message
    person_id: int = refers("person.id")  # who asked for it
    at: datetime
    next_at: datetime | None = None  # when its colours are looked at next; None: it was taken away
    settled_at: datetime | None = None  # since when it is pinned, or known that it cannot be


class Todo(SQLModel, table=True):
    """A message in a group that somebody turned into a commitment, or asks whose it is to be."""

    __table_args__ = (Index("ix_todo_message", "team_id", "message_id"),)

    id: int = key()
    team_id: int = refers("team.id")
    message_id: int = Field(sa_type=BigInteger)  # the message that was turned
    person_id: int = refers("person.id")  # who turned it
    author_id: int | None = refers("member.id", default=None)  # who may be asked to do it
    text: str
    due_at: datetime | None = None  # None: nothing was said of it
    at: datetime
    commitment_id: int | None = refers("commitment.id", default=None)  # None: not settled yet


# -- announcements ---------------------------------------------------------------------------


class Announcement(SQLModel, table=True):
    """A secretary's message to chosen teams; a draft until it is sent."""

    __table_args__ = (
        Index("ix_announcement_send_at", "send_at", **only("send_at IS NOT NULL")),
        Index("ix_announcement_pinned_at", "pinned_at", **only("pinned_at IS NOT NULL")),
        Index("ix_announcement_recalled_at", "recalled_at", **only("recalled_at IS NOT NULL")),
        Index("ix_announcement_open", "receipts_until", **only("closed_at IS NULL")),
    )

    id: int = key()
    author_id: int = refers("person.id", index=True)
    stage: Stage = kind(Stage, default=Stage.DRAFT)
    html: str
    media: Media | None = kind(Media, default=None, nullable=True)  # of an album: see its pieces
    file_id: str = ""
    album: str = ""  # Telegram's name of the album that it was sent as; what follows belongs to it
    poll: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    tags: list[str] = Field(default_factory=list, sa_type=JSON)  # empty: it is for everybody
    wants_receipt: bool = True
    silent: bool = False
    pins: bool = False  # it is to be pinned until it is done
    receipts_until: datetime | None = None  # None: for as long as it stands
    at: datetime
    send_at: datetime | None = None  # by the clock; None: by a tap, or it was sent
    sent_at: datetime | None = Field(default=None, index=True)
    nudged_at: datetime | None = None  # the last time
    pinned_at: datetime | None = None  # since when it is to be pinned; None: it is not any more
    closed_at: datetime | None = None  # since when its copies say that receipts are closed
    recalled_at: datetime | None = None


class AnnouncementPiece(SQLModel, table=True):
    """A picture or file of an announcement that has several."""

    announcement_id: int = refers("announcement.id", primary_key=True)
    place: int = Field(primary_key=True)  # counted from 1
    media: Media = kind(Media)
    file_id: str


class AnnouncementTeam(SQLModel, table=True):
    """A team that an announcement is for."""

    announcement_id: int = refers("announcement.id", primary_key=True)
    team_id: int = refers("team.id", primary_key=True, index=True)


class AnnouncementMember(SQLModel, table=True):
    """Somebody with a tag that an announcement is for. Without any it is for all."""

    announcement_id: int = refers("announcement.id", primary_key=True)
    member_id: int = refers("member.id", primary_key=True, index=True)


class Wording(SQLModel, table=True):
    """What a sent announcement said until it was corrected."""

    id: int = key()
    announcement_id: int = refers("announcement.id", index=True)
    html: str
    at: datetime  # of the correction


class Receipt(SQLModel, table=True):
    """A member's word that an announcement was received."""

    announcement_id: int = refers("announcement.id", primary_key=True)
    member_id: int = refers("member.id", primary_key=True, index=True)
    at: datetime
    again_at: datetime | None = None  # when they tapped once more, which may be to undo it


class Recipients(SQLModel, table=True):
    """A secretary's saved choice of whom an announcement is for."""

    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: int = key()
    person_id: int = refers("person.id")
    name: str
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    at: datetime


class RecipientsTeam(SQLModel, table=True):
    """A team of a saved choice."""

    recipients_id: int = refers("recipients.id", primary_key=True)
    team_id: int = refers("team.id", primary_key=True)


class Cue(SQLModel, table=True):
    """What somebody's next words in private are taken for, as they tapped that they would say."""

    person_id: int = refers("person.id", primary_key=True)
    announcement_id: int = refers("announcement.id")
    about: Cueing = kind(Cueing)
    html: str = ""  # of a correction: what was said, until it is confirmed
    at: datetime


# -- what comes in, what goes out, what was done ---------------------------------------------


class Incoming(SQLModel, table=True):
    """An update as Telegram gave it, kept before Telegram is told that we have it."""

    __table_args__ = (
        Index("ix_incoming_lane", "state", "lane", "update_id"),
        Index("ix_incoming_received_at", "received_at"),
    )

    update_id: int = Field(primary_key=True, sa_type=BigInteger)
    raw: dict[str, Any] = Field(sa_type=JSON)
    lane: int = Field(sa_type=BigInteger)  # updates of one lane are handled in order
    state: Intake = kind(Intake, default=Intake.NEW)
    attempts: int = 0
    not_before: datetime
    received_at: datetime
    error: str = ""


class Outgoing(SQLModel, table=True):
    """A Bot API call that is owed to Telegram, and afterwards the message that it became."""

    __table_args__ = (
        Index("ix_outgoing_due", "state", "priority", "id"),
        Index("ix_outgoing_stale", "stale_at", **only("stale_at IS NOT NULL")),
        Index("ix_outgoing_message", "chat_id", "message_id"),
        Index(
            "ix_outgoing_done",
            "chat_id",
            "done_at",
            sqlite_where=text("repeatable = 0"),
            postgresql_where=text("NOT repeatable"),
        ),
        # At most one message of ours in a chat is unaccounted for: what makes it findable.
        Index("one_in_flight", "chat_id", unique=True, **only("state IN ('sending', 'unknown')")),
    )

    id: int = key()
    key: str = Field(unique=True)  # what it is: owed once, however often it is said
    chat_id: int = refers("chat.id", index=True)
    topic_id: int = 0
    method: str
    params: dict[str, Any] = Field(sa_type=JSON)
    priority: int
    repeatable: bool = False  # an edit or the like: doing it twice does no harm
    state: Delivery = kind(Delivery, default=Delivery.PENDING)
    attempts: int = 0
    resent: bool = False
    not_before: datetime
    expires_at: datetime | None = None
    tried_at: datetime | None = None
    done_at: datetime | None = None
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    stale_at: datetime | None = None  # since when the message shows less than we know
    refreshed_at: datetime | None = None
    error: str = ""


class Companion(SQLModel, table=True):
    """A further message of an album: what was owed names the first alone."""

    outgoing_id: int = refers("outgoing.id", primary_key=True)
    message_id: int = Field(primary_key=True, sa_type=BigInteger)


class File(SQLModel, table=True):
    """Bytes that we send as a picture or file, by the hash of their content."""

    hash: str = Field(primary_key=True)
    data: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(index=True)


class Upload(SQLModel, table=True):
    """What Telegram calls a file that we uploaded: from then on it is sent by that name.

    The name holds for one bot, and for one way of showing it.
    """

    hash: str = Field(foreign_key="file.hash", primary_key=True)
    bot_id: int = Field(sa_type=BigInteger, primary_key=True)
    media: Media = kind(Media, primary_key=True)
    file_id: str


class Watch(SQLModel, table=True):
    """A stretch of time in which Telegram could reach us; between two, taps may have been lost."""

    id: int = key()
    began_at: datetime
    seen_at: datetime  # the latest moment that we know of, to a minute


class Slot(SQLModel, table=True):
    """An appointed time of a job, taken by whoever came first; its key lets it happen once."""

    job: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    state: SlotState = kind(SlotState)
    at: datetime
