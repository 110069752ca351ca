"""What we say of messages whose fate is in doubt, and of updates that nobody could handle."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.taps.deliveries import AgainTap, ArrivedTap
from handlers.words.message import Button, Message
from handlers.words.voice import Html, Voice
from storage.doubts import Unclear

SHOWN = 8  # messages in one list: each has a row of buttons
MATTERS = {  # by what the key of a message begins with
    "card": "delivery.card",
    "announcement": "delivery.announcement",
    "album": "delivery.album",
    "closing": "delivery.closing",
}


def again(voice: Voice) -> Html:
    """Before a message that is sent a second time, because nobody knows of the first."""
    return voice("delivery.again")


def unclear(
    voice: Voice, rows: Sequence[Unclear], count: int, zone: ZoneInfo, now: datetime
) -> Message:
    """What an owner has to settle; `count` is of all, shown or not."""
    if not rows:
        return Message(voice("delivery.none"))
    lines = [voice("delivery.head", n=count)]
    buttons: list[tuple[Button, ...]] = []
    for place, row in enumerate(rows, start=1):
        lines.append(
            voice(
                "delivery.line",
                place=place,
                where=row.team.name if row.team else row.chat.title or row.chat.telegram_id,
                what=_matter(voice, row.outgoing.key),
                when=voice.when(row.outgoing.tried_at or now, zone, now),
                why=row.outgoing.error or voice.plain("delivery.cut_off"),
            )
        )
        buttons.append(
            (
                Button(voice.plain("delivery.there", place=place), ArrivedTap(row.outgoing.id)),
                Button(voice.plain("delivery.resend", place=place), AgainTap(row.outgoing.id)),
            )
        )
    if count > len(rows):
        lines.append(voice("delivery.more", n=count - len(rows)))
    return Message(Html("\n".join(lines)), tuple(buttons))


def judged(voice: Voice, *, there: bool) -> str:
    """It is noted; or it goes out again."""
    return voice.plain("delivery.noted" if there else "delivery.sent_again")


def settled(voice: Voice) -> str:
    """Somebody else was faster."""
    return voice.plain("delivery.settled")


def alarm(voice: Voice, count: int) -> Message:
    """There is something to settle."""
    return Message(voice("delivery.alarm", n=count))


def aside(voice: Voice, count: int) -> Message:
    """Updates were set aside."""
    return Message(voice("delivery.aside", n=count))


def elsewhere(voice: Voice) -> Message:
    """Somebody else takes our updates."""
    return Message(voice("delivery.elsewhere"))


def away(voice: Voice, start: datetime, end: datetime, zone: ZoneInfo) -> Message:
    """Nothing reached us for a while: please tap again."""
    since, until = voice.moment(start, zone), voice.moment(end, zone)
    return Message(voice("delivery.away", since=since, until=until), silent=True)


def _matter(voice: Voice, key: str) -> str:
    return voice.plain(MATTERS.get(key.partition(":")[0], "delivery.other"))
