"""A team that walks through five bites, and how its leader asks for its plan."""

from datetime import date, datetime, time, timedelta

from sqlmodel import col, select

from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.rules.calendar import DAY
from handlers.taps import Tap
from handlers.words import plain
from handlers.words.voice import Voice
from schedules.morning import MORNING
from schedules.runner import tick
from storage.tables import Bite, Morning, Pack
from tests.conftest import (
    MONDAY,
    ZONE,
    Office,
)

BOARD = Switchboard(ROUTES)
DENIED = plain.denied(Voice("zh"))
TITLES = ("动火作业", "受限空间", "高处作业", "临时用电", "起重吊装")


async def schooled(office: Office) -> Office:
    """Team one walks through five bites, and has its first card today; it is eight."""
    async with office.database.begin() as session:
        pack = (await session.exec(select(Pack))).one()
        for place, title in enumerate(TITLES[2:], start=3):
            session.add(
                Bite(pack_id=pack.id, slug=f"bite-{place}", position=place, title=title, body=".")
            )
    await tick(office.database, [MORNING], office.clock())
    office.clock.forward(minutes=10)
    return office


async def said(office: Office, user: int, text: str, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat)
        reply = await BOARD.command(request, "plan", addressed=True)
    assert reply is not None
    return reply


async def press(office: Office, user: int, tap: Tap, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await BOARD.press(await office.ask(session, user, chat=chat), tap)


def lines(reply: Reply) -> list[str]:
    """What comes, a line each: 24 受限空间."""
    message = reply.edit or reply.message or reply.private
    assert message is not None
    rows = [row.split("　") for row in str(message.html).split("\n") if "　" in row]
    return [f"{day.split('月')[1].split('日')[0]} {what}" for day, what in rows]


def labels(reply: Reply) -> list[str]:
    message = reply.edit or reply.message
    assert message is not None
    return [button.label for row in message.buttons for button in row]


def html(reply: Reply) -> str:
    message = reply.edit or reply.message or reply.private
    return str(message.html) if message else ""


async def happens(office: Office, reply: Reply) -> None:
    """What a reply shows for seven days is what then happens."""
    shown = lines(reply)
    first = date(2026, 11, 24)
    office.clock.now = MONDAY + timedelta(minutes=20)
    for number in range(7):
        day = first + number * DAY
        office.clock.now = datetime.combine(day, time(7, 50), ZONE).astimezone(MONDAY.tzinfo)
        await tick(office.database, [MORNING], office.clock())
    async with office.database.read() as session:
        query = select(Morning, Bite).join(Bite).where(col(Morning.day) >= first)
        rows = (await session.exec(query.order_by(col(Morning.day)))).all()
    assert [f"{morning.day.day} {bite.title}" for morning, bite in rows] == [
        line for line in shown if "—" not in line
    ]
