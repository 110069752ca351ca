"""Which packs a team walks, one after another: chosen by taps, in a leader's or secretary's chat.

What an organisation file says of it later counts again, and its application tells the change.
"""

from handlers.requests import Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.plans import CoursesTap, CourseTap, Wish
from handlers.words import courses as words
from handlers.words import plain
from handlers.words.message import Message
from storage import packs, plans
from storage.kinds import Doing
from storage.packs import Stock
from storage.tables import Plan, Team

MOST = 30  # packs of one plan


async def shown(request: Request, tap: CoursesTap) -> Reply:
    """The packs that there are, those of the plan first and in its order."""
    found = await _desk(request, tap.team)
    if isinstance(found, Reply):
        return found
    return Reply(edit=await _list(request, *found, tap.page))


async def chosen(request: Request, tap: CourseTap) -> Reply:
    """With it, or without it, from the next card that is not decided yet."""
    found = await _desk(request, tap.team)
    if isinstance(found, Reply):
        return found
    plan, team = found
    pack = await packs.one(request.session, tap.course)
    if pack is None:
        return Reply(toast=plain.gone(request.voice))
    walked = list(plan.packs)
    if tap.wish is Wish.WITH and pack.slug not in walked:
        if len(walked) >= MOST:
            return Reply(toast=words.too_many(request.voice, MOST))
        walked.append(pack.slug)
    elif tap.wish is Wish.WITHOUT and pack.slug in walked:
        if len(walked) == 1:
            return Reply(toast=words.last(request.voice))
        walked.remove(pack.slug)
    if walked != plan.packs:
        plan.packs = walked
        request.session.add(plan)
        await request.note(Doing.PLANNED, team=team.id, detail=f"{tap.wish} {pack.slug}")
    toast = words.walks(request.voice, pack.title, walked=pack.slug in walked)
    return Reply(toast=toast, edit=await _list(request, plan, team, tap.page))


async def _desk(request: Request, team_id: int) -> tuple[Plan, Team] | Reply:
    """The team's plan, where the sender may decide of it; or else what to say instead."""
    if not request.private:
        return Reply(toast=plain.gone(request.voice))
    if team_id not in {team.id for team in await request.run(Action.PLAN)}:
        return Reply(toast=plain.denied(request.voice))
    found = await plans.of_teams(request.session, [team_id], keep=True)
    return found.get(team_id) or Reply(toast=plain.gone(request.voice))


async def _list(request: Request, plan: Plan, team: Team, page: int) -> Message:
    stock = await packs.stock(request.session)
    place = {slug: number for number, slug in enumerate(plan.packs)}

    def order(one: Stock) -> tuple[int, str]:
        return place.get(one.pack.slug, MOST), one.pack.slug

    shown = sorted((one for one in stock if one.bites or one.pack.slug in place), key=order)
    return words.courses(
        request.voice, team, plan.packs, shown, page, by_weekday=bool(plan.weekdays)
    )


ROUTES: list[Route] = [
    Press(CoursesTap, shown, needs=Action.PLAN),
    Press(CourseTap, chosen, needs=Action.PLAN),
]
