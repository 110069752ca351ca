"""When an announcement is sent, until when its receipts count; what waits for its time."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from handlers.desks import UNSENT, Desk, choice, desk, laid_out
from handlers.outlooks import calendars_of
from handlers.reading.moments import read_moment, says_never
from handlers.requests import Press, Reply, Request, Route
from handlers.rules.calendar import DAY, Calendar
from handlers.rules.dues import end_of
from handlers.rules.occurrences import occurrence
from handlers.rules.permissions import Action
from handlers.taps.announcements import (
    DaysTap,
    DayTap,
    HoldTap,
    SendAtTap,
    ShowTap,
    TimingTap,
    UntilAtTap,
    UntilTap,
)
from handlers.words import announcements as made
from handlers.words import dispatches as going
from handlers.words import plain
from handlers.words import timings as words
from handlers.words.message import Message
from handlers.words.voice import Html
from storage import announcements, cues, dispatches, outbox, receipts
from storage.announcements import progress_key, scheduled_key
from storage.kinds import Cueing, Stage
from storage.tables import Announcement, Cue, Team

FARTHEST = timedelta(days=366)
MORNING, EVENING = time(8), time(18)
SOON = timedelta(minutes=10)  # what is nearer than that is not offered
HOURS = [time(7), time(7, 30), *(time(hour) for hour in range(8, 21)), time(21)]
WEEK, SHOWN = timedelta(days=7), 42  # days that the small calendar may show
LATELY = 5  # sent announcements in the list, and drafts
FRESH = timedelta(days=7)  # older drafts were left lying


# -- when it is sent -------------------------------------------------------------------------


async def timing(request: Request, tap: TimingTap) -> Reply:
    """Ask when it is to be sent: some moments, or the author's next words."""
    found = await desk(request, tap.announcement, UNSENT)
    if isinstance(found, Reply):
        return found
    draft = found.draft
    await cues.give(request.session, draft.author_id, draft.id, Cueing.WHEN, request.now)
    zone, calendar = found.zone(request), found.calendar(request)
    offers = _starts(request.now, calendar)
    return Reply(edit=words.when(request.voice, draft, offers, zone, request.now))


async def send_at(request: Request, tap: SendAtTap) -> Reply:
    """It is to be sent then."""
    found = await desk(request, tap.announcement, UNSENT)
    if isinstance(found, Reply):
        return found
    if tap.at == 0 and found.draft.stage is Stage.SCHEDULED:
        return Reply(toast=plain.gone(request.voice))
    at = _moment(tap.at)
    if at and (fault := _start_fault(request, found, at)):
        return Reply(toast=made.plain(fault), alert=True)
    page = await _started(request, found, at)
    off = await resting(request, found.picked, at)
    return Reply(toast=words.resting(request.voice, off) if off else "", edit=page)


async def said_when(request: Request, cue: Cue) -> Reply:
    """The same, in the author's words."""
    found = await desk(request, cue.announcement_id, UNSENT)
    if isinstance(found, Reply):
        return await _over(request, cue, found)
    waits = found.draft.stage is Stage.SCHEDULED
    if says_never(request.text) and not waits:
        return Reply(message=await _started(request, found, None))
    moment = read_moment(request.text, request.now, found.calendar(request))
    if moment is None or not moment.timed:
        said = words.untimed if moment else words.unread
        return Reply(message=words.problem(said(request.voice)))
    if fault := _start_fault(request, found, moment.at):
        return Reply(message=words.problem(fault))
    message = await _started(request, found, moment.at)
    return Reply(message=message, keeps=scheduled_key(found.draft.id) if waits else "")


def _start_fault(request: Request, found: Desk, at: datetime) -> Html | None:
    return _fault(request, found, at, (at, found.draft.receipts_until))


def _fault(
    request: Request, found: Desk, at: datetime, span: tuple[datetime | None, datetime | None]
) -> Html | None:
    """What is wrong with a moment. `span`: when it would go out, and receipts end to count."""
    if at <= request.now:
        return words.past(request.voice, at, found.zone(request), request.now)
    if at > request.now + FARTHEST:
        return words.too_far(request.voice)
    start, end = span
    return words.too_early(request.voice) if start and end and end <= start else None


async def _started(request: Request, found: Desk, at: datetime | None) -> Message:
    found.draft.send_at = at
    request.session.add(found.draft)
    await cues.end(request.session, found.draft.author_id)
    if found.draft.stage is Stage.SCHEDULED:
        return await scheduled(request, found)
    return choice(request, found)


def _starts(now: datetime, calendar: Calendar) -> Sequence[datetime]:
    """This evening, tomorrow morning, the next workday's, the Monday after: what is to come."""
    today = calendar.today(now)
    days = [today + DAY, calendar.next_workday(today), calendar.next_workday(today, 2)]
    found = {occurrence(day, MORNING, calendar.zone) for day in days}
    evening = occurrence(today, EVENING, calendar.zone)
    return sorted(at for at in {*found, evening} if at > now + SOON)


# -- until when receipts count ---------------------------------------------------------------


async def until(request: Request, tap: UntilTap) -> Reply:
    """Ask until when receipts count."""
    found = await desk(request, tap.announcement)
    if isinstance(found, Reply):
        return found
    draft = found.draft
    await cues.give(request.session, draft.author_id, draft.id, Cueing.UNTIL, request.now)
    start = max(draft.send_at or request.now, request.now)
    offers = _ends(start, found.calendar(request))
    zone = found.zone(request)
    return Reply(edit=words.until(request.voice, draft, offers, zone, request.now))


async def until_at(request: Request, tap: UntilAtTap) -> Reply:
    """They count until then."""
    found = await desk(request, tap.announcement)
    if isinstance(found, Reply):
        return found
    at = _moment(tap.at)
    if at and (fault := _end_fault(request, found, at)):
        return Reply(toast=made.plain(fault), alert=True)
    return Reply(edit=await _ended(request, found, at))


async def said_until(request: Request, cue: Cue) -> Reply:
    """The same, in the author's words."""
    found = await desk(request, cue.announcement_id)
    if isinstance(found, Reply):
        return await _over(request, cue, found)
    if says_never(request.text):
        return Reply(message=await _ended(request, found, None))
    moment = read_moment(request.text, request.now, found.calendar(request))
    if moment is None:
        return Reply(message=words.problem(words.unread(request.voice)))
    if fault := _end_fault(request, found, moment.at):
        return Reply(message=words.problem(fault))
    return Reply(message=await _ended(request, found, moment.at))


def _end_fault(request: Request, found: Desk, at: datetime) -> Html | None:
    return _fault(request, found, at, (found.draft.send_at, at))


async def _ended(request: Request, found: Desk, at: datetime | None) -> Message:
    found.draft.receipts_until = at
    request.session.add(found.draft)
    await cues.end(request.session, found.draft.author_id)
    return choice(request, found)


def _ends(start: datetime, calendar: Calendar) -> Sequence[datetime]:
    """The ends of this working day, of the next, and of the third after it."""
    today = calendar.today(start)
    days = [today, calendar.next_workday(today), calendar.next_workday(today, 3)]
    return [at for day in days if (at := end_of(day, calendar)) > start + SOON]


# -- by the calendar -------------------------------------------------------------------------


async def days(request: Request, tap: DaysTap) -> Reply:
    """A small calendar: days on which all chosen teams rest are marked."""
    found = await desk(request, tap.announcement, UNSENT)
    if isinstance(found, Reply):
        return found
    calendar = await _calendar(request, found)
    draft = found.draft
    return Reply(edit=words.which_day(request.voice, draft, tap.until, calendar, request.now))


async def day(request: Request, tap: DayTap) -> Reply:
    """Times of that day, as far as they are to come."""
    found = await desk(request, tap.announcement, UNSENT)
    if isinstance(found, Reply):
        return found
    zone, soon = found.zone(request), request.now + SOON
    today = found.calendar(request).today(request.now)
    if tap.day < today:
        return Reply(toast=words.day_over(request.voice))
    if tap.day >= today + FARTHEST:
        return Reply(toast=made.plain(words.too_far(request.voice)))
    offers = [at for hour in HOURS if (at := occurrence(tap.day, hour, zone)) > soon]
    if not offers:
        return Reply(toast=words.day_over(request.voice))
    off = [] if tap.until else await resting(request, found.picked, offers[0])
    page = words.which_hour(request.voice, found.draft, tap.until, offers, zone, off)
    return Reply(edit=page)


async def _calendar(request: Request, found: Desk) -> Calendar:
    """The days on which any of the chosen teams works."""
    usual = found.calendar(request)
    if not found.picked:
        return usual
    first = usual.today(request.now) - WEEK
    shown = [first + n * DAY for n in range(SHOWN)]
    theirs = await calendars_of(
        request.session, found.picked, shown[0], shown[-1], request.house.notices
    )
    work = {one for one in shown if any(own.works(one) for own in theirs.values())}
    return replace(usual, off=frozenset(set(shown) - work), work=frozenset(work))


# -- what waits for its time -----------------------------------------------------------------


async def scheduled(request: Request, found: Desk, *, keep: bool = False) -> Message:
    """How what waits is shown. `keep`: the pressed message shows it from now on."""
    draft = found.draft
    if keep:
        await outbox.adopt(
            request.session,
            scheduled_key(draft.id),
            request.chat.id,
            request.message_id,
            request.now,
        )
    targets = await announcements.targets(request.session, draft.id)
    off = await resting(request, found.picked, draft.send_at)
    zone = found.zone(request)
    return words.scheduled(request.voice, draft, targets, zone, request.now, off)


async def hold(request: Request, tap: HoldTap) -> Reply:
    """It is a draft again, and not sent by the clock."""
    found = await desk(request, tap.announcement, (Stage.SCHEDULED,))
    if isinstance(found, Reply):
        return found
    found.draft.stage, found.draft.send_at = Stage.DRAFT, None
    request.session.add(found.draft)
    await cues.end(request.session, found.draft.author_id)
    return Reply(edit=choice(request, await laid_out(request, found.draft)))


async def show(request: Request, tap: ShowTap) -> Reply:
    """How one of the author's own stands: the message that stands is this one from now on."""
    if request.person is None:
        return Reply(toast=plain.gone(request.voice))
    own = await announcements.written(request.session, tap.announcement, request.person.id)
    if own is None or own.stage is Stage.DROPPED:
        return Reply(toast=plain.gone(request.voice))
    await cues.end(request.session, own.author_id)
    found = await laid_out(request, own)
    if own.stage is Stage.DRAFT:
        return Reply(edit=choice(request, found))
    if own.stage is Stage.SCHEDULED:
        return Reply(edit=await scheduled(request, found, keep=True))
    await outbox.adopt(
        request.session,
        progress_key(own.id),
        request.chat.id,
        request.message_id,
        request.now,
    )
    return Reply(edit=await _progress(request, own, found))


async def _progress(request: Request, own: Announcement, found: Desk) -> Message:
    targets = await announcements.targets(request.session, own.id)
    reached = [target.team for target in targets if target.reached]
    tally = await receipts.tally(request.session, own.id, reached, request.now)
    _, _, _, corrected = (await announcements.noticed(request.session, [own.id]))[own.id]
    return going.progress(
        request.voice,
        own,
        targets,
        tally,
        found.zone(request),
        request.now,
        corrected,
        await dispatches.mishaps(request.session, own),
    )


async def mine(request: Request) -> Reply:
    """What waits for its time and what was sent lately, and how an announcement is made."""
    assert request.person is not None
    person_id = request.person.id
    waiting = await dispatches.scheduled(request.session, person_id)
    begun = await dispatches.drafts(request.session, person_id, request.now - FRESH, LATELY)
    sent = await dispatches.latest(request.session, person_id, LATELY)
    message = words.mine(request.voice, waiting, begun, sent, request.zone, request.now)
    return Reply(message=message) if request.private else Reply(private=message)


async def resting(request: Request, teams: Collection[Team], at: datetime | None) -> Sequence[str]:
    """The teams that have a day off at a moment."""
    if at is None:
        return []
    day = at.astimezone(request.zone).date()
    found = await calendars_of(request.session, teams, day - DAY, day + DAY, request.house.notices)
    return [team.name for team in teams if not found[team.id].works(found[team.id].today(at))]


async def _over(request: Request, cue: Cue, found: Reply) -> Reply:
    """What the words were for is not to be changed any more."""
    await cues.end(request.session, cue.person_id)
    return replace(found, toast="", message=plain.line(found.toast))


def _moment(seconds: int) -> datetime | None:
    """The moment that a button carries; what nobody can mean is long past."""
    if not seconds:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)


ROUTES: list[Route] = [
    Press(TimingTap, timing, needs=Action.ANNOUNCE),
    Press(SendAtTap, send_at, needs=Action.ANNOUNCE),
    Press(UntilTap, until, needs=Action.ANNOUNCE),
    Press(UntilAtTap, until_at, needs=Action.ANNOUNCE),
    Press(DaysTap, days, needs=Action.ANNOUNCE),
    Press(DayTap, day, needs=Action.ANNOUNCE),
    Press(HoldTap, hold, needs=Action.ANNOUNCE),
    Press(ShowTap, show, needs=Action.ANNOUNCE),
]
