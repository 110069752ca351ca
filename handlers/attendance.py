"""How teams attended on some days: who is missing, who is away, which share has studied.

In a group everybody reads the counts, and who may see names gets those in private, as with
/status.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from handlers import whom
from handlers.reading.spans import Span
from handlers.requests import Reply, Request
from handlers.rules.permissions import Action
from handlers.scopes import at_fault
from handlers.words import attendance as words
from handlers.words import plain
from handlers.words import status as status_words
from handlers.words.message import Message
from storage import attendance, checkins
from storage.tables import Team

Told = Callable[[bool], Message]  # what is said of one team: with names, or without
Look = Callable[[Request, whom.Local, Span], Awaitable[Sequence[tuple[Team, Told]]]]


async def missing(request: Request) -> Reply | None:
    """Who has not studied, on one day, or how often on several."""
    return await _answer(request, _missing)


async def present(request: Request) -> Reply | None:
    """Who has studied, on one day; of several, who has not."""
    return await _answer(request, partial(_missing, there=True))


async def away(request: Request) -> Reply | None:
    """Who is on leave: also on days to come."""
    return await _answer(request, _away, ahead=True)


async def rates(request: Request) -> Reply | None:
    """Which share of those who were expected has studied."""
    circle = await whom.circle(request)
    if circle is None:
        return None
    found: list[Message] = []
    for local in whom.local(request, circle.teams):
        days = local.days(Span(local.today, local.today))
        if fault := at_fault(request, local.span or days):
            return Reply(message=plain.line(fault))
        ids = [team.id for team in local.teams]
        counted = await attendance.days(request.session, ids, days.first, days.last)
        found.append(words.rates(request.voice, days, local.today, local.teams, counted))
    return whom.told(request, words.several(request.voice, found), elsewhere=circle.elsewhere)


async def _answer(request: Request, look: Look, *, ahead: bool = False) -> Reply | None:
    circle = await whom.circle(request)
    if circle is None:
        return None
    seen = {team.id for team in await request.run(Action.SEE_NAMES)}
    found: list[tuple[Team, Told]] = []
    for local in whom.local(request, circle.teams):
        today = Span(local.today, local.today)
        if not ahead and (fault := at_fault(request, local.span or today)):
            return Reply(message=plain.line(fault))
        days = (local.span or today) if ahead else local.days(today)
        found += await look(request, local, days)
    private = request.private or circle.elsewhere
    shown = [say(private and team.id in seen) for team, say in found]
    told = words.several(request.voice, shown)
    wanted = request.question is not None and request.question.names
    if wanted and not (private and seen):
        told = status_words.discreet(request.voice, told)
    if private or not any(team.id in seen for team, _ in found):
        return whom.told(request, told, elsewhere=circle.elsewhere)
    named = words.several(request.voice, [say(team.id in seen) for team, say in found])
    reachable = await request.private_chat() is not None
    return Reply(message=told, private=named if reachable else None)


async def _missing(
    request: Request, local: whom.Local, days: Span, *, there: bool = False
) -> Sequence[tuple[Team, Told]]:
    voice, today, ids = request.voice, local.today, [team.id for team in local.teams]
    if days.days > 1:
        counted = await attendance.days(request.session, ids, days.first, days.last)

        def of_days(team: Team, names: bool) -> Message:
            return words.missing(voice, days, today, team, counted[team.id], names=names)

        return [(team, partial(of_days, team)) for team in local.teams]
    rows = await attendance.mornings(request.session, ids, days.first, days.last)
    mornings = {morning.team_id: morning for morning in rows}
    found = await checkins.presences(request.session, [morning.id for morning in rows])

    def of_day(team: Team, names: bool) -> Message:
        if (morning := mornings.get(team.id)) is None:
            return words.none(voice, team, days, today)
        people = found[morning.id]
        tally = checkins.counted(people)
        shown = status_words.standing(
            voice, team.name, morning, tally, people, None, names=names and not there
        )
        return words.present(voice, shown, people) if names and there else shown

    return [(team, partial(of_day, team)) for team in local.teams]


async def _away(request: Request, local: whom.Local, days: Span) -> Sequence[tuple[Team, Told]]:
    voice, ids = request.voice, [team.id for team in local.teams]
    absences = await attendance.absences(request.session, ids, days.first, days.last)

    def of_team(team: Team, names: bool) -> Message:
        found = [one for one in absences if one.team_id == team.id]
        return words.away(voice, days, local.today, team, found, names=names)

    return [(team, partial(of_team, team)) for team in local.teams]
