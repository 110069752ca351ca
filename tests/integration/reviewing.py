"""What the tests of questions that come back do: people answer, mornings come, we look."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import col, select

from handlers import reviews
from handlers.rules.calendar import Calendar
from schedules import tutorials as job
from storage.database import Database
from storage.tables import Memory, Outgoing, Question
from tests.conftest import ONE, ZONE, Office

DAY = timedelta(days=1)


async def answered(
    office: Office, user: int, question_id: int = 1, *, right: bool, chat: int = ONE
) -> bool:
    """Somebody answered a question today, on their team's card."""
    async with office.database.begin() as session:
        question = await session.get_one(Question, question_id)
        return await reviews.note(
            session,
            office.people[user].id,
            question,
            office.teams[chat].id,
            today(office),
            office.clock(),
            right=right,
        )


def today(office: Office) -> date:
    return Calendar(ZONE).today(office.clock())


async def mornings(office: Office, *chats: int, bite: int = 2) -> None:
    """These teams' mornings have begun, and their people are given what is theirs."""
    async with office.database.begin() as session:
        for chat in chats or (ONE,):
            morning = await office.morning(session, chat)
            morning.bite_id = bite
            session.add(morning)
    await give(office)


async def give(office: Office) -> None:
    """The job looks once."""
    async with office.database.begin() as session:
        for appointment in await job.due(session, office.clock()):
            await job.give(session, appointment, office.clock())


async def owed(office: Office) -> Sequence[Outgoing]:
    """The private messages that are, or were, owed."""
    async with office.database.read() as session:
        query = select(Outgoing).order_by(col(Outgoing.id))
        return [row for row in await session.exec(query) if row.key.startswith("tutorial:")]


async def cache(database: Database) -> dict[tuple[int, int], tuple[date, float, date, bool]]:
    """What is kept for speed."""
    async with database.read() as session:
        return {
            (m.person_id, m.question_id): (m.last, m.stability, m.due, m.known)
            for m in await session.exec(select(Memory))
        }
