from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.faults import Faults
from handlers.reading.packs import BiteFile, PackFile, QuestionFile, read_pack

PAGE = """\
---
pack: safety-101
title: 班组安全
language: zh
version: 1
source: 《消防法》
---

## 动火作业：“三不动火” {#hot-work}

标签：电工、焊工
链接：https://example.org/a?b=1
图片：photo.jpg

没有动火证**不动火**：

- 先通风
- 再检测

#### 记住

依据：GB 30871-2022

> 没有票，
> 不动火。

### 先做什么？

- 检测
- [x] 通风
- [ ] null

先通风，
再检测。

### 谁批准？

1. [X] 班长
2. 本人

### 承诺

- 今天检查灭火器
- 今天核对作业票

## 触电 {#2}
先断电。
"""


def read(text: str | bytes, name: str = "p.md") -> PackFile:
    return read_pack(name, text.encode() if isinstance(text, str) else text)


def faults_of(text: str | bytes) -> list[tuple[str, str]]:
    with pytest.raises(Faults) as caught:
        read(text)
    return [(fault.place, fault.key) for fault in caught.value.faults]


def test_a_page_is_read_as_it_is_written() -> None:
    assert read(PAGE) == PackFile(
        "safety-101",
        "班组安全",
        "zh",
        1,
        "《消防法》",
        (
            BiteFile(
                "hot-work",
                "动火作业：“三不动火”",
                "没有动火证**不动火**：\n\n- 先通风\n- 再检测\n\n#### 记住\n\n依据：GB 30871-2022",
                "没有票， 不动火。",
                "https://example.org/a?b=1",
                "photo.jpg",
                ("电工", "焊工"),
                (
                    QuestionFile("先做什么？", ("检测", "通风", "null"), 2, "先通风， 再检测。"),
                    QuestionFile("谁批准？", ("班长", "本人"), 1),
                ),
                ("今天检查灭火器", "今天核对作业票"),
            ),
            BiteFile("2", "触电", "先断电。"),
        ),
    )


def test_english_names_do_as_well() -> None:
    page = PAGE.replace("标签：", "Tags: ").replace("链接：", "LINK: ").replace("图片：", "media:")
    assert read(page.replace("### 承诺", "### Pledges")) == read(PAGE)


def test_windows_line_ends_and_a_byte_order_mark_make_no_difference() -> None:
    assert read(b"\xef\xbb\xbf" + PAGE.replace("\n", "\r\n").encode(), "P.MARKDOWN") == read(PAGE)


def test_a_line_further_down_is_part_of_the_body() -> None:
    page = PAGE.replace("先断电。", "先断电。\n\nTags: hang one on each lock")
    bite = read(page).bites[1]
    assert (bite.body, bite.tags) == ("先断电。\n\nTags: hang one on each lock", ())


def test_brackets_that_mark_nothing_are_part_of_an_answer() -> None:
    page = PAGE.replace("- 检测", "- [1] 检测").replace("- [x] 通风", "- [√]通风")
    question = read(page).bites[0].questions[0]
    assert (question.answers, question.right) == (("[1] 检测", "通风", "null"), 2)


def test_a_body_may_come_after_the_line_to_remember() -> None:
    bite = read(PAGE.replace("先断电。", "> 先断电\n\n先断电。\n\n再救人。")).bites[1]
    assert (bite.remember, bite.body) == ("先断电", "先断电。\n\n再救人。")


@pytest.mark.parametrize(
    ("change", "place", "key"),
    [
        (("title: 班组安全", "titel: 班组安全"), "p.md:3", "fault.unknown_key"),
        (("version: 1", "version: 一"), "p.md:5", "fault.not_integer"),
        (("language: zh", "language：zh"), "p.md:4", "fault.full_width_colon"),
        (("source: 《消防法》", "bites: []"), "p.md:6", "fault.bites_below"),
        ((" {#hot-work}", ""), "p.md:9", "fault.no_id"),
        (("{#hot-work}", "{#动火}"), "p.md:9", "fault.slug"),
        (("{#hot-work}", "{#}"), "p.md:9", "fault.missing"),
        (("## 动火作业：“三不动火” {", "## {"), "p.md:9", "fault.missing"),
        (("标签：电工、焊工", f"标签：{'长' * 21}"), "p.md:11", "fault.too_long"),
        (("标签：电工、焊工", "链接：https://a.b"), "p.md:12", "fault.repeated_part"),
        (("https://example.org", "ftp://example.org"), "p.md:12", "fault.link"),
        (("photo.jpg", "../photo.jpg"), "p.md:13", "fault.media"),
        (("没有动火证", "![图](a.png)"), "p.md:15", "fault.image"),
        (("没有动火证", "长" * 601), "p.md:15", "fault.too_long"),
        (("> 没有票，", "> 没有票，\n\n> 没有人，"), "p.md:26", "fault.repeated_part"),
        (("> 不动火。", "不动火。"), "p.md:24", "fault.line_below"),
        (("> 没有票，", f"> {'长' * 60}"), "p.md:24", "fault.too_long"),
        (("- 检测\n- [x] 通风\n- [ ] null\n", ""), "p.md:27", "fault.no_list"),
        (("- [x] 通风", "- 通风"), "p.md:27", "fault.one_right"),
        (("- 检测", "- [x] 检测"), "p.md:30", "fault.one_right"),
        (("- 检测", "-"), "p.md:29", "fault.empty_item"),
        (("- 检测", "- 通风"), "p.md:30", "fault.repeated_item"),
        (("- 检测", f"- {'长' * 41}"), "p.md:29", "fault.too_long"),
        (("null\n\n先", "null\n先"), "p.md:31", "fault.line_below"),
        (("- 检测", "- 检测\n  - 复测"), "p.md:29", "fault.line_below"),
        (("再检测。\n\n###", "再检测。\n\n- 一\n- 二\n\n###"), "p.md:36", "fault.not_here"),
        (("再检测。\n\n###", "> 再检测。\n\n###"), "p.md:34", "fault.not_here"),
        (("### 谁批准？", "###"), "p.md:36", "fault.missing"),
        (("2. 本人\n", ""), "p.md:36", "fault.too_few"),
        (("### 承诺\n", "### 承诺\n\n今天：\n"), "p.md:43", "fault.not_here"),
        (("- 今天核对", "### 承诺\n- 今天核对"), "p.md:44", "fault.repeated_part"),
        (("先断电。", ""), "p.md:46", "fault.missing"),
        (("{#2}", "{#hot-work}"), "p.md:46", "fault.repeated_id"),
        (("## 触电 {#2}", "# 触电 {#2}"), "p.md:46", "fault.outside_bites"),
        (("## 动火", "欢迎学习。\n\n## 动火"), "p.md:9", "fault.outside_bites"),
        (("## 动火", "### 动火"), "p.md:9", "fault.outside_bites"),
    ],
)
def test_a_fault_is_named_by_its_line(change: tuple[str, str], place: str, key: str) -> None:
    page = PAGE.replace(*change, 1)
    assert page != PAGE
    assert (place, key) in faults_of(page)


@pytest.mark.parametrize(
    ("text", "place", "key"),
    [
        ("", "p.md:1", "fault.no_front_matter"),
        ("---\n---\n\n## a {#a}\n\n…\n", "p.md:1", "fault.no_front_matter"),
        ("# 安全\n\n---\n\n---\n", "p.md:1", "fault.no_front_matter"),
        ("---\npack: a\n", "p.md:1", "fault.no_front_matter"),
        ("pack: a\ntitle: b\n", "p.md:1", "fault.no_front_matter"),
        ("---\n- a\n---\n", "p.md:2", "fault.not_record"),
        ("---\npack: &a x\n---\n", "p.md:2", "fault.alias"),
        (PAGE[: PAGE.index("##")], "p.md:9", "fault.too_few"),
        ("安全".encode("gbk"), "p.md:1", "fault.encoding"),
        (b"PK\x03\x04" + b"\xff" * 100, "p.md:1", "fault.encoding"),
        (b" " * (1024 * 1024 + 1), "p.md", "fault.too_big"),
        (b"\n" * 20_001, "p.md", "fault.too_many_rows"),
    ],
)
def test_what_is_no_page_of_a_pack_is_refused(text: str | bytes, place: str, key: str) -> None:
    assert (place, key) in faults_of(text)


@pytest.mark.parametrize(
    "hostile",
    [
        "> " * 3000,
        "- " * 3000,
        ("> " * 50 + "\n") * 2000,
        "[" * 9000,
        "标签" + " " * 300_000 + "电工",
        "## 触电" + " " * 300_000 + "{#b",
        "### 问\n\n- 甲\n\n" * 1500,
    ],
    ids=["quotes", "lists", "many quotes", "brackets", "space", "space in a title", "questions"],
)
def test_a_page_that_goes_on_without_end_is_refused_soon(hostile: str) -> None:
    before = monotonic()
    assert faults_of(PAGE.replace("先断电。", hostile))
    assert monotonic() - before < 10, "seconds; a fraction of one is usual"


def damaged(draw: Callable[..., Any]) -> bytes:
    data = bytearray(PAGE.encode())
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, len(data) - 1))
        data[place : place + draw(st.integers(0, 3))] = draw(
            st.binary(max_size=3) | st.sampled_from([b"\n\n", b"> ", b"- ", b"## ", b"### "])
        )
    return bytes(data)


@given(st.composite(damaged)() | st.binary(max_size=200))
def test_a_damaged_page_is_read_or_refused_but_never_breaks(data: bytes) -> None:
    try:
        found: object = read(data).bites
    except Faults as error:
        found = error.faults
    assert found
