"""How a team stands: counts where all can read, names only in private and by right."""

from handlers.reading import questions as phrases
from handlers.requests import Command, Phrase, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.words import status as words
from handlers.words.message import Message
from storage import checkins, commitments, study
from storage.tables import Team


async def status(request: Request) -> Reply:
    """/status: the team's last morning and its promises.

    In a group everybody reads counts, and who may see names gets those in private. Who asks for
    names and gets none is told why.
    """
    who = phrases.WHO.search(request.text) is not None
    if request.team is not None:
        counts = await _standing(request, request.team, names=False)
        if who:
            counts = words.discreet(request.voice, counts)
        if not await request.may(Action.SEE_NAMES, request.team):
            return Reply(message=counts)
        named = await _standing(request, request.team, names=True)
        has_private = await request.private_chat() is not None
        return Reply(message=counts, private=named if has_private else None)
    teams = [(team, await request.may(Action.SEE_NAMES, team)) for team in await request.teams()]
    found = [await _standing(request, team, names=names) for team, names in teams]
    told = words.together(request.voice, found)
    if who and not any(names for _, names in teams):
        told = words.discreet(request.voice, told)
    return Reply(message=told)


async def board(request: Request) -> Reply:
    """/board: points, where a team has switched them on."""
    return Reply(message=words.no_board(request.voice))


async def _standing(request: Request, team: Team, *, names: bool) -> Message:
    morning = await study.latest(request.session, team.id)
    promised = await commitments.counts(request.session, team.id, request.now)
    if morning is None:
        return words.never(request.voice, team.name, promised)
    tally = await checkins.tally(request.session, morning)
    present = await checkins.presences(request.session, morning)
    return words.standing(request.voice, team.name, morning, tally, present, promised, names=names)


ROUTES: list[Route] = [
    Command("status", status, needs=Action.SEE_COUNTS),
    Phrase(phrases.STATUS, status, needs=Action.SEE_COUNTS),
    Command("board", board, needs=Action.SEE_COUNTS),
]
