"""What is said behind /plan, in Chinese and in English."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.plan_lines import Said, read_plan
from handlers.rules.calendar import Calendar
from handlers.taps.plans import PlanAct

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 19, 30, tzinfo=ZONE)  # a Wednesday, after work
CALENDAR = Calendar(ZONE)


def said(text: str) -> Said | None:
    return read_plan(text, NOW, CALENDAR)


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("", PlanAct.SHOW),
        ("  ", PlanAct.SHOW),
        ("跳过", PlanAct.SKIP),
        ("跳过下一课。", PlanAct.SKIP),
        ("skip", PlanAct.SKIP),
        ("Skip the next bite", PlanAct.SKIP),
        ("重讲", PlanAct.AGAIN),
        ("再讲一遍", PlanAct.AGAIN),
        ("重讲上一课", PlanAct.AGAIN),
        ("repeat the last one", PlanAct.AGAIN),
        ("恢复", PlanAct.RESUME),
        ("恢复早会", PlanAct.RESUME),
        ("resume", PlanAct.RESUME),
        ("暂停", PlanAct.PAUSE),
        ("pause", PlanAct.PAUSE),
        ("换一课", PlanAct.START),
    ],
)
def test_a_word_is_an_act(text: str, act: PlanAct) -> None:
    assert said(text) == Said(act)


@pytest.mark.parametrize(
    ("text", "act", "first", "last"),
    [
        ("暂停 12月1日到12月5日", PlanAct.PAUSE, "2026-12-01", "2026-12-05"),
        ("暂停12月1日至5日", PlanAct.PAUSE, "2026-12-01", "2026-12-05"),
        ("暂停 12月30日到2日", PlanAct.PAUSE, "2026-12-30", "2027-01-02"),
        ("暂停到12月5日", PlanAct.PAUSE, "2026-11-25", "2026-12-05"),
        ("暂停本周", PlanAct.PAUSE, "2026-11-25", "2026-11-29"),
        ("本周暂停", PlanAct.PAUSE, "2026-11-25", "2026-11-29"),
        ("下周没有早会", PlanAct.PAUSE, "2026-11-30", "2026-12-06"),
        ("下下周没早会", PlanAct.PAUSE, "2026-12-07", "2026-12-13"),
        ("周一到周三不开早会", PlanAct.PAUSE, "2026-11-30", "2026-12-02"),
        ("今天没有早会", PlanAct.PAUSE, "2026-11-25", "2026-11-25"),
        ("no meetings next week", PlanAct.PAUSE, "2026-11-30", "2026-12-06"),
        ("pause until Friday", PlanAct.PAUSE, "2026-11-25", "2026-11-27"),
        ("pause Dec 1 to Dec 5", PlanAct.PAUSE, "2026-12-01", "2026-12-05"),
        ("12月3日放假", PlanAct.OFF, "2026-12-03", "2026-12-03"),
        ("12月3日到4日放假", PlanAct.OFF, "2026-12-03", "2026-12-04"),
        ("明天休息", PlanAct.OFF, "2026-11-26", "2026-11-26"),
        ("2027-02-14上班", PlanAct.WORK, "2027-02-14", "2027-02-14"),
        ("Dec 3 off", PlanAct.OFF, "2026-12-03", "2026-12-03"),
        ("off Dec 3", PlanAct.OFF, "2026-12-03", "2026-12-03"),
        ("12月6日上班", PlanAct.WORK, "2026-12-06", "2026-12-06"),
        ("周六开早会", PlanAct.WORK, "2026-11-28", "2026-11-28"),
        ("12月6日照常上班", PlanAct.WORK, "2026-12-06", "2026-12-06"),
        ("Dec 6 working", PlanAct.WORK, "2026-12-06", "2026-12-06"),
        ("12月3日照常", PlanAct.USUAL, "2026-12-03", "2026-12-03"),
        ("Dec 3 as usual", PlanAct.USUAL, "2026-12-03", "2026-12-03"),
    ],
)
def test_days_are_read(text: str, act: PlanAct, first: str, last: str) -> None:
    assert said(text) == Said(act, date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "pack", "number"),
    [
        ("从 safety-101 第5课", "safety-101", 5),
        ("从safety-101第五课开始", "safety-101", 5),
        ("从第12课", "", 12),
        ("from safety-101 bite 5", "safety-101", 5),
        ("start at 5", "", 5),
        ("FROM Safety-101 lesson 5", "safety-101", 5),
    ],
)
def test_a_bite_is_named_by_its_pack_and_number(text: str, pack: str, number: int) -> None:
    assert said(text) == Said(PlanAct.START, pack=pack, number=number)


@pytest.mark.parametrize(
    "text",
    [
        "吃饭",
        "暂停 昨天",
        "暂停 0月0日",
        "从 第99999课",
        "放假",
        "上班",
        "今天下午3点放假",
        "跳过 2",
    ],
)
def test_what_cannot_be_read_is_not_guessed(text: str) -> None:
    assert said(text) is None


@given(st.text(max_size=300))
def test_no_words_raise(text: str) -> None:
    found = said(text)
    assert found is None or found.act in PlanAct


@given(st.text("暂停从到月日第课下周 12to-a", max_size=40))
def test_no_words_like_ours_raise(text: str) -> None:
    found = said(text)
    assert found is None or (found.first is None) == (found.last is None)
