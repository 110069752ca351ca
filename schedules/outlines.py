"""Two minutes before a card: each leader of the team has in private what to say at the meeting.

It is made from the facts each time: by the clock for a card that is to come, later for the message
that stands.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.outlooks import outlooks
from handlers.recipients import may_write
from handlers.rules.calendar import DAY
from handlers.rules.occurrences import midnight
from handlers.rules.rotation import card_due, newest, off_shift
from handlers.words import outlines as words
from handlers.words.message import Message
from handlers.words.outlines import Outline
from handlers.words.voice import Voice
from schedules.job import Appointment, Job
from storage import outbox, outlines, pending, people, reviews, slots, study, teams
from storage.database import Session
from storage.outlines import JOB, Meet, Turn
from storage.tables import Chat, Outgoing, Person, Question, Team

PREFIX = outlines.KEY
BEFORE = timedelta(minutes=2)  # the card
CATCH_UP = timedelta(minutes=10)  # after it; then the meeting is under way
EXPIRY = timedelta(minutes=30)  # after the card: what could not be delivered by then is let go
WEEK = 7  # days that the most missed question is looked for in


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Teams whose card comes within two minutes, or came just now."""
    found: dict[str, tuple[Meet, datetime]] = {}
    for turn, ids in (await outlines.near(session, now + BEFORE)).items():
        day, at = _next(turn, now)
        if at - BEFORE <= now <= at + CATCH_UP:
            found |= {outlines.slot((team, day)): ((team, day), at) for team in ids}
    told = await slots.taken(session, JOB, list(found))
    return [Appointment(subject, what) for subject, what in found.items() if subject not in told]


def _next(turn: Turn, now: datetime) -> tuple[date, datetime]:
    """The day that the clock decides of when it looks next, and when its card is due."""
    zone = ZoneInfo(turn.timezone)
    day = newest(turn.at, zone, max(turn.next_at, now), eve=turn.eve)
    return day, card_due(day, turn.at, zone, eve=turn.eve)


async def outline(session: Session, appointments: Sequence[Appointment], now: datetime) -> None:
    """Owe the leaders their outlines, of those teams that will have a card."""
    times: dict[Meet, datetime] = dict(one.what for one in appointments)
    made = await gather(session, times, now)
    whom = await recipients(session, {team for team, _ in made})
    posts = [
        outbox.Post(
            outlines.key(meet, person.id),
            chat.id,
            _said(found, person).send(),
            expires_at=times[meet] + EXPIRY,
        )
        for meet, found in made.items()
        for person, chat in whom[meet[0]]
        if may_write(person, ZoneInfo(found.team.timezone), now, duty=True)
    ]
    # A card never waits for an outline.
    await outbox.post_all(session, posts, now, priority=outbox.EDITS)


async def recipients(
    session: Session, team_ids: Collection[int]
) -> Mapping[int, Sequence[tuple[Person, Chat]]]:
    """By team: who gets its outline, and where."""
    return await outlines.leaders(session, team_ids) if team_ids else {}


async def again(
    session: Session, standing: Sequence[Outgoing], now: datetime
) -> Mapping[str, Message]:
    """By key: the outlines as they are now."""
    named = {one.key: outlines.named(one.key) for one in standing}
    made = await gather(session, {meet for meet, _ in named.values()}, now)
    persons = await people.by_ids(session, {person for _, person in named.values()})
    return {
        key: _said(made[meet], persons[person])
        for key, (meet, person) in named.items()
        if meet in made and person in persons
    }


def _said(found: Outline, person: Person) -> Message:
    return words.outline(Voice(person.locale or found.team.locale), found)


async def gather(session: Session, meets: Collection[Meet], now: datetime) -> dict[Meet, Outline]:
    """By meeting: what there is to say; not of those that will not be.

    As many queries for all of them as for one.
    """
    ids, days = {team for team, _ in meets}, {day for _, day in meets}
    coming = await outlooks(session, ids, min(days), max(days))
    brought = await outlines.begun(session, meets)
    for team, day in meets:
        if team in coming and (bite := coming[team].on(day).bite):
            brought.setdefault((team, day), bite)
    if not brought:
        return {}
    bites = await outlines.bites(session, set(brought.values()))
    asked = await study.questions(session, list(bites))
    named = await teams.by_ids(session, {team for team, _ in brought})
    ends = {meet: midnight(meet[1] + DAY, ZoneInfo(named[meet[0]].timezone)) for meet in brought}
    owed = await pending.due(session, list(named), max(ends.values()))
    off = {
        (team, day): off_shift(coming[team].rhythm, day) for team, day in brought if team in coming
    }
    away = await outlines.absent(session, list(brought), off)
    held = await outlines.held(session, list(named), min(days), max(days))
    missed = await _missed(session, {meet: named[meet[0]] for meet in brought})
    made: dict[Meet, Outline] = {}
    for meet, bite in brought.items():
        team, day = meet
        ask: Question | None = next(iter(asked[bite]), None)
        others = (one for one in missed[meet] if ask is None or one.question.id != ask.id)
        # Those of the day, whenever it is made; on an evening before, those of tonight as well.
        since = min(now, midnight(day, ZoneInfo(named[team].timezone)))
        open_ = [(row, who) for row, who in owed[team] if row.due_at < ends[meet]]
        made[meet] = Outline(
            team=named[team],
            day=day,
            bite=bites[bite],
            ask=ask,
            missed=next(others, None),
            away=away[meet],
            due=[(row, who) for row, who in open_ if row.due_at >= since],
            overdue=sum(row.due_at < since for row, _ in open_),
            held=held.get(meet),
            over=now >= ends[meet],
        )
    return made


async def _missed(
    session: Session, meets: Mapping[Meet, Team]
) -> dict[Meet, list[reviews.Missed]]:
    """By meeting: the two questions most often missed in the week before it.

    Meetings on one date in one zone share a week, and are asked for together.
    """
    found: dict[Meet, list[reviews.Missed]] = {meet: [] for meet in meets}
    weeks: dict[tuple[date, str], list[int]] = {}
    for (team, day), of in meets.items():
        weeks.setdefault((day, of.timezone), []).append(team)
    for (day, zone), ids in weeks.items():
        since, until = (midnight(one, ZoneInfo(zone)) for one in (day - WEEK * DAY, day))
        for one in await reviews.missed(session, ids, since, until, limit=2):
            found[one.team_id, day].append(one)
    return found


OUTLINES = Job(JOB, due, run_all=outline)
