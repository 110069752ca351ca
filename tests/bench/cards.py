"""Cards of many teams that are due at one moment, under Telegram's limits, over a network."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.bench.crowd import Crowd
from tests.bench.processes import OURS, bot
from tests.bench.ready import due_soon, sqlite
from tests.bench.report import Row, Table, count, row
from tests.bench.standing import standing, until
from tests.bench.wire import JITTER

CROWDS = (Crowd(300, 30), Crowd(3000, 30))
LEAD = timedelta(seconds=5)  # in which the program starts
RATE = 30  # messages a second that Telegram takes
SLACK = 1.05
PATIENCE = 60.0  # seconds longer than it should take


def measure(at: Path) -> Iterator[Table]:
    """A few hundred, and a few thousand; no sooner than after N/30 s can the last one come."""
    for crowd in CROWDS:
        yield Table(f"{crowd.teams:,} cards due at once", "floor", _sent(at, crowd))


def _sent(at: Path, crowd: Crowd) -> list[Row]:
    floor = crowd.teams / RATE
    address = sqlite(at / f"{crowd.teams}.db")
    due = due_soon(address, crowd, LEAD)
    with standing(at, crowd, JITTER) as stand, bot(OURS, at, stand.address, address):
        until(lambda: stand.told()["posted"] >= crowd.teams or None, 2 * floor + PATIENCE)
        told = stand.told()
    return [
        row("first card after", "s", told["first"] - due, goal="≤ 1 s"),
        row("last card after", "s", told["last"] - due, floor, f"≤ {SLACK:g} ×"),
        count("refused with 429", told["refused"]),
    ]
