"""Receipts: confirming an announcement, asking who has not, reminding them once."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from handlers import whom
from handlers.reading.spans import Span
from handlers.recipients import may_write
from handlers.requests import Asked, Press, Reply, Request, Route
from handlers.rules.calendar import DAY
from handlers.rules.occurrences import midnight
from handlers.rules.permissions import Action
from handlers.rules.questions import Kind
from handlers.taps.announcements import MissingTap, NudgeTap, ReceiptTap
from handlers.words import plain
from handlers.words import receipts as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import announcements, grants, outbox, receipts
from storage.announcements import notice_key, progress_key
from storage.receipts import Absentee
from storage.tables import Announcement, Member, Team

REST_FROM, REST_UNTIL = time(20), time(7)  # by the team's clock: nobody is reminded then
NUDGE_LIFE = timedelta(hours=1)


async def confirm(request: Request, tap: ReceiptTap) -> Reply:
    """I have received it: once for every place of mine that it was for."""
    places = await _places(request, tap.announcement)
    if not places:
        return Reply(toast=words.outsider(request.voice))
    member, team = places[0]
    before = await receipts.given(request.session, tap.announcement, member.id)
    keys = [progress_key(tap.announcement)]
    for own, at_home in places:
        await receipts.add(request.session, tap.announcement, own.id, request.now)
        keys.append(notice_key(tap.announcement, at_home.id))
    await outbox.touch(request.session, keys, request.now)
    if before:
        zone = ZoneInfo(team.timezone)
        toast = words.known(request.voice, before, zone, request.now)
    else:
        tally = await receipts.tally(request.session, tap.announcement, [team], request.now)
        toast = words.recorded(request.voice, tally.done)
    if not request.private:
        return Reply(toast=toast)
    announcement = await request.session.get_one(Announcement, tap.announcement)
    return Reply(toast=toast, edit=words.confirmed(request.voice, announcement))


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
    """Remind those who have not confirmed: quietly, in private, by day, and only once."""
    announcement = await _own(request, tap.announcement)
    if announcement is None or not announcement.wants_receipt:
        return Reply(toast=plain.gone(request.voice))
    if at := announcement.nudged_at:
        toast = words.nudged_before(request.voice, at, request.zone, request.now)
        return Reply(toast=toast)
    teams = await _reached(request, announcement)
    if not teams:
        return Reply(toast=plain.denied(request.voice))
    absent = await receipts.missing(request.session, announcement.id, teams, request.now)
    people = {one.person.id: one for one in absent if one.enrolled}
    if not people:
        return Reply(toast=words.complete(request.voice))
    if any(_at_rest(one.team, request.now) for one in people.values()):
        return Reply(toast=words.at_rest(request.voice))
    reachable = [
        one
        for one in people.values()
        if one.chat_id and may_write(one.person, ZoneInfo(one.team.timezone), request.now)
    ]
    if reachable and await receipts.nudge(request.session, announcement.id, request.now):
        await _remind(request, announcement, reachable)
    unreachable = len(people) - len(reachable)
    return Reply(toast=words.nudged(request.voice, len(reachable), unreachable))


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


def _at_rest(team: Team, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(team.timezone)).time()
    return local >= REST_FROM or local < REST_UNTIL


async def _remind(
    request: Request, announcement: Announcement, absent: Sequence[Absentee]
) -> None:
    posts = [
        outbox.Post(
            f"nudge:announcement:{announcement.id}:{one.person.id}",
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
    Press(MissingTap, missing, needs=Action.ANNOUNCE),
    Press(NudgeTap, nudge, needs=Action.ANNOUNCE),
]
