"""The week on one page: of a team, of teams side by side, or one's own; for any week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from handlers import weekfigures
from handlers.reading.questions import WEEK as WEEK_WORDS
from handlers.reading.spans import Span
from handlers.reading.weeks import OWN, read_week, weeks_in
from handlers.requests import Command, Phrase, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.rules.weeks import Choice, monday, readable
from handlers.scopes import Scope, Unclear, parts, scope
from handlers.taps.weeks import (
    OwnWeekTap,
    WeekChoiceTap,
    WeekTap,
    WeekTimeTap,
    WeekUnitsTap,
    WeekWishTap,
)
from handlers.words import own_weeks, plain
from handlers.words import week_pictures as pictures
from handlers.words import week_times as words
from handlers.words.message import Message
from handlers.words.weeks import Ways, period
from storage import files, grants, outbox, teams, weektimes
from storage.kinds import Delivery
from storage.tables import Chat, Team

MOST = 300  # teams of one page that somebody asks for: others wait while their figures are read
IN_TIME = timedelta(hours=1)  # what could not be sent by then is asked for anew


@dataclass(frozen=True)
class Wanted:
    """Whose page, and of which week."""

    title: str
    teams: Sequence[Team]
    monday: date
    team: int = 0
    unit: int = 0


# -- asked for -------------------------------------------------------------------------------


async def asked(request: Request) -> Reply:
    """/week: of this week or another, of all my teams, of one, or of a unit; else my own."""
    line = " ".join(request.match.values()) if request.match else request.text
    own = OWN.fullmatch(line.strip())
    if own or not await request.run(Action.REPORT):
        return await _own_asked(request, "" if own else line)
    numbered = read_week(line, request.today)
    if numbered and numbered.monday is None:
        most = weeks_in(numbered.year)
        return _said(request, plain.line(words.no_such_week(request.voice, numbered.year, most)))
    try:
        meant = await scope(request, numbered.rest if numbered else line, Action.REPORT)
    except Unclear as fault:
        return _said(request, plain.line(str(fault)))
    span = meant.span
    if numbered and numbered.monday:
        span = Span(numbered.monday, numbered.monday)
    first = monday(span.first if span else request.today)
    if wrong := _at_fault(request, span, first):
        return _said(request, plain.line(wrong))
    if not meant.teams:
        return _said(request, plain.line(plain.denied(request.voice)))
    return await _send(request, await _named(request, meant, first))


def _at_fault(request: Request, span: Span | None, first: date) -> str:
    if span and span.days > 7:
        return words.whole_weeks(request.voice)
    return "" if readable(first, request.today) else words.too_old(request.voice)


async def _named(request: Request, meant: Scope, first: date) -> Wanted:
    if meant.team is not None:
        return Wanted(meant.team.name, [meant.team], first, team=meant.team.id)
    if meant.part is not None:
        part = meant.part
        return Wanted(part.name, part.teams, first, unit=part.unit_id)
    return await _mine(request, meant.run, first)


async def _mine(request: Request, run: Sequence[Team], first: date) -> Wanted:
    """All that somebody looks after, by the name of the unit that it is, if it is one."""
    if len(run) == 1:
        return Wanted(run[0].name, run, first, team=run[0].id)
    found = await parts(request.session, run)
    if whole := [part for part in found if len(part.teams) == len(run)]:
        assert request.person is not None
        held = {one.unit_id for one in await grants.of(request.session, request.person.id)}
        unit = next((part for part in whole if part.unit_id in held), whole[-1])
        return Wanted(unit.name, run, first, unit=unit.unit_id)
    return Wanted(request.voice.plain("week.mine", n=len(run)), run, first)


async def _own_asked(request: Request, line: str) -> Reply:
    numbered = read_week(line, request.today)
    first: date | None = monday(request.today)
    if numbered:
        first = numbered.monday
    elif line.strip():
        try:
            span = (await scope(request, line, Action.REPORT)).span
        except Unclear as fault:
            return _said(request, plain.line(str(fault)))
        first = monday(span.first) if span and span.days <= 7 else None
    if first is None or not readable(first, request.today):
        return _said(request, plain.line(words.whole_weeks(request.voice)))
    message = await _own(request, first)
    if message is None:
        return _said(request, plain.line(words.nobodys(request.voice)))
    return _said(request, message)


# -- a page ----------------------------------------------------------------------------------


async def turned(request: Request, tap: WeekTap) -> Reply:
    """Another week, or other teams of it: in the place of the page that was pressed."""
    if not request.private or not readable(tap.monday, request.today):
        return Reply(toast=plain.gone(request.voice))
    run = await request.run(Action.REPORT)
    wanted: Wanted | None = None
    if tap.team:
        team = next((team for team in run if team.id == tap.team), None)
        wanted = Wanted(team.name, [team], tap.monday, team=team.id) if team else None
    elif tap.unit:
        found = await parts(request.session, run)
        part = next((part for part in found if part.unit_id == tap.unit), None)
        wanted = Wanted(part.name, part.teams, tap.monday, unit=part.unit_id) if part else None
    elif run:
        wanted = await _mine(request, run, tap.monday)
    if wanted is None:
        return Reply(toast=plain.denied(request.voice))
    if len(wanted.teams) > MOST:
        return Reply(toast=words.too_many(request.voice, len(wanted.teams), MOST), alert=True)
    session, now = request.session, request.now
    toast = words.turned(request.voice, period(request.voice, tap.monday))
    row = await outbox.by_message(session, request.chat.id, request.message_id)
    if row is None or row.method != "sendPhoto":
        busy = await _busy(request)
        if not busy:
            await _post(request, request.chat, wanted)
        return Reply(toast=busy or toast)
    call = (await _page(request, wanted, tap.page)).replaces()
    await outbox.edit(session, [(row, call)], now, priority=outbox.URGENT)
    return Reply(toast=toast)


async def _send(request: Request, wanted: Wanted) -> Reply:
    """Owe the page, to the asker alone."""
    if len(wanted.teams) > MOST:
        many = words.too_many(request.voice, len(wanted.teams), MOST)
        return _said(request, plain.line(many))
    chat = request.chat if request.private else await request.private_chat()
    if chat is None:
        return _said(request, plain.line(words.in_private(request.voice)))
    if busy := await _busy(request):
        return _said(request, plain.line(busy))
    await _post(request, chat, wanted)
    if request.private:
        return Reply()
    return Reply(message=plain.line(words.in_private(request.voice)))


async def _busy(request: Request) -> str:
    """Why no other page is made now; empty: it is. One at a time for each person."""
    owed = await outbox.tally(request.session, _key(request, ""))
    waits = owed.get(Delivery.PENDING) or owed.get(Delivery.SENDING)
    return words.busy(request.voice) if waits else ""


async def _post(request: Request, chat: Chat, wanted: Wanted) -> None:
    said = await _page(request, wanted, 0)
    await outbox.post(
        request.session,
        _key(request, f"{request.now:%Y%m%d%H%M%S%f}"),
        chat.id,
        said.send(),
        request.now,
        priority=outbox.URGENT,
        expires_at=request.now + IN_TIME,
    )


def _key(request: Request, rest: str) -> str:
    assert request.person is not None
    return f"weekasked:{request.person.id}:{rest}"


async def _page(request: Request, wanted: Wanted, number: int) -> Message:
    session = request.session
    units = await teams.unit_names(session, {team.unit_id for team in wanted.teams})
    found = await weekfigures.figures(session, wanted.teams, wanted.monday, request.now)
    each = [(team, units[team.unit_id]) for team in wanted.teams]
    page = weekfigures.page(wanted.title, each, found, wanted.monday, request.now)
    ways = Ways(
        wanted.team,
        wanted.unit,
        min(max(number, 0), pictures.parts(page) - 1),
        pictures.parts(page),
        monday(request.today),
        own=bool(await _places(request)),
        runs=bool(await _units(request)),
    )
    message, drawing = weekfigures.composed(request.voice, page, ways)
    await files.keep(session, drawing, request.now)
    return message


# -- one's own -------------------------------------------------------------------------------


async def own_pressed(request: Request, tap: OwnWeekTap) -> Reply:
    """My own week."""
    if not request.private or not readable(tap.monday, request.today):
        return Reply(toast=plain.gone(request.voice))
    return await _shown(request, await _own(request, tap.monday))


async def wished(request: Request, tap: WeekWishTap) -> Reply:
    """It is to come each week, or not any more."""
    person = request.person
    forged = tap.on not in {0, 1} or not readable(tap.monday, request.today)
    if person is None or not request.private or forged:
        return Reply(toast=plain.gone(request.voice))
    if not await _places(request):
        return Reply(toast=plain.denied(request.voice))
    await weektimes.wish(request.session, person.id, request.now, on=bool(tap.on))
    toast = own_weeks.wishes(request.voice, on=bool(tap.on))
    return Reply(toast=toast, edit=await _own(request, tap.monday))


async def _shown(request: Request, message: Message | None) -> Reply:
    """In the place of what was pressed, if that was words; beneath a picture if it was one."""
    if message is None:
        return Reply(toast=plain.denied(request.voice))
    row = await outbox.by_message(request.session, request.chat.id, request.message_id)
    pictured = row is not None and row.method == "sendPhoto"
    return Reply(message=message) if pictured else Reply(edit=message)


async def _places(request: Request) -> Sequence[Team]:
    if request.person is None:
        return []
    places = await request.places()
    return [team for _, team in places]


async def _own(request: Request, first: date) -> Message | None:
    person, places = request.person, await _places(request)
    if person is None or not places:
        return None
    zone = ZoneInfo(places[0].timezone)
    session, now = request.session, request.now
    found = await weekfigures.own(session, [person.id], zone, first, now)
    return own_weeks.told(
        request.voice,
        [team.name for team in places],
        first,
        found[person.id],
        monday(now.astimezone(zone).date()),
        wished=await weektimes.wished(session, person.id),
        leads=bool(await request.run(Action.REPORT)),
    )


# -- when it comes ---------------------------------------------------------------------------


async def units_pressed(request: Request, tap: WeekUnitsTap) -> Reply:
    """Of which of my units? Of the one there is."""
    units = await _units(request)
    if not request.private or not units:
        return Reply(toast=plain.denied(request.voice))
    if len(units) == 1:
        message = await _time(request, next(iter(units)), units)
    else:
        message = words.which(request.voice, units, tap.page)
    return await _shown(request, message)


async def time_pressed(request: Request, tap: WeekTimeTap) -> Reply:
    """When the page of a unit comes."""
    units = await _units(request)
    if not request.private or tap.unit not in units:
        return Reply(toast=plain.denied(request.voice))
    return Reply(edit=await _time(request, tap.unit, units))


async def time_chosen(request: Request, tap: WeekChoiceTap) -> Reply:
    """It comes then from now on, or never unasked."""
    units = await _units(request)
    if not request.private or tap.unit not in units or request.person is None:
        return Reply(toast=plain.denied(request.voice))
    if not words.offered(tap.weekday, tap.hour):
        return Reply(toast=plain.gone(request.voice))
    choice = Choice(
        None if tap.weekday == words.LAST else tap.weekday,
        None if tap.hour == words.NEVER else tap.hour,
    )
    await weektimes.choose(
        request.session,
        tap.unit,
        choice.weekday,
        choice.hour,
        request.person.id,
        request.now,
    )
    edit = await _time(request, tap.unit, units)
    return Reply(toast=words.chosen(request.voice, choice), edit=edit)


async def _units(request: Request) -> Mapping[int, str]:
    return await grants.units(request.session, request.person.id) if request.person else {}


async def _time(request: Request, unit: int, units: Mapping[int, str]) -> Message:
    session = request.session
    times = await weektimes.times(session)
    parents = await weektimes.parents(session)
    at: int | None = unit
    while at is not None and at not in times:
        at = parents.get(at)
    choice, above = Choice(), ""
    if at is not None:
        choice = Choice(times[at].weekday, times[at].hour)
        if at != unit:
            above = (await teams.unit_names(session, [at]))[at]
    return words.shown(request.voice, unit, units[unit], choice, above, several=len(units) > 1)


def _said(request: Request, message: Message) -> Reply:
    """In private, wherever it was asked."""
    return Reply(message=message) if request.private else Reply(private=message)


ROUTES: list[Route] = [
    Command("week", asked, needs=Action.WEEK),
    Phrase(WEEK_WORDS, asked, needs=Action.WEEK),
    Press(WeekTap, turned, needs=Action.REPORT),
    Press(OwnWeekTap, own_pressed, needs=Action.WEEK),
    Press(WeekWishTap, wished, needs=Action.STUDY),
    Press(WeekUnitsTap, units_pressed, needs=Action.SWITCH),
    Press(WeekTimeTap, time_pressed, needs=Action.SWITCH),
    Press(WeekChoiceTap, time_chosen, needs=Action.SWITCH),
]
