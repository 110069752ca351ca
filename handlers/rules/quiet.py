"""When we keep silent towards somebody: in their quiet hours, and while they have us pause.

It concerns what we would say unasked and in private; whoever asks is answered at any hour.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

USUAL = time(21), time(6, 30)


@dataclass(frozen=True)
class Hours:
    """From when until when it is quiet by the local clock, be it over midnight."""

    start: time = USUAL[0]
    end: time = USUAL[1]

    @property
    def none(self) -> bool:
        """Whether no hour is quiet."""
        return self.start == self.end

    def hold(self, at: time) -> bool:
        """Whether it is quiet at a time of day."""
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


def silent(hours: Hours, paused_until: date | None, local: datetime) -> bool:
    """Whether to keep silent at a local moment. A pause ends as its last day's next one begins."""
    if paused_until is not None and local.date() < paused_until:
        return True
    return hours.hold(local.time())
