"""The week on one page as a picture: calm colours on dark ground, to be read on a phone.

A page of one team shows its days as columns. A page of several has a row for each of them.
"""

from collections.abc import Sequence
from datetime import date

from handlers.rules.calendar import DAY
from handlers.words.drawing import Canvas, abridged, lines, shown, width
from handlers.words.voice import Voice
from handlers.words.weeks import Column, Page, period, rounded, weekday
from storage.weeks import Attendance, TeamWeek

ACROSS, EDGE = 720.0, 36.0
INNER = ACROSS - 2 * EDGE
ROWS = 20  # teams in one picture
GROUND, PANEL, LINE = "#1d252e", "#27323d", "#3a4753"
INK, SOFT, FAINT = "#eef2f5", "#a9b6c1", "#73828f"
GOOD, FAIR, POOR, CALM = "#5fb389", "#d8b25c", "#dd8468", "#6fa8d6"
WELL, MOSTLY = 0.9, 0.7  # shares of attendance from which a day is shown as good, as fair


def picture(voice: Voice, page: Page, number: int = 0) -> str:
    """The picture as SVG. `number`: which part of the teams, counted from 0."""
    canvas = Canvas(ACROSS, GROUND)
    y = _head(voice, canvas, page)
    y = _teams(voice, canvas, page, y, number) if page.several else _team(voice, canvas, page, y)
    return canvas.svg(_foot(voice, canvas, page, y))


def parts(page: Page) -> int:
    """How many pictures the teams take."""
    return max(1, -(-len(page.columns) // ROWS))


def _head(voice: Voice, canvas: Canvas, page: Page) -> float:
    y = 70.0
    if width(shown(page.title)) * 40 <= INNER:
        canvas.text(EDGE, y, page.title, 40, INK, bold=True)
    else:
        for place, line in enumerate(lines(page.title, INNER / 31, 2)):
            y = 62.0 + 40 * place
            canvas.text(EDGE, y, line, 31, INK, bold=True)
    days = period(voice, page.monday)
    if not page.over:
        local = page.at.astimezone(page.zone)
        days = voice.plain(
            "week.picture.until",
            days=days,
            day=weekday(voice, local.date()),
            at=f"{local:%H:%M}",
        )
    canvas.text(EDGE, y + 42, days, 26, SOFT, room=INNER)
    return y + 70


def _foot(voice: Voice, canvas: Canvas, page: Page, y: float) -> float:
    canvas.box(EDGE, y + 8, INNER, 2, LINE)
    found = page.cost
    said = voice.plain("week.picture.no_cost")
    if found.messages:
        said = voice.plain(
            "week.picture.cost", messages=rounded(found.messages), minutes=rounded(found.minutes)
        )
    canvas.text(EDGE, y + 50, said, 24, SOFT, room=INNER)
    return y + 78


# -- one team --------------------------------------------------------------------------------


def _team(voice: Voice, canvas: Canvas, page: Page, y: float) -> float:
    y = _days(voice, canvas, page, y)
    y = _promises(voice, canvas, page, y)
    y = _missed(voice, canvas, page, y)
    return _last(voice, canvas, page, y)


def _days(voice: Voice, canvas: Canvas, page: Page, y: float) -> float:
    """A column for each day: how many of those who were expected; who was excused below."""
    if not page.days:
        canvas.box(EDGE, y, INNER, 64, PANEL, 16)
        none = voice.plain("week.picture.no_mornings")
        canvas.text(EDGE + 24, y + 41, none, 26, SOFT, room=INNER - 48)
        return y + 84
    high, deep = 300.0, 150.0
    canvas.box(EDGE, y, INNER, high, PANEL, 16)
    whole = page.attendance
    canvas.text(EDGE + 24, y + 42, voice.plain("week.picture.attendance"), 26, SOFT)
    if whole.expected:
        said = f"{whole.done}/{whole.expected}"
        canvas.text(ACROSS - EDGE - 24, y + 42, said, 28, INK, anchor="end", bold=True)
    days = _shown(page)
    step = (INNER - 32) / len(days)
    base = y + 76 + deep
    for place, day in enumerate(days):
        middle = EDGE + 16 + step * (place + 0.5)
        wide = min(step - 18, 64)
        found = page.days.get(day)
        canvas.box(middle - wide / 2, base - deep + 24, wide, deep - 24, LINE, 6)
        label = SOFT if found else FAINT
        canvas.text(middle, base + 30, weekday(voice, day), 24, label, anchor="middle")
        if found is None:
            canvas.text(middle, base - 10, "–", 24, FAINT, anchor="middle")
            continue
        share = found.done / found.expected if found.expected else 0.0
        top = (deep - 24) * share
        canvas.box(middle - wide / 2, base - top, wide, top, _colour(found), 6)
        said = f"{found.done}/{found.expected}" if found.expected else "–"
        canvas.text(middle, base - deep + 16, said, 22, INK, anchor="middle", room=step)
        if found.excused:
            away = voice.plain("week.picture.excused", count=found.excused)
            canvas.text(middle, base + 60, away, 22, CALM, anchor="middle", room=step)
    return y + high + 20


def _shown(page: Page) -> Sequence[date]:
    """Monday to Friday, and those days of the weekend that had a morning."""
    every = [page.monday + n * DAY for n in range(7)]
    return [day for day in every if day.weekday() < 5 or day in page.days]


def _colour(found: Attendance) -> str:
    if not found.expected:
        return FAINT
    share = found.done / found.expected
    return GOOD if share >= WELL else FAIR if share >= MOSTLY else POOR


def _promises(voice: Voice, canvas: Canvas, page: Page, y: float) -> float:
    """Four figures side by side."""
    figures = (
        ("made", page.flow.made, INK),
        ("due", page.flow.due, INK),
        ("kept", page.flow.kept, GOOD if page.flow.kept else INK),
        ("late", page.late, POOR if page.late else INK),
    )
    gap, high = 12.0, 112.0
    wide = (INNER - gap * (len(figures) - 1)) / len(figures)
    for place, (key, count, fill) in enumerate(figures):
        x = EDGE + place * (wide + gap)
        canvas.box(x, y, wide, high, PANEL, 16)
        middle = x + wide / 2
        canvas.text(middle, y + 56, str(count), 44, fill, anchor="middle", bold=True)
        said = voice.plain(f"week.picture.{key}")
        canvas.text(middle, y + 92, said, 23, SOFT, anchor="middle", room=wide - 12)
    return y + high + 20


def _missed(voice: Voice, canvas: Canvas, page: Page, y: float) -> float:
    """The point that was missed most often: the question, and the right answer."""
    inside = INNER - 48
    found = page.missed
    if found is None:
        canvas.box(EDGE, y, INNER, 64, PANEL, 16)
        canvas.text(
            EDGE + 24, y + 41, voice.plain("week.picture.no_missed"), 26, SOFT, room=inside
        )
        return y + 84
    one, wrong = found
    ask = lines(one.question.ask, inside / 28, 3)
    right = one.question.answers[one.question.right - 1]
    answer = lines(voice.plain("week.picture.right", right=right), inside / 26, 1)
    high = 62 + 38 * len(ask) + 44
    canvas.box(EDGE, y, INNER, high, PANEL, 16)
    said = voice.plain("week.picture.missed", wrong=wrong)
    if not page.several:
        said = voice.plain("week.picture.missed_of", wrong=wrong, answers=one.answers)
    canvas.text(EDGE + 24, y + 42, said, 26, SOFT, room=inside)
    for place, line in enumerate(ask):
        canvas.text(EDGE + 24, y + 84 + 38 * place, line, 28, INK, room=inside)
    below = y + 84 + 38 * len(ask)
    canvas.text(EDGE + 24, below, "".join(answer), 26, GOOD, room=inside)
    return y + high + 20


def _last(voice: Voice, canvas: Canvas, page: Page, y: float) -> float:
    """Receipts, and what waits for a decision now."""
    found, waits = page.receipts, page.waiting
    counts = {
        "claimed": waits.claimed,
        "help": waits.help,
        "hard": waits.hard,
        "overdue": waits.overdue,
    }
    open_ = [(key, count) for key, count in counts.items() if count]
    high = 72 + (72 if open_ else 56)
    canvas.box(EDGE, y, INNER, high, PANEL, 16)
    canvas.text(EDGE + 24, y + 44, voice.plain("week.picture.receipts"), 26, SOFT)
    said = f"{found.done}/{found.expected}" if found.expected else "–"
    canvas.text(ACROSS - EDGE - 24, y + 44, said, 28, INK, anchor="end", bold=True)
    if found.expected:
        x, wide = EDGE + 160, INNER - 320
        canvas.box(x, y + 28, wide, 16, LINE, 8)
        share = found.done / found.expected
        canvas.box(x, y + 28, wide * share, 16, GOOD if share >= WELL else FAIR, 8)
    canvas.text(EDGE + 24, y + 100, voice.plain("week.picture.waiting"), 26, SOFT)
    if not open_:
        none = voice.plain("week.picture.nothing")
        canvas.text(ACROSS - EDGE - 24, y + 100, none, 26, INK, anchor="end")
        return y + high + 12
    x = EDGE + 160.0
    step = (INNER - 160 - 16) / len(counts)
    for key, count in open_:
        name = voice.plain(f"week.picture.{key}")
        middle = x + step / 2
        fill = POOR if key == "overdue" else FAIR
        canvas.text(middle, y + 98, str(count), 32, fill, anchor="middle", bold=True)
        canvas.text(middle, y + 128, name, 21, SOFT, anchor="middle", room=step - 6)
        x += step
    return y + high + 12


# -- several ---------------------------------------------------------------------------------


NAME, FIGURE, HIGH = 190.0, 80.0, 46.0  # columns of names and of figures; a row


def _teams(voice: Voice, canvas: Canvas, page: Page, y: float, number: int) -> float:
    """Their sum, then a row for each team: days as cells, promises, receipts, what waits."""
    y = _promises(voice, canvas, page, y)
    if page.missed is not None and number == 0:
        y = _missed(voice, canvas, page, y)
    days = _shown(page)
    right = [ACROSS - EDGE + 4 - FIGURE * (place + 0.5) for place in (2, 1, 0)]
    heads = [voice.plain(f"week.picture.column.{key}") for key in ("kept", "receipts", "waiting")]
    cell = (right[0] - FIGURE / 2 - 6 - (EDGE + NAME)) / len(days)
    y += 20
    said = voice.plain("week.picture.column.attendance")
    canvas.text(EDGE + NAME - 10, y, said, 22, SOFT, anchor="end", room=NAME)
    for place, day in enumerate(days):
        middle = EDGE + NAME + cell * (place + 0.5)
        name = voice.plain(f"week.picture.weekday.{day.weekday()}")
        canvas.text(middle, y, name, 22, SOFT, anchor="middle")
    for x, said in zip(right, heads, strict=True):
        canvas.text(x, y, said, 22, SOFT, anchor="middle", room=FIGURE - 6)
    y += 14
    rows = page.columns[number * ROWS : (number + 1) * ROWS]
    for place, column in enumerate(rows):
        if place % 2 == 0:
            canvas.box(EDGE - 12, y, INNER + 24, HIGH, PANEL, 8)
        _row(canvas, column, days, y, (cell, right))
        y += HIGH
    every = Column(voice.plain("week.picture.all", n=len(page.columns)), _whole(page))
    canvas.box(EDGE - 12, y + 4, INNER + 24, 2, LINE)
    _row(canvas, every, days, y + 8, (cell, right), bold=True)
    return y + HIGH + 14


def _row(
    canvas: Canvas,
    column: Column,
    days: Sequence[date],
    y: float,
    where: tuple[float, Sequence[float]],
    *,
    bold: bool = False,
) -> None:
    cell, right = where
    week, base = column.week, y + 32
    _name(canvas, column.name, y, bold=bold)
    for place, day in enumerate(days):
        x = EDGE + NAME + cell * place
        found = week.days.get(day)
        if found is None or not found.expected:
            canvas.text(x + cell / 2, base, "–", 22, FAINT, anchor="middle")
            continue
        canvas.box(x + 3, y + 6, cell - 6, HIGH - 12, _colour(found), 6)
        share = f"{100 * found.done // found.expected}"
        size = min(21, (cell - 5) / width(share))
        canvas.text(x + cell / 2, base - 1, share, size, GROUND, anchor="middle")
    flow, receipts = week.flow, week.receipts
    waits = week.waiting
    count = waits.claimed + waits.help + waits.hard + waits.overdue
    said = (
        (f"{flow.kept}/{flow.due}" if flow.due else "–", POOR if week.late else INK),
        (f"{receipts.done}/{receipts.expected}" if receipts.expected else "–", INK),
        (str(count) if count else "–", FAIR if count else FAINT),
    )
    for x, (text, fill) in zip(right, said, strict=True):
        ink = FAINT if text == "–" else fill
        size = min(23, (FIGURE - 8) / width(text))  # a figure is never cut
        canvas.text(x, base, text, size, ink, anchor="middle", bold=bold)


def _name(canvas: Canvas, name: str, y: float, *, bold: bool) -> None:
    """A name in one line, or smaller in two."""
    room = NAME - 12
    if width(shown(name)) * 21 <= room:
        canvas.text(EDGE, y + 32, name, 25, INK, room=room, bold=bold)
        return
    said = lines(abridged(shown(name), 1.9 * room / 18), room / 18, 2)
    for place, line in enumerate(said):
        canvas.text(EDGE, y + (31 if len(said) == 1 else 19 + 20 * place), line, 18, INK)


def _whole(page: Page) -> TeamWeek:
    return TeamWeek(
        days=page.days,
        flow=page.flow,
        late=page.late,
        receipts=page.receipts,
        waiting=page.waiting,
    )
