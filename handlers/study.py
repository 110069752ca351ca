"""Study: the day's bite again, and the answers to its questions."""

from dataclasses import replace

from handlers import reviews, whom
from handlers.reading.spans import Span
from handlers.requests import Asked, Command, Press, Reply, Request, Route
from handlers.rules.calendar import DAY
from handlers.rules.permissions import Action
from handlers.rules.questions import Kind
from handlers.scopes import at_fault
from handlers.taps.cards import AnswerTap
from handlers.words import checkins as checkin_words
from handlers.words import plain
from handlers.words import study as words
from handlers.words import tutorials as tutorial_words
from handlers.words.message import Message
from storage import attendance, checkins, media, pupils, study, tutorials
from storage.study import Lesson

AHEAD = 7 * DAY  # a card may be out on the evening before


async def answer(request: Request, tap: AnswerTap) -> Reply:
    """Judge an answer, for the one who gave it alone. The first one counts."""
    lesson = await study.lesson(request.session, tap.morning)
    if lesson is None or request.team is None or lesson.team.id != request.team.id:
        return Reply(toast=checkin_words.elsewhere(request.voice))
    question = next((q for q in lesson.questions if q.id == tap.question), None)
    assert request.member is not None
    if question is None or not 1 <= tap.choice <= len(question.answers):
        return Reply(toast=plain.gone(request.voice))
    choice, first = await study.answer(
        request.session, tap.morning, question.id, request.member.id, tap.choice, request.now
    )
    counted = min(choice, len(question.answers))  # a newer version may have fewer answers
    text, alert = words.judged(request.voice, question, counted, first=first)
    if first:
        await reviews.note(
            request.session,
            request.member.person_id,
            question,
            request.team.id,
            request.today,
            request.now,
            right=choice == question.right,
        )
        if longer := await _with_point(request, lesson, text):
            return Reply(toast=longer, alert=True)
    return Reply(toast=text, alert=alert)


async def _with_point(request: Request, lesson: Lesson, text: str) -> str | None:
    """The word on an answer, and a due question's point: for whom no private message reaches."""
    session, member, day = request.session, request.member, request.today
    assert member is not None
    question = await pupils.point(session, member.person_id, day, lesson.bite.id)
    if question is None or not await tutorials.tell_point(
        session, member.person_id, member.team_id, day, question.id, request.now
    ):
        return None
    return tutorial_words.with_point(request.voice, text, question)


async def today(request: Request) -> Reply:
    """/today: the bite of the day, of this team or of each of mine.

    The evening before may have brought tomorrow's; it is shown where today has none.
    """
    teams = await request.teams()
    last = request.today + AHEAD
    rows = await attendance.mornings(
        request.session, [team.id for team in teams], request.today, last
    )
    first = {morning.team_id: morning.id for morning in reversed(rows)}
    lessons = await study.lessons(request.session, list(first.values()))
    counted = await checkins.tallies(request.session, list(lessons))
    own = [lessons[first[team.id]] for team in teams if team.id in first]
    found = [words.bite(request.voice, one, counted[one.morning.id]) for one in own]
    bites = [one.bite for one in own]
    if not found:
        return Reply(message=words.none_today(request.voice))
    message = words.several(found)
    shown = await media.of(request.session, bites[0]) if len(bites) == 1 else None
    if shown and (file_id := await media.telegrams(request.session, shown)):
        message = replace(message, media=shown.media, file_id=file_id)
    return Reply(message=message)


async def studied(request: Request) -> Reply | None:
    """What was studied on a day, or day by day on several; today's as /today has it."""
    circle = await whom.circle(request)
    if circle is None:
        return None
    question = request.question
    assert question is not None
    of_today = question.period in {None, Span(request.today, request.today)}
    if of_today and not question.team:
        return await today(request)
    found: list[Message] = []
    for local in whom.local(request, circle.teams):
        days = local.days(Span(local.today, local.today))
        if fault := at_fault(request, local.span or days):
            return Reply(message=plain.line(fault))
        ids = [team.id for team in local.teams]
        if days.days > 1:
            rows = await attendance.titles(request.session, ids, days.first, days.last)
            found.append(words.titles(request.voice, days, local.today, local.teams, rows))
            continue
        mornings = await attendance.mornings(request.session, ids, days.first, days.last)
        lessons = await study.lessons(request.session, [one.id for one in mornings])
        counted = await checkins.tallies(request.session, list(lessons))
        found += [words.bite(request.voice, one, counted[at]) for at, one in lessons.items()]
        if not lessons:
            found.append(words.none_then(request.voice, days, local.today))
    told = words.several_days(request.voice, found)
    return whom.told(request, told, elsewhere=circle.elsewhere)


ROUTES: list[Route] = [
    Command("today", today, needs=Action.SEE_COUNTS),
    Asked(Kind.STUDIED, studied),
    Press(AnswerTap, answer, needs=Action.STUDY),
]
