"""A list of tasks as a sheet of an .xlsx file: who, what, by when, a row each.

Headings in Chinese or English, columns in any order (* = needed):

班组 team, 责任人 who*, 任务 task, 完成时限 due, 标准 standard, 协同 with, 成果 result, 风险 risk,
问题 finding

A row with a finding is a rectification, and its task the measure. Several people in a cell are
parted as in a line of /assign.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.reading.pack_sheets import BITES, PACK
from handlers.reading.plain import line
from handlers.reading.raw import Scalar
from handlers.reading.tables import (
    HEADING_ROWS,
    MOST_COLUMNS,
    Column,
    Sheet,
    check_bounds,
    key_of,
    named,
    opened,
    read_tables,
    written,
)

COLUMNS = (
    Column("team", ("班组", "team"), words=True),
    Column("people", ("责任人", "负责人", "姓名", "who", "owner", "people"), True, words=True),
    Column("text", ("任务", "工作任务", "措施", "整改措施", "task", "measure"), words=True),
    Column("due", ("完成时限", "时限", "期限", "完成时间", "due", "deadline")),
    Column("standard", ("标准", "完成标准", "要求", "standard"), words=True),
    Column("partners", ("协同", "配合", "协同部门", "with", "partners"), words=True),
    Column("result", ("成果", "成果形式", "result"), words=True),
    Column("risk", ("风险", "风险点", "risk"), words=True),
    Column("finding", ("问题", "存在问题", "finding", "problem"), words=True),
)
WHAT = ("text", "finding")


@dataclass(frozen=True)
class Line:
    """A row: what its cells say by our keys, and where each stands. `place`: the row's first."""

    place: str
    cells: Mapping[str, str]
    places: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        """What a cell says, in one line; nothing where there is no such column."""
        return self.cells.get(key, "")

    def at(self, key: str) -> str:
        """Where a cell stands; where there is no such column, the row."""
        return self.places.get(key, self.place)


def list_title(name: str, data: bytes) -> str:
    """The sheet of an .xlsx file that holds a list of tasks; empty: none does. Raises Faults.

    It is known by its headings. A course pack's workbook is a course pack, whatever else it has.
    """
    check_bounds(name, data)
    book = opened(name, data, cached=True)
    if any(named(title, (*PACK.names, *BITES.names)) for title in book.sheetnames):
        return ""
    return next((title for title in book.sheetnames if _holds(book, title)), "")


def _holds(book: Any, title: str) -> bool:
    page = book[title]
    try:
        page.reset_dimensions()
        for row in page.iter_rows(max_row=HEADING_ROWS, max_col=MOST_COLUMNS, values_only=True):
            keys = {key_of(text, COLUMNS) for text in written(row) if text}
            if "people" in keys and keys & set(WHAT):
                return True
    except Exception:  # as when opening; or it is a sheet without rows, such as a chart
        return False
    return False


def read_lines(name: str, data: bytes, title: str) -> tuple[Line, ...]:
    """The rows of that sheet. Raises Faults."""
    records = read_tables(name, data, [Sheet("tasks", (title,), COLUMNS)])["tasks"]
    found = []
    for record in records:
        cells = {key: cell for key, cell in record.fields.items() if isinstance(cell, Scalar)}
        said = {key: line(cell.value) for key, cell in cells.items()}
        found.append(Line(record.place, said, {key: cell.place for key, cell in cells.items()}))
    return tuple(found)


def lines_told(lines: Sequence[Line]) -> list[Any]:
    """As JSON can hold them."""
    return [[one.place, dict(one.cells), dict(one.places)] for one in lines]


def lines_heard(told: Sequence[Any]) -> tuple[Line, ...]:
    """What `lines_told` has told."""
    return tuple(Line(*one) for one in told)
