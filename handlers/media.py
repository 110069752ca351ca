"""Pictures, films and files that a secretary sends for the bites that name them."""

from collections.abc import Sequence

from handlers.reading.contents import MEGABYTE, MOST
from handlers.reading.plain import line
from handlers.requests import Attached, Otherwise, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.words import media as words
from storage import media
from storage.media import Named

LONGEST = 200  # characters of a caption that may be a name


async def sent(request: Request) -> Reply | None:
    """A file whose caption, or whose own name, is that of a bite's file; or a reply to our asking.

    None where it is for no bite: it may be an announcement.
    """
    attached, caption = request.attached, line(request.text).casefold()
    if attached is None or len(caption) > LONGEST:
        return None
    pack_id = await _asked(request)
    if pack_id is None and not (caption or attached.name):
        return None
    named = await media.named(request.session, pack_id)
    meant = _meant(named, caption, attached)
    if not meant and pack_id is None:
        return None
    wanting = [one for one in named if one.media is None]
    if not meant and not caption and len(wanting) == 1:
        meant = wanting
    if len({one.pack.id for one in meant}) != 1:
        return Reply(message=words.which(request.voice, meant or wanting or named))
    return await _attach(request, meant, attached)


async def _asked(request: Request) -> int | None:
    """The pack whose files our message asked for, if it was replied to."""
    replied = await request.replied_to()
    return media.asked_for(replied.key) if replied else None


def _meant(named: Sequence[Named], caption: str, attached: Attached) -> list[Named]:
    """The bites that a caption names; without one, those that wait for a file of that name."""
    if caption:
        found = [one for one in named if caption in {one.bite.slug, one.bite.media.casefold()}]
    else:
        name = line(attached.name).casefold()
        found = [one for one in named if one.bite.media.casefold() == name and not one.media]
    return [one for one in found if one.media is None] or found


async def _attach(request: Request, meant: Sequence[Named], attached: Attached) -> Reply:
    limit = MOST[attached.media]
    if attached.size > limit:
        size = -(-attached.size // MEGABYTE)
        return Reply(message=words.too_big(request.voice, size, limit // MEGABYTE))
    await media.attach(
        request.session,
        [one.bite for one in meant],
        attached.media,
        request.now,
        file_id=attached.file_id,
    )
    left = await media.named(request.session, meant[0].pack.id)
    return Reply(
        message=words.attached(request.voice, meant, [one for one in left if one.media is None])
    )


ROUTES: list[Route] = [Otherwise(sent, needs=Action.PACKS)]
