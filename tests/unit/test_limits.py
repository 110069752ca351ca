"""How much is taken in: by person, by group, by button; and what must never be lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import limits as module
from bot.limits import Limits, Verdict

NOW = datetime(2026, 11, 23, 7, 50, tzinfo=UTC)
ZHANG, SI, GROUP = 111, 112, -1001


def tap(data: str, user: int = ZHANG, message: int = 5) -> dict[str, Any]:
    where = {"message_id": message, "chat": {"id": GROUP, "type": "supergroup"}}
    return {"callback_query": {"id": "1", "from": {"id": user}, "data": data, "message": where}}


def words(text: str, user: int = ZHANG, chat: int = 0, **more: Any) -> dict[str, Any]:
    place = {"id": chat or user}
    return {
        "message": {"message_id": 1, "from": {"id": user}, "chat": place, "text": text, **more}
    }


def test_within_the_limit_everything_passes_and_then_one_word_a_minute() -> None:
    limits = Limits(20, 60)
    rulings = [limits.rule(words(f"第{n}句"), NOW) for n in range(40)]
    assert [one.verdict for one in rulings] == [Verdict.PASS] * 20 + [Verdict.SLOW] * 20
    assert [one.aloud for one in rulings].count(True) == 1
    assert rulings[20].aloud
    later = limits.rule(words("又一句"), NOW + timedelta(seconds=0.4))
    assert (later.verdict, later.aloud) == (Verdict.SLOW, False)


def test_tokens_come_back() -> None:
    limits = Limits(20, 60)
    for n in range(30):
        limits.rule(words(f"第{n}句"), NOW)
    verdicts = [limits.rule(words(f"{n}"), NOW + timedelta(seconds=5)).verdict for n in range(12)]
    assert verdicts == [Verdict.PASS] * 10 + [Verdict.SLOW] * 2


def test_a_persons_flood_takes_nothing_from_others() -> None:
    limits = Limits(5, 60)
    for n in range(100):
        limits.rule(words(f"{n}"), NOW)
    assert limits.rule(words("/my", SI), NOW).verdict is Verdict.PASS


def test_a_first_tap_passes_beyond_the_limit_and_its_repetition_does_not() -> None:
    limits = Limits(5, 60)
    for n in range(50):
        limits.rule(words(f"{n}"), NOW)
    assert limits.rule(tap("zc:1"), NOW).verdict is Verdict.PASS
    assert limits.rule(tap("zc:1"), NOW).verdict is Verdict.SLOW
    assert limits.rule(tap("zc:2"), NOW).verdict is Verdict.PASS


@pytest.mark.parametrize("text", ["完成 7", "/done 7", "done 7", "已完成 7 换好滤芯", "报到"])
def test_that_something_is_done_passes_beyond_the_limit(text: str) -> None:
    limits = Limits(5, 60)
    for n in range(50):
        limits.rule(words(f"{n}"), NOW)
    assert limits.rule(words(text), NOW).verdict is Verdict.PASS
    assert limits.rule(words(text), NOW).verdict is Verdict.SLOW
    in_group = words(text + "!", SI, GROUP)
    crowded = Limits(5, 1)
    crowded.rule(words("x", 102, GROUP), NOW)
    assert crowded.rule(words("y", 102, GROUP), NOW).verdict is Verdict.GROUP
    assert crowded.rule(in_group, NOW).verdict is Verdict.PASS


def test_forged_first_things_come_to_an_end() -> None:
    limits = Limits(5, 60)
    verdicts = [limits.rule(tap(f"zc:{n}"), NOW).verdict for n in range(1000)]
    assert verdicts.count(Verdict.PASS) == 5 + module.RESERVE


def test_one_button_is_not_hammered() -> None:
    limits = Limits(20, 60)
    rulings = [limits.rule(tap("zc:1"), NOW) for _ in range(15)]
    assert [one.verdict for one in rulings].count(Verdict.PASS) == module.SAME
    assert not any(one.aloud for one in rulings)
    assert limits.rule(tap("zc:1", message=6), NOW).verdict is Verdict.PASS


def test_a_groups_flood_is_cut_and_its_taps_are_not() -> None:
    limits = Limits(20, 10)
    rulings = [limits.rule(words(f"{n}", 1000 + n, GROUP), NOW) for n in range(100)]
    assert [one.verdict for one in rulings].count(Verdict.PASS) == 10
    assert [one.aloud for one in rulings].count(True) == 1
    assert all(limits.rule(tap("zc:1", 2000 + n), NOW).verdict is Verdict.PASS for n in range(300))
    assert limits.rule(words("x", 5, -1002), NOW).verdict is Verdict.PASS


@pytest.mark.parametrize(("text", "verdict"), [("字" * 4096, "pass"), ("字" * 4097, "long"),
                                               ("😀" * 2049, "long")])  # fmt: skip
def test_what_is_longer_than_any_message_is_refused(text: str, verdict: str) -> None:
    assert Limits(20, 60).rule(words(text), NOW).verdict == verdict
    assert Limits(0, 0).rule(words(text), NOW).verdict == verdict


def test_no_limit_is_no_limit() -> None:
    limits = Limits(0, 0)
    verdicts = {limits.rule(words(f"{n}", chat=GROUP), NOW).verdict for n in range(500)}
    assert verdicts == {Verdict.PASS}


def test_a_clock_that_goes_back_locks_nobody_out() -> None:
    limits = Limits(5, 60)
    for n in range(10):
        limits.rule(words(f"{n}"), NOW)
    before = NOW - timedelta(days=1)
    assert limits.rule(words("a"), before).verdict is Verdict.SLOW
    assert limits.rule(words("b"), before + timedelta(seconds=10)).verdict is Verdict.PASS


def test_who_floods_by_many_names_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 100)
    limits = Limits(5, 60)
    for n in range(1000):
        limits.rule(words(f"{n}", 10_000 + n, -n - 1), NOW)
    assert len(limits._buckets) <= 100
    assert len(limits._said) <= 100


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["message", "callback_query", "x"]), json_values))
def test_nothing_that_comes_in_breaks_the_limits(update: dict[str, Any]) -> None:
    assert Limits(5, 5).rule(update, NOW).verdict in set(Verdict)
