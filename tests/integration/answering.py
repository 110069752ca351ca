"""Steps that tests of answers in plain words take."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest

from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.taps import Tap
from handlers.words.message import Message
from storage import commitments, people
from storage.database import Session
from storage.kinds import ChatKind, LeaveReason
from storage.tables import Chat, CheckIn, Leave, Morning
from tests.conftest import ONE, SI, ZHANG, ZHAO, ZONE, Office

SWITCHBOARD = Switchboard(ROUTES)
SUSAN = 118  # 张伟, whom 张三 shares a surname with
NAMELESS = "\n姓名不公开，只私聊告诉班组长和书记。"
NOT_YOURS = "别人的打卡和承诺，只有本人、班组长和书记能查。大家的承诺可以看看板：/board"


async def ask(office: Office, user: int, text: str, chat: int | None = None) -> Reply | None:
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat)
        return await SWITCHBOARD.question(request)


async def press(office: Office, user: int, tap: Tap, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await SWITCHBOARD.press(await office.ask(session, user, "", chat), tap)


async def said(office: Office, user: int, text: str, chat: int | None = None) -> str:
    """What is said where it was asked."""
    reply = await ask(office, user, text, chat)
    assert reply is not None
    assert reply.message is not None
    return reply.message.html


async def told(office: Office, user: int, text: str, chat: int = ONE) -> str:
    """What is said in private to somebody who asked in a group."""
    reply = await ask(office, user, text, chat)
    assert reply is not None
    assert reply.private is not None
    return reply.private.html


def labels(message: Message | None) -> list[str]:
    assert message is not None
    return [button.label for row in message.buttons for button in row]


def taps(message: Message | None) -> list[Tap | None]:
    assert message is not None
    return [button.tap for row in message.buttons for button in row]


async def hold(
    session: Session, office: Office, back: int, there: Sequence[int], chat: int = ONE
) -> Morning:
    """A morning so many days ago, at which these people studied in time."""
    day = office.clock().astimezone(ZONE).date() - timedelta(days=back)
    at = datetime.combine(day, time(8), ZONE).astimezone(UTC)
    morning = Morning(
        team_id=office.teams[chat].id,
        day=day,
        bite_id=1 + back % 2,
        due_at=at,
        closes_at=at + timedelta(minutes=70),
        closed_at=at + timedelta(minutes=70),
    )
    session.add(morning)
    await session.flush()
    for user in there:
        member = office.members[user].id
        session.add(CheckIn(morning_id=morning.id, member_id=member, at=at))
    return morning


@pytest.fixture
async def week(office: Office) -> Office:
    """Last week's five mornings: 张三 was at all, 赵班长 at three, 李四 at one and away twice."""
    async with office.database.begin() as session:
        session.add(Chat(telegram_id=SI, kind=ChatKind.PRIVATE))
        for back, there in ((7, [ZHANG, ZHAO]), (6, [ZHANG, ZHAO]), (5, [ZHANG]), (4, [ZHANG, SI]),
                            (3, [ZHANG, ZHAO])):  # fmt: skip
            await hold(session, office, back, there)
        first = date(2026, 11, 16)
        session.add(
            Leave(
                member_id=office.members[SI].id,
                first=first,
                last=first + timedelta(days=1),
                reason=LeaveReason.SHIFT,
                at=office.clock(),
            )
        )
    return office


async def promise(office: Office, user: int, text: str, due_at: datetime) -> None:
    async with office.database.begin() as session:
        await commitments.make(session, office.members[user], text, due_at, office.clock())


async def seat(office: Office, user: int, name: str, chat: int = ONE) -> int:
    """Somebody more in a team; their place."""
    async with office.database.begin() as session:
        person = await people.known(session, user, name)
        member = await people.enrol(session, office.teams[chat].id, person, office.clock())
        office.members[user], office.people[user] = member, person
        return member.id
