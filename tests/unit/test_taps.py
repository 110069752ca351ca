from datetime import date
from enum import StrEnum
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import taps
from handlers.requests import Press
from handlers.routes import ROUTES

VALUES: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(-(10**12), 10**12),
    str: st.text("abcdefghijklmnopqrstuvwxyz", max_size=6),
    date: st.dates(),
    date | None: st.none() | st.dates(),
    **{
        kind: st.sampled_from(list(kind))
        for kind in taps.READERS
        if isinstance(kind, type) and issubclass(kind, StrEnum)
    },
}


def test_every_button_of_ours_leads_somewhere() -> None:
    pressed = {route.tap for route in ROUTES if isinstance(route, Press)}
    assert set(taps.KINDS.values()) == pressed


@given(st.data())
def test_a_tap_comes_back_from_its_button(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(taps.KINDS.values(), key=lambda k: k.prefix)))
    hints = {name: hint for name, hint in get_type_hints(kind).items() if name != "prefix"}
    tap = kind(**{name: data.draw(VALUES[hint]) for name, hint in hints.items()})
    assert taps.read(tap.pack()) == tap


@given(st.text(max_size=64))
def test_no_forged_data_raises(data: str) -> None:
    tap = taps.read(data)
    assert tap is None or tap.pack() == data


@pytest.mark.parametrize(
    "data",
    ["", "ci", "ci:", "ci:1:2", "ci:one", "ci:01", "ci:١", f"ci:{2**63}", "lr:1:party", "zz:1"],
)
def test_data_that_no_button_of_ours_carries_is_no_tap(data: str) -> None:
    assert taps.read(data) is None
