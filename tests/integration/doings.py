"""What the tests of teams do: people tap and say things, and we look at what was kept."""

from collections.abc import Sequence

from sqlmodel import col, select

from handlers import admissions, groups
from handlers import team as handlers
from handlers.requests import Reply
from handlers.routes import Switchboard
from handlers.taps import Tap
from handlers.words.message import Message
from storage import chats, people, teams
from storage.database import Database
from storage.kinds import ChatKind
from storage.tables import Chat, Outgoing, Person, Team
from tests.conftest import ONE, Office

STRANGER = 777


async def listed(office: Office, *names: str, chat: int = ONE) -> list[int]:
    """Places of a team whose people are known by name only."""
    found = []
    async with office.database.begin() as session:
        for name in names:
            person = Person(name=name)
            session.add(person)
            await session.flush()
            member = await people.enrol(session, office.teams[chat].id, person, office.clock())
            found.append(member.id)
    return found


async def tell(office: Office, user: int, name: str, chat: int | None = None) -> Reply:
    """Something that is not a tap: a handler called by its name."""
    async with office.database.begin() as session:
        request = await office.ask(session, user, chat=chat)
        reply = await getattr(groups if hasattr(groups, name) else handlers, name)(request)
    assert isinstance(reply, Reply)
    return reply


async def press(
    office: Office, user: int, tap: Tap, chat: int | None = None, topic: int = 0
) -> Reply:
    """A tap, by the way that every tap goes."""
    async with office.database.begin() as session:
        request = await office.ask(session, user, chat=chat, topic_id=topic)
        return await Switchboard([*groups.ROUTES, *handlers.ROUTES, *admissions.ROUTES]).press(
            request, tap
        )


async def meets(office: Office, team: Team) -> tuple[int | None, int]:
    async with office.database.read() as session:
        now = await session.get_one(Team, team.id)
        chat = await teams.chat(session, now)
        return (chat.telegram_id if chat else None), now.topic_id


async def owed(database: Database, prefix: str) -> Sequence[tuple[int, str]]:
    """To whom calls are owed, by Telegram's ids, and their text."""
    async with database.read() as session:
        query = (
            select(Chat.telegram_id, Outgoing)
            .join(Outgoing, col(Outgoing.chat_id) == Chat.id)
            .where(col(Outgoing.key).startswith(prefix))
            .order_by(col(Outgoing.id))
        )
        return [(chat, row.params["text"]) for chat, row in await session.exec(query)]


async def crew(office: Office, chat: int = ONE) -> dict[str, int | None]:
    async with office.database.read() as session:
        rows = await people.roster(session, office.teams[chat].id)
        return {person.name: person.telegram_id for _, person in rows}


def taps(message: Message | None) -> dict[str, Tap]:
    assert message is not None
    return {b.label: b.tap for row in message.buttons for b in row if b.tap is not None}


async def chat_id(office: Office, telegram_id: int) -> int:
    async with office.database.read() as session:
        chat = await chats.by_telegram(session, telegram_id)
        assert chat is not None
        return chat.id


async def open_private(office: Office, user: int) -> None:
    async with office.database.begin() as session:
        await chats.seen(session, user, ChatKind.PRIVATE)
