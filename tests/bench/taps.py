"""Taps that come at a steady rate, whatever the answers do: what the one who taps waits for."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.bare import ONE
from tests.bench.crowd import Crowd
from tests.bench.processes import BARE, OURS, bot
from tests.bench.ready import sqlite, under_way
from tests.bench.report import Table, busy, count, p99, row
from tests.bench.standing import Card, Taps, standing

CROWD = Crowd()
RATE, SECONDS = 50.0, 20.0


@dataclass(frozen=True)
class Seen:
    """The taps, and the bot's seconds of a processor for all of them."""

    taps: Taps
    work: float

    @property
    def each(self) -> float:
        """The bot's milliseconds of a processor for a tap."""
        return self.work * 1000 / self.taps.count

    @property
    def median(self) -> float:
        """Milliseconds that a tap took, or longer, in one case of two."""
        return statistics.median(self.taps.milliseconds)


def measure(at: Path) -> Iterator[Table]:
    """Ours, which keeps and counts the taps, and the bare bot, which answers."""
    address = sqlite(at / "taps.db")
    cards = under_way(address, CROWD)
    ours = tapped(OURS, at, address, cards)
    bare = tapped((*BARE, ONE), at, address, cards)
    longest = p99(ours.taps.milliseconds), p99(bare.taps.milliseconds)
    rows = [
        row("tap to toast, median", "ms", ours.median, bare.median, "≤ 15 ms"),
        row("tap to toast, p99", "ms", *longest, "≤ 60 ms"),
        row("processor for a tap", "ms", ours.each, bare.each),
        count("never answered", ours.taps.unanswered, bare.taps.unanswered),
        busy(ours.taps.busy, bare.taps.busy),
    ]
    yield Table(f"{RATE:g} taps a second", "bare bot", rows)


def tapped(module: Sequence[str], at: Path, address: str, cards: Sequence[Card]) -> Seen:
    """What taps on these cards wait for, of a bot on a database."""
    with standing(at, CROWD) as stand, bot(module, at, stand.address, address) as program:
        stand.hang(cards)
        stand.until_asked([program])
        before = program.work()
        taps = stand.taps(0, int(RATE * SECONDS), RATE)
        return Seen(taps, program.work() - before)
