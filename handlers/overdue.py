"""What is past its date: a team's in its group; in private all that one looks after, and mine."""

from collections.abc import Collection

from handlers import persons, whom
from handlers.discretion import hidden
from handlers.requests import Asked, Command, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.rules.questions import Kind
from handlers.words import commitments as words
from storage import grants, pending
from storage.commitments import Promise
from storage.kinds import Role

LOOKS_AFTER = (Role.OWNER, Role.SECRETARY, Role.LEADER)


async def overdue(request: Request) -> Reply:
    """/overdue. In a group with the owners' names, since promises are made before everybody."""
    return await _told(request, None, elsewhere=False)


async def asked(request: Request) -> Reply | None:
    """The same in plain words: of all, of one team, or of one person."""
    question = request.question
    assert question is not None
    if question.mine or question.who:
        return await persons.about(request, question)
    circle = await whom.circle(request)
    if circle is None:
        return None
    only = {team.id for team in circle.teams} if question.team else None
    reply = await _told(request, only, elsewhere=circle.elsewhere)
    return whom.now(request, reply)


async def _told(request: Request, only: Collection[int] | None, *, elsewhere: bool) -> Reply:
    teams: list[int] = []
    members: list[int] = []
    if not request.private and request.team is not None and not elsewhere:
        teams = [request.team.id]
    elif request.person is not None:
        runs = await grants.teams(request.session, request.person.id, LOOKS_AFTER)
        teams = [team.id for team in runs if only is None or team.id in only]
        places = await request.places()
        members = [one.id for one, team in places if only is None or team.id in only]
    private = request.private or elsewhere
    late = await pending.overdue(request.session, request.now, teams, members, words.LONGEST)
    others = {row.team.id for row in late.rows if not (private and _mine(request, row))}
    said = words.overdue(
        request.voice,
        late,
        request.now,
        private=private,
        hidden=await hidden(request, others),
    )
    return whom.told(request, said, elsewhere=elsewhere)


def _mine(request: Request, row: Promise) -> bool:
    """One's own name is no secret where nobody else reads it."""
    return request.person is not None and row.owner.id == request.person.id


ROUTES: list[Route] = [
    Command("overdue", overdue, needs=Action.SEE_COUNTS),
    Asked(Kind.OVERDUE, asked),
]
