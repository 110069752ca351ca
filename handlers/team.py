"""The places in a team: taken by whoever has been in the team's group.

At once where Telegram's name is one on the list, else by the leader's word.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from handlers.groups import question
from handlers.reading.enrolments import JOIN
from handlers.reading.plain import line
from handlers.requests import Command, Link, Newcomer, Phrase, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps import Tap
from handlers.taps.cards import StudiedTap
from handlers.taps.team import ClaimPageTap, ClaimTap, EnrolTap
from handlers.words import plain
from handlers.words import team as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import applications, audits, grants, outbox, people, reaches, study
from storage import teams as rows
from storage.kinds import Doing
from storage.tables import Chat, Grant, Morning, Person, Team

ARGUMENT = re.compile(r"(?P<team>\d{1,9})-(?P<proof>[0-9a-f]+)", re.ASCII)  # of `join-…`
NAME = 40  # characters of a name on a roster
TOGETHER = timedelta(minutes=10)  # who asks so soon after another makes no sound

# -- asking for a place ----------------------------------------------------------------------


async def join(request: Request) -> Reply:
    """/join, 报到: a place in this group's team; in a place without one: whose is it?

    Where teams meet in other topics, who has nothing to attach is shown the way into those.
    """
    if request.private:
        return Reply(message=words.join_in_group(request.voice))
    if request.team is None:
        whose = await question(request)
        here = await rows.of_chat(request.session, request.chat.id)
        if here and not whose.buttons:
            return Reply(message=words.join(request.voice, here))
        return Reply(message=whose)
    if request.member is not None:
        return Reply(message=plain.line(words.already(request.voice, request.team)))
    if name := await _recognised(request, request.team):
        return Reply(message=plain.line(words.enrolled(request.voice, name, request.team)))
    if await request.private_chat():
        return Reply(private=await _places(request, request.team))
    link = await _link(request, request.team)
    return Reply(message=plain.open_private(request.voice, link))


async def enrol(request: Request, tap: EnrolTap) -> Reply:
    """The button 报到 in the team's group."""
    team = await rows.live(request.session, tap.team)
    if team is None or team.chat_id != request.chat.id:
        return Reply(toast=plain.gone(request.voice))
    if await belongs(request, request.person, team):
        return Reply(toast=words.already(request.voice, team))
    if name := await _recognised(request, team):
        return Reply(toast=words.enrolled(request.voice, name, team))
    if await request.private_chat():
        return Reply(private=await _places(request, team), toast=words.sent(request.voice))
    return Reply(open=await _link(request, team))


async def first_tap(request: Request, tap: Tap) -> tuple[Request, Reply]:
    """Somebody without a place taps what is for members: the tap is their wish for one.

    Who is recognised has it at once, and the tap goes on. Else the leader is asked; a check-in
    is kept, and counts from the moment of the tap.
    """
    team, voice = request.team, request.voice
    assert team is not None
    if name := await _recognised(request, team):
        seat = await people.seat(
            request.session, request.chat.telegram_id, request.topic_id, request.sender.id
        )
        assert seat is not None
        seated = replace(request, person=seat.person, member=seat.member)
        return seated, Reply(toast=words.enrolled(voice, name, team))
    if not await rows.deciders(request.session, team.id):
        return request, Reply(toast=words.nobody(voice), alert=True)
    fresh = await ask(request, team, 0)
    counts = isinstance(tap, StudiedTap) and await _studied(request, team, tap.morning)
    return request, Reply(
        toast=words.asked_by_tap(voice, team, fresh=fresh, counts=counts), alert=True
    )


async def _studied(request: Request, team: Team, morning_id: int) -> bool:
    """Whether the tap is a check-in that counts once its sender has a place."""
    session = request.session
    morning = await session.get(Morning, morning_id)
    row = await applications.one(session, team.id, request.sender.id)
    if morning is None or row is None or morning.team_id != team.id:
        return False
    if row.morning_id != morning.id:
        row.morning_id, row.studied_at = morning.id, request.now
        session.add(row)
    return True


async def join_by_link(request: Request) -> Reply:
    """The address that 报到 opens for somebody without a private chat."""
    found = ARGUMENT.fullmatch(request.text)
    team = await rows.live(request.session, int(found["team"])) if found else None
    if found is None or team is None or found["proof"] != await _proof(request, team):
        return Reply(message=words.join_in_group(request.voice))
    if await belongs(request, request.person, team):
        return Reply(message=plain.line(words.already(request.voice, team)))
    return Reply(message=await _places(request, team))


async def paged(request: Request, tap: ClaimPageTap) -> Reply:
    """More of the names."""
    team = await rows.live(request.session, tap.team)
    if team is None or tap.proof != await _proof(request, team):
        return Reply(toast=plain.gone(request.voice))
    return Reply(edit=await _places(request, team, tap.page))


async def claim(request: Request, tap: ClaimTap) -> Reply:
    """One of the names is mine, or none: the leader is asked, once a day."""
    session, voice = request.session, request.voice
    team = await rows.live(session, tap.team)
    if team is None or tap.proof != await _proof(request, team):
        return Reply(toast=plain.gone(voice))
    if await belongs(request, request.person, team):
        return Reply(edit=plain.line(words.already(voice, team)))
    names = {member.id: p.name for member, p in await people.unclaimed(session, team.id)}
    if tap.member and tap.member not in names:
        return Reply(toast=words.taken(voice), alert=True)
    asked = await deciders(request, team, tap.member)
    if not asked:
        return Reply(toast=words.nobody(voice), alert=True)
    if not await ask(request, team, tap.member):
        return Reply(toast=words.waiting(voice), alert=True)
    return Reply(edit=words.asked(voice, team, [decider for decider, _ in asked]))


async def ask(request: Request, team: Team, member_id: int) -> bool:
    """Ask who decides for a team about the sender; False when they were asked the same today."""
    session, user = request.session, request.sender.id
    name = called(request)
    await people.known(session, user, name)
    before = await applications.waiting(session, team.id)
    row = await applications.ask(session, team.id, user, name, member_id or None, request.now)
    free = await people.unclaimed(session, team.id)
    others = [one for one in before if one.user_id != user]
    quiet = any(request.now - one.at < TOGETHER for one in others)
    back = await people.retired(session, team.id, user)
    fresh = [
        await outbox.post(
            session,
            f"admit:{team.id}:{user}:{member_id}:{decider.id}:{request.today}",
            chat.id,
            replace(
                words.petition(
                    Voice(decider.locale or team.locale), team, row, free, len(others), back=back
                ),
                silent=quiet,
            ).send(),
            request.now,
            priority=outbox.URGENT,
        )
        for decider, chat in await deciders(request, team, member_id)
    ]
    return any(fresh)


def called(request: Request) -> str:
    """How the sender is called, as a roster can have it: Telegram's names hold anything."""
    return line(request.sender.name)[:NAME].strip() or str(request.sender.id)


async def _places(request: Request, team: Team, page: int = 0) -> Message:
    free = await people.unclaimed(request.session, team.id)
    return words.places(request.voice, team, await _proof(request, team), free, page)


async def _recognised(request: Request, team: Team) -> str:
    """The name of the one free place that bears the sender's name, which is theirs now."""
    name = called(request)
    free = [m for m, p in await people.unclaimed(request.session, team.id) if p.name == name]
    if len(free) != 1 or await rights(request, team, free[0].id):
        return ""  # a name is no proof: whoever can call themselves so would have the rights
    taken = await people.claim(request.session, free[0].id, team.id, request.sender.id)
    if not taken:
        return ""
    await request.session.flush()
    person = await people.known(request.session, request.sender.id, name)
    await audits.note(
        request.session,
        Doing.ADMITTED,
        request.now,
        by=person.id,
        person=person.id,
        team=team.id,
    )
    await recount(request, team)
    return name


async def rights(request: Request, team: Team, member_id: int) -> Sequence[Grant]:
    """The rights of whoever a free place is for: they come with it."""
    free = {m.id: p for m, p in await people.unclaimed(request.session, team.id)}
    named = free.get(member_id)
    return await grants.of(request.session, named.id) if named else []


async def deciders(request: Request, team: Team, member_id: int) -> Sequence[tuple[Person, Chat]]:
    """Who may give a place; where rights come with it, those alone who could give them."""
    if held := await rights(request, team, member_id):
        return await reaches.givers(request.session, team.id, held)
    return await rows.deciders(request.session, team.id)


async def belongs(request: Request, person: Person | None, team: Team) -> bool:
    """Whether somebody has a place in a team."""
    if person is None:
        return False
    places = await people.memberships(request.session, person.id)
    return any(other.id == team.id for _, other in places)


async def recount(request: Request, team: Team) -> None:
    """The card of an open morning counts one more, or one less."""
    morning = await study.latest(request.session, team.id)
    if morning is not None and morning.closed_at is None:
        await outbox.touch(request.session, [f"card:{morning.id}"], request.now)


async def _link(request: Request, team: Team) -> str:
    return request.house.link(f"join-{team.id}-{await _proof(request, team)}")


async def _proof(request: Request, team: Team) -> str:
    """That somebody has been in the team's group, whose id only those know who are in it.

    Without it anybody could read a team's names by trying addresses.
    """
    chat = await rows.chat(request.session, team)
    secret = f"{team.id}:{chat.telegram_id if chat else 0}:{request.sender.id}"
    return hashlib.sha256(secret.encode()).hexdigest()[:12]


ROUTES: list[Route] = [
    Command("join", join, needs=Action.JOIN),
    Phrase(JOIN, join, needs=Action.JOIN, plain=True),
    Link("join", join_by_link, needs=Action.JOIN),
    Newcomer(first_tap, needs=Action.JOIN),
    Press(EnrolTap, enrol, needs=Action.JOIN),
    Press(ClaimTap, claim, needs=Action.JOIN),
    Press(ClaimPageTap, paged, needs=Action.JOIN),
]
