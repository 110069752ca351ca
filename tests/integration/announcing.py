"""Steps that tests of announcements take."""

from typing import Any

from sqlmodel import col, select

from handlers import announcements as composing
from handlers import audiences, corrections, cues, receipts, timings
from handlers.requests import Attached, Press, Reply
from handlers.taps import Tap
from handlers.taps.announcements import PickUnitTap, SendTap
from handlers.words.message import Message
from schedules.refresh import RENDERERS
from storage import announcements, carriage, outbox
from storage.kinds import Delivery
from storage.tables import Announcement, Outgoing
from tests.conftest import LI, Office

PRESSES: dict[type[Tap], Any] = {
    route.tap: route.handle
    for matter in (composing, audiences, timings, corrections, receipts)
    for route in matter.ROUTES
    if isinstance(route, Press)
}
CHOICE = 500  # the message id of the choice, which becomes the progress


async def write(
    office: Office, user: int, text: str, attached: Attached | None = None, album: str = ""
) -> Reply | None:
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, attached=attached, album=album)
        return await cues.said(request) or await composing.offer(request)


async def press(
    office: Office, user: int, tap: Tap, chat: int | None = None, message_id: int = CHOICE
) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, chat=chat, message_id=message_id)
        reply: Reply = await PRESSES[type(tap)](request, tap)
        return reply


async def announced(office: Office, author: int = LI, unit: int = 2) -> None:
    """Announcement 1 was sent to the teams of a unit, and has arrived in all of their groups."""
    await write(office, author, "明天 <b>停电</b>")
    await press(office, author, PickUnitTap(1, unit))
    await press(office, author, SendTap(1))
    for row in await owed(office):
        async with office.database.begin() as session:
            now, arrived = office.clock(), row.id + 100
            await carriage.settled(session, row.id, Delivery.SENT, now, message_id=arrived)


async def kept(office: Office) -> Announcement:
    async with office.database.read() as session:
        return await session.get_one(Announcement, 1)


async def chosen(office: Office) -> set[int]:
    async with office.database.read() as session:
        return await announcements.chosen(session, 1)


async def owed(office: Office, matter: str = "announcement") -> list[Outgoing]:
    async with office.database.read() as session:
        query = select(Outgoing).where(col(Outgoing.key).startswith(f"{matter}:"))
        return list((await session.exec(query.order_by(col(Outgoing.id)))).all())


def notice(office: Office, chat: int) -> str:
    """The key of announcement 1 in a group."""
    return f"announcement:1:{office.teams[chat].id}"


async def rendered(office: Office, key: str = "progress:1") -> Message:
    """A message that stands, as the refreshing job renders it."""
    render = RENDERERS[key.partition(":")[0]]
    async with office.database.read() as session:
        outgoing = await outbox.by_key(session, key)
        assert outgoing is not None
        return (await render(session, [outgoing], office.clock()))[key]


def labels(message: Message | None) -> list[str]:
    assert message is not None
    return [button.label for row in message.buttons for button in row]


def html(message: Message | None) -> str:
    assert message is not None
    return message.html
