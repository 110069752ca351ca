"""Who may do what, and where: one table. What it does not grant is denied.

A row says who may, on which surfaces it is listened to, and on which it is offered: the doors
(`handlers.routes`), `/help`, the command menus and docs/rights.md all read it here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from storage.kinds import Role


class Standing(StrEnum):
    """What a person is, to a team or anywhere."""

    ANYONE = "anyone"
    MEMBER = "member"
    LEADER = "leader"
    SECRETARY = "secretary"
    OWNER = "owner"


class Surface(StrEnum):
    """Where somebody speaks or taps."""

    PRIVATE = "private"
    GROUP = "group"  # where a team meets: a whole group, or a topic of one
    ASTRAY = "astray"  # in a group, or a topic of one, where no team meets


class Action(StrEnum):
    """What can be asked of us."""

    ASK = "ask"  # help, and whatever answers by the asker's own rights
    BEGIN = "begin"  # who am I to you; the one-time code and links are said here as well
    JOIN = "join"  # ask for a place
    BRING = "bring"  # put us into a group, or out of it
    MYSELF = "myself"  # what is stored of oneself: handed out, or erased
    HUSH = "hush"  # when we may write to oneself unasked
    CONFIRM = "confirm"  # a receipt: the announcement knows of whom
    MINE = "mine"  # what is one's own, seen by oneself alone
    AWAY = "away"  # leave, for oneself; whose else one may say it for is asked behind the door
    STUDY = "study"  # check in, answer, take leave on a card
    COMMIT = "commit"  # promise, move, keep, withdraw one's own
    TODO = "todo"  # a message of the group into a promise of one's own
    SEE_COUNTS = "see_counts"  # how a team stands, in figures
    SEE_MISSED = "see_missed"  # what a team answers wrongly most often
    SEE_NAMES = "see_names"  # who is missing, what others promised
    WEEK = "week"  # what a week amounted to: one's own, or of teams that one looks after
    REPORT = "report"  # what days amounted to: in figures, and as a file
    EXCUSE = "excuse"  # leave for somebody else
    HOLD = "hold"  # say that a team's meeting was held
    ASSIGN = "assign"  # tasks and rectifications to others
    VERIFY = "verify"  # whether others did what they say; never one's own
    WITNESS = "witness"  # verify the one thing that one was named for
    ASSIST = "assist"  # see to it when somebody asks for help
    TURN = "turn"  # somebody's words into a commitment of theirs
    BOARD = "board"  # put a team's board into its group, or take it away
    ADMIT = "admit"  # give places in a team, and take them
    PLAN = "plan"  # say what a team studies next, and when
    SWITCH = "switch"  # say what a team shows and who is reminded
    ANNOUNCE = "announce"  # send an announcement to teams one runs
    ATTACH = "attach"  # tie a chat to a team
    ROSTER = "roster"  # rosters as files, taken back as somebody changed them
    PACKS = "packs"  # import course packs, with their pictures, and take them out
    GRANT = "grant"  # give rights below one's own, and take them; never to oneself
    OPERATE = "operate"  # look after the installation
    AUDIT = "audit"  # read who did what to whom and when


@dataclass(frozen=True)
class Row:
    """A line of the table.

    who       who may
    where     where it is listened to; elsewhere the asker is told so in a line
    offered   where help and the menus name it
    anywhere  a right, or a place, anywhere opens the door; behind it the one team is asked for
    """

    who: frozenset[Standing]
    where: frozenset[Surface]
    offered: frozenset[Surface]
    anywhere: bool = False


_EVERYBODY = frozenset(Standing)
_MEMBERS = frozenset({Standing.MEMBER})
_RUN = frozenset({Standing.SECRETARY, Standing.OWNER})
_LEAD = frozenset({Standing.LEADER, *_RUN})
_BELONG = frozenset({Standing.MEMBER, *_LEAD})
_OWN = frozenset({Standing.OWNER})

_ALL = frozenset(Surface)
_PRIVATE = frozenset({Surface.PRIVATE})
_GROUP = frozenset({Surface.GROUP})
_BOTH = _PRIVATE | _GROUP
_NOWHERE: frozenset[Surface] = frozenset()

MATRIX: dict[Action, Row] = {
    Action.ASK: Row(_EVERYBODY, _ALL, _BOTH),
    Action.BEGIN: Row(_EVERYBODY, _ALL, _PRIVATE),
    Action.JOIN: Row(_EVERYBODY, _ALL, _GROUP),
    Action.BRING: Row(_EVERYBODY, _ALL, _NOWHERE),
    Action.MYSELF: Row(_EVERYBODY, _ALL, _PRIVATE),
    Action.HUSH: Row(_EVERYBODY, _ALL, _PRIVATE),
    Action.CONFIRM: Row(_EVERYBODY, _ALL, _NOWHERE),
    Action.MINE: Row(_MEMBERS, _ALL, _BOTH, anywhere=True),
    Action.AWAY: Row(_BELONG, _ALL, _BOTH, anywhere=True),
    Action.STUDY: Row(_MEMBERS, _BOTH, _NOWHERE),
    Action.COMMIT: Row(_MEMBERS, _BOTH, _BOTH),
    Action.TODO: Row(_BELONG, _BOTH, _GROUP),
    Action.SEE_COUNTS: Row(_BELONG, _BOTH, _BOTH),
    Action.SEE_MISSED: Row(_LEAD, _BOTH, _PRIVATE),
    Action.SEE_NAMES: Row(_LEAD, _BOTH, _NOWHERE),
    Action.WEEK: Row(_BELONG, _BOTH, _PRIVATE),
    Action.REPORT: Row(_LEAD, _BOTH, _PRIVATE),
    Action.EXCUSE: Row(_LEAD, _BOTH, _NOWHERE),
    Action.HOLD: Row(_LEAD, _BOTH, _NOWHERE),
    Action.ASSIGN: Row(_LEAD, _BOTH, _BOTH),
    Action.VERIFY: Row(_LEAD, _BOTH, _NOWHERE),
    Action.WITNESS: Row(_BELONG, _BOTH, _NOWHERE),
    Action.ASSIST: Row(_LEAD, _BOTH, _NOWHERE),
    Action.TURN: Row(_LEAD, _BOTH, _NOWHERE),
    Action.BOARD: Row(_LEAD, _BOTH, _NOWHERE),
    Action.ADMIT: Row(_LEAD, _BOTH, _NOWHERE),
    Action.PLAN: Row(_LEAD, _BOTH, _PRIVATE),
    Action.SWITCH: Row(_RUN, _BOTH, _PRIVATE),
    Action.ANNOUNCE: Row(_RUN, _BOTH, _PRIVATE),
    Action.ATTACH: Row(_RUN, _ALL, _NOWHERE, anywhere=True),
    Action.ROSTER: Row(_RUN, _BOTH, _NOWHERE),
    Action.PACKS: Row(_RUN, _BOTH, _PRIVATE),
    Action.GRANT: Row(_RUN, _PRIVATE, _PRIVATE, anywhere=True),
    Action.OPERATE: Row(_OWN, _BOTH, _PRIVATE),
    Action.AUDIT: Row(_OWN, _PRIVATE, _PRIVATE, anywhere=True),
}


def standings(roles: Collection[Role], *, member: bool) -> frozenset[Standing]:
    """What somebody is, from their roles and whether they have a place."""
    found = {Standing.ANYONE, *(Standing(role) for role in roles)}
    return frozenset(found | {Standing.MEMBER} if member else found)


def may(held: Collection[Standing], action: Action) -> bool:
    """Whether anything that somebody is allows an action."""
    return not MATRIX[action].who.isdisjoint(held)


def open_to_all(action: Action) -> bool:
    """Whether nobody has to be asked who they are."""
    return Standing.ANYONE in MATRIX[action].who
