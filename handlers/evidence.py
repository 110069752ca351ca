"""Promises kept: said by number, by a reply or by a tap, with words, a picture or a file."""

from handlers import witnesses
from handlers.reading.commitments import DONE, DONE_NUMBER, claimed, witnessed
from handlers.reading.plain import paragraphs
from handlers.requests import Command, Further, Phrase, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.commitments import DoneTap
from handlers.words import commitments as words
from handlers.words import plain
from storage import commitments, outbox, pending, tasks, verifications, views
from storage.commitments import Evidence, Promise
from storage.kinds import Progress


async def done(request: Request) -> Reply:
    """/done 7 words, or as a reply to the promise: /done words."""
    return await _say(request, *claimed(request.text))


async def done_said(request: Request) -> Reply:
    """完成 7 words, or as a reply to the promise: 完成 words."""
    return await _say(request, request.match.get("number", ""), request.match.get("text", ""))


async def done_pressed(request: Request, tap: DoneTap) -> Reply:
    """完成 beneath a promise, or beneath the question which one it is."""
    if request.person is None:
        return Reply(toast=plain.denied(request.voice))
    what = await commitments.own(request.session, tap.commitment, request.person.id)
    if what is None:
        return Reply(toast=plain.denied(request.voice))
    fresh = await commitments.claim(
        request.session, what.commitment, request.person.id, request.now
    )
    if fresh:
        here = await outbox.by_message(request.session, request.chat.id, request.message_id)
        await views.touch(request.session, what, request.now, but=here.key if here else "")
    toast = (words.became if fresh else words.ended)(request.voice, what.commitment)
    calendar = await request.calendar_of(what.team)
    shown = words.promise(request.voice, what, calendar, request.now, private=request.private)
    return Reply(toast=toast, edit=shown)


async def _say(request: Request, number: str, text: str) -> Reply:
    """Somebody wrote that a promise is kept: the one with that number, or replied to."""
    if request.person is None:
        return Reply(message=plain.line(plain.denied(request.voice)))
    if number:
        return await _by_number(request, int(number), text)
    replied = await request.replied_to()
    if replied and (assigned := commitments.assigned(replied.key)):
        if what := await tasks.own(request.session, assigned, request.person.id):
            return await _claim(request, what, text)
    elif replied and (commitment_id := commitments.named(replied.key)):
        if what := await commitments.own(request.session, commitment_id, request.person.id):
            return await _claim(request, what, text)
        if what := await commitments.one(request.session, commitment_id):
            return _not_yours(request, what)
    rows, _ = await pending.mine(request.session, request.person.id, _team_id(request))
    return Reply(message=words.which(request.voice, rows))


async def _by_number(request: Request, number: int, text: str) -> Reply:
    """In private a number may be known in several teams: one's own that is open is meant."""
    assert request.person is not None
    person_id = request.person.id
    found = await commitments.numbered(request.session, number, person_id, _team_id(request))
    own = [what for what in found if what.owner.id == person_id]
    still = [what for what in own if what.commitment.state is Progress.OPEN]
    if len(still) > 1:
        rows = [(what.commitment, what.team) for what in still]
        return Reply(message=words.which(request.voice, rows))
    if own:
        return await _claim(request, [*still, *own][0], text)
    if found:
        return _not_yours(request, found[0])
    return Reply(message=plain.line(words.no_such(request.voice, number)))


async def _claim(request: Request, what: Promise, text: str) -> Reply:
    assert request.person is not None
    shown, name = witnessed(text)
    witness, fate = await witnesses.find(request, what, name) if name else (None, "")
    evidence, by = _evidence(request, shown), witness.id if witness else None
    if not await commitments.claim(
        request.session, what.commitment, request.person.id, request.now, evidence, by
    ):
        return Reply(message=plain.line(words.ended(request.voice, what.commitment)))
    await views.touch(request.session, what, request.now)
    if witness:
        name, fate = witness.name, await witnesses.ask(request, what, witness)
    note = witnesses.told(request, what, fate, name) if fate else words.NO_NOTE
    return Reply(
        message=words.kept(
            request.voice, what, evidence.media, private=request.private, note=note
        ),
        react="" if request.private else words.applause(request.voice),
    )


def _evidence(request: Request, text: str = "") -> Evidence:
    attached = request.attached
    if attached is None:
        return Evidence(paragraphs(text))
    return Evidence(paragraphs(text), attached.media, attached.file_id, request.album)


async def more(request: Request) -> Reply | None:
    """One more picture of an album whose caption said that a promise is kept."""
    if request.person is None or request.attached is None:
        return None
    known = await commitments.show(
        request.session, request.person.id, _evidence(request), request.now
    )
    if known is None:
        return None
    if known.witness_id:  # who is shown it at once, maybe before the last picture is here
        look = verifications.look_key(known.id, known.witness_id)
        await outbox.touch(request.session, [look], request.now)
    return Reply()


def _not_yours(request: Request, what: Promise) -> Reply:
    number = what.commitment.number
    return Reply(message=plain.line(words.not_yours(request.voice, number)))


def _team_id(request: Request) -> int | None:
    """In a group a number means a promise of its team; in private any of mine."""
    return None if request.private or request.team is None else request.team.id


ROUTES: list[Route] = [
    Command("done", done, needs=Action.COMMIT),
    Phrase(DONE_NUMBER, done_said, needs=Action.COMMIT, plain=True),
    Phrase(DONE, done_said, needs=Action.COMMIT),
    Press(DoneTap, done_pressed, needs=Action.COMMIT),
    Further(more, needs=Action.COMMIT),
]
