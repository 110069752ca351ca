"""What a team answers wrongly most often: points for its leader to speak about."""

from handlers.reading import questions as phrases
from handlers.requests import Command, Phrase, Reply, Request, Route
from handlers.rules.calendar import DAY
from handlers.rules.occurrences import midnight
from handlers.rules.permissions import Action
from handlers.words import missed as words
from handlers.words import plain
from storage import reviews

WEEK = 6 * DAY  # before today
EACH = 3  # points of a team
SEVERAL = 1  # points of each of several teams


async def missed(request: Request) -> Reply:
    """/missed: of the last seven days, for who leads or looks after teams. It names nobody."""
    if request.team is not None:
        teams = [request.team]
    else:
        teams = list(await request.run(Action.SEE_MISSED))
    if not teams:
        return Reply(message=plain.line(plain.denied(request.voice)))
    first = request.today - WEEK
    most = EACH if len(teams) == 1 else SEVERAL
    since, until = midnight(first, request.zone), midnight(request.today + DAY, request.zone)
    ids = [team.id for team in teams]
    found = await reviews.missed(request.session, ids, since, until, most)
    names = {team.id: team.name for team in teams}
    message = words.missed(request.voice, names, found, first, request.today)
    return Reply(message=message) if request.private else Reply(private=message)


ROUTES: list[Route] = [
    Command("missed", missed, needs=Action.SEE_MISSED),
    Phrase(phrases.MISSED, missed, needs=Action.SEE_MISSED),
]
