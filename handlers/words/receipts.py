"""What we say of receipts: to the one who confirms, and to whoever waits for it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.reading.spans import Span
from handlers.taps.announcements import ReceiptTap, UndoReceiptTap
from handlers.words.announcements import TEXT, gist, joined, length
from handlers.words.message import Button, Message
from handlers.words.questions import named
from handlers.words.voice import Html, Voice
from storage.receipts import Reader
from storage.tables import Announcement, Team

Gap = tuple[str, Sequence[str]]  # a team, and the names that are missing there


def recorded(voice: Voice, place: int) -> str:
    """Your receipt is recorded; how-manieth of the team it is."""
    return voice.plain("receipt.recorded", place=place)


def known(voice: Voice, at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Your receipt was recorded before."""
    return voice.plain("receipt.known", at=voice.when(at, zone, now))


def known_undoable(voice: Voice, at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """The same, while it can still be taken back: by one more tap."""
    return voice.plain("receipt.known_undoable", at=voice.when(at, zone, now))


def undone(voice: Voice) -> str:
    """Your receipt is taken back."""
    return voice.plain("receipt.undone")


def too_late(voice: Voice) -> str:
    """It cannot be taken back any more."""
    return voice.plain("receipt.too_late")


def closed(voice: Voice, at: datetime, author: str, zone: ZoneInfo, now: datetime) -> str:
    """You are late, and it is not recorded; whom to turn to."""
    return voice.plain("receipt.closed", at=voice.when(at, zone, now), author=author)


def over(voice: Voice) -> str:
    """Nobody can confirm any more, so nobody is reminded."""
    return voice.plain("receipt.over")


def recalled(voice: Voice) -> str:
    """It was taken back: there is nothing to confirm."""
    return voice.plain("receipt.recalled")


def outsider(voice: Voice) -> str:
    """You have no place in a team that this is for."""
    return voice.plain("receipt.outsider")


def missing(
    voice: Voice, announcement: Announcement, late: Sequence[Gap], unenrolled: Sequence[Gap]
) -> Message:
    """Who has not confirmed, and who cannot since nobody claimed their place yet."""
    parts = [voice("receipt.missing", n=_count(late), gist=gist(voice, announcement))]
    room = TEXT - length(parts[0]) - 200  # two lines of ours may follow
    for title, gaps in (("", late), ("receipt.unenrolled", unenrolled)):
        if gaps and title:
            parts.append(voice(title))
        left = 0
        for team, names in gaps:
            head = voice("receipt.team", team=team, n=len(names))
            line = Html(head + joined(voice, names, room - length(head), "receipt.others"))
            if length(line) >= room:
                left += len(names)
                continue
            parts.append(line)
            room -= length(line) + 1
        if left:
            parts.append(voice("receipt.others", n=left))
    return Message(Html("\n".join(parts)))


def standing(
    voice: Voice,
    announcement: Announcement,
    parts: Sequence[tuple[Team, Sequence[Reader]]],
    seen: Collection[int],
    zone: ZoneInfo,
    now: datetime,
) -> Message:
    """How receipts of an announcement stand, team by team; names in those that are `seen`."""
    at = voice.when(announcement.sent_at or announcement.at, zone, now)
    lines = [voice("answer.receipts", at=at, gist=gist(voice, announcement))]
    room = TEXT - length(lines[0]) - 200
    for place, (team, readers) in enumerate(parts):
        missing = [one.name for one in readers if one.missing]
        done = sum(one.at is not None for one in readers)
        away = sum(one.away and one.at is None for one in readers)
        line = voice(
            "answer.receipts_of",
            team=team.name,
            done=done,
            expected=done + len(missing),
            away=away,
        )
        if team.id in seen and missing:
            names = joined(voice, missing, room - length(line), "receipt.others")
            line = Html(f"{line}\n{voice('answer.unconfirmed', names=names)}")
        room -= length(line) + 1
        if room < 0:
            lines.append(voice("answer.more_teams", n=len(parts) - place))
            break
        lines.append(line)
    return Message(Html("\n".join(lines)))


def none_sent(voice: Voice, span: Span | None, today: date) -> Message:
    """No announcement asked for receipts, ever or in those days."""
    if span is None:
        return Message(voice("answer.no_announcement"))
    return Message(voice("answer.no_announcement_then", days=named(voice, span, today)))


def complete(voice: Voice) -> str:
    """Nobody is missing."""
    return voice.plain("receipt.complete")


def nudge(voice: Voice, announcement: Announcement, team: str) -> Message:
    """A quiet word to somebody who has not confirmed."""
    text = voice("receipt.nudge", team=team, gist=gist(voice, announcement))
    button = Button(voice.plain("announcement.receipt"), ReceiptTap(announcement.id))
    return Message(text, ((button,),), silent=True)


def confirmed(voice: Voice, announcement: Announcement, *, undo: bool = False) -> Message:
    """The same word, once they have; `undo`: that can still be taken back."""
    button = Button(voice.plain("receipt.undo"), UndoReceiptTap(announcement.id))
    text = voice("receipt.confirmed", gist=gist(voice, announcement))
    return Message(text, ((button,),) if undo else ())


def nudged(voice: Voice, reached: int, unreachable: int) -> str:
    """How many were reminded, and how many could not be."""
    if not unreachable:
        return voice.plain("receipt.nudged", n=reached)
    return voice.plain("receipt.nudged_some", n=reached, unreachable=unreachable)


def nudged_before(voice: Voice, at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """They were reminded a short while ago."""
    return voice.plain("receipt.nudged_before", at=voice.when(at, zone, now))


def at_rest(voice: Voice) -> str:
    """Nobody is reminded outside their working hours."""
    return voice.plain("receipt.at_rest")


def _count(gaps: Sequence[Gap]) -> int:
    return sum(len(names) for _, names in gaps)
