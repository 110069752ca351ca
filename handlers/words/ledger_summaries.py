"""The first sheet of a ledger: what its days, or its teams, amount to, with a chart."""

from collections.abc import Sequence

from openpyxl.chart import BarChart, Reference
from openpyxl.worksheet.worksheet import Worksheet

from handlers.rules.ledgers import Outcome, Week, together
from handlers.words.sheets import (
    BOLD,
    DAY,
    SHARE,
    Column,
    Row,
    Value,
    to_be_printed,
    write,
    write_headings,
)
from handlers.words.voice import Voice

HEADINGS = 4  # the row of them; above it stand whose ledger it is, and of when
WEEK: Column = ("week", 13, DAY)
TEAM: Column = ("team", 18, "")
FIGURES: tuple[Column, ...] = (
    ("mornings", 9, ""),
    ("expected", 9, ""),
    ("there", 9, ""),
    ("share", 9, SHARE),
    ("right_share", 9, SHARE),
    ("promised", 9, ""),
    ("due_count", 9, ""),
    ("kept", 9, ""),
    ("kept_verified", 9, ""),
    ("kept_late", 9, ""),
    ("overdue", 9, ""),
    ("asked", 9, ""),
    ("confirmed", 9, ""),
)
SHARES = 5  # the column that the chart shows


def figures(found: Week) -> Row:
    """What a week, or any stretch of days, amounts to, under FIGURES."""
    return (
        found.mornings,
        found.expected,
        found.there,
        found.there / found.expected if found.expected else None,
        found.right / found.answers if found.answers else None,
        found.made,
        found.due,
        found.ended[Outcome.KEPT],
        found.verified,
        found.ended[Outcome.KEPT_LATE],
        found.ended[Outcome.OVERDUE],
        found.asked,
        found.receipts,
    )


def write_summary(
    voice: Voice,
    page: Worksheet,
    titles: tuple[str, str],
    of: Column,
    rows: Sequence[tuple[Value, Week]],
) -> None:
    """The sheet: a row for each week or team (`of` is the column of them), a sum, a chart."""
    columns = (of, *FIGURES)
    for number, text in enumerate(titles, start=1):
        write(page, number, 1, text)
        page.merge_cells(start_row=number, start_column=1, end_row=number, end_column=len(columns))
    page.cell(1, 1).font = BOLD
    write_headings(page, [voice.plain(f"ledger.column.{key}") for key, _, _ in columns], HEADINGS)
    shown: list[tuple[Value, Week]] = [*rows]
    if rows:
        shown.append((voice.plain("ledger.total"), together(week for _, week in rows)))
    for number, (name, week) in enumerate(shown, start=HEADINGS + 1):
        for place, (value, (_, _, form)) in enumerate(
            zip((name, *figures(week)), columns, strict=True), start=1
        ):
            write(page, number, place, value, form)
            if number > HEADINGS + len(rows):
                page.cell(number, place).font = BOLD
    to_be_printed(page, [width for _, width, _ in columns], HEADINGS)
    if rows:
        _chart(voice, page, of, HEADINGS + 1, HEADINGS + len(rows))


def _chart(voice: Voice, page: Worksheet, of: Column, first: int, last: int) -> None:
    key, _, form = of
    chart = BarChart()
    chart.title = voice.plain(f"ledger.chart.{key}")
    chart.legend = None
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
    chart.y_axis.number_format = SHARE
    if form:
        chart.x_axis.number_format = form
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.add_data(Reference(page, min_col=SHARES, min_row=first, max_row=last))
    chart.set_categories(Reference(page, min_col=1, min_row=first, max_row=last))
    chart.width, chart.height = 24, 9  # centimetres
    page.add_chart(chart, f"A{last + 3}")
