"""Check-ins: the tap that says 已学."""

from zoneinfo import ZoneInfo

from handlers.requests import Press, Reply, Request, Route
from handlers.rules.nudges import nudge_at
from handlers.rules.permissions import Action
from handlers.taps import StudiedTap
from handlers.words import checkins as words
from storage import checkins, nudges, outbox
from storage.tables import Member, Morning, Team

MAKE_UP_DAYS = 7  # a card can be made up for this long; then its morning is history


async def studied(request: Request, tap: StudiedTap) -> Reply:
    """Record a member's check-in: in time, late, or made up on a later day."""
    voice, found = request.voice, await _place(request, tap.morning)
    if found is None:
        return Reply(toast=words.elsewhere(voice))
    morning, member, team = found
    zone = ZoneInfo(team.timezone)
    today = request.now.astimezone(zone).date()
    if (today - morning.day).days > MAKE_UP_DAYS:
        return Reply(toast=words.over(voice, morning.day, MAKE_UP_DAYS))
    fresh = await checkins.add(request.session, morning.id, member.id, request.now)
    place, at = await checkins.ordinal(request.session, morning.id, member.id)
    if not fresh:
        return Reply(toast=words.known(voice, place, at, zone))
    nudge = nudges.key(morning.id, member.person_id)
    await outbox.touch(request.session, [f"card:{morning.id}", nudge], request.now)
    if nudge_at(morning.due_at, morning.closes_at) <= request.now < morning.closes_at:
        await nudges.withdraw(request.session, [nudge], request.now)
    if today > morning.day:  # before it, the card is there since the evening
        return Reply(toast=words.made_up(voice, morning.day))
    said = words.late if request.now > morning.closes_at else words.recorded
    return Reply(toast=said(voice, place, at, zone))


async def _place(request: Request, morning_id: int) -> tuple[Morning, Member, Team] | None:
    """The presser's place where the morning was: in private, whichever of theirs that is."""
    session = request.session
    if request.private:
        person = request.person
        return await checkins.place(session, morning_id, person.id) if person else None
    morning, team, member = await session.get(Morning, morning_id), request.team, request.member
    if morning is None or team is None or member is None or morning.team_id != team.id:
        return None
    return morning, member, team


ROUTES: list[Route] = [Press(StudiedTap, studied, needs=Action.STUDY)]
