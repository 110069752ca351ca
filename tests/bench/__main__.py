"""`python -m tests.bench [--write]`: measures, prints a table, or also writes it into docs/."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench import report
from tests.bench.measures import both


def main() -> None:
    """Measure once; three minutes on a machine that does nothing else."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    wish = parser.parse_args()
    if not Path("/proc/self/status").exists():
        sys.exit("memory and processor time are read from /proc, which only Linux has")
    machine = report.machine()
    with tempfile.TemporaryDirectory(prefix="zaohui-bench-") as place:
        ours, bare = both(Path(place))
    text = f"{machine}\n\n{report.table(report.rows(ours, bare))}"
    sys.stdout.write(f"{text}\n")
    if wish.write:
        report.write(text)


if __name__ == "__main__":
    main()
