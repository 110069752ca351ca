"""Days off and days worked of units and teams, made to match a file.

What was said in the chat is not the file's: it stays.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from handlers.organisations.changes import Changes, Group, Node, Turns
from handlers.organisations.tree import Tree
from handlers.reading.plans import DaysFile, in_short
from handlers.words.organisations import Kind, Turn, What
from storage.database import Session
from storage.kinds import DayKind
from storage.organisations import Record
from storage.tables import OwnDay

Place = tuple[int | None, int | None]  # unit, team
KINDS = {"off": DayKind.OFF, "work": DayKind.WORK}


async def own_days(
    session: Session,
    now: datetime,
    record: Record,
    changes: Changes,
    tree: Tree,
    nodes: Sequence[Node],
    groups: Sequence[Group],
) -> None:
    """Make the days of each unit and team those of the file."""
    before: defaultdict[Place, dict[date, OwnDay]] = defaultdict(dict)
    for row in record.days:
        before[row.unit_id, row.team_id][row.day] = row
    for node in nodes:
        place = (tree.unit_at[node.path].id, None)
        turns = await _match(session, now, place, before[place], node.file.days)
        if turns:
            changes.tell(Kind.CHANGED, What.UNIT, node.file.name, node.path, turns)
    for group in groups:
        own: Place = (None, group.team.id)
        turns = await _match(session, now, own, before[own], group.file.days)
        if turns:
            changes.tell(Kind.CHANGED, What.TEAM, group.file.name, group.path, turns)


async def _match(
    session: Session, now: datetime, place: Place, rows: dict[date, OwnDay], file: DaysFile
) -> Turns:
    wanted = dict.fromkeys(file.off, DayKind.OFF) | dict.fromkeys(file.work, DayKind.WORK)
    had = {day: row.kind for day, row in rows.items()}
    if had == wanted:
        return ()
    unit_id, team_id = place
    for day, row in rows.items():
        if day not in wanted:
            await session.delete(row)
        else:
            row.kind = wanted[day]
    for day, kind in wanted.items():
        if day not in rows:
            session.add(
                OwnDay(unit_id=unit_id, team_id=team_id, day=day, kind=kind, listed=True, at=now)
            )
    sides = [(field, _shown(had, kind), _shown(wanted, kind)) for field, kind in KINDS.items()]
    return tuple(Turn(field, old, new) for field, old, new in sides if old != new)


def _shown(days: dict[date, DayKind], kind: DayKind) -> str:
    return in_short([day for day, found in days.items() if found is kind])
