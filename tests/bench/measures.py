"""What is measured, each of the program and of the reference in the same run."""

import asyncio
import math
import shutil
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import Clock
from storage.database import Database
from storage.migrations import upgrade
from tests.bench import crowd
from tests.bench.processes import BARE, OURS, Program, Stand, bot, standing

STARTS = 5
SETTLING = 5.0  # seconds after the first poll until a program counts as idle
IDLE = 20.0
LEAD = timedelta(seconds=10)  # from furnishing until the cards are due: the program starts in it
RATE, STEADY = 50.0, 20.0  # taps a second, and for how many seconds
BURST = 2000
SEND_RATE = 30


@dataclass(frozen=True)
class Figures:
    """What was found of one program."""

    start: float  # seconds to the first poll
    fresh_start: float  # the same with no database there yet
    memory: float  # megabytes when idle
    work: float  # share of a processor when idle
    steady: "Taps"
    burst: "Taps"
    after: float  # megabytes after all taps
    cards: "Cards | None" = None  # a bare bot posts none


@dataclass(frozen=True)
class Taps:
    """How taps were answered."""

    count: int
    unanswered: int
    median: float  # milliseconds
    p99: float
    rate: float  # answers a second, over the whole time
    work: float  # the bot's milliseconds of a processor for each tap
    other: float  # share of a processor that the other side needed


@dataclass(frozen=True)
class Cards:
    """How the cards of all teams went out, in seconds after they were due."""

    first: float
    last: float
    floods: int  # answers 429


def measure(module: Sequence[str], at: Path) -> Figures:
    """Everything of one program; `at` is an empty directory for its files."""
    ready = at / "ready.db"
    with standing(at) as stand:
        fresh = [_start(module, at, stand, at / f"fresh-{n}.db") for n in range(STARTS)]
        if module == OURS:
            shutil.copy(at / "fresh-0.db", ready)
        starts = [_start(module, at, stand, ready) for _ in range(STARTS)]
    with standing(at) as stand:
        database = at / "crowd.db"
        due = asyncio.run(_furnish(database))
        with bot(module, at, stand, database) as program:
            stand.until(_polled)
            cards = _cards(stand, due) if module == OURS else None
            time.sleep(SETTLING)
            memory, work = _idle(program)
            steady = _taps(program, stand, 0, int(RATE * STEADY), RATE)
            burst = _taps(program, stand, steady.count, BURST, 0)
            after = program.memory()
    return Figures(
        start=statistics.median(starts),
        fresh_start=statistics.median(fresh),
        memory=memory,
        work=work,
        steady=steady,
        burst=burst,
        after=after,
        cards=cards,
    )


def both(at: Path) -> tuple[Figures, Figures]:
    """The program, and the reference."""
    found = []
    for name, module in (("ours", OURS), ("bare", BARE)):
        (at / name).mkdir()
        found.append(measure(module, at / name))
    return found[0], found[1]


def _polled(calls: list[dict[str, Any]]) -> bool:
    return any(call["method"] == "getUpdates" for call in calls)


def _start(module: Sequence[str], at: Path, stand: Stand, database: Path) -> float:
    """Seconds from the start of the process to its first poll."""
    stand.calls()
    with bot(module, at, stand, database) as program:
        calls = stand.until(_polled)
        first = next(call for call in calls if call["method"] == "getUpdates")
        return float(first["at_monotonic"]) - program.begun


async def _furnish(file: Path) -> float:
    """Make the database of the crowd; when its cards are due, in monotonic seconds."""
    clock = Clock(ZoneInfo("UTC"))
    database = Database(f"sqlite:///{file}")
    try:
        await upgrade(database)
        full_ten = clock().timestamp() // 10 * 10 + 10  # plans name full minutes
        due = datetime.fromtimestamp(full_ten, UTC) + LEAD
        await crowd.furnish(database, due)
    finally:
        await database.close()
    return time.monotonic() + (due - clock()).total_seconds()


def _cards(stand: Stand, due: float) -> Cards:
    """Wait until every team has its card."""

    def sent(calls: list[dict[str, Any]]) -> list[float]:
        return [
            call["at_monotonic"] - due
            for call in calls
            if call["method"] == "sendMessage" and call["code"] == 200
        ]

    calls = stand.until(lambda calls: len(sent(calls)) >= crowd.TEAMS)
    floods = sum(call["code"] == 429 for call in calls)
    return Cards(min(sent(calls)), max(sent(calls)), floods)


def _idle(program: Program) -> tuple[float, float]:
    """Memory, and the share of a processor, while nothing happens."""
    before = program.work()
    time.sleep(IDLE)
    return program.memory(), (program.work() - before) / IDLE


def _taps(program: Program, stand: Stand, first: int, count: int, rate: float) -> Taps:
    before = program.work()
    seen = stand.taps(first, count, rate)
    taken = sorted(seen["milliseconds"])
    return Taps(
        count=count,
        unanswered=seen["unanswered"],
        median=statistics.median(taken),
        p99=taken[math.ceil(len(taken) * 0.99) - 1],
        rate=len(taken) / seen["seconds"],
        work=(program.work() - before) * 1000 / count,
        other=seen["busy"],
    )
