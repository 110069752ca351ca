from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook

from handlers.reading.pack_advice import advice
from handlers.reading.packs import pack_from, read_pack, written
from handlers.words import pack_sheets
from handlers.words.voice import LOCALES, Voice


@dataclass
class Draft:
    """A pack in the making: as many bites as it has right answers."""

    rights: list[int] = field(default_factory=lambda: [1])
    asks: list[str] = field(default_factory=list)
    source: str = "GB 30871-2022"
    body: str = "先检查。"
    why: str = "先检查，后动手。"

    def text(self) -> str:
        bites: list[dict[str, Any]] = []
        for number, right in enumerate(self.rights):
            ask = self.asks[number] if self.asks else f"问题{number}？"
            question = {"ask": ask, "answers": ["甲", "乙", "丙"], "right": right, "why": self.why}
            bite = {"id": f"b{number}", "title": f"第{number}课", "body": self.body}
            bites.append({**bite, "questions": [question]})
        pack = {"pack": "a", "title": "包", "language": "zh", "version": 1, "source": self.source}
        return yaml.safe_dump(
            {**pack, "bites": bites}, allow_unicode=True, sort_keys=False, width=2000
        )

    def advised(self) -> list[tuple[str, str]]:
        return advised("p.yaml", self.text().encode())


def advised(name: str, data: bytes) -> list[tuple[str, str]]:
    raw = written(name, data)
    return [(hint.place, hint.key) for hint in advice(pack_from(raw), raw)]


def test_nothing_is_said_of_a_good_pack() -> None:
    assert Draft([1, 2, 3, 1, 2, 3]).advised() == []


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_said_of_the_template(locale: str) -> None:
    assert advised("t.xlsx", pack_sheets.template(Voice(locale))) == []


@pytest.mark.parametrize(
    ("rights", "told"),
    [
        ([2, 2, 2, 2], False),
        ([2, 2, 2, 2, 2], True),
        ([1, 2, 2, 2, 3], False),
        ([1, 2, 2, 2, 2], True),
        ([3, 3, 3, 1, 2, 3, 3, 1, 2, 3], False),
        ([3, 3, 3, 1, 2, 3, 3, 3, 2, 3], True),
    ],
)
def test_right_answers_at_one_place_are_told_from_five_questions_on(
    rights: list[int], told: bool
) -> None:
    assert [key for _, key in Draft(rights).advised()] == ["advice.one_place"] * told


def test_it_is_told_at_the_first_that_stands_there_and_with_figures() -> None:
    text = Draft([1, 2, 2, 2, 2]).text()
    raw = written("p.yaml", text.encode())
    (hint,) = advice(pack_from(raw), raw)
    line = text.splitlines().index("    right: 2") + 1
    assert (hint.place, dict(hint.values)) == (
        f"p.yaml:{line}",
        {"right": 2, "count": 4, "all": 5},
    )


def test_a_question_asked_before_is_told_with_where() -> None:
    draft = Draft([1, 2, 3], ["Who signs?", "Who reads?", "who signs"])
    raw = written("p.yaml", draft.text().encode())
    (hint,) = advice(pack_from(raw), raw)
    lines = draft.text().splitlines()
    first, last = (n for n, line in enumerate(lines, 1) if "signs" in line)
    assert (hint.place, hint.key) == (f"p.yaml:{last}", "advice.repeated_question")
    assert hint.values["first"] == f"p.yaml:{first}"


@pytest.mark.parametrize(
    ("source", "body", "told"),
    [
        ("", "先检查。", True),
        ("", "先检查，有依据。", True),
        ("", "查一查资源：水、电。", True),
        ("", "Resources: water.", True),
        ("", "先检查。\n\n依据：GB 30871-2022", False),
        ("", "先检查。\n\n**出处**: 本单位规程", False),
        ("", "先检查（来源：应急管理部）。", False),
        ("", "Look first.\n\nSource: OSHA 1910.252", False),
        ("《消防法》", "先检查。", False),
    ],
)
def test_a_bite_that_rests_on_nothing_is_told(source: str, body: str, told: bool) -> None:
    keys = [key for _, key in Draft(source=source, body=body).advised()]
    assert keys == ["advice.no_source"] * told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("长" * 400, False),
        ("长" * 401, True),
        ("w " * 299 + "w", False),
        ("长" * 390 + "[文](https://example.org/" + "a" * 100 + ")", False),
        ("长" * 390 + "**加粗**" * 3, False),
        ("长" * 390 + "w" * 24, True),
    ],
)
def test_a_body_that_is_long_on_a_phone_is_told(body: str, told: bool) -> None:
    assert [key for _, key in Draft(body=body).advised()] == ["advice.long_body"] * told


def test_a_question_without_a_reason_is_told() -> None:
    assert [key for _, key in Draft(why="").advised()] == ["advice.no_why"]


def test_hints_are_told_by_line_in_the_order_of_the_file() -> None:
    draft = Draft([1, 2], ["问？", "问？"], source="", why="")
    keys = [key for _, key in draft.advised()]
    assert keys == [
        "advice.no_source",
        "advice.no_why",
        "advice.no_source",
        "advice.repeated_question",
        "advice.no_why",
    ]
    lines = [int(place.partition(":")[2]) for place, _ in draft.advised()]
    assert lines == sorted(lines)


def test_hints_on_a_sheet_are_told_by_cell() -> None:
    pack = read_pack("p.yaml", Draft([1, 2], source="", why="").text().encode())
    data = pack_sheets.workbook(Voice("zh"), pack)
    sheet = load_workbook(BytesIO(data))["内容"]
    why = next(cell.column_letter for cell in sheet[1] if cell.value == "解析")
    assert advised("p.xlsx", data) == [
        ("p.xlsx 内容!C2", "advice.no_source"),
        ("p.xlsx 内容!C3", "advice.no_source"),
        (f"p.xlsx 内容!{why}2", "advice.no_why"),
        (f"p.xlsx 内容!{why}3", "advice.no_why"),
    ]


def test_hints_on_a_page_are_told_by_line() -> None:
    page = "---\npack: a\ntitle: b\nlanguage: zh\nversion: 1\n---\n\n## 动火 {#a}\n\n先检查。\n"
    page += "\n### 问？\n\n- [x] 甲\n- 乙\n"
    assert advised("p.md", page.encode()) == [
        ("p.md:10", "advice.no_source"),
        ("p.md:12", "advice.no_why"),
    ]
