"""What owners answer when they are asked whether a promise will be in time: yes, later, help.

Whatever takes words is a question of its own in the private chat. Its name says what it asks, so
that the reply to it needs no other memory; for some minutes the next words count as one as well.
"""

from handlers.reading.dues import split_promise
from handlers.reading.plain import line
from handlers.requests import Link, Otherwise, Press, Reply, Request, Route
from handlers.rules.dues import FARTHEST, end_of, later, may_move
from handlers.rules.permissions import Action
from handlers.taps.asks import (
    AskedDoneTap,
    HandledTap,
    HelpTap,
    LaterDayTap,
    LaterTap,
    NeverMindTap,
    NoReasonTap,
    SureTap,
)
from handlers.tasks import tell_author
from handlers.words import asks as words
from handlers.words import commitments as promises
from handlers.words import plain
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import asks, calls, chats, commitments, outbox, views
from storage.asks import Item
from storage.calls import Call
from storage.commitments import Promise
from storage.kinds import Plea
from storage.tables import Outgoing

LIMIT = 200  # characters of a reason, or of what is needed
DAY, WHY, NEED = "day", "why", "need"  # what questions are about


# -- asked -----------------------------------------------------------------------------------


async def sure(request: Request, tap: SureTap) -> Reply:
    """能完成: nothing more is asked about that date."""
    item = await _item(request, tap.commitment)
    if item is None:
        return Reply(toast=plain.denied(request.voice))
    if item.what.commitment.state.ended:
        return await _ended(request, item.what)
    fresh = await asks.sure(request.session, item, request.now)
    said = (words.noted if fresh else words.known)(request.voice, item.what.commitment)
    await views.touch(request.session, item.what, request.now)
    return Reply(toast=said, edit=await _shown(request))


async def done(request: Request, tap: AskedDoneTap) -> Reply:
    """完成: on the message that says what is overdue."""
    item = await _item(request, tap.commitment)
    if item is None:
        return Reply(toast=plain.denied(request.voice))
    what = item.what
    if not await commitments.claim(request.session, what.commitment, what.owner.id, request.now):
        return await _ended(request, what)
    await views.touch(request.session, what, request.now)
    toast = promises.became(request.voice, what.commitment)
    return Reply(toast=toast, edit=await _shown(request))


# -- more time -------------------------------------------------------------------------------


async def more_time(request: Request, tap: LaterTap) -> Reply:
    """延期: until when?"""
    item = await _item(request, tap.commitment)
    if item is None:
        return Reply(toast=plain.denied(request.voice))
    commitment = item.what.commitment
    if commitment.state.ended:
        return await _ended(request, item.what)
    calendar = await request.calendar_of(item.what.team)
    offers = later(request.now, commitment.due_at, calendar)
    return Reply(
        message=words.later(request.voice, item.what, offers),
        keeps=asks.asking_key(DAY, commitment.id, request.now),
    )


async def day(request: Request, tap: LaterDayTap) -> Reply:
    """One of the days that are offered; and why?"""
    item = await _item(request, tap.commitment)
    if item is None:
        return Reply(toast=plain.denied(request.voice))
    what, calendar = item.what, await request.calendar_of(item.what.team)
    if what.commitment.state.ended:
        return await _ended(request, what)
    due_at = end_of(tap.day, calendar)
    if not may_move(tap.day, request.now, calendar) or due_at <= what.commitment.due_at:
        return Reply(toast=promises.unreachable(request.voice))
    await commitments.move(request.session, what.commitment, what.owner.id, due_at, request.now)
    await views.touch(request.session, what, request.now)
    chat, here = request.chat.id, request.message_id
    await asks.close(request.session, chat, here)
    toast = promises.moved(request.voice, what.commitment, calendar.zone)
    if await asks.unexplained(request.session, what.commitment.id) is None:
        await _tell_author(request, what, "")
        return Reply(toast=toast, edit=words.moved(request.voice, what, request.now))
    key = asks.asking_key(WHY, what.commitment.id, request.now)
    await outbox.adopt(request.session, key, chat, here, request.now)
    return Reply(toast=toast, edit=words.reason(request.voice, what, request.now))


async def no_reason(request: Request, tap: NoReasonTap) -> Reply:
    """不说明."""
    item = await _item(request, tap.commitment)
    if item is None:
        return Reply(toast=plain.denied(request.voice))
    await asks.close(request.session, request.chat.id, request.message_id)
    await _tell_author(request, item.what, "")
    return Reply(edit=words.moved(request.voice, item.what, request.now))


async def never_mind(request: Request, tap: NeverMindTap) -> Reply:
    """Neither later nor help."""
    item = await _item(request, tap.commitment)
    if item is None:
        return Reply(toast=plain.denied(request.voice))
    await asks.close(request.session, request.chat.id, request.message_id)
    return Reply(edit=words.as_it_was(request.voice, item.what))


# -- help ------------------------------------------------------------------------------------


async def help(request: Request, tap: HelpTap) -> Reply:
    """求助: what is needed? Asked in private, wherever the button stands."""
    item = await _own(request, tap.commitment)
    if item is None:
        return Reply(toast=plain.denied(request.voice))
    commitment = item.what.commitment
    if commitment.state.ended:
        return await _ended(request, item.what)
    if item.plea is Plea.HELP:
        return Reply(toast=words.waits(request.voice, commitment), edit=await _shown(request))
    question = words.need(request.voice, item.what)
    key = asks.asking_key(NEED, commitment.id, request.now)
    if request.private:
        return Reply(message=question, keeps=key)
    if await request.private_chat() is None:
        return Reply(open=request.house.link(f"help-{commitment.id}"))
    return Reply(toast=promises.in_private(request.voice), private=question, keeps=key)


async def help_linked(request: Request) -> Reply:
    """The same, for somebody whom the button led into the private chat."""
    number = int(request.text) if request.text.isdecimal() and len(request.text) < 10 else 0
    found = await help(request, HelpTap(number))
    return found if found.message else Reply(message=plain.line(found.toast))


async def handled(request: Request, tap: HandledTap) -> Reply:
    """已处理: its owner is told who saw to it."""
    session, now, person = request.session, request.now, request.person
    call = (await calls.of(session, [tap.act])).get(tap.act)
    if call is None or person is None or not await request.may(Action.ASSIST, call.what.team):
        return Reply(toast=plain.denied(request.voice))
    if call.what.owner.id == person.id:
        return Reply(toast=plain.denied(request.voice))
    fresh = await calls.handle(session, tap.act, person.id, now)
    if fresh:
        await _tell_owner(request, call, person.name)
        await outbox.touch(session, await outbox.keys(session, calls.keys_of(tap.act), now), now)
        await views.touch(request.session, call.what, request.now)
    call = (await calls.of(session, [tap.act]))[tap.act]
    said = (words.thanks if fresh else words.over)(request.voice)
    return Reply(toast=said, edit=words.call(request.voice, call, now))


async def _call_help(request: Request, item: Item, text: str) -> Reply:
    """Everybody who can help reads it in private."""
    session, now = request.session, request.now
    act = await calls.make(session, item.what, text, now)
    told = await calls.helpers(session, item.what.team, without=item.what.owner.id)
    call = Call(item.what, act)
    posts = [
        outbox.Post(
            calls.key(act.id, person.id),
            chat.id,
            words.call(Voice(person.locale or item.what.team.locale), call, now).send(),
        )
        for person, chat in told
    ]
    await outbox.post_all(session, posts, now)
    await views.touch(request.session, item.what, request.now)
    return Reply(message=words.called(request.voice, [person.name for person, _ in told]))


async def _tell_owner(request: Request, call: Call, by: str) -> None:
    owner = call.what.owner
    chat = await chats.private(request.session, owner.telegram_id)
    if chat is None:
        return
    voice = Voice(owner.locale or call.what.team.locale)
    message = words.answered(voice, call, by)
    key = f"handled:{call.act.id}"
    await outbox.post(request.session, key, chat.id, message.send(), request.now)


# -- in words --------------------------------------------------------------------------------


async def written(request: Request) -> Reply | None:
    """The answer to a question of ours that takes words."""
    asked = await _question(request)
    if asked is None or not request.text:
        return None
    _, about, commitment_id, _ = asked.key.split(":")
    item = await _item(request, int(commitment_id))
    if item is None:
        return Reply(message=plain.line(plain.denied(request.voice)))
    said = line(request.text)
    if len(said) > LIMIT:
        return Reply(message=words.too_long(request.voice, len(said), LIMIT))
    commitment = item.what.commitment
    if commitment.state.ended:
        reply = Reply(message=plain.line(promises.ended(request.voice, commitment)))
    elif about == DAY:
        return await _written_day(request, item.what, said, asked)
    elif about == WHY:
        reply = await _because(request, item.what, said)
    elif item.plea is Plea.HELP:
        reply = Reply(message=plain.line(words.waits(request.voice, commitment)))
    else:
        reply = await _call_help(request, item, said)
    await _close(request, asked, item.what)
    return reply


async def _written_day(request: Request, what: Promise, said: str, asked: Outgoing) -> Reply:
    """A date in words, with or without a reason behind it."""
    now, calendar, voice = request.now, await request.calendar_of(what.team), request.voice
    why, due = split_promise(said, now, calendar)
    if due is None:
        return Reply(message=words.no_date(voice))
    if due.at <= now:
        return Reply(message=promises.past(voice, due.at, calendar.zone))
    if due.at <= what.commitment.due_at:
        return Reply(message=words.not_later(voice, what, due.at, now))
    if due.at - now > FARTHEST:
        return Reply(message=plain.line(promises.unreachable(voice)))
    await commitments.move(request.session, what.commitment, what.owner.id, due.at, now)
    await views.touch(request.session, what, request.now)
    await _close(request, asked, what)
    if why or await asks.unexplained(request.session, what.commitment.id) is None:
        return await _because(request, what, why)
    key = asks.asking_key(WHY, what.commitment.id, now)
    return Reply(message=words.reason(voice, what, now), keeps=key)


async def _tell_author(request: Request, what: Promise, why: str) -> None:
    """Whoever assigned it hears that its owner needs more time."""
    if what.task is None:
        return
    voice = Voice(what.task.author.locale or what.team.locale)
    key = f"postponed:{what.commitment.id}:{what.commitment.due_at:%Y%m%d%H%M}"
    message = words.postponed(voice, what, request.now, why)
    await tell_author(request, what, key, message)


async def _because(request: Request, what: Promise, why: str) -> Reply:
    act = await asks.unexplained(request.session, what.commitment.id)
    if act is not None:
        act.text = why
        request.session.add(act)
    await _tell_author(request, what, why)
    return Reply(message=words.moved(request.voice, what, request.now, why))


async def _question(request: Request) -> Outgoing | None:
    """The question that was replied to; for some minutes the last one, if it is the last word."""
    found = await (request.replied_to() if request.replied else request.last_word())
    return found if found and found.key.startswith(f"{asks.ASKING}:") else None


async def _close(request: Request, asked: Outgoing, what: Promise) -> None:
    """The question takes no more words, and loses its buttons."""
    assert asked.message_id is not None
    shown = words.replied(request.voice, what).edit()
    await outbox.edit(request.session, [(asked, shown)], request.now)
    await asks.close(request.session, asked.chat_id, asked.message_id)


# -- parts -----------------------------------------------------------------------------------


async def _item(request: Request, commitment_id: int) -> Item | None:
    """The sender's own promise; only in private, where all this is asked."""
    return await _own(request, commitment_id) if request.private else None


async def _own(request: Request, commitment_id: int) -> Item | None:
    if request.person is None:
        return None
    own = await commitments.own(request.session, commitment_id, request.person.id)
    if own is None:
        return None
    return (await asks.items(request.session, [commitment_id]))[commitment_id]


async def _shown(request: Request) -> Message | None:
    """The message that was tapped as it is now, if it is one that asks."""
    here = await outbox.by_message(request.session, request.chat.id, request.message_id)
    named = asks.asked(here.key) if here else None
    if named is None or request.person is None or named[0] != request.person.id:
        return None
    _, day, ids = named
    found = await asks.items(request.session, ids)
    items = [found[one] for one in ids if one in found]
    return words.ask(request.voice, items, day, request.now)


async def _ended(request: Request, what: Promise) -> Reply:
    return Reply(toast=promises.ended(request.voice, what.commitment), edit=await _shown(request))


ROUTES: list[Route] = [
    Press(SureTap, sure, needs=Action.COMMIT),
    Press(AskedDoneTap, done, needs=Action.COMMIT),
    Press(LaterTap, more_time, needs=Action.COMMIT),
    Press(LaterDayTap, day, needs=Action.COMMIT),
    Press(NoReasonTap, no_reason, needs=Action.COMMIT),
    Press(HelpTap, help, needs=Action.COMMIT),
    Link("help", help_linked, needs=Action.COMMIT),
    Press(NeverMindTap, never_mind, needs=Action.COMMIT),
    Press(HandledTap, handled, needs=Action.ASSIST),
    Otherwise(written, needs=Action.COMMIT),
]
