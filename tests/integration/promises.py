"""What the tests of promises share: making some, tapping at them, reading what was kept."""

from datetime import UTC, datetime

from sqlmodel import col, select

from handlers import commitments, evidence, mine
from handlers.requests import Reply
from handlers.taps import Tap
from handlers.taps.cards import PledgeTap
from handlers.taps.commitments import (
    DoneTap,
    ListedDoneTap,
    MoveTap,
    ReadyPledgeTap,
    TransferTap,
    WithdrawTap,
)
from handlers.words.message import Message
from storage import commitments as stored
from storage import outbox, people
from storage.database import Database
from storage.kinds import Act, Progress
from storage.tables import Commitment, CommitmentAct, Member, Outgoing
from tests.conftest import ONE, ZONE, Office

STRANGER = 777
PRESSED = 50  # the id of the message whose button is tapped


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


FRIDAY = local("2026-11-27T18:00")


async def promise(office: Office, user: int, text: str, chat: int | None = ONE) -> Reply:
    """A promise in somebody's own words."""
    async with office.database.begin() as session:
        return await commitments.promise(await office.ask(session, user, text, chat))


async def owe(
    office: Office, user: int, text: str = "完成3号泵检修", due: datetime = FRIDAY
) -> int:
    """A promise that is there already; its id."""
    async with office.database.begin() as session:
        member = office.members[user]
        return (await stored.make(session, member, text, due, office.clock())).id


async def press(office: Office, user: int, tap: Tap | None, chat: int | None = ONE) -> Reply:
    """A tap on a button."""
    async with office.database.begin() as session:
        request = await office.ask(session, user, "", chat, message_id=PRESSED)
        match tap:
            case MoveTap():
                return await commitments.move_pressed(request, tap)
            case WithdrawTap():
                return await commitments.withdraw_pressed(request, tap)
            case TransferTap():
                return await commitments.transfer_pressed(request, tap)
            case PledgeTap():
                return await commitments.pledge_pressed(request, tap)
            case ReadyPledgeTap():
                return await commitments.ready_pledge_pressed(request, tap)
            case DoneTap():
                return await evidence.done_pressed(request, tap)
            case ListedDoneTap():
                return await mine.done_pressed(request, tap)
    raise AssertionError(f"{tap} is no button of a promise")


async def morning(office: Office) -> int:
    """Today's morning of team one; its id."""
    async with office.database.begin() as session:
        return (await office.morning(session)).id


async def stand(office: Office, key: str, message_id: int = 40) -> None:
    """A message has been posted in the group of team one."""
    async with office.database.begin() as session:
        chat_id = office.teams[ONE].chat_id
        assert chat_id is not None
        await outbox.adopt(session, key, chat_id, message_id, office.clock())


async def join(office: Office, user: int, chat: int) -> Member:
    """Somebody takes a place in another team."""
    async with office.database.begin() as session:
        person = office.people[user]
        return await people.enrol(session, office.teams[chat].id, person, office.clock())


async def retire(office: Office, user: int) -> None:
    """Somebody loses their place."""
    async with office.database.begin() as session:
        member = await session.get_one(Member, office.members[user].id)
        member.retired_at = office.clock()
        session.add(member)


async def rows(database: Database) -> list[Commitment]:
    """Every promise, in the order in which they were made."""
    async with database.read() as session:
        return list(await session.exec(select(Commitment).order_by(col(Commitment.id))))


async def states(database: Database) -> list[Progress]:
    """How far every promise has come."""
    return [row.state for row in await rows(database)]


async def acts(database: Database, promise_id: int = 1) -> list[CommitmentAct]:
    """What happened to a promise."""
    async with database.read() as session:
        query = select(CommitmentAct).where(CommitmentAct.commitment_id == promise_id)
        return list(await session.exec(query.order_by(col(CommitmentAct.id))))


async def shown(database: Database) -> list[CommitmentAct]:
    """What was shown for having kept promises."""
    async with database.read() as session:
        query = select(CommitmentAct).where(CommitmentAct.act == Act.CLAIMED)
        return list(await session.exec(query.order_by(col(CommitmentAct.id))))


async def standing(database: Database, key: str) -> Outgoing:
    """A message that stands."""
    async with database.read() as session:
        found = await outbox.by_key(session, key)
    assert found is not None
    return found


def html(reply: Reply) -> str:
    """What is said where it was asked."""
    assert reply.message is not None
    return reply.message.html


def labels(message: Message | None) -> list[str]:
    """The words of a message's buttons."""
    assert message is not None
    return [button.label for row in message.buttons for button in row]


def tap(message: Message | None, label: str) -> Tap | None:
    """What the button with these words carries."""
    assert message is not None
    return next(b.tap for row in message.buttons for b in row if b.label == label)
