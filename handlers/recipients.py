"""Whom we may write to now: asked here before anything goes out unasked in private."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from handlers.rules.quiet import USUAL, Hours, silent
from storage.tables import Person

NONE = time()  # hours that begin when they end


def hours(person: Person) -> Hours:
    """Somebody's quiet hours: their own, or the usual ones."""
    start, end = person.quiet_from, person.quiet_until
    return Hours(*USUAL) if start is None or end is None else Hours(start, end)


def may_write(person: Person, zone: ZoneInfo, now: datetime, *, duty: bool = False) -> bool:
    """Whether this person may be written to now, on a matter of a team in that time zone.

    A nudge that may not go out is dropped. What matters later as well can wait for the moment.
    `duty`: it is for what the person does at that hour, so that the usual hours do not count.
    """
    chosen = person.quiet_from is not None
    quiet = hours(person) if chosen or not duty else Hours(NONE, NONE)
    return not silent(quiet, person.paused_until, now.astimezone(zone))
