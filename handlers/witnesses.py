"""Witnesses: whom somebody who reports a promise as done names to verify that one report."""

from handlers.reading.tasks import Crew, Name, Unclear
from handlers.requests import Request
from handlers.words import commitments as promises
from handlers.words import verifications as words
from handlers.words.voice import Html, Voice
from storage import chats, outbox, people, verifications
from storage.commitments import Promise
from storage.tables import Person


async def find(request: Request, what: Promise, name: str) -> tuple[Person | None, str]:
    """The member of the team who is meant; else why nobody is."""
    places = {
        person.id: person for _, person in await people.roster(request.session, what.team.id)
    }
    crowd = [
        Name(person.id, person.name, what.team.name, person.telegram_id)
        for person in places.values()
    ]
    try:
        meant = Crew(crowd).meant(name)
    except Unclear:
        meant = ()
    if len(meant) != 1:
        return None, "several" if meant else "nobody"
    if meant[0].id == what.owner.id:
        return None, "own"
    return places[meant[0].id], ""


async def ask(request: Request, what: Promise, witness: Person) -> str:
    """Show the witness what was just reported, where they can be reached; what became of it."""
    session, now = request.session, request.now
    chat = await chats.private(session, witness.telegram_id)
    claim = await verifications.claim(session, what.commitment.id)
    if chat is None or claim is None:
        return "unreached"
    voice = Voice(witness.locale or what.team.locale)
    pieces = await verifications.pieces(session, claim)
    message = words.shown(voice, claim, pieces, None, now, witness=True)
    key = verifications.look_key(claim.act.id, witness.id)
    await outbox.post(session, key, chat.id, message.send(), now)
    return "asked"


def told(request: Request, what: Promise, fate: str, name: str) -> Html:
    """The sentence on that."""
    return promises.witness(request.voice, fate, name, what.commitment.number)
