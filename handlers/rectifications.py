"""Rectifications: what was found to be wrong, what is done about it, by whom and by when.

One is opened in a line, or by a tap where a promise that was reported as done was returned: why it
was returned is the finding then, and what was promised the measure.
"""

from handlers.reading.tasks import RECTIFY
from handlers.requests import Command, Phrase, Press, Reply, Request, Route
from handlers.rules.dues import end_of, may_move, offers
from handlers.rules.permissions import Action
from handlers.taps.tasks import RectifyByTap, RectifyTap
from handlers.tasks import fall_back, noted, ordered, said_of, tell
from handlers.words import commitments as promises
from handlers.words import plain
from handlers.words import tasks as words
from handlers.words import verifications as looks
from handlers.words.message import Message
from storage import commitments, outbox, tasks, verifications, views
from storage.commitments import task_key
from storage.kinds import Act, Progress
from storage.verifications import Claim


async def rectify(request: Request) -> Reply:
    """/rectify names date 问题:… 措施:…, or 整改 and the same."""
    if not said_of(request):
        return Reply(message=words.usage(request.voice, "task.rectify_usage"))
    return await ordered(request, finding=True)


async def of_returned(request: Request, tap: RectifyTap) -> Reply:
    """转整改: by when?"""
    found = await _returned(request, tap.commitment, tap.act)
    if isinstance(found, Reply):
        return found
    claim, reason, shown = found
    days = offers(request.now, request.now, await request.calendar_of(claim.what.team))
    return Reply(edit=words.by_when(request.voice, claim.what, tap.act, reason, days, shown.media))


async def by_day(request: Request, tap: RectifyByTap) -> Reply:
    """By that day: what was returned ends, and the rectification takes its place."""
    found = await _returned(request, tap.commitment, tap.act)
    if isinstance(found, Reply):
        return found
    claim, reason, _ = found
    what, session, now = claim.what, request.session, request.now
    calendar = await request.calendar_of(what.team)
    if not may_move(tap.day, now, calendar):
        return Reply(toast=promises.unreachable(request.voice))
    crowd = await tasks.candidates(session, [what.team.id])
    meant = [one for one in crowd if one.member.id == what.commitment.member_id]
    if not meant:
        return Reply(toast=words.retired(request.voice, what.owner.name))
    assert request.person is not None
    by, due_at = request.person.id, end_of(tap.day, calendar)
    if not await commitments.withdraw(session, what.commitment, by, now, due_at):
        return Reply(toast=words.over(request.voice))
    parts = {"finding": reason}
    if what.task:  # what was said of it holds still
        said = what.task.assignment
        parts |= {name: getattr(said, name) for name in words.FACTS}
    assignment = await tasks.assign(
        session, by, what.commitment.text, parts, [(meant[0].member, due_at)], now
    )
    rows = await tasks.of(session, assignment.id)
    await noted(request, rows)
    await tell(request, rows, meant)
    untold = await fall_back(request, rows, meant)
    await _touch(request, claim)
    note = words.unreached(request.voice, untold)
    return Reply(
        toast=words.opened(request.voice, rows[0]),
        edit=await _shown(request, claim),
        message=words.shared(request.voice, rows, now, private=True, note=note),
        keeps=task_key(assignment.id, 0),
    )


async def _returned(
    request: Request, commitment_id: int, act_id: int
) -> tuple[Claim, str, Message] | Reply:
    """What was returned and is open still, why, and how it is shown; else the word on why not."""
    claim = await verifications.claim(request.session, commitment_id)
    if claim is None or not await request.may(Action.ASSIGN, claim.what.team):
        return Reply(toast=plain.denied(request.voice))
    if request.person is None or claim.what.owner.id == request.person.id:
        return Reply(toast=looks.own(request.voice))
    verdict = await verifications.verdict(request.session, claim)
    if (
        claim.act.id != act_id
        or verdict is None
        or verdict[0].act is not Act.RETURNED
        or claim.what.commitment.state is not Progress.OPEN
    ):
        return Reply(toast=looks.over(request.voice))
    return claim, verdict[0].text, await _shown(request, claim)


async def _shown(request: Request, claim: Claim) -> Message:
    pieces = await verifications.pieces(request.session, claim)
    verdict = await verifications.verdict(request.session, claim)
    return looks.shown(request.voice, claim, pieces, verdict, request.now)


async def _touch(request: Request, claim: Claim) -> None:
    """Whatever shows what was returned shows that it ended, but for what is edited at once."""
    here = await outbox.by_message(request.session, request.chat.id, request.message_id)
    looked_at = verifications.looks_at(claim.act.id)
    keys = {
        *await views.of(request.session, claim.what, request.now),
        *await outbox.keys(request.session, looked_at, request.now),
    }
    await outbox.touch(request.session, keys - {here.key if here else ""}, request.now)


ROUTES: list[Route] = [
    Command("rectify", rectify, needs=Action.ASSIGN),
    Phrase(RECTIFY, rectify, needs=Action.ASSIGN),
    Press(RectifyTap, of_returned, needs=Action.ASSIGN),
    Press(RectifyByTap, by_day, needs=Action.ASSIGN),
]
