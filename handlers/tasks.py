"""Tasks: a leader or secretary says who does what by when.

One wording becomes a commitment for each who is meant. The group has one message for all of
them, and each hears of it in private, where that is open.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.reading.plain import line
from handlers.reading.tasks import (
    ASSIGN,
    Name,
    Order,
    Unclear,
    dated,
    lengths,
    mentioned,
    read_order,
)
from handlers.recipients import may_write
from handlers.requests import Command, Phrase, Reply, Request, Route
from handlers.rules.dues import end_of_work
from handlers.rules.permissions import Action
from handlers.words import commitments as promises
from handlers.words import plain
from handlers.words import tasklists as lists
from handlers.words import tasks as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import chats, commitments, outbox, tasks
from storage.commitments import Promise, task_key
from storage.kinds import Doing
from storage.tables import Member, Person, Team
from storage.tasks import Candidate

LIMIT = 200  # characters of a text
MOST = 20  # people at once


async def assign(request: Request) -> Reply:
    """/assign names date what, or 布置任务 and the same: a task for each who is named."""
    if said_of(request):
        return await ordered(request)
    usage = words.usage(request.voice)
    if request.private:
        usage = replace(usage, buttons=lists.usage_buttons(request.voice))
    return Reply(message=usage)


async def ordered(request: Request, *, finding: bool = False) -> Reply:
    """Read the line, and let each who is meant have it to do. `finding`: what is wrong is said."""
    crowd = await _crowd(request)
    if not crowd:
        return Reply(message=plain.line(plain.denied(request.voice)))
    calendar = await request.calendar_of(crowd[0].team)
    names = [
        Name(one.member.id, one.person.name, one.team.name, one.person.telegram_id)
        for one in crowd
    ]
    try:
        order = read_order(said_of(request), names, request.now, calendar, _author(request, crowd))
        if finding and not order.parts.get("finding"):
            raise Unclear("task.no_finding")
    except Unclear as fault:
        return Reply(message=words.unclear(request.voice, fault))
    meant = [one for one in crowd if one.member.id in order.people]
    if refusal := _refused(request, order, meant):
        return Reply(message=refusal)
    places = await _places(request, order, meant)
    assert request.person is not None
    assignment = await tasks.assign(
        request.session, request.person.id, order.text, order.parts, places, request.now
    )
    rows = await tasks.of(request.session, assignment.id)
    await noted(request, rows)
    await tell(request, rows, meant)
    return await _shown_to_author(request, rows, meant, assumed=order.due is None)


def said_of(request: Request) -> str:
    """The line behind the command or the words for it."""
    text = request.match["what"] if request.match else mentioned(request.html, request.text)
    return line(text)


async def _crowd(request: Request) -> Sequence[Candidate]:
    """Those who can be meant: in a group its team, in private all whom the sender looks after."""
    if not request.private:
        return await tasks.candidates(request.session, [request.team.id] if request.team else [])
    run = await request.run(Action.ASSIGN)
    return await tasks.candidates(request.session, [team.id for team in run])


def _author(request: Request, crowd: Sequence[Candidate]) -> int | None:
    """The place of whoever wrote what was replied to."""
    author = request.replied.author if request.replied else None
    user = author.id if author else 0
    return next((one.member.id for one in crowd if user and one.person.telegram_id == user), None)


def _refused(request: Request, order: Order, meant: Sequence[Candidate]) -> Message | None:
    """Why an order is not taken as it is."""
    if twice := tasks.same(meant):
        names = [f"{one.team.name}/{one.person.name}" for one in twice]
        fault = Unclear("task.several", name=twice[0].person.name, names=names)
        return words.unclear(request.voice, fault)
    for part, length in lengths(order):
        if length > LIMIT:
            return words.too_long(request.voice, part, length, LIMIT)
    if len(order.people) > MOST:
        return words.too_many(request.voice, len(order.people), MOST)
    if order.due and order.due.at <= request.now:
        return promises.past(request.voice, order.due.at, ZoneInfo(meant[0].team.timezone))
    return None


async def _places(
    request: Request, order: Order, meant: Sequence[Candidate]
) -> Sequence[tuple[Member, datetime]]:
    """Who has it to do, and by when: by the days and the clock of each one's team."""
    calendars = await request.calendars_of([one.team for one in meant])
    places = []
    for one in meant:
        calendar = calendars[one.team.id]
        due = dated(order, request.now, calendar).due
        places.append((one.member, due.at if due else end_of_work(request.now, calendar)))
    return places


async def noted(request: Request, rows: Sequence[Promise]) -> None:
    """Write down who was assigned what."""
    for what in rows:
        row, number = what.commitment, f"#{what.commitment.number}"
        await request.note(
            Doing.ASSIGNED, person=what.owner.id, team=what.team.id, other=row.id, detail=number
        )


async def tell(request: Request, rows: Sequence[Promise], meant: Sequence[Candidate]) -> None:
    """To each in private, but whoever has said it; by night without a sound. Cards list it too."""
    where = {one.member.id: one for one in meant}
    posts = []
    for what in rows:
        one = where[what.commitment.member_id]
        assert what.task is not None
        if one.chat_id and what.owner.id != what.task.author.id:
            own = words.own(voice_of(what), what, request.now, private=True)
            message = quiet_for(request, what.owner, what.team, own)
            key = commitments.key(what.commitment.id)
            posts.append(outbox.Post(key, one.chat_id, message.send()))
    await outbox.post_all(request.session, posts, request.now)
    await tell_lists(request, rows)


async def tell_lists(request: Request, rows: Sequence[Promise]) -> None:
    """What is new stands on the team's board, and what is due today on its card."""
    for team in {what.team.id: what.team for what in rows}.values():
        today = request.now.astimezone(ZoneInfo(team.timezone)).date()
        lists = await commitments.lists(request.session, team.id, today)
        await outbox.touch(request.session, lists, request.now)


async def _shown_to_author(
    request: Request, rows: Sequence[Promise], meant: Sequence[Candidate], *, assumed: bool
) -> Reply:
    assert rows[0].task is not None
    assigned = rows[0].task.assignment.id
    if not request.private:
        message = words.shared(request.voice, rows, request.now, private=False, assumed=assumed)
        return Reply(message=message, keeps=task_key(assigned, rows[0].team.id))
    untold = await fall_back(request, rows, meant)
    note = words.unreached(request.voice, untold)
    message = words.shared(
        request.voice, rows, request.now, private=True, assumed=assumed, note=note
    )
    return Reply(message=message, keeps=task_key(assigned, 0))


async def fall_back(
    request: Request, rows: Sequence[Promise], meant: Sequence[Candidate]
) -> Sequence[str]:
    """Who has no private chat is told in the group; the names of those who have neither."""
    where = {one.member.id: one for one in meant}
    posts, untold = {}, []
    for what in rows:
        assert what.task is not None
        if where[what.commitment.member_id].chat_id or what.owner.id == what.task.author.id:
            continue
        if what.team.chat_id is None:
            untold.append(what.owner.name)
            continue
        at_home = [row for row in rows if row.team.id == what.team.id]
        message = words.shared(Voice(what.team.locale), at_home, request.now, private=False)
        key = task_key(what.task.assignment.id, what.team.id)
        posts[key] = outbox.Post(key, what.team.chat_id, message.send(), what.team.topic_id)
    await outbox.post_all(request.session, list(posts.values()), request.now)
    return untold


# -- telling of one --------------------------------------------------------------------------


def voice_of(what: Promise) -> Voice:
    """The language to speak with its owner."""
    return Voice(what.owner.locale or what.team.locale)


def quiet_for(request: Request, person: Person, team: Team, message: Message) -> Message:
    """In somebody's quiet hours it comes without a sound: it matters later as well."""
    heard = may_write(person, ZoneInfo(team.timezone), request.now)
    return message if heard else replace(message, silent=True)


async def tell_owner(request: Request, what: Promise, key: str, message: Message) -> None:
    """Say something of it to its owner, where the private chat is open."""
    await _tell(request, what.owner, what.team, key, message)


async def tell_author(request: Request, what: Promise, key: str, message: Message) -> None:
    """Say something of it to whoever assigned it to somebody else, where that can be said."""
    if what.task is not None and what.bound:
        await _tell(request, what.task.author, what.team, key, message)


async def _tell(request: Request, person: Person, team: Team, key: str, message: Message) -> None:
    chat = await chats.private(request.session, person.telegram_id)
    if chat is not None:
        call = quiet_for(request, person, team, message).send()
        await outbox.post(request.session, key, chat.id, call, request.now)


ROUTES: list[Route] = [
    Command("assign", assign, needs=Action.ASSIGN),
    Phrase(ASSIGN, assign, needs=Action.ASSIGN),
]
