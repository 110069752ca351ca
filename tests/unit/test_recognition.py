"""Which team of a file is which team that we know."""

from handlers.rules.recognition import Traits, recognise

FIRST, SECOND = ("局", "一支部"), ("局", "二支部")


def test_the_same_name_in_the_same_unit_comes_first() -> None:
    known = {1: Traits(FIRST, "一班", (-1, 0)), 2: Traits(FIRST, "二班", (-2, 0))}
    swapped = [Traits(FIRST, "一班", (-2, 0)), Traits(FIRST, "二班", (-1, 0))]
    assert recognise(swapped, known) == {0: 1, 1: 2}


def test_a_team_with_another_name_is_known_by_where_it_meets() -> None:
    known = {1: Traits(FIRST, "一班", (-1, 5))}
    assert recognise([Traits(SECOND, "甲班", (-1, 5))], known) == {0: 1}
    assert recognise([Traits(SECOND, "甲班", (-1, 6))], known) == {}


def test_a_team_in_another_unit_is_known_by_a_name_that_only_it_has() -> None:
    known = {1: Traits(FIRST, "一班", None), 2: Traits(FIRST, "二班", None)}
    assert recognise([Traits(SECOND, "二班", None)], known) == {0: 2}
    twice = known | {3: Traits(("局", "三支部"), "二班", None)}
    assert recognise([Traits(SECOND, "二班", None)], twice) == {}
    both = [Traits(SECOND, "二班", None), Traits(("局", "三支部"), "二班", None)]
    assert recognise(both, known) == {}


def test_a_retired_team_is_known_by_its_home_alone() -> None:
    known = {1: Traits(FIRST, "一班", (-1, 0), live=False)}
    assert recognise([Traits(FIRST, "一班", None)], known) == {0: 1}
    assert recognise([Traits(SECOND, "一班", (-1, 0))], known) == {}


def test_teams_without_a_chat_are_not_taken_for_each_other() -> None:
    known = {1: Traits(FIRST, "一班", None)}
    assert recognise([Traits(FIRST, "二班", None)], known) == {}
