"""Simulated days; `make faults` lives through hundreds of them."""

import pytest

from tests.simulation import weeks


@pytest.mark.parametrize("seed", range(1, 6))
def test_three_days_in_which_everything_goes_wrong_lose_and_double_nothing(seed: int) -> None:
    _, verdict = weeks.live(seed)
    assert verdict.good, f"seed {seed}: {verdict}"


def test_the_same_seed_lives_through_the_same_days() -> None:
    first, second = weeks.live(6), weeks.live(6)
    assert first[0] == second[0]
