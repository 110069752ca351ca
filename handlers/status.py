"""How a team stands: counts where all can read, names only in private and by right."""

from collections.abc import Callable, Collection, Sequence
from zoneinfo import ZoneInfo

from handlers import attendance
from handlers.reading.spans import Span
from handlers.requests import Asked, Command, Reply, Request, Route
from handlers.rules.calendar import DAY
from handlers.rules.permissions import Action
from handlers.rules.questions import Kind
from handlers.scopes import this_week
from handlers.words import status as words
from handlers.words.message import Message
from storage import checkins, outlines, pending, study
from storage.tables import Team


async def status(request: Request) -> Reply:
    """/status: the team's last morning and its promises.

    In a group everybody reads counts, and who may see names gets those in private. Who asks for
    names and gets none is told why.
    """
    who = request.question is not None and request.question.names
    if request.team is not None:
        team = request.team
        sees = await request.may(Action.SEE_NAMES, team)
        standing = await _standings(request, [team], {team.id} if sees else set())
        counts = standing(team, names=False)
        if who:
            counts = words.discreet(request.voice, counts)
        if not sees:
            return Reply(message=counts)
        named = standing(team, names=True)
        has_private = await request.private_chat() is not None
        return Reply(message=counts, private=named if has_private else None)
    teams = await request.teams()
    seen = {team.id for team in await request.run(Action.SEE_NAMES)}
    standing = await _standings(request, teams, seen)
    found = [standing(team, names=team.id in seen) for team in teams]
    told = words.together(request.voice, found)
    if who and not seen:
        told = words.discreet(request.voice, told)
    return Reply(message=told)


async def _standings(
    request: Request, teams: Sequence[Team], seen: Collection[int]
) -> Callable[..., Message]:
    """All that is known of how teams stand, asked at once; to be said of each.

    `seen`: those whose names, and whose meetings, the asker may see.
    """
    ids = [team.id for team in teams]
    mornings = await study.newest(request.session, ids)
    promised = await pending.counts(request.session, ids, request.now)
    present = await checkins.presences(request.session, [one.id for one in mornings.values()])
    flows = await this_week(
        request.session, [team for team in teams if team.id in seen], request.now
    )
    met = await _meetings(request, [team for team in teams if team.id in seen])

    def standing(team: Team, *, names: bool) -> Message:
        morning, voice = mornings.get(team.id), request.voice
        if morning is None:
            return words.never(voice, team.name, promised[team.id])
        people = present[morning.id]
        tally = checkins.counted(people)
        return words.standing(
            voice,
            team.name,
            morning,
            tally,
            people,
            promised[team.id],
            names=names,
            meetings=met[team.id] if names else None,
            flow=flows[team.id] if names else None,
        )

    return standing


async def _meetings(request: Request, teams: Sequence[Team]) -> dict[int, words.Meetings]:
    """By team: this week's meetings up to today, and which of them were held."""
    today = {team.id: request.now.astimezone(ZoneInfo(team.timezone)).date() for team in teams}
    monday = {team: day - day.weekday() * DAY for team, day in today.items()}
    found = {team.id: words.Meetings({}, ZoneInfo(team.timezone)) for team in teams}
    if found:
        span = min(monday.values()), max(today.values())
        for (team, day), held in (await outlines.meetings(request.session, found, *span)).items():
            if monday[team] <= day <= today[team]:
                found[team].days[day] = held
    return found


async def missing(request: Request) -> Reply | None:
    """Who has not studied: as /status has it, or of the days or the team that were named."""
    asked = request.question
    assert asked is not None
    if asked.period is None and not asked.team:
        return await status(request)
    return await attendance.missing(request)


async def stands(request: Request) -> Reply | None:
    """How it stands: today as /status has it; on other days the share of check-ins."""
    asked = request.question
    assert asked is not None
    today = asked.period in {None, Span(request.today, request.today)}
    return await status(request) if today and not asked.team else await attendance.rates(request)


ROUTES: list[Route] = [
    Command("status", status, needs=Action.SEE_COUNTS),
    Asked(Kind.STATUS, stands),
    Asked(Kind.MISSING, missing),
    Asked(Kind.PRESENT, attendance.present),
    Asked(Kind.AWAY, attendance.away),
    Asked(Kind.RATE, attendance.rates),
]
