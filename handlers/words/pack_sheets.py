"""A course pack as an .xlsx file: what was exported, or a template to be filled in.

Its sheets and headings are those that `handlers.reading.pack_sheets` reads. Every text is written
as text, so that none becomes a formula, a number or a date, whatever it begins with.
"""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from itertools import zip_longest

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from handlers.reading.pack_sheets import ANSWERS, BETWEEN, BITES, PACK, PLEDGES
from handlers.reading.packs import BiteFile, PackFile, QuestionFile
from handlers.reading.tables import Sheet
from handlers.words.sheets import TEXT, TOP, write, write_headings
from handlers.words.voice import LOCALES, Voice

Values = Mapping[str, str | int]

NUMBERS = ("version", "right")
WIDTHS = {
    "body": 60,
    "ask": 32,
    "why": 40,
    "source": 60,
    "remember": 28,
    "title": 28,
}  # characters
WIDTH = 16
LAST_ROW = 2000  # up to which there are drop-downs
EXAMPLE = (
    "pack",
    "source",
    "title",
    "body",
    "remember",
    "ask",
    "first",
    "second",
    "third",
    "why",
    "pledge",
)


def template(voice: Voice) -> bytes:
    """A file to be filled in: one bite as an example, and what each column is for."""
    return workbook(voice, example(voice))


def workbook(voice: Voice, pack: PackFile) -> bytes:
    """The pack as a file; read again, it is the same pack."""
    book = Workbook()
    book.remove(book.worksheets[0])
    fill(voice, book, PACK, [head(pack)])
    fill(voice, book, BITES, (row for bite in pack.bites for row in rows(bite)))
    explain(voice, book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def fill(voice: Voice, book: Workbook, sheet: Sheet, rows: Iterable[Values]) -> None:
    """Write one sheet: headings, rows, and a choice where there is one."""
    page = book.create_sheet(voice.plain(f"sheet.{sheet.key}"))
    letters = {}
    for number, column in enumerate(sheet.columns, start=1):
        letters[column.key] = letter = get_column_letter(number)
        page.column_dimensions[letter].width = WIDTHS.get(column.key, WIDTH)
        page.column_dimensions[letter].alignment = TOP
        if column.key not in NUMBERS:
            page.column_dimensions[letter].number_format = TEXT
    write_headings(page, [heading(voice, column.key) for column in sheet.columns])
    for number, values in enumerate(rows, start=2):
        for index, column in enumerate(sheet.columns, start=1):
            write(page, number, index, values.get(column.key, ""))
    if sheet is PACK:
        choose(voice, page, f"{letters['language']}2", "language", LOCALES)
    else:
        numbers = [str(number) for number in range(1, len(ANSWERS) + 1)]
        cells = f"{letters['right']}2:{letters['right']}{LAST_ROW}"
        choose(voice, page, cells, "right", numbers)


def choose(voice: Voice, page: Worksheet, cells: str, key: str, choices: Sequence[str]) -> None:
    """Offer a choice in some cells; another language is possible, another place is not."""
    choice = DataValidation(
        type="list",
        formula1=f'"{",".join(choices)}"',
        allow_blank=True,
        errorStyle="stop" if key in NUMBERS else "warning",
        error=voice.plain(f"sheet.choice.{key}"),
        showErrorMessage=True,
    )
    choice.add(cells)
    page.add_data_validation(choice)


def explain(voice: Voice, book: Workbook) -> None:
    """The sheet that says what each column is for."""
    page = book.create_sheet(voice.plain("sheet.about"))
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = WIDTH, WIDTH
    page.column_dimensions["C"].width = 90
    write_headings(page, [voice.plain(f"sheet.about.{key}") for key in ("sheet", "column", "use")])
    number = 2
    for sheet in (PACK, BITES):
        for column in sheet.columns:
            key, place = parted(column.key)
            if place in ("", "1"):
                use = voice.plain(f"sheet.use.{'pack_' * (sheet is PACK)}{key}")
                name = voice.plain(f"sheet.{sheet.key}")
                for index, text in enumerate((name, heading(voice, column.key), use), start=1):
                    write(page, number, index, text)
                number += 1
    write(page, number, 3, voice.plain("sheet.about.more"))


def heading(voice: Voice, key: str) -> str:
    """A column's heading."""
    key, place = parted(key)
    return voice.plain(f"sheet.column.{key}", place=place)


def parted(key: str) -> tuple[str, str]:
    """A column's key without its number, and the number."""
    name = key.rstrip("0123456789")
    return name, key.removeprefix(name)


def head(pack: PackFile) -> Values:
    """The pack's own row."""
    return {
        "pack": pack.slug,
        "title": pack.title,
        "language": pack.language,
        "version": pack.version,
        "source": pack.source,
    }


def rows(bite: BiteFile) -> list[Values]:
    """The rows of a bite: the first has all that is its own, each has a question."""
    own: Values = {
        "id": bite.slug,
        "title": bite.title,
        "body": bite.body,
        "remember": bite.remember,
        "link": bite.link,
        "media": bite.media,
        "tags": tags(bite.tags),
        **dict(zip(PLEDGES, bite.pledges, strict=False)),
    }
    nothing: Values = {}
    asked = [asking(question) for question in bite.questions]
    return [{**mine, **its} for mine, its in zip_longest([own], asked, fillvalue=nothing)]


def asking(question: QuestionFile) -> Values:
    """The columns of a question."""
    answers: Values = dict(zip(ANSWERS, question.answers, strict=False))
    return {"ask": question.ask, **answers, "right": question.right, "why": question.why}


def tags(texts: Sequence[str]) -> str:
    """Tags in one cell: a line each where one has a space or comma of its own."""
    if any(BETWEEN.search(text) for text in texts):
        return "\n".join(texts) + "\n"
    return ", ".join(texts)


def example(voice: Voice) -> PackFile:
    """A pack of one bite that shows how."""
    said = {key: voice.plain(f"sheet.example.{key}") for key in EXAMPLE}
    question = QuestionFile(
        said["ask"], (said["first"], said["second"], said["third"]), 2, said["why"]
    )
    bite = BiteFile(
        "hot-work",
        said["title"],
        said["body"],
        said["remember"],
        questions=(question,),
        pledges=(said["pledge"],),
    )
    return PackFile("our-pack", said["pack"], voice.locale, 1, said["source"], (bite,))
