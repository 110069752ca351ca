"""What we say of a change to the organisation: plain text, for a terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from handlers.words.voice import Voice

Path = tuple[str, ...]


class Kind(StrEnum):
    """What happened to something."""

    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"


class What(StrEnum):
    """To what it happened."""

    UNIT = "unit"
    TEAM = "team"
    MEMBER = "member"
    LEADER = "leader"
    SECRETARY = "secretary"
    PLAN = "plan"


@dataclass(frozen=True)
class Turn:
    """One field that was something and is something else; empty: nothing.

    `field` is a column of the organisation file.
    """

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """Something that an organisation file changes. `where` is the unit or team, from the root."""

    kind: Kind
    what: What
    name: str
    where: Path
    detail: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class Moved:
    """Somebody who is in another team than before."""

    person_id: int
    name: str
    old: Path
    new: Path


@dataclass(frozen=True)
class Outcome:
    """What became of some rosters: the changes, but for moves; and how many each had before."""

    changes: Sequence[Change]
    moves: Sequence[Moved]
    before: Mapping[Path, int]


def diff(voice: Voice, changes: Sequence[Change]) -> str:
    """All changes, those of one unit or team together, and a summary."""
    if not changes:
        return voice.plain("organisation.same")
    lines: list[str] = []
    for where, group in groupby(changes, key=lambda change: change.where):
        lines.append(" / ".join(where))
        lines += [f"  {_line(voice, change)}" for change in group]
    counts = {kind.value: sum(c.kind is kind for c in changes) for kind in Kind}
    return "\n".join([*lines, "", voice.plain("organisation.summary", **counts)])


def _line(voice: Voice, change: Change) -> str:
    what = voice.plain(f"organisation.what.{change.what}")
    line = voice.plain(f"organisation.{change.kind}", what=what, name=change.name)
    if not change.detail:
        return line
    turns = [_turn(voice, turn) for turn in change.detail]
    return voice.plain(
        "organisation.detail", line=line, turns=voice.plain("organisation.and").join(turns)
    )


def _turn(voice: Voice, turn: Turn) -> str:
    nothing = voice.plain("organisation.nothing")
    return voice.plain(
        "organisation.turn",
        field=voice.plain(f"organisation.field.{turn.field}"),
        old=turn.old or nothing,
        new=turn.new or nothing,
    )
