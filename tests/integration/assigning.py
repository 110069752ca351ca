"""Steps that tests of tasks take: somebody says something, or taps, by the way that all goes."""

from dataclasses import replace

from sqlmodel import col, select

from handlers.requests import Replied, Reply
from handlers.routes import ROUTES, Switchboard
from handlers.taps import Tap
from schedules import tasks as standing
from storage import outbox
from storage import tasks as stored
from storage.commitments import Promise, task_key
from storage.tables import Chat, Outgoing
from tests.conftest import ONE, Office

BOARD = Switchboard(ROUTES)
PRESSED = 50  # the id of the message whose button is tapped


async def command(
    office: Office,
    user: int,
    name: str,
    text: str = "",
    chat: int | None = ONE,
    replied: Replied | None = None,
) -> Reply:
    """`/name text`."""
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat, replied=replied)
        reply = await BOARD.command(request, name, addressed=True)
    assert reply is not None
    return reply


async def say(
    office: Office, user: int, text: str, chat: int | None = None, replied: Replied | None = None
) -> Reply | None:
    """Words, to us."""
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat, replied=replied)
        found = await BOARD.phrase(request, addressed=True)
        if found is not None or chat is not None:
            return found
        return await BOARD.otherwise(replace(request))


async def press(office: Office, user: int, tap: Tap, chat: int | None = ONE) -> Reply:
    """A tap on a button."""
    async with office.database.begin() as session:
        request = await office.ask(session, user, "", chat, message_id=PRESSED)
        return await BOARD.press(request, tap)


async def assigned(office: Office, user: int, text: str, chat: int | None = ONE) -> Reply:
    """`/assign text`."""
    return await command(office, user, "assign", text, chat)


async def rows(office: Office, assignment_id: int = 1) -> list[Promise]:
    """What was assigned together."""
    async with office.database.read() as session:
        return list(await stored.of(session, assignment_id))


async def shown(office: Office, chat: int = ONE, assignment_id: int = 1) -> str:
    """How the message for all of them would be shown anew in a group."""
    async with office.database.read() as session:
        team = office.teams[chat]
        key = task_key(assignment_id, team.id)
        row = Outgoing(
            key=key,
            chat_id=team.chat_id or 0,
            method="",
            params={},
            priority=0,
            not_before=office.clock(),
        )
        message = await standing.again(session, row, office.clock())
    assert message is not None
    return message.html


async def owed(office: Office) -> list[tuple[int, str, str]]:
    """What is owed: to whom by Telegram's ids, under which name, with which words."""
    async with office.database.read() as session:
        query = (
            select(Chat.telegram_id, Outgoing)
            .join(Outgoing, col(Outgoing.chat_id) == Chat.id)
            .order_by(col(Outgoing.id))
        )
        return [
            (chat, row.key, row.params.get("text", "")) for chat, row in await session.exec(query)
        ]


async def stands(office: Office, key: str, chat: int, message_id: int) -> None:
    """A message of ours stands in a chat."""
    async with office.database.begin() as session:
        query = select(Chat.id).where(Chat.telegram_id == chat)
        found = (await session.exec(query)).one()
        await outbox.adopt(session, key, found, message_id, office.clock())
