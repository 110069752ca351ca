"""Where somebody begins: who am I to you, and what can I do here."""

from handlers.reading import questions as phrases
from handlers.requests import Command, Link, Phrase, Reply, Request, Route
from handlers.rules.menu import MENU
from handlers.rules.permissions import Action, may
from handlers.words import help as words
from storage import grants, people
from storage.kinds import Role


async def start(request: Request) -> Reply:
    """/start: in private, who the sender is to us. With the one-time code: the first owner."""
    if not request.private:
        return await offer(request)
    if request.text and await grants.use_code(request.session, request.text, request.now):
        person = await people.known(request.session, request.sender.id, request.sender.name)
        await grants.give(request.session, person.id, Role.OWNER, request.now)
        return Reply(message=words.owner(request.voice))
    return await hello(request)


async def hello(request: Request) -> Reply:
    """Who the sender is to us: teams, rights, and what they can do. Their language is kept."""
    if request.person is not None and request.person.locale is None:
        request.person.locale = request.voice.locale
        request.session.add(request.person)
    places = [team.name for _, team in await request.places()]
    roles = await request.roles()
    run = [team.name for team in await request.teams()] if roles else []
    name = request.person.name if request.person else request.sender.name
    return Reply(message=words.hello(request.voice, name, places, sorted(roles), run))


async def offer(request: Request) -> Reply:
    """/help: what this person can do here."""
    held = await request.standings(request.team)
    offered = [
        entry.name
        for entry in MENU
        if (entry.private if request.private else entry.group) and may(held, entry.needs)
    ]
    ways = words.Ways(
        promises=may(held, Action.COMMIT),
        questions=may(held, Action.SEE_COUNTS),
        excuses=may(held, Action.EXCUSE),
        assigns=may(held, Action.ASSIGN),
    )
    return Reply(message=words.offered(request.voice, offered, ways, group=not request.private))


ROUTES: list[Route] = [
    Command("start", start),
    Command("help", offer),
    Phrase(phrases.HELP, offer),
    Link("hello", hello),
]
