"""Tasks are taken back by whoever may assign them, and never by who has them to do."""

from collections.abc import Sequence

from handlers.requests import Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.tasks import RecallAllTap, RecallOneTap, RecallTap
from handlers.tasks import tell_owner, voice_of
from handlers.words import commitments as promises
from handlers.words import plain
from handlers.words import tasks as words
from storage import commitments, tasks, views
from storage.commitments import Promise
from storage.kinds import Progress


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
    done = await take_back(request, still)
    toast = words.recalled_toast(request.voice, done) if done else words.over(request.voice)
    if not request.private:
        return Reply(toast=toast)
    rows = await tasks.of(request.session, tap.assignment)
    return Reply(toast=toast, edit=words.shared(request.voice, rows, request.now, private=True))


async def recall_one(request: Request, tap: RecallOneTap) -> Reply:
    """One of several."""
    what = await commitments.one(request.session, tap.commitment)
    if what is None or what.task is None or not await may_recall(request, what):
        return Reply(toast=plain.denied(request.voice))
    return await _recalled(request, [what], what.task.assignment.id)


async def recall_all(request: Request, tap: RecallAllTap) -> Reply:
    """All that are open."""
    rows = await _recallable(request, tap.assignment)
    if not rows:
        return Reply(toast=plain.denied(request.voice))
    return await _recalled(request, rows, tap.assignment)


async def _recalled(request: Request, rows: Sequence[Promise], assigned: int) -> Reply:
    done = await take_back(request, rows)
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


async def may_recall(request: Request, what: Promise) -> bool:
    """Whether the presser may take it back, or answer for whoever assigned it."""
    if what.task is None or _only_owner(request, what):
        return False
    return await request.may(Action.ASSIGN, what.team)


def _only_owner(request: Request, what: Promise) -> bool:
    """Whether it is the presser's to do, and somebody else's idea."""
    assert what.task is not None
    person_id = request.person.id if request.person else 0
    return what.owner.id == person_id != what.task.author.id


async def take_back(request: Request, rows: Sequence[Promise]) -> Sequence[Promise]:
    """Take back those of them that are open, and tell their owners; which they were."""
    assert request.person is not None
    by = request.person
    done = []
    for what in rows:
        if await commitments.withdraw(request.session, what.commitment, by.id, request.now):
            done.append(what)
            await views.touch(request.session, what, request.now)
            if what.owner.id != by.id:
                key = f"recalled:{what.commitment.id}"
                message = words.recalled(voice_of(what), what, by.name)
                await tell_owner(request, what, key, message)
    return done


ROUTES: list[Route] = [
    Press(RecallTap, recall, needs=Action.ASSIGN),
    Press(RecallOneTap, recall_one, needs=Action.ASSIGN),
    Press(RecallAllTap, recall_all, needs=Action.ASSIGN),
]
