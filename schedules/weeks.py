"""When a week's work is done: each leader and secretary has it on one page, those who wish theirs.

The clock looks once a quarter of an hour; where there are many, a part of them in each tick. The
figures are read before anything is written, so that whoever taps meanwhile does not wait for them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers import weekfigures
from handlers.recipients import may_write
from handlers.rules.asks import with_own
from handlers.rules.calendar import DAY, Calendar, notices
from handlers.rules.weeks import CATCH_UP, WEEK, Choice, moment, monday
from handlers.words import own_weeks
from handlers.words import week_pictures as pictures
from handlers.words.voice import Voice
from handlers.words.weeks import Page, Ways
from schedules.job import Appointment, Job
from storage import calendars, ledgers, outbox, people, plans, slots, teams, weektimes
from storage.database import Session
from storage.ownweeks import OwnWeek
from storage.tables import Person, Team
from storage.weektimes import JOB, OWN, PAGE, Home, Right

QUARTER = timedelta(minutes=15)
SHARE = 30  # people in one tick
USUAL = Choice()


@dataclass(frozen=True)
class Sheet:
    """Somebody's page: of the teams that they look after, or (`own`) of their own week."""

    person: Person
    chat_id: int
    monday: date
    until: datetime
    page: Page | None = None
    ways: Ways | None = None
    own: OwnWeek | None = None
    locale: str = ""
    teams: Sequence[str] = ()  # of whoever has their own
    leads: bool = False


@dataclass(frozen=True)
class Scene:
    """The organisation, as far as it says when pages come."""

    homes: Mapping[int, Home]
    below: Mapping[int, Sequence[int]]  # by unit: all teams below it
    choices: Mapping[int, Choice]  # by unit: its own, or the nearest one's above it
    calendars: Mapping[int, Calendar]  # by team

    def moment(self, unit_id: int, team_id: int, first: date) -> datetime | None:
        """When a page of a week comes to whoever runs a unit, by the days of one of its teams."""
        return moment(first, self.choices.get(unit_id, USUAL), self.calendars[team_id])


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Some of those whose page is due, and at last the look that need not be made again."""
    subject = f"look:{_quarter(now):%Y-%m-%dT%H:%M}"
    if await slots.taken(session, JOB, [subject]):
        return []
    scene = await _scene(session, now)
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
        days[home.id] = kinds.setdefault(kind, with_own(usual[home.timezone], mine))
    return Scene({home.id: home for home in homes}, below, choices, days)


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
        held[right.person.id].append(right)
    wanted: dict[int, tuple[Right, Sequence[int], datetime]] = {}
    for person, rights in held.items():
        at, ids = _of(scene, rights, first)
        if at is None or not _open(at, now) or len(wanted) >= most:
            continue
        zone = ZoneInfo(scene.homes[ids[0]].timezone)
        if may_write(rights[0].person, zone, now):
            wanted[person] = rights[0], ids, at
    if not wanted:
        return []
    named = await ledgers.numbered(session, {one for _, ids, _ in wanted.values() for one in ids})
    by_id = {team.id: (team, unit) for team, unit in named}
    figures = await weekfigures.figures(session, [team for team, _ in named], first, now)
    places = await people.places_of(session, wanted)
    sheets = []
    for person, (right, ids, at) in wanted.items():
        each = [by_id[one] for one in ids if one in by_id]
        voice = Voice(right.person.locale or each[0][0].locale)
        unit = _unit(scene, held[person], ids)
        title = each[0][0].name
        if len(each) > 1:
            title = voice.plain("week.mine", n=len(each))
        if unit and len(each) > 1:
            title = (await teams.unit_names(session, [unit]))[unit]
        page = weekfigures.page(title, each, figures, first, now)
        ways = Ways(
            team=ids[0] if len(each) == 1 else 0,
            unit=unit if len(each) > 1 else 0,
            pages=pictures.parts(page),
            newest=monday(now.astimezone(page.zone).date()),
            own=bool(places[person]),
            runs=any(one.unit_id for one in held[person]),
        )
        locale = voice.locale
        sheets.append(
            Sheet(right.person, right.chat_id, first, at + CATCH_UP, page, ways, locale=locale)
        )
    return sheets


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
    order = [one for one in scene.homes if one in ids]
    return max(times, default=None), order


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
            mine: Sequence[Team] = places[person.id]
            sheets.append(
                Sheet(
                    person,
                    chat_id,
                    first,
                    until,
                    own=found[person.id],
                    locale=person.locale or mine[0].locale,
                    teams=[team.name for team in mine],
                    leads=person.id in leads,
                )
            )
    return sheets


# -- what they get ---------------------------------------------------------------------------


async def send(session: Session, appointments: Sequence[Appointment], now: datetime) -> None:
    """Owe the pages: after everything else, since nothing waits for them."""
    posts = []
    for appointment in appointments:
        sheet: Sheet | None = appointment.what
        if sheet is None:
            continue
        voice, person = Voice(sheet.locale), sheet.person
        if sheet.page is not None and sheet.ways is not None:
            key = f"week:{person.id}:{sheet.monday}"
            said = await weekfigures.message(session, voice, sheet.page, sheet.ways, now)
        else:
            assert sheet.own is not None
            key = f"ownweek:{person.id}:{sheet.monday}"
            said = own_weeks.told(
                voice,
                sheet.teams,
                sheet.monday,
                sheet.own,
                sheet.monday,
                wished=True,
                leads=sheet.leads,
            )
        posts.append(outbox.Post(key, sheet.chat_id, said.send(), expires_at=sheet.until))
    await outbox.post_all(session, posts, now, priority=outbox.EDITS)


WEEKS = Job(JOB, due, run_all=send, together=5)
