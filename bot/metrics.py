"""What is counted while we work, for whoever scrapes `/metrics`.

The hot path only counts; whatever can be asked of the database is asked when somebody scrapes.
No label names a person, a chat or a text.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
REGISTRY = CollectorRegistry()
CALL_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
TAP_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60)
WRITE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 15)
FLOOD = 429
MOST_TAPS = 10_000  # that are remembered; another replica may have answered some of them
SAMPLE = 1.0  # seconds between two looks at how late the event loop is
SAMPLES = 5

updates = Counter(
    "zaohui_updates",
    "Updates taken in, handled, failed, set aside, dropped as too many.",
    ["stage"],
    registry=REGISTRY,
)
taken, handled, failed, dead, dropped = (
    updates.labels(stage) for stage in ("taken", "handled", "failed", "dead", "dropped")
)
calls = Counter(
    "zaohui_calls",
    "Bot API calls, by what became of them.",
    ["method", "outcome"],
    registry=REGISTRY,
)
call_seconds = Histogram(
    "zaohui_call_seconds",
    "How long a Bot API call took.",
    ["method"],
    buckets=CALL_SECONDS,
    registry=REGISTRY,
)
floods = Counter("zaohui_floods", "Calls answered with 429: too many.", registry=REGISTRY)
tap_seconds = Histogram(
    "zaohui_tap_seconds",
    "From a tap that was taken in to its answer.",
    buckets=TAP_SECONDS,
    registry=REGISTRY,
)
write_seconds = Histogram(
    "zaohui_database_write_seconds",
    "How long it took to keep what came in, the commit included.",
    buckets=WRITE_SECONDS,
    registry=REGISTRY,
)

_taps: OrderedDict[str, float] = OrderedDict()


@contextmanager
def calling(method: str) -> Iterator[None]:
    """Count and time one call."""
    begun, outcome = time.perf_counter(), "ok"
    try:
        yield
    except Exception as fault:
        outcome = type(fault).__name__.lower()
        if getattr(fault, "code", None) == FLOOD:
            floods.inc()
        raise
    finally:
        calls.labels(method, outcome).inc()
        call_seconds.labels(method).observe(time.perf_counter() - begun)


def tapped(query_ids: Iterable[str]) -> None:
    """Taps were taken in."""
    now = time.perf_counter()
    for query_id in query_ids:
        _taps[query_id] = now
    while len(_taps) > MOST_TAPS:
        _taps.popitem(last=False)


def answered(query_id: str) -> None:
    """A tap was answered."""
    if begun := _taps.pop(query_id, 0.0):
        tap_seconds.observe(time.perf_counter() - begun)


@dataclass
class Lag:
    """How late the event loop is: what a person waits for longer when it is kept from working."""

    samples: deque[float] = field(default_factory=lambda: deque([0.0] * SAMPLES, SAMPLES))

    @property
    def now(self) -> float:
        """Seconds, at the latest look."""
        return self.samples[-1]

    @property
    def steady(self) -> float:
        """Seconds that each of the latest looks was late; one hiccup is no illness."""
        return min(self.samples)

    async def watch(self) -> None:
        """Look for as long as the program runs."""
        while True:
            begun = time.monotonic()
            await asyncio.sleep(SAMPLE)
            self.samples.append(max(0.0, time.monotonic() - begun - SAMPLE))


@dataclass(frozen=True)
class Figures:
    """What is measured when somebody scrapes. Seconds are None where there is nothing to say."""

    waiting: int  # updates to be handled
    outgoing: dict[str, int]  # calls that are not settled for good, by state
    slots: dict[tuple[str, str], int]  # appointed times of the last day, by job and outcome
    lag: float
    poll_age: float | None
    well: bool


def page(figures: Figures) -> bytes:
    """All of it, in the words of Prometheus."""
    scrape = CollectorRegistry()

    def gauge(name: str, what: str, *labels: str) -> Gauge:
        return Gauge(name, what, labels, registry=scrape)

    gauge("zaohui_inbox_waiting", "Updates to be handled.").set(figures.waiting)
    states = gauge("zaohui_outbox", "Calls that are owed, by state.", "state")
    for state, count in figures.outgoing.items():
        states.labels(state).set(count)
    slots = gauge("zaohui_slots_day", "Appointed times of the last 24 hours.", "job", "outcome")
    for (job, outcome), count in figures.slots.items():
        slots.labels(job, outcome).set(count)
    gauge("zaohui_loop_lag_seconds", "How late the event loop is.").set(figures.lag)
    gauge("zaohui_well", "1 where /healthz says that all is well.").set(figures.well)
    if figures.poll_age is not None:
        age = "Since Telegram last answered our asking for updates."
        gauge("zaohui_poll_age_seconds", age).set(figures.poll_age)
    return generate_latest(REGISTRY) + generate_latest(scrape)
