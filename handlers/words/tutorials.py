"""What we say to one person for themselves: a question that came back, a bite of their own."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.reading.markdown import to_html
from handlers.rules.calendar import DAY, Calendar
from handlers.taps.tutorials import TutorialAnswerTap, TutorialStudiedTap
from handlers.words.message import Button, Message, Rows
from handlers.words.study import LETTERS, NARROW, TOAST
from handlers.words.voice import Html, Voice
from storage.tables import Bite, Question
from storage.tutorials import Point, Sheet


def tutorial(voice: Voice, sheet: Sheet) -> Message:
    """The one private message of a morning, as it stands: first what came back, then the bite."""
    numbered = len(sheet.points) > 1
    said = [
        _point(voice, sheet, point, number if numbered else 0)
        for number, point in enumerate(sheet.points, start=1)
    ]
    blocks: list[Html] = []
    if said and sheet.points[0].question.id == sheet.tutorial.question_id:
        head = voice("tutorial.again", title=sheet.points[0].title)
        blocks.append(Html(f"{head}\n{said.pop(0)}"))
    if sheet.bite:
        blocks.append(_bite(voice, sheet.bite))
    blocks += said
    if at := sheet.tutorial.studied_at:
        zone = ZoneInfo(sheet.team.timezone)
        blocks.append(voice("tutorial.studied", at=voice.moment(at, zone)))
    buttons = _buttons(voice, sheet, numbered=numbered)
    return Message(Html("\n\n".join(blocks)), buttons, silent=True)  # the card has rung


def judged(voice: Voice, question: Question, *, right: bool) -> str:
    """The brief word on an answer; the message itself then has the rest."""
    if right:
        return voice.plain("tutorial.right")
    return voice.plain("tutorial.wrong", right=question.answers[question.right - 1])


def known(voice: Voice) -> str:
    """You have answered this today: the first answer counts."""
    return voice.plain("tutorial.known")


def changed(voice: Voice) -> str:
    """The question is not what it was when you were asked."""
    return voice.plain("tutorial.changed")


def studied(voice: Voice, at: datetime, zone: ZoneInfo, *, fresh: bool) -> str:
    """You have studied your own bite."""
    key = "tutorial.studied" if fresh else "tutorial.studied_before"
    return voice.plain(key, at=voice.moment(at, zone))


def invited(voice: Voice, toast: str) -> str:
    """There is a bite for you alone, and how it can reach you; behind what the tap says anyway."""
    return f"{toast}\n{voice.plain('tutorial.invited')}"


def with_point(voice: Voice, judged: str, question: Question) -> str:
    """The word on an answer, and behind it a question that is due: both fit, shortened if need be.

    The due question's reason is told where there is room for all of it.
    """
    said, right = judged.strip(), question.answers[question.right - 1]
    room = TOAST - 1 - min(len(said), TOAST // 3)
    point = voice.plain("tutorial.point", ask=question.ask, right=right)
    if (over := len(point) - room) > 0:
        point = voice.plain("tutorial.point", ask=_short(question.ask, over), right=right)
    left = TOAST - 1 - len(point)
    if len(said) > left:
        said = f"{said[: left - 1]}…"
    elif len(said) + len(question.why) <= left:
        point += question.why
    return f"{said}\n{point}"


def _short(text: str, over: int) -> str:
    return f"{text[: len(text) - over - 1]}…"


def _bite(voice: Voice, bite: Bite) -> Html:
    tags = voice.plain("format.comma").join(bite.tags)
    lines = [
        voice("tutorial.bite", tags=tags, title=bite.title),
        Html(to_html(bite.body)),
    ]
    if bite.remember:
        lines.append(voice("card.remember", text=bite.remember))
    if bite.link:
        lines.append(voice("card.link", url=bite.link))
    return Html("\n\n".join(lines))


def _point(voice: Voice, sheet: Sheet, point: Point, number: int) -> Html:
    question = point.question
    if number:
        lines = [voice("card.question_numbered", number=number, ask=question.ask)]
    else:
        lines = [voice("card.question", ask=question.ask)]
    if point.right is None and number and _waits(sheet, point):
        lines += [
            voice("card.choice", letter=letter, text=text)
            for letter, text in zip(LETTERS, question.answers, strict=False)
        ]
    if point.right is not None:
        right = question.answers[question.right - 1]
        key = "tutorial.was_right" if point.right else "tutorial.was_wrong"
        lines.append(voice(key, right=right, why=question.why))
        if point.back is not None:
            lines.append(voice("tutorial.back", day=voice.day(_workday(sheet, point.back))))
    elif not _waits(sheet, point):
        lines.append(voice("tutorial.unanswered"))
    return Html("\n".join(lines))


def _workday(sheet: Sheet, day: date) -> date:
    """The first workday from a day on."""
    return Calendar(ZoneInfo(sheet.team.timezone)).next_workday(day - DAY)


def _waits(sheet: Sheet, point: Point) -> bool:
    gone = sheet.tutorial.closed_at is not None or point.question.retired_at is not None
    return point.right is None and not gone


def _buttons(voice: Voice, sheet: Sheet, *, numbered: bool) -> Rows:
    rows: list[tuple[Button, ...]] = []
    for number, point in enumerate(sheet.points, start=1):
        if _waits(sheet, point):
            rows += _answers(sheet, point.question, number if numbered else 0)
    if sheet.bite and sheet.tutorial.studied_at is None:
        tap = TutorialStudiedTap(sheet.tutorial.id)
        rows.append((Button(voice.plain("button.studied"), tap),))
    return tuple(rows)


def _answers(sheet: Sheet, question: Question, number: int) -> Sequence[tuple[Button, ...]]:
    """As on a card: the answers themselves, brief ones two in a row; of several, their letters."""
    brief = all(len(text) <= NARROW for text in question.answers)
    buttons = [
        Button(
            f"{number}{letter}" if number else text,
            TutorialAnswerTap(sheet.tutorial.id, question.id, question.edition, place),
        )
        for place, (letter, text) in enumerate(
            zip(LETTERS, question.answers, strict=False), start=1
        )
    ]
    wide = len(buttons) if number else 2 if brief else 1
    return [tuple(buttons[i : i + wide]) for i in range(0, len(buttons), wide)]
