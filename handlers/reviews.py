"""What answers tell of memory: noted as they are given, and made anew from the facts."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

from handlers.rules.review import Answered, memory
from storage import reviews
from storage.database import Database, Session
from storage.tables import Memory, Question, Review

SOME = 20  # people whose memory is made anew in one transaction


def _nobody(_: float) -> None:
    """Nobody wants to know how far it is."""


async def note(
    session: Session,
    person_id: int,
    question: Question,
    team_id: int,
    day: date,
    now: datetime,
    *,
    right: bool,
    tutorial_id: int | None = None,
) -> bool:
    """Keep an answer and what it comes to; False when it was not the day's first."""
    review = Review(
        person_id=person_id,
        question_id=question.id,
        edition=question.edition,
        team_id=team_id,
        tutorial_id=tutorial_id,
        day=day,
        right=right,
        at=now,
    )
    if not await reviews.add(session, review):
        if tutorial_id is not None:  # it was answered on a card: the message can say so
            await reviews.show(session, review)
        return False
    answers = await reviews.history(session, person_id, question.id, question.edition)
    kept = memory(Answered(*answer) for answer in answers)
    assert kept is not None
    await reviews.remember(
        session,
        Memory(
            person_id=person_id,
            question_id=question.id,
            last=kept.last,
            stability=kept.stability,
            due=kept.due,
            known=kept.known,
        ),
    )
    return True


async def rebuild(database: Database, show: Callable[[float], None] = _nobody) -> int:
    """Make everybody's memory anew from what they answered; how many questions that were.

    Some people at a time, so that it can be done while the bot works. `show` is told which part
    is done, from 0 to 1.
    """
    count, last = 0, 0
    while True:
        async with database.begin() as session:
            some = await reviews.people(session, last, SOME)
            if not some:
                return count
            count += await _rebuild(session, some)
            last, newest = some[-1], await reviews.newest_person(session)
        show(last / newest)


async def _rebuild(session: Session, people: Sequence[int]) -> int:
    await reviews.clear(session, people)
    facts = await reviews.facts(session, people)
    rows = [
        {"person_id": person, "question_id": question, **vars(kept)}
        for (person, question), found in groupby(facts, key=itemgetter(0, 1))
        if (kept := memory(Answered(day, right) for _, _, day, right in found))
    ]
    await reviews.remember_all(session, rows)
    return len(rows)


async def complete(database: Database) -> None:
    """Make memory anew where there is none, though people have answered: a schema was renewed."""
    async with database.read() as session:
        lacking = await reviews.lacking(session)
    if lacking:
        await rebuild(database)
