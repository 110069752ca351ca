"""Where the tables hold something of a person: one declaration for each, and nothing undeclared.

A test of the house compares this page with the tables. Who adds a column with a person's number,
or with words that somebody wrote, has to say here what becomes of it when its person is forgotten;
what is declared is also what a person gets who asks for what is stored.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import SQLModel

from storage.tables import (
    Announcement,
    AnnouncementMember,
    AnnouncementPiece,
    AnnouncementTeam,
    Answer,
    Application,
    Assignment,
    Audit,
    AuditEnd,
    Bite,
    BiteMedia,
    Board,
    CalendarYear,
    Chat,
    CheckIn,
    CodeGuess,
    Commitment,
    CommitmentAct,
    Companion,
    Cue,
    Departure,
    Discard,
    Erasure,
    File,
    Footing,
    FormerChat,
    Grant,
    GrantLink,
    Hold,
    Incoming,
    Invitation,
    Leave,
    Meeting,
    Member,
    Memory,
    Morning,
    Naming,
    Objection,
    Outgoing,
    OwnDay,
    OwnerCode,
    Pack,
    Passage,
    Person,
    Plan,
    Question,
    Receipt,
    Recipients,
    RecipientsTeam,
    Review,
    SentPack,
    Slot,
    SwitchTurn,
    Team,
    Todo,
    Tutorial,
    Unit,
    Upload,
    Watch,
    WeekTime,
    WeekWish,
    Wording,
)


class Fate(StrEnum):
    """What becomes of somebody's rows when they have themselves forgotten."""

    GOES = "goes"  # the row with all that is in it
    BLANK = "blank"  # the words go; that it happened, and when, stays as a figure
    STAYS = "stays"  # it is a figure, or the team's: who is behind it has no name any more


@dataclass(frozen=True)
class Holding:
    """What a table holds of people.

    people  columns with the number of a person or a member: their rows are these
    users   columns with what Telegram calls somebody
    words   columns with names, or with what people wrote, sent or were told
    plain   columns with texts of another kind: closed words, names of things, course contents
    """

    table: type[SQLModel]
    fate: Fate = Fate.STAYS
    people: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.table.__tablename__)


PERSON, MEMBER = ("person_id",), ("member_id",)
GOES, BLANK = Fate.GOES, Fate.BLANK

HOLDINGS = (
    # -- who and where
    Holding(Unit, plain=("name", "timezone", "locale")),
    Holding(Chat, GOES, users=("telegram_id",), plain=("title", "trouble")),  # private ones
    Holding(Hold, plain=("trouble",)),
    Holding(Person, BLANK, people=("id",), users=("telegram_id",), words=("name",),
            plain=("locale",)),
    Holding(Team, plain=("name", "timezone", "locale")),
    Holding(SwitchTurn, people=PERSON),
    Holding(Member, BLANK, people=PERSON, words=("tags", "crew")),
    Holding(Grant, GOES, people=PERSON),
    Holding(Erasure, GOES, people=PERSON, users=("user_id",), words=("names",)),
    Holding(Discard, plain=("path",)),  # a team's folder and numbers
    Holding(Footing),
    Holding(FormerChat, users=("telegram_id",)),  # of groups
    Holding(Departure, GOES, people=PERSON),
    Holding(Application, GOES, people=MEMBER, users=("user_id",), words=("name",)),
    Holding(Naming, GOES, people=PERSON),
    Holding(WeekTime, people=PERSON),
    Holding(WeekWish, GOES, people=PERSON),
    Holding(OwnerCode, plain=("hash",)),
    Holding(GrantLink, GOES, people=("by_id",), plain=("hash",)),
    Holding(CodeGuess, GOES, users=("user_id",)),
    Holding(Audit, people=("by_id", "person_id"), plain=("detail", "previous", "hash")),
    Holding(AuditEnd, plain=("hash",)),
    # -- study
    Holding(Pack, plain=("slug", "title", "language", "source")),
    Holding(Bite, plain=("slug", "title", "body", "remember", "link", "media", "tags", "pledges")),
    Holding(Question, plain=("ask", "answers", "why")),
    Holding(BiteMedia, plain=("name", "hash", "file_id")),
    Holding(SentPack, GOES, people=PERSON, words=("name", "file_id", "html", "pack")),
    Holding(Plan, plain=("packs", "weekdays", "days", "cycle", "crews")),
    Holding(Morning),
    Holding(Meeting, people=PERSON),
    Holding(Passage),
    Holding(OwnDay),
    Holding(CalendarYear, plain=("off", "work", "source")),
    Holding(CheckIn, people=MEMBER),
    Holding(Answer, people=MEMBER),
    Holding(Tutorial, GOES, people=PERSON),
    Holding(Review, people=PERSON),  # the team's figures of what is answered wrongly
    Holding(Memory, GOES, people=PERSON),
    Holding(Invitation, GOES, people=PERSON),
    Holding(Leave, BLANK, people=("member_id", "by_person_id")),  # the reason
    # -- promises
    Holding(Assignment, people=("author_id",),
            words=("finding", "standard", "partners", "result", "risk")),  # they are others' tasks
    Holding(Objection, GOES, people=PERSON),
    Holding(Commitment, BLANK, people=MEMBER, words=("text",)),
    Holding(CommitmentAct, BLANK, people=("person_id", "witness_id"),
            words=("text", "file_id", "album", "kept")),
    Holding(Board, people=PERSON),
    Holding(Todo, BLANK, people=("person_id", "author_id"), words=("text",)),
    # -- announcements: what was sent is the organisation's word, a draft is its author's
    Holding(Announcement, people=("author_id",), words=("html", "file_id", "album", "poll"),
            plain=("tags",)),
    Holding(AnnouncementPiece, words=("file_id",)),
    Holding(AnnouncementTeam),
    Holding(AnnouncementMember, people=MEMBER),
    Holding(Wording, words=("html",)),
    Holding(Recipients, GOES, people=PERSON, words=("name",), plain=("tags",)),
    Holding(RecipientsTeam),
    Holding(Cue, GOES, people=PERSON, words=("html",)),
    Holding(Receipt, people=MEMBER),
    # -- what comes in, what goes out
    Holding(Incoming, BLANK, users=("lane",), words=("raw", "error")),
    Holding(Outgoing, GOES, words=("key", "params", "error"), plain=("method",)),  # in private
    Holding(File, plain=("hash",)),
    Holding(Companion),
    Holding(Upload, plain=("hash", "file_id")),
    Holding(Watch),
    Holding(Slot, plain=("job", "subject")),
)  # fmt: skip

OTHERS = (
    Commitment,
    CommitmentAct,
    Assignment,
    Todo,
    Announcement,
    Wording,
)  # may speak of somebody
