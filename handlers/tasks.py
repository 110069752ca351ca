"""Tasks: a leader or secretary says who does what by when; each takes it on, or says why not.

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
    HARD,
    Name,
    Order,
    Unclear,
    dated,
    lengths,
    mentioned,
    read_order,
)
from handlers.recipients import may_write
from handlers.requests import Command, Link, Otherwise, Phrase, Press, Reply, Request, Route
from handlers.rules.dues import end_of_work
from handlers.rules.permissions import Action, may, standings
from handlers.taps import (
    AcceptTap,
    CallOffTap,
    FinishTap,
    HardTap,
    InsistTap,
    NeverMindTap,
    RecallAllTap,
    RecallOneTap,
    RecallTap,
)
from handlers.words import commitments as promises
from handlers.words import plain
from handlers.words import tasklists as lists
from handlers.words import tasks as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import chats, commitments, grants, outbox, tasks, teams
from storage.commitments import Promise, task_key
from storage.kinds import Act, Progress
from storage.tables import Chat, Person, Team
from storage.tasks import Candidate

LIMIT = 200  # characters of a text
MOST = 20  # people at once

# -- assigning -------------------------------------------------------------------------------


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
    calendar = request.calendar_of(crowd[0].team)
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
    if refusal := _refused(request, order, crowd[0].team):
        return Reply(message=refusal)
    meant = [one for one in crowd if one.member.id in order.people]
    places = [(one.member, _due_at(request, order, one.team)) for one in meant]
    assert request.person is not None
    assignment = await tasks.assign(
        request.session, request.person.id, order.text, order.parts, places, request.now
    )
    rows = await tasks.of(request.session, assignment.id)
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
    user = request.replied.user_id if request.replied else 0
    return next((one.member.id for one in crowd if user and one.person.telegram_id == user), None)


def _refused(request: Request, order: Order, team: Team) -> Message | None:
    """Why an order is not taken as it is."""
    for part, length in lengths(order):
        if length > LIMIT:
            return words.too_long(request.voice, part, length, LIMIT)
    if len(order.people) > MOST:
        return words.too_many(request.voice, len(order.people), MOST)
    if order.due and order.due.at <= request.now:
        return promises.past(request.voice, order.due.at, ZoneInfo(team.timezone))
    return None


def _due_at(request: Request, order: Order, team: Team) -> datetime:
    calendar = request.calendar_of(team)
    due = dated(order, request.now, calendar).due
    return due.at if due else end_of_work(request.now, calendar)


async def tell(request: Request, rows: Sequence[Promise], meant: Sequence[Candidate]) -> None:
    """To each in private, but whoever has said it; by night without a sound. Cards list it too."""
    where = {one.member.id: one for one in meant}
    posts = []
    for what in rows:
        one = where[what.commitment.member_id]
        assert what.task is not None
        if one.chat_id and what.owner.id != what.task.author.id:
            message = _quietly(
                request, what, words.own(_voice(what), what, request.now, private=True)
            )
            key = commitments.key(what.commitment.id)
            posts.append(outbox.Post(key, one.chat_id, message.send()))
    await outbox.post_all(request.session, posts, request.now)
    await tell_cards(request, rows)


async def tell_cards(request: Request, rows: Sequence[Promise]) -> None:
    """What is due today stands on the card."""
    for team in {what.team.id: what.team for what in rows}.values():
        today = request.calendar_of(team).today(request.now)
        if card := await commitments.card(request.session, team.id, today):
            await outbox.touch(request.session, [card], request.now)


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


# -- taking it on, or not --------------------------------------------------------------------


async def accept(request: Request, tap: AcceptTap) -> Reply:
    """接受: it is taken on."""
    what = await _own(request, tap.assignment)
    if what is None:
        return Reply(toast=words.not_yours(request.voice))
    if what.commitment.state.ended:
        return await _shown(request, what, promises.ended(request.voice, what.commitment))
    fresh = await tasks.answer(
        request.session, what.commitment, Act.ACCEPTED, what.owner.id, request.now
    )
    await tasks.deafen(request.session, what.owner.id)
    if fresh is None:
        return await _shown(request, what, words.accepted_before(request.voice, what))
    return await _changed(request, what, words.accepted(request.voice, what))


async def finish(request: Request, tap: FinishTap) -> Reply:
    """完成 beneath the message for all of them: the presser's own."""
    what = await _own(request, tap.assignment)
    if what is None:
        return Reply(toast=words.not_yours(request.voice))
    if not await commitments.claim(request.session, what.commitment, what.owner.id, request.now):
        return await _shown(request, what, promises.ended(request.voice, what.commitment))
    return await _changed(request, what, promises.became(request.voice, what.commitment))


async def hard(request: Request, tap: HardTap) -> Reply:
    """说明困难: what it is, is asked in private."""
    what = await _own(request, tap.assignment)
    if what is None:
        return Reply(toast=words.not_yours(request.voice))
    if what.commitment.state.ended:
        return await _shown(request, what, promises.ended(request.voice, what.commitment))
    if await request.private_chat() is None:
        return Reply(open=request.house.link(f"hard-{tap.assignment}"))
    await tasks.listen(request.session, what.owner.id, what.commitment.id, request.now)
    question = words.why(request.voice, what)
    if request.private:
        return Reply(edit=question)
    return Reply(toast=promises.in_private(request.voice), private=question)


async def hard_linked(request: Request) -> Reply:
    """The same, for somebody whom the button led into the private chat."""
    assigned = int(request.text) if request.text.isdecimal() and len(request.text) < 10 else 0
    what = await _own(request, assigned)
    if what is None:
        return Reply(message=plain.line(words.not_yours(request.voice)))
    if what.commitment.state.ended:
        return Reply(message=plain.line(promises.ended(request.voice, what.commitment)))
    await tasks.listen(request.session, what.owner.id, what.commitment.id, request.now)
    return Reply(message=words.why(request.voice, what))


async def never_mind(request: Request, tap: NeverMindTap) -> Reply:
    """返回: nothing is said."""
    if request.person is None:
        return Reply(toast=plain.gone(request.voice))
    await tasks.deafen(request.session, request.person.id)
    what = await commitments.own(request.session, tap.commitment, request.person.id)
    if what is None or what.task is None:
        return Reply(toast=plain.gone(request.voice))
    return Reply(edit=words.own(request.voice, what, request.now, private=request.private))


async def written(request: Request) -> Reply | None:
    """What is hard, in the next words in private."""
    if request.person is None or not request.text or request.attached:
        return None
    what = await tasks.listening(request.session, request.person.id, request.now)
    return await _decline(request, what, request.text) if what else None


async def said(request: Request) -> Reply:
    """困难：… as a reply to the message that shows the task."""
    replied = await request.replied_to()
    what = await meant_by(request, replied.key) if replied else None
    if what is None or what.task is None:
        return Reply(message=words.usage(request.voice, "task.hard_usage"))
    return await _decline(request, what, request.match["why"])


async def meant_by(request: Request, key: str) -> Promise | None:
    """The presser's or writer's own of what a standing message shows."""
    if request.person is None:
        return None
    person_id = request.person.id
    if commitment_id := commitments.named(key):
        return await commitments.own(request.session, commitment_id, person_id)
    if assigned := commitments.assigned(key):
        return await tasks.own(request.session, assigned, person_id)
    return None


async def _decline(request: Request, what: Promise, text: str) -> Reply:
    why = line(text)
    if len(why) > LIMIT:
        return Reply(message=words.reason_too_long(request.voice, len(why), LIMIT))
    await tasks.deafen(request.session, what.owner.id)
    if what.commitment.state.ended:
        return Reply(message=plain.line(promises.ended(request.voice, what.commitment)))
    act_id = await tasks.answer(
        request.session, what.commitment, Act.DECLINED, what.owner.id, request.now, why
    )
    told = await _deciders(request, what)
    if act_id is not None:
        await _touch(request, what)
        for person, chat in told:
            voice = Voice(person.locale or what.team.locale)
            message = _quiet_for(
                request, person, what.team, words.objection(voice, what, why, act_id)
            )
            key = f"objection:{act_id}:{person.id}"
            await outbox.post(request.session, key, chat.id, message.send(), request.now)
    names = [person.name for person, _ in told]
    return Reply(message=words.declined(request.voice, what, names))


async def _deciders(request: Request, what: Promise) -> Sequence[tuple[Person, Chat]]:
    """Whoever assigned it, if they still may and can be told; else who decides for the team."""
    assert what.task is not None
    author = what.task.author
    chat = await chats.private(request.session, author.telegram_id)
    roles = await grants.roles(request.session, author.id, what.team.id)
    if chat is not None and may(standings(roles, member=False), Action.ASSIGN):
        return [(author, chat)]
    return await teams.deciders(request.session, what.team.id, without=what.owner.id)


# -- what was found hard ---------------------------------------------------------------------


async def insist(request: Request, tap: InsistTap) -> Reply:
    """仍请完成: it is to be done nevertheless, and its owner hears that."""
    found = await _objection(request, tap.commitment, tap.act)
    if isinstance(found, Reply):
        return found
    what, why = found
    assert request.person is not None
    act_id = await tasks.answer(
        request.session, what.commitment, Act.INSISTED, request.person.id, request.now
    )
    if act_id is None:
        return Reply(toast=words.over(request.voice))
    what = await commitments.one(request.session, what.commitment.id) or what
    await _touch(request, what)
    message = words.insisted(_voice(what), what, request.person.name, request.now)
    await _tell_owner(request, what, f"insisted:{act_id}", message)
    edit = words.answered(request.voice, what, why, insisted=True)
    return Reply(toast=words.insisted_toast(request.voice, what), edit=edit)


async def call_off(request: Request, tap: CallOffTap) -> Reply:
    """撤回任务: it need not be done."""
    found = await _objection(request, tap.commitment, tap.act)
    if isinstance(found, Reply):
        return found
    what, why = found
    done = await _recall(request, [what])
    if not done:
        return Reply(toast=words.over(request.voice))
    edit = words.answered(request.voice, what, why, insisted=False)
    return Reply(toast=words.recalled_toast(request.voice, done), edit=edit)


async def _objection(
    request: Request, commitment_id: int, act_id: int
) -> tuple[Promise, str] | Reply:
    """What was found hard and still waits for an answer; else what to say instead."""
    what = await commitments.one(request.session, commitment_id)
    if what is None or not await _may_recall(request, what):
        return Reply(toast=plain.denied(request.voice))
    found = await tasks.objection(request.session, act_id)
    if found is None or found[1].commitment.id != commitment_id or what.commitment.state.ended:
        return Reply(toast=words.over(request.voice))
    return what, found[0].text


# -- taking it back --------------------------------------------------------------------------


async def recall(request: Request, tap: RecallTap) -> Reply:
    """撤回任务: the only one at once; of several, which?"""
    rows = await _recallable(request, tap.assignment)
    if not rows:
        return Reply(toast=plain.denied(request.voice))
    still = [row for row in rows if row.commitment.state is Progress.OPEN]
    if len(still) != 1:
        choice = words.which(request.voice, rows)
        if request.private:
            return Reply(edit=choice)
        toast = promises.in_private(request.voice) if still else words.over(request.voice)
        return Reply(toast=toast, private=choice) if still else Reply(toast=toast)
    done = await _recall(request, still)
    toast = words.recalled_toast(request.voice, done) if done else words.over(request.voice)
    if not request.private:
        return Reply(toast=toast)
    rows = await tasks.of(request.session, tap.assignment)
    return Reply(toast=toast, edit=words.shared(request.voice, rows, request.now, private=True))


async def recall_one(request: Request, tap: RecallOneTap) -> Reply:
    """One of several."""
    what = await commitments.one(request.session, tap.commitment)
    if what is None or what.task is None or not await _may_recall(request, what):
        return Reply(toast=plain.denied(request.voice))
    return await _recalled(request, [what], what.task.assignment.id)


async def recall_all(request: Request, tap: RecallAllTap) -> Reply:
    """All that are open."""
    rows = await _recallable(request, tap.assignment)
    if not rows:
        return Reply(toast=plain.denied(request.voice))
    return await _recalled(request, rows, tap.assignment)


async def _recalled(request: Request, rows: Sequence[Promise], assigned: int) -> Reply:
    done = await _recall(request, rows)
    toast = words.recalled_toast(request.voice, done) if done else words.over(request.voice)
    left = await _recallable(request, assigned)
    return (
        Reply(toast=toast, edit=words.which(request.voice, left)) if left else Reply(toast=toast)
    )


async def _recallable(request: Request, assigned: int) -> Sequence[Promise]:
    """Of what was assigned together: all that the presser may take back."""
    rows = await tasks.of(request.session, assigned)
    allowed: dict[int, bool] = {}
    for what in rows:
        if what.team.id not in allowed:
            allowed[what.team.id] = await request.may(Action.ASSIGN, what.team)
    return [what for what in rows if allowed[what.team.id] and not _only_owner(request, what)]


async def _may_recall(request: Request, what: Promise) -> bool:
    if what.task is None or _only_owner(request, what):
        return False
    return await request.may(Action.ASSIGN, what.team)


def _only_owner(request: Request, what: Promise) -> bool:
    """Whether it is the presser's to do, and somebody else's idea."""
    assert what.task is not None
    person_id = request.person.id if request.person else 0
    return what.owner.id == person_id != what.task.author.id


async def _recall(request: Request, rows: Sequence[Promise]) -> Sequence[Promise]:
    assert request.person is not None
    by = request.person
    done = []
    for what in rows:
        if await commitments.withdraw(request.session, what.commitment, by.id, request.now):
            done.append(what)
            await _touch(request, what)
            if what.owner.id != by.id:
                key = f"recalled:{what.commitment.id}"
                message = words.recalled(_voice(what), what, by.name)
                await _tell_owner(request, what, key, message)
    return done


# -- parts -----------------------------------------------------------------------------------


async def _own(request: Request, assigned: int) -> Promise | None:
    if request.person is None:
        return None
    return await tasks.own(request.session, assigned, request.person.id)


def _voice(what: Promise) -> Voice:
    return Voice(what.owner.locale or what.team.locale)


def _quietly(request: Request, what: Promise, message: Message) -> Message:
    return _quiet_for(request, what.owner, what.team, message)


def _quiet_for(request: Request, person: Person, team: Team, message: Message) -> Message:
    """In somebody's quiet hours it comes without a sound: it matters later as well."""
    heard = may_write(person, ZoneInfo(team.timezone), request.now)
    return message if heard else replace(message, silent=True)


async def _tell_owner(request: Request, what: Promise, key: str, message: Message) -> None:
    chat = await chats.private(request.session, what.owner.telegram_id)
    if chat is not None:
        call = _quietly(request, what, message).send()
        await outbox.post(request.session, key, chat.id, call, request.now)


async def _changed(request: Request, what: Promise, toast: str) -> Reply:
    """Whatever shows it shows that; what was pressed in private at once."""
    here = await outbox.by_message(request.session, request.chat.id, request.message_id)
    shown_in = here.key if here and request.private else ""
    await _touch(request, what, shown_in)
    return await _shown(request, what, toast)


async def _shown(request: Request, what: Promise, toast: str) -> Reply:
    if not request.private:  # the group's message is edited for many taps at once
        return Reply(toast=toast)
    what = await commitments.one(request.session, what.commitment.id) or what
    return Reply(toast=toast, edit=words.own(request.voice, what, request.now, private=True))


async def _touch(request: Request, what: Promise, shown_in: str = "") -> None:
    today = request.calendar_of(what.team).today(request.now)
    card = await commitments.card(request.session, what.team.id, today)
    keys = (commitments.keys(what.commitment) | {card or ""}) - {shown_in, ""}
    await outbox.touch(request.session, keys, request.now)


ROUTES: list[Route] = [
    Command("assign", assign, needs=Action.ASSIGN),
    Phrase(ASSIGN, assign, needs=Action.ASSIGN),
    Phrase(HARD, said, needs=Action.COMMIT),
    Press(AcceptTap, accept, needs=Action.COMMIT),
    Press(FinishTap, finish, needs=Action.COMMIT),
    Press(HardTap, hard, needs=Action.COMMIT),
    Link("hard", hard_linked, needs=Action.COMMIT),
    Press(NeverMindTap, never_mind, needs=Action.COMMIT),
    Press(InsistTap, insist, needs=Action.ASSIGN),
    Press(CallOffTap, call_off, needs=Action.ASSIGN),
    Press(RecallTap, recall, needs=Action.ASSIGN),
    Press(RecallOneTap, recall_one, needs=Action.ASSIGN),
    Press(RecallAllTap, recall_all, needs=Action.ASSIGN),
    Otherwise(written, needs=Action.COMMIT),
]
