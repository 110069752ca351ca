"""`zaohui calendar`: a year's national days taken in, or shown."""

from datetime import date, datetime

from bot.terminal import tell, voice
from handlers.reading.calendars import CalendarFile
from handlers.rules.calendar import SATURDAY, Calendar, Year, notices
from handlers.words import calendars as words
from handlers.words.calendars import Origin, YearShown
from storage import calendars
from storage.database import Database


async def take(database: Database, file: CalendarFile, now: datetime) -> None:
    """Remember a year's days, for every replica."""
    off, work = list(map(str, file.off)), list(map(str, file.work))
    async with database.begin() as session:
        changed = await calendars.keep(session, file.year, off, work, file.source, now)
    tell(words.imported(voice(), file.year, len(off), len(work), changed=changed))


async def show(database: Database, calendar: Calendar, year: int) -> None:
    """Print a year's days, and where they come from."""
    async with database.read() as session:
        told = await calendars.told(session, year)
        row = await calendars.one(session, year)
    found = Calendar(calendar.zone, notices=notices(told)).year(year)
    if row is None:
        origin = Origin.SHIPPED if found.known else Origin.GUESSED
        what = YearShown(year, origin, *_days(found, year))
    else:
        since = row.at.astimezone(calendar.zone).date()
        what = YearShown(year, Origin.TOLD, *_days(found, year), row.source, since)
    tell(words.shown(voice(), what))


def _days(found: Year, year: int) -> tuple[list[date], list[date]]:
    off = sorted(day for day in found.holidays if day.year == year)
    return off, sorted(day for day in found.workdays if day.weekday() >= SATURDAY)
