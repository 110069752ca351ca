"""What we say of study: the card of a morning, and the word on an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers.reading.markdown import to_html
from handlers.reading.spans import Span
from handlers.taps.cards import AnswerTap, LeaveTap, PledgeTap, StudiedTap
from handlers.words.message import Button, Message, Rows, length
from handlers.words.parts import TEXT, short, split
from handlers.words.questions import named
from handlers.words.status import together
from handlers.words.voice import Html, Voice
from storage.checkins import Tally
from storage.study import Lesson
from storage.tables import Question, Team

TOAST = 200  # characters that Telegram shows of an answer to a tap
BRIEF = 60  # what can be read before a toast is gone; more gets a window
NARROW = 8  # characters of an answer that fit beside another on a phone
MOST = 40  # names on a card
DAYS = 25  # lines of what was studied
LETTERS = "ABCDEF"
CUT = "…"


@dataclass(frozen=True)
class Facts:
    """What a card tells, whatever has to be left out of its text."""

    lesson: Lesson
    tally: Tally
    awaited: int | None
    missing: Sequence[str]


def card(
    voice: Voice,
    lesson: Lesson,
    tally: Tally,
    *,
    due: Html | None = None,
    awaited: int | None = None,
    most: int | None = None,
    missing: Sequence[str] = (),
) -> Message:
    """The morning's card.

    due      the team's promises that are due, a line each
    awaited  the year whose notice of holidays may still change that this is a workday
    most     how long it may be: without the promises then, or with less of the bite, if need be
    missing  who has not studied, where the team wants that said once it is closed
    """
    facts = Facts(lesson, tally, awaited, missing)
    html = _card(voice, facts, Html(to_html(lesson.bite.body)), due)
    if most is not None and length(html) > most:
        html = _shortened(voice, facts, most)
    morning = lesson.morning
    tools = (
        Button(voice.plain("button.studied"), StudiedTap(morning.id)),
        Button(voice.plain("button.promise"), PledgeTap(morning.id)),
        Button(voice.plain("button.leave"), LeaveTap(morning.id)),
    )
    return Message(html, (*_answers(lesson), tools))


def _shortened(voice: Voice, facts: Facts, most: int) -> Html:
    body = Html(to_html(facts.lesson.bite.body))
    html = _card(voice, facts, body, None)
    if (over := length(html) - most) <= 0:
        return html
    room = length(body) - over - len(CUT)
    body = Html(split(body, room, TEXT)[0] + CUT) if room > 0 else Html(CUT)
    return _card(voice, facts, body, None)


def _card(voice: Voice, facts: Facts, body: Html, due: Html | None) -> Html:
    lesson, tally, awaited, missing = facts.lesson, facts.tally, facts.awaited, facts.missing
    morning = lesson.morning
    parts = [_head(voice, lesson), body]
    if lesson.bite.remember:
        parts.append(voice("card.remember", text=lesson.bite.remember))
    if lesson.bite.link:
        parts.append(voice("card.link", url=lesson.bite.link))
    parts += [_question(voice, question, lesson.questions) for question in lesson.questions]
    if due:
        parts.append(due)
    if awaited:
        parts.append(voice("card.provisional", year=awaited))
    counter = "card.closed" if morning.closed_at else "card.counter"
    parts.append(voice(counter, done=tally.done, expected=tally.expected))
    if missing:
        parts[-1] = Html(f"{parts[-1]}\n{_names(voice, missing)}")
    return Html("\n\n".join(parts))


def bite(voice: Voice, lesson: Lesson, tally: Tally) -> Message:
    """The day's bite for somebody who asks again: no buttons, the card has them."""
    parts = [_head(voice, lesson), Html(to_html(lesson.bite.body))]
    if lesson.bite.remember:
        parts.append(voice("card.remember", text=lesson.bite.remember))
    parts.append(voice("card.counter", done=tally.done, expected=tally.expected))
    return Message(Html("\n\n".join(parts)))


def none_today(voice: Voice) -> Message:
    """No card today, so far."""
    return Message(voice("study.none_today"))


def several(messages: Sequence[Message]) -> Message:
    """The bites of several teams, each once."""
    return Message(Html("\n\n".join(dict.fromkeys(message.html for message in messages))))


def several_days(voice: Voice, found: Sequence[Message]) -> Message:
    """The same, as far as it fits one message."""
    return together(voice, [Message(html) for html in dict.fromkeys(one.html for one in found)])


def none_then(voice: Voice, span: Span, today: date) -> Message:
    """There was no card on those days."""
    return Message(voice("answer.none_studied", days=named(voice, span, today)))


def titles(
    voice: Voice,
    span: Span,
    today: date,
    teams: Sequence[Team],
    rows: Sequence[tuple[int, date, str]],
) -> Message:
    """What was studied on several days: a line a day, the newest where there are too many."""
    if not rows:
        return none_then(voice, span, today)
    lines = [voice("answer.studied_head", days=named(voice, span, today), count=len(rows))]
    for team in teams:
        own = [(day, title) for team_id, day, title in rows if team_id == team.id]
        if len(teams) > 1 and own:
            lines.append(voice("answer.of_team", team=team.name))
        lines += [
            voice("answer.studied_line", day=voice.day(day), title=title)
            for day, title in own[-DAYS:]
        ]
        if len(own) > DAYS:
            lines.append(voice("answer.earlier", n=len(own) - DAYS))
    return Message(Html("\n".join(lines)))


def judged(voice: Voice, question: Question, choice: int, *, first: bool) -> tuple[str, bool]:
    """The word on an answer, for the one who gave it; whether it needs a window to be read."""
    right = question.answers[question.right - 1]
    if choice == question.right:
        text = voice.plain("answer.right", why=question.why)
    else:
        text = voice.plain("answer.wrong", right=right, why=question.why)
    if not first:
        text = voice.plain("answer.again", mine=question.answers[choice - 1], text=text)
    text = text.strip()
    said = short(text, TOAST)
    return said, len(said) > BRIEF


def _head(voice: Voice, lesson: Lesson) -> Html:
    return voice("card.head", day=voice.day(lesson.morning.day), title=lesson.bite.title)


def _names(voice: Voice, names: Sequence[str]) -> Html:
    shown = voice.plain("format.comma").join(names[:MOST])
    key = "card.missing_many" if len(names) > MOST else "card.missing"
    return voice(key, names=shown, count=len(names))


def _question(voice: Voice, question: Question, every: Sequence[Question]) -> Html:
    if len(every) == 1:
        return voice("card.question", ask=question.ask)
    lines = [voice("card.question_numbered", number=question.position, ask=question.ask)]
    lines += [
        voice("card.choice", letter=letter, text=text)
        for letter, text in zip(LETTERS, question.answers, strict=False)
    ]
    return Html("\n".join(lines))


def _answers(lesson: Lesson) -> Rows:
    """One question: its answers, brief ones two in a row. Several: a row of letters for each."""
    alone = len(lesson.questions) == 1
    rows: list[tuple[Button, ...]] = []
    for question in lesson.questions:
        buttons = [
            Button(
                text if alone else f"{question.position}{letter}",
                AnswerTap(lesson.morning.id, question.id, place),
            )
            for place, (letter, text) in enumerate(
                zip(LETTERS, question.answers, strict=False), start=1
            )
        ]
        brief = all(len(text) <= NARROW for text in question.answers)
        wide = len(buttons) if not alone else 2 if brief else 1
        rows += [tuple(buttons[i : i + wide]) for i in range(0, len(buttons), wide)]
    return tuple(rows)
