"""Leave: one tap on the card for today, a line for other days, and a tap to take it back."""

from collections.abc import Sequence
from datetime import date, timedelta

from handlers.reading.leaves import CANCEL, read_leave
from handlers.requests import Command, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.cards import LeaveTap
from handlers.taps.leave import LeaveReasonTap, LeaveUndoTap, LeaveUntilTap
from handlers.words import leave as words
from handlers.words import plain
from handlers.words.message import Message
from storage import leaves, nudges, outbox, people, study
from storage.kinds import Doing, LeaveReason
from storage.tables import Leave, Member, Morning, Person, Team

LONGEST = timedelta(days=366)


async def tapped(request: Request, tap: LeaveTap) -> Reply:
    """请假 on the card: excused that day at once; reason and more days are offered in private."""
    team, member, voice = request.team, request.member, request.voice
    morning = await request.session.get(Morning, tap.morning)
    if morning is None or team is None or member is None or morning.team_id != team.id:
        return Reply(toast=plain.gone(voice))
    if morning.day < request.today:
        return Reply(toast=words.past(voice, morning.day))
    leave = await leaves.on(request.session, member.id, morning.day)
    known = leave is not None
    if leave is None:
        leave = await _excuse(request, member, morning.day, morning.day, LeaveReason.LEAVE)
        await _touch(request, team)
    toast = words.known(voice, leave) if known else words.taken(voice, leave)
    if await request.private_chat() is None:
        return Reply(toast=toast)
    return Reply(toast=toast, private=_choices(request, leave, [team]))


async def asked(request: Request) -> Reply:
    """/leave days reason: for oneself in every team; with a name, for a member one leads."""
    voice, text = request.voice, request.text
    if cancel := CANCEL.fullmatch(text.strip()):
        return await _cancel(request, cancel["name"])
    found = read_leave(text, request.now, request.calendar)
    if found is None:
        return Reply(message=words.how(voice))
    if not request.today <= found.first <= found.last <= request.today + LONGEST:
        return Reply(message=words.backwards(voice))
    if found.name:
        return await _for_other(request, found.name, found.first, found.last, found.reason)
    places = await request.places()
    if not places:
        return Reply(message=plain.line(plain.stranger(voice)))
    for member, team in places:
        leave = await _excuse(request, member, found.first, found.last, found.reason)
        await _touch(request, team)
    message = _choices(request, leave, [team for _, team in places])
    return Reply(private=message) if not request.private else Reply(message=message)


async def change_reason(request: Request, tap: LeaveReasonTap) -> Reply:
    """Another reason for one's own leave."""
    own = await _own(request, tap.leave)
    if not own:
        return Reply(toast=plain.gone(request.voice))
    for leave, _, _ in own:
        leave.reason = tap.reason
        request.session.add(leave)
    return _changed(request, own)


async def change_end(request: Request, tap: LeaveUntilTap) -> Reply:
    """Another last day of one's own leave."""
    own = await _own(request, tap.leave)
    if not own or not own[0][0].first <= tap.last <= own[0][0].first + LONGEST:
        return Reply(toast=plain.gone(request.voice))
    for leave, _, team in own:
        leave.last = tap.last
        request.session.add(leave)
        await _touch(request, team)
    return _changed(request, own)


async def undo(request: Request, tap: LeaveUndoTap) -> Reply:
    """Not away after all."""
    own = await _own(request, tap.leave)
    if not own:
        return Reply(toast=plain.gone(request.voice))
    await _withdraw(request, [(leave, team) for leave, _, team in own])
    done = words.withdrawn(request.voice)
    return Reply(toast=str(done.html), edit=done)


async def _cancel(request: Request, name: str) -> Reply:
    if not name:
        return await _cancel_own(request)
    named = await _named(request, name)
    if isinstance(named, Reply):
        return named
    _, person, team = named
    found = [
        (leave, where)
        for leave, where in await leaves.ahead(request.session, person.id, request.today)
        if where.id == team.id
    ]
    await _withdraw(request, found)
    if found and not _own_word(request, person):
        await request.note(Doing.UNEXCUSED, person=person.id, team=team.id)
    said = words.withdrawn_for if found else words.none_for
    return Reply(message=said(request.voice, team.name, name))


async def _cancel_own(request: Request) -> Reply:
    if request.person is None:
        return Reply(message=words.none(request.voice))
    found = await leaves.ahead(request.session, request.person.id, request.today)
    await _withdraw(request, found)
    return Reply(message=words.withdrawn(request.voice) if found else words.none(request.voice))


async def _withdraw(request: Request, found: Sequence[tuple[Leave, Team]]) -> None:
    for leave, team in found:
        await leaves.withdraw(request.session, leave, request.today)
        await _touch(request, team)


async def _for_other(
    request: Request, name: str, first: date, last: date, reason: LeaveReason
) -> Reply:
    named = await _named(request, name)
    if isinstance(named, Reply):
        return named
    member, person, team = named
    leave = await _excuse(request, member, first, last, reason)
    await _touch(request, team)
    if not _own_word(request, person):
        days = f"{first}–{last}"
        await request.note(Doing.EXCUSED, person=person.id, team=team.id, detail=days)
    return Reply(message=words.for_other(request.voice, team.name, name, leave))


def _own_word(request: Request, person: Person) -> bool:
    """Whether somebody has named themselves."""
    return request.person is not None and request.person.id == person.id


async def _named(request: Request, name: str) -> tuple[Member, Person, Team] | Reply:
    """Whom the sender means, of this team or in private of all theirs, and may excuse."""
    teams = await request.teams()
    led = [team for team in teams if await request.may(Action.EXCUSE, team)]
    found = [
        (member, person, team)
        for team in teams
        for member, person in await people.roster(request.session, team.id)
        if person.name == name
    ]
    meant = [row for row in found if row[2] in led]
    if len(meant) > 1:
        names = [team.name for _, _, team in meant]
        return Reply(message=words.several(request.voice, name, names))
    if meant:
        return meant[0]
    if found:
        return Reply(message=plain.line(plain.denied(request.voice)))
    nobody = words.nobody(request.voice, name) if led else words.how(request.voice)
    return Reply(message=nobody)


async def _excuse(
    request: Request, member: Member, first: date, last: date, reason: LeaveReason
) -> Leave:
    person_id = request.person.id if request.person else member.person_id
    mornings = await study.since(request.session, member.team_id, first)
    spared = [nudges.key(one.id, member.person_id) for one in mornings if one.day <= last]
    if spared:
        await nudges.withdraw(request.session, spared, request.now)
    return await leaves.add(
        request.session, member.id, first, last, reason, person_id, request.now
    )


async def _own(request: Request, leave_id: int) -> Sequence[tuple[Leave, Member, Team]]:
    """The asker's own leave, in every team for which it was said at once."""
    if request.person is None:
        return []
    return await leaves.together(request.session, leave_id, request.person.id)


async def _touch(request: Request, team: Team) -> None:
    """The team's card counts anew who is expected; tomorrow's too, where it is out already."""
    morning = await study.latest(request.session, team.id)
    ahead = await study.since(request.session, team.id, request.today)
    keys = {f"card:{one.id}" for one in (*ahead, *([morning] if morning else []))}
    await outbox.touch(request.session, keys, request.now)


def _changed(request: Request, own: Sequence[tuple[Leave, Member, Team]]) -> Reply:
    leave, teams = own[0][0], [team for _, _, team in own]
    return Reply(toast=words.taken(request.voice, leave), edit=_choices(request, leave, teams))


def _choices(request: Request, leave: Leave, teams: Sequence[Team]) -> Message:
    calendar = request.calendar
    friday = leave.first + timedelta(days=(4 - leave.first.weekday()) % 7)
    untils = {leave.first, calendar.next_workday(leave.first), friday, friday + timedelta(days=7)}
    return words.choices(request.voice, leave, [team.name for team in teams], sorted(untils))


ROUTES: list[Route] = [
    Command("leave", asked, needs=Action.AWAY),
    Press(LeaveTap, tapped, needs=Action.STUDY),
    Press(LeaveReasonTap, change_reason, needs=Action.AWAY),
    Press(LeaveUntilTap, change_end, needs=Action.AWAY),
    Press(LeaveUndoTap, undo, needs=Action.AWAY),
]
