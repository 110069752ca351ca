"""/board: the open commitments of a team in one message of its group, pinned and always current.

In private, and for whoever may not put it up, the same as an answer. Where a team has its ranking
switched on, that comes with it.
"""

from collections.abc import Sequence

from handlers import ranking, whom
from handlers.discretion import hidden
from handlers.overviews import next_look, overviews
from handlers.reading.boards import OFF, RANKING
from handlers.reading.plain import line
from handlers.requests import Asked, Command, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.rules.questions import Kind
from handlers.words import boards as words
from handlers.words import plain
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import boards, outbox
from storage.commitments import board_key
from storage.tables import Team

TEAMS = 12  # at most, in one answer


async def board(request: Request) -> Reply:
    """/board: put up or moved to the end, by who may; else shown. `/board off` takes it away."""
    said = line(request.text)
    if RANKING.fullmatch(said):
        return await ranking.board(request)
    off = OFF.fullmatch(said) is not None
    if said and not off:
        return Reply(message=words.usage(request.voice))
    if request.private or request.team is None:
        if off:
            return Reply(message=plain.line(words.in_group(request.voice)))
        return await _shown(request, await request.teams())
    may = await request.may(Action.BOARD, request.team)
    if off and not may:
        return Reply(message=plain.line(plain.denied(request.voice)))
    if off:
        return await _take_away(request, request.team)
    if not may:
        return await _shown(request, [request.team])
    return await _put(request, request.team)


async def asked(request: Request) -> Reply | None:
    """What is open, in plain words: an answer, which puts nothing into a group."""
    circle = await whom.circle(request)
    if circle is None:
        return None
    reply = whom.now(request, await _shown(request, circle.teams))
    if circle.elsewhere and reply.message is not None:
        return whom.told(request, reply.message, elsewhere=True)
    return reply


async def _shown(request: Request, teams: Sequence[Team]) -> Reply:
    if not teams:
        return Reply(message=plain.line(plain.stranger(request.voice)))
    some = teams[:TEAMS]
    unnamed = await hidden(request, [team.id for team in some])
    found = await overviews(request.session, some, request.now, request.house.notices, unnamed)
    ranked = await ranking.shown(request, some)
    shown = [found[team.id] for team in some]
    return Reply(message=words.together(request.voice, shown, ranked, request.now))


async def _put(request: Request, team: Team) -> Reply:
    """A new message at the end of the chat; the older one says that it has moved."""
    assert request.person is not None
    session, now = request.session, request.now
    look = next_look(now, await request.calendar_of(team))
    number = await boards.put(session, team.id, request.person.id, look, now)
    if number > 1:
        await _retire(request, board_key(team.id, number - 1))
    unnamed = await hidden(request, [team.id])
    shown = (await overviews(session, [team], now, request.house.notices, unnamed))[team.id]
    await outbox.post(
        session,
        board_key(team.id, number),
        request.chat.id,
        words.standing(Voice(team.locale), shown, now).send(),
        now,
        topic_id=team.topic_id,
        priority=outbox.URGENT,
    )
    ranked = await ranking.shown(request, [team])
    return Reply(message=Message(ranked[0], silent=True)) if ranked else Reply()


async def _take_away(request: Request, team: Team) -> Reply:
    found = await boards.take_away(request.session, team.id)
    if found is None:
        return Reply(message=plain.line(words.no_board(request.voice)))
    await _retire(request, board_key(team.id, found.number))
    return Reply(message=plain.line(words.taken_away(request.voice)))


async def _retire(request: Request, key: str) -> None:
    """A board that was replaced or taken away: it says so, and is not pinned any more."""
    old = await outbox.by_key(request.session, key)
    await boards.cancel(request.session, f"{boards.PIN}{key}")
    if old is None or await boards.cancel(request.session, key):
        return
    await outbox.touch(request.session, [key], request.now)
    if old.message_id is not None:
        call = ("unpinChatMessage", {"message_id": old.message_id})
        await outbox.ask(request.session, f"un{boards.PIN}{key}", old.chat_id, call, request.now)


ROUTES: list[Route] = [
    Command("board", board, needs=Action.SEE_COUNTS),
    Asked(Kind.BOARD, asked),
]
