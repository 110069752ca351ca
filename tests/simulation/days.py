"""Simulated days, asked for by name: they take longer than a suite should.

`pytest tests/simulation/days.py`; `make faults` lives through more of them.
"""

from tests.simulation import weeks


def test_three_days_in_which_everything_goes_wrong_lose_and_double_nothing() -> None:
    _, verdict = weeks.live(2)
    assert verdict.good, f"seed 2: {verdict}"


def test_the_same_seed_lives_through_the_same_days() -> None:
    first, second = weeks.live(1), weeks.live(1)
    assert first[0] == second[0]
    assert first[1].good, f"seed 1: {first[1]}"
