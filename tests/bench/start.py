"""How long a program takes to start: from its process to its first wish for updates."""

import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.bare import ONE
from tests.bench.crowd import Crowd
from tests.bench.processes import BARE, OURS, bot
from tests.bench.ready import sqlite
from tests.bench.report import Table, row
from tests.bench.standing import Stand, standing

TIMES = 5
GOAL = "≤ 1.5 s"


def measure(at: Path) -> Iterator[Table]:
    """With a database that is up to date, and with none there yet; the bare bot has none."""
    with standing(at, Crowd(0, 0)) as stand:
        fresh = [_start(OURS, at, stand, at / f"{n}.db") for n in range(TIMES)]
        known = [_start(OURS, at, stand, at / "0.db") for _ in range(TIMES)]
        bare = [_start((*BARE, ONE), at, stand, at / "none.db") for _ in range(TIMES)]
    ours, new, other = (statistics.median(found) for found in (known, fresh, bare))
    rows = [
        row("with a database that is up to date", "s", ours, other, GOAL),
        row("with a new database", "s", new, other, GOAL),
    ]
    yield Table("from its start to its first poll", "bare bot", rows)


def _start(module: Sequence[str], at: Path, stand: Stand, file: Path) -> float:
    stand.forget()
    with bot(module, at, stand.address, sqlite(file)) as program:
        return stand.until_asked([program]) - program.begun
