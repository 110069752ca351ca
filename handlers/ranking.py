"""The month's attendance, member by member, where a team has that switched on; for /board."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from handlers.discretion import hidden
from handlers.requests import Reply, Request
from handlers.rules.ranking import Attendance, ranked
from handlers.words import plain
from handlers.words import ranking as words
from handlers.words.voice import Html
from storage import grants, rankings, switches
from storage.kinds import Switch
from storage.tables import Team


async def board(request: Request) -> Reply:
    """Of this group's team, or in private of each of mine; else who can switch it on."""
    teams = await request.teams()
    if not teams:
        return Reply(message=plain.line(plain.stranger(request.voice)))
    if boards := await shown(request, teams):
        return Reply(message=words.together(boards))
    if unnamed := await hidden(request, [team.id for team in teams]):
        return Reply(message=words.nameless(request.voice, len(unnamed)))
    able = await grants.secretaries(request.session, teams[0].id) if len(teams) == 1 else []
    return Reply(message=words.off(request.voice, [person.name for person in able]))


async def shown(request: Request, teams: Sequence[Team]) -> Sequence[Html]:
    """The rankings of those teams that have them, and names, switched on."""
    on = await switches.on(request.session, [team.id for team in teams], Switch.RANKING)
    unnamed = await hidden(request, on)
    wanted = [team for team in teams if team.id in on and team.id not in unnamed]
    if not wanted:
        return []
    rows = await _attendances(request, wanted)
    return [
        words.board(request.voice, team.name, _today(request, team), ranked(rows[team.id]))
        for team in wanted
    ]


async def _attendances(request: Request, teams: Sequence[Team]) -> dict[int, list[Attendance]]:
    """By team; in one query, as long as they all have the same day."""
    days: dict[date, list[int]] = {}
    for team in teams:
        days.setdefault(_today(request, team), []).append(team.id)
    found: dict[int, list[Attendance]] = {team.id: [] for team in teams}
    for today, ids in days.items():
        rows = await rankings.attendance(request.session, ids, today.replace(day=1), today)
        for team_id, name, done, expected in rows:
            found[team_id].append(Attendance(name, done, expected))
    return found


def _today(request: Request, team: Team) -> date:
    return request.now.astimezone(ZoneInfo(team.timezone)).date()
