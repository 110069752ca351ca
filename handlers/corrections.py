"""What becomes of an announcement once it is sent: corrected, taken back, said again, unpinned."""

from dataclasses import replace

from handlers import dispatches as going
from handlers.desks import choice, laid_out
from handlers.reading.plain import paragraphs
from handlers.requests import Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.announcements import (
    CorrectedTap,
    CorrectTap,
    NeverMindTap,
    RecalledTap,
    RecallTap,
    RepeatTap,
    UnpinTap,
)
from handlers.words import announcements as made
from handlers.words import dispatches as words
from handlers.words import plain
from handlers.words.message import Message
from storage import announcements, cues, dispatches, grants
from storage.kinds import Cueing, Doing, Stage
from storage.tables import Announcement, Cue


async def recall(request: Request, tap: RecallTap) -> Reply:
    """Is it to be taken back? In a message of its own: the one above is kept current."""
    own = await _own(request, tap.announcement)
    if isinstance(own, Reply):
        return own
    copies = await dispatches.copies(request.session, own.id)
    groups = len({one.team_id for one in copies})
    return Reply(message=words.recall(request.voice, own, groups))


async def recalled(request: Request, tap: RecalledTap) -> Reply:
    """Take it back from all groups, whoever runs them by now: the words are the author's."""
    own = await _own(request, tap.announcement)
    if isinstance(own, Reply):
        return own
    await cues.end(request.session, own.author_id)
    await going.take_back(request.session, own, request.now)
    await request.note(Doing.RECALLED, other=own.id)
    return Reply(edit=words.recalling(request.voice, own))


async def correct(request: Request, tap: CorrectTap) -> Reply:
    """What should it say? The author's next words."""
    own = await _own(request, tap.announcement)
    if isinstance(own, Reply):
        return own
    if own.poll:
        return Reply(toast=plain.gone(request.voice))
    if await _lost(request, own):
        return Reply(toast=words.not_yours(request.voice), alert=True)
    await cues.give(request.session, own.author_id, own.id, Cueing.CORRECTION, request.now)
    return Reply(message=words.correct(request.voice, own))


async def said(request: Request, cue: Cue) -> Reply:
    """The words are there: they are shown, and nothing is changed yet."""
    own = await _own(request, cue.announcement_id)
    if isinstance(own, Reply):
        await cues.end(request.session, cue.person_id)
        return replace(own, toast="", message=plain.line(own.toast))
    if request.attached or request.poll or not paragraphs(request.text):
        return Reply(message=words.words_only(request.voice))
    html = request.html.strip()
    if message := await _too_full(request, own, html):
        return Reply(message=message)
    cue.html = html
    request.session.add(cue)
    groups = len({one.team_id for one in await dispatches.copies(request.session, own.id)})
    return Reply(message=words.corrected(request.voice, own, html, groups))


async def corrected(request: Request, tap: CorrectedTap) -> Reply:
    """Put the words in the place of what every group has, or waits for."""
    own = await _own(request, tap.announcement)
    if isinstance(own, Reply):
        return own
    cue = await cues.given(request.session, own.author_id, request.now)
    if cue is None or cue.announcement_id != own.id or not cue.html:
        return Reply(toast=plain.gone(request.voice))
    if await _lost(request, own):
        return Reply(toast=words.not_yours(request.voice), alert=True)
    html = cue.html
    await cues.end(request.session, own.author_id)
    found = await announcements.noticed(request.session, [own.id])
    _, author, teams, _ = found[own.id]
    await going.correct(request.session, own, author.name, teams, html, request.now)
    await request.note(Doing.CORRECTED, other=own.id)
    groups = len({one.team_id for one in await dispatches.copies(request.session, own.id)})
    return Reply(edit=words.correcting(request.voice, own, groups))


async def again(request: Request, tap: RepeatTap) -> Reply:
    """The same once more: as a draft, to be looked at and sent."""
    if request.person is None:
        return Reply(toast=plain.gone(request.voice))
    own = await announcements.written(request.session, tap.announcement, request.person.id)
    if own is None or own.stage is not Stage.SENT:
        return Reply(toast=plain.gone(request.voice))
    draft = await announcements.again(request.session, own, request.now)
    found = await laid_out(request, draft)
    await announcements.leave_out(request.session, draft.id, found.lost)
    return Reply(message=choice(request, await laid_out(request, draft)))


async def unpin(request: Request, tap: UnpinTap) -> Reply:
    """It need not stand above everything any more."""
    own = await _own(request, tap.announcement)
    if isinstance(own, Reply):
        return own
    if own.pinned_at:
        await going.unpin(request.session, own, request.now)
    return Reply(toast=words.unpinned(request.voice))


async def never_mind(request: Request, _: NeverMindTap) -> Reply:
    """Nothing is said, nothing is changed."""
    if request.person is None:
        return Reply(toast=plain.gone(request.voice))
    await cues.end(request.session, request.person.id)
    return Reply(edit=words.never_minded(request.voice))


async def _own(request: Request, announcement_id: int) -> Announcement | Reply:
    """A sent announcement of the presser's that stands; or else what to say instead."""
    if request.person is None:
        return Reply(toast=plain.gone(request.voice))
    own = await announcements.written(request.session, announcement_id, request.person.id)
    if own is None or own.stage is not Stage.SENT:
        return Reply(toast=plain.gone(request.voice))
    if own.recalled_at:
        return Reply(toast=words.was_recalled(request.voice))
    return own


async def _lost(request: Request, own: Announcement) -> bool:
    """Whether it is in a group that is not within the author's right any more."""
    copies = await dispatches.copies(request.session, own.id)
    mine = {team.id for team in await grants.teams(request.session, own.author_id)}
    found = (await announcements.noticed(request.session, [own.id]))[own.id]
    live = {team.id for team in found[2].values() if team.retired_at is None}
    return bool({one.team_id for one in copies} & live - mine)


async def _too_full(request: Request, own: Announcement, html: str) -> Message | None:
    _, author, teams, _ = (await announcements.noticed(request.session, [own.id]))[own.id]
    tried = Announcement(**{**own.model_dump(), "html": html})  # never added to the session
    over = going.overflow(tried, author.name, teams.values(), request.now, request.now)
    return made.too_full(request.voice, over) if over else None


ROUTES: list[Route] = [
    Press(RecallTap, recall, needs=Action.ANNOUNCE),
    Press(RecalledTap, recalled, needs=Action.ANNOUNCE),
    Press(CorrectTap, correct, needs=Action.ANNOUNCE),
    Press(CorrectedTap, corrected, needs=Action.ANNOUNCE),
    Press(RepeatTap, again, needs=Action.ANNOUNCE),
    Press(UnpinTap, unpin, needs=Action.ANNOUNCE),
    Press(NeverMindTap, never_mind, needs=Action.ANNOUNCE),
]
