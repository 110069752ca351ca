"""Lists of tasks as workbooks: known by their headings, read by cell, told as JSON."""

import json
from collections.abc import Sequence
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from handlers.reading.inspections import heard, inspect, told
from handlers.reading.tasklists import COLUMNS
from handlers.words import pack_sheets, task_sheets
from handlers.words.voice import LOCALES, Voice

HEAD = ["班组", "责任人", "任务", "完成时限", "标准", "协同", "成果", "风险", "问题"]
ROW = ["一班", "张三", "完成台账", "周五前", "账物相符", "库房", "台账", "漏登", ""]


def book(*rows: Sequence[object], title: str = "Sheet1") -> bytes:
    made = Workbook()
    page = made.worksheets[0]
    page.title = title
    for row in rows:
        page.append(list(row))
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def test_every_row_has_its_cells_and_where_they_stand() -> None:
    found = inspect("xlsx", book(["十一月任务"], HEAD, ROW))
    assert found.tasks is not None
    (line,) = found.tasks
    assert [line[key] for key in ("team", "people", "text", "due", "risk", "finding")] == [
        "一班",
        "张三",
        "完成台账",
        "周五前",
        "漏登",
        "",
    ]
    assert (line.at("people"), line.at("due"), line.place) == (
        "Sheet1!B3",
        "Sheet1!D3",
        "Sheet1!A3",
    )


def test_columns_may_be_few_in_any_order_and_in_english() -> None:
    found = inspect("xlsx", book(["Due", "Task", "Who"], ["Nov 27", "write it", "Ana"]))
    assert found.tasks is not None
    (line,) = found.tasks
    assert (line["people"], line["text"], line["due"], line["standard"]) == (
        "Ana",
        "write it",
        "Nov 27",
        "",
    )
    assert line.at("standard") == line.place


@pytest.mark.parametrize("locale", LOCALES)
def test_the_template_is_a_list_without_rows_and_says_how(locale: str) -> None:
    data = task_sheets.template(Voice(locale))
    found = inspect("xlsx", data)
    assert (found.tasks, found.faults) == ((), ())
    about = load_workbook(BytesIO(data)).worksheets[1]
    assert about.max_row == len(COLUMNS) + 1
    assert all(cell.value for row in about.iter_rows() for cell in row)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_packs_workbook_stays_a_pack(locale: str) -> None:
    voice = Voice(locale)
    made = load_workbook(BytesIO(pack_sheets.template(voice)))
    page = made.create_sheet("more")
    page.append(HEAD)
    page.append(ROW)
    out = BytesIO()
    made.save(out)
    found = inspect("xlsx", out.getvalue())
    assert found.tasks is None
    assert found.pack is not None


@pytest.mark.parametrize("rows", [[], [["随便", "什么"]], [["责任人", "电话"], ["张三", "1"]]])
def test_another_workbook_is_no_list(rows: list[list[object]]) -> None:
    assert inspect("xlsx", book(*rows)).tasks is None


def test_what_cannot_be_read_is_named_by_its_cell() -> None:
    found = inspect("xlsx", book(HEAD, ["一班", "张三", "=A1&B1", "周五"], [*ROW, "x"]))
    assert found.tasks == ()
    assert [(fault.place, fault.key) for fault in found.faults] == [("Sheet1!C2", "fault.formula")]


def test_an_unknown_heading_is_a_fault_of_the_list() -> None:
    found = inspect("xlsx", book([*HEAD, "电话"], ROW))
    assert found.tasks == ()
    assert [fault.place for fault in found.faults] == ["Sheet1!J1"]


def test_it_is_told_as_json_and_heard_the_same() -> None:
    for data in (book(HEAD, ROW), book([*HEAD, "电话"], ROW)):
        found = inspect("xlsx", data)
        assert heard(json.loads(json.dumps(told(found)))) == found
