"""`python -m tests.faults [NAME…] [--seed N] [--short]`: the trials, the breakages, the weeks.

Names are those of the trials (O1, R4, …), `mutants` and `simulation`; none means everything.
Prints one line for each; the exit code is 1 where a promise did not hold.
"""

import argparse
import sys
import time

from tests.faults import mutants
from tests.faults.sizes import SHORT, WHOLE
from tests.faults.trials import TRIALS
from tests.simulation import weeks

OTHERS = ("mutants", "simulation")


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join((*TRIALS, *OTHERS)))
    parser.add_argument(
        "--seed", type=int, default=1, help="of the trials; the first of the weeks"
    )
    parser.add_argument("--weeks", type=int, default=500, help="how many seeds to simulate")
    parser.add_argument("--short", action="store_true", help="as `make test` runs them")
    asked = parser.parse_args()
    names = asked.names or [*TRIALS, *OTHERS]
    if unknown := sorted(set(names) - {*TRIALS, *OTHERS}):
        parser.error(f"there is no {', '.join(unknown)}")
    good = True
    for name in names:
        if name == "mutants":
            good &= mutants.main()
        elif name == "simulation":
            good &= weeks.main(asked.seed, asked.weeks)
        else:
            good &= _try(name, asked.seed, short=asked.short)
    return 0 if good else 1


def _try(name: str, seed: int, *, short: bool) -> bool:
    trial, begun = TRIALS[name], time.monotonic()
    verdict = trial(seed, SHORT if short else WHOLE)
    took = time.monotonic() - begun
    mark = "ok  " if verdict.good else "FAIL"
    sys.stdout.write(f"{mark} {name} seed {seed} ({took:.0f} s): {verdict}\n")
    sys.stdout.flush()
    return verdict.good


if __name__ == "__main__":
    sys.exit(main())
