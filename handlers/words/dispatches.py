"""What we say to its author of an announcement that was sent: how far it got, what can be done."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.taps.announcements import (
    CorrectedTap,
    CorrectTap,
    MissingTap,
    NeverMindTap,
    NudgeTap,
    RecalledTap,
    RecallTap,
    RepeatTap,
    UnpinTap,
)
from handlers.words.announcements import gist, stamp
from handlers.words.message import Button, Message, Rows
from handlers.words.troubles import passing, reason
from handlers.words.voice import Html, Voice
from storage.announcements import Target
from storage.dispatches import NONE, Mishaps
from storage.kinds import Delivery
from storage.receipts import Tally
from storage.tables import Announcement

TROUBLES = 10  # teams named in the progress
OUTCOMES = {
    None: "announcement.no_chat",
    Delivery.EXPIRED: "announcement.expired",
    Delivery.FAILED: "announcement.failed",
    Delivery.NEEDS_PERSON: "announcement.needs_person",
}
ON_ITS_WAY = {Delivery.PENDING, Delivery.SENDING, Delivery.UNKNOWN}


def progress(
    voice: Voice,
    announcement: Announcement,
    targets: Sequence[Target],
    tally: Tally,
    zone: ZoneInfo,
    now: datetime,
    corrected: datetime | None = None,
    mishaps: Mishaps = NONE,
) -> Message:
    """How far an announcement got: in whose groups it is, and how many confirmed."""
    if announcement.recalled_at:
        return _taken_back(voice, announcement, targets, zone)
    waiting = any(target.waiting for target in targets)
    key = "announcement.sending" if waiting else "announcement.delivered"
    reached = sum(target.reached for target in targets)
    parts = [voice(key, done=reached, total=len(targets))]
    over = announcement.receipts_until is not None and announcement.receipts_until <= now
    if announcement.wants_receipt and tally.expected:
        parts.append(voice("announcement.receipts", done=tally.done, expected=tally.expected))
        if until := announcement.receipts_until:
            key = "announcement.were_until" if over else "announcement.are_until"
            parts[-1] = Html(parts[-1] + voice(key, at=stamp(voice, until, zone)))
    if corrected:
        parts.append(voice("announcement.corrected", at=stamp(voice, corrected, zone)))
    if mishaps.vanished:
        parts.append(voice("announcement.vanished", n=mishaps.vanished))
    if mishaps.unpinned:
        parts.append(voice("announcement.not_pinned", n=mishaps.unpinned))
    troubled = [target for target in targets if not target.reached and not target.waiting]
    parts += [_trouble(voice, target) for target in troubled[:TROUBLES]]
    if len(troubled) > TROUBLES:
        parts.append(voice("announcement.more_troubles", n=len(troubled) - TROUBLES))
    parts.append(voice("announcement.gist", gist=gist(voice, announcement)))
    pursued = announcement.wants_receipt and tally.done < tally.expected
    return Message(Html("\n".join(parts)), _acts(voice, announcement, pursued, over))


def _trouble(voice: Voice, target: Target) -> Html:
    if target.state is Delivery.HELD:
        key = "announcement.held" if passing(target.trouble) else "announcement.unreachable"
        return voice(key, team=target.team.name, why=reason(voice, target.trouble))
    return voice(OUTCOMES[target.state], team=target.team.name)


def _acts(voice: Voice, announcement: Announcement, pursued: bool, over: bool) -> Rows:
    which = announcement.id
    rows: list[tuple[Button, ...]] = []
    if pursued:
        missing = Button(voice.plain("announcement.who_is_missing"), MissingTap(which))
        nudge = Button(voice.plain("announcement.nudge"), NudgeTap(which))
        rows.append((missing,) if over else (missing, nudge))
    acts = [] if announcement.poll else [("announcement.correct", CorrectTap(which))]
    row = [Button(voice.plain(key), tap) for key, tap in acts]
    row.append(Button(voice.plain("announcement.recall"), RecallTap(which)))
    row.append(Button(voice.plain("announcement.again"), RepeatTap(which)))
    rows.append(tuple(row))
    if announcement.pinned_at:
        rows.append((Button(voice.plain("announcement.unpin"), UnpinTap(which)),))
    return tuple(rows)


# -- taken back ------------------------------------------------------------------------------


def recall(voice: Voice, announcement: Announcement, groups: int) -> Message:
    """Is it to be taken back?"""
    text = voice("announcement.recall_sure", n=groups, gist=gist(voice, announcement))
    sure = Button(voice.plain("announcement.recall_yes"), RecalledTap(announcement.id))
    return Message(text, ((sure, _never(voice, announcement)),))


def recalling(voice: Voice, announcement: Announcement) -> Message:
    """It is being taken back; how far is in the message above."""
    return Message(voice("announcement.recalling", gist=gist(voice, announcement)))


def was_recalled(voice: Voice) -> str:
    """It was taken back before."""
    return voice.plain("announcement.was_recalled")


def _taken_back(
    voice: Voice, announcement: Announcement, targets: Sequence[Target], zone: ZoneInfo
) -> Message:
    at = stamp(voice, announcement.recalled_at, zone) if announcement.recalled_at else ""
    reached = [target for target in targets if target.reached]
    gone = sum(target.taken is Delivery.SENT for target in reached)
    parts = [voice("announcement.recalled", at=at, done=gone, total=len(reached))]
    stay = [one for one in reached if one.taken not in {Delivery.SENT, *ON_ITS_WAY}]
    parts += [_stays(voice, target) for target in stay[:TROUBLES]]
    if len(stay) > TROUBLES:
        parts.append(voice("announcement.more_stay", n=len(stay) - TROUBLES))
    spared = sum(one.state in {None, Delivery.EXPIRED, Delivery.FAILED} for one in targets)
    if spared:
        parts.append(voice("announcement.spared", n=spared))
    parts.append(voice("announcement.gist", gist=gist(voice, announcement)))
    again = Button(voice.plain("announcement.again"), RepeatTap(announcement.id))
    return Message(Html("\n".join(parts)), ((again,),))


def _stays(voice: Voice, target: Target) -> Html:
    if target.taken is Delivery.HELD:
        why = reason(voice, target.trouble)
        return voice("announcement.recall_held", team=target.team.name, why=why)
    return voice("announcement.recall_failed", team=target.team.name)


# -- corrected -------------------------------------------------------------------------------


def correct(voice: Voice, announcement: Announcement) -> Message:
    """What should it say? What it says is shown, to be copied."""
    text = voice("announcement.say_it_right", html=Html(announcement.html))
    return Message(text, ((_never(voice, announcement),),))


def corrected(voice: Voice, announcement: Announcement, html: str, groups: int) -> Message:
    """So it will read; is it to be put everywhere?"""
    text = voice("announcement.correct_sure", n=groups, html=Html(html))
    sure = Button(voice.plain("announcement.correct_yes", n=groups), CorrectedTap(announcement.id))
    return Message(text, ((sure,), (_never(voice, announcement),)))


def correcting(voice: Voice, announcement: Announcement, groups: int) -> Message:
    """It is being corrected."""
    return Message(voice("announcement.correcting", n=groups, gist=gist(voice, announcement)))


def words_only(voice: Voice) -> Message:
    """A correction is of the words; what else was sent stays."""
    return Message(voice("announcement.words_only"))


def not_yours(voice: Voice) -> str:
    """Some of its groups are not within your right any more."""
    return voice.plain("announcement.not_yours")


def never_minded(voice: Voice) -> Message:
    """Nothing is changed."""
    return Message(voice("announcement.never_minded"))


def unpinned(voice: Voice) -> str:
    """It is not pinned any more."""
    return voice.plain("announcement.unpinned")


def _never(voice: Voice, announcement: Announcement) -> Button:
    return Button(voice.plain("announcement.never_mind"), NeverMindTap(announcement.id))
