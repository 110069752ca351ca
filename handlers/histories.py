"""/history 7: what happened to a commitment, for its owner and whoever looks after the team."""

from handlers.reading.commitments import HISTORY, NUMBER
from handlers.reading.plain import line
from handlers.requests import Command, Phrase, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.commitments import HistoryTap
from handlers.words import commitments as promises
from handlers.words import histories as words
from handlers.words import plain
from handlers.words.message import Message
from storage import commitments, histories, pleas
from storage.commitments import Promise


async def history(request: Request) -> Reply:
    """/history 7, 历史 7: told to the asker alone."""
    if request.match:
        number = request.match["number"]
    else:
        found = NUMBER.fullmatch(line(request.text))
        number = found["number"] if found else ""
    if not number:
        return Reply(message=words.usage(request.voice))
    known = await histories.numbered(request.session, int(number), await _teams(request))
    allowed = [what for what in known if await _may(request, what)]
    if not allowed:
        no = promises.no_such(request.voice, int(number))
        return Reply(message=plain.line(plain.denied(request.voice) if known else no))
    if len(allowed) == 1:
        message = await _view(request, allowed[0])
    else:
        message = words.which(request.voice, int(number), allowed)
    return Reply(message=message) if request.private else Reply(private=message)


async def pressed(request: Request, tap: HistoryTap) -> Reply:
    """One of several teams' commitments of that number."""
    what = await commitments.one(request.session, tap.commitment)
    if what is None or not request.private or not await _may(request, what):
        return Reply(toast=plain.denied(request.voice))
    return Reply(edit=await _view(request, what))


async def _teams(request: Request) -> list[int]:
    if not request.private and request.team is not None:
        return [request.team.id]
    return [team.id for team in await request.teams()]


async def _may(request: Request, what: Promise) -> bool:
    if request.person is not None and what.owner.id == request.person.id:
        return await _own(request, what)
    return await request.may(Action.SEE_NAMES, what.team)


async def _own(request: Request, what: Promise) -> bool:
    assert request.person is not None
    own = await commitments.own(request.session, what.commitment.id, request.person.id)
    return own is not None


async def _view(request: Request, what: Promise) -> Message:
    deeds = await histories.deeds(request.session, what.commitment.id)
    assert request.person is not None
    own = what.owner.id == request.person.id
    calendar = await request.calendar_of(what.team)
    plea = await pleas.of(request.session, what.commitment.id)
    return words.view(request.voice, what, deeds, calendar, request.now, own=own, plea=plea)


ROUTES: list[Route] = [
    Command("history", history, needs=Action.SEE_COUNTS),
    Phrase(HISTORY, history, needs=Action.SEE_COUNTS, plain=True),
    Press(HistoryTap, pressed, needs=Action.SEE_COUNTS),
]
