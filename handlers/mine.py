"""What is mine: my mornings, and the promises I have open."""

from datetime import date

from handlers import persons, scores, whom
from handlers.requests import Asked, Command, Press, Reply, Request, Route
from handlers.rules.dues import end_of, may_move
from handlers.rules.permissions import Action
from handlers.rules.questions import Kind
from handlers.rules.streaks import record
from handlers.taps.commitments import ListedDoneTap, ViewAct, ViewTap
from handlers.words import checkins as study
from handlers.words import commitments as words
from handlers.words import histories as history
from handlers.words import memory, plain, points, tasks
from handlers.words.message import Message
from handlers.words.voice import Html
from storage import checkins, commitments, histories, pending, people, pleas, reviews, views
from storage.commitments import Promise


async def mine(request: Request) -> Reply:
    """/my: in private, or in a group told to the asker alone."""
    message = await _list(request)
    return Reply(message=message) if request.private else Reply(private=message)


async def asked(request: Request) -> Reply | None:
    """What somebody has open, in plain words: mine as /my has it, or, by right, another's."""
    question = request.question
    assert question is not None
    if question.mine and question.period is None:
        return whom.now(request, await mine(request))
    return await persons.about(request, question)


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
        await views.touch(request.session, what, request.now)
    toast = (words.became if fresh else words.ended)(request.voice, what.commitment)
    return Reply(toast=toast, edit=await _list(request))


async def view_pressed(request: Request, tap: ViewTap) -> Reply:
    """One of my list by itself, in its place, and what is done to it there."""
    if request.person is None or not request.private:
        return Reply(toast=plain.denied(request.voice))
    if tap.act is ViewAct.LIST:
        return Reply(edit=await _list(request))
    what = await commitments.own(request.session, tap.commitment, request.person.id)
    if what is None:
        return Reply(toast=plain.denied(request.voice))
    match tap.act:
        case ViewAct.PICK if not (what.commitment.state.ended or what.bound):
            return Reply(edit=await _picking(request, what))
        case ViewAct.SHOW:
            toast = ""
        case ViewAct.MOVE:
            toast = await _move(request, what, tap.day)
        case _:
            toast = await _end(request, what, tap.act)
    return Reply(toast=toast, edit=await _view(request, what))


async def _end(request: Request, what: Promise, act: ViewAct) -> str:
    """It is done, or will not be; what its owner is told."""
    assert request.person is not None
    if what.bound and act is ViewAct.WITHDRAW:
        return tasks.not_to_withdraw(request.voice, what)
    given = request.session, what.commitment, request.person.id, request.now
    match act:
        case ViewAct.DONE:
            ended = await commitments.claim(*given)
        case ViewAct.WITHDRAW:
            ended = await commitments.withdraw(*given)
        case _:
            ended = False
    if not ended:
        return words.ended(request.voice, what.commitment)
    await views.touch(request.session, what, request.now)
    return words.became(request.voice, what.commitment)


async def _move(request: Request, what: Promise, day: date | None) -> str:
    """It is due on another day; what its owner is told."""
    assert request.person is not None
    if what.bound:
        return tasks.not_to_move(request.voice, what)
    calendar = await request.calendar_of(what.team)
    if day is None or not may_move(day, request.now, calendar):
        return words.unreachable(request.voice)
    due_at = end_of(day, calendar)
    if due_at != what.commitment.due_at:
        person_id = request.person.id
        if not await commitments.move(
            request.session, what.commitment, person_id, due_at, request.now
        ):
            return words.ended(request.voice, what.commitment)
        await views.touch(request.session, what, request.now)
    return words.moved(request.voice, what.commitment, calendar.zone)


async def _view(request: Request, what: Promise) -> Message:
    deeds = await histories.deeds(request.session, what.commitment.id)
    calendar = await request.calendar_of(what.team)
    plea = await pleas.of(request.session, what.commitment.id)
    return history.view(request.voice, what, deeds, calendar, request.now, own=True, plea=plea)


async def _picking(request: Request, what: Promise) -> Message:
    calendar = await request.calendar_of(what.team)
    shown = await _view(request, what)
    return history.picking(request.voice, what, shown, calendar, request.now)


async def _list(request: Request) -> Message:
    person, session = request.person, request.session
    if person is None:
        return Message(words.mine(request.voice, [], request.calendar, request.now))
    rows, asked = await pending.mine(session, person.id)
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
    lines.append(words.mine(request.voice, rows, request.calendar, request.now, asked))
    return Message(Html("\n".join(lines)), words.mine_buttons(request.voice, rows))


ROUTES: list[Route] = [
    Command("my", mine, needs=Action.MINE),
    Asked(Kind.PROMISES, asked),
    Press(ListedDoneTap, done_pressed, needs=Action.COMMIT),
    Press(ViewTap, view_pressed, needs=Action.COMMIT),
]
