"""The page on reliability names every trial and every deliberate breakage, and no other."""

import re
from pathlib import Path

from tests.faults.mutants import MUTANTS
from tests.faults.trials import TRIALS

PAGE = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text()


def test_every_trial_has_its_last_figures() -> None:
    found = re.findall(r"^\| [^|]* \| `(\w+)` \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE)
    assert [name for name, _ in found] == [*TRIALS, "simulation"]
    assert [name for name, figures in found if not re.search(r"\d", figures)] == []


def test_every_breakage_stands_beside_the_test_that_notices_it() -> None:
    _, _, last = PAGE.partition("| Broken so |")
    found = re.findall(r"^\| ([^|`]+) \| `(tests/[^`]+)` \|$", last, re.MULTILINE)
    assert found == [(mutant.name, mutant.test) for mutant in MUTANTS]
