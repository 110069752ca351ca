"""A list of tasks as an .xlsx file to be filled in. Its headings are those that are read."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from handlers.reading.tasklists import COLUMNS
from handlers.words.sheets import TEXT, TOP, write, write_headings
from handlers.words.voice import Voice

WIDTHS = {"text": 36, "standard": 28, "finding": 28, "result": 20, "people": 18}  # characters
WIDTH = 14


def template(voice: Voice) -> bytes:
    """An empty list, and a sheet that says what each column is for, with an example."""
    book = Workbook()
    book.remove(book.worksheets[0])
    page = book.create_sheet(voice.plain("list.sheet"))
    for number, column in enumerate(COLUMNS, start=1):
        letter = get_column_letter(number)
        page.column_dimensions[letter].width = WIDTHS.get(column.key, WIDTH)
        page.column_dimensions[letter].alignment = TOP
        page.column_dimensions[letter].number_format = TEXT
    headings = [voice.plain(f"list.column.{column.key}") for column in COLUMNS]
    write_headings(page, headings)
    about = book.create_sheet(voice.plain("list.about"))
    titles = ("list.about_column", "list.about_use", "list.about_example")
    write_headings(about, [voice.plain(key) for key in titles])
    for number, (column, heading) in enumerate(zip(COLUMNS, headings, strict=True), start=2):
        write(about, number, 1, heading)
        write(about, number, 2, voice.plain(f"list.use.{column.key}"))
        write(about, number, 3, voice.plain(f"list.example.{column.key}"))
    for letter, width in (("A", WIDTH), ("B", 60), ("C", 30)):
        about.column_dimensions[letter].width = width
    out = BytesIO()
    book.save(out)
    return out.getvalue()
