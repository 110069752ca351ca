"""What a line asks figures of: which days, and which of the teams that the asker looks after."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.reading.spans import Span, read_span, week
from handlers.requests import Request
from handlers.rules.calendar import DAY
from handlers.rules.occurrences import midnight
from handlers.rules.permissions import Action
from handlers.words import scopes as words
from storage import announcements, flows, teams
from storage.database import Session
from storage.flows import Flow
from storage.tables import Team

LONGEST = timedelta(days=366)
Moments = tuple[datetime, datetime]


@dataclass(frozen=True)
class Part:
    """A unit whose teams are all the asker's, or those of them that stand beside each other."""

    unit_id: int
    name: str
    teams: Sequence[Team]


@dataclass(frozen=True)
class Scope:
    """What was asked of: `part` or `team` where one was named, `span` where days were."""

    run: Sequence[Team]
    span: Span | None = None
    part: Part | None = None
    team: Team | None = None

    @property
    def teams(self) -> Sequence[Team]:
        """All that is meant."""
        if self.team:
            return [self.team]
        return self.part.teams if self.part else self.run


class Unclear(Exception):
    """A line that cannot be followed; the text says why, and how to write it.

    `name`: what was taken for a team's or a unit's and is none; `span`: the days that were read.
    """

    def __init__(self, text: str, name: str = "", span: Span | None = None) -> None:
        super().__init__(text)
        self.name, self.span = name, span


async def scope(request: Request, text: str, action: Action) -> Scope:
    """What a line means, within the asker's right. Raises Unclear."""
    run = await request.run(action)
    if request.team is not None:
        run = [team for team in run if team.id == request.team.id]
    read = read_span(text, request.today)
    if read.span and (fault := at_fault(request, read.span)):
        raise Unclear(fault)
    if not read.rest:
        return Scope(run, read.span)
    units = await teams.unit_names(request.session, {team.unit_id for team in run})
    name = read.rest.casefold()
    meant = [
        team
        for team in run
        if name in {team.name.casefold(), f"{units[team.unit_id]}/{team.name}".casefold()}
    ]
    if len(meant) == 1:
        return Scope(run, read.span, team=meant[0])
    if meant:
        full = [f"{units[team.unit_id]}/{team.name}" for team in meant]
        raise Unclear(words.several(request.voice, full))
    for part in await parts(request.session, run):
        if part.name.casefold() == name:
            return Scope(run, read.span, part=part)
    raise Unclear(words.unknown(request.voice, read.rest), read.rest, read.span)


def at_fault(request: Request, span: Span) -> str:
    """What is wrong with days, in a sentence; empty: nothing."""
    if span.days < 1:
        return words.reversed(request.voice, span)
    if span.days > LONGEST.days:
        return words.too_long(request.voice, span)
    return words.to_come(request.voice, span) if span.first > request.today else ""


async def parts(session: Session, run: Sequence[Team]) -> Sequence[Part]:
    """The units with several teams that are all among these, from the root downwards."""
    by_id = {team.id: team for team in run}
    return [
        Part(branch.id, branch.name, [by_id[team] for team in by_id if team in branch.teams])
        for branch in await announcements.branches(session, by_id)
        if len(branch.teams) > 1
    ]


def moments(teams: Collection[Team], span: Span) -> Iterator[tuple[list[int], Moments]]:
    """When days begin and end for teams, by their zones: one answer, as long as they have one."""
    for zone, ids in _zones(teams).items():
        yield ids, (midnight(span.first, zone), midnight(span.last + DAY, zone))


async def flow(session: Session, teams: Collection[Team], span: Span) -> Mapping[int, Flow]:
    """By team: what was studied, promised and kept on some days, as each team's zone has them."""
    return await _flow(session, teams, lambda _: span)


async def this_week(
    session: Session, teams: Collection[Team], now: datetime
) -> Mapping[int, Flow]:
    """The same of the week that it is where each team is, Monday to Sunday."""
    return await _flow(session, teams, lambda zone: week(now.astimezone(zone).date()))


async def _flow(
    session: Session, teams: Collection[Team], days: Callable[[ZoneInfo], Span]
) -> Mapping[int, Flow]:
    found: dict[int, Flow] = {}
    for zone, ids in _zones(teams).items():
        span = days(zone)
        bounds = midnight(span.first, zone), midnight(span.last + DAY, zone)
        found |= await flows.flows(session, ids, (span.first, span.last), bounds)
    return found


def _zones(teams: Collection[Team]) -> Mapping[ZoneInfo, list[int]]:
    zones: dict[ZoneInfo, list[int]] = {}
    for team in teams:
        zones.setdefault(ZoneInfo(team.timezone), []).append(team.id)
    return zones
