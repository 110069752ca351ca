"""Who may do what: one table. What it does not grant is denied."""

from collections.abc import Collection
from enum import StrEnum

from storage.kinds import Role


class Standing(StrEnum):
    """What a person is, to a team or anywhere."""

    ANYONE = "anyone"
    MEMBER = "member"
    LEADER = "leader"
    SECRETARY = "secretary"
    OWNER = "owner"


class Action(StrEnum):
    """What can be asked of us."""

    ASK = "ask"  # help, start, what is stored
    STUDY = "study"  # check in, answer, take leave
    COMMIT = "commit"  # promise, move, keep, withdraw one's own
    SEE_COUNTS = "see_counts"
    SEE_MISSED = "see_missed"  # what a team answers wrongly most often
    SEE_NAMES = "see_names"  # who is missing, what others promised
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
    ANNOUNCE = "announce"
    ATTACH = "attach"  # tie a chat to a team
    ROSTER = "roster"  # rosters as files, taken back as somebody changed them
    PACKS = "packs"  # import course packs, with their pictures, and take them out
    OPERATE = "operate"  # look after the installation


_RUN = {Standing.SECRETARY, Standing.OWNER}
_LEAD = {Standing.LEADER, *_RUN}
_BELONG = {Standing.MEMBER, *_LEAD}

MATRIX: dict[Action, frozenset[Standing]] = {
    Action.ASK: frozenset(Standing),
    Action.STUDY: frozenset({Standing.MEMBER}),
    Action.COMMIT: frozenset({Standing.MEMBER}),
    Action.SEE_COUNTS: frozenset(_BELONG),
    Action.SEE_MISSED: frozenset(_LEAD),
    Action.SEE_NAMES: frozenset(_LEAD),
    Action.REPORT: frozenset(_LEAD),
    Action.EXCUSE: frozenset(_LEAD),
    Action.HOLD: frozenset(_LEAD),
    Action.ASSIGN: frozenset(_LEAD),
    Action.VERIFY: frozenset(_LEAD),
    Action.WITNESS: frozenset(_BELONG),
    Action.ASSIST: frozenset(_LEAD),
    Action.TURN: frozenset(_LEAD),
    Action.BOARD: frozenset(_LEAD),
    Action.ADMIT: frozenset(_LEAD),
    Action.PLAN: frozenset(_LEAD),
    Action.SWITCH: frozenset(_RUN),
    Action.ANNOUNCE: frozenset(_RUN),
    Action.ATTACH: frozenset(_RUN),
    Action.ROSTER: frozenset(_RUN),
    Action.PACKS: frozenset(_RUN),
    Action.OPERATE: frozenset({Standing.OWNER}),
}


def standings(roles: Collection[Role], *, member: bool) -> frozenset[Standing]:
    """What somebody is, from their roles and whether they have a place."""
    found = {Standing.ANYONE, *(Standing(role) for role in roles)}
    return frozenset(found | {Standing.MEMBER} if member else found)


def may(held: Collection[Standing], action: Action) -> bool:
    """Whether anything that somebody is allows an action."""
    return not MATRIX[action].isdisjoint(held)
