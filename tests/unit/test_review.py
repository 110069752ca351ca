from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.review import (
    LONGEST,
    Answered,
    mastered,
    memory,
    recall,
    same_question,
    urgency,
)
from handlers.rules.tutorials import next_bite

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)

ANSWERS = st.lists(
    st.builds(Answered, st.dates(MONDAY, MONDAY + 200 * DAY), st.booleans()), max_size=12
)


def after(*answers: tuple[int, bool]) -> tuple[int, bool]:
    """In how many days a question comes back after these answers, and whether it is known."""
    found = memory(Answered(MONDAY + day * DAY, right) for day, right in answers)
    assert found is not None
    return (found.due - MONDAY).days, found.known


def test_what_was_missed_comes_back_the_next_day_and_what_was_known_later() -> None:
    assert memory([]) is None
    assert after((0, False)) == (1, False)
    assert after((0, True)) == (2, True)
    assert after((0, True), (2, True)) == (13, True)
    assert after((0, True), (2, True), (13, False)) == (15, False)
    assert after((0, False), (1, True)) == (3, True)


def test_a_miss_after_long_knowing_is_not_the_end_of_it() -> None:
    days, known = after((0, True), (2, True), (13, True), (60, False))
    assert not known
    assert 60 < days < 75


@given(ANSWERS)
def test_the_order_in_which_answers_are_told_is_no_matter(answers: list[Answered]) -> None:
    once = list({one.day: one for one in answers}.values())
    assert memory(once) == memory(reversed(once))


@given(ANSWERS)
def test_a_question_rests_for_a_day_at_least_and_a_year_at_most(answers: list[Answered]) -> None:
    found = memory(answers)
    assert (found is None) is (not answers)
    if found is not None:
        assert found.last == max(one.day for one in answers)
        assert DAY <= found.due - found.last <= LONGEST * DAY
        assert found.stability > 0


@given(st.booleans(), st.booleans(), st.booleans())
def test_of_a_day_the_first_answer_counts(first: bool, second: bool, then: bool) -> None:
    told = Answered(MONDAY + DAY, then)
    alone = memory([Answered(MONDAY, first), told])
    assert memory([Answered(MONDAY, first), Answered(MONDAY, second), told]) == alone


def test_what_was_answered_early_and_the_day_after_late_is_a_day_apart() -> None:
    """Days are counted by the calendar, not by twenty-four hours between two taps."""
    assert after((0, True), (1, True))[0] > after((0, True))[0]


@pytest.mark.parametrize(
    ("stability", "ago", "firm"),
    [(21.0, 0, True), (21.0, 21, True), (21.0, 22, False), (20.9, 0, False), (300.0, 200, True)],
)
def test_mastered_is_known_now_and_for_three_weeks(stability: float, ago: int, firm: bool) -> None:
    assert mastered(stability, MONDAY - ago * DAY, MONDAY) is firm


def test_recall_falls_from_one_to_nine_tenths_over_the_stability() -> None:
    assert recall(10, MONDAY, MONDAY) == 1
    assert recall(10, MONDAY, MONDAY + 10 * DAY) == pytest.approx(0.9)
    assert recall(10, MONDAY, MONDAY + 11 * DAY) < 0.9


def test_the_missed_goes_before_the_ageing_and_then_the_most_overdue() -> None:
    late, early = MONDAY, MONDAY - 9 * DAY
    ranked = sorted([(True, late), (False, late), (True, early), (False, early)])
    assert sorted(ranked, key=lambda one: urgency(*one)) == [
        (False, early),
        (False, late),
        (True, early),
        (True, late),
    ]


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("先做什么？", "先做什么?", True),
        ("先做什么？", "先做什么", True),
        ("Test the gas first.", "Test the gas first", False),  # a point may be a decimal one
        ("Test the gas first.", "test  the gas, first.", True),
        ("ＰＰＥ 要戴吗", "PPE要戴吗", True),
        ("可动火", "不可动火", False),
        ("不低于1.5米", "不低于15米", False),
        ("≤30分钟", "≥30分钟", False),
        ("-5 度", "5 度", False),
        ("30%", "30", False),
    ],
)
def test_a_question_is_another_when_a_letter_figure_or_sign_is(
    before: str, after: str, same: bool
) -> None:
    assert same_question([before], [after]) is same
    assert not same_question([before], [before, after])


def test_the_next_bite_is_the_first_of_the_packs_that_names_a_tag_and_was_not_had() -> None:
    shelf = {
        "a": [(1, ["焊工"]), (2, ["电工", "焊工"])],
        "b": [(3, ["电工"]), (4, ["Crane "])],
    }
    electrician = [(["电工"], ["b", "a"])]
    assert next_bite(electrician, shelf, ()) == 3
    assert next_bite(electrician, shelf, {3}) == 2
    assert next_bite(electrician, shelf, {2, 3}) is None
    assert next_bite([(["crane"], ["a", "b"])], shelf, ()) == 4
    assert next_bite([([], ["a"]), (["焊工"], ["a"])], shelf, {1}) == 2
    assert next_bite([(["电工"], ["c"])], shelf, ()) is None
    assert next_bite([], shelf, ()) is None
