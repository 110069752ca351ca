"""What somebody was given for themselves: their answers, and 已学 on their own bite."""

from zoneinfo import ZoneInfo

from handlers import reviews
from handlers.requests import Press, Reply, Request, Route
from handlers.rules.calendar import Calendar
from handlers.rules.permissions import Action
from handlers.taps.tutorials import TutorialAnswerTap, TutorialStudiedTap
from handlers.words import plain
from handlers.words import tutorials as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import tutorials
from storage.tutorials import Sheet


async def answered(request: Request, tap: TutorialAnswerTap) -> Reply:
    """Judge an answer: right or wrong, why, and when the question returns."""
    sheet = await _own(request, tap.tutorial)
    if sheet is None:
        return Reply(toast=plain.gone(request.voice))
    point = next((p for p in sheet.points if p.question.id == tap.question), None)
    if point is None or not 1 <= tap.choice <= len(point.question.answers):
        return Reply(toast=plain.gone(request.voice))
    question = point.question
    if question.retired_at is not None or question.edition != tap.edition:
        return Reply(toast=words.changed(request.voice), edit=_message(sheet))
    if point.right is not None:
        return Reply(toast=words.known(request.voice), edit=_message(sheet))
    team, session = sheet.team, request.session
    fresh = await reviews.note(
        session,
        sheet.person.id,
        question,
        team.id,
        Calendar(ZoneInfo(team.timezone)).today(request.now),
        request.now,
        right=tap.choice == question.right,
        tutorial_id=tap.tutorial,
    )
    sheet = await _own(request, tap.tutorial)
    assert sheet is not None
    if not sheet.open:
        await tutorials.close(session, tap.tutorial, request.now)
    if not fresh:
        return Reply(toast=words.known(request.voice), edit=_message(sheet))
    toast = words.judged(request.voice, question, right=tap.choice == question.right)
    return Reply(toast=toast, edit=_message(sheet))


async def studied(request: Request, tap: TutorialStudiedTap) -> Reply:
    """已学 on a bite of one's own: kept, and no matter of the team's counter."""
    sheet = await _own(request, tap.tutorial)
    if sheet is None or sheet.bite is None:
        return Reply(toast=plain.gone(request.voice))
    fresh = await tutorials.studied(request.session, tap.tutorial, request.now)
    at = sheet.tutorial.studied_at or request.now
    zone = ZoneInfo(sheet.team.timezone)
    toast = words.studied(request.voice, at, zone, fresh=fresh)
    if fresh:
        sheet = await _own(request, tap.tutorial) or sheet
    return Reply(toast=toast, edit=_message(sheet))


async def _own(request: Request, tutorial_id: int) -> Sheet | None:
    if request.person is None or not request.private:  # nothing of it stands in a group
        return None
    return await tutorials.own(request.session, tutorial_id, request.person.id)


def _message(sheet: Sheet) -> Message:
    return words.tutorial(Voice(sheet.locale), sheet)


ROUTES: list[Route] = [
    Press(TutorialAnswerTap, answered, needs=Action.STUDY),
    Press(TutorialStudiedTap, studied, needs=Action.STUDY),
]
