"""What is owed to Telegram: once by key, in order in a chat, one unaccounted message at most."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from bot.pacing import Shares
from storage import carriage, chats, doubts, outbox
from storage.database import Database, Session, at_last
from storage.kinds import ChatKind, Delivery
from storage.tables import Chat, Outgoing
from tests.conftest import ONE, TWO, ZHANG, Hands, Office, on_postgresql

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
        return [row.key for row, _ in await carriage.claim(session, office.clock(), limit)]


async def states(database: Database) -> dict[str, Delivery]:
    async with database.read() as session:
        return {row.key: row.state for row in await session.exec(select(Outgoing))}


async def settle(office: Office, key: str, state: Delivery, message_id: int | None = None) -> None:
    async with office.database.begin() as session:
        row = await outbox.by_key(session, key)
        assert row is not None
        await carriage.settled(session, row.id, state, office.clock(), message_id=message_id)


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


async def test_the_parts_of_a_long_text_go_out_in_order_whatever_happens_to_the_first(
    office: Office, clock: Hands
) -> None:
    async with office.database.begin() as session:
        chat = await chats.by_telegram(session, ONE)
        assert chat is not None
        await outbox.post(session, "long", chat.id, CALL, clock(), more=[CALL, CALL])
    assert await claim(office) == ["long"]
    async with office.database.begin() as session:
        row = await outbox.by_key(session, "long")
        assert row is not None
        await carriage.wait(session, row.id, clock() + timedelta(seconds=4), "no connection")
    assert await claim(office) == [], "the second part waits with the first"
    clock.forward(seconds=4)
    order = []
    for number in range(1, 4):
        (key,) = await claim(office)
        order.append(key)
        await settle(office, key, Delivery.SENT, number)
    assert order == ["long", "long/2", "long/3"]


async def test_none_of_three_kinds_keeps_another_waiting(office: Office) -> None:
    shares = Shares()
    order: list[str] = []
    async with office.database.begin() as session:
        for number in range(60):
            chat = await chats.seen(session, -5000 - number, ChatKind.SUPERGROUP)
            kind = ("card", "news", "edit")[number % 3]
            priority = {"card": outbox.CARDS, "news": outbox.NEWS, "edit": outbox.EDITS}[kind]
            key = f"{kind}:{number}"
            await outbox.post(session, key, chat.id, CALL, office.clock(), priority=priority)
    for room in (1, 3, 2, 1, 3):
        async with office.database.begin() as session:
            taken = await carriage.claim(session, office.clock(), room, (), shares.deal(room))
            order += [row.key.partition(":")[0] for row, _ in taken]
    assert Counter(order) == {"card": 6, "news": 3, "edit": 1}


async def test_a_share_that_nobody_needs_is_for_the_others(office: Office) -> None:
    await owe(office, "a", priority=outbox.EDITS)
    await owe(office, "b", chat=TWO, priority=outbox.EDITS)
    async with office.database.begin() as session:
        taken = await carriage.claim(session, office.clock(), 2, (), Shares().deal(2))
    assert [row.key for row, _ in taken] == ["a", "b"]


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
    async with office.database.begin() as session:
        await carriage.expire(session, clock())
    assert await claim(office) == []
    assert await states(office.database) == {"late": Delivery.EXPIRED}


async def test_what_is_held_expires_as_well_and_its_author_sees_that(
    office: Office, clock: Hands
) -> None:
    async with office.database.begin() as session:
        chat = await chats.by_telegram(session, ONE)
        own = await chats.by_telegram(session, ZHANG)
        assert chat is not None
        assert own is not None
        await outbox.adopt(session, "progress:1", own.id, 5, clock())
        until = clock() + timedelta(hours=2)
        await outbox.post(session, "announcement:1:1", chat.id, CALL, clock(), expires_at=until)
        await chats.hold(session, chat.id, "kicked", clock())
    clock.forward(hours=2)
    async with office.database.begin() as session:
        await carriage.expire(session, clock())
    async with office.database.begin() as session:
        stale = await outbox.stale(session, clock())
    assert [row.key for row in stale] == ["progress:1"]
    assert (await states(office.database))["announcement:1:1"] is Delivery.EXPIRED


async def test_what_was_on_its_way_at_a_crash_is_sent_once_more_then_left_to_a_person(
    office: Office, clock: Hands
) -> None:
    await owe(office, "a", "b")
    for state in (Delivery.PENDING, Delivery.NEEDS_PERSON):
        await claim(office)
        async with office.database.begin() as session:
            assert await carriage.orphans(session, ()) == 1
        assert await claim(office) == []  # an unknown one holds the chat's other messages back
        clock.forward(seconds=91)
        async with office.database.begin() as session:
            await doubts.settle(session, clock())
        assert (await states(office.database))["a"] is state
    assert await claim(office) == ["b"]


async def test_many_changes_are_one_edit_in_five_seconds(office: Office, clock: Hands) -> None:
    await owe(office, "card:1")
    await claim(office)
    await settle(office, "card:1", Delivery.SENT, 5)
    shown = []
    for _ in range(4):
        async with office.database.begin() as session:
            await outbox.touch(session, ["card:1"], clock())
        async with office.database.begin() as session:
            stale = await outbox.stale(session, clock())
            for row in stale:
                await outbox.edit(session, [(row, ("editMessageText", {"text": "y"}))], clock())
            shown.append(len(stale))
        clock.forward(seconds=2.5)
    assert shown == [1, 0, 1, 0]
    assert set(await states(office.database)) == {"card:1", "edit:card:1"}


@on_postgresql
async def test_a_refresh_leaves_alone_what_somebody_is_about_to_change(
    office: Office, clock: Hands
) -> None:
    await owe(office, "card:1")
    await claim(office)
    await settle(office, "card:1", Delivery.SENT, 5)
    fresh = []

    async def refreshed(_: Session) -> None:
        async with office.database.begin() as session:
            fresh.append(len(await outbox.stale(session, clock())))

    async with office.database.begin() as session:
        await outbox.touch(session, ["card:1"], clock())
    async with office.database.begin() as session:
        await outbox.touch(session, ["card:1"], clock())
        at_last(session, refreshed)  # what changes the card is written by now, and not kept yet
    async with office.database.begin() as session:
        fresh.append(len(await outbox.stale(session, clock())))
    assert fresh == [0, 1]


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
                await outbox.edit(session, [(row, ("editMessageText", {"text": text}))], clock())
            )
        await claim(office)
        if owed[-1]:
            await settle(office, "edit:card:1", Delivery.SENT)
    assert [bool(keys) for keys in owed] == [False, True, False, True]


async def test_a_newer_edit_is_not_lost_when_an_older_one_comes_home(office: Office) -> None:
    await owe(office, "card:1")
    await claim(office)
    await settle(office, "card:1", Delivery.SENT, 5)
    for text in ("y", "z"):
        async with office.database.begin() as session:
            row = await outbox.by_key(session, "card:1")
            assert row is not None
            await outbox.edit(
                session, [(row, ("editMessageText", {"text": text}))], office.clock()
            )
            if text == "y":
                ((older, _),) = await carriage.claim(session, office.clock(), 1)
                tried = older.tried_at
    async with office.database.begin() as session:
        now = office.clock()
        await carriage.settled(session, older.id, Delivery.SENT, now, tried_at=tried)
    async with office.database.begin() as session:
        ((newer, _),) = await carriage.claim(session, office.clock(), 1)
    assert newer.params["text"] == "z"


async def test_an_edit_whose_sender_died_is_made_again(office: Office, clock: Hands) -> None:
    await owe(office, "card:1")
    await claim(office)
    await settle(office, "card:1", Delivery.SENT, 5)
    async with office.database.begin() as session:
        row = await outbox.by_key(session, "card:1")
        assert row is not None
        await outbox.edit(session, [(row, ("editMessageText", {"text": "y"}))], clock())
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
        taken = await carriage.claim(session, office.clock(), 10)
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
