"""What we say of the pictures, films and files of bites, and how a message shows one."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from handlers.words.message import Message, Ours, length
from handlers.words.parts import CAPTION
from handlers.words.voice import Html, Voice
from storage.media import Named
from storage.tables import BiteMedia

ROOM = 100  # of a caption that is left free: what it tells grows as people study
SHOWN = 20  # bites in one list


def shown(message: Message, media: BiteMedia | None) -> list[Message]:
    """The messages that show something with its picture or file.

    One message where the words fit beneath it; else the picture goes before them, silently.
    """
    if media is None:
        return [message]
    ours = Ours("file", media.name, media.hash) if media.hash else None
    picture = Message(Html(""), (), media.media, media.file_id, ours, silent=True)
    if length(message.html) <= CAPTION - ROOM:
        return [replace(picture, html=message.html, buttons=message.buttons, silent=False)]
    return [picture, message]


def missing(voice: Voice, pack: str, named: Sequence[Named]) -> Message | None:
    """Which bites still wait for their file, and how it is sent; None if there are none."""
    wanting = [one for one in named if one.media is None]
    if not wanting:
        return None
    lines = [voice("media.missing", n=len(wanting), pack=pack), *_lines(voice, wanting)]
    return Message(Html("\n".join([*lines, voice("media.how")])))


def attached(voice: Voice, done: Sequence[Named], left: Sequence[Named]) -> Message:
    """The file belongs to these bites now; what is still missing of their packs."""
    lines = [
        voice("media.attached", id=one.bite.slug, title=one.bite.title, pack=one.pack.title)
        for one in done[:SHOWN]
    ]
    if left:
        lines += [voice("media.left", n=len(left)), *_lines(voice, left)]
    else:
        lines.append(voice("media.complete"))
    return Message(Html("\n".join(lines)))


def which(voice: Voice, candidates: Collection[Named]) -> Message:
    """It could be for several bites: name one."""
    lines = [voice("media.which"), *_lines(voice, list(candidates)), voice("media.how")]
    return Message(Html("\n".join(lines)))


def too_big(voice: Voice, size: int, limit: int) -> Message:
    """A file is larger than a bite's may be; both in megabytes."""
    return Message(voice("media.too_big", size=size, limit=limit))


def refused(voice: Voice, bite: str, slug: str, name: str, why: str) -> Message:
    """To the owners: Telegram does not take a bite's file."""
    return Message(voice("media.refused", bite=bite, id=slug, name=name, why=why))


def _lines(voice: Voice, named: Sequence[Named]) -> list[Html]:
    lines = [
        voice("media.line", id=one.bite.slug, title=one.bite.title, name=one.bite.media)
        for one in named[:SHOWN]
    ]
    if len(named) > SHOWN:
        lines.append(voice("media.more", n=len(named) - SHOWN))
    return lines
