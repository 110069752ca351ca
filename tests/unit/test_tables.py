from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from handlers.reading import tables
from handlers.reading.faults import Faults
from handlers.reading.raw import Record, Scalar
from handlers.reading.tables import Column, Sheet, read_tables

PEOPLE = Sheet(
    "people",
    ("成员", "members"),
    (
        Column("name", ("姓名", "name"), needed=True),
        Column("id", ("Telegram ID", "telegram_id")),
        Column("at", ("时间", "at")),
    ),
)


def book(rows: Sequence[Any], title: str = "成员", *merged: str) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    sheet = workbook.create_sheet(title)
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def read(data: bytes) -> list[Record]:
    return read_tables("a.xlsx", data, [PEOPLE])["people"]


def faults_of(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(Faults) as caught:
        read(data)
    return [(fault.place, fault.key) for fault in caught.value.faults]


def said(record: Record) -> dict[str, str]:
    return {k: v.value for k, v in record.fields.items() if isinstance(v, Scalar)}


def test_rows_come_with_the_place_of_every_cell() -> None:
    (row,) = read(book([["姓名", "Telegram ID", "时间"], ["张三", 111, time(7, 50)]]))
    assert said(row) == {"name": "张三", "id": "111", "at": "07:50"}
    assert row.fields["id"].place == "a.xlsx 成员!B2"
    assert row.place == "a.xlsx 成员!A2"
    assert row.labels["id"] == "Telegram ID"


def test_headings_go_by_either_language_in_any_order_below_a_title() -> None:
    rows = [["花名册"], [], ["TELEGRAM_ID", " Name * ", "备注"], [-1001234567890.0, "李四", "x"]]
    (row,) = read(book(rows, "Members"))
    assert said(row) == {"name": "李四", "id": "-1001234567890"}
    assert row.fields["name"].place == "a.xlsx Members!B4"


def test_empty_rows_are_passed_over_and_numbers_read_as_written() -> None:
    rows = [["姓名", "时间"], [], ["张三", datetime(2026, 12, 1)], [None, None], [7, 0.5]]  # noqa: DTZ001
    assert list(map(said, read(book(rows)))) == [
        {"name": "张三", "at": "2026-12-01"},
        {"name": "7", "at": "0.5"},
    ]


def test_a_cell_merged_downwards_stands_in_each_of_its_rows() -> None:
    rows = [["姓名", "Telegram ID"], ["一班", 1], [None, 2], [None, None], [None, 3], [None, 4]]
    found = list(map(said, read(book(rows, "成员", "A2:A5"))))
    assert [row["name"] for row in found] == ["一班", "一班", "一班", ""]


def test_a_formula_that_was_never_computed_is_named() -> None:
    assert faults_of(book([["姓名", "时间"], ["=B2", "x"]])) == [
        ("a.xlsx 成员!A2", "fault.formula")
    ]


@pytest.mark.parametrize(
    ("rows", "place", "key"),
    [
        ([["名", "号"], ["a", "b"]], "a.xlsx 成员", "fault.no_headings"),
        ([["Telegram ID", "时间"], [1, 2]], "a.xlsx 成员", "fault.no_heading"),
        ([["姓名", "时间", "name"]], "a.xlsx 成员!C1", "fault.repeated_heading"),
        ([["姓名", "时间", "电话"]], "a.xlsx 成员!C1", "fault.unknown_key_of"),
    ],
)
def test_headings_that_do_not_fit_are_named(rows: Sequence[Any], place: str, key: str) -> None:
    assert faults_of(book(rows)) == [(place, key)]


def test_a_missing_sheet_is_named() -> None:
    assert faults_of(book([["姓名"]], "Sheet1")) == [("a.xlsx", "fault.no_sheet")]


def test_what_is_missing_is_called_by_its_name_in_both_languages() -> None:
    told = []
    for data in (book([["姓名"]], "Sheet1"), book([["Telegram ID", "时间"]]), book([["a", "b"]])):
        with pytest.raises(Faults) as caught:
            read(data)
        told += [value for fault in caught.value.faults for value in fault.values.values()]
    assert told == ["成员 (members)", "姓名 (name)", "姓名 (name), Telegram ID, 时间 (at)"]


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 5)
    rows = [["姓名", "时间"], *([["张三", 1]] * 5)]
    assert faults_of(book(rows)) == [("a.xlsx 成员", "fault.too_many_rows")]


def zipped(*parts: tuple[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "fault.xlsx"),
        (b"name,id\n", "fault.xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "fault.xls"),
        (b"PK" + b"\0" * (5 * 1024 * 1024), "fault.too_big"),
        (zipped(("a", b"b")), "fault.xlsx"),
        (zipped(*((f"{n}", b"") for n in range(201))), "fault.too_many_parts"),
        (zipped(("bomb", b"\0" * (50 * 1024 * 1024 + 1))), "fault.unpacks_too_big"),
        (zipped(("xl/sheet1.xml", b"<a/>" * 2_000_001)), "fault.too_many_values"),
    ],
    ids=["empty", "csv", "xls", "large", "a zip", "many parts", "bomb", "tags"],
)
def test_what_is_no_table_is_refused_before_it_is_opened(data: bytes, key: str) -> None:
    assert faults_of(data) == [("a.xlsx", key)]


def test_a_sheet_with_entities_is_refused() -> None:
    good = book([["姓名", "时间"], ["张三", 1]])
    with ZipFile(BytesIO(good)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    bad = [(name, evil if "sheet1.xml" in name else data) for name, data in parts]
    assert faults_of(zipped(*bad))[0][1] == "fault.xlsx"
