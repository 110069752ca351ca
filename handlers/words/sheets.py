"""Sheets of an .xlsx file: every text is written as text, whatever it begins with."""

import re
from collections.abc import Sequence
from datetime import date

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

TEXT, DAY, MOMENT, SHARE = "@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "0%"
MOST = 32_767  # characters of a cell
UNDERSCORE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # would be read as Excel's way with a character
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what a cell cannot hold
TOP = Alignment(vertical="top", wrap_text=True)
BOLD = Font(bold=True)
LINK = Font(color="0563C1", underline="single")
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


def write_headings(page: Worksheet, headings: Sequence[str], row: int = 1) -> None:
    """A row of headings; it and what is above it stay in sight."""
    for number, text in enumerate(headings, start=1):
        write(page, row, number, text)
        cell = page.cell(row, number)
        cell.font, cell.fill = BOLD, SHADE
    page.freeze_panes = f"A{row + 1}"


def link(page: Worksheet, row: int, column: int, address: str) -> None:
    """Let a cell lead somewhere."""
    cell = page.cell(row, column)
    cell.hyperlink = address
    cell.font = LINK


def to_be_printed(page: Worksheet, widths: Sequence[int], headings: int = 1) -> None:
    """Wide paper, as wide as the columns together, headings on each page, pages counted."""
    for number, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = f"1:{headings}"
    page.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text="&P / &N"))
