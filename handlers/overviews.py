"""What the boards of teams show, for whoever is asked and for whoever keeps them current."""

from collections.abc import Collection
from datetime import datetime, time
from zoneinfo import ZoneInfo

from handlers.outlooks import calendars_ahead
from handlers.rules.calendar import Calendar, Notices
from handlers.rules.occurrences import midnight, occurrence
from handlers.words import boards as words
from handlers.words.boards import Overview
from storage import boards, pleas
from storage.database import Session
from storage.tables import Team

STARTS = time(6)  # of a workday: when the colours of boards are looked at


def next_look(now: datetime, calendar: Calendar) -> datetime:
    """When a board's colours are to be looked at next: at the start of a workday to come."""
    today = calendar.today(now)
    if calendar.works(today) and now < (start := occurrence(today, STARTS, calendar.zone)):
        return start
    return occurrence(calendar.next_workday(today), STARTS, calendar.zone)


async def overviews(
    session: Session,
    teams: Collection[Team],
    now: datetime,
    notices: Notices,
    hidden: Collection[int] = (),
) -> dict[int, Overview]:
    """By team: what its board shows. As many queries for all of them as for one.

    hidden  teams whose boards do not say whose commitments they list
    """
    if not teams:
        return {}
    ids = [team.id for team in teams]
    zones = {team.id: ZoneInfo(team.timezone) for team in teams}
    months = {
        team_id: midnight(now.astimezone(zone).date().replace(day=1), zone)
        for team_id, zone in zones.items()
    }
    found = await boards.lines(session, ids, words.MOST)
    kept = await boards.kept(session, months)
    calendars = await calendars_ahead(session, teams, now, notices)
    asked = await pleas.by_ids(session, [line.id for some, _ in found.values() for line in some])
    return {
        team.id: Overview(
            team,
            *found[team.id],
            kept[team.id],
            calendars[team.id],
            asked,
            names=team.id not in hidden,
        )
        for team in teams
    }
