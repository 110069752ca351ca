"""Some of the simulated days; `make faults` lives through more of them."""

from tests.simulation import weeks


def test_days_in_which_everything_goes_wrong_lose_nothing() -> None:
    _, verdict = weeks.live(1)
    assert verdict.good, f"seed 1: {verdict}"


def test_with_the_probe_they_double_nothing_that_it_can_look_for() -> None:
    _, verdict = weeks.live(4)
    assert verdict.good, f"seed 4: {verdict}"


def test_the_same_seed_is_the_same_day() -> None:
    first, second = (weeks.live(3, days=1) for _ in range(2))
    assert first[0] == second[0]
    assert first[1].figures["messages"] > 10
