"""What deeds are worth, and the setting that says so."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import BadSettings, Settings, load
from handlers.rules.points import USUAL, Place, points, ranked, read_scale
from storage.kinds import Deed


def test_each_deed_is_worth_what_the_scale_says() -> None:
    deeds = Counter({Deed.CHECKIN: 3, Deed.LATE: 1, Deed.KEPT: 2, Deed.VERIFIED: 1})
    assert points(deeds, USUAL) == 3 * 2 + 1 + 2 * 3 + 1
    assert points(deeds, read_scale("checkin=10, late=0,kept=1")) == 30 + 0 + 2 + 1
    assert points({}, USUAL) == 0


def test_a_scale_names_what_differs() -> None:
    assert read_scale("") == USUAL
    assert read_scale(" kept = 5 ,") == {**USUAL, Deed.KEPT: 5}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kept", "'kept' is not NAME=NUMBER"),
        ("kept=-1", "'kept=-1' is not NAME=NUMBER"),
        ("kept=1.5", "is not NAME=NUMBER"),
        ("mood=3", "there are no points for 'mood'; there are for checkin, late, right"),
        ("kept=101", "kept is worth 100 points at most, not 101"),
        ("kept=1,kept=2", "kept is named twice"),
    ],
)
def test_a_bad_scale_is_refused_in_a_sentence(
    text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZAOHUI_POINTS", text)
    with pytest.raises(BadSettings) as fault:
        load()
    assert str(fault.value).startswith("ZAOHUI_POINTS: ")
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


def test_the_setting_as_it_stands_is_the_usual_scale() -> None:
    assert Settings().scale == USUAL


@given(st.dictionaries(st.sampled_from(list(Deed)), st.integers(0, 100)))
def test_a_scale_is_read_as_it_was_written(scale: dict[Deed, int]) -> None:
    text = ",".join(f"{deed}={worth}" for deed, worth in scale.items())
    assert read_scale(text) == {**USUAL, **scale}


def test_those_with_as_many_points_share_a_place_and_nobody_stands_there_with_none() -> None:
    found = [("甲", 3), ("乙", 9), ("丙", 3), ("丁", 0), ("戊", 1)]
    assert ranked(found) == [
        Place(1, "乙", 9),
        Place(2, "甲", 3),
        Place(2, "丙", 3),
        Place(4, "戊", 1),
    ]
