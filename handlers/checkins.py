"""Check-ins: the tap that says 已学."""

from handlers.requests import Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps import StudiedTap
from handlers.words import checkins as words
from storage import checkins, outbox
from storage.tables import Morning

MAKE_UP_DAYS = 7  # a card can be made up for this long; then its morning is history


async def studied(request: Request, tap: StudiedTap) -> Reply:
    """Record a member's check-in: in time, late, or made up on a later day."""
    voice, member, team = request.voice, request.member, request.team
    morning = await request.session.get(Morning, tap.morning)
    if morning is None or team is None or member is None or morning.team_id != team.id:
        return Reply(toast=words.elsewhere(voice))
    if (request.today - morning.day).days > MAKE_UP_DAYS:
        return Reply(toast=words.over(voice, morning.day, MAKE_UP_DAYS))
    fresh = await checkins.add(request.session, morning.id, member.id, request.now)
    place, at = await checkins.ordinal(request.session, morning.id, member.id)
    if not fresh:
        return Reply(toast=words.known(voice, place, at, request.zone))
    await outbox.touch(request.session, [f"card:{morning.id}"], request.now)
    if request.today > morning.day:  # before it, the card is there since the evening
        return Reply(toast=words.made_up(voice, morning.day))
    said = words.late if request.now > morning.closes_at else words.recorded
    return Reply(toast=said(voice, place, at, request.zone))


ROUTES: list[Route] = [Press(StudiedTap, studied, needs=Action.STUDY)]
