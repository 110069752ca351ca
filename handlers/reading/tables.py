"""Sheets of an .xlsx file as records: headings found by their names, every cell with its place."""

import re
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from defusedxml.ElementTree import fromstring

from handlers.reading.faults import Fault, Faults
from handlers.reading.plain import line
from handlers.reading.raw import Record, Scalar

if TYPE_CHECKING:
    from openpyxl import Workbook

XLSX = (".xlsx", ".xlsm", ".xls")  # names that we read, or refuse, as tables
MEGABYTE = 1024 * 1024
MOST_BYTES = 5 * MEGABYTE
MOST_PARTS = 200
MOST_UNPACKED = 50 * MEGABYTE
MOST_CELLS = 200_000  # parsed in about five seconds
TAGS_PER_CELL = 10  # at most, in sheets and shared texts together: <c><v></v></c>, <si><t>…
MOST_ROWS = 20_000
MOST_COLUMNS = 50
XML = (".xml", ".rels")
HEADING_ROWS = 10  # a title or a note may stand above the headings
OLD_FORMAT = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx with a password
MERGED = re.compile(rb'mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # Excel's way with a character, such as a CR
FREE_COLUMNS = frozenset({"备注", "note", "notes", "序号", "no", "no."})  # theirs, not ours


@dataclass(frozen=True)
class Column:
    """A column we know: our key for it, and the headings it may have.

    In a column of `words` a date is a fault: it stands for something else that was typed, such
    as 1/2, and is not what its author sees.
    """

    key: str
    names: tuple[str, ...]
    needed: bool = False
    words: bool = False

    @property
    def label(self) -> str:
        """What it is called in both languages."""
        return in_both(self.names)


@dataclass(frozen=True)
class Sheet:
    """A sheet we know, by any of its names. `key` is how we ask for its rows."""

    key: str
    names: tuple[str, ...]
    columns: tuple[Column, ...]
    needed: bool = True

    @property
    def label(self) -> str:
        """What it is called in both languages."""
        return in_both(self.names)


def read_tables(name: str, data: bytes, sheets: Sequence[Sheet]) -> dict[str, list[Record]]:
    """The rows of each sheet by its key, empty rows left out. Raises Faults, all at once."""
    check_bounds(name, data)
    values, formulas = opened(name, data, cached=True), opened(name, data, cached=False)
    reader = Reader(name, data, values, formulas)
    tables = {sheet.key: reader.rows(sheet) for sheet in sheets}
    if reader.faults:
        raise Faults(reader.faults)
    return tables


def check_bounds(name: str, data: bytes) -> None:
    """Raise Faults unless the file is small enough to open, packed, unpacked and parsed."""
    if len(data) > MOST_BYTES:
        raise Faults([Fault(name, "fault.too_big", {"limit": MOST_BYTES // MEGABYTE})])
    if data.startswith(OLD_FORMAT):
        raise Faults([Fault(name, "fault.xls")])
    try:
        with ZipFile(BytesIO(data)) as archive:
            fault = too_much(name, archive)
    except Exception as error:  # a broken archive raises whatever zipfile happens to stumble over
        raise Faults([Fault(name, "fault.xlsx")]) from error
    if fault:
        raise Faults([fault])


def too_much(name: str, archive: ZipFile) -> Fault | None:
    """What there is too much of in an archive, if anything."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        return Fault(name, "fault.too_many_parts", {"limit": MOST_PARTS})
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        return Fault(name, "fault.unpacks_too_big", {"limit": MOST_UNPACKED // MEGABYTE})
    tags = sum(archive.read(part).count(b"<") for part in parts if part.filename.endswith(XML))
    if tags > MOST_CELLS * TAGS_PER_CELL:
        return Fault(name, "fault.too_many_values", {"limit": MOST_CELLS})
    return None


def opened(name: str, data: bytes, *, cached: bool) -> "Workbook":
    """The workbook, with formulas' last values (`cached`) or the formulas themselves."""
    from openpyxl import load_workbook  # on demand: 10 MB, and few runs ever see a spreadsheet

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts that we do not read
            return load_workbook(BytesIO(data), read_only=True, data_only=cached)
    except Exception as error:  # a broken file raises whatever openpyxl happens to stumble over
        raise Faults([Fault(name, "fault.xlsx")]) from error


class Reader:
    """Reads the sheets of one workbook and keeps what is wrong with them."""

    def __init__(self, name: str, data: bytes, values: "Workbook", formulas: "Workbook") -> None:
        self.name = name
        self.data = data
        self.values = values
        self.formulas = formulas
        self.faults: list[Fault] = []

    def rows(self, sheet: Sheet) -> list[Record]:
        """The rows of a sheet; none, with faults kept, if it cannot be found."""
        title = next((t for t in self.values.sheetnames if named(t, sheet.names)), None)
        if title is None:
            if sheet.needed:
                self._fault(self.name, "fault.no_sheet", sheet=sheet.label)
            return []
        rows = self._cells(title)
        headings = self._headings(title, sheet, rows)
        if not headings:
            return []
        words = {column.key for column in sheet.columns if column.words}
        return [
            self._record(title, headings, words, number, row)
            for number, row in rows
            if any(written(row))
        ]

    def _cells(self, title: str) -> Iterator[tuple[int, list[Any]]]:
        """Each row as (number, values), what is merged downwards standing in every row of it."""
        pages = self.values[title], self.formulas[title]
        for page in pages:
            page.reset_dimensions()  # what a file says of its own size is not to be believed
        try:
            spread = Spread(merged_downwards(self.data, title))
            values = pages[0].iter_rows(max_col=MOST_COLUMNS, values_only=True)
            formulas = pages[1].iter_rows(max_col=MOST_COLUMNS)
            for number, (row, formed) in enumerate(zip(values, formulas, strict=False), 1):
                if number > MOST_ROWS:
                    self._fault(f"{self.name} {title}", "fault.too_many_rows", limit=MOST_ROWS)
                    return
                cells = list(map(seen, row, formed))
                yield number, spread.over(number, cells)
        except Exception:  # as when opening: the sheet is read here for the first time
            self._fault(f"{self.name} {title}", "fault.xlsx")

    def _headings(
        self, title: str, sheet: Sheet, rows: Iterator[tuple[int, list[Any]]]
    ) -> dict[int, tuple[str, str]]:
        """The key and written heading of each column we know, by its index."""
        for number, row in rows:
            found = {i: text for i, text in enumerate(written(row)) if text}
            keys = {i: key_of(text, sheet.columns) for i, text in found.items()}
            if len([key for key in keys.values() if key]) >= min(2, len(sheet.columns)):
                return self._columns(f"{self.name} {title}", sheet, number, found, keys)
            if number >= HEADING_ROWS:
                break
        names = ", ".join(column.label for column in sheet.columns)
        self._fault(f"{self.name} {title}", "fault.no_headings", allowed=names)
        return {}

    def _columns(
        self, page: str, sheet: Sheet, number: int, found: dict[int, str], keys: dict[int, str]
    ) -> dict[int, tuple[str, str]]:
        headings: dict[int, tuple[str, str]] = {}
        for index, text in found.items():
            place = f"{page}!{_letter(index)}{number}"
            if not keys[index]:
                if text.casefold() not in FREE_COLUMNS:
                    allowed = ", ".join(column.label for column in sheet.columns)
                    self._fault(place, "fault.unknown_key_of", field=text, allowed=allowed)
            elif keys[index] in (key for key, _ in headings.values()):
                self._fault(place, "fault.repeated_heading", field=text)
            else:
                headings[index] = keys[index], text
        for column in sheet.columns:
            if column.needed and column.key not in keys.values():
                self._fault(page, "fault.no_heading", field=column.label)
        return headings

    def _record(
        self,
        title: str,
        headings: dict[int, tuple[str, str]],
        words: Collection[str],
        number: int,
        row: list[Any],
    ) -> Record:
        fields: dict[str, Scalar] = {}
        for index, (key, heading) in headings.items():
            place = f"{self.name} {title}!{_letter(index)}{number}"
            value = row[index] if index < len(row) else None
            if isinstance(value, NoValue):
                self._fault(place, value.fault, field=heading)
            elif key in words and isinstance(value, date | time | timedelta):
                self._fault(place, "fault.date_cell", field=heading)
            else:
                fields[key] = Scalar(as_text(value), place)
        labels = dict(headings.values())
        return Record(dict(fields), f"{self.name} {title}!A{number}", labels=labels)

    def _fault(self, place: str, key: str, **values: Any) -> None:
        self.faults.append(Fault(place, key, values))


class Spread:
    """Gives the rows of a merged cell the value that only its first row has."""

    def __init__(self, merged: Mapping[tuple[int, int], int]) -> None:
        self.merged = merged
        self.standing: dict[int, tuple[int, Any]] = {}  # by column: until which row, which value

    def over(self, number: int, cells: list[Any]) -> list[Any]:
        """The row with what is merged into it; an empty row stays empty."""
        if all(cell is None for cell in cells):
            return cells
        for column, cell in enumerate(cells):
            if last := self.merged.get((number, column)):
                self.standing[column] = last, cell
            last, value = self.standing.get(column, (0, None))
            if cell is None and number <= last:
                cells[column] = value
        return cells


def merged_downwards(data: bytes, title: str) -> dict[tuple[int, int], int]:
    """The last row of each cell that is merged with those below, by (row, column from 0).

    openpyxl tells it only when it holds a whole sheet in memory, so we look into the file.
    """
    from openpyxl.utils import column_index_from_string

    with ZipFile(BytesIO(data)) as archive:
        book = fromstring(archive.read("xl/workbook.xml"))
        relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        ids = {
            sheet.get("name"): next(v for k, v in sheet.items() if k.endswith("}id"))
            for sheet in book.iter()
            if sheet.tag.endswith("}sheet")
        }
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        path = "xl/" + targets[ids[title]].removeprefix("/xl/")
        ranges = MERGED.findall(archive.read(path))
    return {
        (int(first), column_index_from_string(column.decode()) - 1): int(last)
        for column, first, last in ranges
        if int(first) < int(last)
    }


@dataclass(frozen=True)
class NoValue:
    """A cell that should have a value and has none that we can use."""

    fault: str


def seen(value: Any, cell: Any) -> Any:
    """A cell's value, a share as its author sees it: 18%."""
    value = computed(value, cell.value)
    if isinstance(value, int | float) and "%" in str(cell.number_format):
        return f"{round(value * 100, 10):g}%"
    return value


def computed(value: Any, formula: Any) -> Any:
    """A cell's value; NoValue for a formula that was never computed or has gone wrong."""
    if not (isinstance(formula, str) and formula.startswith("=")) and not hasattr(formula, "ref"):
        return value
    if value is None:
        return NoValue("fault.formula")
    if isinstance(value, str) and value.startswith("#"):
        return NoValue("fault.cell_error")
    return value


def written(row: Sequence[Any]) -> list[str]:
    """A row's cells as one-line texts."""
    return [line(as_text(value)) for value in row]


def as_text(value: Any) -> str:
    """A cell's value as a person would write it: 111, 07:50, 2026-12-01."""
    if value is None:
        return ""
    if isinstance(value, str):
        return ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, time):
        return value.isoformat("auto" if value.second else "minutes")
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes").removesuffix(" 00:00")
    if isinstance(value, timedelta):  # a time of day in a cell formatted as hours
        return f"{value.seconds // 3600:02}:{value.seconds // 60 % 60:02}"
    return str(value)


def in_both(names: Sequence[str]) -> str:
    """The first of its names, and the first that is not Chinese: 标题 (title)."""
    other = next((name for name in names if name.isascii()), names[0])
    return names[0] if other == names[0] else f"{names[0]} ({other})"


def named(text: str, names: Sequence[str]) -> bool:
    """Whether a heading or sheet goes by one of `names`, whatever its case and spacing."""
    return squeezed(text) in map(squeezed, names)


def squeezed(text: str) -> str:
    """A heading without space, case and the marks by which forms show that it is needed."""
    return "".join(text.casefold().split()).strip("*＊:：").replace("_", "")


def key_of(heading: str, columns: Sequence[Column]) -> str:
    """Our key for a heading; "" if we do not know it."""
    return next((column.key for column in columns if named(heading, column.names)), "")


def _letter(index: int) -> str:
    """What a column is called, counted from 0."""
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(index + 1))
