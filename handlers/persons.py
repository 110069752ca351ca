"""What is asked of one person: their mornings, how many in a row, and what they have open."""

from handlers import whom
from handlers.reading.questions import Question
from handlers.reading.spans import Span
from handlers.reading.spans import month as this_month
from handlers.requests import Reply, Request
from handlers.rules.questions import Kind
from handlers.rules.streaks import unbroken
from handlers.scopes import at_fault
from handlers.words import persons as words
from handlers.words import plain
from handlers.words.message import Message
from handlers.words.voice import Html
from storage import attendance, checkins, pending
from storage.attendance import Seated

ALL = 1000  # mornings: four years of them
ABOUT = frozenset({Kind.CHECKINS, Kind.STREAK, Kind.PROMISES, Kind.OVERDUE, Kind.DUE})


async def about(request: Request, question: Question) -> Reply | None:
    """The answer on whoever is meant, in private; a choice, or None where nobody is."""
    found = await whom.people(request, question)
    if found is None or isinstance(found, Reply):
        return found
    parts: list[Html] = []
    for seat in found:
        answer = await of_seat(request, question, seat)
        if isinstance(answer, str):
            return whom.told(request, plain.line(answer), elsewhere=True)
        parts.append(Html(answer.html))
    return whom.told(request, Message(Html("\n\n".join(parts))), elsewhere=True)


async def of_seat(request: Request, question: Question, seat: Seated) -> Message | str:
    """The answer on one place of somebody's; a sentence where the days cannot be answered."""
    (local,) = whom.local(request, [seat.team])
    span = local.span or question.period
    mine = request.person is not None and request.person.id == seat.person.id
    who = words.Who(seat.person.name, seat.team.name, mine)
    if question.kind in {Kind.CHECKINS, Kind.STREAK}:
        if span and (fault := at_fault(request, span)):
            return fault
        if question.kind is Kind.STREAK:
            return await _streak(request, who, seat)
        return await _checkins(request, who, seat, span, local)
    return await _promises(request, who, seat, question.kind, span, local)


async def _checkins(
    request: Request,
    who: words.Who,
    seat: Seated,
    span: Span | None,
    local: whom.Local,
) -> Message:
    """The days that were named; none: today, and the month up to now."""
    today = local.today
    days = span or this_month(today)
    days = Span(days.first, min(days.last, today))
    rows = await attendance.history(
        request.session, seat.member.id, seat.team.id, days.first, days.last
    )
    return words.checkins(
        request.voice,
        who,
        days,
        rows,
        local.calendar.zone,
        request.now,
        today=None if span else today,
        one_day=span is not None and span.days == 1,
    )


async def _streak(request: Request, who: words.Who, seat: Seated) -> Message:
    rows = await checkins.history(request.session, seat.member.id, ALL)
    return words.streak(request.voice, who, unbroken(rows))


async def _promises(
    request: Request,
    who: words.Who,
    seat: Seated,
    kind: Kind,
    span: Span | None,
    local: whom.Local,
) -> Message:
    rows, asked = await pending.mine(request.session, seat.person.id, seat.team.id)
    if kind is Kind.OVERDUE and span is None:
        rows = [row for row in rows if row[0].due_at < request.now]
    if kind is Kind.DUE and span is None:
        span = Span(local.today, local.today)
    if span is not None:
        begin, end = local.moments(span)
        rows = [row for row in rows if begin <= row[0].due_at < end]
    only = [row for row, _ in rows]
    return words.promises(
        request.voice,
        who,
        only,
        span,
        local.calendar,
        request.now,
        asked,
        overdue=kind is Kind.OVERDUE,
    )
