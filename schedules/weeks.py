"""When a week's work is done: each leader and secretary has it on one page, those who wish theirs.

The clock looks once a quarter of an hour; where there are many, a part of them in each tick. The
figures are read before anything is written, so that whoever taps meanwhile does not wait for them.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers import weekfigures
from handlers.recipients import may_write
from handlers.rules.calendar import DAY, Calendar, notices
from handlers.rules.weeks import CATCH_UP, WEEK, Choice, moment, monday
from handlers.words import own_weeks
from handlers.words import week_pictures as pictures
from handlers.words.message import Message
from handlers.words.voice import Voice
from handlers.words.weeks import Ways
from schedules.job import Appointment, Job
from storage import calendars, files, ledgers, outbox, people, plans, slots, teams, weektimes
from storage.database import Session
from storage.tables import Person
from storage.weektimes import JOB, OWN, PAGE, Home, Right

QUARTER = timedelta(minutes=15)
SHARE = 30  # people in one tick
APART = timedelta(seconds=0.3)  # pictures: what is to be drawn keeps no other message waiting
USUAL = Choice()


@dataclass(frozen=True)
class Sheet:
    """Somebody's page: of the teams that they look after, or of their own week."""

    person: Person
    chat_id: int
    monday: date
    until: datetime
    key: str
    said: Message | None  # None: there is nothing to tell of that week
    at: datetime  # not before
    drawing: bytes = b""


@dataclass(frozen=True)
class Scene:
    """The organisation, as far as it says when pages come."""

    homes: Mapping[int, Home]
    below: Mapping[int, Sequence[int]]  # by unit: all teams below it
    choices: Mapping[int, Choice]  # by unit: its own, or the nearest one's above it
    calendars: Mapping[int, Calendar]  # by team
    ranks: Mapping[int, int]  # by team: its place in the organisation
    moments: dict[Any, datetime | None]  # that were worked out before

    def moment(self, unit_id: int, team_id: int, first: date) -> datetime | None:
        """When a page of a week comes to whoever runs a unit, by the days of one of its teams."""
        choice, calendar = self.choices.get(unit_id, USUAL), self.calendars[team_id]
        way = choice, id(calendar), first
        if way not in self.moments:
            self.moments[way] = moment(first, choice, calendar)
        return self.moments[way]


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Some of those whose page is due, and at last the look that need not be made again."""
    subject = f"look:{_quarter(now):%Y-%m-%dT%H:%M}"
    if await slots.taken(session, JOB, [subject]):
        return []
    scene = await _scene(session, now)
    await asyncio.sleep(0)
    found: list[Appointment] = []
    for first in sorted({monday((now + near).date()) for near in (-CATCH_UP, -DAY, DAY)}):
        some = await _pages(session, scene, first, now, SHARE - len(found))
        found += [Appointment(weektimes.slot(PAGE, one.person.id, first), one) for one in some]
        own = await _own(session, scene, first, now, SHARE - len(found))
        found += [Appointment(weektimes.slot(OWN, one.person.id, first), one) for one in own]
        if len(found) >= SHARE:
            return found
    return [*found, Appointment(subject, None)]


def _quarter(now: datetime) -> datetime:
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)


async def _scene(session: Session, now: datetime) -> Scene:
    homes = await weektimes.homes(session)
    parents = await weektimes.parents(session)
    times = await weektimes.times(session)
    below: defaultdict[int, list[int]] = defaultdict(list)
    for home in homes:
        for unit in _above(home.unit_id, parents):
            below[unit].append(home.id)
    choices = {}
    for unit in parents:
        if said := next((times[one] for one in _above(unit, parents) if one in times), None):
            choices[unit] = Choice(said.weekday, said.hour)
    told = notices(await calendars.told(session, now.year - 1))
    usual = {
        name: Calendar(ZoneInfo(name), notices=told) for name in {one.timezone for one in homes}
    }
    own = await plans.own_days(
        session, [home.id for home in homes], now.date() - 2 * WEEK, now.date() + WEEK
    )
    kinds: dict[tuple[str, frozenset[Any]], Calendar] = {}  # teams with the same days share one
    days = {}
    for home in homes:
        mine = own.get(home.id, {})
        kind = home.timezone, frozenset(mine.items())
        days[home.id] = kinds.setdefault(kind, usual[home.timezone].with_own(mine))
    ranks = {home.id: place for place, home in enumerate(homes)}
    return Scene({home.id: home for home in homes}, below, choices, days, ranks, {})


def _above(unit: int | None, parents: Mapping[int, int | None]) -> Iterable[int]:
    """A unit and those above it."""
    while unit is not None:
        yield unit
        unit = parents.get(unit)


def _open(at: datetime | None, now: datetime) -> bool:
    """Whether a page has come to its time, and is still to be caught up."""
    return at is not None and at <= now <= at + CATCH_UP


# -- pages of teams --------------------------------------------------------------------------


async def _pages(
    session: Session, scene: Scene, first: date, now: datetime, most: int
) -> Sequence[Sheet]:
    """Those who lead or look after teams: one page each, when the last of their times has come."""
    if not _any(scene, first, now):
        return []
    held: dict[int, list[Right]] = defaultdict(list)
    for right in await weektimes.rights(session, first):
        held[right.person_id].append(right)
    ready, wanted = await _ready(session, scene, held, first, now, most)
    if not wanted:
        return []
    named = await ledgers.numbered(session, {one for key in wanted for one in ready[key][0]})
    by_id = {team.id: (team, unit) for team, unit in named}
    figures = await weekfigures.figures(session, [team for team, _ in named], first, now)
    places = await people.places_of(session, wanted)
    whole = {one: _unit(scene, held[one], ready[one][0]) for one in wanted}
    units = await teams.unit_names(session, set(whole.values()))
    sheets: list[Sheet] = []
    for person, whose in wanted.items():
        ids, at = ready[person]
        each = [by_id[one] for one in ids]
        voice = Voice(whose.locale or each[0][0].locale)
        unit = whole[person]
        title = each[0][0].name
        if len(each) > 1:
            title = voice.plain("week.mine", n=len(each))
        if unit and len(each) > 1:
            title = units[unit]
        page = weekfigures.page(title, each, figures, first, now)
        ways = Ways(
            team=ids[0] if len(each) == 1 else 0,
            unit=unit if len(each) > 1 else 0,
            pages=pictures.parts(page),
            newest=monday(now.astimezone(page.zone).date()),
            own=bool(places[person]),
            runs=any(one.unit_id for one in held[person]),
        )
        said, drawing = (None, b"") if page.empty else weekfigures.composed(voice, page, ways)
        key, chat_id = f"week:{person}:{first}", held[person][0].chat_id
        turn = now + len(sheets) * APART
        sheets.append(Sheet(whose, chat_id, first, at + CATCH_UP, key, said, turn, drawing))
        await asyncio.sleep(0)
    return sheets


async def _ready(
    session: Session,
    scene: Scene,
    held: Mapping[int, Sequence[Right]],
    first: date,
    now: datetime,
    most: int,
) -> tuple[dict[int, tuple[Sequence[int], datetime]], dict[int, Person]]:
    """Those whose time has come: with their teams and that time, so many at most.

    Of them, those who may be written to now. They are looked through some at a time.
    """
    ready: dict[int, tuple[Sequence[int], datetime]] = {}
    found: dict[int, Person] = {}
    left = list(held)
    while left and len(found) < most:
        some, left = left[: 2 * SHARE], left[2 * SHARE :]
        for person in some:
            at, ids = _of(scene, held[person], first)
            if at is not None and _open(at, now):
                ready[person] = ids, at
        known = await people.by_ids(session, [one for one in some if one in ready])
        for one, whose in known.items():
            zone = ZoneInfo(scene.homes[ready[one][0][0]].timezone)
            if len(found) < most and may_write(whose, zone, now):
                found[one] = whose
        await asyncio.sleep(0)
    return ready, found


def _any(scene: Scene, first: date, now: datetime) -> bool:
    """Whether any page can be due, by the few ways in which their times differ."""
    choices = {USUAL, *scene.choices.values()}
    each = {id(calendar): calendar for calendar in scene.calendars.values()}.values()
    return any(
        _open(moment(first, choice, calendar), now) for choice in choices for calendar in each
    )


def _of(
    scene: Scene, rights: Sequence[Right], first: date
) -> tuple[datetime | None, Sequence[int]]:
    """When somebody's page comes, and of which teams; what comes to nobody unasked left out."""
    ids: dict[int, None] = {}
    times: set[datetime] = set()
    for right in rights:
        if right.unit_id is not None:
            mine = scene.below.get(right.unit_id, ())
            pairs = [(right.unit_id, team) for team in mine]
        else:
            home = scene.homes.get(right.team_id or 0)
            pairs = [(home.unit_id, home.id)] if home else []
        # Of teams that share a calendar one is enough.
        ways = {id(scene.calendars[team]): (unit, team) for unit, team in pairs}
        found = {at for unit, team in ways.values() if (at := scene.moment(unit, team, first))}
        if found:
            times |= found
            ids |= dict.fromkeys(team for _, team in pairs)
    return max(times, default=None), sorted(ids, key=scene.ranks.__getitem__)


def _unit(scene: Scene, rights: Sequence[Right], ids: Sequence[int]) -> int:
    """The one unit that is all of somebody's page; 0: it is not one."""
    mine = {right.unit_id for right in rights if right.unit_id is not None}
    whole = [unit for unit in mine if set(scene.below.get(unit, ())) == set(ids)]
    return whole[0] if whole else 0


# -- weeks of one's own ----------------------------------------------------------------------


async def _own(
    session: Session, scene: Scene, first: date, now: datetime, most: int
) -> Sequence[Sheet]:
    """Those who want their own week, when it is the time of one of their teams."""
    over: dict[tuple[Choice, int], datetime | None] = {}
    ready: dict[int, datetime] = {}
    for home in scene.homes.values():
        choice = scene.choices.get(home.unit_id, USUAL)
        if choice.hour is None:  # no pages come there unasked; but this one is asked for
            choice = USUAL
        way = choice, id(scene.calendars[home.id])
        if way not in over:
            over[way] = moment(first, choice, scene.calendars[home.id])
        at = over[way]
        if at is not None and _open(at, now):
            ready[home.id] = at
    if not ready or most < 1:
        return []
    rows = await weektimes.wishing(session, list(ready), first, most)
    until = max(ready.values()) + CATCH_UP
    zones: dict[str, list[tuple[Person, int]]] = defaultdict(list)
    for person, chat_id, zone in rows:
        if may_write(person, ZoneInfo(zone), now):
            zones[zone].append((person, chat_id))
    sheets = []
    for zone, some in zones.items():
        ids = [person.id for person, _ in some]
        found = await weekfigures.own(session, ids, ZoneInfo(zone), first, now)
        places = await people.places_of(session, ids)
        leads = await weektimes.leading(session, ids)
        for person, chat_id in some:
            mine = places[person.id]
            said = own_weeks.told(
                Voice(person.locale or mine[0].locale),
                [team.name for team in mine],
                first,
                found[person.id],
                monday(now.astimezone(ZoneInfo(zone)).date()),
                wished=True,
                leads=person.id in leads,
            )
            key = f"ownweek:{person.id}:{first}"
            told = None if found[person.id].empty else said
            sheets.append(Sheet(person, chat_id, first, until, key, told, now))
    return sheets


# -- what they get ---------------------------------------------------------------------------


async def send(session: Session, appointments: Sequence[Appointment], now: datetime) -> None:
    """Owe the pages: after everything else, since nothing waits for them."""
    sheets: list[Sheet] = [one.what for one in appointments if one.what is not None]
    for sheet in sheets:
        if sheet.drawing:
            await files.keep(session, sheet.drawing, now)
    posts = [
        outbox.Post(one.key, one.chat_id, one.said.send(), expires_at=one.until, not_before=one.at)
        for one in sheets
        if one.said is not None
    ]
    await outbox.post_all(session, posts, now, priority=outbox.EDITS)


WEEKS = Job(JOB, due, run_all=send, together=5)
