"""The kinds of things we remember: small closed sets of names, as the tables store them."""

from enum import StrEnum


class ChatKind(StrEnum):
    """What sort of chat it is, in Telegram's words."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"


class Role(StrEnum):
    """A right given to a person: everywhere, for a unit and all below it, or for a team."""

    OWNER = "owner"
    SECRETARY = "secretary"
    LEADER = "leader"


class Doing(StrEnum):
    """What the audit log tells of. `other` in its row is the number of what stands behind."""

    GRANTED = "granted"  # a right, to somebody
    REVOKED = "revoked"
    LINKED = "linked"  # a one-time link that gives a right was made
    OWNED = "owned"  # became owner, by the code on the console or by the settings
    SWITCHED = "switched"  # a team's switch
    ATTACHED = "attached"  # a chat tied to a team
    DETACHED = "detached"
    PLANNED = "planned"  # a change of a plan, or of days
    ASSIGNED = "assigned"  # a task; other: the commitment
    VERIFIED = "verified"  # other: the commitment
    RETURNED = "returned"  # other: the commitment
    EXCUSED = "excused"  # leave for somebody else
    UNEXCUSED = "unexcused"
    ANNOUNCED = "announced"  # other: the announcement
    RECALLED = "recalled"  # an announcement was taken back
    CORRECTED = "corrected"  # an announcement was changed after it was sent
    APPLIED = "applied"  # an organisation file
    IMPORTED = "imported"  # a course pack
    RESTORED = "restored"  # a backup
    EXPORTED = "exported"  # a ledger, or this log
    ADMITTED = "admitted"  # a member
    RENAMED = "renamed"
    RETIRED = "retired"
    TRANSFERRED = "transferred"
    ERASED = "erased"  # what was known of a person


class LeaveReason(StrEnum):
    """Why a member is excused."""

    LEAVE = "leave"
    SHIFT = "shift"
    FIELD = "field"


class DayKind(StrEnum):
    """What a unit or team does on a day of its own."""

    OFF = "off"
    WORK = "work"
    PAUSE = "pause"  # at work, without a meeting
    USUAL = "usual"  # as the calendar has it, whatever the organisation file says


class Switch(StrEnum):
    """What a team can turn on and off."""

    NUDGE = "nudge"  # a private word before the check-in closes to those who are missing
    NAMES = "names"  # of the missing, on the closed card in the group
    RANKING = "ranking"  # of members by attendance
    POINTS = "points"  # each member's own, for them alone
    POINTS_BOARD = "points_board"  # of all members, in the group
    NAMELESS = "nameless"  # what is shown to a chat has numbers, and nobody's name

    @property
    def usual(self) -> bool:
        """How it stands where nobody has turned it."""
        return self is Switch.NUDGE


class Deed(StrEnum):
    """What is worth points, where a team has them."""

    CHECKIN = "checkin"  # in time
    LATE = "late"  # a check-in after closing time, or on a later day
    RIGHT = "right"  # the first answer to a card's question
    KEPT = "kept"  # a promise, in time
    KEPT_LATE = "kept_late"
    VERIFIED = "verified"  # a promise that was kept, by somebody else's word


class Kept(StrEnum):
    """What is let go once it is old enough."""

    UPDATES = "updates"  # what came in and was handled
    FAILED = "failed"  # what came in and was set aside
    MESSAGES = "messages"  # the words of what we sent
    DRAFTS = "drafts"  # what was begun and never sent, and files with packs
    EVIDENCE = "evidence"  # words, pictures and files on commitments that have ended
    MEMORY = "memory"  # what is known of the memory of those who have no place any more


class Origin(StrEnum):
    """Where a commitment came from."""

    PLEDGE = "pledge"
    TASK = "task"
    RECTIFICATION = "rectification"


class Progress(StrEnum):
    """How far a commitment has come. Lag colours are derived, never stored."""

    OPEN = "open"
    CLAIMED = "claimed"  # the owner says it is done; nobody has looked yet
    VERIFIED = "verified"
    UNVERIFIED = "unverified"  # nobody looked in time: it stays the owner's word
    WITHDRAWN = "withdrawn"

    @property
    def ended(self) -> bool:
        """Nothing more is asked of the owner."""
        return self is not Progress.OPEN


class Act(StrEnum):
    """What happened to a commitment."""

    MADE = "made"
    MOVED = "moved"  # to another team, or to a day that was meant from the beginning
    POSTPONED = "postponed"  # its owner needs more time
    SURE = "sure"  # its owner was asked, and expects to be in time
    HELP = "help"  # its owner asks for help
    HANDLED = "handled"  # somebody saw to that
    CLAIMED = "claimed"
    SHOWN = "shown"  # more evidence, after the first
    VERIFIED = "verified"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"  # the owner takes on what was assigned
    DECLINED = "declined"  # the owner says what is hard about it; it does not end by that
    INSISTED = "insisted"  # somebody who may take it back asks for it nevertheless
    LEFT = "left"  # its owner had themselves forgotten, and it ended by that


class Subject(StrEnum):
    """What somebody is about to write the name of, or what else."""

    MEMBER = "member"
    TAGS = "tags"
    TEAM = "team"


class Plea(StrEnum):
    """What the owner of an open commitment has asked for."""

    TIME = "time"  # it was postponed
    HELP = "help"  # nobody has seen to it yet


class Media(StrEnum):
    """What a message carries besides text."""

    PHOTO = "photo"
    DOCUMENT = "document"
    VIDEO = "video"


class Stage(StrEnum):
    """Where an announcement stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"  # ready, and waits for its time
    SENT = "sent"
    DROPPED = "dropped"


class Cueing(StrEnum):
    """What somebody is about to write, of an announcement of theirs."""

    WHEN = "when"  # it is to be sent
    UNTIL = "until"  # receipts count
    CORRECTION = "correction"
    NAME = "name"  # of the list that its recipients are kept as


class PackStage(StrEnum):
    """Where a course pack stands that somebody sent as a file."""

    WAITING = "waiting"  # to be fetched and read
    FAULTY = "faulty"
    OFFERED = "offered"  # sound, and its sender decides
    IMPORTED = "imported"
    DROPPED = "dropped"
    LOST = "lost"  # it could not be fetched or read


class Intake(StrEnum):
    """What has become of an update."""

    NEW = "new"
    DONE = "done"
    DEAD = "dead"  # set aside after too many tries


class Delivery(StrEnum):
    """What has become of a call that is owed to Telegram."""

    PENDING = "pending"
    SENDING = "sending"  # committed before the first byte leaves
    UNKNOWN = "unknown"  # it may have arrived: the answer was lost, or we died
    SENT = "sent"
    HELD = "held"  # the chat does not take messages now; it waits for the chat
    EXPIRED = "expired"
    FAILED = "failed"
    NEEDS_PERSON = "needs_person"


class SlotState(StrEnum):
    """What has become of an appointed time."""

    DONE = "done"
    MISSED = "missed"
