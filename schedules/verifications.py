"""Promises that were reported as done: whoever can verify them has one list a day, kept current.

Between eight and eight of the team's day; what nobody has looked at after three workdays is closed
as not verified.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from handlers.outlooks import calendar_of
from handlers.rules.calendar import NO_NOTICES, Calendar, Notices
from handlers.rules.calendar import notices as read_notices
from handlers.rules.permissions import Action, may, standings
from handlers.words import verifications as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from schedules.job import Appointment, Job
from storage import calendars, grants, outbox, people, slots, teams, verifications, views
from storage.database import Session
from storage.tables import Chat, Outgoing, Person, Team
from storage.verifications import Claim

NAME = "verifications"
AWAKE = time(8), time(20)  # of the team's zone, in which somebody is asked
PATIENCE = 3  # workdays

Act = Callable[[Session, Team, datetime], Awaitable[None]]


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Teams in which something was reported of which nobody has been told, or waits too long."""
    found: dict[str, tuple[Act, Team]] = {}
    waiting = await verifications.waiting(session)
    notices = await _notices(session, now) if waiting else NO_NOTICES
    for team, newest, oldest in waiting:
        calendar = Calendar(ZoneInfo(team.timezone), notices=notices)
        today = calendar.today(now)
        if AWAKE[0] <= now.astimezone(calendar.zone).time() < AWAKE[1]:
            found[f"{team.id}:{newest}"] = ask, team
        if calendar.workdays_between(calendar.today(oldest), today) > PATIENCE:
            found[f"{team.id}:{newest}:{today}"] = close, team
    told = await slots.taken(session, NAME, list(found))
    return [Appointment(subject, what) for subject, what in found.items() if subject not in told]


async def see_to(session: Session, appointment: Appointment, now: datetime) -> None:
    """Do what is due in a team."""
    act, team = appointment.what
    await act(session, team, now)


async def ask(session: Session, team: Team, now: datetime) -> None:
    """A list to each who can verify; the one of today is only made to show more."""
    claims = await verifications.claims(session, [team.id])
    day = Calendar(ZoneInfo(team.timezone)).today(now)
    for person, chat in await _verifiers(session, team, claims):
        key = verifications.list_key(team.id, person.id, day)
        if await outbox.by_key(session, key):
            await outbox.touch(session, [key], now)
            continue
        message = _list(person, team, claims, now)
        await outbox.post(session, key, chat.id, message.send(), now)


async def _verifiers(
    session: Session, team: Team, claims: Sequence[Claim]
) -> Sequence[tuple[Person, Chat]]:
    """The leaders; for what is a leader's own, the others, or whoever is above."""
    found = {person.id: (person, chat) for person, chat in await teams.deciders(session, team.id)}
    owners = {claim.what.owner.id for claim in claims}
    for owner in owners & found.keys():
        others = await teams.deciders(session, team.id, without=owner)
        found |= {person.id: (person, chat) for person, chat in others}
    return [(person, chat) for person, chat in found.values() if owners - {person.id}]


def _list(person: Person, team: Team, claims: Sequence[Claim], now: datetime) -> Message:
    voice = Voice(person.locale or team.locale)
    others = [claim for claim in claims if claim.what.owner.id != person.id]
    return words.listed(voice, team.name, others, now)


async def lists(
    session: Session, standing: Sequence[Outgoing], now: datetime
) -> Mapping[str, Message]:
    """By key: the lists as they are now."""
    parts = {one.key: one.key.split(":") for one in standing}
    found: dict[int, list[Claim]] = {}
    for claim in await verifications.claims(session, {int(part[1]) for part in parts.values()}):
        found.setdefault(claim.what.team.id, []).append(claim)
    persons = await people.by_ids(session, {int(part[2]) for part in parts.values()})
    named = await teams.by_ids(session, {int(part[1]) for part in parts.values()})
    return {
        key: _list(persons[int(person)], named[int(team)], found.get(int(team), []), now)
        for key, (_, team, person, _) in parts.items()
    }


async def looked_at(session: Session, outgoing: Outgoing, now: datetime) -> Message | None:
    """One promise before somebody who verifies it, as it is now."""
    _, act_id, person_id = outgoing.key.split(":")
    commitment_id = await verifications.of_act(session, int(act_id))
    claim = await verifications.claim(session, commitment_id)
    person = (await people.by_ids(session, [int(person_id)])).get(int(person_id))
    if claim is None or person is None:
        return None
    voice = Voice(person.locale or claim.what.team.locale)
    pieces = await verifications.pieces(session, claim)
    verdict = await verifications.verdict(session, claim)
    named = claim.act.witness_id == person.id
    held = standings(await grants.roles(session, person.id, claim.what.team.id), member=False)
    if not named and not may(held, Action.VERIFY):
        return None  # the witness of an earlier report
    leads = may(held, Action.ASSIGN)
    return words.shown(voice, claim, pieces, verdict, now, witness=named, leads=leads)


async def close(session: Session, team: Team, now: datetime) -> None:
    """What waited too long stays the owner's word, and is shown as that."""
    claims = await verifications.claims(session, [team.id])
    if not claims:
        return
    zone = ZoneInfo(team.timezone)
    first, last = (at.astimezone(zone).date() for at in (claims[0].act.at, now))
    calendar = await calendar_of(session, team, first, last, await _notices(session, now))
    keys = set(await outbox.keys(session, verifications.lists_of(team.id), now))
    for claim in claims:
        waited = calendar.workdays_between(calendar.today(claim.act.at), calendar.today(now))
        if waited > PATIENCE and await verifications.close(session, claim):
            keys |= await views.of(session, claim.what, now)
            keys |= set(await outbox.keys(session, verifications.looks_at(claim.act.id), now))
    await outbox.touch(session, keys, now)


async def _notices(session: Session, now: datetime) -> Notices:
    return read_notices(await calendars.told(session, now.year))


VERIFICATIONS = Job(NAME, due, see_to)
