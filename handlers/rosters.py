"""The roster of a team: who is on it, who was seen, and how that compares with the group."""

from collections.abc import Sequence

from handlers.reading.enrolments import ROSTER
from handlers.requests import Command, Phrase, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.scopes import Unclear, scope
from handlers.taps.rosters import FormerTap, RosterFileTap, RostersTap, RosterTap
from handlers.words import plain
from handlers.words import rosters as words
from handlers.words.message import Message
from storage import footings, members, outbox, rosters, teams
from storage.kinds import Doing
from storage.tables import Team


async def asked(request: Request) -> Reply:
    """/team, 名册: in the group figures for all; in private, names for who may see them."""
    match = request.match
    if request.person is not None:
        await members.deafen(request.session, request.person.id)
    named = (match.get("what") or match.get("whose") or "") if match else request.text.strip()
    run = await request.run(Action.ADMIT)
    if request.team is not None:
        return await _in_group(request, request.team)
    if not request.private:
        return Reply(message=plain.line(plain.unattached(request.voice)))
    if not run:
        return await _own(request)
    if named:
        try:
            meant = await scope(request, named, Action.ADMIT)
        except Unclear as fault:
            return Reply(message=words.unclear(request.voice, str(fault)))
        if meant.team:
            return await _first(request, meant.team)
        run = meant.teams
    if len(run) == 1:
        return await _first(request, run[0])
    return Reply(message=await _all(request, run, 0))


async def _in_group(request: Request, team: Team) -> Reply:
    """Figures for all, and 报到; names in private for who gives places."""
    figures = await _figures(request, [team])
    counts = words.in_group(request.voice, team, figures[team.id])
    if not await request.may(Action.ADMIT, team) or not await request.private_chat():
        return Reply(message=counts)
    return Reply(message=counts, private=await _roster(request, team, 0))


async def _own(request: Request) -> Reply:
    """To a member: the figures of their teams."""
    own = [team for _, team in await request.places()]
    figures = await _figures(request, own)
    return Reply(message=words.own(request.voice, [(team, figures[team.id]) for team in own]))


async def _first(request: Request, team: Team) -> Reply:
    key = rosters.key(team.id, request.chat.id)
    await outbox.dismiss(request.session, key)
    return Reply(message=await _roster(request, team, 0), keeps=key)


async def paged(request: Request, tap: RostersTap) -> Reply:
    """A page of the teams."""
    run = await request.run(Action.ADMIT)
    if not request.private or not run:
        return Reply(toast=plain.gone(request.voice))
    await let_go(request)
    return Reply(edit=await _all(request, run, tap.page))


async def shown(request: Request, tap: RosterTap) -> Reply:
    """A page of a team's roster; the message is that team's roster from now on."""
    team = await team_of(request, tap.team)
    if isinstance(team, Reply):
        return team
    await let_go(request)
    if not tap.page:
        key, chat = rosters.key(team.id, request.chat.id), request.chat.id
        await outbox.dismiss(request.session, key)
        await outbox.adopt(request.session, key, chat, request.message_id, request.now)
    return Reply(edit=await _roster(request, team, tap.page))


async def former(request: Request, tap: FormerTap) -> Reply:
    """Who was on it, and can come back."""
    team = await team_of(request, tap.team)
    if isinstance(team, Reply):
        return team
    await let_go(request)
    gone = await rosters.places(request.session, team.id, retired=True)
    return Reply(edit=words.former(request.voice, team, gone, tap.page))


async def file(request: Request, tap: RosterFileTap) -> Reply:
    """导出: the roster of a team, or of all that the presser runs, as a workbook."""
    run = await request.run(Action.ROSTER)
    if tap.team:
        run = [team for team in run if team.id == tap.team]
    if not request.private or not run or request.person is None:
        return Reply(toast=plain.denied(request.voice))
    name = run[0].name if tap.team else ""
    message = words.file(request.voice, request.person.id, tap.team, name, request.today)
    await request.note(Doing.EXPORTED, team=tap.team or None, detail="roster")
    key = f"roster-file:{request.chat.id}:{tap.team}:{request.now.timestamp():.0f}"
    fresh = await outbox.post(
        request.session,
        key,
        request.chat.id,
        message.send(),
        request.now,
        priority=outbox.URGENT,
    )
    return Reply(toast=words.coming(request.voice, fresh=fresh))


async def team_of(request: Request, team_id: int) -> Team | Reply:
    """The team, if the presser may give and take its places; else the word on why not."""
    team = await teams.live(request.session, team_id)
    if team is None or not request.private:
        return Reply(toast=plain.gone(request.voice))
    if not await request.may(Action.ADMIT, team):
        return Reply(toast=plain.denied(request.voice))
    return team


async def let_go(request: Request) -> None:
    """The pressed message shows something else now: no count is to turn it back."""
    await outbox.let_go(request.session, request.chat.id, request.message_id, rosters.ROSTER)


async def _all(request: Request, run: Sequence[Team], page: int) -> Message:
    units = await teams.unit_names(request.session, {team.unit_id for team in run})
    figures = await _figures(request, run)
    files = bool(await request.run(Action.ROSTER))
    return words.teams(request.voice, run, units, figures, page, files=files)


async def _roster(request: Request, team: Team, page: int) -> Message:
    figures = (await _figures(request, [team]))[team.id]
    places = await rosters.places(request.session, team.id)
    return words.roster(
        request.voice,
        team,
        figures,
        places,
        page,
        former=await rosters.former(request.session, team.id),
        several=len(await request.run(Action.ADMIT)) > 1,
        files=await request.may(Action.ROSTER, team),
    )


async def _figures(request: Request, run: Sequence[Team]) -> dict[int, rosters.Figures]:
    """What the rosters come to; where a count is old, Telegram will be asked anew."""
    chats = {team.chat_id for team in run if team.chat_id}
    await footings.want(request.session, chats, request.now)
    return await rosters.figures(request.session, [team.id for team in run])


ROUTES: list[Route] = [
    Command("team", asked, needs=Action.SEE_COUNTS),
    Phrase(ROSTER, asked, needs=Action.SEE_COUNTS),
    Press(RostersTap, paged, needs=Action.ADMIT),
    Press(RosterTap, shown, needs=Action.ADMIT),
    Press(FormerTap, former, needs=Action.ADMIT),
    Press(RosterFileTap, file, needs=Action.ROSTER),
]
