"""What is owed to Telegram: once by key, in order in a chat, one unaccounted message at most."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from storage import chats, outbox
from storage.database import Database
from storage.kinds import ChatKind, Delivery
from storage.tables import Chat, Outgoing
from tests.conftest import ONE, TWO, ZHANG, Hands, Office

CALL = ("sendMessage", {"text": "x"})
PROMPT = timedelta(minutes=5)


async def owe(office: Office, *keys: str, chat: int = ONE, **more: int) -> list[bool]:
    async with office.database.begin() as session:
        found = await chats.by_telegram(session, chat)
        assert found is not None
        return [
            await outbox.post(session, key, found.id, CALL, office.clock(), **more)  # type: ignore[arg-type]
            for key in keys
        ]


async def claim(office: Office, limit: int = 10) -> list[str]:
    async with office.database.begin() as session:
        return [row.key for row, _ in await outbox.claim(session, office.clock(), limit)]


async def states(database: Database) -> dict[str, Delivery]:
    async with database.read() as session:
        return {row.key: row.state for row in await session.exec(select(Outgoing))}


async def settle(office: Office, key: str, state: Delivery, message_id: int | None = None) -> None:
    async with office.database.begin() as session:
        row = await outbox.by_key(session, key)
        assert row is not None
        await outbox.settled(session, row.id, state, office.clock(), message_id=message_id)


async def test_what_has_a_key_is_owed_once(office: Office) -> None:
    assert await owe(office, "a", "a") == [True, False]
    assert await states(office.database) == {"a": Delivery.PENDING}


async def test_a_chat_gets_one_message_at_a_time_in_order(office: Office) -> None:
    await owe(office, "a", "b")
    await owe(office, "c", chat=TWO)
    assert await claim(office) == ["a", "c"]
    assert await claim(office) == []
    await settle(office, "a", Delivery.SENT, 1)
    assert await claim(office) == ["b"]


async def test_the_more_pressing_goes_first(office: Office) -> None:
    await owe(office, "card", priority=outbox.CARDS)
    await owe(office, "news", chat=TWO, priority=outbox.NEWS)
    assert await claim(office, limit=1) == ["news"]


async def test_the_database_itself_refuses_a_second_message_in_flight(office: Office) -> None:
    await owe(office, "a", "b")
    await claim(office)
    with pytest.raises(IntegrityError):
        await settle(office, "b", Delivery.SENDING)


async def test_what_comes_too_late_is_not_sent(office: Office, clock: Hands) -> None:
    async with office.database.begin() as session:
        chat = await chats.by_telegram(session, ONE)
        assert chat is not None
        await outbox.post(
            session, "late", chat.id, CALL, clock(), expires_at=clock() + timedelta(hours=2)
        )
    clock.forward(hours=2)
    assert await claim(office) == []
    assert await states(office.database) == {"late": Delivery.EXPIRED}


async def test_what_was_on_its_way_at_a_crash_is_sent_once_more_then_left_to_a_person(
    office: Office, clock: Hands
) -> None:
    await owe(office, "a", "b")
    for state in (Delivery.PENDING, Delivery.NEEDS_PERSON):
        await claim(office)
        async with office.database.begin() as session:
            assert await outbox.orphans(session) == 1
        assert await claim(office) == []  # an unknown one holds the chat's other messages back
        clock.forward(seconds=91)
        async with office.database.begin() as session:
            await outbox.settle(session, clock())
        assert (await states(office.database))["a"] is state
    assert await claim(office) == ["b"]


async def test_a_tap_proves_that_a_message_arrived(office: Office, clock: Hands) -> None:
    await owe(office, "a")
    await claim(office)
    async with office.database.begin() as session:
        await outbox.orphans(session)
        await outbox.arrived(session, "a", 77, clock())
        row = await outbox.by_key(session, "a")
    assert row is not None
    assert (row.state, row.message_id) == (Delivery.SENT, 77)


async def test_many_changes_are_one_edit_in_five_seconds(office: Office, clock: Hands) -> None:
    await owe(office, "card:1")
    await claim(office)
    await settle(office, "card:1", Delivery.SENT, 5)
    shown = []
    for _ in range(4):
        async with office.database.begin() as session:
            await outbox.touch(session, ["card:1"], clock())
            stale = await outbox.stale(session, clock())
            for row in stale:
                await outbox.edit(session, row, ("editMessageText", {"text": "y"}), clock())
            shown.append(len(stale))
        clock.forward(seconds=2.5)
    assert shown == [1, 0, 1, 0]
    assert set(await states(office.database)) == {"card:1", "edit:card:1"}


async def test_what_a_message_shows_already_is_not_edited(office: Office, clock: Hands) -> None:
    await owe(office, "card:1")
    await claim(office)
    await settle(office, "card:1", Delivery.SENT, 5)
    owed = []
    for text in ("x", "y", "y", "x"):
        async with office.database.begin() as session:
            row = await outbox.by_key(session, "card:1")
            assert row is not None
            owed.append(
                await outbox.edit(session, row, ("editMessageText", {"text": text}), clock())
            )
        await claim(office)
        if owed[-1]:
            await settle(office, "edit:card:1", Delivery.SENT)
    assert owed == [False, True, False, True]


async def test_an_edit_whose_sender_died_is_made_again(office: Office, clock: Hands) -> None:
    await owe(office, "card:1")
    await claim(office)
    await settle(office, "card:1", Delivery.SENT, 5)
    async with office.database.begin() as session:
        row = await outbox.by_key(session, "card:1")
        assert row is not None
        await outbox.edit(session, row, ("editMessageText", {"text": "y"}), clock())
    assert await claim(office) == ["edit:card:1"]
    assert await claim(office) == []
    clock.forward(seconds=61)
    assert await claim(office) == ["edit:card:1"]


async def test_a_chat_that_refuses_holds_what_is_owed_until_it_is_back(office: Office) -> None:
    await owe(office, "a")
    async with office.database.begin() as session:
        chat = await chats.by_telegram(session, ONE)
        assert chat is not None
        assert await chats.hold(session, chat.id, "kicked", office.clock())
        assert not await chats.hold(session, chat.id, "kicked", office.clock())
    await owe(office, "b")
    assert await claim(office) == []
    async with office.database.begin() as session:
        chat = await chats.by_telegram(session, ONE)
        assert chat is not None
        await chats.release(session, chat)
    assert await claim(office) == ["a"]


async def test_a_group_that_grew_keeps_its_team_and_what_is_owed(office: Office) -> None:
    await owe(office, "old", "new")
    await claim(office)
    await settle(office, "old", Delivery.SENT, 5)
    async with office.database.begin() as session:
        await chats.seen(session, -100777, ChatKind.SUPERGROUP)
    for _ in range(2):
        async with office.database.begin() as session:
            await chats.migrate(session, ONE, -100777)
    async with office.database.begin() as session:
        taken = await outbox.claim(session, office.clock(), 10)
        assert [(row.key, chat.telegram_id) for row, chat in taken] == [("new", -100777)]
        old = await outbox.by_key(session, "old")
        assert old is not None
        assert old.message_id is None
        known = (await session.exec(select(Chat).where(Chat.telegram_id == ONE))).first()
        assert known is None


async def test_a_private_chat_is_there_only_once_it_was_opened(office: Office) -> None:
    async with office.database.read() as session:
        assert await chats.private(session, ZHANG) is not None
        assert await chats.private(session, 424242) is None
        assert await chats.private(session, None) is None
