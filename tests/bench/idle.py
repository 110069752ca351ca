"""What a program needs while nothing happens: the cards of the morning are out."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.bare import ONE
from tests.bench.crowd import Crowd
from tests.bench.processes import BARE, OURS, bot
from tests.bench.ready import sqlite, under_way
from tests.bench.report import Table, row
from tests.bench.standing import standing

CROWD = Crowd()
SETTLING = 5.0  # seconds after the first poll until a program counts as idle
IDLE = 20.0


def measure(at: Path) -> Iterator[Table]:
    """Memory and processor, of ours and of the bare bot."""
    address = sqlite(at / "idle.db")
    under_way(address, CROWD)
    memory, work = _idle(OURS, at, address)
    other_memory, other_work = _idle((*BARE, ONE), at, address)
    rows = [
        row("memory", "MB", memory, other_memory, "≤ 110 MB"),
        row("processor", "% of a core", work * 100, other_work * 100, "≤ 0.5 %"),
    ]
    yield Table(f"{CROWD.teams} teams, whose cards are out", "bare bot", rows)


def _idle(module: Sequence[str], at: Path, address: str) -> tuple[float, float]:
    """Megabytes, and the share of a processor."""
    with standing(at, CROWD) as stand, bot(module, at, stand.address, address) as program:
        stand.until_asked([program])
        time.sleep(SETTLING)
        before = program.work()
        time.sleep(IDLE)
        return program.memory(), (program.work() - before) / IDLE
