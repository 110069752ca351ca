"""People come into a team's group, and leave it: offered a place, suggested to be taken off.

Nobody is taken off a roster by this: Telegram's word is told to who decides.
"""

from handlers.requests import Happening, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.words import members as words
from handlers.words import movements as greeting
from handlers.words.voice import Voice
from storage import footings, members, outbox, rosters, teams


async def joined(request: Request) -> Reply:
    """Some came: who has no place is offered one, once a day for all who come."""
    session, chat = request.session, request.chat
    found = await teams.of_chat(session, chat.id)
    if not found:
        return Reply()
    new = False
    for other in request.others:
        await members.returned(session, chat.id, other.id)
        new = new or not await rosters.team_of(session, chat.id, other.id)
    await _recount(request)
    if new:
        message = greeting.welcome(Voice(found[0].locale), found)
        topic = found[0].topic_id if len(found) == 1 else 0
        key = f"joined:{chat.id}:{request.today}"
        await outbox.post(session, key, chat.id, message.send(), request.now, topic_id=topic)
    return Reply()


async def left(request: Request) -> Reply:
    """Some are gone: of who had a place, those who decide for the team hear."""
    session, chat = request.session, request.chat
    for other in request.others:
        for place in await rosters.team_of(session, chat.id, other.id):
            if place.gone_at is None:
                await members.left(session, chat.id, place.person.id, request.now)
                key = f"left:{place.member.id}:{request.now:%Y%m%d%H%M%S}"
                deciders = await teams.deciders(session, place.team.id, without=place.person.id)
                posts = [
                    outbox.Post(
                        f"{key}:{decider.id}",
                        home.id,
                        words.left(
                            Voice(decider.locale or place.team.locale), place, chat.title
                        ).send(),
                    )
                    for decider, home in deciders
                ]
                await outbox.post_all(session, posts, request.now)
    await _recount(request)
    return Reply()


async def _recount(request: Request) -> None:
    """The group has other people than before: they are counted, and rosters show it."""
    await footings.want(request.session, [request.chat.id], request.now, fresh=False)
    told = await rosters.shown(request.session, request.chat.id, request.now)
    await outbox.touch(request.session, told, request.now)


ROUTES: list[Route] = [
    Happening("joined", joined, needs=Action.BRING),
    Happening("left", left, needs=Action.BRING),
]
