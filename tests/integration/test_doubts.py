"""What settles a message whose answer was lost: a tap, the second try, a person."""

from datetime import timedelta

import pytest

from handlers import deliveries
from handlers.routes import ROUTES, Switchboard
from handlers.taps import Tap
from handlers.taps.announcements import ReceiptTap
from handlers.taps.cards import AnswerTap, LeaveTap, PledgeTap, StudiedTap
from handlers.taps.deliveries import AgainTap, ArrivedTap
from handlers.words.message import Message
from storage import carriage, chats, doubts, inbox, outbox
from storage.database import Database, Session
from storage.kinds import ChatKind, Delivery
from storage.tables import Chat, Outgoing
from tests.conftest import LI, ONE, TWO, WANG, ZHANG, Office

CALL = ("sendMessage", {"text": "x"})


async def lose(office: Office, key: str, chat: int = ONE) -> Outgoing:
    """A message is sent, and nothing is heard of it."""
    async with office.database.begin() as session:
        found = await chats.by_telegram(session, chat)
        assert found is not None
        await outbox.post(session, key, found.id, CALL, office.clock())
    return await lose_again(office, key)


async def lose_again(office: Office, key: str) -> Outgoing:
    async with office.database.begin() as session:
        await carriage.claim(session, office.clock(), 10)
        await carriage.orphans(session, set())
        row = await outbox.by_key(session, key)
        assert row is not None
        assert row.state is Delivery.UNKNOWN
        return row


async def fate(database: Database, key: str) -> tuple[Delivery, int | None]:
    async with database.read() as session:
        row = await outbox.by_key(session, key)
        assert row is not None
        return row.state, row.message_id


async def settle(office: Office) -> None:
    office.clock.forward(seconds=91)
    async with office.database.begin() as session:
        await doubts.settle(session, office.clock())


async def tap(
    office: Office, tap: Tap, message_id: int, chat: int = ONE, shown: str = "（补发）x"
) -> None:
    async with office.database.begin() as session:
        request = await office.ask(session, ZHANG, chat=chat, message_id=message_id, shown=shown)
        await Switchboard(ROUTES).press(request, tap)


@pytest.mark.parametrize(
    "proof",
    [StudiedTap(1), AnswerTap(1, 1, 1), PledgeTap(1), LeaveTap(1)],
    ids=lambda proof: type(proof).__name__,
)
async def test_any_tap_on_a_card_proves_that_it_arrived(office: Office, proof: Tap) -> None:
    async with office.database.begin() as session:
        await office.morning(session)
    await lose(office, "card:1")
    await tap(office, proof, 77)
    assert await fate(office.database, "card:1") == (Delivery.SENT, 77)


async def test_a_receipt_proves_that_an_announcement_arrived(office: Office) -> None:
    key = f"announcement:1:{office.teams[ONE].id}"
    await lose(office, key)
    await tap(office, ReceiptTap(1), 77)
    assert await fate(office.database, key) == (Delivery.SENT, 77)


async def test_a_tap_on_the_first_copy_spares_the_group_the_second(office: Office) -> None:
    await lose(office, "card:1")
    await settle(office)
    assert await fate(office.database, "card:1") == (Delivery.PENDING, None)
    await tap(office, PledgeTap(1), 77)
    assert await fate(office.database, "card:1") == (Delivery.SENT, 77)


async def test_a_forged_tap_from_elsewhere_or_on_another_message_proves_nothing(
    office: Office,
) -> None:
    async with office.database.begin() as session:
        chat = await chats.by_telegram(session, ONE)
        assert chat is not None
        await outbox.adopt(session, "commitment:1", chat.id, 77, office.clock())
    await lose(office, "card:1")
    await tap(office, PledgeTap(1), 5, chat=TWO)
    await tap(office, PledgeTap(1), 77)
    await tap(office, PledgeTap(1), 78, shown="another message, under which the buttons stand")
    assert await fate(office.database, "card:1") == (Delivery.UNKNOWN, None)


async def test_a_tap_is_faster_than_the_news_that_the_answer_was_lost(office: Office) -> None:
    row = await lose(office, "card:1")
    await tap(office, PledgeTap(1), 77)
    async with office.database.begin() as session:
        await carriage.settled(
            session, row.id, Delivery.UNKNOWN, office.clock(), tried_at=row.tried_at
        )
    assert await fate(office.database, "card:1") == (Delivery.SENT, 77)


async def test_a_reminder_in_doubt_is_not_repeated(office: Office) -> None:
    await lose(office, "nudge:announcement:1:1", ZHANG)
    await settle(office)
    assert await fate(office.database, "nudge:announcement:1:1") == (Delivery.FAILED, None)


async def test_only_what_was_looked_for_in_vain_is_decided(office: Office) -> None:
    first, _ = await lose(office, "card:1"), await lose(office, "card:2", TWO)
    office.clock.forward(seconds=91)
    async with office.database.begin() as session:
        assert len(await doubts.lost(session, office.clock(), 10)) == 2
        await doubts.settle(session, office.clock(), [first.id])
    assert (await fate(office.database, "card:1"))[0] is Delivery.PENDING
    assert (await fate(office.database, "card:2"))[0] is Delivery.UNKNOWN


async def in_doubt(office: Office, key: str = "card:1", chat: int = ONE) -> Outgoing:
    """Lost twice."""
    await lose(office, key, chat)
    await settle(office)
    row = await lose_again(office, key)
    await settle(office)
    return row


async def asked(office: Office, user: int = WANG) -> Message:
    async with office.database.begin() as session:
        reply = await deliveries.unclear(await office.ask(session, user))
    assert reply.message is not None
    return reply.message


async def owner(office: Office) -> None:
    from storage import grants
    from storage.kinds import Role

    async with office.database.begin() as session:
        await grants.give(session, office.people[WANG].id, Role.OWNER, office.clock())


async def test_the_owner_sees_what_is_in_doubt_and_why(office: Office) -> None:
    await in_doubt(office)
    message = await asked(office)
    assert "有 1 条消息不确定是否送达" in message.html
    assert "1. 一班 · 早会卡片 · 今天 11月23日 周一 07:51（发送途中程序中断）" in message.html
    assert [button.tap for button in message.buttons[0]] == [ArrivedTap(1), AgainTap(1)]


async def test_it_arrived_says_the_owner_and_that_is_that(office: Office) -> None:
    await owner(office)
    row = await in_doubt(office)
    for toast in ("已记为送达。", "这一条已经处理过了。"):
        async with office.database.begin() as session:
            reply = await deliveries.there(await office.ask(session, WANG), ArrivedTap(row.id))
        assert reply.toast == toast
        assert reply.edit == Message(reply.edit.html if reply.edit else "")
    assert await fate(office.database, "card:1") == (Delivery.SENT, None)


async def test_again_says_the_owner_and_it_goes_out_once_more(office: Office) -> None:
    await owner(office)
    row = await in_doubt(office)
    async with office.database.begin() as session:
        reply = await deliveries.again(await office.ask(session, WANG), AgainTap(row.id))
    assert reply.toast == "正在再发一次。"
    async with office.database.begin() as session:
        ((taken, _),) = await carriage.claim(session, office.clock(), 10)
    assert (taken.key, taken.resent) == ("card:1", True)


async def test_nobody_but_an_owner_settles_anything(office: Office) -> None:
    row = await in_doubt(office)
    for user in (LI, ZHANG, WANG):
        async with office.database.begin() as session:
            request = await office.ask(session, user)
            reply = await Switchboard(ROUTES).press(request, ArrivedTap(row.id))
        assert reply.toast == "你没有这项操作的权限，没有改动任何内容。"
    assert (await fate(office.database, "card:1"))[0] is Delivery.NEEDS_PERSON


async def hear(session: Session, office: Office, number: int, chat: int, message_id: int) -> None:
    kind = "supergroup" if chat < 0 else "private"
    raw = {"message": {"message_id": message_id, "chat": {"id": chat, "type": kind}}}
    await inbox.put(session, [(number, chat, raw)], office.clock())


async def around(office: Office, row: Outgoing) -> doubts.Surroundings | None:
    async with office.database.read() as session:
        chat = await session.get_one(Chat, row.chat_id)
        return await doubts.surroundings(session, row, chat)


async def test_a_lost_message_is_after_all_that_was_known_and_is_nobody_elses(
    office: Office,
) -> None:
    async with office.database.begin() as session:
        await hear(session, office, 1, ONE, 40)
        await hear(session, office, 2, TWO, 90)
        await hear(session, office, 3, ZHANG, 95)
    office.clock.forward(seconds=1)
    row = await lose(office, "card:1")
    office.clock.forward(seconds=1)
    async with office.database.begin() as session:
        await hear(session, office, 4, ONE, 43)
    assert await around(office, row) == doubts.Surroundings(40, frozenset({43}))


async def test_every_picture_of_an_album_is_known(office: Office) -> None:
    async with office.database.begin() as session:
        found = await chats.by_telegram(session, ONE)
        assert found is not None
        media = [{"type": "photo", "media": str(number)} for number in range(3)]
        call = ("sendMediaGroup", {"media": media})
        await outbox.post(session, "album:1:1", found.id, call, office.clock())
        (row, _), *_ = await carriage.claim(session, office.clock(), 10)
        await carriage.settled(session, row.id, Delivery.SENT, office.clock(), message_id=40)
    office.clock.forward(seconds=1)
    row = await lose(office, "announcement:1:1")
    assert await around(office, row) == doubts.Surroundings(42, frozenset())


async def test_private_chats_and_small_groups_share_one_count(office: Office) -> None:
    async with office.database.begin() as session:
        found = await chats.seen(session, -5, ChatKind.GROUP)
        await outbox.adopt(session, "progress:1", found.id, 60, office.clock())
        await hear(session, office, 1, ONE, 900)
        await hear(session, office, 2, LI, 58)
    office.clock.forward(seconds=1)
    row = await lose(office, "closing:1:1", ZHANG)
    assert await around(office, row) == doubts.Surroundings(60, frozenset())


async def test_where_nothing_is_known_nothing_is_looked_for(office: Office) -> None:
    assert await around(office, await lose(office, "card:1")) is None


async def test_a_decision_on_an_announcement_shows_in_its_progress(office: Office) -> None:
    async with office.database.begin() as session:
        chat = await chats.by_telegram(session, LI)
        assert chat is not None
        await outbox.adopt(session, "progress:1", chat.id, 5, office.clock())
    await in_doubt(office, f"announcement:1:{office.teams[ONE].id}")
    async with office.database.begin() as session:
        stale = await outbox.stale(session, office.clock() + timedelta(seconds=6))
    assert [row.key for row in stale] == ["progress:1"]
