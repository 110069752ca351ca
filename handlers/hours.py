"""When a team's working day ends: dates without a time of day are due then."""

from datetime import time

from handlers.requests import Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.plans import HoursTap, HourTap
from handlers.words import hours as words
from handlers.words import plain
from storage.kinds import Doing
from storage.tables import Team


async def shown(request: Request, tap: HoursTap) -> Reply:
    """The hour that goes, and others to choose from."""
    team = await _team(request, tap.team)
    if isinstance(team, Reply):
        return team
    return Reply(edit=words.hours(request.voice, team))


async def chosen(request: Request, tap: HourTap) -> Reply:
    """That hour, for dates that are named from now on."""
    team = await _team(request, tap.team)
    if isinstance(team, Reply):
        return team
    if tap.minutes not in words.MINUTES:
        return Reply(toast=plain.gone(request.voice))
    team.work_ends = time(*divmod(tap.minutes, 60))
    request.session.add(team)
    hour = f"{team.work_ends:%H:%M}"
    await request.note(Doing.PLANNED, team=team.id, detail=f"ends {hour}")
    return Reply(toast=words.ends(request.voice, team), edit=words.hours(request.voice, team))


async def _team(request: Request, team_id: int) -> Team | Reply:
    """The team, where the sender may decide of it; or else what to say instead."""
    if not request.private:
        return Reply(toast=plain.gone(request.voice))
    mine = {team.id: team for team in await request.run(Action.PLAN)}
    return mine.get(team_id) or Reply(toast=plain.denied(request.voice))


ROUTES: list[Route] = [
    Press(HoursTap, shown, needs=Action.PLAN),
    Press(HourTap, chosen, needs=Action.PLAN),
]
