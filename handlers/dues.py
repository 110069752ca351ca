"""What falls due: a team's in its group; in private all that one looks after, and one's own."""

from handlers import persons, whom
from handlers.reading.spans import Span
from handlers.requests import Asked, Reply, Request, Route
from handlers.rules.questions import Kind
from handlers.words import attendance
from handlers.words import dues as words
from handlers.words.message import Message
from storage import dues, grants
from storage.kinds import Role


async def due(request: Request) -> Reply | None:
    """What is open and due today, or on the days that were named; or somebody's of that."""
    question = request.question
    assert question is not None
    if question.mine or question.who:
        return await persons.about(request, question)
    circle = await whom.circle(request)
    if circle is None:
        return None
    whole: set[int] = {team.id for team in circle.teams}
    if request.private and request.person is not None:
        # In private a member sees their own, whoever leads or looks after a team all of it.
        run = await grants.teams(request.session, request.person.id, tuple(Role))
        whole &= {team.id for team in run}
    own = {member.team_id: member.id for member, _ in await request.places()}
    found: list[Message] = []
    for local in whom.local(request, circle.teams):
        span = local.span or Span(local.today, local.today)
        rows = await dues.falling_due(
            request.session,
            [team.id for team in local.teams if team.id in whole],
            [own[team.id] for team in local.teams if team.id in own],
            local.moments(span),
            request.now,
            local.today,
            words.LONGEST,
        )
        found.append(
            words.due(
                request.voice,
                span,
                local.today,
                rows,
                request.now,
                private=request.private or circle.elsewhere,
            )
        )
    return whom.told(request, attendance.several(request.voice, found), elsewhere=circle.elsewhere)


ROUTES: list[Route] = [Asked(Kind.DUE, due)]
