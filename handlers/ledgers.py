"""The ledger of teams: what happened on some days, as one file, for whoever leads them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.reading.questions import LEDGER
from handlers.reading.spans import Span
from handlers.requests import Command, Otherwise, Press, Reply, Request, Route
from handlers.rules.calendar import DAY
from handlers.rules.occurrences import midnight
from handlers.rules.permissions import Action
from handlers.scopes import Scope, Unclear, at_fault, moments, parts, scope
from handlers.taps import Tap
from handlers.taps.ledgers import LedgerTap, LedgerTeamsTap, LedgerUnitTap
from handlers.words import ledger_files as words
from handlers.words import plain
from handlers.words.message import Message
from storage import ledgers, outbox
from storage.database import Session, alone
from storage.kinds import Delivery, Doing
from storage.ledgers import Ledger
from storage.tables import Team

MOST = 1500  # days of teams in one file: forty teams' month, or four teams' year
IN_TIME = timedelta(days=1)  # what could not be sent by then is asked for anew
NAME = 12  # characters of what may be a name that is not known; more are meant otherwise


async def ledger(session: Session, team: Team, unit: str, first: date, last: date) -> Ledger:
    """The facts of a team's days, both included, each day as the team's zone has it."""
    zone = ZoneInfo(team.timezone)
    span = midnight(first, zone), midnight(last + DAY, zone)
    return await ledgers.ledger(session, team, unit, first, last, span)


def this_month(now: datetime, zone: ZoneInfo) -> tuple[date, date]:
    """From the first of the month to today."""
    today = now.astimezone(zone).date()
    return today.replace(day=1), today


# -- asked for in a chat ---------------------------------------------------------------------


async def asked(request: Request) -> Reply:
    """/ledger: as far as the line does not say it, of which days, and of which teams?"""
    try:
        return await _answer(request, await scope(request, request.text, Action.REPORT))
    except Unclear as fault:
        return _said(request, plain.line(str(fault)))


async def said(request: Request) -> Reply | None:
    """台账 上月, 一班上月的台账: the same, as far as it is nothing else that speaks of ledgers."""
    found = LEDGER.fullmatch(request.text.strip())
    if found is None or request.attached is not None:
        return None
    before, rest = (found["before"] or "").strip(), found["rest"].strip()
    may = await request.may(Action.REPORT)
    try:
        meant = await scope(request, f"{before} {rest}", Action.REPORT)
    except Unclear as fault:
        typed = not before and len(fault.name) <= NAME
        if fault.name and not (typed and fault.span):
            return None
        return Reply(message=plain.line(str(fault) if may else plain.denied(request.voice)))
    if not may:
        return Reply(message=plain.line(plain.denied(request.voice)))
    return await _answer(request, meant)


async def paged(request: Request, tap: LedgerTeamsTap) -> Reply:
    """Of which teams? A page of them."""
    run = await request.run(Action.REPORT)
    if not request.private or not run:
        return Reply(toast=plain.denied(request.voice))
    span = Span(tap.first, tap.last)
    if fault := at_fault(request, span):
        return Reply(toast=fault)
    if len(run) == 1:
        return await _make(request, run, run[0].name, span)
    return Reply(edit=await _choice(request, run, span, tap.page))


async def of_team(request: Request, tap: LedgerTap) -> Reply:
    """The file of one team's days."""
    run = await request.run(Action.REPORT)
    team = next((team for team in run if team.id == tap.team), None)
    if not request.private or team is None:
        return Reply(toast=plain.denied(request.voice))
    return await _make(request, [team], team.name, Span(tap.first, tap.last))


async def of_unit(request: Request, tap: LedgerUnitTap) -> Reply:
    """The file of all the teams of a unit."""
    run = await request.run(Action.REPORT)
    found = await parts(request.session, run) if request.private else []
    part = next((part for part in found if part.unit_id == tap.unit), None)
    if part is None:
        return Reply(toast=plain.denied(request.voice))
    return await _make(request, part.teams, part.name, Span(tap.first, tap.last))


async def known(
    session: Session, wanted: str
) -> tuple[Sequence[tuple[Team, str]], Span, datetime]:
    """What a file that is owed was asked for: teams with their units' names, days, and when."""
    first, last, at, *ids = wanted.partition("/")[0].split(",")
    found = await ledgers.numbered(session, [int(team) for team in ids])
    days = Span(date.fromisoformat(first), date.fromisoformat(last))
    return found, days, datetime.fromisoformat(at)


async def _answer(request: Request, meant: Scope) -> Reply:
    """Ask for what is not known yet; in private, make the file at once where all is known."""
    if not meant.teams:
        return _said(request, words.nobody(request.voice))
    name = meant.team.name if meant.team else meant.part.name if meant.part else ""
    only = meant.team or (meant.run[0] if len(meant.run) == 1 else None)
    if meant.span is None:
        asks = words.when(request.voice, name, request.today, lambda span: _tap(only, meant, span))
        return _said(request, asks)
    if not request.private or (only is None and meant.part is None):
        return _said(request, await _choice(request, meant.teams, meant.span, 0))
    made = await _make(request, meant.teams, name or meant.teams[0].name, meant.span)
    return Reply(message=plain.line(made.toast))


def _tap(team: Team | None, meant: Scope, span: Span) -> Tap:
    if team is not None:
        return LedgerTap(team.id, span.first, span.last)
    if meant.part is not None:
        return LedgerUnitTap(meant.part.unit_id, span.first, span.last)
    return LedgerTeamsTap(0, span.first, span.last)


async def _choice(request: Request, run: Sequence[Team], span: Span, page: int) -> Message:
    """Units with all their teams first, then the teams."""
    whole = [
        words.Choice(
            part.name, LedgerUnitTap(part.unit_id, span.first, span.last), len(part.teams)
        )
        for part in await parts(request.session, run)
    ]
    each = [words.Choice(team.name, LedgerTap(team.id, span.first, span.last)) for team in run]
    return words.whose(request.voice, span, [*whole, *each], page)


async def _make(request: Request, teams: Sequence[Team], name: str, span: Span) -> Reply:
    """Owe the file; it is made when it is sent. One at a time for each person."""
    session, voice = request.session, request.voice
    assert request.person is not None
    if fault := at_fault(request, span):
        return Reply(toast=fault, alert=True)
    if len(teams) * span.days > MOST:
        return Reply(toast=words.too_much(voice, len(teams), span.days, MOST), alert=True)
    mine = f"ledger:{request.person.id}:"
    await alone(session, mine)
    owed = await outbox.tally(session, mine)
    if owed.get(Delivery.PENDING) or owed.get(Delivery.SENDING):
        return Reply(toast=words.busy(voice))
    facts = [
        await ledgers.anything(session, ids, (span.first, span.last), bounds)
        for ids, bounds in moments(teams, span)
    ]
    if not any(facts):
        return Reply(toast=words.nothing(voice, name, span), alert=True)
    one = teams[0].id if len(teams) == 1 else None
    days = f"{span.first}–{span.last}"
    await request.note(Doing.EXPORTED, team=one, detail=days if one else f"{name} {days}")
    ids = ",".join(str(team.id) for team in teams)
    wanted = f"{span.first},{span.last},{request.now.isoformat()},{ids}/{name}"
    await outbox.post(
        session,
        f"{mine}{request.now:%Y%m%d%H%M%S%f}",
        request.chat.id,
        words.file(voice, name, span, len(teams), wanted).send(),
        request.now,
        priority=outbox.URGENT,
        expires_at=request.now + IN_TIME,
    )
    return Reply(toast=words.coming(voice, name, span))


def _said(request: Request, message: Message) -> Reply:
    """In private, wherever it was asked."""
    return Reply(message=message) if request.private else Reply(private=message)


ROUTES: list[Route] = [
    Command("ledger", asked, needs=Action.REPORT),
    Press(LedgerTeamsTap, paged, needs=Action.REPORT),
    Press(LedgerTap, of_team, needs=Action.REPORT),
    Press(LedgerUnitTap, of_unit, needs=Action.REPORT),
    # What reads as nothing of ours has to stay silent, so it asks for the right itself.
    Otherwise(said, needs=Action.ASK),
]
