"""Announcements: writing one, looking at it, sending it or not."""

import re
from dataclasses import replace
from functools import partial

from handlers import dispatches
from handlers.desks import UNSENT, Desk, choice, desk, laid_out
from handlers.nearest import offered
from handlers.reading.phrasing import asks
from handlers.reading.plain import paragraphs
from handlers.requests import Attached, Command, Further, Otherwise, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.announcements import ConfirmTap, DropTap, PreviewTap, SendNowTap, SendTap
from handlers.taps.packs import AsAnnouncementTap
from handlers.timings import mine, resting, scheduled
from handlers.words import announcements as words
from handlers.words import dispatches as going
from handlers.words import plain, timings
from handlers.words import sentpacks as pack_words
from handlers.words.message import Message
from storage import announcements, audiences, cues, grants, outbox, sentpacks
from storage.announcements import progress_key
from storage.audiences import Headcount
from storage.kinds import Doing, Media, PackStage, Stage
from storage.receipts import Tally
from storage.tables import Announcement

COMMAND = re.compile(r"^((?:<[^>]*>)*)/\w+(?:@\w+)?\s*")  # which may be within bold text


async def announce(request: Request) -> Reply:
    """`/announce words`: a draft of those words; without any: what waits, and what was sent."""
    said = replace(request, html=COMMAND.sub(r"\1", request.html, count=1))
    return await offer(said) or await mine(request)


async def sent_plainly(request: Request) -> Reply | None:
    """Whatever else a secretary sends in private: an announcement, but never a question."""
    if not (request.attached or request.poll) and asks(request.text):
        return Reply(message=await offered(request, words.question(request.voice)))
    return await offer(request)


async def offer(request: Request) -> Reply | None:
    """Keep what a secretary sent as a draft, and ask whom it is for."""
    media = request.attached.media if request.attached else None
    if request.person is None or not (paragraphs(request.text) or media or request.poll):
        return None
    if draft := await _begun(request):
        return await _join(request, draft)
    await cues.end(request.session, request.person.id)
    beside = None if request.album else media  # an album's words go in a message of their own
    if words.length(request.html) > words.allowed(beside):
        return Reply(message=words.too_long(request.voice, request.html, beside))
    teams = await grants.teams(request.session, request.person.id)
    if not teams:
        return Reply(message=words.nowhere(request.voice))
    file_id = request.attached.file_id if request.attached else ""
    draft = await announcements.draft(
        request.session,
        request.person.id,
        request.html.strip(),
        media,
        file_id,
        request.now,
        request.album,
        request.poll,
    )
    if len(teams) == 1:
        await announcements.choose(request.session, draft.id, [teams[0].id])
    asked = choice(request, await laid_out(request, draft))
    return Reply(message=asked) if request.private else Reply(private=asked)


async def instead(request: Request, tap: AsAnnouncementTap) -> Reply:
    """A file that was taken for a course pack is announced instead."""
    if request.person is None:
        return Reply(toast=plain.gone(request.voice))
    row = await sentpacks.own(request.session, tap.sent, request.person.id)
    if row is None or row.stage in {PackStage.IMPORTED, PackStage.DROPPED}:
        return Reply(toast=plain.gone(request.voice))
    row.stage, row.pack = PackStage.DROPPED, None
    request.session.add(row)
    file = Attached(Media.DOCUMENT, row.file_id, row.name)
    said = replace(request, text=row.html, html=row.html, attached=file)
    reply = await offer(said) or Reply(toast=plain.gone(request.voice))
    return replace(reply, edit=pack_words.as_announcement(request.voice, row.name))


async def more(request: Request) -> Reply | None:
    """One more picture or file of an album that has become a draft."""
    draft = await _begun(request)
    return await _join(request, draft) if draft else None


async def preview(request: Request, tap: PreviewTap) -> Reply:
    """Show what goes out, and to whom."""
    found = await desk(request, tap.announcement)
    if isinstance(found, Reply):
        return found
    if not found.picked:
        return Reply(toast=words.nobody(request.voice))
    draft = found.draft
    if draft.album and words.length(draft.html) > words.allowed(draft.media):
        return Reply(message=words.too_long(request.voice, draft.html, draft.media))
    if over := dispatches.overflow(draft, found.author, found.picked, request.now):
        return Reply(message=words.too_full(request.voice, over))
    count = await _headcount(request, found)
    shown = dispatches.notice(
        found.picked[0], draft, found.author, Tally(0, count.expected), request.now
    )
    pieces = await announcements.pieces(request.session, draft.id)
    album = dispatches.before(pieces, silent=True)
    page = partial(
        words.preview,
        request.voice,
        draft,
        shown,
        found.picked,
        count,
        found.zone(request),
        request.now,
        await resting(request, found.picked, draft.send_at),
    )
    whole = page(inline=True)
    if not (draft.media or draft.poll or album) and words.length(whole.html) <= words.TEXT:
        return Reply(edit=whole)
    # Just as the groups get it; what is to be decided comes below.
    calls = [*([album] if album else []), replace(shown, silent=True).send(), page().send()]
    key = f"preview:{draft.id}:{request.message_id}"
    await outbox.post(
        request.session,
        key,
        request.chat.id,
        calls[0],
        request.now,
        more=calls[1:],
        priority=outbox.URGENT,
    )
    return Reply(edit=words.below(request.voice))


async def send(request: Request, tap: SendTap) -> Reply:
    """Owe the announcement to every chosen team, once, now or at its time."""
    return await _send(request, tap.announcement)


async def confirm(request: Request, tap: ConfirmTap) -> Reply:
    """The same, to as many groups as were shown."""
    return await _send(request, tap.announcement, groups=tap.groups)


async def send_now(request: Request, tap: SendNowTap) -> Reply:
    """Do not wait for its time."""
    return await _send(request, tap.announcement, at_once=True)


async def _send(
    request: Request, announcement_id: int, *, groups: int = 0, at_once: bool = False
) -> Reply:
    stages = UNSENT if at_once else (Stage.DRAFT,)
    found = await desk(request, announcement_id, stages)
    if isinstance(found, Reply):
        return found
    if found.lost:
        return await _without_lost(request, found)
    if not found.picked:
        return Reply(toast=words.nobody(request.voice))
    draft = found.draft
    over = dispatches.overflow(draft, found.author, found.picked, request.now)
    if over:
        return Reply(message=words.too_full(request.voice, over))
    timed = draft.stage is Stage.DRAFT and draft.send_at is not None
    start = draft.send_at if timed and draft.send_at else request.now
    if timed and start <= request.now:
        said = timings.past(request.voice, start, found.zone(request), request.now)
        return Reply(toast=words.plain(said), alert=True)
    if draft.receipts_until and draft.receipts_until <= start:
        return Reply(toast=words.plain(timings.too_early(request.voice)), alert=True)
    asked_before = groups == found.groups or draft.stage is Stage.SCHEDULED
    if found.groups > request.house.confirm_groups and not asked_before:
        count = await _headcount(request, found)
        return Reply(edit=words.sure(request.voice, draft, found.groups, count))
    await cues.end(request.session, draft.author_id)
    stage = Stage.SCHEDULED if timed else Stage.SENT
    if not await announcements.close(
        request.session, draft.id, stage, request.now, pins=draft.pins
    ):
        return Reply(toast=words.ended(request.voice, Stage.SENT))
    await request.session.refresh(draft)
    if timed:
        return Reply(edit=await scheduled(request, found, keep=True))
    await dispatches.post(request.session, draft, found.author, request.now)
    await request.note(Doing.ANNOUNCED, other=draft.id, detail=str(len(found.picked)))
    await outbox.adopt(
        request.session,
        progress_key(draft.id),
        request.chat.id,
        request.message_id,
        request.now,
    )
    return Reply(edit=await _progress(request, found))


async def drop(request: Request, tap: DropTap) -> Reply:
    """Do not send it."""
    found = await desk(request, tap.announcement)
    if isinstance(found, Reply):
        return found
    await announcements.close(request.session, found.draft.id, Stage.DROPPED, request.now)
    await cues.end(request.session, found.draft.author_id)
    return Reply(edit=words.dropped(request.voice, found.draft))


async def _progress(request: Request, found: Desk) -> Message:
    targets = await announcements.targets(request.session, found.draft.id)
    zone = found.zone(request)
    return going.progress(request.voice, found.draft, targets, Tally(), zone, request.now)


async def _headcount(request: Request, found: Desk) -> Headcount:
    tags = found.draft.tags
    return await audiences.headcount(request.session, found.picked, tags, request.now)


async def _without_lost(request: Request, found: Desk) -> Reply:
    """The right to some of the teams is gone: say which, and let the author look once more."""
    targets = await announcements.targets(request.session, found.draft.id)
    names = [target.team.name for target in targets if target.team.id in found.lost]
    await announcements.leave_out(request.session, found.draft.id, found.lost)
    found.draft.stage = Stage.DRAFT
    request.session.add(found.draft)
    return Reply(
        toast=words.lost(request.voice, names),
        alert=True,
        edit=choice(request, await laid_out(request, found.draft)),
    )


async def _begun(request: Request) -> Announcement | None:
    if not (request.album and request.attached and request.person):
        return None
    return await announcements.begun(request.session, request.person.id, request.album)


async def _join(request: Request, draft: Announcement) -> Reply:
    """What came belongs to that draft, with the words that came with it."""
    assert request.attached is not None
    html = "\n".join(part for part in (draft.html, request.html.strip()) if part)
    if words.length(html) > words.allowed(None):
        return Reply(message=words.too_long(request.voice, html, None))
    draft.html = html
    attached = request.attached
    await announcements.join(request.session, draft, attached.media, attached.file_id)
    return Reply()


ROUTES: list[Route] = [
    Command("announce", announce, needs=Action.ANNOUNCE),
    Press(PreviewTap, preview, needs=Action.ANNOUNCE),
    Press(SendTap, send, needs=Action.ANNOUNCE),
    Press(ConfirmTap, confirm, needs=Action.ANNOUNCE),
    Press(SendNowTap, send_now, needs=Action.ANNOUNCE),
    Press(DropTap, drop, needs=Action.ANNOUNCE),
    Press(AsAnnouncementTap, instead, needs=Action.ANNOUNCE),
    Further(more, needs=Action.ANNOUNCE),
    Otherwise(sent_plainly, needs=Action.ANNOUNCE),
]
