"""Any message of a group made a commitment: one's own or, where a leader asks, its author's."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.reading.commitments import TURN
from handlers.reading.dues import read_due, split_promise
from handlers.reading.plain import line
from handlers.recipients import may_write
from handlers.requests import Command, Phrase, Press, Replied, Reply, Request, Route
from handlers.rules.dues import end_of_work
from handlers.rules.permissions import Action
from handlers.taps.commitments import TodoTap
from handlers.words import commitments as promises
from handlers.words import plain
from handlers.words import todos as words
from handlers.words.message import Message
from handlers.words.parts import short
from handlers.words.voice import Voice
from storage import chats, commitments, outbox, todos
from storage.commitments import Promise
from storage.tables import Commitment, Member, Person, Team, Todo

LIMIT = 200  # characters of a message that are kept


async def turn(request: Request) -> Reply:
    """/todo, 转承诺, as a reply to a message: what it says becomes a commitment."""
    said = line(request.match["when"]) if request.match else line(request.text)
    if request.private or request.team is None:
        return Reply(message=plain.line(words.in_group(request.voice)))
    replied = request.replied
    if replied is None:
        return Reply(message=words.usage(request.voice))
    if replied.ours:
        return Reply(message=plain.line(words.ours(request.voice)))
    if not line(replied.text):
        return Reply(message=plain.line(words.wordless(request.voice)))
    read = await _read(request, request.team, line(replied.text), said)
    if isinstance(read, Message):
        return Reply(message=read)
    return await _whose(request, request.team, replied, *read)


async def _read(
    request: Request, team: Team, text: str, said: str
) -> tuple[str, datetime | None] | Message:
    """What is to be done, and by when: as was said behind the command, else as the message says.

    A date in the message that is past is a part of what it tells.
    """
    calendar = await request.calendar_of(team)
    if said:
        due = read_due(said, request.now, calendar)
        if due is None:
            return words.unread(request.voice, said)
        if due.at <= request.now:
            return promises.past(request.voice, due.at, calendar.zone)
        return short(text, LIMIT), due.at
    rest, due = split_promise(text, request.now, calendar)
    if due is None or due.at <= request.now:
        return short(text, LIMIT), None
    return short(rest or text, LIMIT), due.at


async def _whose(
    request: Request, team: Team, replied: Replied, text: str, due_at: datetime | None
) -> Reply:
    """Whoever turns their own words, or has no right to speak for others, means themselves."""
    assert request.person is not None
    author = None
    others = replied.author is not None and replied.author.id != request.sender.id
    if replied.author and others and await request.may(Action.TURN, team):
        author = await todos.place(request.session, team.id, replied.author.id)
    if author is None and request.member is None:
        return Reply(message=plain.line(words.nobody(request.voice)))
    todo = await todos.add(
        request.session,
        team.id,
        replied.message_id,
        request.person.id,
        text,
        due_at,
        request.now,
        author_id=author[0].id if author else None,
    )
    if author is not None:
        zone, mine = ZoneInfo(team.timezone), request.member is not None
        name = author[1].name
        asked = words.whose(request.voice, todo, name, zone, request.now, mine=mine)
        return Reply(message=asked)
    assert request.member is not None
    made = await _make(request, todo, team, request.member)
    if isinstance(made, str):
        return Reply(message=plain.line(made))
    message = await _shown(request, Promise(made, team, request.person), todo)
    return Reply(message=message, keeps=commitments.key(made.id))


async def pressed(request: Request, tap: TodoTap) -> Reply:
    """我来做, or 请…完成: by whoever asked, once."""
    todo = await todos.one(request.session, tap.todo)
    team, person = request.team, request.person
    if todo is None or team is None or todo.team_id != team.id:
        return Reply(toast=plain.gone(request.voice))
    if person is None or todo.person_id != person.id or not await _allowed(request, team, tap):
        return Reply(toast=words.not_asked(request.voice))
    if todo.commitment_id is not None:
        before = await commitments.one(request.session, todo.commitment_id)
        assert before is not None
        return Reply(toast=words.already(request.voice, before.commitment))
    place = await _place(request, todo, mine=bool(tap.mine))
    if place is None:
        return Reply(toast=words.nobody(request.voice))
    if todo.due_at is not None and todo.due_at <= request.now:
        return Reply(toast=words.late(request.voice))
    member, owner = place
    made = await _make(request, todo, team, member)
    if isinstance(made, str):
        return Reply(toast=made)
    what = Promise(made, team, owner)
    key = commitments.key(made.id)
    await outbox.adopt(
        request.session, key, request.chat.id, request.message_id, request.now, request.topic_id
    )
    if not tap.mine:
        await _tell(request, todo, what)
    shown = await _shown(request, what, todo)
    return Reply(toast=words.made(request.voice, what), edit=shown)


async def _allowed(request: Request, team: Team, tap: TodoTap) -> bool:
    """Whether who asked may still take it, or give it to its author."""
    if tap.mine:
        return request.member is not None
    return await request.may(Action.TURN, team)


async def _place(request: Request, todo: Todo, *, mine: bool) -> tuple[Member, Person] | None:
    """Whose it is to be: who asked, or who wrote the message, with a place in the team."""
    if mine:
        member, person = request.member, request.person
        return (member, person) if member and person else None
    return await todos.by_member(request.session, todo.author_id) if todo.author_id else None


async def _make(request: Request, todo: Todo, team: Team, member: Member) -> Commitment | str:
    """The commitment, or the word on why there is none: the member has it already."""
    assert request.person is not None
    if before := await todos.made(request.session, team.id, todo.message_id, member.id):
        return words.already(request.voice, before)
    calendar = await request.calendar_of(team)
    due_at = todo.due_at or end_of_work(request.now, calendar)
    commitment = await commitments.make(
        request.session, member, todo.text, due_at, request.now, by=request.person.id
    )
    todo.commitment_id = commitment.id
    request.session.add(todo)
    lists = await commitments.lists(request.session, team.id, calendar.today(request.now))
    await outbox.touch(request.session, lists, request.now)
    return commitment


async def _tell(request: Request, todo: Todo, what: Promise) -> None:
    """The author hears of it in private, where that may be; the group has it anyway."""
    chat = await chats.private(request.session, what.owner.telegram_id)
    if chat is None or not may_write(what.owner, ZoneInfo(what.team.timezone), request.now):
        return
    voice = Voice(what.owner.locale or what.team.locale)
    calendar = await request.calendar_of(what.team)
    below = promises.promise(voice, what, calendar, request.now, private=True)
    assert request.person is not None
    message = replace(below, html=words.told(voice, request.person.name, below))
    await outbox.post(request.session, f"todo:{todo.id}", chat.id, message.send(), request.now)


async def _shown(request: Request, what: Promise, todo: Todo) -> Message:
    return promises.promise(
        request.voice,
        what,
        await request.calendar_of(what.team),
        request.now,
        private=False,
        assumed=todo.due_at is None,
    )


ROUTES: list[Route] = [
    Command("todo", turn, needs=Action.TODO),
    Phrase(TURN, turn, needs=Action.TODO, plain=True),
    Press(TodoTap, pressed, needs=Action.TODO),
]
