"""A place is given: the word of whoever may give one, on one who asks or on all of them."""

from collections.abc import Sequence

from handlers import menus
from handlers.requests import Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.team import AdmitAllTap, AdmitTap, WaitingTap
from handlers.team import belongs, recount, rights
from handlers.words import plain
from handlers.words import team as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import (
    applications,
    chats,
    checkins,
    grants,
    members,
    outbox,
    people,
    reaches,
)
from storage import teams as rows
from storage.kinds import Doing
from storage.tables import Application, Grant, Member, Person, Team


async def admit(request: Request, tap: AdmitTap) -> Reply:
    """通过 or 退回: the word of somebody who may give places in that team."""
    session, voice = request.session, request.voice
    team, person = await rows.live(session, tap.team), await people.by_telegram(session, tap.user)
    if team is None or person is None:
        return Reply(toast=plain.gone(voice))
    if not await request.may(Action.ADMIT, team):
        return Reply(toast=plain.denied(voice))
    row = await applications.one(session, tap.team, tap.user)
    if await belongs(request, person, team):
        if row is not None:
            await applications.settle(session, row)
        return Reply(edit=words.settled(voice, person.name, team))
    if row is None:
        return Reply(toast=plain.gone(voice))
    if not tap.yes:
        await applications.settle(session, row)
        await _tell(request, tap.user, words.refused(Voice(person.locale or team.locale), team))
        return Reply(edit=words.turned_down(voice, person.name, team))
    if not await _may_pass_on(request, person, await rights(request, team, tap.member)):
        return Reply(toast=words.with_rights(voice), alert=True)
    if await _seat(request, team, row, tap.member) is None:
        return Reply(toast=words.taken(voice), alert=True)
    return Reply(edit=words.settled(voice, person.name, team))


async def admit_all(request: Request, tap: AdmitAllTap) -> Reply:
    """全部通过: each gets the place that they claim, or a new one."""
    team = await _team(request, tap.team)
    if isinstance(team, Reply):
        return team
    done, left = [], []
    for row in await applications.waiting(request.session, team.id):
        person = await people.known(request.session, row.user_id, row.name)
        if await belongs(request, person, team):
            await applications.settle(request.session, row)
        elif (
            not await _may_pass_on(
                request, person, await rights(request, team, row.member_id or 0)
            )
            or await _seat(request, team, row, row.member_id or 0) is None
        ):
            left.append(person.name)
        else:
            done.append(person.name)
    return Reply(edit=words.settled_all(request.voice, team, done, left))


async def waiting(request: Request, tap: WaitingTap) -> Reply:
    """Who asks for a place in a team, or what one of them asks."""
    team = await _team(request, tap.team)
    if isinstance(team, Reply):
        return team
    found = await applications.waiting(request.session, team.id)
    one = next((row for row in found if row.user_id == tap.user), None)
    if one is None:
        return Reply(edit=words.applicants(request.voice, team, found))
    free = await people.unclaimed(request.session, team.id)
    back = await people.retired(request.session, team.id, one.user_id)
    asked = words.petition(request.voice, team, one, free, len(found) - 1, back=back)
    return Reply(edit=asked)


async def _team(request: Request, team_id: int) -> Team | Reply:
    team = await rows.live(request.session, team_id)
    if team is None or not request.private:
        return Reply(toast=plain.gone(request.voice))
    if not await request.may(Action.ADMIT, team):
        return Reply(toast=plain.denied(request.voice))
    return team


async def _seat(request: Request, team: Team, row: Application, member_id: int) -> Member | None:
    """Give the place, with the check-in that waited for it; None: somebody else has the place."""
    session = request.session
    person = await people.known(session, row.user_id, row.name)
    held = await rights(request, team, member_id)
    if member_id:
        if not await people.claim(session, member_id, team.id, row.user_id):
            return None
        member = await session.get_one(Member, member_id)
    else:
        member = await people.enrol(session, team.id, person, request.now)
    if row.morning_id and row.studied_at:
        await checkins.add(session, row.morning_id, member.id, row.studied_at)
    await applications.settle(session, row)
    await request.note(Doing.ADMITTED, person=person.id, team=team.id)
    await _inherit(request, person, held)
    if team.chat_id:
        await members.returned(session, team.chat_id, row.user_id)  # they tapped there
    await recount(request, team)
    answer = Voice(person.locale or team.locale)
    await _tell(request, row.user_id, words.admitted(answer, person.name, team))
    return member


async def _may_pass_on(request: Request, person: Person, held: Sequence[Grant]) -> bool:
    """Whether the presser could give somebody the rights that come with a place; never oneself."""
    if not held:
        return True
    within = await reaches.reach(request.session, request.person.id if request.person else 0)
    return within.all(held) and person is not request.person


async def _inherit(request: Request, person: Person, held: Sequence[Grant]) -> None:
    """The rights of a name that was on the list are now those of the person who bears it."""
    for one in held:
        await grants.move(request.session, one, person.id)
        await request.note(
            Doing.GRANTED, person=person.id, unit=one.unit_id, team=one.team_id, detail=one.role
        )
    if held:
        await menus.renew(request.session, request.now, request.house.locale, [person.id])


async def _tell(request: Request, user: int, message: Message) -> None:
    """Say it to who asked for a place, where they have a private chat."""
    chat = await chats.private(request.session, user)
    if chat is not None:
        key = f"admitted:{user}:{request.now.timestamp():.3f}"
        await outbox.post(
            request.session, key, chat.id, message.send(), request.now, priority=outbox.URGENT
        )


ROUTES: list[Route] = [
    Press(AdmitTap, admit, needs=Action.ADMIT),
    Press(AdmitAllTap, admit_all, needs=Action.ADMIT),
    Press(WaitingTap, waiting, needs=Action.ADMIT),
]
