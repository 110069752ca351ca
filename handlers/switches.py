"""A team's switches: how they stand, and turning them, by whoever runs the team."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from handlers.requests import Command, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.switches import SwitchesTap, SwitchTap, SwitchTeamsTap
from handlers.words import plain
from handlers.words import switches as words
from handlers.words.message import Message
from storage import commitments, outbox, study, switches, teams
from storage.kinds import Doing, Switch
from storage.tables import Team

GUARDED = frozenset(
    {Switch.NAMES, Switch.RANKING, Switch.POINTS_BOARD}
)  # asked twice before they are turned on
NAMING = frozenset({Switch.NAMES, Switch.NAMELESS})  # cards and the board look otherwise then
SHOWN = timedelta(days=7)  # for as long, cards that stand are rendered anew


async def asked(request: Request) -> Reply:
    """/switches: of the one team there is; else, of which?"""
    run = await request.run(Action.SWITCH)
    if request.team is not None:
        run = [team for team in run if team.id == request.team.id]
    if not run:
        return _said(request, plain.line(plain.denied(request.voice)))
    if len(run) > 1:
        return _said(request, words.which(request.voice, run, 0))
    return _said(request, await _shown(request, run[0]))


async def paged(request: Request, tap: SwitchTeamsTap) -> Reply:
    """A page of the teams."""
    run = await request.run(Action.SWITCH)
    if not request.private or not run:
        return Reply(toast=plain.gone(request.voice))
    return Reply(edit=words.which(request.voice, run, tap.page))


async def shown(request: Request, tap: SwitchesTap) -> Reply:
    """A team's switches."""
    team = await _team(request, tap.team)
    if isinstance(team, Reply):
        return team
    return Reply(edit=await _shown(request, team))


async def turned(request: Request, tap: SwitchTap) -> Reply:
    """Turn one; what public rules speak against, only after a second question."""
    team = await _team(request, tap.team)
    if isinstance(team, Reply):
        return team
    if {tap.on, tap.sure} - {0, 1} or request.person is None:
        return Reply(toast=plain.gone(request.voice))
    if tap.on and tap.switch in GUARDED and not tap.sure:
        return Reply(edit=words.sure(request.voice, team.id, team.name, tap.switch))
    session, now, to = request.session, request.now, bool(tap.on)
    fresh = await switches.turn(session, team.id, tap.switch, to, request.person.id, now)
    if fresh:
        detail = f"{tap.switch}:{int(to)}"
        await request.note(Doing.SWITCHED, team=team.id, detail=detail)
    if fresh and tap.switch in NAMING:
        today = now.astimezone(ZoneInfo(team.timezone)).date()
        cards = {f"card:{one.id}" for one in await study.since(session, team.id, today - SHOWN)}
        lists = await commitments.lists(session, team.id, today)
        await outbox.touch(session, cards | lists, now)
    said = words.turned(request.voice, tap.switch, on=to)
    return Reply(toast=said, edit=await _shown(request, team))


async def _team(request: Request, team_id: int) -> Team | Reply:
    """The team, if the asker may turn its switches; else the word on why not."""
    team = await teams.live(request.session, team_id)
    if team is None or not request.private or not await request.may(Action.SWITCH, team):
        return Reply(toast=plain.denied(request.voice))
    return team


async def _shown(request: Request, team: Team) -> Message:
    several = len(await request.run(Action.SWITCH)) > 1
    turns = await switches.turns(request.session, [team.id])
    return words.shown(request.voice, team, turns, several=several)


def _said(request: Request, message: Message) -> Reply:
    """In private, wherever it was asked."""
    return Reply(message=message) if request.private else Reply(private=message)


ROUTES: list[Route] = [
    Command("switches", asked, needs=Action.SWITCH),
    Press(SwitchTeamsTap, paged, needs=Action.SWITCH),
    Press(SwitchesTap, shown, needs=Action.SWITCH),
    Press(SwitchTap, turned, needs=Action.SWITCH),
]
