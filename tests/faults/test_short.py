"""Some trials at a size for which every change has time; `make faults` runs all of them whole."""

import pytest

from tests.faults.sizes import SHORT
from tests.faults.trials import TRIALS

SEED = 1
QUICK = ("O1P", "O3", "R1", "R4", "D2", "D5")  # the others take longer than a suite should


@pytest.mark.parametrize("name", QUICK)
def test_a_promise_holds_when_things_go_wrong(name: str) -> None:
    verdict = TRIALS[name](SEED, SHORT)
    assert verdict.good, f"{TRIALS[name].__doc__} seed {SEED}: {verdict}"
