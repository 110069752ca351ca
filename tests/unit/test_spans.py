"""Spans of days, as people write them."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.spans import Span, read_span
from handlers.words import scopes as words
from handlers.words.voice import Voice

TODAY = date(2026, 11, 25)  # a Wednesday


def span(first: str, last: str) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("本周", "2026-11-23", "2026-11-29"),
        ("这周", "2026-11-23", "2026-11-29"),
        ("上周", "2026-11-16", "2026-11-22"),
        ("上个星期", "2026-11-16", "2026-11-22"),
        ("上上周", "2026-11-09", "2026-11-15"),
        ("本月", "2026-11-01", "2026-11-30"),
        ("这个月", "2026-11-01", "2026-11-30"),
        ("上月", "2026-10-01", "2026-10-31"),
        ("上个月", "2026-10-01", "2026-10-31"),
        ("本季度", "2026-10-01", "2026-12-31"),
        ("上季度", "2026-07-01", "2026-09-30"),
        ("今年", "2026-01-01", "2026-12-31"),
        ("去年", "2025-01-01", "2025-12-31"),
        ("2025年", "2025-01-01", "2025-12-31"),
        ("11月", "2026-11-01", "2026-11-30"),
        ("十二月份", "2025-12-01", "2025-12-31"),
        ("去年12月", "2025-12-01", "2025-12-31"),
        ("2026年3月", "2026-03-01", "2026-03-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("第三季度", "2026-07-01", "2026-09-30"),
        ("去年四季度", "2025-10-01", "2025-12-31"),
        ("Q1", "2026-01-01", "2026-03-31"),
        ("Q4 2025", "2025-10-01", "2025-12-31"),
        ("上半年", "2026-01-01", "2026-06-30"),
        ("去年下半年", "2025-07-01", "2025-12-31"),
        ("11月1日到11月15日", "2026-11-01", "2026-11-15"),
        ("11月1日到15日", "2026-11-01", "2026-11-15"),
        ("11月1日至20号", "2026-11-01", "2026-11-20"),
        ("从11月1日到今天", "2026-11-01", "2026-11-25"),
        ("12月20日到1月10日", "2025-12-20", "2026-01-10"),
        ("11/1-11/15", "2026-11-01", "2026-11-15"),
        ("2026-11-01 到 2026-11-15", "2026-11-01", "2026-11-15"),
        ("2026-11-01~2026-11-15", "2026-11-01", "2026-11-15"),
        ("2025年12月1日到2026年1月5日", "2025-12-01", "2026-01-05"),
        ("十一月三日", "2026-11-03", "2026-11-03"),
        ("昨天", "2026-11-24", "2026-11-24"),
        ("近7天", "2026-11-19", "2026-11-25"),
        ("最近一个月", "2026-10-26", "2026-11-25"),
        ("this week", "2026-11-23", "2026-11-29"),
        ("Last Month", "2026-10-01", "2026-10-31"),
        ("last quarter", "2026-07-01", "2026-09-30"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("last 30 days", "2026-10-27", "2026-11-25"),
        ("past two weeks", "2026-11-12", "2026-11-25"),
        ("November", "2026-11-01", "2026-11-30"),
        ("Dec 2025", "2025-12-01", "2025-12-31"),
        ("Nov 1 to Nov 15", "2026-11-01", "2026-11-15"),
        ("from 1 November to 15 November", "2026-11-01", "2026-11-15"),
        ("Nov 1, 2025 to Nov 15, 2025", "2025-11-01", "2025-11-15"),
        ("Dec 28 to Jan 3", "2025-12-28", "2026-01-03"),
        ("yesterday", "2026-11-24", "2026-11-24"),
    ],
)
def test_a_span_is_read_whole(text: str, first: str, last: str) -> None:
    found = read_span(text, TODAY)
    assert (found.span, found.rest) == (span(first, last), "")


@pytest.mark.parametrize(
    ("text", "first", "rest"),
    [
        ("一班 上月", "2026-10-01", "一班"),
        ("上月的一班", "2026-10-01", "一班"),
        ("第一党支部 11月1日到11月15日", "2026-11-01", "第一党支部"),
        ("Night shift for last month", "2026-10-01", "Night shift"),
        ("last week for Team One", "2026-11-16", "Team One"),
        ("2班 2026-11", "2026-11-01", "2班"),
        ("=1+1 本周", "2026-11-23", "=1+1"),
    ],
)
def test_what_else_the_line_says_is_left(text: str, first: str, rest: str) -> None:
    found = read_span(text, TODAY)
    assert found.span is not None
    assert (found.span.first.isoformat(), found.rest) == (first, rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一班",
        "周五前交齐",
        "13月",
        "11月31日",
        "明年春天",
        "next week",
        "上周五",
        "2月30日到3月1日x",
    ],
)
def test_what_names_no_span_is_left_alone(text: str) -> None:
    found = read_span(text, TODAY)
    assert found.span is None or found.rest


@pytest.mark.parametrize("text", ["上" * 4000, " " * 4000 + "本月", "11月" * 1300, "1" * 4000])
def test_long_lines_are_read_in_no_time(text: str) -> None:
    begun = time.process_time()
    read_span(text, TODAY)
    assert time.process_time() - begun < 0.1


def test_days_the_wrong_way_round_stay_so() -> None:
    found = read_span("11月15日到11月1日", TODAY).span
    assert found == span("2026-11-15", "2026-11-01")
    assert found.days <= 0


@given(st.text(max_size=40))
def test_no_words_break_it(text: str) -> None:
    found = read_span(text, TODAY)
    assert found.span is None or isinstance(found.span.days, int)


@given(
    st.lists(
        st.sampled_from(
            [
                *"上本这个月周年季度去今近日到至-/",
                "1",
                "2",
                "11",
                "31",
                "2026",
                "last",
                "to",
                "Nov",
                "Q4",
            ]
        ),
        max_size=8,
    )
)
def test_no_mixture_of_its_own_words_breaks_it(parts: list[str]) -> None:
    found = read_span("".join(parts), TODAY)
    assert found.span is None or found.span.first.year >= 2000


@pytest.mark.parametrize(
    ("first", "last", "stamped", "named"),
    [
        ("2026-01-01", "2026-12-31", "2026", "2026年"),
        ("2026-10-01", "2026-12-31", "2026-Q4", "2026年第4季度"),
        ("2026-11-01", "2026-11-30", "2026-11", "2026年11月"),
        ("2026-11-03", "2026-11-03", "2026-11-03", "2026-11-03"),
        ("2026-11-01", "2026-11-15", "2026-11-01_2026-11-15", "2026-11-01 至 2026-11-15"),
    ],
)
def test_days_have_a_short_name_and_one_for_files(
    first: str, last: str, stamped: str, named: str
) -> None:
    days = span(first, last)
    assert (words.stamp(days), words.span(Voice("zh"), days)) == (stamped, named)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("一班", "一班"),
        ("../../etc", "etc"),
        ("=1+1", "1_1"),
        ("<b>", "b"),
        ("//", "_"),
        ("长" * 90, "长" * 40),
    ],
)
def test_a_files_name_holds_nothing_odd(name: str, made: str) -> None:
    assert words.in_a_name(name) == made
