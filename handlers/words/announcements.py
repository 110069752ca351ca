"""What we say of announcements: to their author while they are made, and to the teams."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape

from handlers.taps import Tap
from handlers.taps.announcements import (
    AskReceiptTap,
    ChooseTap,
    DropTap,
    MissingTap,
    NudgeTap,
    PreviewTap,
    ReceiptTap,
    SendTap,
)
from handlers.words.message import ALBUM, Button, Call, Message, Rows
from handlers.words.troubles import passing, reason
from handlers.words.voice import Html, Voice
from storage.announcements import Headcount, Target
from storage.kinds import Delivery, Media
from storage.receipts import Tally
from storage.tables import Announcement, AnnouncementPiece, Team

TEXT, CAPTION = 4096, 1024  # what Telegram takes, in UTF-16 units once the HTML is read
RESERVE = 96  # of which we may need so many, for whose it is, the counter, or above the preview
PAGE = 8  # choices
QUOTE = 80  # characters of an announcement that stand for all of it
NAME = 32  # UTF-16 units of its author's name
OTHERS = 32  # UTF-16 units that say of how many more teams than are named
TROUBLES = 10  # teams named in the progress

MEDIA = {
    Media.PHOTO: "announcement.photo",
    Media.DOCUMENT: "announcement.document",
    Media.VIDEO: "announcement.video",
}
OUTCOMES = {
    None: "announcement.no_chat",
    Delivery.EXPIRED: "announcement.expired",
    Delivery.FAILED: "announcement.failed",
    Delivery.NEEDS_PERSON: "announcement.needs_person",
}


@dataclass(frozen=True)
class Choice:
    """A team, or a unit with all its teams, that an announcement can be for."""

    tap: Tap
    name: str
    on: bool
    whole: bool = False  # a unit


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
    text = plain(announcement.html).strip()
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


def choice(
    voice: Voice, announcement: Announcement, choices: Sequence[Choice], page: int, teams: int
) -> Message:
    """To whom? `teams`: how many are chosen so far."""
    last = max(0, (len(choices) - 1) // PAGE)
    page = min(max(page, 0), last)
    shown = choices[page * PAGE : (page + 1) * PAGE]
    units = [(_choice(voice, unit),) for unit in shown if unit.whole]
    pairs = [_choice(voice, team) for team in shown if not team.whole]
    rows: list[tuple[Button, ...]] = [*units]
    rows += [tuple(pairs[at : at + 2]) for at in range(0, len(pairs), 2)]
    if last:
        rows.append(_pages(voice, announcement.id, page, last))
    asks = "announcement.receipt_on" if announcement.wants_receipt else "announcement.receipt_off"
    rows.append((Button(voice.plain(asks), AskReceiptTap(announcement.id)),))
    rows.append(
        (
            Button(voice.plain("announcement.preview"), PreviewTap(announcement.id)),
            Button(voice.plain("announcement.cancel"), DropTap(announcement.id)),
        )
    )
    text = voice("announcement.choice", gist=gist(voice, announcement), n=teams)
    return Message(text, tuple(rows))


def _choice(voice: Voice, choice: Choice) -> Button:
    name = voice.plain("announcement.unit", name=choice.name) if choice.whole else choice.name
    return Button(voice.plain("announcement.chosen", name=name) if choice.on else name, choice.tap)


def _pages(voice: Voice, announcement_id: int, page: int, last: int) -> tuple[Button, ...]:
    """The way to the pages before and after, round the ends; with two pages, to the other."""
    turns = {"announcement.before": page - 1, "announcement.after": page + 1}
    if last == 1:
        turns.pop("announcement.before" if page == 0 else "announcement.after")
    pages = last + 1
    return tuple(
        Button(
            voice.plain(key, page=to % pages + 1, pages=pages),
            ChooseTap(announcement_id, to % pages),
        )
        for key, to in turns.items()
    )


def nobody(voice: Voice) -> str:
    """No team is chosen yet."""
    return voice.plain("announcement.nobody")


def preview(
    voice: Voice,
    announcement: Announcement,
    author: str,
    teams: Sequence[Team],
    count: Headcount,
    pieces: int = 0,
) -> Message:
    """What goes out, and to whom. `pieces`: of an album, how many it has."""
    head = voice(
        "announcement.goes_to",
        teams=voice("announcement.teams", n=len(teams)),
        people=voice("announcement.people", n=count.people),
    )
    tail: list[str] = []
    if announcement.wants_receipt:
        tail.append(voice("announcement.with_receipt"))
        unseen = voice("announcement.not_enrolled", n=count.people - count.enrolled)
        brief = length(announcement.html) <= TEXT - 2 * RESERVE  # a long one needs the room
        if count.people > count.enrolled and brief:
            tail[-1] += unseen
    if announcement.media:
        tail.append(voice("announcement.with_media", kind=voice(MEDIA[announcement.media])))
    if pieces:
        tail.append(voice("announcement.with_album", n=pieces))
    tail.append(voice("announcement.line"))
    words = _headed(voice, announcement, author)
    crowded = length("\n".join([head, *tail, words])) > TEXT - OTHERS
    tail.append(announcement.html if crowded else words)
    names = [
        team.name if team.chat_id else voice.plain("announcement.unreachable", name=team.name)
        for team in teams
    ]
    room = TEXT - length("\n".join([head, *tail]))
    text = Html("\n".join([head + joined(voice, names, room), *tail]))
    buttons: Rows = (
        (Button(voice.plain("announcement.send"), SendTap(announcement.id)),),
        (
            Button(voice.plain("announcement.back"), ChooseTap(announcement.id, 0)),
            Button(voice.plain("announcement.cancel"), DropTap(announcement.id)),
        ),
    )
    return Message(text, buttons)


def lost(voice: Voice, teams: Sequence[str]) -> str:
    """Some of the chosen teams are not yours any more, so nothing was sent."""
    return voice.plain("announcement.lost", teams=plain(joined(voice, teams, QUOTE)))


def dropped(voice: Voice, announcement: Announcement) -> Message:
    """It is not sent."""
    return Message(voice("announcement.dropped", gist=gist(voice, announcement)))


def ended(voice: Voice, *, sent: bool) -> str:
    """It is no draft any more."""
    return voice.plain("announcement.was_sent" if sent else "announcement.was_dropped")


# -- once it is sent -------------------------------------------------------------------------


def notice(voice: Voice, announcement: Announcement, author: str, tally: Tally) -> Message:
    """The announcement itself, in a team's group."""
    parts = [_headed(voice, announcement, author)]
    buttons: Rows = ()
    if announcement.wants_receipt:
        parts.append(voice("announcement.counter", done=tally.done, expected=tally.expected))
        buttons = ((Button(voice.plain("announcement.receipt"), ReceiptTap(announcement.id)),),)
    return Message(Html("\n\n".join(parts)), buttons, announcement.media, announcement.file_id)


def album(pieces: Sequence[AnnouncementPiece]) -> Call:
    """The call that posts several pictures or files as one, before the words that are theirs."""
    media = [{"type": piece.media.value, "media": piece.file_id} for piece in pieces]
    return ALBUM, {"media": media}


def _headed(voice: Voice, announcement: Announcement, author: str) -> Html:
    """Whose announcement it is, and its words."""
    name = author
    while _units(name) > NAME:
        name = name.removesuffix("…")[:-1] + "…"
    head = voice("announcement.head", author=name)
    return Html("\n\n".join(part for part in (head, announcement.html) if part))


def progress(
    voice: Voice, announcement: Announcement, targets: Sequence[Target], tally: Tally
) -> Message:
    """How far an announcement got: in whose groups it is, and how many confirmed."""
    waiting = any(target.waiting for target in targets)
    key = "announcement.sending" if waiting else "announcement.delivered"
    reached = sum(target.reached for target in targets)
    parts = [voice(key, done=reached, total=len(targets))]
    if announcement.wants_receipt and tally.expected:
        parts.append(voice("announcement.receipts", done=tally.done, expected=tally.expected))
    troubled = [target for target in targets if not target.reached and not target.waiting]
    parts += [_trouble(voice, target) for target in troubled[:TROUBLES]]
    if len(troubled) > TROUBLES:
        parts.append(voice("announcement.more_troubles", n=len(troubled) - TROUBLES))
    parts.append(voice("announcement.gist", gist=gist(voice, announcement)))
    return Message(Html("\n".join(parts)), _pursuit(voice, announcement, tally))


def _trouble(voice: Voice, target: Target) -> Html:
    if target.state is Delivery.HELD:
        key = "announcement.held" if passing(target.trouble) else "announcement.unreachable"
        return voice(key, team=target.team.name, why=reason(voice, target.trouble))
    return voice(OUTCOMES[target.state], team=target.team.name)


def _pursuit(voice: Voice, announcement: Announcement, tally: Tally) -> Rows:
    if not announcement.wants_receipt or tally.done >= tally.expected:
        return ()
    return (
        (Button(voice.plain("announcement.who_is_missing"), MissingTap(announcement.id)),),
        (Button(voice.plain("announcement.nudge"), NudgeTap(announcement.id)),),
    )
