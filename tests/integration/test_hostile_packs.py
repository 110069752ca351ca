"""Files that are no packs, or worse: the child that reads them says so, and that is all."""

import json
import os
import struct
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot import inspection
from bot.inspection import Broken, TooMuch, inspected
from handlers.reading.inspections import MOST, Inspection, ending, heard, inspect, told
from handlers.reading.packs import read_pack
from handlers.words import pack_sheets, sentpacks
from handlers.words.voice import Voice

LIBRARY = Path(__file__).parents[2] / "storage" / "library"
YAML = (LIBRARY / "safety-101.yaml").read_bytes()
PACK = read_pack("p.yaml", YAML)
XLSX = pack_sheets.workbook(Voice("zh"), PACK)
MARKDOWN = """\
---
pack: a
title: 安全
language: zh
version: 1
---

## 动火 {#hot}

先检查。
""".encode()
BILLION = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><workbook>&j;</workbook>"
)


def rezipped(change: dict[str, bytes], data: bytes = XLSX) -> bytes:
    """An .xlsx file with other parts in the place of some."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, change.get(name, old.read(name)))
        for name in change.keys() - set(old.namelist()):
            new.writestr(name, change[name])
    return out.getvalue()


def lying(data: bytes) -> bytes:
    """The same archive, which says that its parts unpack to nothing much."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sizes = {part.file_size for part in archive.infolist() if part.file_size > 1000}
    for size in sizes:
        data = data.replace(struct.pack("<I", size), struct.pack("<I", 10))
    return data


SHEET = "xl/worksheets/sheet2.xml"
ROW = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>'
HUGE = b"<worksheet><sheetData>" + b" " * 60_000_000 + b"</sheetData></worksheet>"
MANY = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    + b"".join(ROW % (n, n) for n in range(1, 300_000))
    + b"</sheetData></worksheet>"
)
FORMULA = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is>'
    b'<t>title</t></is></c><c r="C1" t="inlineStr"><is><t>body</t></is></c></row>'
    b'<row r="2"><c r="A2"><f>B2</f></c></row></sheetData></worksheet>'
)

BAD: dict[str, tuple[str, bytes, str]] = {
    "nothing": ("yaml", b"", "fault.empty_file"),
    "no archive": ("xlsx", b"PK\x03\x04 nothing more", "fault.xlsx"),
    "half an archive": ("xlsx", XLSX[: len(XLSX) // 2], "fault.xlsx"),
    "an old workbook": ("xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "fault.xls"),
    "a yaml that calls itself a sheet": ("xlsx", YAML, "fault.xlsx"),
    "a sheet that calls itself yaml": ("yaml", XLSX, "fault.kind"),
    "a zip bomb": ("xlsx", rezipped({SHEET: HUGE}), "fault.unpacks_too_big"),
    "a zip bomb that lies": ("xlsx", lying(rezipped({SHEET: HUGE})), "fault.xlsx"),
    "300,000 cells": ("xlsx", rezipped({SHEET: MANY}), "fault.too_many_values"),
    "a thousand parts": (
        "xlsx",
        rezipped({f"x/{n}.xml": b"" for n in range(1000)}),
        "fault.too_many_parts",
    ),
    "an xml bomb": ("xlsx", rezipped({"xl/workbook.xml": BILLION}), "fault.xlsx"),
    "an xml bomb in a sheet": (
        "xlsx",
        rezipped({SHEET: BILLION.replace(b"workbook", b"worksheet")}),
        "fault.xlsx",
    ),
    "an outside entity": (
        "xlsx",
        rezipped(
            {
                SHEET: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>'
            }
        ),
        "fault.xlsx",
    ),
    "a formula that was never computed": ("xlsx", rezipped({SHEET: FORMULA}), "fault.formula"),
    "10 MB of yaml": ("yaml", b"a: b\n" * 2_000_000, "fault.too_big"),
    "depth": ("yaml", b"[" * 50_000, "fault.too_deep"),
    "breadth": ("yaml", b"- a\n" * 60_000, "fault.too_many_values"),
    "aliases": (
        "yaml",
        b"a: &a [x]\n" + b"".join(b"%c: &%c [*a, *a]\n" % (n, n) for n in range(98, 110)),
        "fault.alias",
    ),
    "a tag that runs code": ("yaml", b"!!python/object/apply:os.system ['id']", "fault.tag"),
    "GBK": ("yaml", YAML.decode().encode("gbk", "replace"), "fault.encoding"),
    "UTF-16": ("md", MARKDOWN.decode().encode("utf-16"), "fault.encoding"),
    "a page without a head": ("md", b"# nothing", "fault.no_front_matter"),
    "many lines": ("md", b"\n" * 30_000, "fault.too_many_rows"),
}


@pytest.mark.parametrize("what", BAD)
async def test_a_hostile_file_is_a_fault_and_no_more(what: str) -> None:
    kind, data, key = BAD[what]
    found = await inspected(kind, data)
    assert found.pack is None
    assert key in {fault.key for fault in found.faults}
    assert found.count > 0
    for locale in ("zh", "en"):
        for fault in found.faults:
            assert sentpacks.sentence(Voice(locale), fault)


@pytest.mark.parametrize(
    ("kind", "data"), [("yaml", b"\xef\xbb\xbf" + YAML), ("XLSX", XLSX), ("md", MARKDOWN)]
)
async def test_a_sound_file_is_read_by_the_child_as_by_ourselves(kind: str, data: bytes) -> None:
    assert await inspected(kind.lower(), data) == inspect(kind.lower(), data)
    assert inspect(kind.lower(), data).pack is not None


SETTINGS = settings(
    max_examples=100, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@SETTINGS
@given(
    st.sampled_from([("xlsx", XLSX), ("yaml", YAML), ("md", MARKDOWN)]),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), max_size=8),
    st.floats(0.05, 1),
)
def test_a_file_with_bytes_changed_and_cut_off_is_read_or_refused(
    file: tuple[str, bytes], changes: list[tuple[float, bytes]], part: float
) -> None:
    kind, data = file
    for where, what in changes:
        at = int(where * len(data))
        data = data[:at] + what + data[at + len(what) :]
    found = inspect(kind, data[: int(part * len(data))])
    assert (found.pack is None) == bool(found.faults)
    assert heard(json.loads(json.dumps(told(found)))) == found
    for fault in (*found.faults, *found.hints):
        assert sentpacks.sentence(Voice("zh"), fault)


SMALL = pack_sheets.template(Voice("zh"))
ODD = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20
) | st.sampled_from(
    ["_x0000_", "_xD800_", "=1+1", "#REF!", "\u202e反", "<b>", "{n}", "null", "1/2", "👩‍👩‍👧" * 9]
)


@SETTINGS
@given(st.dictionaries(st.tuples(st.integers(1, 5), st.integers(0, 20)), ODD, max_size=12))
def test_a_sheet_with_anything_typed_into_it_is_read_or_refused(
    typed: dict[tuple[int, int], str],
) -> None:
    book = load_workbook(BytesIO(SMALL))
    page = book["内容"]
    for (row, column), text in typed.items():
        page.cell(row, column + 1, text)
    out = BytesIO()
    book.save(out)
    found = inspect("xlsx", out.getvalue())
    assert (found.pack is None) == bool(found.faults)
    message = sentpacks.faulty(Voice("zh"), 1, "a.xlsx", found.faults, found.count)
    assert len(message.html.encode("utf-16-le")) // 2 < 4096 * 2
    if found.pack:
        text = json.dumps(told(found), ensure_ascii=False)
        assert "\0" not in text
        text.encode()  # no half of a pair is left, which no database takes


def test_more_faults_than_anybody_reads_are_counted() -> None:
    rows = b"".join(b"  - {id: A%d, title: t, body: b, zzz: 1}\n" % n for n in range(480)) * 3
    found = inspect("yaml", b"pack: a\ntitle: t\nlanguage: zh\nversion: 1\nbites:\n" + rows)
    assert (len(found.faults), found.count > MOST) == (MOST, True)
    whole = sentpacks.told(Voice("en"), found.faults, found.count).whole
    assert whole.endswith(f"{found.count - MOST} more are not listed.\n")


def test_the_child_has_neither_time_nor_memory_without_end() -> None:
    program = (
        "import sys; from bot import inspection; inspection.bound();"
        "inspection.inspect = {}; sys.exit(inspection.main())"
    )
    for way, code in (
        ("lambda *a: bytes(2**31)", inspection.TOO_MUCH),
        ("lambda *a: (_ for _ in ()).throw(RecursionError)", inspection.TOO_MUCH),
    ):
        ran = subprocess.run(
            [sys.executable, "-c", program.format(way), "yaml"],
            input=b"",
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(inspection.ROOT)},
        )
        assert ran.returncode == code, ran.stderr


async def test_a_child_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "PATIENCE", 0.05)
    with pytest.raises(TooMuch):
        await inspected("yaml", YAML)


async def test_the_child_is_told_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZAOHUI_TOKEN", "1:secret")
    spy = tmp_path / "python"
    spy.write_text(f"#!/bin/sh\n/usr/bin/env > {tmp_path}/seen\n")
    with spy.open("a") as script:
        script.write("echo 'ValueError: what the file says' >&2\nexit 1\n")
    spy.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(spy))
    with pytest.raises(Broken, match=r"ended with 1 ValueError$"):
        await inspected("yaml", b"")
    seen = {line.partition("=")[0] for line in (tmp_path / "seen").read_text().splitlines()}
    assert seen - {"PWD", "SHLVL", "_", "OLDPWD"} == {"PATH", "PYTHONPATH"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.xlsx", "xlsx"),
        ("A.YAML", "yaml"),
        ("x.y.md", "md"),
        ("a.xls", ""),
        ("xlsx", ""),
        ("", ""),
    ],
)
def test_a_pack_is_known_by_how_its_name_ends(name: str, kind: str) -> None:
    assert ending(name) == kind


def test_what_was_found_comes_back_from_json() -> None:
    found = inspect("yaml", YAML)
    assert heard(json.loads(json.dumps(told(found)))) == found == Inspection(PACK, (), found.hints)
