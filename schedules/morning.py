"""Each workday morning, at the plan's time in the team's own zone: the card, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.rules.calendar import DAY, Calendar, runs_on
from handlers.rules.occurrences import occurrence
from handlers.words import owners as words
from schedules import cards, owners
from schedules.job import Appointment, Job
from storage import study
from storage.database import Session
from storage.tables import Plan, Team

CATCH_UP = timedelta(hours=2)  # a card that is later than this is not sent any more


@dataclass(frozen=True)
class Turn:
    """A plan whose time has come, for a local day."""

    plan: Plan
    team: Team
    day: date
    at: datetime

    @property
    def early(self) -> bool:
        """Whether that was before there was anything to look for: the plan is newer."""
        return self.plan.next_at is not None and self.at < self.plan.next_at

    @property
    def calendar(self) -> Calendar:
        """The team's calendar."""
        return Calendar(ZoneInfo(self.team.timezone))


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Plans to look at: their latest time that has come."""
    return [
        Appointment(f"{team.id}:{turn.day}", turn, missed=now - turn.at > CATCH_UP)
        for plan, team in await study.due_plans(session, now)
        if (turn := _turn(plan, team, now))
    ]


def _turn(plan: Plan, team: Team, now: datetime) -> Turn:
    """The newest local day on which this plan's time has come. Older ones are past catching up."""
    zone = ZoneInfo(team.timezone)
    day = now.astimezone(zone).date()
    at = occurrence(day, plan.at, zone)
    if at > now:
        day -= DAY
        at = occurrence(day, plan.at, zone)
    return Turn(plan, team, day, at)


async def push(session: Session, appointment: Appointment, now: datetime) -> None:
    """Begin the morning and owe the group its card; then look again tomorrow."""
    turn: Turn = appointment.what
    plan, team, zone = turn.plan, turn.team, turn.calendar.zone
    await study.look_again(session, plan.id, occurrence(turn.day + DAY, plan.at, zone))
    if not runs_on(plan.days, turn.day, turn.calendar) or (appointment.missed and turn.early):
        return
    bite = None if appointment.missed else await study.next_bite(session, team.id, plan.packs)
    if bite is None:
        why = words.missed if appointment.missed else words.empty
        key = f"card-missing:{appointment.subject}"
        await owners.tell(session, key, lambda voice: why(voice, team.name, turn.day), now)
        return
    closes = occurrence(turn.day, plan.closes, zone)
    morning = await study.begin(session, team.id, turn.day, bite.id, turn.at, closes)
    if morning is None or team.chat_id is None:
        return
    await cards.post(session, morning.id, bite, team, now, turn.at + CATCH_UP)


MORNING = Job("morning", due, push)
