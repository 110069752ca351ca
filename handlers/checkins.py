"""Check-ins: the tap that says 已学."""

from zoneinfo import ZoneInfo

from handlers.requests import Press, Reply, Request, Route
from handlers.rules.nudges import nudge_at
from handlers.rules.permissions import Action
from handlers.rules.tutorials import next_bite
from handlers.taps.cards import StudiedTap
from handlers.words import checkins as words
from handlers.words import tutorials as tutorial_words
from storage import checkins, nudges, outbox, pupils
from storage.tables import Member, Morning, Team

MAKE_UP_DAYS = 7  # a card can be made up for this long; then its morning is history


async def studied(request: Request, tap: StudiedTap) -> Reply:
    """Record a member's check-in: in time, late, or made up on a later day.

    A member for whom a bite waits that cannot be sent is told so once; their next tap opens the
    private chat.
    """
    voice, found = request.voice, await _place(request, tap.morning)
    if found is None:
        return Reply(toast=words.elsewhere(voice))
    morning, member, team = found
    zone = ZoneInfo(team.timezone)
    today = request.now.astimezone(zone).date()
    if (today - morning.day).days > MAKE_UP_DAYS:
        return Reply(toast=words.over(voice, morning.day, MAKE_UP_DAYS))
    unreached = bool(member.tags) and await request.private_chat() is None
    if unreached and await pupils.accept(
        request.session, member.person_id, morning.id, request.now
    ):
        return Reply(open=request.house.link("hello"))
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
    toast = said(voice, place, at, zone)
    if unreached and await _invited(request, member, morning):
        return Reply(toast=tutorial_words.invited(voice, toast), alert=True)
    return Reply(toast=toast)


async def _invited(request: Request, member: Member, morning: Morning) -> bool:
    """Whether a bite waits for this member that cannot be sent; each is told so once ever."""
    session, person_id = request.session, member.person_id
    found = (await pupils.places(session, [person_id])).get(person_id, ())
    shelf = await pupils.shelf(session, {pack for place in found for pack in place.packs})
    had = (await pupils.had(session, [person_id])).get(person_id, ())
    if next_bite([(place.tags, place.packs) for place in found], shelf, had) is None:
        return False
    return await pupils.invite(session, person_id, morning.id, request.now)


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


ROUTES: list[Route] = [Press(StudiedTap, studied, needs=Action.STUDY, enrols=True)]
