"""Somebody's record in plain words, and the taps that ask: a near question, a chosen person."""

from dataclasses import replace

from handlers import persons, whom
from handlers.reading.nearness import BY_KEY
from handlers.reading.questions import Question
from handlers.reading.scenes import YEARS
from handlers.reading.spans import Span
from handlers.requests import Asked, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.rules.questions import Kind
from handlers.taps.questions import AskTap, ChosenTap
from handlers.words import plain


async def record(request: Request) -> Reply | None:
    """How somebody's mornings went: one's own, or, by right, somebody else's."""
    assert request.question is not None
    return await persons.about(request, request.question)


async def again(request: Request, tap: AskTap) -> Reply:
    """A question that was offered is asked, as if it had been written."""
    canon = BY_KEY.get(tap.question)
    if canon is None:
        return Reply(toast=plain.gone(request.voice))
    return Reply(says=canon.said(request.voice.locale))


async def chosen(request: Request, tap: ChosenTap) -> Reply:
    """Of several who may have been meant, this one: the right to it is asked again."""
    voice = request.voice
    if tap.kind not in {kind.value for kind in persons.ABOUT}:
        return Reply(toast=plain.gone(voice))
    seat = await whom.chosen(request, tap.member)
    if seat is None:
        return Reply(toast=plain.denied(voice))
    span = Span(tap.first, tap.last) if tap.first and tap.last else None
    if span and not (span.first.year in YEARS and span.last.year in YEARS and span.days > 0):
        return Reply(toast=plain.gone(voice))
    question = Question(Kind(tap.kind), span, seat.person.name)
    asked = replace(request, text="", question=question)
    answer = await persons.of_seat(asked, question, seat)
    if isinstance(answer, str):
        return Reply(toast=answer, alert=True)
    return Reply(message=answer) if request.private else Reply(private=answer)


ROUTES: list[Route] = [
    Asked(Kind.CHECKINS, record),
    Asked(Kind.STREAK, record),
    Press(AskTap, again, needs=Action.ASK),
    Press(ChosenTap, chosen, needs=Action.ASK),
]
