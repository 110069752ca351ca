"""A team's chat, and the places in a team.

A chat is tied to a team by somebody who runs the team. A place is taken by whoever has been in
the team's group: at once where Telegram's name is one on the list, else by the leader's word.
"""

import hashlib
import re
from collections.abc import Sequence

from handlers import menus
from handlers.reading.enrolments import JOIN
from handlers.requests import Command, Happening, Link, Phrase, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.team import AdmitTap, AttachTap, ClaimTap, EnrolTap
from handlers.words import plain
from handlers.words import team as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import audits, chats, grants, outbox, people, reaches, study
from storage import teams as rows
from storage.kinds import Doing
from storage.tables import Chat, Grant, Person, Team

ARGUMENT = re.compile(r"(?P<team>\d{1,9})-(?P<proof>[0-9a-f]+)", re.ASCII)  # of `join-…`

# -- the chat --------------------------------------------------------------------------------


async def added(request: Request) -> Reply:
    """We are in a group now: greet its team, or ask whose group it is."""
    found = await rows.of_chat(request.session, request.chat.id)
    if found:
        return Reply(message=words.welcome(Voice(found[0].locale), found))
    question = await _question(request)
    private = await request.private_chat() if question.buttons else None
    if private is None:
        return Reply(message=question)
    key = f"{_brought_key(request, request.chat.id)}{request.now.timestamp():.0f}"
    await outbox.post(
        request.session, key, private.id, question.send(), request.now, priority=outbox.URGENT
    )
    return Reply()


async def removed(_: Request) -> Reply:
    """We are out of a group: what is owed to it is held already, and there is nobody to tell."""
    return Reply()


async def attach(request: Request, tap: AttachTap) -> Reply:
    """This chat, or the topic where it was tapped, is that team's; it needs a team without one."""
    session, voice = request.session, request.voice
    team = await rows.live(session, tap.team)
    chat = await session.get(Chat, tap.chat)
    if team is None or chat is None or not await _brought(request, chat):
        return Reply(toast=plain.gone(voice))
    if not await request.may(Action.ATTACH, team):
        return Reply(toast=plain.denied(voice))
    if (other := await rows.chat(session, team)) is not None:
        return Reply(toast=words.elsewhere(voice, team, other), alert=True)
    if not await rows.attach(session, team.id, chat.id, request.topic_id):
        return Reply(toast=words.occupied(voice), alert=True)
    await request.note(Doing.ATTACHED, team=team.id)
    welcome = words.welcome(Voice(team.locale), [team])
    if not request.private:
        return Reply(edit=welcome)
    key = f"welcome:{team.id}:{chat.id}:{request.now.timestamp():.0f}"
    await outbox.post(session, key, chat.id, welcome.send(), request.now, priority=outbox.URGENT)
    return Reply(edit=words.attached(voice, team, chat))


async def _question(request: Request) -> Message:
    """Whose group is this? To somebody who cannot know: who can."""
    if request.person is None or not await request.may(Action.ATTACH):
        return words.unattached(request.voice)
    run = await grants.teams(request.session, request.person.id)
    free = [team for team in run if team.chat_id is None]
    if not free:
        return words.none_free(request.voice)
    units = await rows.unit_names(request.session, {team.unit_id for team in free})
    return words.which(request.voice, request.chat, free, units)


def _brought_key(request: Request, chat_id: int) -> str:
    return f"attach:{chat_id}:{request.sender.id}:"


async def _brought(request: Request, chat: Chat) -> bool:
    """Whether the tap comes from that chat, or in private from who brought us there.

    Anybody can forge the number of a chat that is none of theirs.
    """
    if not request.private:
        return chat.id == request.chat.id
    return bool(await outbox.tally(request.session, _brought_key(request, chat.id)))


# -- asking for a place ----------------------------------------------------------------------


async def join(request: Request) -> Reply:
    """/join, 报到: a place in this group's team; in a place without one: whose is it?

    Where teams meet in other topics, who has nothing to attach is shown the way into those.
    """
    if request.private:
        return Reply(message=words.join_in_group(request.voice))
    if request.team is None:
        question = await _question(request)
        here = await rows.of_chat(request.session, request.chat.id)
        if here and not question.buttons:
            return Reply(message=words.join(request.voice, here))
        return Reply(message=question)
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
    if await _belongs(request, request.person, team):
        return Reply(toast=words.already(request.voice, team))
    if name := await _recognised(request, team):
        return Reply(toast=words.enrolled(request.voice, name, team))
    if await request.private_chat():
        return Reply(private=await _places(request, team), toast=words.sent(request.voice))
    return Reply(open=await _link(request, team))


async def join_by_link(request: Request) -> Reply:
    """The address that 报到 opens for somebody without a private chat."""
    found = ARGUMENT.fullmatch(request.text)
    team = await rows.live(request.session, int(found["team"])) if found else None
    if found is None or team is None or found["proof"] != await _proof(request, team):
        return Reply(message=words.join_in_group(request.voice))
    if await _belongs(request, request.person, team):
        return Reply(message=plain.line(words.already(request.voice, team)))
    return Reply(message=await _places(request, team))


async def claim(request: Request, tap: ClaimTap) -> Reply:
    """One of the names is mine, or none: the leader is asked, once a day."""
    session, voice = request.session, request.voice
    team = await rows.live(session, tap.team)
    if team is None or tap.proof != await _proof(request, team):
        return Reply(toast=plain.gone(voice))
    if await _belongs(request, request.person, team):
        return Reply(edit=plain.line(words.already(voice, team)))
    names = {member.id: p.name for member, p in await people.unclaimed(session, team.id)}
    if tap.member and tap.member not in names:
        return Reply(toast=words.taken(voice), alert=True)
    if rights := await _rights(request, team, tap.member):
        deciders = await reaches.givers(session, team.id, rights)
    else:
        deciders = await rows.deciders(session, team.id)
    if not deciders:
        return Reply(toast=words.nobody(voice), alert=True)
    await people.known(session, request.sender.id, request.sender.name)
    fresh = [
        await outbox.post(
            session,
            f"{_asked_key(tap.team, request.sender.id, tap.member)}{decider.id}:{request.today}",
            chat.id,
            words.petition(
                Voice(decider.locale or team.locale),
                team,
                request.sender.id,
                request.sender.name,
                tap.member,
                names.get(tap.member, ""),
            ).send(),
            request.now,
            priority=outbox.URGENT,
        )
        for decider, chat in deciders
    ]
    if not any(fresh):
        return Reply(toast=words.waiting(voice), alert=True)
    return Reply(edit=words.asked(voice, team, [decider for decider, _ in deciders]))


async def _places(request: Request, team: Team) -> Message:
    free = await people.unclaimed(request.session, team.id)
    return words.places(request.voice, team, await _proof(request, team), free)


async def _recognised(request: Request, team: Team) -> str:
    """The name of the one free place that bears the sender's name, which is theirs now."""
    name = request.sender.name
    free = [m for m, p in await people.unclaimed(request.session, team.id) if p.name == name]
    if len(free) != 1 or await _rights(request, team, free[0].id):
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
    await _recount(request, team)
    return name


async def _rights(request: Request, team: Team, member_id: int) -> Sequence[Grant]:
    """The rights of whoever a free place is for: they come with it."""
    free = {m.id: p for m, p in await people.unclaimed(request.session, team.id)}
    named = free.get(member_id)
    return await grants.of(request.session, named.id) if named else []


async def _belongs(request: Request, person: Person | None, team: Team) -> bool:
    if person is None:
        return False
    places = await people.memberships(request.session, person.id)
    return any(other.id == team.id for _, other in places)


async def _link(request: Request, team: Team) -> str:
    return request.house.link(f"join-{team.id}-{await _proof(request, team)}")


async def _proof(request: Request, team: Team) -> str:
    """That somebody has been in the team's group, whose id only those know who are in it.

    Without it anybody could read a team's names by trying addresses.
    """
    chat = await rows.chat(request.session, team)
    secret = f"{team.id}:{chat.telegram_id if chat else 0}:{request.sender.id}"
    return hashlib.sha256(secret.encode()).hexdigest()[:12]


# -- giving a place --------------------------------------------------------------------------


async def admit(request: Request, tap: AdmitTap) -> Reply:
    """通过 or 退回: the word of somebody who may give places in that team."""
    session, voice = request.session, request.voice
    team, person = await rows.live(session, tap.team), await people.by_telegram(session, tap.user)
    asked = await outbox.tally(session, _asked_key(tap.team, tap.user, tap.member))
    if team is None or person is None or not asked:
        return Reply(toast=plain.gone(voice))
    if not await request.may(Action.ADMIT, team):
        return Reply(toast=plain.denied(voice))
    if await _belongs(request, person, team):
        return Reply(edit=words.settled(voice, person.name, team))
    answer = Voice(person.locale or team.locale)
    rights = await _rights(request, team, tap.member)
    if rights and tap.yes:
        within = await reaches.reach(session, request.person.id if request.person else 0)
        if not within.all(rights) or person is request.person:
            return Reply(toast=words.with_rights(voice), alert=True)
    if not tap.yes:
        await _tell(request, tap.user, words.refused(answer, team))
        return Reply(edit=words.turned_down(voice, person.name, team))
    if not tap.member:
        await people.enrol(session, team.id, person, request.now)
    elif not await people.claim(session, tap.member, team.id, tap.user):
        return Reply(toast=words.taken(voice), alert=True)
    await request.note(Doing.ADMITTED, person=person.id, team=team.id)
    await _inherit(request, person, rights)
    await _recount(request, team)
    await _tell(request, tap.user, words.admitted(answer, person.name, team))
    return Reply(edit=words.settled(voice, person.name, team))


async def _inherit(request: Request, person: Person, rights: Sequence[Grant]) -> None:
    """The rights of a name that was on the list are now those of the person who bears it."""
    session, now = request.session, request.now
    for one in rights:
        await grants.move(session, one, person.id)
        await request.note(
            Doing.GRANTED, person=person.id, unit=one.unit_id, team=one.team_id, detail=one.role
        )
    if rights:
        await menus.renew(session, now, request.house.locale, [person.id])


def _asked_key(team_id: int, user: int, member_id: int) -> str:
    return f"admit:{team_id}:{user}:{member_id}:"


async def _tell(request: Request, user: int, message: Message) -> None:
    """Say it to who asked for a place; they have asked in private, so there is a chat."""
    chat = await chats.private(request.session, user)
    if chat is not None:
        key = f"admitted:{user}:{request.now.timestamp():.3f}"
        await outbox.post(
            request.session, key, chat.id, message.send(), request.now, priority=outbox.URGENT
        )


async def _recount(request: Request, team: Team) -> None:
    """The card of an open morning counts one more."""
    morning = await study.latest(request.session, team.id)
    if morning is not None and morning.closed_at is None:
        await outbox.touch(request.session, [f"card:{morning.id}"], request.now)


ROUTES: list[Route] = [
    Command("join", join, needs=Action.JOIN),
    Phrase(JOIN, join, needs=Action.JOIN, plain=True),
    Link("join", join_by_link, needs=Action.JOIN),
    Happening("added", added, needs=Action.BRING),
    Happening("removed", removed, needs=Action.BRING),
    Press(AttachTap, attach, needs=Action.ATTACH),
    Press(EnrolTap, enrol, needs=Action.JOIN),
    Press(ClaimTap, claim, needs=Action.JOIN),
    Press(AdmitTap, admit, needs=Action.ADMIT),
]
