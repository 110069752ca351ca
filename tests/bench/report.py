"""What was found, as tables to read, and in docs/performance.md."""

import math
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.clock import Clock

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
PART = re.compile(r"^<!-- part: (\w+) -->\n", re.MULTILINE)
NONE = "–"


@dataclass(frozen=True)
class Row:
    """One figure: its goal, what it is, what it stands beside, and one by the other."""

    what: str
    goal: str
    ours: str
    other: str
    ratio: str


@dataclass(frozen=True)
class Table:
    """Figures of one matter; `beside`: what they stand beside."""

    title: str
    beside: str
    rows: Sequence[Row]

    def __str__(self) -> str:
        """As Markdown."""
        head = Row("what", "goal", "zaohui", self.beside, "ratio")
        rule = Row("---", "---", "--:", "--:", "--:")
        lines = [f"| {' | '.join(astuple(row))} |" for row in (head, rule, *self.rows)]
        return "\n".join([f"**{self.title}**", "", *lines, "", ""])


def row(what: str, unit: str, ours: float, other: float | None = None, goal: str = NONE) -> Row:
    """One figure, beside the other where there is one."""
    if other is None:
        return Row(what, goal, f"{figure(ours)} {unit}", NONE, NONE)
    ratio = f"{ours / other:.2f}" if other else NONE
    return Row(what, goal, f"{figure(ours)} {unit}", f"{figure(other)} {unit}", ratio)


def count(what: str, ours: int, other: int | None = None) -> Row:
    """How often something happened that never should."""
    return Row(what, "0", str(ours), NONE if other is None else str(other), NONE)


def busy(ours: float, other: float, what: str = "") -> Row:
    """How much of a core the other side needed: near all of it, and the figures are its own."""
    name = f"the other side was busy{what}"
    return Row(name, "well below 100 %", f"{ours:.0%}", f"{other:.0%}", NONE)


def p99(taken: Sequence[float]) -> float:
    """What one in a hundred took, or longer."""
    return sorted(taken)[math.ceil(len(taken) * 0.99) - 1]


def figure(value: float) -> str:
    """Three digits at most, as far as they say something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 10 else f"{value:.1f}"


def machine() -> str:
    """What it is measured on, in a line; asked before the work, for the load of others."""
    parts = [
        f"{Clock(ZoneInfo('UTC'))():%Y-%m-%d}",
        f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()})",
        f"Python {platform.python_version()}",
        f"python-telegram-bot {version('python-telegram-bot')}",
        f"SQLAlchemy {version('sqlalchemy')}",
        f"httpx {version('httpx')}",
        f"aiohttp {version('aiohttp')}",
        f"load before {os.getloadavg()[0]:.1f}",
    ]
    return ", ".join(parts) + "."


def write(part: str, found: str, order: Sequence[str]) -> None:
    """Put a part between the marks in docs/performance.md; the others stay as they are."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    measured, _, after = rest.partition(END)
    _, *parts = PART.split(measured)
    there = dict(zip(parts[::2], parts[1::2], strict=True)) | {part: found}
    text = "".join(f"<!-- part: {name} -->\n{there[name]}" for name in order if name in there)
    PAGE.write_text(f"{before}{BEGIN}\n{text}{END}{after}", encoding="utf-8")
