"""What is mine: my mornings, and the promises I have open."""

from handlers import scores
from handlers.reading.commitments import MINE
from handlers.requests import Command, Phrase, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.rules.streaks import record
from handlers.taps import ListedDoneTap
from handlers.words import checkins as study
from handlers.words import commitments as words
from handlers.words import memory, plain, points
from handlers.words.message import Message
from handlers.words.voice import Html
from storage import asks, checkins, commitments, outbox, people, reviews


async def mine(request: Request) -> Reply:
    """/my: in private, or in a group told to the asker alone."""
    message = await _list(request)
    return Reply(message=message) if request.private else Reply(private=message)


async def done_pressed(request: Request, tap: ListedDoneTap) -> Reply:
    """完成 on the list: it stays a list, of what is left."""
    if request.person is None or not request.private:  # the list stands nowhere else
        return Reply(toast=plain.denied(request.voice))
    session, person_id, now = request.session, request.person.id, request.now
    what = await commitments.own(session, tap.commitment, person_id)
    if what is None:
        return Reply(toast=plain.denied(request.voice))
    fresh = await commitments.claim(session, what.commitment, person_id, now)
    if fresh:
        today = request.calendar_of(what.team).today(now)
        card = await commitments.card(session, what.team.id, today)
        asked = await outbox.keys(session, asks.asks_of(person_id), now)
        keys = commitments.keys(what.commitment) | {*asked, *([card] if card else [])}
        await outbox.touch(session, keys, now)
    toast = (words.became if fresh else words.ended)(request.voice, what.commitment)
    return Reply(toast=toast, edit=await _list(request))


async def _list(request: Request) -> Message:
    person, session = request.person, request.session
    if person is None:
        return Message(words.mine(request.voice, [], request.calendar, request.now))
    rows = await commitments.mine(session, person.id)
    places = await people.memberships(session, person.id)
    lines = [
        study.mine(request.voice, team.name, found)
        for member, team in places
        if (found := record(await checkins.history(session, member.id))).expected
    ]
    scored = await scores.own(request, places)
    lines += [points.line(request.voice, score) for score in scored]
    if kept := await reviews.kept(session, person.id):
        lines.append(memory.mine(request.voice, kept, request.today))
    if lines:
        lines.append(Html())
    pleas = await asks.pleas(session, [commitment.id for commitment, _ in rows])
    lines.append(words.mine(request.voice, rows, request.calendar, request.now, pleas))
    return Message(Html("\n".join(lines)), words.mine_buttons(request.voice, rows))


ROUTES: list[Route] = [
    Command("my", mine),
    Phrase(MINE, mine),
    Press(ListedDoneTap, done_pressed, needs=Action.COMMIT),
]
