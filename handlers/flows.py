"""学—诺—行: what was studied, promised and kept on some days, by team, for those who lead them."""

from handlers.reading.questions import FLOW
from handlers.reading.spans import week
from handlers.requests import Command, Phrase, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.scopes import Unclear, flow, scope
from handlers.words import flows as words
from handlers.words import plain
from storage import teams


async def asked(request: Request) -> Reply:
    """/flow: of this week or other days, of all my teams, of one, or of a unit."""
    try:
        meant = await scope(request, request.match.get("rest", request.text), Action.REPORT)
    except Unclear as fault:
        return Reply(message=plain.line(str(fault)))
    if not meant.teams:
        return Reply(message=plain.line(plain.denied(request.voice)))
    span = meant.span or week(request.today)
    found = await flow(request.session, meant.teams, span)
    units = await teams.unit_names(request.session, {team.unit_id for team in meant.teams})
    groups = [
        words.Group(name, [team for team in meant.teams if team.unit_id == unit])
        for unit, name in sorted(units.items())
    ]
    return Reply(message=words.told(request.voice, span, groups, found))


ROUTES: list[Route] = [
    Command("flow", asked, needs=Action.REPORT),
    Phrase(FLOW, asked, needs=Action.REPORT),
]
