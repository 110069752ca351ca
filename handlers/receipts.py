"""Receipts: confirming an announcement, asking who has not, reminding them now and then."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from handlers import whom
from handlers.outlooks import calendars_of
from handlers.reading.spans import Span
from handlers.recipients import may_write
from handlers.requests import Asked, Press, Reply, Request, Route
from handlers.rules.asks import working
from handlers.rules.calendar import DAY, Calendar
from handlers.rules.nudges import FAR, rested
from handlers.rules.occurrences import midnight
from handlers.rules.permissions import Action
from handlers.rules.questions import Kind
from handlers.taps.announcements import MissingTap, NudgeTap, ReceiptTap, UndoReceiptTap
from handlers.words import announcements as made
from handlers.words import plain
from handlers.words import receipts as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import announcements, grants, outbox, receipts
from storage.announcements import notice_key, progress_key
from storage.receipts import Absentee
from storage.tables import Announcement, Member, Receipt, Team

NUDGE_LIFE = timedelta(hours=1)
UNDO = timedelta(minutes=5)  # in which a receipt can be taken back
SLIP = timedelta(seconds=2)  # taps that follow each other faster are one
MEANT = timedelta(seconds=60)  # after the tap that says how, the next one takes it back


async def confirm(request: Request, tap: ReceiptTap) -> Reply:
    """I have received it: once for every place of mine that it was for."""
    found = await announcements.signed(request.session, tap.announcement)
    if found is None:
        return Reply(toast=await _unsent(request, tap.announcement))
    announcement, author = found
    if announcement.recalled_at:
        return Reply(toast=words.recalled(request.voice))
    places = await _places(request, tap.announcement)
    if not places:
        return Reply(toast=words.outsider(request.voice))
    _, team = places[0]
    members = [own.id for own, _ in places]
    before = await receipts.given(request.session, tap.announcement, members)
    until, zone = announcement.receipts_until, ZoneInfo(team.timezone)
    over = until is not None and until <= request.now
    if until and over and not before:
        said = words.closed(request.voice, until, author.name, zone, request.now)
        return Reply(toast=said, alert=True)
    if over or len(before) == len(places):
        first = min(before.values(), key=lambda row: row.at)
        return await _again(request, announcement, first, places)
    for own, _ in places:
        await receipts.add(request.session, tap.announcement, own.id, request.now)
    await _touch(request, tap.announcement, places)
    tally = await receipts.tally(request.session, tap.announcement, [team], request.now)
    toast = words.recorded(request.voice, tally.done)
    if not request.private:
        return Reply(toast=toast)
    return Reply(toast=toast, edit=words.confirmed(request.voice, announcement, undo=True))


async def _again(
    request: Request,
    announcement: Announcement,
    before: Receipt,
    places: Sequence[tuple[Member, Team]],
) -> Reply:
    """A second tap says when it was; the one after that, which is no slip, takes it back."""
    _, team = places[0]
    zone, now = ZoneInfo(team.timezone), request.now
    shown = words.confirmed(request.voice, announcement, undo=now - before.at < UNDO)
    edit = shown if request.private else None
    until = announcement.receipts_until
    since = now - before.at
    if not SLIP <= since < UNDO or (until and until <= now):
        return Reply(toast=words.known(request.voice, before.at, zone, now), edit=edit)
    waited = now - before.again_at if before.again_at else None
    if waited is not None and SLIP <= waited < MEANT and not request.private:
        await _undo(request, announcement, places)
        return Reply(toast=words.undone(request.voice))
    before.again_at = now if waited is None or waited >= MEANT else before.again_at
    request.session.add(before)
    said = words.known_undoable(request.voice, before.at, zone, now)
    return Reply(toast=said, alert=not request.private, edit=edit)


async def undo(request: Request, tap: UndoReceiptTap) -> Reply:
    """I have not received it after all: within minutes, in private."""
    found = await announcements.signed(request.session, tap.announcement)
    places = await _places(request, tap.announcement)
    if found is None or not places or found[0].recalled_at:
        return Reply(toast=plain.gone(request.voice))
    announcement, _ = found
    _, team = places[0]
    members = [own.id for own, _ in places]
    before = await receipts.given(request.session, tap.announcement, members)
    until, now = announcement.receipts_until, request.now
    if not before:
        return Reply(toast=plain.gone(request.voice))
    first = min(row.at for row in before.values())
    if now - first >= UNDO or (until and until <= now):
        edit = words.confirmed(request.voice, announcement) if request.private else None
        return Reply(toast=words.too_late(request.voice), edit=edit)
    await _undo(request, announcement, places)
    edit = words.nudge(request.voice, announcement, team.name) if request.private else None
    return Reply(toast=words.undone(request.voice), edit=edit)


async def _undo(
    request: Request, announcement: Announcement, places: Sequence[tuple[Member, Team]]
) -> None:
    members = [own.id for own, _ in places]
    await receipts.undo(request.session, announcement.id, members)
    await _touch(request, announcement.id, places)


async def _touch(
    request: Request, announcement_id: int, places: Sequence[tuple[Member, Team]]
) -> None:
    keys = [notice_key(announcement_id, team.id) for _, team in places]
    await outbox.touch(request.session, [progress_key(announcement_id), *keys], request.now)


async def _unsent(request: Request, announcement_id: int) -> str:
    """A receipt for what was not sent: its author tries the preview, or it was made up."""
    if await _own(request, announcement_id):
        return made.only_preview(request.voice)
    return words.outsider(request.voice)


async def missing(request: Request, tap: MissingTap) -> Reply:
    """Who has not confirmed, in the teams that the asker runs."""
    found = await announcements.signed(request.session, tap.announcement)
    if found is None:
        return Reply(toast=plain.gone(request.voice))
    announcement, _ = found
    teams = await _reached(request, announcement)
    if not teams:
        return Reply(toast=plain.denied(request.voice))
    absent = await receipts.missing(request.session, announcement.id, teams, request.now)
    if not absent:
        return Reply(toast=words.complete(request.voice))
    late = _gaps([one for one in absent if one.enrolled])
    unenrolled = _gaps([one for one in absent if not one.enrolled])
    return Reply(private=words.missing(request.voice, announcement, late, unenrolled))


async def unconfirmed(request: Request) -> Reply | None:
    """Who has not confirmed the last announcement, by team; names by right, in private."""
    circle = await whom.circle(request)
    if circle is None:
        return None
    teams = {team.id: team for team in circle.teams}
    span = request.question.period if request.question else None
    between = _moments(request, span) if span else None
    last = await receipts.latest(request.session, teams, between)
    if last is None:
        return whom.told(
            request,
            words.none_sent(request.voice, span, request.today),
            elsewhere=circle.elsewhere,
        )
    announcement, reached = last
    seen = {team.id for team in await request.run(Action.SEE_NAMES)}
    rows = await receipts.standings(
        request.session, announcement.id, [teams[one] for one in reached], request.now
    )
    parts = [(teams[one], [row for row in rows if row.team_id == one]) for one in reached]
    private = request.private or circle.elsewhere

    def told(names: bool) -> Message:
        by_right = seen if names else frozenset[int]()
        return words.standing(
            request.voice, announcement, parts, by_right, request.zone, request.now
        )

    if private or not seen & set(reached):
        return whom.told(request, told(private), elsewhere=circle.elsewhere)
    reachable = await request.private_chat() is not None
    return Reply(message=told(False), private=told(True) if reachable else None)


def _moments(request: Request, span: Span) -> tuple[datetime, datetime]:
    return midnight(span.first, request.zone), midnight(span.last + DAY, request.zone)


async def nudge(request: Request, tap: NudgeTap) -> Reply:
    """Remind those who have not confirmed: in private, while they are at work, and seldom."""
    announcement = await _own(request, tap.announcement)
    if announcement is None or not announcement.wants_receipt:
        return Reply(toast=plain.gone(request.voice))
    if announcement.recalled_at:
        return Reply(toast=words.recalled(request.voice))
    if announcement.receipts_until and announcement.receipts_until <= request.now:
        return Reply(toast=words.over(request.voice))
    teams = await _reached(request, announcement)
    if not teams:
        return Reply(toast=plain.denied(request.voice))
    absent = await receipts.missing(request.session, announcement.id, teams, request.now)
    people = {one.person.id: one for one in absent if one.enrolled}
    if not people:
        return Reply(toast=words.complete(request.voice))
    calendars = await _calendars(request, {one.team.id: one.team for one in people.values()})
    at_work = [one for one in people.values() if working(request.now, calendars[one.team.id])]
    if not at_work:
        return Reply(toast=words.at_rest(request.voice))
    before = announcement.nudged_at
    if not all(rested(before, request.now, calendars[one.team.id]) for one in at_work):
        assert before is not None
        toast = words.nudged_before(request.voice, before, request.zone, request.now)
        return Reply(toast=toast, alert=True)
    reachable = [
        one
        for one in at_work
        if one.chat_id and may_write(one.person, ZoneInfo(one.team.timezone), request.now)
    ]
    if reachable and await receipts.nudge(request.session, announcement.id, before, request.now):
        await _remind(request, announcement, reachable)
    unreachable = len(people) - len(reachable)
    return Reply(toast=words.nudged(request.voice, len(reachable), unreachable))


async def _calendars(request: Request, teams: Mapping[int, Team]) -> Mapping[int, Calendar]:
    """The working days of these teams, as far back as reminders are looked at."""
    today = request.today
    return await calendars_of(
        request.session, list(teams.values()), today - FAR, today + DAY, request.house.notices
    )


async def _own(request: Request, announcement_id: int) -> Announcement | None:
    if request.person is None:
        return None
    return await announcements.written(request.session, announcement_id, request.person.id)


async def _places(request: Request, announcement_id: int) -> Sequence[tuple[Member, Team]]:
    """The tapper's places that this chat speaks for: in a group, the one of its team."""
    if request.person is None:
        return []
    places = await receipts.places(request.session, announcement_id, request.person.id)
    if request.private:
        return places
    return [row for row in places if request.team and row[1].id == request.team.id]


async def _reached(request: Request, announcement: Announcement) -> Sequence[Team]:
    """The teams that have the announcement, as far as the asker runs them."""
    if request.person is None:
        return []
    runs = {team.id for team in await grants.teams(request.session, request.person.id)}
    targets = await announcements.targets(request.session, announcement.id)
    return [target.team for target in targets if target.reached and target.team.id in runs]


def _gaps(absent: Sequence[Absentee]) -> Sequence[words.Gap]:
    return [
        (name, [one.person.name for one in rows])
        for name, rows in groupby(absent, key=lambda one: one.team.name)
    ]


async def _remind(
    request: Request, announcement: Announcement, absent: Sequence[Absentee]
) -> None:
    number = int(request.now.timestamp())
    posts = [
        outbox.Post(
            f"nudge:announcement:{announcement.id}:{one.person.id}:{number}",
            one.chat_id,
            words.nudge(Voice(one.locale), announcement, one.team.name).send(),
        )
        for one in absent
        if one.chat_id
    ]
    await outbox.post_all(request.session, posts, request.now, expires_at=request.now + NUDGE_LIFE)


ROUTES: list[Route] = [
    Asked(Kind.UNCONFIRMED, unconfirmed),
    Press(ReceiptTap, confirm, needs=Action.CONFIRM),
    Press(UndoReceiptTap, undo, needs=Action.CONFIRM),
    Press(MissingTap, missing, needs=Action.ANNOUNCE),
    Press(NudgeTap, nudge, needs=Action.ANNOUNCE),
]
