"""Rights: who holds which, given and taken by a line or by buttons, and by a one-time link.

Nobody gives to themselves, nobody gives or takes what is not below their own, and the last owner
stays. All of it is asked while no other transaction gives or takes.
"""

from collections.abc import Sequence

from handlers import giving
from handlers.reading.grants import Wish, read_grant
from handlers.requests import Command, Link, Otherwise, Press, Reply, Request, Route
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
from storage import audits, grants, outbox, people, reaches
from storage.database import alone
from storage.grants import LINK_LIFE
from storage.kinds import Doing, Role
from storage.reaches import Reach
from storage.tables import Person

CONTACT = "contact"  # begins the name of a message that asks about one
NAME = 4  # words of a name, at most


async def asked(request: Request) -> Reply:
    """/grant: who holds what; with a name, a place and a role: that person is it now."""
    within = await giving.reach(request)
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
    given = await giving.give(request, known[0][0], unit, team)
    return Reply(message=given if isinstance(given, Message) else plain.line(given))


async def contacted(request: Request) -> Reply | None:
    """A contact that somebody sends: what is that person to be?"""
    contact = request.contact
    if contact is None:
        return None
    if not contact.id:
        return Reply(message=words.no_account(request.voice, contact.name))
    person = await people.known(request.session, contact.id, contact.name)
    if request.person is not None and person.id == request.person.id:
        return Reply(message=plain.line(words.oneself(request.voice)))
    within = await giving.reach(request)
    message = words.places(request.voice, within, 0, person)
    return Reply(message=message, keeps=f"{CONTACT}:{person.id}:{request.message_id}")


async def shown(request: Request, tap: HeldTap) -> Reply:
    """A page of who holds what."""
    return Reply(edit=await _list(request, await giving.reach(request), tap.page))


async def choose_place(request: Request, tap: GivePlacesTap) -> Reply:
    """What is to be given?"""
    within, person = await giving.reach(request), None
    if tap.person:
        person = await _within(request, within, tap.person)
        if person is None:
            return Reply(toast=plain.gone(request.voice))
    return Reply(edit=words.places(request.voice, within, tap.page, person))


async def choose_person(request: Request, tap: GivePeopleTap) -> Reply:
    """Who is to be it? Those who can: a team's leader is one of the team, if anybody is."""
    within = await giving.reach(request)
    found = giving.place(within, tap.unit, tap.team)
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
    person = await _within(request, await giving.reach(request), tap.person)
    if person is None:
        return Reply(toast=plain.gone(request.voice))
    given = await giving.give(request, person, tap.unit, tap.team)
    if isinstance(given, str):
        return Reply(toast=given, alert=True)
    return Reply(edit=given)


async def take(request: Request, tap: TakeTap) -> Reply:
    """Take it, after a second question."""
    session, voice = request.session, request.voice
    assert request.person is not None
    await alone(session, "grants")
    found = giving.place(await giving.reach(request), tap.unit, tap.team)
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
    await giving.taken(request, held)
    toast = words.taken(voice, held)
    if not await request.may(Action.GRANT):  # it was one's own
        return Reply(toast=toast, edit=plain.line(toast))
    return Reply(toast=toast, edit=await _list(request, await giving.reach(request), 0))


async def make_link(request: Request, tap: GiveLinkTap) -> Reply:
    """A link for somebody whom we do not know."""
    within = await giving.reach(request)
    found = giving.place(within, tap.unit, tap.team)
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
    held, fresh = await giving.given(request, person, link, author)
    named = words.of(voice, held)
    if fresh:
        speaks = Voice(author.locale or request.house.locale)
        await giving.tell(
            request, author, f"opened:{held.grant.id}", words.told_opened(speaks, held)
        )
    return Reply(message=words.told_given(voice, named, author.name))


# -- what it is made of ----------------------------------------------------------------------


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
    here = await outbox.by_message(request.session, request.chat.id, request.message_id)
    if here is not None and here.key.startswith(f"{CONTACT}:{person_id}:"):
        return person
    near = await reaches.people(request.session, within, person.name)
    return person if any(other.id == person.id for other, _ in near) else None


ROUTES: list[Route] = [
    Command("grant", asked, needs=Action.GRANT),
    Press(HeldTap, shown, needs=Action.GRANT),
    Press(GivePlacesTap, choose_place, needs=Action.GRANT),
    Press(GivePeopleTap, choose_person, needs=Action.GRANT),
    Press(GiveTap, give, needs=Action.GRANT),
    Press(TakeTap, take, needs=Action.GRANT),
    Press(GiveLinkTap, make_link, needs=Action.GRANT),
    Link("grant", opened, needs=Action.BEGIN),
    Otherwise(contacted, needs=Action.GRANT),
]
