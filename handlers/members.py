"""One place in a team: called otherwise, tagged, taken away, given back, moved to another team."""

import re
from zoneinfo import ZoneInfo

from handlers.giving import give, taken
from handlers.reading.plain import line
from handlers.requests import Otherwise, Press, Reply, Request, Route
from handlers.rosters import let_go
from handlers.rules.permissions import Action
from handlers.taps.groups import RenameTeamTap
from handlers.taps.rosters import MemberAct, MemberTap, MoveTap, MoveToTap
from handlers.team import recount
from handlers.words import members as words
from handlers.words import plain
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import chats, grants, members, outbox, people, reaches, rosters, teams, views
from storage.commitments import Promise
from storage.kinds import Doing, Role, Subject
from storage.rosters import Place
from storage.tables import Team

NAME, TAG, TAGS = 40, 20, 20  # characters of a name and of a tag; tags
BETWEEN = re.compile(r"[,，、;；\s]+")

# -- what is done at a tap -------------------------------------------------------------------


async def pressed(request: Request, tap: MemberTap) -> Reply:
    """A place, and what is done to it."""
    place = await _place(request, tap.member)
    if isinstance(place, Reply):
        return place
    await let_go(request)
    assert request.person is not None
    match tap.act:
        case MemberAct.NAME | MemberAct.TAGS:
            what = Subject.TAGS if tap.act is MemberAct.TAGS else Subject.MEMBER
            await members.listen(
                request.session, request.person.id, what, place.member.id, request.now
            )
            return Reply(edit=words.write(request.voice, place, what))
        case MemberAct.RETIRE if place.member.retired_at is None:
            open_ = await rosters.open_promises(request.session, place.member.id)
            return Reply(edit=words.sure(request.voice, place, len(open_)))
        case MemberAct.RETIRED:
            return await _retired(request, place)
        case MemberAct.BACK:
            return await _back(request, place)
        case MemberAct.LEAD | MemberAct.UNLEAD:
            return await _lead(request, place, leads=tap.act is MemberAct.LEAD)
        case MemberAct.KEEP:
            return Reply(edit=words.kept(request.voice, place))
        case _:
            await members.deafen(request.session, request.person.id)
            return Reply(edit=await _shown(request, place))


async def _retired(request: Request, place: Place) -> Reply:
    """移出: no leader takes a place from who leads as well, nor from themselves."""
    if await _above(request, place):
        return Reply(toast=words.leads(request.voice), alert=True)
    if not await members.retire(request.session, place, request.now):
        return Reply(toast=words.retired_already(request.voice, place))
    await request.note(Doing.RETIRED, person=place.person.id, team=place.team.id)
    await _changed(request, place, place.team)
    return Reply(
        toast=words.retired(request.voice, place), edit=await _anew(request, place.member.id)
    )


async def _back(request: Request, place: Place) -> Reply:
    if not await members.restore(request.session, place):
        return Reply(toast=words.here_already(request.voice, place))
    await request.note(Doing.ADMITTED, person=place.person.id, team=place.team.id)
    await _changed(request, place, place.team)
    return Reply(
        toast=words.restored(request.voice, place), edit=await _anew(request, place.member.id)
    )


async def _lead(request: Request, place: Place, *, leads: bool) -> Reply:
    """Who leads a team is for those to say who run it, and of somebody who is there."""
    if not await request.may(Action.ROSTER, place.team):
        return Reply(toast=words.leads(request.voice), alert=True)
    if place.member.retired_at is not None:
        return Reply(toast=words.retired_already(request.voice, place))
    if leads:
        said = await give(request, place.person, 0, place.team.id)
        if isinstance(said, str):
            return Reply(toast=said, alert=True)
    else:
        row = await grants.same(
            request.session, place.person.id, Role.LEADER, team_id=place.team.id
        )
        if row and (held := await reaches.one(request.session, row.id)):
            await taken(request, held)
    toast = words.led(request.voice, place, leads=leads)
    return Reply(toast=toast, edit=await _anew(request, place.member.id))


async def targets(request: Request, tap: MoveTap) -> Reply:
    """To which team does it go?"""
    place = await _place(request, tap.member)
    if isinstance(place, Reply):
        return place
    await let_go(request)
    others = [team for team in await request.run(Action.ADMIT) if team.id != place.team.id]
    units = await teams.unit_names(request.session, {team.unit_id for team in others})
    return Reply(edit=words.where(request.voice, place, others, units, tap.page))


async def moved(request: Request, tap: MoveToTap) -> Reply:
    """转到: what goes along is said before, and said after."""
    place = await _place(request, tap.member)
    if isinstance(place, Reply):
        return place
    team = await teams.live(request.session, tap.team)
    if team is None or team.id == place.team.id:
        return Reply(toast=plain.gone(request.voice))
    if not await request.may(Action.ADMIT, team):
        return Reply(toast=plain.denied(request.voice))
    if place.member.retired_at is not None:
        return Reply(toast=words.retired_already(request.voice, place))
    if await _above(request, place):
        return Reply(toast=words.leads(request.voice), alert=True)
    open_ = await rosters.open_promises(request.session, place.member.id)
    if tap.sure != 1:
        return Reply(edit=words.sure_of_move(request.voice, place, team, len(open_)))
    promises = [Promise(row, place.team, place.person) for row in open_]
    shown = {
        key for what in promises for key in await views.of(request.session, what, request.now)
    }
    today = request.now.astimezone(ZoneInfo(place.team.timezone)).date()
    carried = await members.move(request.session, place, team, today, request.now)
    if carried is None:
        return Reply(toast=words.retired_already(request.voice, place))
    for _, row in carried:
        shown |= await views.of(request.session, Promise(row, team, place.person), request.now)
    await outbox.touch(request.session, shown, request.now)
    await request.note(Doing.TRANSFERRED, person=place.person.id, team=team.id)
    await _changed(request, place, place.team, team)
    await _tell(request, place, words.told_of_move(_voice(place, team), place, team, carried))
    return Reply(edit=words.moved(request.voice, place, team, carried))


async def rename_team(request: Request, tap: RenameTeamTap) -> Reply:
    """改名, of a team: what is written next."""
    team = await teams.live(request.session, tap.team)
    if team is None or not request.private or request.person is None:
        return Reply(toast=plain.gone(request.voice))
    if not await request.may(Action.ATTACH, team):
        return Reply(toast=plain.denied(request.voice))
    await members.listen(request.session, request.person.id, Subject.TEAM, team.id, request.now)
    return Reply(message=words.write_team(request.voice, team))


# -- what is written -------------------------------------------------------------------------


async def written(request: Request) -> Reply | None:
    """The name or the tags that were asked for, in the next words in private."""
    if request.person is None or not request.text or request.attached:
        return None
    asked = await members.listening(request.session, request.person.id, request.now)
    if asked is None:
        return None
    if asked.subject is Subject.TEAM:
        return await _team_named(request, asked.subject_id)
    place = await _place(request, asked.subject_id)
    if isinstance(place, Reply):
        await members.deafen(request.session, request.person.id)
        return Reply(message=plain.line(place.toast))
    if asked.subject is Subject.TAGS:
        return await _tagged(request, place)
    return await _named(request, place)


async def _named(request: Request, place: Place) -> Reply:
    name = line(request.text)
    if len(name) > NAME or not name:
        return Reply(message=words.too_long(request.voice, len(name), NAME))
    if await members.called(request.session, place.team.id, name, place.member.id):
        return Reply(message=words.taken(request.voice, name, place.team))
    old = place.person.name
    place.person.name = name
    request.session.add(place.person)
    await request.note(Doing.RENAMED, person=place.person.id, team=place.team.id)
    await _done(request)
    await _changed(request, place, place.team)
    return Reply(message=words.renamed(request.voice, old, place))


async def _tagged(request: Request, place: Place) -> Reply:
    found = [tag for tag in BETWEEN.split(request.text) if tag]
    if words.is_none(request.voice, request.text):
        found = []
    if len(found) > TAGS or any(len(tag) > TAG for tag in found):
        return Reply(message=words.bad_tags(request.voice, TAGS, TAG))
    place.member.tags = list(dict.fromkeys(found))
    request.session.add(place.member)
    await _done(request)
    return Reply(message=words.tagged(request.voice, place))


async def _team_named(request: Request, team_id: int) -> Reply:
    team = await teams.live(request.session, team_id)
    if team is None or not await request.may(Action.ATTACH, team):
        await _done(request)
        return Reply(message=plain.line(plain.denied(request.voice)))
    name, old = line(request.text), team.name
    if len(name) > NAME or not name:
        return Reply(message=words.too_long(request.voice, len(name), NAME))
    if not await teams.rename(request.session, team, name):
        return Reply(message=words.team_taken(request.voice, name))
    await request.note(Doing.RENAMED, team=team.id)
    await _done(request)
    await recount(request, team)
    return Reply(message=words.team_renamed(request.voice, old, team))


async def _done(request: Request) -> None:
    assert request.person is not None
    await members.deafen(request.session, request.person.id)


# -- parts -----------------------------------------------------------------------------------


async def _place(request: Request, member_id: int) -> Place | Reply:
    """The place, if the presser may give and take those of its team; else the word on why not."""
    place = await rosters.place(request.session, member_id)
    if place is None or not request.private or request.person is None:
        return Reply(toast=plain.gone(request.voice))
    if not await request.may(Action.ADMIT, place.team):
        return Reply(toast=plain.denied(request.voice))
    return place


async def _above(request: Request, place: Place) -> bool:
    """Whether the place is one of which only those decide who stand above the team's leaders."""
    if not place.leads:
        return False
    return await request.roles(place.team) <= {Role.LEADER}


async def _anew(request: Request, member_id: int) -> Message:
    await request.session.flush()
    place = await rosters.place(request.session, member_id)
    assert place is not None
    return await _shown(request, place)


async def _shown(request: Request, place: Place) -> Message:
    open_ = await rosters.open_promises(request.session, place.member.id)
    run = {team.id for team in await request.run(Action.ADMIT)}
    others = [
        team
        for member, team in await people.memberships(request.session, place.person.id)
        if member.id != place.member.id and team.id in run
    ]
    return words.place(
        request.voice,
        place,
        len(open_),
        others,
        movable=len(run - {place.team.id}) > 0,
        appoints=await request.may(Action.ROSTER, place.team),
    )


async def _changed(request: Request, place: Place, *where: Team) -> None:
    """Cards count anew, and boards and lists show who is there."""
    for team in where:
        await recount(request, team)
    if place.team.chat_id:
        told = await rosters.shown(request.session, place.team.chat_id, request.now)
        await outbox.touch(request.session, told, request.now)
    for row in await rosters.open_promises(request.session, place.member.id):
        await views.touch(request.session, Promise(row, place.team, place.person), request.now)


async def _tell(request: Request, place: Place, message: Message) -> None:
    """Who was moved hears of it, where they have a private chat."""
    chat = await chats.private(request.session, place.person.telegram_id)
    if chat is not None:
        key = f"moved:{place.member.id}:{request.now.timestamp():.0f}"
        await outbox.post(request.session, key, chat.id, message.send(), request.now)


def _voice(place: Place, team: Team) -> Voice:
    return Voice(place.person.locale or team.locale)


ROUTES: list[Route] = [
    Press(MemberTap, pressed, needs=Action.ADMIT),
    Press(MoveTap, targets, needs=Action.ADMIT),
    Press(MoveToTap, moved, needs=Action.ADMIT),
    Press(RenameTeamTap, rename_team, needs=Action.ATTACH),
    Otherwise(written, needs=Action.ADMIT),
]
