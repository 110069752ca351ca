"""Rosters as a workbook, to be changed and sent back. Its headings are those that are read."""

from collections.abc import Mapping, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from handlers.reading.rosters import MEMBERS
from handlers.words.sheets import TEXT, TOP, to_be_printed, write, write_headings
from handlers.words.voice import Voice
from storage.rosters import Place
from storage.tables import Team

WIDTHS = {"unit": 18, "team": 18, "name": 16, "telegram_id": 16, "tags": 20}  # characters
WIDTH = 10
SPARE = 500  # rows below the last that offer a choice as well


def workbook(
    voice: Voice, rosters: Sequence[tuple[Team, Sequence[Place]]], units: Mapping[int, str]
) -> bytes:
    """Everybody on some rosters, a row each; and a sheet that says what each column is for."""
    book = Workbook()
    book.remove(book.worksheets[0])
    page = book.create_sheet(voice.plain("roster.sheet"))
    headings = [voice.plain(f"roster.column.{column.key}") for column in MEMBERS.columns]
    write_headings(page, headings)
    at = 2
    roles = [voice.plain("roster.role.member"), voice.plain("roster.role.leader")]
    for team, places in rosters:
        for place in places:
            told = {
                "unit": units[team.unit_id],
                "team": team.name,
                "name": place.person.name,
                "telegram_id": str(place.person.telegram_id or ""),
                "role": roles[place.leads],
                "tags": " ".join(place.member.tags),
                "crew": place.member.crew,
            }
            for number, column in enumerate(MEMBERS.columns, start=1):
                write(page, at, number, told[column.key])
            at += 1
    keys = [column.key for column in MEMBERS.columns]
    to_be_printed(page, [WIDTHS.get(key, WIDTH) for key in keys])
    letter = get_column_letter(keys.index("role") + 1)
    choice = DataValidation(type="list", formula1=f'"{",".join(roles)}"', allow_blank=True)
    choice.add(f"{letter}2:{letter}{at + SPARE}")
    page.add_data_validation(choice)
    for number in range(1, len(keys) + 1):
        page.column_dimensions[get_column_letter(number)].number_format = TEXT
        page.column_dimensions[get_column_letter(number)].alignment = TOP
    about = book.create_sheet(voice.plain("list.about"))
    write_headings(about, [voice.plain("list.about_column"), voice.plain("list.about_use")])
    for number, (key, heading) in enumerate(zip(keys, headings, strict=True), start=2):
        write(about, number, 1, heading)
        write(about, number, 2, voice.plain(f"roster.use.{key}"))
    about.column_dimensions["A"].width = WIDTH + 4
    about.column_dimensions["B"].width = 70
    out = BytesIO()
    book.save(out)
    return out.getvalue()
