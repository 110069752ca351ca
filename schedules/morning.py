"""Each day that a plan names, at its time in the team's own zone: the card, once.

A plan that gives its card on the evening before has it then, dated with the day of the meeting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.outlooks import CATCH_UP, Outlook, outlooks
from handlers.rules.calendar import DAY
from handlers.rules.occurrences import occurrence
from handlers.rules.rotation import card_due, newest, off_shift, resting
from handlers.words import owners as words
from schedules import cards, owners
from schedules.job import Appointment, Job
from storage import leaves, outbox, plans, study
from storage.database import Session
from storage.tables import Morning, Plan, Team


@dataclass(frozen=True)
class Turn:
    """A plan whose time has come, for the local day of a meeting."""

    plan: Plan
    team: Team
    day: date
    at: datetime

    @property
    def early(self) -> bool:
        """Whether that was before there was anything to look for: the plan is newer."""
        return self.plan.next_at is not None and self.at < self.plan.next_at

    @property
    def next_at(self) -> datetime:
        """When to look at the plan again."""
        zone = ZoneInfo(self.team.timezone)
        return card_due(self.day + DAY, self.plan.at, zone, eve=self.plan.eve)


@dataclass(frozen=True)
class Begun:
    """A turn that brings a card."""

    turn: Turn
    outlook: Outlook
    morning: Morning


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Plans to look at: their latest time that has come."""
    turns = [_turn(plan, team, now) for plan, team in await study.due_plans(session, now)]
    return [
        Appointment(f"{turn.team.id}:{turn.day}", turn, missed=now - turn.at > CATCH_UP)
        for turn in turns
    ]


def _turn(plan: Plan, team: Team, now: datetime) -> Turn:
    """The newest day on which this plan's time has come. Older ones are past catching up."""
    zone = ZoneInfo(team.timezone)
    day = newest(plan.at, zone, now, eve=plan.eve)
    return Turn(plan, team, day, card_due(day, plan.at, zone, eve=plan.eve))


async def push(session: Session, appointments: Sequence[Appointment], now: datetime) -> None:
    """Begin the mornings and owe the groups their cards; then look again tomorrow."""
    turns: list[tuple[Turn, Appointment]] = [(one.what, one) for one in appointments]
    days = [turn.day for turn, _ in turns]
    found = await outlooks(
        session, [turn.team.id for turn, _ in turns], min(days), max(days), keep=True
    )
    begun: list[Begun] = []
    rests: list[tuple[int, datetime, int | None]] = []
    for turn, appointment in turns:
        outlook = found.get(turn.team.id)
        if outlook is None:
            continue  # its plan was taken away a moment ago
        morning = None
        if resting(outlook.rhythm, turn.day) is None and not (appointment.missed and turn.early):
            morning = await _begin(session, turn, outlook, appointment, now)
        if morning is not None:
            begun.append(Begun(turn, outlook, morning))
        kept = None if morning else outlook.plan.again_id
        rests.append((outlook.plan.id, turn.next_at, kept))
    await plans.look_again(session, rests)
    await _post(session, begun, now)


async def _begin(
    session: Session, turn: Turn, outlook: Outlook, appointment: Appointment, now: datetime
) -> Morning | None:
    """The morning of a day that has one; where it has none after all, the owners hear why."""
    bite = None if appointment.missed else outlook.on(turn.day).bite
    if bite is None:
        why = words.missed if appointment.missed else words.empty
        key = f"card-missing:{appointment.subject}"
        await owners.tell(session, key, lambda voice: why(voice, turn.team.name, turn.day), now)
        return None
    closes = occurrence(turn.day, outlook.plan.closes, outlook.zone)
    return Morning(
        team_id=turn.team.id, day=turn.day, bite_id=bite, due_at=turn.at, closes_at=closes
    )


async def _post(session: Session, begun: Sequence[Begun], now: datetime) -> None:
    """Write the mornings down, excuse whoever is off, and owe the cards."""
    ids = await study.begin(session, [one.morning for one in begun])
    fresh = [one for one in begun if one.turn.team.id in ids]
    crews = [
        (one.turn.team.id, crew)
        for one in fresh
        for crew in off_shift(one.outlook.rhythm, one.turn.day)
    ]
    await leaves.excuse_shifts(session, list(ids.values()), crews, now)
    owed = await cards.owed(session, ids.values(), now)
    posts = [
        outbox.Post(key, team.chat_id, message.send(), team.topic_id, one.turn.at + CATCH_UP)
        for one in fresh
        if (team := one.outlook.team).chat_id is not None
        for key, message in owed[ids[team.id]]
    ]
    await outbox.post_all(session, posts, now, priority=outbox.CARDS)


MORNING = Job("morning", due, run_all=push)
