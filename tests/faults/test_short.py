"""The trials at a size for which every change has time; `make faults` runs them whole."""

import pytest

from tests.faults.trials import SHORT, TRIALS

SEED = 1


@pytest.mark.parametrize("name", TRIALS)
def test_a_promise_holds_when_things_go_wrong(name: str) -> None:
    verdict = TRIALS[name](SEED, SHORT)
    assert verdict.good, f"{TRIALS[name].__doc__} seed {SEED}: {verdict}"
