"""Some of the simulated days; `make faults` lives through more of them."""

from tests.simulation import weeks


def test_days_in_which_everything_goes_wrong_lose_nothing_and_are_the_same_by_seed() -> None:
    (first, verdict), (second, _) = weeks.live(1), weeks.live(1)
    assert verdict.good, f"seed 1: {verdict}"
    assert first == second


def test_with_the_probe_they_double_nothing_that_it_can_look_for() -> None:
    _, verdict = weeks.live(2)
    assert verdict.good, f"seed 2: {verdict}"
