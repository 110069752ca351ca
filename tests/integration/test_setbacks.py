"""A machine's clock is set back by a day: what waited for moments does not wait for a day."""

from sqlmodel import select, update

from schedules.runner import tick
from schedules.setbacks import SETBACKS
from storage import carriage, chats, doubts, inbox, outbox
from storage.kinds import Delivery
from storage.tables import Outgoing
from tests.conftest import ONE, Office

CALL = ("sendMessage", {"text": "x"})


async def owe(office: Office, state: Delivery) -> None:
    async with office.database.begin() as session:
        chat = await chats.by_telegram(session, ONE)
        assert chat is not None
        await outbox.post(session, "card:1", chat.id, CALL, office.clock())
        now = office.clock()
        await session.exec(update(Outgoing).values(state=state, tried_at=now))


async def set_back(office: Office) -> int:
    """How often the job had something to do."""
    office.clock.forward(days=-1)
    return await tick(office.database, [SETBACKS], office.clock())


async def test_a_call_is_made(office: Office) -> None:
    await owe(office, Delivery.PENDING)
    assert await set_back(office) == 1
    async with office.database.begin() as session:
        assert len(await carriage.claim(session, office.clock(), 10)) == 1
    assert await tick(office.database, [SETBACKS], office.clock()) == 0


async def test_an_update_is_handled(office: Office) -> None:
    async with office.database.begin() as session:
        await inbox.put(session, [(1, 111, {"update_id": 1})], office.clock())
    assert await set_back(office) == 1
    async with office.database.begin() as session:
        assert len(await inbox.take(session, office.clock())) == 1


async def test_what_is_in_doubt_is_settled_after_the_time_that_it_takes(office: Office) -> None:
    await owe(office, Delivery.UNKNOWN)
    assert await set_back(office) == 1
    states = []
    for _ in range(2):
        async with office.database.begin() as session:
            await doubts.settle(session, office.clock())
        async with office.database.read() as session:
            states.append((await session.exec(select(Outgoing.state))).one())
        office.clock.forward(seconds=91)
    assert states == [Delivery.UNKNOWN, Delivery.PENDING]


async def test_a_message_is_refreshed(office: Office) -> None:
    await owe(office, Delivery.SENT)
    async with office.database.begin() as session:
        now = office.clock()
        await session.exec(update(Outgoing).values(message_id=5, refreshed_at=now, stale_at=now))
    assert await set_back(office) == 1
    office.clock.forward(seconds=6)
    async with office.database.begin() as session:
        assert len(await outbox.stale(session, office.clock())) == 1


async def test_nothing_is_done_where_a_clock_goes_on(office: Office) -> None:
    await owe(office, Delivery.UNKNOWN)
    office.clock.forward(seconds=-100)
    assert await tick(office.database, [SETBACKS], office.clock()) == 0
    office.clock.forward(days=1)
    assert await tick(office.database, [SETBACKS], office.clock()) == 0
