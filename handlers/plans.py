"""A team's plan: what comes next, and what a leader or secretary changes of it by a tap or a line.

What is shown is what the morning's job then does: both ask `outlooks`.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from handlers.outlooks import HORIZON, Outlook, outlooks, packs_of, upcoming
from handlers.reading.plan_lines import Said, read_plan
from handlers.requests import Command, Press, Reply, Request, Route
from handlers.rules.calendar import DAY, days_after
from handlers.rules.permissions import Action
from handlers.rules.rotation import begun_at
from handlers.taps.plans import (
    PlanAct,
    PlanActTap,
    PlanBitesTap,
    PlanPauseTap,
    PlanTeamsTap,
    PlanUnitTap,
    PlanWeekTap,
)
from handlers.words import plain
from handlers.words import plans as words
from handlers.words.message import Message
from handlers.words.pages import PAGE
from handlers.words.plans import Asked
from storage import grants, plans, study
from storage.kinds import DayKind, Doing
from storage.tables import Morning, Team

SHOWN = 7  # days
LONGEST = timedelta(days=366)
KINDS = {
    PlanAct.PAUSE: DayKind.PAUSE,
    PlanAct.OFF: DayKind.OFF,
    PlanAct.WORK: DayKind.WORK,
    PlanAct.USUAL: DayKind.USUAL,
}
FOR_UNITS = frozenset({PlanAct.OFF, PlanAct.WORK, PlanAct.USUAL})


async def asked(request: Request) -> Reply:
    """/plan, with or without a line: for the one team there is, or else: for which?"""
    said = read_plan(request.text, request.now, request.calendar)
    if said is None:
        return _said(request, words.how(request.voice))
    teams = await _teams(request)
    if request.team is not None:
        teams = [team for team in teams if team.id == request.team.id]
    if not teams:
        return Reply(message=plain.line(plain.denied(request.voice)))
    if fault := _bad_days(request, said.first, said.last):
        return _said(request, plain.line(fault))
    if len(teams) == 1 and not (said.act in FOR_UNITS and await _units(request)):
        return await _done(request, teams[0], said)
    bite = 0
    if said.act is PlanAct.START and said.number:
        found = await _bite(request, teams, said)
        if isinstance(found, Message):
            return _said(request, found)
        bite = found
    return _said(
        request, await _choice(request, Asked(said.act, said.first, said.last, bite), teams)
    )


async def shown(request: Request, tap: PlanWeekTap) -> Reply:
    """A team's week."""
    found = await _desk(request, tap.team)
    if isinstance(found, Reply):
        return found
    return Reply(edit=await _week(request, found))


async def paged(request: Request, tap: PlanTeamsTap) -> Reply:
    """A page of the choice of teams."""
    teams = await _teams(request)
    if not request.private or not teams or _bad_days(request, tap.first, tap.last):
        return Reply(toast=plain.gone(request.voice))
    what = Asked(tap.act, tap.first, tap.last, tap.bite)
    return Reply(edit=await _choice(request, what, teams, tap.page))


async def act(request: Request, tap: PlanActTap) -> Reply:
    """Do it, and show the week as it is then."""
    found = await _desk(request, tap.team)
    if isinstance(found, Reply):
        return found
    if tap.act is PlanAct.PAUSE and tap.first is None:
        return Reply(edit=await _pauses(request, found))
    if tap.act is PlanAct.START and not tap.bite:
        return Reply(edit=_packs(request, found))
    what = Asked(tap.act, tap.first, tap.last, tap.bite)
    note, fault = await _change(request, found, what)
    fresh = await _again(request, found.team)
    week = await _week(request, fresh, note, changed=what.first if note else None)
    return Reply(toast=words.brief(fault or note), edit=week)


async def unit(request: Request, tap: PlanUnitTap) -> Reply:
    """Days off or days worked of a unit, for all below it."""
    units = await _units(request)
    kind = KINDS.get(tap.act)
    if not request.private or kind is None or tap.act not in FOR_UNITS:
        return Reply(toast=plain.gone(request.voice))
    if tap.unit not in units:
        return Reply(toast=plain.denied(request.voice))
    if fault := _bad_days(request, tap.first, tap.last):
        return Reply(toast=fault)
    days = list(days_after(tap.first - DAY, tap.last))
    await plans.say_days(request.session, days, kind, request.now, unit_id=tap.unit)
    await request.note(Doing.PLANNED, unit=tap.unit, detail=_noted(tap.act, days))
    below = await grants.teams_below(request.session, tap.unit)
    name = units[tap.unit]
    done = words.unit_done(request.voice, name, tap.act, request.today, days, below)
    return Reply(edit=done)


async def pauses(request: Request, tap: PlanPauseTap) -> Reply:
    """How long?"""
    found = await _desk(request, tap.team)
    return found if isinstance(found, Reply) else Reply(edit=await _pauses(request, found))


async def bites(request: Request, tap: PlanBitesTap) -> Reply:
    """At which bite, of which pack?"""
    found = await _desk(request, tap.team)
    if isinstance(found, Reply):
        return found
    listed = _listed(found)
    if tap.place < 0 or not listed:
        return Reply(edit=_packs(request, found))
    if tap.place >= len(listed):
        return Reply(toast=plain.gone(request.voice))
    team = found.team
    here = words.bites(request.voice, team.id, team.name, tap.place, listed[tap.place], tap.page)
    return Reply(edit=here)


# -- what it is made of ----------------------------------------------------------------------


async def _teams(request: Request) -> Sequence[Team]:
    """The teams of whose plans the sender may decide."""
    return await request.run(Action.PLAN)


async def _units(request: Request) -> dict[int, str]:
    return await grants.units(request.session, request.person.id) if request.person else {}


async def _desk(request: Request, team_id: int) -> Outlook | Reply:
    """The team's plan, where the sender may decide of it; or else what to say instead."""
    if not request.private:
        return Reply(toast=plain.gone(request.voice))
    team = next((team for team in await _teams(request) if team.id == team_id), None)
    if team is None:
        return Reply(toast=plain.denied(request.voice))
    found = await _look(request, team)
    return found or Reply(edit=words.no_plan(request.voice, team.name))


async def _look(request: Request, team: Team) -> Outlook | None:
    today = request.now.date()
    span = today - DAY, today + (HORIZON + 3) * DAY
    found = await outlooks(request.session, [team.id], *span, keep=True)
    return found.get(team.id)


async def _again(request: Request, team: Team) -> Outlook:
    found = await _look(request, team)
    assert found is not None
    return found


async def _done(request: Request, team: Team, said: Said) -> Reply:
    """Do what was said in a line for a team."""
    found = await _look(request, team)
    if found is None:
        return _said(request, words.no_plan(request.voice, team.name))
    if said.act is PlanAct.SHOW:
        return _said(request, await _week(request, found))
    if said.act is PlanAct.PAUSE and said.first is None:
        return _said(request, await _pauses(request, found))
    bite = 0
    if said.act is PlanAct.START:
        if not said.number:
            return _said(request, _packs(request, found))
        chosen = await _bite(request, [team], said)
        if isinstance(chosen, Message):
            return _said(request, chosen)
        bite = chosen
    note, fault = await _change(request, found, Asked(said.act, said.first, said.last, bite))
    fresh = await _again(request, team)
    changed = said.first if note else None
    week = await _week(request, fresh, note, fault=fault, changed=changed)
    return _said(request, week)


async def _change(request: Request, found: Outlook, what: Asked) -> tuple[str, str]:
    """Change the plan; what was done, or else why nothing was."""
    session, voice, now, today = request.session, request.voice, request.now, request.today
    (first, last), team, title = await _place(request, found), found.team, ""
    days: list[date] = []
    if what.act is PlanAct.SKIP:
        bite = _following(found, first)
        if bite is None:
            return "", words.nothing_next(voice)
        if what.bite not in (0, bite):
            return "", words.moved_on(voice)
        title = found.bites[bite].title
        if bite == found.walk.again:
            await plans.set_again(session, found.plan.id, None)
        else:
            await plans.mark(session, team.id, {bite: True}, now)
    elif what.act is PlanAct.AGAIN:
        if last is None or last.bite_id not in found.bites:
            return "", words.nothing_last(voice)
        if what.bite not in (0, last.bite_id):
            return "", words.moved_on(voice)
        title = found.bites[last.bite_id].title
        await plans.set_again(session, found.plan.id, last.bite_id)
    elif what.act is PlanAct.START:
        marks = begun_at(found.walk, what.bite)
        if not marks:
            return "", words.no_bite(voice, _sizes(found))
        title = found.bites[what.bite].title
        await plans.mark(session, team.id, marks, now)
        await plans.set_again(session, found.plan.id, None)
    elif what.act is PlanAct.RESUME:
        days = await plans.paused(session, team.id, first)
        if not days:
            return "", words.not_paused(voice)
        await plans.resume(session, team.id, first)
    elif what.first and what.last and what.act in KINDS:
        if fault := _bad_days(request, what.first, what.last):
            return "", fault
        if what.last < first:
            return "", words.decided(voice, what.last, today)
        days = list(days_after(max(what.first, first) - DAY, what.last))
        await plans.say_days(session, days, KINDS[what.act], now, team_id=team.id)
    else:
        return "", plain.gone(voice)
    await request.note(Doing.PLANNED, team=team.id, detail=_noted(what.act, days))
    return words.did(voice, what.act, today, title=title, days=days), ""


def _noted(act: PlanAct, days: Sequence[date]) -> str:
    return f"{act} {days[0]}–{days[-1]}" if days else str(act)


async def _week(
    request: Request,
    found: Outlook,
    note: str = "",
    *,
    fault: str = "",
    changed: date | None = None,
) -> Message:
    """A team's next days, as they will be; and, where others were changed, those too."""
    (first, last), team = await _place(request, found), found.team
    coming = found.ahead(first, HORIZON)
    later = (changed - first).days if changed else 0
    shown = words.Week(
        team.id,
        team.name,
        found.plan.at,
        found.plan.eve,
        coming[:SHOWN],
        found.bites,
        _following(found, first),
        last.bite_id if last else None,
        await plans.paused(request.session, team.id, first),
        chat=team.chat_id is not None,
        several=len(await _teams(request)) > 1,
        work_ends=team.work_ends,
        later=coming[later : later + SHOWN] if later >= SHOWN else (),
    )
    return words.week(request.voice, shown, request.today, note, fault)


def _following(found: Outlook, first: date) -> int | None:
    """The bite of the next card."""
    coming = found.ahead(first, HORIZON)
    return next((one.bite for one in coming if one.bite is not None), None)


async def _place(request: Request, found: Outlook) -> tuple[date, Morning | None]:
    """Where a team is: the first day that can still be changed, and its newest morning."""
    last = await study.latest(request.session, found.team.id)
    return found.first_open(request.now, last.day if last else None), last


async def _pauses(request: Request, found: Outlook) -> Message:
    (first, _), team = await _place(request, found), found.team
    return words.pauses(request.voice, team.id, team.name, first, request.today)


def _packs(request: Request, found: Outlook) -> Message:
    """The packs to choose from; of one alone, its bites."""
    listed, team = _listed(found), found.team
    if len(listed) == 1:
        return words.bites(request.voice, team.id, team.name, 0, listed[0], 0)
    titles = [bites[0].pack_title for bites in listed]
    return words.packs(request.voice, team.id, team.name, titles)


def _listed(found: Outlook) -> list[list[plans.Listed]]:
    """The bites of each of the plan's packs that has any, in its order."""
    packs = dict.fromkeys(pack for track in found.walk.tracks() for pack in track)
    listed = [[found.bites[bite] for bite in found.walk.bites.get(pack, ())] for pack in packs]
    return [bites for bites in listed if bites]


def _sizes(found: Outlook) -> dict[str, int]:
    return {bites[0].pack: len(bites) for bites in _listed(found)}


async def _bite(request: Request, teams: Sequence[Team], said: Said) -> int | Message:
    """The bite that was named, in any of these teams' plans; or what is wrong with its name."""
    found = await plans.of_teams(request.session, [team.id for team in teams])
    packs = sorted({pack for plan, _ in found.values() for pack in packs_of(plan)})
    listed = {k: v for k, v in (await plans.bites(request.session, packs)).items() if v}
    pack = said.pack or (next(iter(listed)) if len(listed) == 1 else "")
    bites = listed.get(pack, [])
    if 1 <= said.number <= len(bites):
        return bites[said.number - 1].id
    sizes = {slug: len(bites) for slug, bites in listed.items()}
    return plain.line(words.no_bite(request.voice, sizes))


async def _choice(request: Request, what: Asked, teams: Sequence[Team], page: int = 0) -> Message:
    units = await _units(request) if what.act in FOR_UNITS else {}
    if what.act is PlanAct.SKIP:  # each button skips one bite, however often it is tapped
        last = max(0, (len(teams) - 1) // PAGE)
        first = min(max(page, 0), last) * PAGE
        ids = [team.id for team in teams[first : first + PAGE]]
        coming = await upcoming(request.session, ids, request.now)
        following = {team: one.bite.id for team, one in coming.items()}
    else:
        following = {}
    return words.teams(
        request.voice,
        what,
        [(team.id, team.name) for team in teams],
        list(units.items()),
        page,
        request.today,
        following,
    )


def _bad_days(request: Request, first: date | None, last: date | None) -> str:
    """What is wrong with the days, if anything."""
    if first is None or last is None:
        return ""
    today = request.today
    fine = today <= first <= last <= today + LONGEST
    return "" if fine else words.bad_days(request.voice)


def _said(request: Request, message: Message) -> Reply:
    """In private where it was asked; what was asked in a group is answered in private too."""
    return Reply(message=message) if request.private else Reply(private=message)


ROUTES: list[Route] = [
    Command("plan", asked, needs=Action.PLAN),
    Press(PlanWeekTap, shown, needs=Action.PLAN),
    Press(PlanTeamsTap, paged, needs=Action.PLAN),
    Press(PlanActTap, act, needs=Action.PLAN),
    Press(PlanUnitTap, unit, needs=Action.PLAN),
    Press(PlanPauseTap, pauses, needs=Action.PLAN),
    Press(PlanBitesTap, bites, needs=Action.PLAN),
]
