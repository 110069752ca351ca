"""The rules by which rights are given and taken, and what follows from it.

Nobody gives to themselves, nobody gives or takes what is not below their own. What is done is
written down, whom it concerns is told, and their menu is another one.
"""

from datetime import timedelta

from handlers import menus
from handlers.requests import Request
from handlers.words import grants as words
from handlers.words import plain
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import audits, chats, grants, outbox, reaches
from storage.database import alone
from storage.kinds import Doing, Role
from storage.reaches import Held, Reach
from storage.tables import Grant, GrantLink, Person

TOLD = timedelta(days=2)  # what could not be told by then is seen in /start


async def reach(request: Request) -> Reach:
    """How far the sender's right to give rights reaches."""
    if request.person is None:
        return Reach()
    return await reaches.reach(request.session, request.person.id)


def place(within: Reach, unit: int, team: int) -> tuple[Role, str] | None:
    """The role that somebody has there, and the place's name; None: it is not within reach."""
    role = Role.SECRETARY if unit else Role.LEADER if team else Role.OWNER
    if (unit and team) or not within.holds(role, unit or None, team or None):
        return None
    return role, within.units[unit] if unit else within.teams[team].name if team else ""


async def give(request: Request, person: Person, unit: int, team: int) -> Message | str:
    """Give it, if it may be given to that person; what to say, or why not."""
    session, voice = request.session, request.voice
    assert request.person is not None
    await alone(session, "grants")
    found = place(await reach(request), unit, team)
    if found is None:
        return plain.denied(voice)
    if person.id == request.person.id:
        return words.oneself(voice)
    if person.telegram_id is None:
        return words.unseen(voice, person.name, unit, team)
    wanted = Grant(
        person_id=person.id,
        role=found[0],
        unit_id=unit or None,
        team_id=team or None,
        at=request.now,
    )
    held, fresh = await given(request, person, wanted, request.person)
    if not fresh:
        return words.already(voice, held)
    speaks = Voice(person.locale or request.house.locale)
    message = words.told_given(speaks, words.of(speaks, held), request.person.name)
    told = await tell(request, person, f"granted:{held.grant.id}", message)
    return words.given(voice, held, told=told)


async def given(
    request: Request, person: Person, what: Grant | GrantLink, by: Person
) -> tuple[Held, bool]:
    """Write it down; the right as it is held, and whether it is new."""
    session, role, now = request.session, Role(what.role), request.now
    where = {"unit_id": what.unit_id, "team_id": what.team_id}
    fresh = await grants.give(session, person.id, role, now, **where)
    await session.flush()
    row = await grants.same(session, person.id, role, **where)
    held = await reaches.one(session, row.id) if row else None
    assert held is not None
    if fresh:
        await audits.note(
            session,
            Doing.GRANTED,
            now,
            by=by.id,
            person=person.id,
            unit=what.unit_id,
            team=what.team_id,
            detail=role,
        )
        await menus.renew(session, now, request.house.locale, [person.id])
    return held, fresh


async def taken(request: Request, held: Held) -> None:
    """Take it, write it down, and tell whom it was taken from."""
    session, grant, person = request.session, held.grant, held.person
    assert request.person is not None
    await grants.take(session, grant)
    await audits.note(
        session,
        Doing.REVOKED,
        request.now,
        by=request.person.id,
        person=person.id,
        unit=grant.unit_id,
        team=grant.team_id,
        detail=Role(grant.role),
    )
    await menus.renew(session, request.now, request.house.locale, [person.id])
    if person.id != request.person.id:
        speaks = Voice(person.locale or request.house.locale)
        message = words.told_taken(speaks, words.of(speaks, held), request.person.name)
        await tell(request, person, f"revoked:{grant.id}", message)


async def tell(request: Request, person: Person, key: str, message: Message) -> bool:
    """In private, where that chat is open; whether it is."""
    chat = await chats.private(request.session, person.telegram_id)
    if chat is None or chat.trouble:
        return False
    name = f"{key}:{person.id}:{request.now.timestamp():.0f}"
    until = request.now + TOLD
    call = message.send()
    await outbox.post(request.session, name, chat.id, call, request.now, expires_at=until)
    return True
