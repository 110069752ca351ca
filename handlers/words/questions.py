"""What we say where a question was not understood, or where it is not clear whom it means."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.reading.nearness import Canon
from handlers.reading.questions import Question
from handlers.reading.spans import Span
from handlers.taps.questions import AskTap, ChosenTap
from handlers.words.message import Button, Message
from handlers.words.parts import short
from handlers.words.voice import Voice
from storage.attendance import Seated

MOST = 8  # people to choose from; more want a longer name
LENGTH = 20  # characters of a name that are said back
LABEL = 40  # characters on a button


def days(voice: Voice, span: Span) -> str:
    """The days of an answer, each with its weekday: 11月23日 周一 至 11月25日 周三."""
    if span.days == 1:
        return voice.day(span.first)
    return voice.plain("answer.days", first=voice.day(span.first), last=voice.day(span.last))


def named(voice: Voice, span: Span, today: date) -> str:
    """The same, with the year where it is another one."""
    said = days(voice, span)
    if span.first.year == today.year:
        return said
    return voice.plain("answer.of_year", year=span.first.year, days=said)


def as_of(voice: Voice, told: Message, at: datetime, zone: ZoneInfo) -> Message:
    """An answer on what stands now, and when that is."""
    day = voice.day(at.astimezone(zone).date())
    line = voice("answer.as_of", day=day, at=voice.moment(at, zone))
    return replace(told, html=f"{told.html}\n{line}")


def nearest(voice: Voice, told: Message, found: Sequence[Canon]) -> Message:
    """The same, with questions beneath it that are a tap away."""
    rows = tuple((Button(canon.said(voice.locale), AskTap(canon.key)),) for canon in found)
    return replace(told, buttons=rows)


def which(voice: Voice, question: Question, found: Sequence[Seated]) -> Message:
    """Several are called that: which one?"""
    shown = found[:MOST]
    several = len({seat.team.id for seat in found}) > 1
    span = question.period
    first, last = (span.first, span.last) if span else (None, None)
    rows = tuple(
        (
            Button(
                short(
                    voice.plain("answer.who_in", name=seat.person.name, team=seat.team.name)
                    if several
                    else seat.person.name,
                    LABEL,
                ),
                ChosenTap(question.kind.value, seat.member.id, first, last),
            ),
        )
        for seat in shown
    )
    key = "answer.which_many" if len(found) > MOST else "answer.which"
    return Message(voice(key, name=short(question.who, LENGTH), count=len(found)), rows)


def nobody(voice: Voice, name: str, like: Sequence[str]) -> Message:
    """Nobody is called that; who comes near."""
    said = short(name, LENGTH)
    if not like:
        return Message(voice("answer.nobody", name=said))
    names = voice.plain("format.comma").join(like)
    return Message(voice("answer.nobody_like", name=said, names=names))


def not_yours(voice: Voice) -> Message:
    """What concerns somebody else is for them, and for who leads them."""
    return Message(voice("answer.not_yours"))


def no_team(voice: Voice, name: str) -> Message:
    """None of your teams or units is called that."""
    return Message(voice("answer.no_team", name=short(name, LENGTH)))
