"""Before a promise is late its owner is asked, and hears when it is; leaders hear what became so.

In the working hours of a team's workday, at most one message a person and day. The clock looks
every hour: whoever could not be written to then may be later that day, not after. Where there are
many teams, a look takes several ticks, a part of the people in each.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.recipients import may_write
from handlers.rules.asks import Course, Why, in_hours, span, why, working
from handlers.rules.calendar import DAY, ENDS, Calendar, notices
from handlers.rules.dues import end_of
from handlers.words import asks as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from schedules.job import Appointment, Job
from storage import asks, calendars, calls, outbox, outlines, people, plans, slots
from storage.asks import Item, Late, Near, Reach, Span
from storage.database import Session
from storage.kinds import Progress
from storage.tables import Outgoing, Person

NAME, ASK, CALL = asks.JOB, asks.ASK, calls.CALL
HOUR = timedelta(hours=1)
SHIFTS = [timedelta(minutes=minutes) for minutes in (0, 15, 30, 45)]  # of zones' hours to UTC's
SHARE = 40  # teams whose people are looked through in one tick
REACH = 31 * DAY  # around today, in which days of a team's own are looked for
ORDER = list(Why)[::-1]  # what is late is said first


@dataclass(frozen=True)
class Note:
    """One message: to whom, on which day of which zone, about which promises."""

    person: Person
    chat_id: int
    day: date
    zone: ZoneInfo
    ids: Sequence[int]
    digest: bool = False  # for a leader: what others have let become late

    @property
    def subject(self) -> str:
        """What makes it happen once a day."""
        return f"{asks.DIGEST if self.digest else asks.ASK}:{self.person.id}:{self.day}"


# -- who is to be spoken to ------------------------------------------------------------------


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Some of those who are to be asked or told now, and the look that need not be made again."""
    looks = {f"look:{start:%Y-%m-%dT%H:%M}": start for start in _hours(now)}
    made = await slots.taken(session, NAME, list(looks))
    if len(made) == len(looks):
        return []
    teams = await asks.teams(session)
    found: dict[str, Appointment] = {}
    for subject, start in looks.items():
        if subject in made:
            continue
        at_work = await _at_work(session, teams, start, now)
        for one in await _look(session, subject, at_work, now):
            found.setdefault(one.subject, one)  # somebody's teams may be in several zones
    return list(found.values())


def _hours(now: datetime) -> Sequence[datetime]:
    """When the hour began that it is, in UTC: in zones by whole hours, and in the others."""
    utc = now.astimezone(UTC)
    starts = [(utc - shift).replace(minute=0, second=0, microsecond=0) for shift in SHIFTS]
    return [start + shift for start, shift in zip(starts, SHIFTS, strict=True)]


async def _look(
    session: Session, subject: str, at_work: Mapping[int, Calendar], now: datetime
) -> Sequence[Appointment]:
    """The next step of a look at these teams: a part of the people, and at last the leaders.

    Where there is one part, it is one step.
    """
    if not at_work:
        return [Appointment(subject, None)]
    parts = len(at_work) // SHARE + 1
    steps = [f"{subject}/{step}" for step in range(parts + (parts > 1))]
    made = await slots.taken(session, NAME, steps)
    left = [step for step in range(len(steps)) if steps[step] not in made]
    step, last = (left[0], len(left) == 1) if left else (parts, True)
    reach = _reach(at_work, now)
    notes: list[Note] = []
    if step < parts:
        notes += await _asked(session, at_work, reach, now, (step, parts))
    if last:
        notes += await _digests(session, at_work, reach, now)
    told = await slots.taken(session, NAME, [note.subject for note in notes])
    found = [Appointment(note.subject, note) for note in notes if note.subject not in told]
    looked = [*steps[step : step + 1], *([subject] if last else [])]
    return [*found, *(Appointment(name, None) for name in looked)]


async def _at_work(
    session: Session,
    rows: Sequence[tuple[int, str, time | None]],
    start: datetime,
    now: datetime,
) -> dict[int, Calendar]:
    """By team that is at work now, and in which an hour began at `start`: its calendar."""
    days = {(zone, ends or ENDS) for _, zone, ends in rows}
    days = {(zone, ends) for zone, ends in days if _began(ZoneInfo(zone), ends, start, now)}
    if not days:
        return {}
    told = notices(await calendars.told(session, now.year))
    usual = {
        (zone, ends): Calendar(ZoneInfo(zone), notices=told, ends=ends) for zone, ends in days
    }
    teams = {
        team: usual[zone, ends or ENDS]
        for team, zone, ends in rows
        if (zone, ends or ENDS) in usual
    }
    own = await plans.own_days(session, list(teams), now.date() - REACH, now.date() + REACH)
    teams |= {team: teams[team].with_own(days) for team, days in own.items()}
    at_work = {id(calendar): working(now, calendar) for calendar in teams.values()}
    return {team: calendar for team, calendar in teams.items() if at_work[id(calendar)]}


def _began(zone: ZoneInfo, ends: time, start: datetime, now: datetime) -> bool:
    """Whether it is an hour at `start` there, of a working day that ends then."""
    begun = now - start
    return (
        start.astimezone(zone).minute == 0
        and begun < HOUR
        and in_hours(now.astimezone(zone).time(), ends)
    )


def _reach(at_work: Mapping[int, Calendar], now: datetime) -> Reach:
    usual: dict[ZoneInfo, Span] = {}
    own: dict[int, Span] = {}
    for team, calendar in at_work.items():
        if calendar.off or calendar.work:
            own[team] = span(calendar.today(now), calendar)
        elif calendar.zone not in usual:
            usual[calendar.zone] = span(calendar.today(now), calendar)
    return Reach(_widest(usual.values(), now), _widest(own.values(), now), list(own))


def _widest(spans: Collection[Span], now: datetime) -> Span:
    return (
        min((start for start, _ in spans), default=now),
        max((end for _, end in spans), default=now),
    )


async def _asked(
    session: Session,
    at_work: Mapping[int, Calendar],
    reach: Reach,
    now: datetime,
    part: tuple[int, int],
) -> Sequence[Note]:
    """One for each owner, about all that is to be said of their promises."""
    found: dict[tuple[int, date], list[tuple[Why, Near]]] = defaultdict(list)
    for one in await asks.near(session, reach, now, *part):
        calendar = at_work.get(one.team_id)
        if calendar is None or not may_write(one.person, calendar.zone, now):
            continue
        if reason := why(Course(one.since, one.due_at, one.midway, one.sure), now, calendar):
            found[one.person.id, calendar.today(now)].append((reason, one))
    return [_note(day, some, at_work) for (_, day), some in found.items()]


def _note(day: date, some: Sequence[tuple[Why, Near]], at_work: Mapping[int, Calendar]) -> Note:
    ordered = sorted(some, key=lambda one: ORDER.index(one[0]))
    first = ordered[0][1]
    ids = [one.commitment_id for _, one in ordered[: asks.MOST]]
    return Note(first.person, first.chat_id, day, at_work[first.team_id].zone, ids)


async def _digests(
    session: Session, at_work: Mapping[int, Calendar], reach: Reach, now: datetime
) -> Sequence[Note]:
    """One for each leader, of all their teams; without what is their own."""
    late: dict[int, list[Late]] = defaultdict(list)
    for one in await asks.late(session, reach):
        calendar = at_work.get(one.team_id)
        if calendar and why(Course(one.due_at, one.due_at), now, calendar) is Why.LATE:
            late[one.team_id].append(one)
    if not late:
        return []
    found: dict[tuple[int, date], Note] = {}
    for team, leaders in (await outlines.leaders(session, list(late))).items():
        zone, day = at_work[team].zone, at_work[team].today(now)
        for person, chat in leaders:
            ids = [one.commitment_id for one in late[team] if one.person_id != person.id]
            if not ids or not may_write(person, zone, now):
                continue
            before = found.get((person.id, day))
            ids = [*(before.ids if before else ()), *ids]
            found[person.id, day] = Note(person, chat.id, day, zone, ids, digest=True)
    return list(found.values())


# -- what they are told ----------------------------------------------------------------------


async def tell(session: Session, appointments: Sequence[Appointment], now: datetime) -> None:
    """Owe the messages: of what is still open, to those who are not on leave."""
    notes: list[Note] = [one.what for one in appointments if one.what is not None]
    if not notes:
        return
    items = await asks.items(session, {one for note in notes for one in note.ids})
    away = await _away(session, notes)
    posts = []
    spoken: set[int] = set()
    for note in notes:
        some = [
            item
            for one in note.ids
            if (item := items.get(one))
            and item.what.commitment.state is Progress.OPEN
            and (item.what.team.id, note.person.id, note.day) not in away
        ]
        if not some:
            continue
        ids = [item.what.commitment.id for item in some]
        voice = Voice(note.person.locale or some[0].what.team.locale)
        key = note.subject if note.digest else asks.ask_key(note.person.id, note.day, ids)
        said = words.digest(voice, some) if note.digest else words.ask(voice, some, note.day, now)
        over = end_of(note.day, Calendar(note.zone))
        posts.append(outbox.Post(key, note.chat_id, said.send(), expires_at=over))
        spoken |= set() if note.digest else set(ids)
    await asks.spoken_of(session, spoken)
    await outbox.post_all(session, posts, now)


async def _away(session: Session, notes: Sequence[Note]) -> set[tuple[int, int, date]]:
    """Team, person and day, where somebody is on leave."""
    days = {note.day for note in notes}
    rows = await asks.absent(session, {note.person.id for note in notes}, min(days), max(days))
    return {
        (team, person, day)
        for team, person, first, last in rows
        for day in days
        if first <= day <= last
    }


# -- as it stands ----------------------------------------------------------------------------


async def again(
    session: Session, standing: Sequence[Outgoing], now: datetime
) -> Mapping[str, Message]:
    """By key: what owners were asked, with what they answered."""
    named = {one.key: found for one in standing if (found := asks.asked(one.key))}
    items = await asks.items(session, {one for _, _, ids in named.values() for one in ids})
    persons = await people.by_ids(session, {person for person, _, _ in named.values()})
    messages = {}
    for key, (person, day, ids) in named.items():
        some: list[Item] = [items[one] for one in ids if one in items]
        if some and person in persons:
            voice = Voice(persons[person].locale or some[0].what.team.locale)
            messages[key] = words.ask(voice, some, day, now)
    return messages


async def called(
    session: Session, standing: Sequence[Outgoing], now: datetime
) -> Mapping[str, Message]:
    """By key: calls for help before those who can help, and who saw to them."""
    parts = {one.key: one.key.split(":") for one in standing}
    found = await calls.of(session, {int(part[1]) for part in parts.values()})
    persons = await people.by_ids(session, {int(part[2]) for part in parts.values()})
    return {
        key: words.call(
            Voice(persons[int(person)].locale or found[int(act)].what.team.locale),
            found[int(act)],
            now,
        )
        for key, (_, act, person) in parts.items()
        if int(act) in found and int(person) in persons
    }


ASKS = Job(NAME, due, run_all=tell)
