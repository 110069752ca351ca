"""What a line asks: a table of what people say, and of what only looks like it."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.reading import phrasing
from handlers.reading.nearness import CANON, nearest
from handlers.reading.questions import Question, read_question
from handlers.reading.spans import Span
from handlers.rules.questions import Kind
from tests.unit.asked import ASKED, NOTHING, TODAY_IS

LONG = 4096  # characters that Telegram lets through
WORDS = sorted({char for text, _ in ASKED for char in text})


@pytest.mark.parametrize(("text", "question"), ASKED, ids=[text for text, _ in ASKED])
def test_a_question_is_read_as_what_it_asks(text: str, question: Question) -> None:
    found = read_question(text, TODAY_IS)
    assert found is not None
    assert replace(found, names=False, sure=True) == question


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_sounds_like_it_is_no_question(text: str) -> None:
    assert read_question(text, TODAY_IS) is None


def test_the_table_is_long_enough_and_says_nothing_twice() -> None:
    texts = [text for text, _ in ASKED]
    assert len(set(texts)) == len(texts) >= 200
    assert len(set(NOTHING)) == len(NOTHING) >= 200
    assert {question.kind for _, question in ASKED} == set(Kind)


@pytest.mark.parametrize(
    "text",
    [
        "　谁没打卡？？？",
        "谁 没 打 卡 ?",
        "誰沒打卡？",
        "“谁没打卡”",
        "谁没\u200b打卡",
        "谁没打卡。。。",
        "请问一下，麻烦帮我看看谁没打卡呢，谢谢！",
        "ＷＨＯ　ＩＳ　ＭＩＳＳＩＮＧ？",
        "who’s missing?!",
    ],
)
def test_spelling_and_courtesy_change_nothing(text: str) -> None:
    found = read_question(text, TODAY_IS)
    assert found is not None
    assert found.kind is Kind.MISSING


@pytest.mark.parametrize(
    ("text", "names"),
    [("谁没打卡", True), ("打卡情况", False), ("who is missing", True), ("打卡率", False)],
)
def test_it_is_known_whether_names_are_asked_for(text: str, names: bool) -> None:
    found = read_question(text, TODAY_IS)
    assert found is not None
    assert found.names is names


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("张三的承诺", False),
        ("张三的承诺有哪些", True),
        ("张三打卡了吗", True),
        ("谁没打卡", True),
    ],
)
def test_a_mere_phrase_with_a_name_may_be_meant_otherwise(text: str, sure: bool) -> None:
    found = read_question(text, TODAY_IS)
    assert found is not None
    assert found.sure is sure


@pytest.mark.parametrize(
    ("today", "text", "first", "last"),
    [
        (date(2026, 1, 2), "上月打卡率", date(2025, 12, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), "昨天谁没打卡", date(2025, 12, 31), date(2025, 12, 31)),
        (date(2026, 3, 1), "31号谁没打卡", date(2026, 1, 31), date(2026, 1, 31)),
        (date(2026, 11, 25), "30号到期的", date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 11, 25), "1月5日到期的", date(2027, 1, 5), date(2027, 1, 5)),
        (date(2026, 11, 25), "11月26日谁没打卡", date(2025, 11, 26), date(2025, 11, 26)),
        (date(2026, 11, 29), "本周打卡率", date(2026, 11, 23), date(2026, 11, 29)),
        (date(2026, 11, 30), "上周打卡率", date(2026, 11, 23), date(2026, 11, 29)),
        (date(2026, 11, 30), "周一谁没打卡", date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 11, 30), "周日谁没打卡", date(2026, 11, 29), date(2026, 11, 29)),
        (date(2026, 11, 30), "周日到期的", date(2026, 12, 6), date(2026, 12, 6)),
        (
            date(2026, 11, 30),
            "last Monday who was missing",
            date(2026, 11, 23),
            date(2026, 11, 23),
        ),
    ],
)
def test_days_are_the_last_that_came_or_of_what_is_due_the_next(
    today: date, text: str, first: date, last: date
) -> None:
    found = read_question(text, today)
    assert found is not None
    assert found.period == Span(first, last)


@settings(deadline=None)
@given(st.text(max_size=LONG))
def test_no_text_is_too_strange(text: str) -> None:
    found = read_question(text, TODAY_IS)
    assert found is None or found.kind in Kind
    assert phrasing.asks(text) in {True, False}
    assert phrasing.courteous(text) in {True, False}
    assert len(nearest(text, set(Kind), "zh")) == 3


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map("".join))
def test_no_mixture_of_its_own_words_is_too_strange(text: str) -> None:
    found = read_question(text, TODAY_IS)
    assert found is None or (found.period is None or found.period.days > 0)


@settings(deadline=None)
@given(st.dates(date(2024, 1, 1), date(2060, 12, 31)), st.sampled_from(ASKED))
def test_what_is_asked_depends_on_no_day(today: date, row: tuple[str, Question]) -> None:
    found = read_question(row[0], today)
    if found is not None:  # there may be no such day: the 31st
        assert (found.who, found.team) == (row[1].who, row[1].team)


def steps(read: Callable[[str], Any], text: str) -> int:
    """How many calls it takes to read a text: what does not depend on the machine."""
    count = 0

    def tally(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(tally)
    try:
        read(text)
    finally:
        sys.setprofile(None)
    return count


HOSTILE = [
    "谁", "没", "请", "了", "?", " ", "今天", "的", "班", "嗯", "吗呢", "who ", "a's ", "张",
    "帮我", "的承诺", "11月", "１", "ﷺ", "请问", "看看", "、", "'", "(", "好的", "没没没打卡",
    "有有", "还有", "\u200b",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_line_takes_no_more_steps_for_being_longer(piece: str) -> None:
    def read(text: str) -> Any:
        return read_question(text, TODAY_IS)

    short, long = (piece * (size // len(piece)) for size in (LONG // 4, LONG))
    assert steps(read, long) <= steps(read, short) + 10
    assert read(long) is None


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("before", ["", "今天谁没打卡", "我的承诺", "who is missing "])
def test_a_line_just_short_enough_is_read_to_its_end(before: str, piece: str) -> None:
    text = (before + piece * phrasing.LONGEST)[: phrasing.LONGEST]
    assert steps(lambda line: read_question(line, TODAY_IS), text) < 20_000
    assert phrasing.courteous(text) in {True, False}
    assert phrasing.asks(text) in {True, False}


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_question_that_is_offered_is_understood(locale: str) -> None:
    for canon in CANON:
        found = read_question(canon.said(locale), TODAY_IS)
        assert found is not None, canon
        assert found.kind is canon.kind
    assert len({canon.key for canon in CANON}) == len(CANON)
    assert {canon.kind for canon in CANON} == set(Kind)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("今天到底谁没来打卡啊急", "missing"),
        ("这个礼拜有哪些要交", "due"),
        ("上周比例", "rate_last_week"),
        ("通知有人还没回吧", "unconfirmed"),
        ("难题", "hardest"),
        ("连续天数排第几", "streak"),
        ("谁值班休假", "away"),
        ("我的任务呢在哪", "promises"),
        ("deadlines please", "due"),
        ("who forgot it all", "missing"),
        ("any difficult question", "hardest"),
        ("食堂几点开饭", "missing"),
        ("", "missing"),
    ],
)
def test_what_is_offered_first_is_what_comes_nearest(text: str, key: str) -> None:
    assert nearest(text, set(Kind), "en" if text.isascii() and text else "zh")[0].key == key


def test_what_one_may_not_ask_is_not_offered() -> None:
    found = nearest("错得最多的难题", set(Kind) - {Kind.HARDEST}, "zh")
    assert len(found) == 3
    assert Kind.HARDEST not in {canon.kind for canon in found}


def test_the_same_words_are_always_offered_the_same() -> None:
    texts = ["今天天气怎么样", "deadline?", "😀", "a" * LONG]
    assert [nearest(text, set(Kind), "zh") for text in texts] == [
        nearest(text, set(Kind), "zh") for text in texts
    ]


@pytest.mark.parametrize(
    "text", ["收到", "好的，谢谢！", "👍👍", "OK", "嗯嗯嗯", "thank you", "辛苦了"]
)
def test_a_courtesy_wants_no_answer(text: str) -> None:
    assert phrasing.courteous(text)


@pytest.mark.parametrize(
    "text", ["收到了几个回执", "好的题有哪些", "谁没打卡", "ok so who is missing"]
)
def test_more_than_a_courtesy_may_want_one(text: str) -> None:
    assert not phrasing.courteous(text)


@pytest.mark.parametrize(
    "text", ["有人知道吗", "明天谁值班", "现在几点？", "who is on duty", "大家怎么样"]
)
def test_what_reads_as_a_question_is_known_without_being_understood(text: str) -> None:
    assert phrasing.asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "今天没打卡的同志请补打",
        "明天停电，请关闭电脑",
        "有问题吗？\n没有就散会",
        "When you leave, lock up",
        "",
    ],
)
def test_what_reads_as_an_announcement_is_none(text: str) -> None:
    assert not phrasing.asks(text)
