"""Each deliberate breakage still finds what it breaks, and the test that is to notice it."""

from pathlib import Path

import pytest

from tests.faults.mutants import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_what_it_breaks_stands_once_and_its_test_is_there(mutant: Mutant) -> None:
    for file, before, after in mutant.changes:
        assert (ROOT / file).read_text().count(before) == 1, f"{file}: {before}"
        assert before != after
    file, _, name = mutant.test.partition("::")
    text = (ROOT / file).read_text()
    assert not name or f"def {name.partition('[')[0]}" in text, mutant.test
