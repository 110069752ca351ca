"""What we say of announcements: to their author while they are made, and to the teams."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape, unescape
from typing import Any
from zoneinfo import ZoneInfo

from handlers.taps.announcements import ChooseTap, ConfirmTap, DropTap, ReceiptTap, SendTap
from handlers.words.message import ALBUM, Button, Call, Message, Rows
from handlers.words.voice import Html, Voice
from storage.audiences import Headcount
from storage.kinds import Media, Stage
from storage.receipts import Tally
from storage.tables import Announcement, AnnouncementPiece, Team

TEXT, CAPTION = 4096, 1024  # what Telegram takes, in UTF-16 units once the HTML is read
RESERVE = 96  # of which we may need so many, for whose it is, the counter, or above the preview
QUESTION = 300  # the same of a poll's question
AGAIN = 20  # what a message begins with that is sent a second time
MANY = 99_999  # more people than a team has
QUOTE = 80  # characters of an announcement that stand for all of it
NAME = 32  # UTF-16 units of its author's name
OTHERS = 32  # UTF-16 units that say of how many more teams than are named

MEDIA = {
    Media.PHOTO: "announcement.photo",
    Media.DOCUMENT: "announcement.document",
    Media.VIDEO: "announcement.video",
}


def plain(html: str) -> str:
    """The text that readers of Telegram's HTML see."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def length(html: str) -> int:
    """How long Telegram finds it: UTF-16 units, without the HTML."""
    return _units(plain(html))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def allowed(media: Media | None) -> int:
    """How long an announcement may be, so that everything of ours fits beside it."""
    return (CAPTION if media else TEXT) - RESERVE


def gist(voice: Voice, announcement: Announcement) -> str:
    """The first line, and whether more follows; without words, what it carries."""
    asked = announcement.poll["question"] if announcement.poll else ""
    text = (plain(announcement.html) or str(asked)).strip()
    if not text and announcement.album:
        return voice.plain("announcement.album")
    if not text and announcement.media:
        return voice.plain(MEDIA[announcement.media])
    line, _, more = text.partition("\n")
    line = line.strip()
    return line if len(line) < QUOTE and not more else line[: QUOTE - 1] + "…"


def joined(
    voice: Voice, names: Sequence[str], room: int, others: str = "announcement.others"
) -> Html:
    """Names as far as there is room, then (the words under `others`) how many more there are."""
    comma = voice.plain("announcement.comma")
    room -= _units(voice.plain(others, n=len(names)))
    shown: list[str] = []
    for name in names:
        room -= _units(comma + name)
        if room < 0:
            break
        shown.append(name)
    line = escape(comma.join(shown), quote=False)
    left = len(names) - len(shown)
    return Html(line + voice(others, n=left)) if left else Html(line)


# -- making one ------------------------------------------------------------------------------


def how(voice: Voice) -> Message:
    """How to announce something."""
    return Message(voice("announcement.how"))


def question(voice: Voice) -> Message:
    """That is no announcement; how to make it one."""
    return Message(voice("announcement.question"))


def nowhere(voice: Voice) -> Message:
    """There is no team that you could announce anything to."""
    return Message(voice("announcement.nowhere"))


def too_long(voice: Voice, announced: str, media: Media | None) -> Message:
    """It does not fit one message."""
    key = "announcement.caption_too_long" if media else "announcement.too_long"
    return Message(voice(key, length=length(announced), allowed=allowed(media)))


def nobody(voice: Voice) -> str:
    """No team is chosen yet."""
    return voice.plain("announcement.nobody")


def preview(
    voice: Voice,
    announcement: Announcement,
    shown: Message,
    teams: Sequence[Team],
    count: Headcount,
    zone: ZoneInfo,
    now: datetime,
    resting: Sequence[str] = (),
    *,
    inline: bool = False,
) -> Message:
    """To whom it goes, and on which terms. `inline`: what they get is `shown` in the same message.

    `resting`: the teams that have a day off at the time for which it is set.
    """
    people = voice("announcement.people", n=count.expected)
    if announcement.tags:
        tags = joined(voice, announcement.tags, QUOTE)
        people = voice("announcement.tagged", people=people, tags=tags)
    head = voice(
        "announcement.goes_to", teams=voice("announcement.teams", n=len(teams)), people=people
    )
    tail: list[Html] = _terms(voice, announcement, count, zone, now)
    tail += [voice("announcement.resting", teams=joined(voice, resting, QUOTE))] if resting else []
    tail.append(voice("announcement.line" if inline else "announcement.above"))
    if inline:
        tail.append(Html(shown.html))
    names = [
        team.name if team.chat_id else voice.plain("announcement.unreachable", name=team.name)
        for team in teams
    ]
    room = max(OTHERS, TEXT - length("\n".join([head, *tail])))
    text = Html("\n".join([head + joined(voice, names, room), *tail]))
    send = voice.plain("announcement.send")
    return Message(text, _decision(voice, announcement.id, Button(send, SendTap(announcement.id))))


def _terms(
    voice: Voice, announcement: Announcement, count: Headcount, zone: ZoneInfo, now: datetime
) -> list[Html]:
    """The terms on which it goes out, a line each."""
    lines = []
    if at := announcement.send_at:
        lines.append(voice("announcement.goes_at", at=voice.when(at, zone, now)))
    if announcement.wants_receipt:
        asks = voice("announcement.with_receipt")
        if until := announcement.receipts_until:
            asks = voice("announcement.with_receipt_until", at=voice.when(until, zone, now))
        others = [
            voice(key, n=n)
            for key, n in (
                ("announcement.not_enrolled", count.unenrolled),
                ("announcement.on_leave", count.away),
            )
            if n
        ]
        if others:
            asks = Html(asks + voice("announcement.not_counted", whom=_comma(voice, others)))
        lines.append(asks)
    turned = {
        "announcement.pins": announcement.pins,
        "announcement.silently": announcement.silent,
    }
    marks = [voice(key) for key, on in turned.items() if on]
    if marks:
        lines.append(voice("announcement.ways", ways=_comma(voice, marks)))
    return lines


def _comma(voice: Voice, parts: Sequence[Html]) -> Html:
    return Html(voice.plain("announcement.comma").join(parts))


def _decision(voice: Voice, announcement_id: int, yes: Button) -> Rows:
    return (
        (yes,),
        (
            Button(voice.plain("announcement.back"), ChooseTap(announcement_id, 0)),
            Button(voice.plain("announcement.cancel"), DropTap(announcement_id)),
        ),
    )


def below(voice: Voice) -> Message:
    """The preview is the message after this one."""
    return Message(voice("announcement.below"))


def sure(voice: Voice, announcement: Announcement, groups: int, count: Headcount) -> Message:
    """It goes to very many groups: once more, is it to be sent?"""
    text = voice(
        "announcement.sure",
        groups=voice("announcement.groups", n=groups),
        people=voice("announcement.people", n=count.expected),
        gist=gist(voice, announcement),
    )
    label = voice.plain("announcement.send_so_many", n=groups)
    yes = Button(label, ConfirmTap(announcement.id, groups))
    return Message(text, _decision(voice, announcement.id, yes))


def too_full(voice: Voice, over: int) -> Message:
    """With all that is put beside them, the words do not fit."""
    return Message(voice("announcement.too_full", n=over))


def lost(voice: Voice, teams: Sequence[str]) -> str:
    """Some of the chosen teams are not yours any more, so nothing was sent."""
    return voice.plain("announcement.lost", teams=plain(joined(voice, teams, QUOTE)))


def dropped(voice: Voice, announcement: Announcement) -> Message:
    """It is not sent."""
    return Message(voice("announcement.dropped", gist=gist(voice, announcement)))


def ended(voice: Voice, stage: Stage) -> str:
    """It is no draft any more."""
    return voice.plain(f"announcement.was_{stage}")


def only_preview(voice: Voice) -> str:
    """It was not sent yet, so that nobody can confirm it."""
    return voice.plain("announcement.only_preview")


# -- once it is sent -------------------------------------------------------------------------


def notice(
    voice: Voice,
    announcement: Announcement,
    author: str,
    tally: Tally,
    zone: ZoneInfo,
    now: datetime,
    corrected: datetime | None = None,
) -> Message:
    """The announcement itself, in a team's group."""
    if announcement.recalled_at and announcement.poll:
        return Message(Html(""), poll=announcement.poll)  # its words cannot be edited
    if announcement.recalled_at:
        text = voice("announcement.recalled_here")
        return Message(text, media=announcement.media, file_id=announcement.file_id)
    if announcement.poll:
        poll = _asked(voice, announcement.poll, author)
        label = voice.plain("announcement.figure", done=tally.done, expected=tally.expected)
        buttons = _confirms(voice, announcement, now, label)
        return Message(Html(""), buttons, silent=announcement.silent, poll=poll)
    parts = [_headed(voice, announcement, author)]
    if foot := _foot(voice, announcement, tally, zone, corrected):
        parts.append(foot)
    return Message(
        Html("\n\n".join(parts)),
        _confirms(voice, announcement, now),
        announcement.media,
        announcement.file_id,
        silent=announcement.silent,
    )


def _foot(
    voice: Voice,
    announcement: Announcement,
    tally: Tally,
    zone: ZoneInfo,
    corrected: datetime | None,
) -> Html:
    lines = []
    if announcement.wants_receipt and (tally.expected or not announcement.tags):
        lines.append(voice("announcement.counter", done=tally.done, expected=tally.expected))
    if announcement.wants_receipt and (until := announcement.receipts_until):
        lines.append(voice("announcement.until", at=stamp(voice, until, zone)))
    if corrected:
        lines.append(voice("announcement.corrected", at=stamp(voice, corrected, zone)))
    return Html("\n".join(lines))


def _confirms(voice: Voice, announcement: Announcement, now: datetime, figure: str = "") -> Rows:
    if not announcement.wants_receipt:
        return ()
    until = announcement.receipts_until
    over = until is not None and until <= now
    tap = ReceiptTap(announcement.id)
    label = "announcement.receipts_over" if over else "announcement.receipt"
    row = [Button(voice.plain(label), tap)]
    return ((*row, Button(figure, tap)) if figure else tuple(row),)


def _asked(voice: Voice, poll: Mapping[str, Any], author: str) -> Mapping[str, Any]:
    """A poll that says whose announcement it is, as far as its question leaves room."""
    question = str(poll["question"])
    whole = voice.plain("announcement.asked", author=_short(author), question=question)
    return {**poll, "question": whole if _units(whole) <= QUESTION else question}


def stamp(voice: Voice, at: datetime, zone: ZoneInfo) -> str:
    """A date and time in words that stay true: no today, no tomorrow."""
    return f"{voice.day(at.astimezone(zone).date())} {voice.moment(at, zone)}"


def overflow(message: Message) -> int:
    """By how many characters a message would be too long when it is sent a second time."""
    most = (CAPTION if message.media else TEXT) - AGAIN
    return max(0, length(message.html) - most)


def album(pieces: Sequence[AnnouncementPiece]) -> Call:
    """The call that posts several pictures or files as one, before the words that are theirs."""
    media = [{"type": piece.media.value, "media": piece.file_id} for piece in pieces]
    return ALBUM, {"media": media}


def _headed(voice: Voice, announcement: Announcement, author: str) -> Html:
    """Whose announcement it is, for whom if not for all, and its words."""
    head = voice("announcement.head", author=_short(author))
    if announcement.tags:
        tags = joined(voice, announcement.tags, NAME)
        head = Html(f"{head}\n{voice('announcement.for_tags', tags=tags)}")
    return Html("\n\n".join(part for part in (head, announcement.html) if part))


def _short(name: str) -> str:
    while _units(name) > NAME:
        name = name.removesuffix("…")[:-1] + "…"
    return name
