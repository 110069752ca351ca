"""Members by attendance: shares decide, ties share a place, days away count against nobody."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.ranking import Attendance, ranked


@st.composite
def attendances(draw: st.DrawFn) -> Sequence[Attendance]:
    pairs = draw(st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23)), max_size=12))
    return [Attendance(str(number), min(pair), max(pair)) for number, pair in enumerate(pairs)]


def test_an_example() -> None:
    rows = [
        Attendance("赵", 3, 4),
        Attendance("钱", 4, 4),
        Attendance("孙", 2, 2),
        Attendance("李", 0, 0),
        Attendance("周", 0, 4),
    ]
    found = [(one.place, one.who.name) for one in ranked(rows)]
    assert found == [(1, "钱"), (1, "孙"), (3, "赵"), (4, "周")]


@given(attendances())
def test_a_place_is_one_more_than_those_who_are_better(rows: Sequence[Attendance]) -> None:
    found = ranked(rows)
    assert {one.who.name for one in found} == {one.name for one in rows if one.expected}
    for one in found:
        better = [other for other in found if other.who.share > one.who.share]
        assert one.place == len(better) + 1


@given(attendances(), st.randoms())
def test_the_order_of_the_rows_decides_no_place(
    rows: Sequence[Attendance], chance: object
) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    places = [{one.who.name: one.place for one in ranked(some)} for some in (rows, shuffled)]
    assert places[0] == places[1]


@given(attendances(), st.integers(1, 5))
def test_studying_more_of_what_is_expected_never_lowers_anybody(
    rows: Sequence[Attendance], more: int
) -> None:
    before = {one.who.name: one.place for one in ranked(rows)}
    for index, one in enumerate(rows):
        if not one.expected:
            continue
        better = Attendance(one.name, min(one.expected, one.done + more), one.expected)
        after = {p.who.name: p.place for p in ranked([*rows[:index], better, *rows[index + 1 :]])}
        assert after[one.name] <= before[one.name]
