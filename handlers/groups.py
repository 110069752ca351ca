"""A team's chat: we are brought there, it becomes a team's, and what we may do in it."""

from handlers.reading.plain import line
from handlers.requests import Happening, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.groups import AttachPageTap, AttachTap, CreateTap, CreateUnitsTap
from handlers.words import groups as words
from handlers.words import plain
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import footings, grants, outbox, plans
from storage import teams as rows
from storage.kinds import Doing
from storage.tables import Chat, Team

NAME = 40  # characters of a team's name

# -- we come and go --------------------------------------------------------------------------


async def added(request: Request) -> Reply:
    """We are in a group now: greet its team, or ask whose group it is; and say what we lack."""
    found = await rows.of_chat(request.session, request.chat.id)
    private = await request.private_chat()
    lacks = await _lacks(request, private)
    if found:
        return Reply(
            message=words.with_rights(words.welcome(Voice(found[0].locale), found), lacks)
        )
    asked = await question(request)
    if private is None or not asked.buttons:
        return Reply(message=words.with_rights(asked, lacks))
    key = f"{_brought_key(request, request.chat.id)}{request.now.timestamp():.0f}"
    await outbox.post(
        request.session, key, private.id, asked.send(), request.now, priority=outbox.URGENT
    )
    return Reply()


async def removed(_: Request) -> Reply:
    """We are out of a group: what is owed to it is held already, and there is nobody to tell."""
    return Reply()


async def trusted(request: Request) -> Reply:
    """We may do other things in a group than before: who was told what we lack sees that."""
    told = await outbox.keys(request.session, footings.keys_of(request.chat.id), request.now)
    await outbox.touch(request.session, told, request.now)
    return Reply()


async def _lacks(request: Request, private: Chat | None) -> Message | None:
    """What we lack in a group, to be said there; in private it is said to who brought us."""
    footing = await footings.one(request.session, request.chat.id)
    if footing is None or not words.lacking(footing):
        return None
    message = words.rights(request.voice, request.chat, footing)
    if private is None:
        return message
    key = footings.key(request.chat.id, private.id)
    if not await outbox.post(
        request.session, key, private.id, message.send(), request.now, priority=outbox.URGENT
    ):
        await outbox.touch(request.session, [key], request.now)
    return None


# -- whose group it is -----------------------------------------------------------------------


async def question(request: Request, page: int = 0) -> Message:
    """Whose group is this? To somebody who cannot know: who can."""
    return await _question(request, request.chat, page)


async def _question(request: Request, chat: Chat, page: int = 0) -> Message:
    if request.person is None or not await request.may(Action.ATTACH):
        return words.unattached(request.voice)
    run = await grants.teams(request.session, request.person.id)
    free = [team for team in run if team.chat_id is None]
    units = await rows.unit_names(request.session, {team.unit_id for team in free})
    own = await grants.units(request.session, request.person.id)
    return words.which(request.voice, chat, free, units, list(own), page)


async def paged(request: Request, tap: AttachPageTap) -> Reply:
    """Another page of the teams that have no group."""
    chat = await _chat(request, tap.chat)
    if isinstance(chat, Reply):
        return chat
    return Reply(edit=await _question(request, chat, tap.page))


async def attach(request: Request, tap: AttachTap) -> Reply:
    """This chat, or the topic where it was tapped, is that team's; it needs a team without one."""
    session, voice = request.session, request.voice
    team, chat = await rows.live(session, tap.team), await _chat(request, tap.chat)
    if isinstance(chat, Reply):
        return chat
    if team is None:
        return Reply(toast=plain.gone(voice))
    if not await request.may(Action.ATTACH, team):
        return Reply(toast=plain.denied(voice))
    if (other := await rows.chat(session, team)) is not None:
        return Reply(toast=words.elsewhere(voice, team, other), alert=True)
    if not await rows.attach(session, team.id, chat.id, request.topic_id):
        return Reply(toast=words.occupied(voice), alert=True)
    return await _attached(request, team, chat, words.attached(voice, team, chat))


async def units(request: Request, tap: CreateUnitsTap) -> Reply:
    """To which unit does the new team belong?"""
    chat = await _chat(request, tap.chat)
    if isinstance(chat, Reply):
        return chat
    own = await grants.units(request.session, request.person.id) if request.person else {}
    if not own:
        return Reply(toast=plain.denied(request.voice))
    return Reply(edit=words.which_unit(request.voice, chat, own, tap.page))


async def create(request: Request, tap: CreateTap) -> Reply:
    """A new team, called as the group is, with the plan of the last team beside it."""
    session, voice = request.session, request.voice
    chat = await _chat(request, tap.chat)
    if isinstance(chat, Reply):
        return chat
    own = await grants.units(session, request.person.id) if request.person else {}
    if tap.unit not in own:
        return Reply(toast=plain.denied(voice))
    name = line(chat.title)[:NAME].strip() or words.nameless(voice)
    at_home = (request.house.timezone, request.house.locale)
    team = await rows.create(session, tap.unit, name, chat, request.topic_id, at_home)
    if team is None:
        return Reply(toast=words.occupied(voice), alert=True)
    assert request.person is not None
    run = await grants.teams(session, request.person.id)
    beside = [one.id for one in run if one.unit_id == tap.unit and one.id != team.id]
    plan = await plans.like(session, team.id, beside, request.now)
    made = words.created(voice, team, chat, own[tap.unit], plan)
    return await _attached(request, team, chat, made)


async def _attached(request: Request, team: Team, chat: Chat, told: Message) -> Reply:
    """The group is greeted as the team's; whoever did it in private reads what was done."""
    await request.note(Doing.ATTACHED, team=team.id)
    welcome = words.welcome(Voice(team.locale), [team])
    await footings.want(request.session, [chat.id], request.now, fresh=False)
    if not request.private:
        return Reply(edit=welcome)
    key = f"welcome:{team.id}:{chat.id}:{request.now.timestamp():.0f}"
    call = welcome.send()
    await outbox.post(request.session, key, chat.id, call, request.now, priority=outbox.URGENT)
    return Reply(edit=told)


async def _chat(request: Request, chat_id: int) -> Chat | Reply:
    """The group that a button is about, if the presser may speak of it; else what to say."""
    chat = await request.session.get(Chat, chat_id)
    if chat is None or not await _brought(request, chat):
        return Reply(toast=plain.gone(request.voice))
    return chat


def _brought_key(request: Request, chat_id: int) -> str:
    return f"attach:{chat_id}:{request.sender.id}:"


async def _brought(request: Request, chat: Chat) -> bool:
    """Whether the tap comes from that chat, or in private from who brought us there.

    Anybody can forge the number of a chat that is none of theirs.
    """
    if not request.private:
        return chat.id == request.chat.id
    return bool(await outbox.tally(request.session, _brought_key(request, chat.id)))


ROUTES: list[Route] = [
    Happening("added", added, needs=Action.BRING),
    Happening("removed", removed, needs=Action.BRING),
    Happening("trusted", trusted, needs=Action.BRING),
    Press(AttachTap, attach, needs=Action.ATTACH),
    Press(AttachPageTap, paged, needs=Action.ATTACH),
    Press(CreateUnitsTap, units, needs=Action.ATTACH),
    Press(CreateTap, create, needs=Action.ATTACH),
]
