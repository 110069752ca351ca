"""The ledger of a team: what happened on some days, as the sheets of one file."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.rules.calendar import DAY
from handlers.rules.occurrences import midnight
from storage import ledgers
from storage.database import Session
from storage.ledgers import Ledger
from storage.tables import Team

LONGEST = timedelta(days=366)


async def ledger(session: Session, team: Team, unit: str, first: date, last: date) -> Ledger:
    """The facts of a team's days, both included, each day as the team's zone has it."""
    zone = ZoneInfo(team.timezone)
    span = midnight(first, zone), midnight(last + DAY, zone)
    return await ledgers.ledger(session, team, unit, first, last, span)


def this_month(now: datetime, zone: ZoneInfo) -> tuple[date, date]:
    """From the first of the month to today."""
    today = now.astimezone(zone).date()
    return today.replace(day=1), today
