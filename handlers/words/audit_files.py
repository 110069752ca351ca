"""The audit log as an .xlsx file."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment

from handlers.words.audits import by, did, named, state
from handlers.words.sheets import MOMENT, to_be_printed, write, write_headings
from handlers.words.voice import Html, Voice
from storage.audits import Chain, Entry

WIDTHS = {"number": 8, "at": 17, "by": 16, "did": 60, "person": 16, "place": 22, "hash": 70}


def workbook(voice: Voice, chain: Chain, entries: Sequence[Entry], zone: ZoneInfo) -> bytes:
    """The file: how the log stands, and a row for each of its rows."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = voice.plain("audit.log")
    write(sheet, 1, 1, _plainly(state(voice, chain)))
    sheet.cell(1, 1).alignment = Alignment(vertical="top")
    write_headings(sheet, [voice.plain(f"audit.column.{name}") for name in WIDTHS], row=2)
    for number, one in enumerate(entries, start=3):
        values: Mapping[str, str | int] = {
            "number": one.row.number or 0,
            "by": by(voice, one),
            "did": did(voice, one),
            "person": named(one.person, one.row.person_id),
            "place": one.team or one.unit,
            "hash": one.row.hash or "",
        }
        for column, name in enumerate(WIDTHS, start=1):
            if name == "at":
                local = one.row.at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
                write(sheet, number, column, local, MOMENT)
            else:
                write(sheet, number, column, values[name])
    to_be_printed(sheet, list(WIDTHS.values()), headings=2)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _plainly(text: Html) -> str:
    return text.replace("<b>", "").replace("</b>", "")
