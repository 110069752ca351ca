"""What a team answers wrongly most often: points for its leader to speak about."""

from collections.abc import Sequence

from handlers import whom
from handlers.reading.spans import Span, week
from handlers.requests import Asked, Command, Reply, Request, Route
from handlers.rules.calendar import DAY
from handlers.rules.occurrences import midnight
from handlers.rules.permissions import Action
from handlers.rules.questions import Kind
from handlers.scopes import at_fault
from handlers.words import missed as words
from handlers.words import plain
from storage import reviews
from storage.tables import Team

WEEK = 6 * DAY  # before today
EACH = 3  # points of a team
SEVERAL = 1  # points of each of several teams


async def missed(request: Request) -> Reply:
    """/missed: of the last seven days, for who leads or looks after teams. It names nobody."""
    if request.team is not None:
        teams = [request.team]
    else:
        teams = list(await request.run(Action.SEE_MISSED))
    span = Span(request.today - WEEK, request.today)
    return await _told(request, teams, span)


async def asked(request: Request) -> Reply | None:
    """The same in plain words: of the days that were named, of a team or a unit."""
    question = request.question
    assert question is not None
    circle = await whom.circle(request)
    if circle is None:
        return None
    if question.team:
        run = {team.id for team in await request.run(Action.SEE_MISSED)}
        teams = [team for team in circle.teams if team.id in run]
    elif request.team is not None:
        teams = [request.team]
    else:
        teams = list(await request.run(Action.SEE_MISSED))
    lately = Span(request.today - WEEK, request.today)
    # 本周 is what /missed has: on a Monday the week that it is would hold next to nothing.
    span = question.period if question.period not in {None, week(request.today)} else lately
    assert span is not None
    if fault := at_fault(request, span):
        return Reply(message=plain.line(fault))
    return await _told(request, teams, Span(span.first, min(span.last, request.today)))


async def _told(request: Request, teams: Sequence[Team], span: Span) -> Reply:
    if not teams:
        return Reply(message=plain.line(plain.denied(request.voice)))
    most = EACH if len(teams) == 1 else SEVERAL
    since, until = midnight(span.first, request.zone), midnight(span.last + DAY, request.zone)
    ids = [team.id for team in teams]
    found = await reviews.missed(request.session, ids, since, until, most)
    names = {team.id: team.name for team in teams}
    message = words.missed(request.voice, names, found, span.first, span.last)
    return Reply(message=message) if request.private else Reply(private=message)


ROUTES: list[Route] = [
    Command("missed", missed, needs=Action.SEE_MISSED),
    Asked(Kind.HARDEST, asked),
]
