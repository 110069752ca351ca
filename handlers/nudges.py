"""Nudges: the word of whoever wants no more of them today."""

from zoneinfo import ZoneInfo

from handlers.requests import Press, Reply, Request, Route
from handlers.rules.calendar import DAY
from handlers.rules.permissions import Action
from handlers.taps.tutorials import HushTap
from handlers.words import nudges as words
from handlers.words import plain
from storage import checkins, nudges, quiet


async def hush(request: Request, tap: HushTap) -> Reply:
    """今天不再提醒: nothing unasked until tomorrow, by the clock of that morning's team."""
    session, person = request.session, request.person
    found = await checkins.place(session, tap.morning, person.id) if person else None
    if person is None or found is None or not request.private:
        return Reply(toast=plain.gone(request.voice))
    morning, member, team = found
    zone = ZoneInfo(team.timezone)
    tomorrow = request.now.astimezone(zone).date() + DAY
    await quiet.pause(session, person.id, max(tomorrow, person.paused_until or tomorrow))
    await nudges.silence(session, request.chat.id, request.now)
    if await checkins.made(session, morning.id, member.id):
        return Reply(toast=words.hush(request.voice))
    return Reply(
        toast=words.hush(request.voice), edit=words.hushed(request.voice, team.name, morning, zone)
    )


ROUTES: list[Route] = [Press(HushTap, hush, needs=Action.STUDY)]
