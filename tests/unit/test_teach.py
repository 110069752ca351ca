from statistics import fmean

from tests.bench.teach import SEED, calendar, ours, push, rota

PEOPLE, COURSE = 60, 20


def test_what_comes_back_by_our_rule_is_kept_better_than_by_others() -> None:
    """A few of the people of the measurement `teach`, each asked as often in every way."""
    kept: dict[str, list[float]] = {"ours": [], "push": [], "calendar": [], "rota": []}
    for seed in range(SEED, SEED + 2 * PEOPLE, 2):
        outcome, told = ours(seed, COURSE)
        kept["ours"].append(outcome.recall)
        for name, way in (("push", push), ("calendar", calendar), ("rota", rota)):
            other = way(seed, COURSE, told)
            assert other.asked == outcome.asked
            kept[name].append(other.recall)
    mean = {name: fmean(found) for name, found in kept.items()}
    assert mean["ours"] > mean["push"] + 0.15
    assert mean["ours"] > mean["calendar"] + 0.02
    assert mean["ours"] > mean["rota"] - 0.01


def test_the_same_seed_is_the_same_person() -> None:
    assert ours(SEED, COURSE) == ours(SEED, COURSE)
    assert ours(SEED, COURSE) != ours(SEED + 2, COURSE)
