"""What was assigned is taken on by who has it to do, or found hard; and what is said to that."""

from collections.abc import Sequence

from handlers.reading.plain import line
from handlers.reading.tasks import HARD
from handlers.recalls import may_recall, take_back
from handlers.requests import Link, Otherwise, Phrase, Press, Reply, Request, Route
from handlers.rules.permissions import Action, may, standings
from handlers.taps.tasks import AcceptTap, CallOffTap, FinishTap, HardTap, InsistTap, NotHardTap
from handlers.tasks import LIMIT, quiet_for, tell_owner, voice_of
from handlers.words import commitments as promises
from handlers.words import plain
from handlers.words import tasks as words
from handlers.words.voice import Voice
from storage import chats, commitments, grants, outbox, tasks, teams, views
from storage.commitments import Promise
from storage.kinds import Act
from storage.tables import Chat, Person


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


async def never_mind(request: Request, tap: NotHardTap) -> Reply:
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
        await views.touch(request.session, what, request.now)
        for person, chat in told:
            voice = Voice(person.locale or what.team.locale)
            message = quiet_for(
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
    await views.touch(request.session, what, request.now)
    message = words.insisted(voice_of(what), what, request.person.name, request.now)
    await tell_owner(request, what, f"insisted:{act_id}", message)
    edit = words.answered(request.voice, what, why, insisted=True)
    return Reply(toast=words.insisted_toast(request.voice, what), edit=edit)


async def call_off(request: Request, tap: CallOffTap) -> Reply:
    """撤回任务: it need not be done."""
    found = await _objection(request, tap.commitment, tap.act)
    if isinstance(found, Reply):
        return found
    what, why = found
    done = await take_back(request, [what])
    if not done:
        return Reply(toast=words.over(request.voice))
    edit = words.answered(request.voice, what, why, insisted=False)
    return Reply(toast=words.recalled_toast(request.voice, done), edit=edit)


async def _objection(
    request: Request, commitment_id: int, act_id: int
) -> tuple[Promise, str] | Reply:
    """What was found hard and still waits for an answer; else what to say instead."""
    what = await commitments.one(request.session, commitment_id)
    if what is None or not await may_recall(request, what):
        return Reply(toast=plain.denied(request.voice))
    found = await tasks.objection(request.session, act_id)
    if found is None or found[1].commitment.id != commitment_id or what.commitment.state.ended:
        return Reply(toast=words.over(request.voice))
    return what, found[0].text


# -- parts -----------------------------------------------------------------------------------


async def _own(request: Request, assigned: int) -> Promise | None:
    if request.person is None:
        return None
    return await tasks.own(request.session, assigned, request.person.id)


async def _changed(request: Request, what: Promise, toast: str) -> Reply:
    """Whatever shows it shows that; what was pressed in private at once."""
    here = await outbox.by_message(request.session, request.chat.id, request.message_id)
    shown_in = here.key if here and request.private else ""
    await views.touch(request.session, what, request.now, but=shown_in)
    return await _shown(request, what, toast)


async def _shown(request: Request, what: Promise, toast: str) -> Reply:
    if not request.private:  # the group's message is edited for many taps at once
        return Reply(toast=toast)
    what = await commitments.one(request.session, what.commitment.id) or what
    return Reply(toast=toast, edit=words.own(request.voice, what, request.now, private=True))


ROUTES: list[Route] = [
    Phrase(HARD, said, needs=Action.ASK),
    Press(AcceptTap, accept, needs=Action.COMMIT),
    Press(FinishTap, finish, needs=Action.COMMIT),
    Press(HardTap, hard, needs=Action.COMMIT),
    Link("hard", hard_linked, needs=Action.COMMIT),
    Press(NotHardTap, never_mind, needs=Action.COMMIT),
    Press(InsistTap, insist, needs=Action.ASSIGN),
    Press(CallOffTap, call_off, needs=Action.ASSIGN),
    Otherwise(written, needs=Action.COMMIT),
]
