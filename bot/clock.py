"""The only place that asks what time it is."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MAX_RATE = 3600.0
HAIR = timedelta(milliseconds=10)  # by which the machine's clocks may drift apart


class Clock:
    """Tells the time: an aware UTC datetime. Can be set, and run faster, for demonstrations.

    Left alone it is the machine's clock. `jumped` is called after every change of the hands;
    `morning` tells a demonstration where to go next.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone  # where the mornings of a demonstration are
        self.rate = 1.0
        self.jumped: Callable[[], None] = lambda: None
        self.morning: Callable[[], datetime] = self  # when the next morning begins
        self._start: datetime | None = None
        self._since = 0.0

    def __call__(self) -> datetime:
        """The time now."""
        if self._start is None:
            return datetime.now(UTC)
        return self._start + timedelta(seconds=(time.monotonic() - self._since) * self.rate)

    def full_second(self) -> datetime:
        """The machine's time when these hands will just have shown a full second."""
        left = timedelta(seconds=1) - timedelta(microseconds=self().microsecond) + HAIR
        return datetime.now(UTC) + left / self.rate

    def set(self, start: datetime) -> None:
        """Put the hands somewhere."""
        self._start, self._since = start.astimezone(UTC), time.monotonic()
        self.jumped()

    def run(self, rate: float) -> None:
        """Go on from here, `rate` times as fast. Raises ValueError beyond 0 to MAX_RATE."""
        if not 0 < rate <= MAX_RATE:
            raise ValueError(f"a clock runs more than 0 and at most {MAX_RATE:g} times as fast")
        self._start, self._since, self.rate = self(), time.monotonic(), rate
        self.jumped()


def from_text(text: str, zone: ZoneInfo) -> Clock:
    """A clock as ZAOHUI_CLOCK describes it: `START[*RATE]`; empty is the machine's.

    Raises ValueError for what is neither; a start without an offset is in `zone`.
    """
    clock = Clock(zone)
    if not text:
        return clock
    start, _, rate = text.partition("*")
    begin = datetime.fromisoformat(start.strip())
    clock.set(begin if begin.tzinfo else begin.replace(tzinfo=zone))
    if rate:
        clock.run(float(rate))
    return clock
