"""When we may write to somebody unasked: their own word on it."""

from datetime import date, time, timedelta

from handlers.reading.quiet import read_quiet
from handlers.recipients import hours
from handlers.requests import Command, Press, Reply, Request, Route
from handlers.rules.calendar import Calendar
from handlers.rules.permissions import Action
from handlers.taps.tutorials import PauseTap, QuietTap
from handlers.words import plain
from handlers.words import quiet as words
from handlers.words.message import Message
from storage import nudges
from storage import quiet as rows
from storage.tables import Person

LONGEST = timedelta(days=366)
DAY_LONG = 24 * 60  # minutes


async def asked(request: Request) -> Reply:
    """/quiet: how it stands, with buttons; behind it hours, a day, or that the pause is over."""
    person, calendar = request.person, await _calendar(request)
    if person is None:
        return _said(request, plain.line(plain.stranger(request.voice)))
    said = read_quiet(request.text, request.now, calendar)
    if said is None:
        return _said(request, words.how(request.voice))
    if said.hours is not None:
        await _keep(request, person, said.hours.start, said.hours.end)
    elif said.until is not None:
        if fault := _bad_day(request, calendar, said.until):
            return _said(request, plain.line(fault))
        await _pause(request, person, said.until)
    elif said.resume:
        await _pause(request, person, None)
    return _said(request, _shown(request, person, calendar))


async def chosen(request: Request, tap: QuietTap) -> Reply:
    """These hours."""
    person = request.person
    bounds = (tap.start, tap.end)
    if person is None or not request.private or not all(0 <= at < DAY_LONG for at in bounds):
        return Reply(toast=plain.gone(request.voice))
    start, end = (time(*divmod(at, 60)) for at in bounds)
    await _keep(request, person, start, end)
    shown = _shown(request, person, await _calendar(request))
    return Reply(toast=words.kept(request.voice), edit=shown)


async def paused(request: Request, tap: PauseTap) -> Reply:
    """Until then, or no longer."""
    person, calendar = request.person, await _calendar(request)
    if person is None or not request.private:
        return Reply(toast=plain.gone(request.voice))
    if tap.until is not None and (fault := _bad_day(request, calendar, tap.until)):
        return Reply(toast=fault, edit=_shown(request, person, calendar))
    await _pause(request, person, tap.until)
    return Reply(toast=words.kept(request.voice), edit=_shown(request, person, calendar))


async def _keep(request: Request, person: Person, start: time, end: time) -> None:
    await rows.keep_hours(request.session, person.id, start, end)
    await request.session.refresh(person)


async def _pause(request: Request, person: Person, until: date | None) -> None:
    await rows.pause(request.session, person.id, until)
    if until is not None and (chat := await request.private_chat()) is not None:
        await nudges.silence(request.session, chat.id, request.now)
    await request.session.refresh(person)


async def _calendar(request: Request) -> Calendar:
    """The days where the asker is: of their first team, or of the installation."""
    places = await request.places()
    return await request.calendar_of(places[0][1]) if places else request.calendar


def _bad_day(request: Request, calendar: Calendar, until: date) -> str:
    """What is wrong with the day on which a pause is to end; empty: nothing."""
    today = calendar.today(request.now)
    if not today < until <= today + LONGEST:
        return words.bad_day(request.voice, until)
    return ""


def _shown(request: Request, person: Person, calendar: Calendar) -> Message:
    today = calendar.today(request.now)
    until = person.paused_until if person.paused_until and person.paused_until > today else None
    return words.shown(request.voice, hours(person), until, today)


def _said(request: Request, message: Message) -> Reply:
    """In private, wherever it was asked: it is nobody else's matter."""
    return Reply(message=message) if request.private else Reply(private=message)


ROUTES: list[Route] = [
    Command("quiet", asked, needs=Action.HUSH),
    Press(QuietTap, chosen, needs=Action.HUSH),
    Press(PauseTap, paused, needs=Action.HUSH),
]
