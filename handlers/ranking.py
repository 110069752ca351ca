"""/board: the month's attendance, member by member, where a team has that switched on."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from handlers.requests import Command, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.rules.ranking import Attendance, ranked
from handlers.words import plain
from handlers.words import ranking as words
from storage import grants, rankings, switches
from storage.kinds import Switch
from storage.tables import Team


async def board(request: Request) -> Reply:
    """/board: of this group's team, or in private of each of mine; else who can switch it on."""
    teams = await request.teams()
    if not teams:
        return Reply(message=plain.line(plain.stranger(request.voice)))
    ids = [team.id for team in teams]
    shown = await switches.on(request.session, ids, Switch.RANKING)
    if not shown:
        able = await grants.secretaries(request.session, ids[0]) if len(ids) == 1 else []
        return Reply(message=words.off(request.voice, [person.name for person in able]))
    wanted = [team for team in teams if team.id in shown]
    rows = await _attendances(request, wanted)
    boards = [
        words.board(request.voice, team.name, _today(request, team), ranked(rows[team.id]))
        for team in wanted
    ]
    return Reply(message=words.together(boards))


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


ROUTES: list[Route] = [Command("board", board, needs=Action.SEE_COUNTS)]
