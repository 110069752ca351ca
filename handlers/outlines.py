"""已开: somebody who leads a team, or is above it, says that its meeting was held."""

from zoneinfo import ZoneInfo

from handlers.requests import Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.outlines import HeldTap
from handlers.words import outlines as words
from handlers.words import plain
from storage import outbox, outlines, slots, teams


async def held(request: Request, tap: HeldTap) -> Reply:
    """On its day, and once: of two who say so, the first one counts."""
    session, now, meet = request.session, request.now, (tap.team, tap.day)
    team = await teams.live(session, tap.team)
    if team is None or request.person is None or not await request.may(Action.HOLD, team):
        return Reply(toast=plain.denied(request.voice))
    if not await slots.taken(session, outlines.JOB, [outlines.slot(meet)]):
        return Reply(toast=plain.gone(request.voice))
    zone = ZoneInfo(team.timezone)
    today = now.astimezone(zone).date()
    if tap.day > today:
        return Reply(toast=words.early(request.voice, tap.day))
    await outbox.touch(session, await outlines.keys(session, meet), now)
    if tap.day < today:
        return Reply(toast=words.past(request.voice, tap.day))
    fresh = await outlines.hold(session, meet, request.person.id, now)
    if fresh:
        return Reply(toast=words.recorded(request.voice, now, zone))
    found = (await outlines.held(session, [team.id], tap.day, tap.day))[meet]
    return Reply(toast=words.known(request.voice, found, zone))


ROUTES: list[Route] = [Press(HeldTap, held, needs=Action.HOLD)]
