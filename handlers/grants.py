"""Rights: who holds which, given and taken by a line or by buttons, and by a one-time link.

Nobody gives to themselves, nobody gives or takes what is not below their own, and the last owner
stays. All of it is asked while no other transaction gives or takes.
"""

from collections.abc import Sequence
from datetime import timedelta

from handlers import menus
from handlers.reading.grants import Wish, read_grant
from handlers.requests import Command, Link, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.grants import (
    GiveLinkTap,
    GivePeopleTap,
    GivePlacesTap,
    GiveTap,
    HeldTap,
    TakeTap,
)
from handlers.words import grants as words
from handlers.words import plain
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import audits, chats, grants, outbox, people, reaches
from storage.database import alone
from storage.grants import LINK_LIFE
from storage.kinds import Doing, Role
from storage.reaches import Held, Reach
from storage.tables import Grant, GrantLink, Person

NAME = 4  # words of a name, at most
TOLD = timedelta(days=2)  # what could not be told by then is seen in /start


async def asked(request: Request) -> Reply:
    """/grant: who holds what; with a name, a place and a role: that person is it now."""
    within = await _reach(request)
    if not request.text.strip():
        return Reply(message=await _list(request, within, 0))
    places = _places(within)
    wish = read_grant(request.text, places)
    if not wish.name:
        return Reply(message=words.how(request.voice))
    found = _meant(request, within, wish, places)
    if isinstance(found, str):
        return Reply(message=plain.line(found))
    known = await reaches.people(request.session, within, wish.name)
    if found is None:
        return await _ask_place(request, within, wish, known)
    unit, team = found
    if not known and request.person is not None and request.person.name == wish.name:
        return Reply(message=plain.line(words.oneself(request.voice)))
    if not known:
        return Reply(message=words.nobody(request.voice, wish.name, unit, team))
    if len(known) > 1:
        return Reply(message=words.several(request.voice, wish.name, known, unit, team))
    given = await _give(request, known[0][0], unit, team)
    return Reply(message=given if isinstance(given, Message) else plain.line(given))


async def shown(request: Request, tap: HeldTap) -> Reply:
    """A page of who holds what."""
    return Reply(edit=await _list(request, await _reach(request), tap.page))


async def choose_place(request: Request, tap: GivePlacesTap) -> Reply:
    """What is to be given?"""
    within, person = await _reach(request), None
    if tap.person:
        person = await _within(request, within, tap.person)
        if person is None:
            return Reply(toast=plain.gone(request.voice))
    return Reply(edit=words.places(request.voice, within, tap.page, person))


async def choose_person(request: Request, tap: GivePeopleTap) -> Reply:
    """Who is to be it? Those who can: a team's leader is one of the team, if anybody is."""
    within = await _reach(request)
    found = _place(within, tap.unit, tap.team)
    if found is None:
        return Reply(toast=plain.denied(request.voice))
    role, name = found
    teams = [tap.team] if tap.team else []
    known = await reaches.people(request.session, within, teams=teams)
    own = request.person.id if request.person else 0
    holders = {
        one.person.id
        for one in await reaches.held(request.session, within)
        if (one.grant.unit_id or 0, one.grant.team_id or 0) == (tap.unit, tap.team)
        and one.grant.role is role
    }
    could = [
        (person, at)
        for person, at in known
        if person.telegram_id and person.id != own and person.id not in holders
    ]
    place = (name, tap.unit, tap.team)
    return Reply(edit=words.people(request.voice, role, place, could, tap.page))


async def give(request: Request, tap: GiveTap) -> Reply:
    """That person is it now."""
    person = await _within(request, await _reach(request), tap.person)
    if person is None:
        return Reply(toast=plain.gone(request.voice))
    given = await _give(request, person, tap.unit, tap.team)
    if isinstance(given, str):
        return Reply(toast=given, alert=True)
    return Reply(edit=given)


async def take(request: Request, tap: TakeTap) -> Reply:
    """Take it, after a second question."""
    session, voice = request.session, request.voice
    assert request.person is not None
    await alone(session, "grants")
    found = _place(await _reach(request), tap.unit, tap.team)
    if found is None:
        return Reply(toast=plain.denied(voice))
    where = {"unit_id": tap.unit or None, "team_id": tap.team or None}
    grant = await grants.same(session, tap.person, found[0], **where)
    held = await reaches.one(session, grant.id) if grant else None
    if grant is None or held is None:
        return Reply(toast=plain.gone(voice))
    if not tap.sure:
        return Reply(edit=words.sure(voice, held))
    if grant.role is Role.OWNER and await grants.owners(session) == 1:
        return Reply(toast=words.last_owner(voice), alert=True)
    await _taken(request, held)
    toast = words.taken(voice, held)
    if not await request.may(Action.GRANT):  # it was one's own
        return Reply(toast=toast, edit=plain.line(toast))
    return Reply(toast=toast, edit=await _list(request, await _reach(request), 0))


async def make_link(request: Request, tap: GiveLinkTap) -> Reply:
    """A link for somebody whom we do not know."""
    within = await _reach(request)
    found = _place(within, tap.unit, tap.team)
    if found is None or request.person is None:
        return Reply(toast=plain.denied(request.voice))
    role, name = found
    session, voice, by = request.session, request.voice, request.person.id
    where = {"unit_id": tap.unit or None, "team_id": tap.team or None}
    code = await grants.new_link(session, role, by, request.now, **where)
    await audits.note(
        session,
        Doing.LINKED,
        request.now,
        by=by,
        unit=where["unit_id"],
        team=where["team_id"],
        detail=role,
    )
    until = request.now + LINK_LIFE
    return Reply(
        edit=words.link_made(voice, role, name, until, request.zone),
        message=words.link(voice, role, name, request.house.link(f"grant-{code}")),
    )


async def opened(request: Request) -> Reply:
    """Somebody opens such a link: the first who does is it."""
    session, voice, now = request.session, request.voice, request.now
    if not request.private:
        return Reply(message=words.link_over(voice))
    if not await grants.may_guess(session, request.sender.id, now):
        return Reply(message=words.too_many_guesses(voice))
    await alone(session, "grants")
    link = await grants.link(session, request.text, now)
    if link is None:
        await grants.guessed_wrong(session, request.sender.id, now)
        return Reply(message=words.link_over(voice))
    person = await people.known(session, request.sender.id, request.sender.name)
    if person.id == link.by_id:
        return Reply(message=words.link_own(voice))
    within = await reaches.reach(session, link.by_id)
    good = within.holds(Role(link.role), link.unit_id, link.team_id)
    if not await grants.spend(session, link) or not good:
        return Reply(message=words.link_over(voice))
    author = (await people.by_ids(session, [link.by_id]))[link.by_id]
    held, fresh = await _given(request, person, link, author)
    named = words.of(voice, held)
    if fresh:
        speaks = Voice(author.locale or request.house.locale)
        await _tell(request, author, f"opened:{held.grant.id}", words.told_opened(speaks, held))
    return Reply(message=words.told_given(voice, named, author.name))


# -- what it is made of ----------------------------------------------------------------------


async def _reach(request: Request) -> Reach:
    if request.person is None:
        return Reach()
    return await reaches.reach(request.session, request.person.id)


async def _list(request: Request, within: Reach, page: int) -> Message:
    return words.listed(request.voice, await reaches.held(request.session, within), page)


def _places(within: Reach) -> dict[str, list[tuple[int, int]]]:
    """The units and teams within reach, by the names that somebody may write."""
    found: dict[str, list[tuple[int, int]]] = {}
    for unit, name in within.units.items():
        found.setdefault(name, []).append((unit, 0))
    for team in within.teams.values():
        for name in (team.name, f"{within.above.get(team.unit_id, '')}/{team.name}"):
            found.setdefault(name, []).append((0, team.id))
    return found


def _place(within: Reach, unit: int, team: int) -> tuple[Role, str] | None:
    """The role that somebody has there, and the place's name; None: it is not within reach."""
    role = Role.SECRETARY if unit else Role.LEADER if team else Role.OWNER
    if (unit and team) or not within.holds(role, unit or None, team or None):
        return None
    return role, within.units[unit] if unit else within.teams[team].name if team else ""


def _meant(
    request: Request, within: Reach, wish: Wish, places: dict[str, list[tuple[int, int]]]
) -> tuple[int, int] | str | None:
    """Which unit or team is meant; None: it is not said; or why it cannot be given."""
    voice = request.voice
    if wish.role is Role.OWNER:
        if not within.owner:
            return plain.denied(voice)
        return words.not_that(voice, Role.OWNER, wish.place) if wish.place else (0, 0)
    if not wish.place:
        return None
    found = places[wish.place]
    fitting = [
        (unit, team)
        for unit, team in found
        if wish.role is None or wish.role is (Role.SECRETARY if unit else Role.LEADER)
    ]
    if not fitting:
        assert wish.role is not None
        return words.not_that(voice, wish.role, wish.place)
    if len(fitting) > 1:
        names = [
            f"{within.above.get(within.teams[team].unit_id, '')}/{within.teams[team].name}"
            if team
            else within.units[unit]
            for unit, team in fitting
        ]
        return words.ambiguous(voice, wish.place, names)
    return fitting[0]


async def _ask_place(
    request: Request, within: Reach, wish: Wish, known: Sequence[tuple[Person, str]]
) -> Reply:
    """Somebody is named, and nothing that we know they could be: what is it to be?"""
    if len(known) == 1:
        return Reply(message=words.places(request.voice, within, 0, known[0][0]))
    if known:
        return Reply(message=words.how(request.voice))
    said = wish.name.split(" ")
    for length in range(min(len(said) - 1, NAME), 0, -1):
        if await reaches.people(request.session, within, " ".join(said[:length])):
            return Reply(
                message=plain.line(words.no_place(request.voice, " ".join(said[length:])))
            )
    return Reply(message=plain.line(words.no_place(request.voice, said[-1])))


async def _within(request: Request, within: Reach, person_id: int) -> Person | None:
    """The person with this id, if the asker could have found them."""
    person = (await people.by_ids(request.session, [person_id])).get(person_id)
    if person is None or (request.person is not None and person.id == request.person.id):
        return person
    near = await reaches.people(request.session, within, person.name)
    return person if any(other.id == person.id for other, _ in near) else None


async def _give(request: Request, person: Person, unit: int, team: int) -> Message | str:
    """Give it, if it may be given to that person; what to say, or why not."""
    session, voice = request.session, request.voice
    assert request.person is not None
    await alone(session, "grants")
    found = _place(await _reach(request), unit, team)
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
    held, fresh = await _given(request, person, wanted, request.person)
    if not fresh:
        return words.already(voice, held)
    speaks = Voice(person.locale or request.house.locale)
    message = words.told_given(speaks, words.of(speaks, held), request.person.name)
    told = await _tell(request, person, f"granted:{held.grant.id}", message)
    return words.given(voice, held, told=told)


async def _given(
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


async def _taken(request: Request, held: Held) -> None:
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
        await _tell(request, person, f"revoked:{grant.id}", message)


async def _tell(request: Request, person: Person, key: str, message: Message) -> bool:
    """In private, where that chat is open; whether it is."""
    chat = await chats.private(request.session, person.telegram_id)
    if chat is None or chat.trouble:
        return False
    name = f"{key}:{request.now.timestamp():.0f}"
    until = request.now + TOLD
    call = message.send()
    await outbox.post(request.session, name, chat.id, call, request.now, expires_at=until)
    return True


ROUTES: list[Route] = [
    Command("grant", asked, needs=Action.GRANT),
    Press(HeldTap, shown, needs=Action.GRANT),
    Press(GivePlacesTap, choose_place, needs=Action.GRANT),
    Press(GivePeopleTap, choose_person, needs=Action.GRANT),
    Press(GiveTap, give, needs=Action.GRANT),
    Press(TakeTap, take, needs=Action.GRANT),
    Press(GiveLinkTap, make_link, needs=Action.GRANT),
    Link("grant", opened, needs=Action.BEGIN),
]
