"""Everything that we do unasked, in one table."""

from schedules.closing import CLOSING
from schedules.housekeeping import HOUSEKEEPING
from schedules.job import Job
from schedules.morning import MORNING
from schedules.troubles import TROUBLES

JOBS: list[Job] = [
    CLOSING,
    MORNING,
    TROUBLES,
    HOUSEKEEPING,
]
