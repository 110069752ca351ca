"""What the tests of questions that come back do: people answer, mornings come, we look."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import col, select

from handlers import reviews, tutorials
from handlers.requests import Reply
from handlers.rules.calendar import Calendar
from handlers.taps.tutorials import TutorialAnswerTap, TutorialStudiedTap
from schedules import tutorials as job
from storage import leaves
from storage.database import Database
from storage.kinds import LeaveReason
from storage.tables import Bite, Member, Memory, Outgoing, Question, Review, Tutorial
from tests.conftest import ONE, ZHANG, ZONE, Office

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


async def tagged(office: Office, *tags: str, user: int = ZHANG) -> None:
    """A member has these tags."""
    async with office.database.begin() as session:
        member = await session.get_one(Member, office.members[user].id)
        member.tags = list(tags)
        session.add(member)


async def for_electricians(office: Office, *titles: str, questions: int = 0) -> Sequence[int]:
    """More bites in the pack, for those who have the tag."""
    async with office.database.begin() as session:
        for position, title in enumerate(titles, start=10):
            bite = Bite(
                pack_id=1,
                slug=f"e-{position}",
                position=position,
                title=title,
                body="断电、验电。",
                remember="先验后干",
                tags=["电工"],
            )
            session.add(bite)
            await session.flush()
            for number in range(1, questions + 1):
                session.add(
                    Question(
                        bite_id=bite.id,
                        position=number,
                        ask=f"电工第{number}问？",
                        answers=["验电", "合闸"],
                        right=1,
                        why="先验电。",
                    )
                )
        query = select(Bite.id).where(col(Bite.slug).startswith("e-")).order_by(col(Bite.id))
        return (await session.exec(query)).all()


async def excused(office: Office, user: int, days: int = 1) -> None:
    async with office.database.begin() as session:
        member = office.members[user]
        first, last = today(office), today(office) + (days - 1) * DAY
        await leaves.add(
            session,
            member.id,
            first,
            last,
            LeaveReason.LEAVE,
            office.people[user].id,
            office.clock(),
        )


async def tap(office: Office, user: int, what: TutorialAnswerTap | TutorialStudiedTap) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user)
        if isinstance(what, TutorialAnswerTap):
            return await tutorials.answered(request, what)
        return await tutorials.studied(request, what)


async def rows(office: Office) -> Sequence[Tutorial]:
    async with office.database.read() as session:
        return (await session.exec(select(Tutorial).order_by(col(Tutorial.id)))).all()


async def next_day(office: Office, *chats: int, days: int = 1) -> None:
    office.clock.forward(days=days)
    await mornings(office, *chats)


async def reviewed(office: Office) -> int:
    async with office.database.read() as session:
        return len((await session.exec(select(Review))).all())
