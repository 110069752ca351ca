"""Announcements: writing one, choosing whom it is for, looking at it, sending it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from handlers.nearest import offered
from handlers.reading.phrasing import asks
from handlers.reading.plain import paragraphs
from handlers.requests import Attached, Command, Further, Otherwise, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.announcements import (
    AskReceiptTap,
    ChooseTap,
    DropTap,
    PickTeamTap,
    PickUnitTap,
    PreviewTap,
    SendTap,
)
from handlers.taps.packs import AsAnnouncementTap
from handlers.words import announcements as words
from handlers.words import plain
from handlers.words import sentpacks as pack_words
from handlers.words.announcements import Choice
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import announcements, grants, outbox, receipts, sentpacks
from storage.announcements import Branch, album_key, notice_key, progress_key
from storage.kinds import Doing, Media, PackStage, Stage
from storage.tables import Announcement, Team

IN_TIME = timedelta(hours=24)  # an announcement that could not be delivered by then is old news
COMMAND = re.compile(r"^((?:<[^>]*>)*)/\w+(?:@\w+)?\s*")  # which may be within bold text


@dataclass(frozen=True)
class Desk:
    """A draft on its author's desk: where it could go, and where it is to go."""

    draft: Announcement
    author: str
    teams: Sequence[Team]
    branches: Sequence[Branch]
    chosen: set[int]

    @property
    def picked(self) -> Sequence[Team]:
        """The chosen teams, as far as they are within the author's right."""
        return [team for team in self.teams if team.id in self.chosen]

    @property
    def lost(self) -> set[int]:
        """Chosen teams that are not within the author's right any more."""
        return self.chosen - {team.id for team in self.teams}

    @property
    def choices(self) -> Sequence[Choice]:
        """What can be chosen: units first."""
        whole = [
            Choice(PickUnitTap(self.draft.id, unit.id), unit.name, unit.teams <= self.chosen, True)
            for unit in self.branches
        ]
        return whole + [
            Choice(PickTeamTap(self.draft.id, team.id), team.name, team.id in self.chosen)
            for team in self.teams
        ]

    def page(self, tap: PickTeamTap | PickUnitTap) -> int:
        """The page that a choice is on."""
        return [choice.tap for choice in self.choices].index(tap) // words.PAGE


async def announce(request: Request) -> Reply:
    """`/announce words`: a draft of those words; without any: how it is done."""
    said = replace(request, html=COMMAND.sub(r"\1", request.html, count=1))
    return await offer(said) or Reply(message=words.how(request.voice))


async def sent_plainly(request: Request) -> Reply | None:
    """Whatever else a secretary sends in private: an announcement, but never a question."""
    if request.attached is None and asks(request.text):
        return Reply(message=await offered(request, words.question(request.voice)))
    return await offer(request)


async def offer(request: Request) -> Reply | None:
    """Keep what a secretary sent as a draft, and ask whom it is for."""
    media = request.attached.media if request.attached else None
    if request.person is None or not (paragraphs(request.text) or media):
        return None
    if draft := await _begun(request):
        return await _join(request, draft)
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
    )
    if len(teams) == 1:
        await announcements.choose(request.session, draft.id, [teams[0].id])
    choice = _choice(request.voice, await _laid_out(request, draft))
    return Reply(message=choice) if request.private else Reply(private=choice)


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


async def pick_team(request: Request, tap: PickTeamTap) -> Reply:
    """Add a team, or leave it out."""
    desk = await _desk(request, tap.announcement)
    if isinstance(desk, Reply):
        return desk
    if not any(team.id == tap.team for team in desk.teams):
        return Reply(toast=plain.denied(request.voice))
    return await _toggle(request, desk, {tap.team}, tap)


async def pick_unit(request: Request, tap: PickUnitTap) -> Reply:
    """Add all teams of a unit, or leave them out where all of them were in."""
    desk = await _desk(request, tap.announcement)
    if isinstance(desk, Reply):
        return desk
    unit = next((unit for unit in desk.branches if unit.id == tap.unit), None)
    if unit is None:
        return Reply(toast=plain.denied(request.voice))
    return await _toggle(request, desk, unit.teams, tap)


async def ask_receipt(request: Request, tap: AskReceiptTap) -> Reply:
    """Ask for receipts, or do not."""
    desk = await _desk(request, tap.announcement)
    if isinstance(desk, Reply):
        return desk
    desk.draft.wants_receipt = not desk.draft.wants_receipt
    request.session.add(desk.draft)
    return Reply(edit=_choice(request.voice, desk))


async def choose(request: Request, tap: ChooseTap) -> Reply:
    """Show a page of the choice."""
    desk = await _desk(request, tap.announcement)
    return desk if isinstance(desk, Reply) else Reply(edit=_choice(request.voice, desk, tap.page))


async def preview(request: Request, tap: PreviewTap) -> Reply:
    """Show what goes out, and to whom."""
    desk = await _desk(request, tap.announcement)
    if isinstance(desk, Reply):
        return desk
    if not desk.picked:
        return Reply(toast=words.nobody(request.voice))
    draft = desk.draft
    if draft.album and words.length(draft.html) > words.allowed(draft.media):
        return Reply(message=words.too_long(request.voice, draft.html, draft.media))
    count = await announcements.headcount(request.session, [team.id for team in desk.picked])
    pieces = await announcements.pieces(request.session, draft.id)
    return Reply(
        edit=words.preview(request.voice, draft, desk.author, desk.picked, count, len(pieces))
    )


async def send(request: Request, tap: SendTap) -> Reply:
    """Owe the announcement to every chosen team, once, and show how far it gets."""
    desk = await _desk(request, tap.announcement)
    if isinstance(desk, Reply):
        return desk
    if desk.lost:
        return await _without_lost(request, desk)
    if not desk.picked:
        return Reply(toast=words.nobody(request.voice))
    if not await announcements.close(request.session, desk.draft.id, Stage.SENT, request.now):
        return Reply(toast=words.ended(request.voice, sent=True))
    await _post(request, desk)
    count = str(len(desk.picked))
    await request.note(Doing.ANNOUNCED, other=desk.draft.id, detail=count)
    await outbox.adopt(
        request.session,
        progress_key(desk.draft.id),
        request.chat.id,
        request.message_id,
        request.now,
    )
    targets = await announcements.targets(request.session, desk.draft.id)
    return Reply(edit=words.progress(request.voice, desk.draft, targets, receipts.Tally()))


async def drop(request: Request, tap: DropTap) -> Reply:
    """Do not send it."""
    desk = await _desk(request, tap.announcement)
    if isinstance(desk, Reply):
        return desk
    await announcements.close(request.session, desk.draft.id, Stage.DROPPED, request.now)
    return Reply(edit=words.dropped(request.voice, desk.draft))


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


async def _desk(request: Request, announcement_id: int) -> Desk | Reply:
    """The sender's own draft; or else what to say instead."""
    if request.person is None:
        return Reply(toast=plain.gone(request.voice))
    draft = await announcements.written(request.session, announcement_id, request.person.id)
    if draft is None:
        return Reply(toast=plain.gone(request.voice))
    if draft.stage is not Stage.DRAFT:
        return Reply(toast=words.ended(request.voice, sent=draft.stage is Stage.SENT))
    return await _laid_out(request, draft)


async def _laid_out(request: Request, draft: Announcement) -> Desk:
    author = request.person.name if request.person else ""
    teams = await grants.teams(request.session, draft.author_id)
    branches = await announcements.branches(request.session, [team.id for team in teams])
    chosen = await announcements.chosen(request.session, draft.id)
    return Desk(draft, author, teams, branches, chosen)


def _choice(voice: Voice, desk: Desk, page: int = 0) -> Message:
    return words.choice(voice, desk.draft, desk.choices, page, len(desk.picked))


async def _toggle(
    request: Request, desk: Desk, teams: set[int] | frozenset[int], tap: PickTeamTap | PickUnitTap
) -> Reply:
    if teams <= desk.chosen:
        await announcements.leave_out(request.session, desk.draft.id, teams)
    else:
        await announcements.choose(request.session, desk.draft.id, teams)
    page = desk.page(tap)
    desk = await _laid_out(request, desk.draft)
    return Reply(edit=_choice(request.voice, desk, page))


async def _without_lost(request: Request, desk: Desk) -> Reply:
    """The right to some of the teams is gone: say which, and let the author look once more."""
    targets = await announcements.targets(request.session, desk.draft.id)
    names = [target.team.name for target in targets if target.team.id in desk.lost]
    await announcements.leave_out(request.session, desk.draft.id, desk.lost)
    return Reply(
        toast=words.lost(request.voice, names),
        alert=True,
        edit=_choice(request.voice, await _laid_out(request, desk.draft)),
    )


async def _post(request: Request, desk: Desk) -> None:
    """Owe the announcement to each of its teams that has a chat."""
    announcement = desk.draft
    targets = await announcements.targets(request.session, announcement.id)
    tallies = await receipts.tallies(
        request.session, announcement.id, [target.team for target in targets], request.now
    )
    pieces = await announcements.pieces(request.session, announcement.id)
    posts: list[outbox.Post] = []
    for team in (target.team for target in targets):
        if not team.chat_id:
            continue
        if pieces:  # without words or buttons of its own: Telegram allows it none of ours
            key = album_key(announcement.id, team.id)
            posts.append(outbox.Post(key, team.chat_id, words.album(pieces), team.topic_id))
        notice = words.notice(Voice(team.locale), announcement, desk.author, tallies[team.id])
        key = notice_key(announcement.id, team.id)
        posts.append(outbox.Post(key, team.chat_id, notice.send(), team.topic_id))
    await outbox.post_all(request.session, posts, request.now, expires_at=request.now + IN_TIME)


ROUTES: list[Route] = [
    Command("announce", announce, needs=Action.ANNOUNCE),
    Press(PickTeamTap, pick_team, needs=Action.ANNOUNCE),
    Press(PickUnitTap, pick_unit, needs=Action.ANNOUNCE),
    Press(AskReceiptTap, ask_receipt, needs=Action.ANNOUNCE),
    Press(ChooseTap, choose, needs=Action.ANNOUNCE),
    Press(PreviewTap, preview, needs=Action.ANNOUNCE),
    Press(SendTap, send, needs=Action.ANNOUNCE),
    Press(DropTap, drop, needs=Action.ANNOUNCE),
    Press(AsAnnouncementTap, instead, needs=Action.ANNOUNCE),
    Further(more, needs=Action.ANNOUNCE),
    Otherwise(sent_plainly, needs=Action.ANNOUNCE),
]
