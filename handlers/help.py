"""Where somebody begins: who am I to you, and what can I do here."""

from handlers import menus
from handlers.reading import questions as phrases
from handlers.requests import Command, Link, Phrase, Reply, Request, Route
from handlers.rules import menu
from handlers.rules.permissions import Action, Surface, may
from handlers.words import grants as right_words
from handlers.words import help as words
from storage import audits, grants, people
from storage.database import alone
from storage.kinds import Doing, Role


async def start(request: Request) -> Reply:
    """/start: in private, who the sender is to us. With the one-time code: the first owner."""
    if not request.private:
        return await offer(request)
    coded = await _coded(request) if request.text else None
    return coded or await hello(request)


async def _coded(request: Request) -> Reply | None:
    """What was said may be the one-time code: whoever says it first is the owner."""
    session, user, now = request.session, request.sender.id, request.now
    if await grants.any_owner(session):
        return None
    if not await grants.may_guess(session, user, now):
        return Reply(message=right_words.too_many_guesses(request.voice))
    await alone(session, "grants")
    if not await grants.use_code(session, request.text, now):
        await grants.guessed_wrong(session, user, now)
        return None
    person = await people.known(session, user, request.sender.name)
    await grants.give(session, person.id, Role.OWNER, now)
    await audits.note(session, Doing.OWNED, now, by=person.id, person=person.id)
    await menus.renew(session, now, request.house.locale, [person.id])
    return Reply(message=words.owner(request.voice))


async def hello(request: Request) -> Reply:
    """Who the sender is to us: teams, rights, and what they can do. Their language is kept."""
    if request.person is not None and request.person.locale is None:
        request.person.locale = request.voice.locale
        request.session.add(request.person)
    if request.person is not None:
        await menus.renew(request.session, request.now, request.house.locale, [request.person.id])
    places = [team.name for _, team in await request.places()]
    roles = await request.roles()
    run = [team.name for team in await request.teams()] if roles else []
    name = request.person.name if request.person else request.sender.name
    return Reply(message=words.hello(request.voice, name, places, sorted(roles), run))


async def offer(request: Request) -> Reply:
    """/help: what this person can do here."""
    held = await request.standings(request.team)
    surface = Surface.PRIVATE if request.private else Surface.GROUP
    offered = menu.offered(held, surface)
    ways = words.Ways(
        promises=may(held, Action.COMMIT),
        questions=may(held, Action.SEE_COUNTS),
        excuses=may(held, Action.EXCUSE),
        assigns=may(held, Action.ASSIGN),
    )
    return Reply(message=words.offered(request.voice, offered, ways, group=not request.private))


ROUTES: list[Route] = [
    Command("start", start, needs=Action.BEGIN),
    Command("help", offer, needs=Action.ASK),
    Phrase(phrases.HELP, offer, needs=Action.ASK),
    Link("hello", hello, needs=Action.BEGIN),
]
