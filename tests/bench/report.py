"""What was found, as a table to read, and in docs/performance.md."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.clock import Clock
from tests.bench import crowd
from tests.bench.measures import BURST, RATE, SEND_RATE, Figures

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
NONE = "–"
Row = tuple[str, str, str, str, str]

HEAD: Row = ("what", "goal", "zaohui", "bare bot", "ratio")


def _row(what: str, unit: str, ours: float, bare: float, goal: float | None = None) -> Row:
    """One figure beside the other; a goal is a most."""
    text = NONE if goal is None else f"≤ {goal:g} {unit}"
    return what, text, f"{_figure(ours)} {unit}", f"{_figure(bare)} {unit}", _ratio(ours, bare)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 10 else f"{value:.1f}"


def _ratio(ours: float, bare: float) -> str:
    return f"{ours / bare:.2f}" if bare else NONE


def rows(ours: Figures, bare: Figures) -> list[Row]:
    """The table's rows."""
    found = [
        _row("start to first poll", "s", ours.start, bare.start, 1.5),
        _row("the same with a new database", "s", ours.fresh_start, bare.fresh_start, 1.5),
        _row("memory when idle", "MB", ours.memory, bare.memory, 110),
        _row("memory after all taps", "MB", ours.after, bare.after),
        _row("processor when idle", "% of a core", ours.work * 100, bare.work * 100, 0.5),
    ]
    for name, one, other, median, p99 in (
        (f"{RATE:g} taps/s", ours.steady, bare.steady, 15, 60),
        (f"{BURST} taps at once", ours.burst, bare.burst, None, None),
    ):
        found += [
            _row(f"{name}: tap to toast, median", "ms", one.median, other.median, median),
            _row(f"{name}: tap to toast, p99", "ms", one.p99, other.p99, p99),
            _row(f"{name}: processor for a tap", "ms", one.work, other.work),
            _row(f"{name}: answered", "/s", one.rate, other.rate),
            (
                f"{name}: never answered",
                "0",
                str(one.unanswered),
                str(other.unanswered),
                NONE,
            ),
            (
                f"{name}: the other side was busy",
                "well below 100 %",
                f"{one.other:.0%}",
                f"{other.other:.0%}",
                NONE,
            ),
        ]
    if cards := ours.cards:
        name = f"{crowd.TEAMS} cards due at once"
        floor = crowd.TEAMS / SEND_RATE
        found += [
            (f"{name}: the first after", "≤ 1 s", f"{cards.first:.2f} s", NONE, NONE),
            (
                f"{name}: the last after",
                f"≤ {floor * 1.05:g} s",
                f"{cards.last:.2f} s",
                NONE,
                NONE,
            ),
            (f"{name}: refused with 429", "0", str(cards.floods), NONE, NONE),
        ]
    return found


def table(found: Sequence[Row]) -> str:
    """Rows as Markdown."""
    lines = [HEAD, ("---", "---", "--:", "--:", "--:"), *found]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> str:
    """What it is measured on, in a line; asked before the work, for the load of others."""
    parts = [
        f"{Clock(ZoneInfo('UTC'))():%Y-%m-%d}",
        f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()})",
        f"Python {platform.python_version()}",
        f"python-telegram-bot {version('python-telegram-bot')}",
        f"SQLAlchemy {version('sqlalchemy')}",
        f"httpx {version('httpx')}",
        f"load before the run {os.getloadavg()[0]:.1f}",
    ]
    return ", ".join(parts) + "."


def write(text: str) -> None:
    """Put the text between the marks in docs/performance.md."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
