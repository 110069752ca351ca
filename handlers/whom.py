"""Whom and which teams a question in plain words is about, within what its asker may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.reading.callings import keys, meant, near, personal, same
from handlers.reading.questions import Question, read_question
from handlers.reading.spans import Span
from handlers.requests import Reply, Request
from handlers.rules.calendar import DAY, Calendar
from handlers.rules.occurrences import midnight
from handlers.rules.permissions import Action
from handlers.rules.questions import Kind
from handlers.scopes import parts
from handlers.words import plain
from handlers.words import questions as words
from handlers.words.message import Message
from storage import attendance, grants, teams
from storage.attendance import Seated
from storage.kinds import Role
from storage.tables import Team

OF_TEAMS = {Kind.CHECKINS: Kind.RATE, Kind.STREAK: Kind.RATE, Kind.PROMISES: Kind.BOARD}


@dataclass(frozen=True)
class Circle:
    """The teams that a question is about; `elsewhere`: not the one whose group this is."""

    teams: Sequence[Team]
    elsewhere: bool = False


@dataclass(frozen=True)
class Local:
    """Teams of one time zone: what was asked of, by the day that it is there."""

    calendar: Calendar
    today: date
    span: Span | None
    teams: Sequence[Team]

    def days(self, usual: Span) -> Span:
        """The days that were asked of, as far as they have come."""
        span = self.span or usual
        return Span(span.first, min(span.last, self.today))

    def moments(self, span: Span) -> tuple[datetime, datetime]:
        """When days begin and end there."""
        return midnight(span.first, self.calendar.zone), midnight(
            span.last + DAY, self.calendar.zone
        )


async def circle(request: Request, name: str | None = None) -> Circle | None:
    """Of which teams it is asked; None where none of the asker's is called that.

    In a group of its own team, unless another is named that the asker runs; in private of all
    that are theirs. A unit's name means those of its teams that the asker runs.
    """
    assert request.question is not None
    name = request.question.team if name is None else name
    if not name:
        return Circle(await request.teams())
    wanted = same(name)
    here = [request.team] if request.team else await request.teams()
    if found := await _named(request, here, wanted):
        return Circle(found)
    run: Sequence[Team] = []
    if request.person is not None:
        run = await grants.teams(request.session, request.person.id, tuple(Role))
    if found := await _named(request, run, wanted):
        return Circle(found, elsewhere=request.team is not None)
    for part in await parts(request.session, run):
        if same(part.name) == wanted:
            return Circle(part.teams, elsewhere=request.team is not None)
    return None


async def is_team(request: Request) -> bool:
    """Whether what stands where a person's name may stand is one of the asker's teams."""
    assert request.question is not None
    name = request.question.who
    return not personal(name) and await circle(request, name) is not None


def of_team(question: Question) -> Question:
    """The same question of a team: Front desk's promises are its board."""
    kind = OF_TEAMS.get(question.kind, question.kind)
    return replace(question, kind=kind, team=question.who, who="")


async def _named(request: Request, some: Sequence[Team], wanted: str) -> Sequence[Team]:
    if found := [team for team in some if same(team.name) == wanted]:
        return found
    if "/" not in wanted:
        return []
    units = await teams.unit_names(request.session, {team.unit_id for team in some})
    return [team for team in some if same(f"{units[team.unit_id]}/{team.name}") == wanted]


def local(request: Request, some: Sequence[Team]) -> Iterator[Local]:
    """The days of a question as they are where teams are, zone by zone."""
    zones: dict[str, list[Team]] = {}
    for team in some:
        zones.setdefault(team.timezone, []).append(team)
    for found in zones.values():
        calendar = replace(request.calendar, zone=ZoneInfo(found[0].timezone))
        today, asked = calendar.today(request.now), request.question
        if today != request.today:
            asked = read_question(request.text, today)
        yield Local(calendar, today, asked.period if asked else None, found)


def told(request: Request, message: Message, *, elsewhere: bool = False) -> Reply:
    """An answer where it was asked; what is of another team, or of one person, in private."""
    if request.private or not elsewhere:
        return Reply(message=message)
    return Reply(private=message)


def now(request: Request, reply: Reply) -> Reply:
    """An answer on what stands now: it says when that is."""
    at, zone = request.now, request.zone
    message, private = reply.message, reply.private
    return replace(
        reply,
        message=words.as_of(request.voice, message, at, zone) if message else None,
        private=words.as_of(request.voice, private, at, zone) if private else None,
    )


async def people(request: Request, question: Question) -> Sequence[Seated] | Reply | None:
    """The places that a name means; or what to say instead, with a choice where several fit.

    None: nobody is called that, and it need not be a question.
    """
    own = await _own(request)
    if question.mine:
        return own or Reply(message=plain.line(plain.stranger(request.voice)))
    run = list(await request.run(Action.SEE_NAMES))
    if request.team is not None:
        run = [team for team in run if team.id == request.team.id]
    ids = [team.id for team in run]
    found = await attendance.called(request.session, ids, keys(question.who)) if ids else []
    every = {seat.member.id: seat for seat in (*found, *own)}
    seats = list(every.values())
    fitting = [seats[at] for at in meant(question.who, [seat.person.name for seat in seats])]
    if own and all(seat.person.id == own[0].person.id for seat in fitting) and fitting:
        return fitting
    if not run:
        return told(request, words.not_yours(request.voice), elsewhere=True)
    if len(fitting) == 1:
        return fitting
    if fitting:
        return told(request, words.which(request.voice, question, fitting), elsewhere=True)
    if not question.sure and request.private and await request.may(Action.ANNOUNCE):
        return None
    everybody = await attendance.called(request.session, ids, list(question.who))
    names = list(dict.fromkeys(seat.person.name for seat in everybody))
    like = near(question.who, names)
    return told(request, words.nobody(request.voice, question.who, like), elsewhere=True)


async def chosen(request: Request, member_id: int) -> Seated | None:
    """The member whom a tap names, if they are the asker, or in a team of which they see names."""
    seat = await attendance.seated(request.session, member_id)
    if seat is None or request.person is None:
        return None
    if seat.person.id == request.person.id:
        return seat
    return seat if await request.may(Action.SEE_NAMES, seat.team) else None


async def _own(request: Request) -> Sequence[Seated]:
    if request.person is None:
        return []
    return [Seated(member, request.person, team) for member, team in await request.places()]
