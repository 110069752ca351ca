from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.faults import Faults
from handlers.reading.packs import BiteFile, PackFile, QuestionFile, read_pack

PACK = """\
pack: safety-101
title: 班组安全十课
language: zh
version: 1
source: 《消防法》
bites:
  - id: hot-work
    title: 动火作业"三不动火"
    body: |
      没有动火证**不动火**：

      - 先通风
      - 再检测
    remember: no
    link: https://example.org/a?b=1
    media: photo.jpg
    tags: [电工]
    questions:
      - ask: 先做什么？
        answers: [检测, 通风, 1]
        right: 2
        why: 先通风再检测。
    pledges: [今天出发前检查灭火器]
  - id: "2"
    title: 触电
    body: 先断电。
"""


def faults_of(text: str | bytes) -> list[tuple[str, str]]:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(Faults) as caught:
        read_pack("p.yaml", data)
    return [(fault.place, fault.key) for fault in caught.value.faults]


def values_of(text: str) -> dict[str, Any]:
    with pytest.raises(Faults) as caught:
        read_pack("p.yaml", text.encode())
    (fault,) = caught.value.faults
    return dict(fault.values)


def test_a_pack_is_read_as_it_is_written() -> None:
    assert read_pack("p.yaml", PACK.encode()) == PackFile(
        slug="safety-101",
        title="班组安全十课",
        language="zh",
        version=1,
        source="《消防法》",
        bites=(
            BiteFile(
                slug="hot-work",
                title='动火作业"三不动火"',
                body="没有动火证**不动火**：\n\n- 先通风\n- 再检测",
                remember="no",
                link="https://example.org/a?b=1",
                media="photo.jpg",
                tags=("电工",),
                questions=(
                    QuestionFile("先做什么？", ("检测", "通风", "1"), 2, "先通风再检测。"),
                ),
                pledges=("今天出发前检查灭火器",),
            ),
            BiteFile(slug="2", title="触电", body="先断电。"),
        ),
    )


def test_windows_line_ends_and_a_byte_order_mark_make_no_difference() -> None:
    other = b"\xef\xbb\xbf" + PACK.replace("\n", "\r\n").encode()
    assert read_pack("p.yaml", other) == read_pack("p.yaml", PACK.encode())


def test_what_cannot_be_seen_is_left_out() -> None:
    text = PACK.replace("触电", "触\u200b电\u202e").replace(
        "先断电", '"先\\u200b断\\uffff\\u0007电"#'
    )
    bite = read_pack("p.yaml", text.encode()).bites[1]
    assert (bite.title, bite.body) == ("触电", "先断电")


@pytest.mark.parametrize(
    ("change", "place", "key"),
    [
        (("pack: safety-101", "pack: Safety 101"), "p.yaml:1", "fault.slug"),
        (("title: 班组安全十课", "titel: 班组安全十课"), "p.yaml:2", "fault.unknown_key"),
        (("title: 班组安全十课", "title:"), "p.yaml:2", "fault.missing"),
        (("title: 班组安全十课", "title: [a]"), "p.yaml:2", "fault.not_text"),
        (("title: 班组安全十课", f"title: {'长' * 61}"), "p.yaml:2", "fault.too_long"),
        (("language: zh", "language: 中文"), "p.yaml:3", "fault.language"),
        (("version: 1", "version: 1.5"), "p.yaml:4", "fault.not_integer"),
        (("version: 1", "version: 0"), "p.yaml:4", "fault.out_of_range"),
        (("https://example", "ftp://example"), "p.yaml:15", "fault.link"),
        (("https://example.org/a?b=1", "javascript:alert(1)"), "p.yaml:15", "fault.link"),
        (("photo.jpg", "../photo.jpg"), "p.yaml:16", "fault.media"),
        (("right: 2", "right: 4"), "p.yaml:21", "fault.right"),
        (("right: 2", "right: 0"), "p.yaml:21", "fault.out_of_range"),
        (("right: 2", "right: 通风"), "p.yaml:21", "fault.not_integer"),
        (("[检测, 通风, 1]", "[通风]"), "p.yaml:20", "fault.too_few"),
        (("[检测, 通风, 1]", "[a, b, a]"), "p.yaml:20", "fault.repeated_item"),
        (("[检测, 通风, 1]", "[a, '', b]"), "p.yaml:20", "fault.empty_item"),
        (("[检测, 通风, 1]", "[1, 2, 3, 4, 5, 6, 7]"), "p.yaml:20", "fault.too_many"),
        (("[今天出发前检查灭火器]", "今天检查"), "p.yaml:23", "fault.not_list"),
        (("[今天出发前检查灭火器]", f"[{'长' * 41}]"), "p.yaml:23", "fault.too_long"),
        (('id: "2"', "id: hot-work"), "p.yaml:24", "fault.repeated_id"),
        (("先断电。", "看 ![图](https://a.b/c.png)"), "p.yaml:26", "fault.image"),
        (("先断电。", "见 [文](file:///etc)"), "p.yaml:26", "fault.link"),
        (('  - id: "2"\n', '  - 3\n  - id: "2"\n'), "p.yaml:24", "fault.not_record"),
    ],
)
def test_a_fault_is_named_where_it_stands(change: tuple[str, str], place: str, key: str) -> None:
    text = PACK.replace(*change)
    assert text != PACK
    assert (place, key) in faults_of(text)


def test_all_faults_are_told_at_once_and_in_order() -> None:
    text = PACK.replace("zh", "中文").replace("right: 2", "right: 9").replace("photo.jpg", "/x")
    assert faults_of(text) == [
        ("p.yaml:3", "fault.language"),
        ("p.yaml:16", "fault.media"),
        ("p.yaml:21", "fault.right"),
    ]


def test_a_fault_carries_what_its_sentence_needs() -> None:
    long = PACK.replace("班组安全十课", "长" * 61)
    assert values_of(long) == {"field": "title", "limit": 60, "length": 61}
    assert values_of(PACK.replace("remember", "remembr")) == {
        "field": "remembr",
        "nearest": "remember",
    }


@pytest.mark.parametrize(
    ("text", "place", "key"),
    [
        ("", "p.yaml", "fault.empty_file"),
        ("# nothing\n", "p.yaml", "fault.empty_file"),
        ("- a\n", "p.yaml:1", "fault.not_record"),
        ("pack: [a\n", "p.yaml:1", "fault.yaml"),
        ("pack: a: b\n", "p.yaml:1", "fault.yaml"),
        ("pack: a\ntitle：b\nversion: 1\n", "p.yaml:2", "fault.full_width_colon"),
        ("bites:\n\t- id: a\n", "p.yaml:2", "fault.tab"),
        ("pack: a\npack: b\n", "p.yaml:2", "fault.duplicate_key"),
        ("pack: &a x\ntitle: y\n", "p.yaml:1", "fault.alias"),
        ("a: &a [x]\nb: *a\n", "p.yaml:2", "fault.alias"),
        ("pack: !!python/object/apply:os.system [ls]\n", "p.yaml:1", "fault.tag"),
        ("pack: a\n---\npack: b\n", "p.yaml:2", "fault.several_documents"),
        ("? [a]\n: b\n", "p.yaml:1", "fault.key"),
        ("[" * 5000, "p.yaml:1", "fault.too_deep"),
        ("a: [" + "1, " * 60_000 + "]", "p.yaml:1", "fault.too_many_values"),
    ],
)
def test_what_is_no_plain_document_is_refused(text: str, place: str, key: str) -> None:
    assert (place, key) in faults_of(text)


def test_a_file_in_another_encoding_or_too_large_is_refused() -> None:
    assert faults_of("pack: a\ntitle: 安全".encode("gbk")) == [("p.yaml:2", "fault.encoding")]
    assert faults_of(b" " * (1024 * 1024 + 1)) == [("p.yaml", "fault.too_big")]


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-1.7\n"])
@pytest.mark.parametrize("name", ["p.docx", "p.yaml"])
def test_an_office_document_is_told_what_a_pack_is(start: bytes, name: str) -> None:
    with pytest.raises(Faults) as caught:
        read_pack(name, start + b"\xff" * 100)
    assert [(fault.place, fault.key) for fault in caught.value.faults] == [(name, "fault.kind")]


def damaged(draw: Callable[..., Any]) -> bytes:
    data = bytearray(PACK.encode())
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, len(data) - 1))
        data[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(data)


@given(st.composite(damaged)() | st.binary(max_size=200))
def test_a_damaged_file_is_read_or_refused_but_never_breaks(data: bytes) -> None:
    try:
        found: object = read_pack("p.yaml", data).bites
    except Faults as error:
        found = error.faults
    assert found
