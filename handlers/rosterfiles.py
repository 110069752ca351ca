"""Rosters that are sent back as workbooks: checked by cell, shown, and taken at a tap.

What takes long is done where files are read, and not while somebody else's tap waits.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from handlers.organisations.people import apply_people
from handlers.reading.faults import Fault
from handlers.reading.organisations import TeamFile
from handlers.reading.plain import line as in_line
from handlers.reading.rosterfiles import role_of, team_file
from handlers.reading.rosters import BETWEEN, ROLES
from handlers.reading.tasklists import Line, lines_heard, lines_told
from handlers.requests import Press, Reply, Request, Route
from handlers.rules.permissions import Action, Standing, may
from handlers.taps.rosters import DropRosterTap, TakeRosterTap
from handlers.words import plain
from handlers.words import rosterfiles as words
from handlers.words.message import Message
from handlers.words.organisations import Outcome
from handlers.words.voice import LOCALES, Voice
from storage import audits, grants, outbox, people, plans, rosters, sentpacks, study, teams
from storage.database import Session
from storage.kinds import Doing, PackStage, Role
from storage.tables import Person, SentPack, Team

ROWS = 10_000  # of a file: most of them say what is so already
CHANGED = 1_000  # rows of the teams that it changes: all is done in one transaction, at a tap


@dataclass(frozen=True)
class Settled:
    """What a file comes to: faults, or what is kept until it is taken, and how it is shown.

    `whole`: all that it changes, where a message does not hold it.
    """

    faults: tuple[Fault, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)
    offer: Message | None = None
    whole: str = ""


async def may_send(session: Session, sender: Person) -> bool:
    """Whether this sender's files may be rosters."""
    held = {Standing(role) for role in await grants.anywhere(session, sender.id)}
    return may(held, Action.ROSTER)


async def settle(
    session: Session, sender: Person, row: SentPack, lines: Sequence[Line], now: datetime
) -> Settled:
    """Find out what a file would change: it is done, looked at, and undone."""
    voice = Voice(sender.locale or LOCALES[0])
    desk = await _desk(session, sender)
    files = await desk.read(session, lines)
    if desk.faults:
        return Settled(tuple(desk.faults))
    outcome = await _tried(session, desk, files, now)
    changed = {team for team in files if desk.path(team) in _touched(outcome)}
    kept = [line for line in lines if desk.meant.get(line.place) in changed]
    if len(kept) > CHANGED:
        values = {"count": len(kept), "limit": CHANGED}
        return Settled((Fault("", "roster.too_many_changes", values),))
    if not changed:
        return Settled(offer=words.same(voice, row.name, desk.listed))
    told = {"roster": lines_told(kept), "print": _print(outcome)}
    offer = words.offer(voice, row.id, row.name, outcome)
    return Settled(kept=told, offer=offer, whole=words.whole(voice, outcome))


class Desk:
    """What a sender may change, and what is wrong with what they sent."""

    def __init__(self, run: Sequence[Team], units: Mapping[int, str]) -> None:
        self.teams = {team.id: team for team in run}
        self.units = units
        self.faults: list[Fault] = []
        self.meant: dict[str, int] = {}  # the team of each line, by its place
        self.listed = 0  # how many teams the lines name
        self._named: defaultdict[str, list[Team]] = defaultdict(list)
        for team in run:
            self._named[team.name].append(team)

    def path(self, team_id: int) -> tuple[str, ...]:
        """A team as changes name it: its unit and its own name."""
        team = self.teams[team_id]
        return (self.units[team.unit_id], team.name)

    async def read(
        self, session: Session, lines: Sequence[Line], *, whole: bool = False
    ) -> dict[int, TeamFile]:
        """By team: its people as the lines say. Nothing of it holds where there are faults.

        Teams of which the lines say what is so are left out, unless it is to be the `whole`.
        """
        if not lines:
            self.faults.append(Fault("", "list.empty"))
        if len(lines) > ROWS:
            values = {"count": len(lines), "limit": ROWS}
            self.faults.append(Fault("", "list.too_many", values))
            return {}
        by_team: defaultdict[int, list[Line]] = defaultdict(list)
        for line in lines:
            if team := self._team(line):
                self.meant[line.place] = team.id
                by_team[team.id].append(line)
        self.listed = len(by_team)
        known = await rosters.told(session, list(by_team))
        if not whole:
            for team_id in _unchanged(by_team, known):
                del by_team[team_id]
        for team_id, found in by_team.items():
            if _all_new(found, known[team_id]):  # they come to those who are there
                by_team[team_id] = [*(_line(one, found[0]) for one in known[team_id]), *found]
        files = {
            team: team_file(self.teams[team].name, found, self.faults)
            for team, found in by_team.items()
        }
        await self._strangers(session, by_team)
        crews = await plans.crews(session, list(by_team))
        return {
            team: self._with_crews(file, by_team[team], crews.get(team, {}))
            for team, file in files.items()
        }

    def _team(self, line: Line) -> Team | None:
        role = role_of(line)
        if role is None:
            self._fault(line, "role", "fault.role", written=line["role"])
        elif role == "secretaries":
            self._fault(line, "role", "roster.no_secretaries")
        unit = line["unit"]
        found = [
            team
            for team in self._named.get(line["team"], ())
            if not unit or self.units[team.unit_id] == unit
        ]
        if len(found) == 1:
            return found[0]
        if not line["team"]:
            self._fault(line, "team", "fault.missing")
        else:
            rule = "fault.ambiguous_team" if found else "roster.no_team"
            self._fault(line, "team", rule, written=line["team"])
        return None

    async def _strangers(self, session: Session, by_team: Mapping[int, Sequence[Line]]) -> None:
        """An id of somebody in none of these teams comes with the name that they have.

        Else whoever knows an id could call its person otherwise in teams that are not theirs.
        """
        lines = {
            int(line["telegram_id"]): line
            for some in by_team.values()
            for line in some
            if line["telegram_id"].isdecimal() and len(line["telegram_id"]) < 18
        }
        names = await people.names_elsewhere(session, list(lines), list(self.teams))
        for user, name in names.items():
            if name != lines[user]["name"]:
                self._fault(lines[user], "telegram_id", "roster.foreign", written=user)

    def _with_crews(
        self, file: TeamFile, lines: Sequence[Line], crews: Mapping[str, int]
    ) -> TeamFile:
        if len(file.members) != len(lines):
            return file  # with faults
        members = []
        for one, line in zip(file.members, lines, strict=True):
            if (crew := line["crew"]) and crew not in crews:
                allowed = ", ".join(crews) or "-"
                self._fault(line, "crew", "fault.crew", written=crew, allowed=allowed)
            members.append(replace(one, crew=crew))
        return replace(file, members=tuple(members))

    def _fault(self, line: Line, key: str, rule: str, **values: Any) -> None:
        fault = Fault(line.at(key), rule, {"field": words.column(key), **values})
        if fault not in self.faults[-1:]:
            self.faults.append(fault)


def _unchanged(
    by_team: Mapping[int, Sequence[Line]], known: Mapping[int, Sequence[rosters.Told]]
) -> set[int]:
    """The teams of which the lines say just what is so: most of a long file."""
    return {
        team
        for team, lines in by_team.items()
        if sorted(map(_said, lines)) == sorted((in_line(one[0]), *one[1:]) for one in known[team])
    }


def _all_new(lines: Sequence[Line], known: Sequence[rosters.Told]) -> bool:
    """Whether lines name nobody of those who are in a team: then they are no roster of it.

    Somebody moved one person there in the file of another team, or listed only who is new.
    """
    ids, names = {one[1] for one in known if one[1]}, {in_line(one[0]) for one in known}
    return not any(
        one["telegram_id"] in ids if one["telegram_id"] else one["name"] in names for one in lines
    )


def _line(told: rosters.Told, like: Line) -> Line:
    """Somebody who is in the team, as the file would have them."""
    name, user, leads, tags, crew = told
    role = next(word for word, what in ROLES.items() if what == "leaders") if leads else ""
    cells = {"name": in_line(name), "telegram_id": user, "role": role, "crew": crew}
    return Line(like.place, cells | {"tags": " ".join(tags)}, {})


def _said(one: Line) -> rosters.Told:
    tags = tuple(tag for tag in BETWEEN.split(one["tags"]) if tag)
    leads = role_of(one) == "leaders"
    return one["name"], one["telegram_id"], leads, tags, one["crew"]


async def _desk(session: Session, sender: Person) -> Desk:
    wanted = [role for role in Role if may({Standing(role)}, Action.ROSTER)]
    run = await grants.teams(session, sender.id, wanted)
    return Desk(run, await teams.unit_names(session, {team.unit_id for team in run}))


async def _tried(
    session: Session, desk: Desk, files: Mapping[int, TeamFile], now: datetime
) -> Outcome:
    trial = await session.begin_nested()
    try:
        return await _applied(session, desk, files, now)
    finally:
        await trial.rollback()


async def _applied(
    session: Session, desk: Desk, files: Mapping[int, TeamFile], now: datetime
) -> Outcome:
    zone = ZoneInfo(next(iter(desk.teams.values())).timezone)
    return await apply_people(session, files, now.astimezone(zone).date(), now)


def _touched(outcome: Outcome) -> set[tuple[str, ...]]:
    """The teams, by unit and name, of which anything changes."""
    paths = {change.where for change in outcome.changes}
    paths |= {path for one in outcome.moves for path in (one.old, one.new)}
    return {path[-2:] for path in paths}


def _print(outcome: Outcome) -> str:
    """By which it is known whether a file would still do what was shown."""
    told = repr([(one.kind, one.what, one.name, one.where, one.detail) for one in outcome.changes])
    told += repr([(one.person_id, one.old, one.new) for one in outcome.moves])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


# -- what its sender decides -----------------------------------------------------------------


async def take(request: Request, tap: TakeRosterTap) -> Reply:
    """Make it so: it is done once whoever reads files comes to it, a moment from now."""
    row = await _own(request, tap.sent)
    if isinstance(row, Reply):
        return row
    row.stage, row.not_before, row.attempts = PackStage.WAITING, request.now, 0
    request.session.add(row)
    return Reply(toast=words.at_it(request.voice), edit=words.taking(request.voice, row.name))


async def taken(session: Session, sent_id: int, now: datetime) -> Message | None:
    """Make it so, once; what to say of it. What it would do by now instead is shown, not done.

    None where somebody else was faster.
    """
    kept = await sentpacks.kept(session, sent_id)
    row = await sentpacks.read(session, sent_id, PackStage.FAULTY)
    if row is None or "roster" not in kept:
        return None
    sender = await sentpacks.sender(session, row)
    voice = Voice(sender.locale or LOCALES[0])
    desk = await _desk(session, sender)
    files = await desk.read(session, lines_heard(kept["roster"]), whole=True)
    if desk.faults:
        return words.faulty(voice, row.name, desk.faults, len(desk.faults))
    trial = await session.begin_nested()
    outcome = await _applied(session, desk, files, now)
    if _print(outcome) != kept["print"]:
        await trial.rollback()
        await session.refresh(row)
        row.stage, row.pack = PackStage.OFFERED, {**kept, "print": _print(outcome)}
        session.add(row)
        return words.offer(voice, row.id, row.name, outcome, again=True)
    await trial.commit()
    row.stage = PackStage.IMPORTED
    session.add(row)
    for team_id in files:
        await audits.note(session, Doing.APPLIED, now, by=sender.id, team=team_id)
    newest = await study.newest(session, list(files))
    cards = [f"card:{one.id}" for one in newest.values() if one.closed_at is None]
    await outbox.touch(session, cards, now)
    return words.done(voice, row.name, outcome)


async def drop(request: Request, tap: DropRosterTap) -> Reply:
    """取消."""
    row = await _own(request, tap.sent)
    if isinstance(row, Reply):
        return row
    row.stage, row.pack = PackStage.DROPPED, None
    request.session.add(row)
    return Reply(edit=words.dropped(request.voice, row.name))


async def _own(request: Request, sent_id: int) -> SentPack | Reply:
    """The sender's own file, which waits for their word; or else what to say instead."""
    row = None
    if request.person is not None and request.private:
        row = await sentpacks.own(request.session, sent_id, request.person.id)
    if row is None:
        return Reply(toast=plain.gone(request.voice))
    if row.stage in {PackStage.IMPORTED, PackStage.DROPPED}:
        taken = row.stage is PackStage.IMPORTED
        return Reply(toast=words.ended(request.voice, taken=taken))
    if row.stage is PackStage.WAITING and "roster" in (row.pack or {}):
        return Reply(toast=words.at_it(request.voice))
    if row.stage is not PackStage.OFFERED or "roster" not in (row.pack or {}):
        return Reply(toast=plain.gone(request.voice))
    return row


ROUTES: list[Route] = [
    Press(TakeRosterTap, take, needs=Action.ROSTER),
    Press(DropRosterTap, drop, needs=Action.ROSTER),
]
