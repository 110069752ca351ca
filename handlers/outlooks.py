"""What comes to teams, and when: facts of many teams, asked at once, under the one rule for it.

The morning's job and everybody who looks ahead use these, so that they cannot disagree.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.rules import calendar as calendars
from handlers.rules import rotation
from handlers.rules.calendar import DAY, ENDS, Calendar
from handlers.rules.dues import FARTHEST
from handlers.rules.rotation import Coming, Rhythm, Walk
from storage import calendars as told
from storage import plans, study
from storage.database import Session
from storage.kinds import DayKind
from storage.plans import Listed
from storage.tables import Plan, Team

CATCH_UP = timedelta(hours=2)  # a card that is later than this is not sent any more
HORIZON = 60  # days that `upcoming` looks ahead


@dataclass(frozen=True)
class Outlook:
    """A team's plan with all that decides what its days bring."""

    plan: Plan
    team: Team
    rhythm: Rhythm
    walk: Walk
    bites: Mapping[int, Listed]

    @property
    def zone(self) -> ZoneInfo:
        """The team's local time."""
        return self.rhythm.calendar.zone

    def ahead(self, first: date, count: int) -> Sequence[Coming]:
        """What some days bring, as far as they were asked for."""
        return rotation.ahead(self.rhythm, self.walk, first, count)

    def on(self, day: date) -> Coming:
        """What a day brings, where it is the next one."""
        return self.ahead(day, 1)[0]

    def due(self, day: date) -> datetime:
        """When the card of a day is due."""
        return rotation.card_due(day, self.plan.at, self.zone, eve=self.plan.eve)

    def first_open(self, now: datetime, last: date | None) -> date:
        """The first day of which the clock has not decided yet. `last`: of its newest card."""
        plan = self.plan
        first = rotation.first_open(plan.at, self.zone, plan.next_at, now, CATCH_UP, eve=plan.eve)
        return max(first, last + DAY) if last else first  # its time may have been changed since


@dataclass(frozen=True)
class Upcoming:
    """A team's next card."""

    day: date
    due_at: datetime
    bite: Listed
    awaited: int | None = None  # the year whose calendar, not known yet, may change the day


async def outlooks(
    session: Session,
    team_ids: Collection[int],
    first: date,
    last: date,
    *,
    keep: bool = False,
) -> dict[int, Outlook]:
    """By team: what decides its days from `first` to `last`; not of those without a plan.

    `keep`: nobody else changes these plans until this transaction ends.
    """
    found = await plans.of_teams(session, team_ids, keep=keep)
    if not found:
        return {}
    packs = {pack for plan, _ in found.values() for pack in packs_of(plan)}
    bites = await plans.bites(session, sorted(packs))
    had = await plans.had(session, list(found))
    own = await plans.own_days(session, list(found), first, last)
    notices = calendars.notices(await told.told(session, first.year))
    order = {pack: tuple(bite.id for bite in listed) for pack, listed in bites.items()}
    by_id = {bite.id: bite for listed in bites.values() for bite in listed}
    return {
        team.id: Outlook(
            plan,
            team,
            _rhythm(plan, team, own.get(team.id, {}), notices),
            _walk(plan, order, had.get(team.id, {})),
            by_id,
        )
        for plan, team in found.values()
    }


async def upcoming(
    session: Session, team_ids: Collection[int], now: datetime
) -> dict[int, Upcoming]:
    """By team: its next card, of which the clock has not decided yet; not those without one."""
    today = now.date()
    found = await outlooks(session, team_ids, today - DAY, today + (HORIZON + 3) * DAY)
    had = await study.newest(session, list(found))
    coming: dict[int, Upcoming] = {}
    for team_id, outlook in found.items():
        last = had[team_id].day if team_id in had else None
        ahead = outlook.ahead(outlook.first_open(now, last), HORIZON)
        if one := next((one for one in ahead if one.bite), None):
            assert one.bite is not None
            bite = outlook.bites[one.bite]
            coming[team_id] = Upcoming(one.day, outlook.due(one.day), bite, one.awaited)
    return coming


def packs_of(plan: Plan) -> list[str]:
    """Every pack that a plan names."""
    return [*plan.packs, *(pack for packs in plan.weekdays.values() for pack in packs)]


async def calendar_of(
    session: Session, team: Team, first: date, last: date, notices: calendars.Notices
) -> Calendar:
    """A team's calendar, with its own days from `first` to `last`."""
    return (await calendars_of(session, [team], first, last, notices))[team.id]


async def calendars_of(
    session: Session,
    teams: Collection[Team],
    first: date,
    last: date,
    notices: calendars.Notices,
) -> dict[int, Calendar]:
    """By team: the same of many, asked at once."""
    own = await plans.own_days(session, [team.id for team in teams], first, last)
    return {team.id: _calendar(team, own.get(team.id, {}), notices) for team in teams}


async def calendars_ahead(
    session: Session, teams: Collection[Team], now: datetime, notices: calendars.Notices
) -> dict[int, Calendar]:
    """By team: the same, from yesterday to the last day on which a promise can be due."""
    return await calendars_of(session, teams, now.date() - DAY, now.date() + FARTHEST, notices)


def _calendar(team: Team, own: Mapping[date, DayKind], notices: calendars.Notices) -> Calendar:
    usual = Calendar(ZoneInfo(team.timezone), notices=notices, ends=team.work_ends or ENDS)
    return usual.with_own(own)


def _walk(plan: Plan, order: Mapping[str, Sequence[int]], had: Mapping[int, rotation.Had]) -> Walk:
    packs = packs_of(plan)
    theirs = {bite for pack in packs for bite in order[pack]}
    again = plan.again_id if plan.again_id in theirs else None
    return Walk(plan.packs, plan.weekdays, {pack: order[pack] for pack in packs}, had, again)


def _rhythm(
    plan: Plan, team: Team, own: Mapping[date, DayKind], notices: calendars.Notices
) -> Rhythm:
    paused = frozenset(day for day, found in own.items() if found is DayKind.PAUSE)
    calendar = _calendar(team, own, notices)
    return Rhythm(calendar, plan.days, paused, plan.cycle, plan.cycle_from, plan.crews)
