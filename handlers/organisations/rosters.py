"""People made to match a file: members, leaders, secretaries; and the plans of their teams."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from handlers.organisations.changes import Changes, Group, Node, Turns, shown, turn
from handlers.organisations.tree import Tree
from handlers.reading.organisations import MemberFile, PersonFile, TeamFile
from handlers.words.organisations import Kind, Path, Turn, What
from storage import audits
from storage.database import Session
from storage.kinds import Doing, Role
from storage.organisations import Record
from storage.tables import Grant, Member, Person, Plan

Right = tuple[int, Role, int | None, int | None]  # person, role, unit, team
Entry = TypeVar("Entry", bound=PersonFile)
WHAT = {Role.SECRETARY: What.SECRETARY, Role.LEADER: What.LEADER}


@dataclass(frozen=True)
class Seat:
    """Somebody's place in a team of the file."""

    person: Person
    tags: tuple[str, ...]
    crew: str
    leads: bool


class Rosters:
    """Who is where, with which right: `people` first, then `plans`."""

    def __init__(self, session: Session, now: datetime, record: Record, changes: Changes) -> None:
        self.session, self.now, self.record, self.changes = session, now, record, changes
        self.known = {p.telegram_id: p for p in record.people.values() if p.telegram_id}
        self.turns: dict[int, Turns] = {}  # what changed of a person, by id(), until it is told
        self.places: defaultdict[int, list[Member]] = defaultdict(list)
        for member in record.members:
            self.places[member.team_id].append(member)
        self.lost: set[int] = set()  # who had a right that the file does not name
        self.rights: dict[Right, Grant] = {
            (grant.person_id, grant.role, grant.unit_id, grant.team_id): grant
            for grant in record.grants
        }

    async def people(self, tree: Tree, nodes: Sequence[Node], groups: Sequence[Group]) -> None:
        """Secretaries of units; members and leaders of teams. Leaders are members too."""
        run = [(node.path, tree.unit_at[node.path].id, self._heads(tree, node)) for node in nodes]
        teams = [(group, self._seats(group)) for group in groups]
        await self.session.flush()  # now everybody has an id
        wanted: dict[Right, tuple[Person, Path]] = {}
        for path, unit_id, heads in run:
            wanted |= {(p.id, Role.SECRETARY, unit_id, None): (p, path) for p in heads}
        for group, seats in teams:
            self._place(group, seats)
            leaders = [seat.person for seat in seats if seat.leads]
            team_id = group.team.id
            wanted |= {(p.id, Role.LEADER, None, team_id): (p, group.path) for p in leaders}
        for team_id in self.record.teams:
            if team_id not in tree.is_at:
                self._leave(self.places[team_id], tree.was_at[team_id])
        await self._give(wanted)
        await self._take(tree, wanted)

    async def plans(self, tree: Tree, groups: Sequence[Group]) -> None:
        """When and what teams study. A plan that is new, or another one, is looked at at once."""
        wanted = {group.team.id: group for group in groups if group.file.plan}
        for team_id, group in wanted.items():
            file, plan = group.file.plan, self.record.plans.get(team_id)
            assert file is not None
            fields: dict[str, Any] = {
                "packs": list(file.packs),
                "weekdays": {day: list(packs) for day, packs in file.weekdays.items()},
                "at": file.at,
                "eve": file.eve,
                "closes": file.closes,
                "days": file.days,
                "cycle": file.cycle,
                "cycle_from": file.start,
                "crews": dict(file.crews),
            }
            if plan is None:
                plan = Plan(team_id=team_id, **fields, next_at=self.now)
                self.session.add(plan)
                self.changes.tell(Kind.ADDED, What.PLAN, _named(plan), group.path)
                continue
            turns = turn(plan, fields)
            if turns:
                self.changes.tell(Kind.CHANGED, What.PLAN, _named(plan), group.path, turns)
            if turns or team_id in tree.rezoned:
                plan.next_at = self.now
        for team_id, plan in self.record.plans.items():
            if team_id not in wanted:
                path = tree.path(None, team_id)
                self.changes.tell(Kind.RETIRED, What.PLAN, _named(plan), path)
                await self.session.delete(plan)

    # -- who is who --------------------------------------------------------------------------

    def _heads(self, tree: Tree, node: Node) -> list[Person]:
        """The secretaries of a unit."""
        unit_id = tree.unit_at[node.path].id
        near = [self.record.people[right[0]] for right in self.rights if right[2] == unit_id]
        return list(self._recognise(node.file.secretaries, near).values())

    def _seats(self, group: Group) -> list[Seat]:
        """The members of a team, its leaders among them."""
        places = sorted(self.places[group.team.id], key=lambda place: place.retired_at is not None)
        led = [right[0] for right in self.rights if right[3] == group.team.id]
        near = dict.fromkeys([*(place.person_id for place in places), *led])
        entries = crew(group.file)
        found = self._recognise(entries, [self.record.people[person_id] for person_id in near])
        heirs = {entry.name: person for entry, person in found.items() if entry.telegram_id}
        held = {place.person_id for place in places}
        for place in places:
            named = self.record.people[place.person_id]
            heir = heirs.get(named.name)
            if heir and named.telegram_id is None and heir.id not in held:
                place.person_id = heir.id  # known from elsewhere: one person, one more place
                held.add(heir.id)
                self.turns[id(heir)] += (Turn("telegram_id", "", str(heir.telegram_id)),)
        return [
            Seat(person, entry.tags, entry.crew, entries[entry]) for entry, person in found.items()
        ]

    def _recognise(self, entries: Collection[Entry], near: list[Person]) -> dict[Entry, Person]:
        """The people of one list: by id, else by name among those `near`, else new ones.

        Somebody who is in several lists is called as in the first.
        """
        found: dict[Entry, Person] = {}
        for entry in sorted(entries, key=lambda entry: entry.telegram_id is None):
            person = self.known.get(entry.telegram_id or 0)
            person = person or next((other for other in near if may_be(other, entry)), None)
            if person is None:
                person = Person(name=entry.name)
                self.session.add(person)
            if id(person) not in self.turns:
                telegram_id = entry.telegram_id or person.telegram_id
                wanted = {"name": entry.name, "telegram_id": telegram_id}
                self.turns[id(person)] = turn(person, wanted)
                if telegram_id:
                    self.known[telegram_id] = person
            near = [other for other in near if other is not person]
            found[entry] = person
        return {entry: found[entry] for entry in entries}

    # -- what they have ----------------------------------------------------------------------

    def _place(self, group: Group, seats: Sequence[Seat]) -> None:
        """Make a team's places those of the file."""
        places = {place.person_id: place for place in self.places[group.team.id]}
        for seat in seats:
            person = seat.person
            own: dict[str, Any] = {"tags": list(seat.tags), "crew": seat.crew}
            if place := places.pop(person.id, None):
                turns = (*self._turns(person), *turn(place, own))
                self.changes.keep(place, What.MEMBER, person.name, group.path, turns)
                continue
            self.session.add(
                Member(team_id=group.team.id, person_id=person.id, joined_at=self.now, **own)
            )
            self.changes.tell(Kind.ADDED, What.MEMBER, person.name, group.path)
        self._leave(places.values(), group.path)

    def _leave(self, places: Iterable[Member], path: Path) -> None:
        for place in places:
            name = self.record.people[place.person_id].name
            self.changes.retire(place, What.MEMBER, name, path, self.now)

    async def _give(self, wanted: Mapping[Right, tuple[Person, Path]]) -> None:
        """Give the rights that the file names."""
        for right, (person, path) in wanted.items():
            what = WHAT[right[1]]
            if right not in self.rights:
                person_id, role, unit_id, team_id = right
                self.session.add(
                    Grant(
                        person_id=person_id,
                        role=role,
                        unit_id=unit_id,
                        team_id=team_id,
                        at=self.now,
                    )
                )
                self.changes.tell(Kind.ADDED, what, person.name, path)
                await self._note(Doing.GRANTED, right)
            elif turns := self._turns(person):
                self.changes.tell(Kind.CHANGED, what, person.name, path, turns)

    async def _take(self, tree: Tree, wanted: Collection[Right]) -> None:
        """Take the rights that it does not name."""
        for right, grant in self.rights.items():
            if right not in wanted:
                name = self.record.people[grant.person_id].name
                path = tree.path(grant.unit_id, grant.team_id)
                self.changes.tell(Kind.RETIRED, WHAT[grant.role], name, path)
                await self._note(Doing.REVOKED, right)
                self.lost.add(grant.person_id)
                await self.session.delete(grant)

    async def _note(self, doing: Doing, right: Right) -> None:
        """A right that came or went by the file: said at the console."""
        person, role, unit, team = right
        await audits.note(
            self.session,
            doing,
            self.now,
            by=None,
            person=person,
            unit=unit,
            team=team,
            detail=role,
        )

    def _turns(self, person: Person) -> Turns:
        """What changed of a person, the first time that it is asked."""
        turns = self.turns.get(id(person), ())
        self.turns[id(person)] = ()
        return turns


def crew(file: TeamFile) -> dict[MemberFile, bool]:
    """The members of a team, and whether they lead it; leaders come first."""
    rest = list(file.members)
    leaders: dict[MemberFile, bool] = {}
    for leader in file.leaders:
        place = next((member for member in rest if same(leader, member)), None)
        if place:
            rest.remove(place)
        telegram_id = leader.telegram_id or (place.telegram_id if place else None)
        tags, crew = (place.tags, place.crew) if place else ((), "")
        leaders[MemberFile(leader.name, telegram_id, tags, crew)] = True
    return leaders | dict.fromkeys(rest, False)


def same(one: PersonFile, other: PersonFile) -> bool:
    """Whether two entries of a team mean one person: by their ids, else by their names."""
    if one.telegram_id and other.telegram_id:
        return one.telegram_id == other.telegram_id
    return one.name == other.name


def may_be(person: Person, entry: PersonFile) -> bool:
    """Whether somebody without the entry's id can be meant by it: by name, having no other id."""
    return person.name == entry.name and not (person.telegram_id and entry.telegram_id)


def _named(plan: Plan) -> str:
    return f"{shown(plan.at)}–{shown(plan.closes)} {plan.days} {shown(plan.packs)}"
