"""Promises: said in one line or taken from the bite, moved to a later day, taken back.

Where somebody has a place in several teams and promises in private, the promise is recorded in
the first of them at once, and the answer has a button for each other one: most people have one
team and are not asked, and whoever has two corrects it with a tap.
"""

from collections.abc import Sequence

from handlers.reading.commitments import PROMISE, promised
from handlers.reading.dues import split_promise
from handlers.reading.plain import line
from handlers.requests import Command, Link, Phrase, Press, Reply, Request, Route
from handlers.rules.dues import end_of, end_of_work, may_move
from handlers.rules.permissions import Action
from handlers.taps.cards import PledgeTap
from handlers.taps.commitments import (
    MoveTap,
    PickedTap,
    PickTap,
    ReadyPledgeTap,
    TransferTap,
    WithdrawTap,
)
from handlers.words import commitments as words
from handlers.words import plain, tasks
from handlers.words.message import Message
from storage import commitments, outbox, pleas, views
from storage.commitments import Occasion, Promise
from storage.tables import Member, Team

LIMIT = 200  # characters of a promise
Place = tuple[Member, Team]


async def promise(request: Request) -> Reply:
    """/commit words, or 承诺 words: a promise, with its date where the words hold one."""
    places = await _places(request)
    if not places:
        return Reply(message=plain.line(plain.denied(request.voice)))
    (member, team), *others = places
    calendar = await request.calendar_of(team)
    said = line(request.match["what"]) if request.match else promised(line(request.text))
    rest, due = split_promise(said, request.now, calendar)
    if not rest:
        return Reply(message=words.usage(request.voice))
    if len(rest) > LIMIT:
        return Reply(message=words.too_long(request.voice, len(rest), LIMIT))
    if due and due.at <= request.now:
        return Reply(message=words.past(request.voice, due.at, calendar.zone))
    due_at = due.at if due else end_of_work(request.now, calendar)
    commitment = await commitments.make(request.session, member, rest, due_at, request.now)
    assert request.person is not None
    what = Promise(commitment, team, request.person)
    await _touch_others(request, what, made=True)
    message = words.promise(
        request.voice,
        what,
        calendar,
        request.now,
        private=request.private,
        assumed=due is None,
        others=[team for _, team in others],
    )
    return Reply(message=message, keeps=commitments.key(commitment.id))


async def pledge_pressed(request: Request, tap: PledgeTap) -> Reply:
    """我承诺 on the card: the ready pledges, in private."""
    occasion = await _occasion(request, tap.morning)
    if occasion is None:
        return Reply(toast=plain.denied(request.voice))
    if await request.private_chat() is None:
        return Reply(open=request.house.link(f"pledge-{tap.morning}"))
    return Reply(
        toast=words.in_private(request.voice), private=words.pledges(request.voice, occasion)
    )


async def pledge_linked(request: Request) -> Reply:
    """The same, for somebody whom the card's button led into the private chat."""
    morning = int(request.text) if request.text.isdecimal() and len(request.text) < 10 else 0
    occasion = await _occasion(request, morning)
    if occasion is None:
        return Reply(message=plain.line(plain.denied(request.voice)))
    return Reply(message=words.pledges(request.voice, occasion))


async def ready_pledge_pressed(request: Request, tap: ReadyPledgeTap) -> Reply:
    """One of the ready pledges: due at the end of the working day, once a morning."""
    occasion = await _occasion(request, tap.morning)
    if occasion is None:
        return Reply(toast=plain.denied(request.voice))
    ready = occasion.bite.pledges
    if not 0 <= tap.index < len(ready):
        return Reply(toast=plain.gone(request.voice))
    text = ready[tap.index]
    if before := await commitments.repeated(request.session, occasion, text):
        return Reply(toast=words.repeated(request.voice, before))
    calendar = await request.calendar_of(occasion.team)
    commitment = await commitments.make(
        request.session,
        occasion.member,
        text,
        end_of_work(request.now, calendar),
        request.now,
        bite_id=occasion.bite.id,
    )
    assert request.person is not None
    what = Promise(commitment, occasion.team, request.person)
    await _touch_others(request, what, made=True)
    # The list that was tapped turns into the promise, and can be replied to as such.
    key = commitments.key(commitment.id)
    await outbox.adopt(request.session, key, request.chat.id, request.message_id, request.now)
    return Reply(edit=await _shown(request, what))


async def move_pressed(request: Request, tap: MoveTap) -> Reply:
    """A later day, at the end of work; what was promised before is kept in its history."""
    what = await _own(request, tap.commitment)
    if what is None:
        return Reply(toast=plain.denied(request.voice))
    if what.bound:
        return Reply(toast=tasks.not_to_move(request.voice, what))
    calendar = await request.calendar_of(what.team)
    if not may_move(tap.day, request.now, calendar):
        return Reply(toast=words.unreachable(request.voice))
    due_at = end_of(tap.day, calendar)
    if due_at != what.commitment.due_at:
        assert request.person is not None
        if not await commitments.move(
            request.session, what.commitment, request.person.id, due_at, request.now
        ):
            return await _ended(request, what)
        await _touch_others(request, what)
    toast = words.moved(request.voice, what.commitment, calendar.zone)
    return Reply(toast=toast, edit=await _shown(request, what))


async def pick_pressed(request: Request, tap: PickTap) -> Reply:
    """选日期: the days to choose from, in place of its buttons."""
    what = await _own(request, tap.commitment)
    if what is None:
        return Reply(toast=plain.denied(request.voice))
    if what.commitment.state.ended:
        return await _ended(request, what)
    calendar = await request.calendar_of(what.team)
    shown = await _shown(request, what)
    return Reply(edit=words.picking(request.voice, shown, what, calendar, request.now))


async def picked_pressed(request: Request, tap: PickedTap) -> Reply:
    """返回: its buttons are there again."""
    what = await _own(request, tap.commitment)
    if what is None:
        return Reply(toast=plain.denied(request.voice))
    return Reply(edit=await _shown(request, what))


async def withdraw_pressed(request: Request, tap: WithdrawTap) -> Reply:
    """It will not be done; it stays in the record as withdrawn."""
    what = await _own(request, tap.commitment)
    if what is None:
        return Reply(toast=plain.denied(request.voice))
    assert request.person is not None
    if what.bound:
        return Reply(toast=tasks.not_to_withdraw(request.voice, what))
    if not await commitments.withdraw(
        request.session, what.commitment, request.person.id, request.now
    ):
        return await _ended(request, what)
    await _touch_others(request, what)
    toast = words.became(request.voice, what.commitment)
    return Reply(toast=toast, edit=await _shown(request, what))


async def transfer_pressed(request: Request, tap: TransferTap) -> Reply:
    """It was meant for another team of mine; it gets a number there."""
    what = await _own(request, tap.commitment)
    places = await _places(request)
    place = next((place for place in places if place[1].id == tap.team), None)
    if what is None or place is None or what.task:
        return Reply(toast=plain.denied(request.voice))
    member, team = place
    if team.id != what.team.id:
        await _touch_others(request, what)
        if not await commitments.transfer(request.session, what, member, request.now):
            return await _ended(request, what)
        await _touch_others(request, Promise(what.commitment, team, what.owner))
    here = Promise(what.commitment, team, what.owner)
    others = [team for _, team in places if team.id != tap.team]
    return Reply(
        toast=words.transferred(request.voice, here), edit=await _shown(request, here, others)
    )


async def _places(request: Request) -> Sequence[Place]:
    """Where a promise can be made from here: in a group, only in the group's own team."""
    return await request.places() if request.private or request.member else ()


async def _own(request: Request, commitment_id: int) -> Promise | None:
    if request.person is None:
        return None
    return await commitments.own(request.session, commitment_id, request.person.id)


async def _occasion(request: Request, morning_id: int) -> Occasion | None:
    if request.person is None:
        return None
    return await commitments.occasion(request.session, morning_id, request.person.id)


async def _touch_others(request: Request, what: Promise, *, made: bool = False) -> None:
    """All that shows it but the message that was tapped, which is edited at once.

    `made`: just now, so that its message is still to be said.
    """
    if made:
        but = commitments.key(what.commitment.id)
    else:
        here = await outbox.by_message(request.session, request.chat.id, request.message_id)
        but = here.key if here else ""
    await views.touch(request.session, what, request.now, but)


async def _shown(request: Request, what: Promise, others: Sequence[Team] = ()) -> Message:
    return words.promise(
        request.voice,
        what,
        await request.calendar_of(what.team),
        request.now,
        private=request.private,
        others=others,
        plea=await pleas.of(request.session, what.commitment.id),
    )


async def _ended(request: Request, what: Promise) -> Reply:
    """It was over before this tap: the message shows that it is."""
    return Reply(
        toast=words.ended(request.voice, what.commitment), edit=await _shown(request, what)
    )


ROUTES: list[Route] = [
    Command("commit", promise, needs=Action.COMMIT),
    Phrase(PROMISE, promise, needs=Action.COMMIT),
    Press(PledgeTap, pledge_pressed, needs=Action.COMMIT),
    Link("pledge", pledge_linked, needs=Action.COMMIT),
    Press(ReadyPledgeTap, ready_pledge_pressed, needs=Action.COMMIT),
    Press(MoveTap, move_pressed, needs=Action.COMMIT),
    Press(PickTap, pick_pressed, needs=Action.COMMIT),
    Press(PickedTap, picked_pressed, needs=Action.COMMIT),
    Press(WithdrawTap, withdraw_pressed, needs=Action.COMMIT),
    Press(TransferTap, transfer_pressed, needs=Action.COMMIT),
]
