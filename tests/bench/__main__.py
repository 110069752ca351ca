"""`python -m tests.bench [NAME…] [--write]`: measures, prints tables, or also writes them."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import (
    announcements,
    answers,
    cards,
    idle,
    report,
    start,
    status,
    storm,
    taps,
    teach,
    tick,
    weeks,
)

PARTS: dict[str, Callable[[Path], Iterator[report.Table]]] = {
    "start": start.measure,
    "idle": idle.measure,
    "taps": taps.measure,
    "storm": storm.measure,
    "cards": cards.measure,
    "announcements": announcements.measure,
    "status": status.measure,
    "answers": answers.measure,
    "tick": tick.measure,
    "weeks": weeks.measure,
    "teach": teach.measure,
}


def main() -> None:
    """Measure once; fourteen minutes for everything, on a machine that does nothing else."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(PARTS)}; none: all"
    )
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    wish = parser.parse_args()
    if unknown := set(wish.names) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; {parser.prog} --help")
    if not Path("/proc/self/status").exists():
        sys.exit("memory and processor time are read from /proc, which only Linux has")
    for name, measure in PARTS.items():
        if wish.names and name not in wish.names:
            continue
        text = told(f"### {name}\n\n{report.machine()}\n\n")
        with tempfile.TemporaryDirectory(prefix="zaohui-bench-") as place:
            for table in measure(Path(place)):
                text += told(str(table))
        if wish.write:
            report.write(name, text, list(PARTS))


def told(text: str) -> str:
    """Print, at once."""
    sys.stdout.write(text)
    sys.stdout.flush()
    return text


if __name__ == "__main__":
    main()
