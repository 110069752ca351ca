"""/points: one's own in private, and a team's board where it has that switched on."""

from handlers import scores
from handlers.discretion import hidden
from handlers.reading.questions import POINTS
from handlers.requests import Command, Phrase, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.words import points as words
from storage import grants, switches
from storage.kinds import Switch


async def asked(request: Request) -> Reply:
    """/points: in a group its board, or to the asker alone their own; in private one's own."""
    places = await request.places()
    if request.team is not None:
        team = request.team
        if team.id not in await switches.on(request.session, [team.id], Switch.POINTS):
            return await _off(request, team.id)
        public = await switches.on(request.session, [team.id], Switch.POINTS_BOARD)
        if public - await hidden(request, public):
            return Reply(
                message=words.board(request.voice, team.name, *await scores.board(request, team))
            )
        if not places:
            return Reply(message=words.no_board(request.voice))
        own = await scores.own(request, places)
        return Reply(private=words.own(request.voice, own, request.house.scale))
    if not places:
        return Reply(message=words.nobody(request.voice))
    own = await scores.own(request, places)
    if not own:
        return await _off(request, places[0][1].id if len(places) == 1 else None)
    return Reply(message=words.own(request.voice, own, request.house.scale))


async def _off(request: Request, team_id: int | None) -> Reply:
    able = await grants.secretaries(request.session, team_id) if team_id else []
    return Reply(message=words.off(request.voice, [person.name for person in able]))


ROUTES: list[Route] = [
    Command("points", asked, needs=Action.SEE_COUNTS),
    Phrase(POINTS, asked, needs=Action.SEE_COUNTS),
]
