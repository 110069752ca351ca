"""Somebody's points, and a team's: counted from what they did this month and this year."""

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from handlers.requests import Request
from handlers.rules.occurrences import midnight
from handlers.rules.points import Place, points, ranked
from handlers.words.points import Score
from storage import points as stored
from storage import switches
from storage.kinds import Switch
from storage.points import Doings, Since
from storage.tables import Member, Team


async def own(request: Request, places: Sequence[tuple[Member, Team]]) -> Sequence[Score]:
    """The points of somebody's places, in teams that have them switched on."""
    on = await switches.on(request.session, {team.id for _, team in places}, Switch.POINTS)
    zones: dict[str, list[int]] = {}
    for member, team in places:
        if team.id in on:
            zones.setdefault(team.timezone, []).append(member.id)
    public = await switches.on(request.session, on, Switch.POINTS_BOARD)
    found: dict[int, Doings] = {}
    for name, members in zones.items():
        year, month = _since(request, ZoneInfo(name))
        found |= await stored.of_members(request.session, members, year, month)
    return [
        _score(request, team, found.get(member.id, Doings("")), public=team.id in public)
        for member, team in places
        if team.id in on
    ]


async def board(request: Request, team: Team) -> tuple[date, Sequence[Place]]:
    """A team's members by their points of this month, up to today."""
    zone = ZoneInfo(team.timezone)
    _, month = _since(request, zone)
    found: Mapping[int, Doings] = await stored.of_team(request.session, team.id, month, month)
    worth = [(one.name, points(one.month, request.house.scale)) for one in found.values()]
    return request.now.astimezone(zone).date(), ranked(worth)


def _score(request: Request, team: Team, did: Doings, *, public: bool) -> Score:
    scale = request.house.scale
    month, year = points(did.month, scale), points(did.year, scale)
    return Score(team.name, month, year, did.month, public)


def _since(request: Request, zone: ZoneInfo) -> tuple[Since, Since]:
    month = request.now.astimezone(zone).date().replace(day=1)
    year = month.replace(month=1)
    return Since(year, midnight(year, zone)), Since(month, midnight(month, zone))
