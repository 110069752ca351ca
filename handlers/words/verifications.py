"""What we say to those who look whether a promise that was reported as done is done."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.taps.verifications import LookTap, ReasonTap, ReturnTap, VerifyAllTap, VerifyTap
from handlers.words import tasks
from handlers.words.message import Button, Message, Rows
from handlers.words.parts import short
from handlers.words.voice import Html, Voice
from storage.kinds import Act, Media, Progress
from storage.tables import CommitmentAct
from storage.verifications import Claim

REASONS = 3  # that need not be written
LISTED = 20  # claims in a list, so that it fits one message
BRIEF = 60  # characters of a promise in a line
LABEL = 24  # and on a button


def listed(voice: Voice, team: str, claims: Sequence[Claim], now: datetime) -> Message:
    """What waits to be verified in a team: each can be looked at, or all taken at once."""
    if not claims:
        return Message(voice("verification.none", team=team), silent=True)
    lines = [voice("verification.head", team=team, n=len(claims))]
    lines += [_line(voice, claim, now) for claim in claims[:LISTED]]
    if len(claims) > LISTED:
        lines.append(voice("verification.rest", count=len(claims) - LISTED))
    buttons: Rows = tuple(
        (
            Button(
                voice.plain(
                    "verification.look",
                    number=claim.what.commitment.number,
                    name=claim.what.owner.name,
                    text=short(claim.what.commitment.text, LABEL),
                ),
                LookTap(claim.what.commitment.id, claim.act.id),
            ),
        )
        for claim in claims[:LISTED]
    )
    if 1 < len(claims) <= LISTED:
        last = max(claim.act.id for claim in claims)
        all_ = Button(
            voice.plain("verification.pass_all", count=len(claims)),
            VerifyAllTap(claims[0].what.team.id, last),
        )
        buttons = (*buttons, (all_,))
    return Message(Html("\n".join(lines)), buttons)


def shown(
    voice: Voice,
    claim: Claim,
    pieces: Sequence[CommitmentAct],
    verdict: tuple[CommitmentAct, str] | None,
    now: datetime,
    *,
    witness: bool = False,
    leads: bool = True,
) -> Message:
    """One promise with all that its owner shows for it; the first picture or file comes along.

    witness  it is shown to the one whom its owner named; leads: who may make it a rectification
    """
    files = [piece for piece in pieces if piece.media]
    media, file_id = (files[0].media, files[0].file_id) if files else (None, "")
    buttons: Rows = ()
    if verdict is None:
        act = claim.what.commitment.id, claim.act.id
        buttons = (
            (
                Button(voice.plain("verification.pass"), VerifyTap(*act)),
                Button(voice.plain("verification.return"), ReturnTap(*act)),
            ),
        )
    elif leads and verdict[0].act is Act.RETURNED and claim.what.commitment.state is Progress.OPEN:
        buttons = ((tasks.rectify_button(voice, claim.what.commitment.id, claim.act.id),),)
    parts = _parts(voice, claim, pieces, verdict, now, len(files))
    if witness and verdict is None:
        parts.append(voice("verification.you_witness", name=claim.what.owner.name))
    body = Html("\n".join(parts))
    return Message(body, buttons, media, file_id)


def reasons(voice: Voice, claim: Claim, now: datetime, media: Media | None) -> Message:
    """Why is it returned? A tap, or an answer in one's own words."""
    act = claim.what.commitment.id, claim.act.id
    rows = tuple(
        (Button(reason(voice, number), ReasonTap(*act, number)),) for number in range(REASONS)
    )
    back = (Button(voice.plain("verification.back"), LookTap(*act)),)
    body = Html(f"{_line(voice, claim, now)}\n{voice('verification.why')}")
    return Message(body, (*rows, back), media)


def reason(voice: Voice, number: int) -> str:
    """A ready reason, counted from 0."""
    return voice.plain(f"verification.reason_{number}")


def passed(voice: Voice, claim: Claim) -> str:
    """It counts as verified."""
    return voice.plain("verification.passed", number=claim.what.commitment.number)


def passed_all(voice: Voice, count: int) -> str:
    """So many count as verified."""
    return voice.plain("verification.passed_all", count=count)


def returned(voice: Voice, claim: Claim) -> str:
    """It is open again."""
    return voice.plain("verification.returned", number=claim.what.commitment.number)


def over(voice: Voice) -> str:
    """Somebody was first, or it was taken back."""
    return voice.plain("verification.over")


def own(voice: Voice) -> str:
    """Nobody verifies what is their own."""
    return voice.plain("verification.own")


def too_long(voice: Voice, length: int, limit: int) -> Html:
    """That reason does not fit a line."""
    return voice("verification.too_long", length=length, limit=limit)


def given_back(voice: Voice, claim: Claim, by: str, why: str) -> Html:
    """To its owner: somebody returned it, and why."""
    what = claim.what.commitment
    return voice(
        "verification.given_back", number=what.number, text=what.text, name=by, reason=why
    )


def _parts(
    voice: Voice,
    claim: Claim,
    pieces: Sequence[CommitmentAct],
    verdict: tuple[CommitmentAct, str] | None,
    now: datetime,
    files: int,
) -> list[Html]:
    what, zone = claim.what, ZoneInfo(claim.what.team.timezone)
    parts = [
        voice(
            "verification.claim",
            number=what.commitment.number,
            name=what.owner.name,
            text=what.commitment.text,
        ),
        voice(
            "verification.times",
            due=voice.when(what.commitment.due_at, zone, now),
            at=voice.when(claim.act.at, zone, now),
        ),
    ]
    if what.task:
        parts += tasks.facts(voice, what.task.assignment)
    parts += [voice("verification.says", text=piece.text) for piece in pieces if piece.text]
    if files > 1:
        parts.append(voice("verification.more_files", count=files - 1))
    if verdict is not None:
        act, name = verdict
        key = "verified" if act.act is Act.VERIFIED else "was_returned"
        parts.append(voice(f"verification.{key}", name=name, reason=act.text))
    return parts


def _line(voice: Voice, claim: Claim, now: datetime) -> Html:
    zone = ZoneInfo(claim.what.team.timezone)
    return voice(
        "verification.line",
        number=claim.what.commitment.number,
        name=claim.what.owner.name,
        text=short(claim.what.commitment.text, BRIEF),
        at=voice.when(claim.act.at, zone, now),
    )
