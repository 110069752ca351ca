"""Units and teams made to match a file, and the chats where teams meet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handlers.organisations.changes import Changes, Group, Node, Turns, meets, turn
from handlers.reading.organisations import TeamFile
from handlers.rules.recognition import Traits, recognise
from handlers.words.organisations import Kind, Path, Turn, What
from storage.database import Session
from storage.kinds import ChatKind
from storage.organisations import Record
from storage.tables import Chat, Team, Unit

SUPERGROUPS = -1_000_000_000_000  # Telegram's ids of supergroups lie below
Place = tuple[int | None, int]  # our chat and its topic
NOWHERE: Place = (None, 0)


class Tree:
    """The organisation's tree: `units` first, then `teams`."""

    def __init__(self, session: Session, now: datetime, record: Record, changes: Changes) -> None:
        self.session, self.now, self.record, self.changes = session, now, record, changes
        self.unit_at = {record.path(unit.id): unit for unit in record.units.values()}
        self.was_at = {
            team.id: (*record.path(team.unit_id), team.name) for team in record.teams.values()
        }
        self.is_at: dict[int, Path] = {}  # the teams of the file
        self.rezoned: set[int] = set()  # teams whose clock is another one than before

    def path(self, unit_id: int | None, team_id: int | None) -> Path:
        """Where a right or a plan is, that somebody had before."""
        if team_id is not None:
            return self.is_at.get(team_id) or self.was_at[team_id]
        return self.record.path(unit_id)

    async def units(self, nodes: Sequence[Node]) -> None:
        """Units, known by their names from the root down."""
        for node in nodes:
            wanted: dict[str, Any] = {"timezone": node.file.timezone, "locale": node.file.locale}
            if unit := self.unit_at.get(node.path):
                self.changes.keep(unit, What.UNIT, unit.name, node.path, turn(unit, wanted))
                continue
            above = self.unit_at.get(node.path[:-1])
            unit = Unit(parent_id=above.id if above else None, name=node.file.name, **wanted)
            self.session.add(unit)
            await self.session.flush()  # the units below refer to it
            self.unit_at[node.path] = unit
            self.changes.tell(Kind.ADDED, What.UNIT, unit.name, node.path)
        listed = {node.path for node in nodes}
        for path, unit in self.unit_at.items():
            if path not in listed:
                self.changes.retire(unit, What.UNIT, unit.name, path, self.now)

    async def teams(self, nodes: Sequence[Node]) -> list[Group]:
        """Teams, recognised by name or by where they meet; the file's, each with its row."""
        listed = [(node, file) for node in nodes for file in node.file.teams]
        known = recognise(
            [Traits(node.path, file.name, meets(file)) for node, file in listed],
            {team.id: self._traits(team) for team in self.record.teams.values()},
        )
        for team in self.record.teams.values():
            if team.id not in known.values():
                path = self.was_at[team.id]
                self.changes.retire(team, What.TEAM, team.name, path, self.now)
        groups = [
            Group(node, file, self._row(known.get(place), node, file), place not in known)
            for place, (node, file) in enumerate(listed)
        ]
        await self.session.flush()
        moved = await self._move(groups)
        for group in groups:
            self.is_at[group.team.id] = group.path
            if group.fresh:
                self.changes.tell(Kind.ADDED, What.TEAM, group.file.name, group.path)
            else:
                turns = (*self._match(group), *moved.get(group.team.id, ()))
                self.changes.keep(
                    group.team, What.TEAM, self.was_at[group.team.id][-1], group.path, turns
                )
        return groups

    def _traits(self, team: Team) -> Traits:
        chat = self.record.chats.get(team.chat_id or 0)
        place = (chat.telegram_id, team.topic_id) if chat else None
        return Traits(self.was_at[team.id][:-1], team.name, place, team.retired_at is None)

    def _row(self, known: int | None, node: Node, file: TeamFile) -> Team:
        if known is not None:
            return self.record.teams[known]
        team = Team(unit_id=self.unit_at[node.path].id, **_fields(node, file))
        self.session.add(team)
        return team

    def _match(self, group: Group) -> Turns:
        """Give a team that we know the unit, name, zone and language of the file."""
        turns = turn(group.team, _fields(group.node, group.file))
        if any(found.field == "timezone" for found in turns):
            self.rezoned.add(group.team.id)
        unit = self.unit_at[group.node.path]
        if group.team.unit_id == unit.id:
            return turns
        group.team.unit_id = unit.id
        old = self.was_at[group.team.id][:-1]
        return (Turn("unit", _shown(old), _shown(group.node.path)), *turns)

    async def _move(self, groups: Sequence[Group]) -> dict[int, Turns]:
        """Bring teams to their chats: first everybody leaves who has to, then others come in."""
        chats = await self._chats({group.meets[0] for group in groups if group.meets})
        wanted: dict[int, Place] = {
            group.team.id: (chats[group.meets[0]].id, group.meets[1])
            for group in groups
            if group.meets
        }
        taken, listed = set(wanted.values()), {group.team.id for group in groups}
        moves: list[tuple[Team, Place, Place]] = []
        for team in {**self.record.teams, **{g.team.id: g.team for g in groups}}.values():
            old: Place = (team.chat_id, team.topic_id)
            stays = old if team.id in listed and old not in taken else NOWHERE
            new = wanted.get(team.id, stays)
            if new != old:
                moves.append((team, old, new))
                team.chat_id, team.topic_id = NOWHERE
        await self.session.flush()  # two teams that change places must not collide
        ids = {chat.id: str(chat.telegram_id) for chat in chats.values()}
        for team, _, new in moves:
            team.chat_id, team.topic_id = new
        return {team.id: _moved(old, new, ids) for team, old, new in moves}

    async def _chats(self, ids: set[int]) -> dict[int, Chat]:
        """The groups that we know and those of the file, by Telegram's ids."""
        chats = {chat.telegram_id: chat for chat in self.record.chats.values()}
        for telegram_id in sorted(ids - chats.keys()):
            kind = ChatKind.SUPERGROUP if telegram_id < SUPERGROUPS else ChatKind.GROUP
            chats[telegram_id] = Chat(telegram_id=telegram_id, kind=kind)
            self.session.add(chats[telegram_id])
        await self.session.flush()
        return chats


def _fields(node: Node, file: TeamFile) -> dict[str, Any]:
    fields = {
        "name": file.name,
        "timezone": file.timezone or node.timezone,
        "locale": file.locale or node.locale,
    }
    ends = file.work_ends or node.work_ends
    return {**fields, "work_ends": ends} if ends else fields


def _moved(old: Place, new: Place, ids: dict[int, str]) -> Turns:
    turns = []
    if old[0] != new[0]:
        turns.append(Turn("chat_id", ids.get(old[0] or 0, ""), ids.get(new[0] or 0, "")))
    if old[1] != new[1]:
        turns.append(Turn("topic_id", str(old[1] or ""), str(new[1] or "")))
    return tuple(turns)


def _shown(path: Path) -> str:
    return " / ".join(path)
