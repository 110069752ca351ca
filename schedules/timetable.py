"""Everything that we do unasked, in one table."""

from handlers.rules.keeping import Keep
from schedules import announcements
from schedules.asks import ASKS
from schedules.boards import BOARDS, PINS
from schedules.calendars import CALENDARS
from schedules.closing import CLOSING
from schedules.deliveries import IN_DOUBT, SET_ASIDE
from schedules.erasures import ERASURES
from schedules.heartbeat import HEARTBEAT
from schedules.housekeeping import HOUSEKEEPING
from schedules.job import Job
from schedules.morning import MORNING
from schedules.nudges import NUDGES
from schedules.outages import OUTAGES
from schedules.outlines import OUTLINES
from schedules.retention import RETENTION, retention
from schedules.setbacks import SETBACKS
from schedules.troubles import TROUBLES
from schedules.tutorials import TUTORIALS
from schedules.verifications import VERIFICATIONS
from schedules.weeks import WEEKS

JOBS: list[Job] = [
    SETBACKS,
    CLOSING,
    OUTLINES,
    MORNING,
    announcements.SENDING,
    announcements.PINNING,
    announcements.CLOSING,
    announcements.SWEEPING,
    TUTORIALS,
    NUDGES,
    OUTAGES,
    TROUBLES,
    IN_DOUBT,
    SET_ASIDE,
    HEARTBEAT,
    CALENDARS,
    VERIFICATIONS,
    ASKS,
    BOARDS,
    PINS,
    ERASURES,
    RETENTION,
    WEEKS,
    HOUSEKEEPING,
]


def jobs(keep: Keep) -> list[Job]:
    """The same, with what is kept for how long as the settings say."""
    return [retention(keep) if job is RETENTION else job for job in JOBS]
