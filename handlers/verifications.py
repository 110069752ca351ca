"""Verification: someone other than the owner says that a promise is kept, or gives it back.

That is whoever verifies for the team, and for one report alone the witness whom it names.
"""

from collections.abc import Sequence

from handlers.reading.plain import line
from handlers.requests import Otherwise, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.verifications import LookTap, ReasonTap, ReturnTap, VerifyAllTap, VerifyTap
from handlers.words import commitments as promises
from handlers.words import plain
from handlers.words import verifications as words
from handlers.words.message import Message
from handlers.words.voice import Html, Voice
from storage import chats, outbox, pleas, verifications, views
from storage.kinds import Doing
from storage.tables import CommitmentAct
from storage.verifications import Claim

LIMIT = 200  # characters of a reason


async def look(request: Request, tap: LookTap) -> Reply:
    """One promise of the list, with what its owner shows for it."""
    claim = await _claim(request, tap.commitment)
    if isinstance(claim, Reply):
        return claim
    here = await outbox.by_message(request.session, request.chat.id, request.message_id)
    message = await _shown(request, claim)
    if here and verifications.looked_at(here.key):
        await verifications.ask_no_more(request.session, claim.act.id)
        return Reply(edit=message)
    return Reply(message=message, keeps=_look_key(request, claim))


async def verify(request: Request, tap: VerifyTap) -> Reply:
    """通过: it is done."""
    claim = await _claim(request, tap.commitment, tap.act)
    if isinstance(claim, Reply):
        return claim
    done = await _judge(request, claim, None)
    said = words.passed(request.voice, claim) if done else words.over(request.voice)
    return Reply(toast=said, edit=await _shown(request, claim))


async def verify_all(request: Request, tap: VerifyAllTap) -> Reply:
    """全部通过: all that was on the list, and nothing that came since."""
    claims = await verifications.claims(request.session, [tap.team])
    if not claims or not await request.may(Action.VERIFY, claims[0].what.team):
        return Reply(toast=words.over(request.voice))
    assert request.person is not None
    open_ = [
        claim
        for claim in claims
        if claim.act.id <= tap.act and claim.what.owner.id != request.person.id
    ]
    done = [claim for claim in open_ if await _judge(request, claim, None)]
    left = [claim for claim in claims if claim not in done]
    shown = words.listed(
        request.voice, claims[0].what.team.name, _others(request, left), request.now
    )
    return Reply(toast=words.passed_all(request.voice, len(done)), edit=shown)


async def give_back(request: Request, tap: ReturnTap) -> Reply:
    """退回: not without a reason."""
    claim = await _claim(request, tap.commitment, tap.act)
    if isinstance(claim, Reply):
        return claim
    if await verifications.verdict(request.session, claim):
        return Reply(toast=words.over(request.voice), edit=await _shown(request, claim))
    assert request.person is not None
    key = verifications.why_key(claim.act.id, request.person.id)
    await outbox.adopt(request.session, key, request.chat.id, request.message_id, request.now)
    media = (await _shown(request, claim)).media
    return Reply(edit=words.reasons(request.voice, claim, request.now, media))


async def reason(request: Request, tap: ReasonTap) -> Reply:
    """One of the ready reasons."""
    claim = await _claim(request, tap.commitment, tap.act)
    if isinstance(claim, Reply):
        return claim
    if not 0 <= tap.reason < words.REASONS:
        return Reply(toast=plain.gone(request.voice))
    voice = Voice(claim.what.owner.locale or claim.what.team.locale)
    done = await _judge(request, claim, words.reason(voice, tap.reason))
    said = words.returned(request.voice, claim) if done else words.over(request.voice)
    return Reply(toast=said, edit=await _shown(request, claim))


async def reason_written(request: Request) -> Reply | None:
    """A reason in one's own words: a reply to the question for it, or the next words after it."""
    if request.person is None or not request.text:
        return None
    found = await (request.replied_to() if request.replied else request.last_word())
    act_id = verifications.looked_at(found.key) if found else None
    if act_id is None:
        return None
    asked = verifications.why_key(act_id, request.person.id)
    if await outbox.by_key(request.session, asked) is None:
        return None
    commitment_id = await verifications.of_act(request.session, act_id)
    claim = await _claim(request, commitment_id, act_id)
    if isinstance(claim, Reply):
        return Reply(message=plain.line(claim.toast))
    why = line(request.text)
    if len(why) > LIMIT:
        return Reply(message=Message(words.too_long(request.voice, len(why), LIMIT)))
    done = await _judge(request, claim, why)
    said = words.returned(request.voice, claim) if done else words.over(request.voice)
    return Reply(message=plain.line(said))


async def _claim(request: Request, commitment_id: int, act_id: int | None = None) -> Claim | Reply:
    """What was reported, if the asker may look at it; else the word on why not."""
    claim = await verifications.claim(request.session, commitment_id)
    if claim is None or not await _may(request, claim):
        return Reply(toast=plain.denied(request.voice))
    if request.person is None or claim.what.owner.id == request.person.id:
        return Reply(toast=words.own(request.voice))
    if act_id is not None and claim.act.id != act_id:
        return Reply(toast=words.over(request.voice))
    return claim


async def _may(request: Request, claim: Claim) -> bool:
    """Whether the asker verifies for the team, or is a member of it whom this report names."""
    if await request.may(Action.VERIFY, claim.what.team):
        return True
    named = request.person is not None and claim.act.witness_id == request.person.id
    return named and await request.may(Action.WITNESS, claim.what.team)


async def _judge(request: Request, claim: Claim, why: str | None) -> bool:
    """Write it down, and let whatever shows the promise show it; its owner hears of a no."""
    assert request.person is not None
    session, now, what = request.session, request.now, claim.what
    if not await verifications.judge(session, claim, request.person.id, now, reason=why):
        return False
    await verifications.ask_no_more(session, claim.act.id)
    await request.note(
        Doing.VERIFIED if why is None else Doing.RETURNED,
        person=what.owner.id,
        team=what.team.id,
        other=what.commitment.id,
        detail=f"#{what.commitment.number}",
    )
    shown = await views.of(session, what, now)
    lists = await outbox.keys(session, verifications.lists_of(what.team.id), now)
    looks = await outbox.keys(session, verifications.looks_at(claim.act.id), now)
    await outbox.touch(session, {*shown, *lists, *looks}, now)
    if why is not None:
        await _tell_owner(request, claim, why)
    return True


async def _tell_owner(request: Request, claim: Claim, why: str) -> None:
    assert request.person is not None
    owner, team = claim.what.owner, claim.what.team
    chat = await chats.private(request.session, owner.telegram_id)
    if chat is None:
        return
    voice = Voice(owner.locale or team.locale)
    head = words.given_back(voice, claim, request.person.name, why)
    plea = await pleas.of(request.session, claim.what.commitment.id)
    calendar = await request.calendar_of(team)
    below = promises.promise(voice, claim.what, calendar, request.now, private=True, plea=plea)
    message = Message(Html(f"{head}\n\n{below.html}"), below.buttons)
    key = f"returned:{claim.act.id}"
    await outbox.post(request.session, key, chat.id, message.send(), request.now)


async def _shown(request: Request, claim: Claim) -> Message:
    session = request.session
    pieces: Sequence[CommitmentAct] = await verifications.pieces(session, claim)
    verdict = await verifications.verdict(session, claim)
    named = request.person is not None and claim.act.witness_id == request.person.id
    leads = not named or await request.may(Action.ASSIGN, claim.what.team)
    return words.shown(
        request.voice, claim, pieces, verdict, request.now, witness=named, leads=leads
    )


def _others(request: Request, claims: Sequence[Claim]) -> Sequence[Claim]:
    """Without one's own."""
    own = request.person.id if request.person else 0
    return [claim for claim in claims if claim.what.owner.id != own]


def _look_key(request: Request, claim: Claim) -> str:
    assert request.person is not None
    return verifications.look_key(claim.act.id, request.person.id)


ROUTES: list[Route] = [
    Press(LookTap, look, needs=Action.WITNESS),
    Press(VerifyTap, verify, needs=Action.WITNESS),
    Press(VerifyAllTap, verify_all, needs=Action.VERIFY),
    Press(ReturnTap, give_back, needs=Action.WITNESS),
    Press(ReasonTap, reason, needs=Action.WITNESS),
    Otherwise(reason_written, needs=Action.WITNESS),
]
