"""What an organisation file lists, and the list of what it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from handlers.reading.organisations import TeamFile, UnitFile
from handlers.words.organisations import Change, Kind, Path, Turn, What
from storage.tables import Member, Person, Plan, Team, Unit

Turns = tuple[Turn, ...]


@dataclass(frozen=True)
class Node:
    """A unit of the file, with its place in the tree and what it inherits."""

    path: Path
    file: UnitFile
    timezone: str
    locale: str
    work_ends: time | None = None


@dataclass(frozen=True)
class Group:
    """A team of the file, the unit that it is in, and its row; `fresh`: the row is new."""

    node: Node
    file: TeamFile
    team: Team
    fresh: bool

    @property
    def path(self) -> Path:
        """The names from the root down to the team."""
        return (*self.node.path, self.file.name)

    @property
    def meets(self) -> tuple[int, int] | None:
        """Chat and topic, by Telegram's ids."""
        return meets(self.file)


def meets(file: TeamFile) -> tuple[int, int] | None:
    """Where a team of the file meets: chat and topic, by Telegram's ids."""
    return (file.chat_id, file.topic_id or 0) if file.chat_id else None


class Changes:
    """The changes so far, by unit and team, in the order of the file."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._at: dict[Path, list[Change]] = {}
        for node in nodes:
            self._at[node.path] = []
            self._at |= {(*node.path, team.name): [] for team in node.file.teams}

    def all(self) -> list[Change]:
        """Every change; what is no longer in the file comes last."""
        return [change for changes in self._at.values() for change in changes]

    def tell(self, kind: Kind, what: What, name: str, where: Path, turns: Turns = ()) -> None:
        """Note one."""
        self._at.setdefault(where, []).append(Change(kind, what, name, where, turns))

    def keep(
        self, row: Unit | Team | Member, what: What, name: str, where: Path, turns: Turns
    ) -> None:
        """A row that the file lists: bring back what was retired, or tell what changed."""
        if row.retired_at is not None:
            row.retired_at = None
            self.tell(Kind.ADDED, what, name, where)
        elif turns:
            self.tell(Kind.CHANGED, what, name, where, turns)

    def retire(
        self, row: Unit | Team | Member, what: What, name: str, where: Path, now: datetime
    ) -> None:
        """A row that the file does not list."""
        if row.retired_at is None:
            row.retired_at = now
            self.tell(Kind.RETIRED, what, name, where)


def turn(row: Unit | Team | Member | Person | Plan, wanted: Mapping[str, object]) -> Turns:
    """Give a row the values that it lacks; what that changes."""
    turns = []
    for field, new in wanted.items():
        old = getattr(row, field)
        if old != new:
            setattr(row, field, new)
            turns.append(Turn(field, shown(old), shown(new)))
    return tuple(turns)


def shown(value: object) -> str:
    """A value as it would stand in the file."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(str, value))
        case dict():
            return "; ".join(f"{key}: {shown(found)}" for key, found in value.items())
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value)
