"""A row of the table: what is said, and what it is read as, on Wednesday, 25 November 2026."""

from datetime import date

from handlers.reading.questions import Question
from handlers.reading.spans import Span
from handlers.rules.questions import Kind

TODAY_IS = date(2026, 11, 25)


def day(number: int) -> Span:
    """A day of that November."""
    return Span(date(2026, 11, number), date(2026, 11, number))


TODAY, YESTERDAY, TOMORROW = day(25), day(24), day(26)
WEEK = Span(date(2026, 11, 23), date(2026, 11, 29))
LAST_WEEK = Span(date(2026, 11, 16), date(2026, 11, 22))
NEXT_WEEK = Span(date(2026, 11, 30), date(2026, 12, 6))
MONTH = Span(date(2026, 11, 1), date(2026, 11, 30))
LAST_MONTH = Span(date(2026, 10, 1), date(2026, 10, 31))
SEVEN_DAYS = Span(date(2026, 11, 19), date(2026, 11, 25))

Row = tuple[str, Question]


def asked(
    kind: Kind,
    *rows: tuple[str, Span | None] | tuple[str, Span | None, str],
) -> list[Row]:
    """Rows of one kind: the words, the days, and a team where one is named."""
    return [(row[0], Question(kind, row[1], team=row[2] if len(row) > 2 else "")) for row in rows]


def own(kind: Kind, *rows: tuple[str, Span | None]) -> list[Row]:
    """Rows of what somebody asks of themselves."""
    return [(text, Question(kind, span, mine=True)) for text, span in rows]


def of(kind: Kind, *rows: tuple[str, str, Span | None]) -> list[Row]:
    """Rows of what is asked of somebody: the words, the name in them, the days."""
    return [(text, Question(kind, span, who)) for text, who, span in rows]
