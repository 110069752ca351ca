"""Sheets of an .xlsx file: every text is written as text, whatever it begins with."""

import re
from collections.abc import Sequence
from datetime import date

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from handlers.words.dates import columns

TEXT, DAY, MOMENT, SHARE = "@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "0%"
MOST = 32_767  # characters of a cell
WIDE = 200  # characters beside each other, with which a sheet goes on A3
UNDERSCORE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # would be read as Excel's way with a character
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what a cell cannot hold
TOP = Alignment(vertical="top", wrap_text=True)
TOP_LEFT = Alignment(vertical="top", horizontal="left")
LINE = 15  # points that a line is high
MOST_LINES = 27  # that a row can be high
FACE, SIZE = "Calibri", 11  # of cells without a font of their own
BOLD = Font(name=FACE, size=SIZE, bold=True)
LINK = Font(name=FACE, size=SIZE, color="0563C1", underline="single")
SHADE = PatternFill("solid", fgColor="E7EEF7")

Value = str | int | float | date | None
Row = Sequence[Value]
Column = tuple[str, int, str]  # its name among our words, its width, how its figures are shown


def write(page: Worksheet, row: int, column: int, value: Value, form: str = "") -> None:
    """Put a value into a cell: a text as nothing but text. `form`: how a figure is shown."""
    if isinstance(value, str):
        value = UNDERSCORE.sub("_x005F_", CONTROL.sub("", value))[:MOST]
    cell = page.cell(row, column, value if value != "" else None)
    cell.alignment = TOP
    if isinstance(value, str) and value:
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula, #N/A for an error
        cell.number_format = TEXT
        cell.quotePrefix = True
    elif form:
        cell.number_format = form
        if form in {DAY, MOMENT}:
            cell.alignment = TOP_LEFT  # a date would touch what stands right of it


def write_headings(page: Worksheet, headings: Sequence[str], row: int = 1) -> None:
    """A row of headings; it and what is above it stay in sight."""
    for number, text in enumerate(headings, start=1):
        write(page, row, number, text)
        cell = page.cell(row, number)
        cell.font, cell.fill = BOLD, SHADE
    page.freeze_panes = f"A{row + 1}"


def fit(page: Worksheet, number: int, row: Row, widths: Sequence[int]) -> None:
    """Let a row be as high as its longest text: not every program sees to that itself."""
    cells = zip(row, widths, strict=True)
    lines = max((_lines(text, wide) for text, wide in cells if isinstance(text, str)), default=1)
    if lines > 1:
        page.row_dimensions[number].height = LINE * min(lines, MOST_LINES)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column."""
    if 2 * len(text) < width and "\n" not in text:
        return 1
    return sum(max(1, -(-columns(line) // (width - 1))) for line in text.split("\n"))


def link(page: Worksheet, row: int, column: int, address: str) -> None:
    """Let a cell lead somewhere."""
    cell = page.cell(row, column)
    cell.hyperlink = address
    cell.font = LINK


def to_be_printed(page: Worksheet, widths: Sequence[int], headings: int = 1) -> None:
    """Paper laid across, as wide as the columns together, headings on each page, pages counted."""
    for number, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.page_setup.orientation = "landscape"
    wide = sum(widths) > WIDE
    page.page_setup.paperSize = page.PAPERSIZE_A3 if wide else page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = f"1:{headings}"
    page.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text="&P / &N"))
