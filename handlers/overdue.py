"""What is past its date: a team's in its group; in private all that one looks after, and mine."""

from handlers.discretion import hidden
from handlers.reading.commitments import OVERDUE
from handlers.requests import Command, Phrase, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.words import commitments as words
from storage import grants, pending
from storage.commitments import Promise
from storage.kinds import Role

LOOKS_AFTER = (Role.OWNER, Role.SECRETARY, Role.LEADER)


async def overdue(request: Request) -> Reply:
    """/overdue. In a group with the owners' names, since promises are made before everybody."""
    teams: list[int] = []
    members: list[int] = []
    if not request.private and request.team is not None:
        teams = [request.team.id]
    elif request.person is not None:
        runs = await grants.teams(request.session, request.person.id, LOOKS_AFTER)
        teams = [team.id for team in runs]
        members = [member.id for member, _ in await request.places()]
    rows, pleas = await pending.overdue(request.session, request.now, teams, members)
    said = words.overdue(
        request.voice,
        rows,
        request.now,
        private=request.private,
        pleas=pleas,
        hidden=await hidden(request, {row.team.id for row in rows if not _mine(request, row)}),
    )
    return Reply(message=said)


def _mine(request: Request, row: Promise) -> bool:
    """In private one's own name is no secret."""
    me = request.person
    return request.private and me is not None and row.owner.id == me.id


ROUTES: list[Route] = [
    Command("overdue", overdue, needs=Action.SEE_COUNTS),
    Phrase(OVERDUE, overdue, needs=Action.SEE_COUNTS),
]
