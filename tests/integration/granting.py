"""What the tests of rights share: saying and tapping, and what was kept of it."""

from collections.abc import Sequence

from sqlmodel import col, select

from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.taps import Tap
from handlers.taps.grants import (
    TakeTap,
)
from handlers.words import plain
from handlers.words.voice import Voice
from storage import audits, grants
from storage.kinds import Role
from storage.tables import Chat, Grant, Outgoing, Person, Unit
from tests.conftest import Office

BOARD = Switchboard(ROUTES)
ZH = Voice("zh")
DENIED, GONE = plain.denied(ZH), plain.gone(ZH)
STRANGER, OTHER = 777, 778


async def say(
    office: Office, user: int, text: str, name: str = "grant", chat: int | None = None
) -> str:
    """A command; what is answered."""
    async with office.database.begin() as session:
        reply = await BOARD.command(
            await office.ask(session, user, text, chat), name, addressed=True
        )
    assert reply is not None
    assert reply.message is not None
    return reply.message.html


async def reply(office: Office, user: int, text: str) -> Reply:
    async with office.database.begin() as session:
        found = await BOARD.command(await office.ask(session, user, text), "grant", addressed=True)
    assert found is not None
    return found


async def press(office: Office, user: int, tap: Tap, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await BOARD.press(await office.ask(session, user, chat=chat), tap)


async def held(office: Office, user: int) -> list[tuple[str, int | None, int | None]]:
    """What somebody holds."""
    async with office.database.read() as session:
        query = (
            select(Grant).join(Person).where(Person.telegram_id == user).order_by(col(Grant.id))
        )
        return [(row.role.value, row.unit_id, row.team_id) for row in await session.exec(query)]


async def grant_of(office: Office, user: int) -> Grant:
    async with office.database.read() as session:
        query = select(Grant).join(Person).where(Person.telegram_id == user)
        return (await session.exec(query)).one()


async def taking(office: Office, user: int) -> TakeTap:
    """The tap that takes what somebody holds."""
    row = await grant_of(office, user)
    return TakeTap(row.person_id, row.unit_id or 0, row.team_id or 0, 1)


async def unit(office: Office, name: str) -> int:
    async with office.database.read() as session:
        return (await session.exec(select(Unit.id).where(Unit.name == name))).one()


async def noted(office: Office) -> list[tuple[str, int | None, int | None, str]]:
    async with office.database.read() as session:
        found = await audits.entries(session, 99)
    return [
        (e.row.doing.value, e.row.by_id, e.row.person_id, e.row.detail) for e in reversed(found)
    ]


async def told(office: Office, user: int, key: str) -> Sequence[str]:
    async with office.database.read() as session:
        query = (
            select(Outgoing)
            .join(Chat)
            .where(Chat.telegram_id == user, col(Outgoing.key).startswith(key))
        )
        return [row.params.get("text", row.method) for row in await session.exec(query)]


async def own(office: Office, user: int) -> None:
    async with office.database.begin() as session:
        await grants.give(session, office.people[user].id, Role.OWNER, office.clock())
