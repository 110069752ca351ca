"""Several replicas on one PostgreSQL are one bot, whichever of them is killed."""

import asyncio
import re
import signal
import time
from collections import Counter
from datetime import timedelta

import httpx
from sqlmodel import select

from bot.app import POLLER, POSTMAN
from bot.programs import HOST
from bot.web.pages import HEADER
from storage import chats, inbox, outbox
from storage.database import number
from storage.kinds import Delivery, Intake
from storage.tables import CheckIn, Incoming, Morning, Outgoing
from tests.replicas.house import SECRET, House, Replica, until
from tests.wire.scene import MONDAY, ONE, OWNER, RANGERS, SI, SUN, TWO, ZHANG, ZHAO, ZHENG

TAKEOVER = 5.0  # seconds
TAPS, AT_ONCE = 1000, 60
MEMBERS = {ONE: ZHANG, TWO: SUN, RANGERS: ZHENG, OWNER: OWNER}  # who looks into which chat
PAST_THE_CARD = MONDAY + timedelta(minutes=51)


async def calm(house: House) -> None:
    """Until nothing is left to handle or to carry."""

    async def done() -> bool:
        async with house.database.read() as session:
            now = house.stage.clock()
            return not (await inbox.waiting(session) or await outbox.owed(session, now))

    await until(done)


async def morning(house: House, replicas: int) -> None:
    """The cards are there."""
    house.stage.clock.set(PAST_THE_CARD)
    await house.start(replicas)

    async def come() -> bool:
        return bool(await house.cards(ZHANG, ONE))

    await until(come)


async def test_three_replicas_say_good_morning_once(house: House) -> None:
    await morning(house, 3)
    await calm(house)
    assert [len(await house.cards(ZHANG, chat)) for chat in (ONE,)] == [1]
    mornings = await house.rows(Morning)
    assert len(mornings) == len({(m.team_id, m.day) for m in mornings}) > 0
    posts = [call for call in house.stage.world.calls if call.method == "sendMessage"]
    assert len([p for p in posts if p.params["chat_id"] == str(ONE)]) == 1


async def test_when_the_poller_is_killed_another_polls_within_five_seconds(house: House) -> None:
    await morning(house, 3)
    for user in (ZHANG, SI, ZHAO):
        (await house.holder(number(POLLER))).kill()
        begun = time.monotonic()
        told = await house.tap(user, ONE, "已学")
        assert "已学" in told["text"] or "位" in told["text"]
        assert time.monotonic() - begun < TAKEOVER
        await house.start(1)
    assert await house.count(CheckIn) == 3
    updates = await house.rows(Incoming)
    assert {row.state for row in updates} == {"done"}


async def test_when_the_postman_is_killed_another_carries_on_and_nothing_is_lost(
    house: House,
) -> None:
    await morning(house, 2)
    await calm(house)
    slow = {"kind": "slow", "methods": ["sendMessage"], "seconds": 0.1}
    await house.stage.http.post("/api/faults", json={"faults": [slow]})
    wanted = {f"test:{chat}:{n}": chat for chat in MEMBERS for n in range(12) if chat < 0}
    await owe(house, wanted)
    await until(lambda: delivered(house, 12))
    (await house.holder(number(POSTMAN))).kill()
    begun = time.monotonic()
    cut_off = {row.key for row in await house.rows(Outgoing) if row.state is Delivery.SENDING}
    wanted[f"test:{OWNER}:1"] = OWNER
    await owe(house, {f"test:{OWNER}:1": OWNER})  # nothing of whose is on its way
    await house.holder(number(POSTMAN))
    assert time.monotonic() - begun < TAKEOVER
    await until(lambda: told(house, OWNER))
    await until(lambda: gone_by(house))
    found = await said(house)
    assert set(found) == set(wanted)
    assert {key for key in wanted if found.count(key) > 1} <= cut_off
    assert 0 < len(cut_off) <= len(MEMBERS)


async def test_a_postman_that_hangs_is_relieved_and_when_it_wakes_it_does_no_harm(
    house: House,
) -> None:
    await morning(house, 2)
    await calm(house)
    hung = await house.holder(number(POSTMAN))
    hung.process.send_signal(signal.SIGSTOP)
    await owe(house, {f"test:{OWNER}:1": OWNER})
    await until(lambda: told(house, OWNER))
    hung.process.send_signal(signal.SIGCONT)
    await until(lambda: noticed(hung))
    await owe(house, {f"test:{OWNER}:2": OWNER})
    await calm(house)
    assert await house.holder(number(POSTMAN)) is not hung
    assert Counter(await said(house)) == {f"test:{OWNER}:1": 1, f"test:{OWNER}:2": 1}


async def noticed(replica: Replica) -> bool:
    return "the leases are lost" in replica.log.read_text()


async def owe(house: House, wanted: dict[str, int]) -> None:
    """Owe chats messages that say their keys."""
    async with house.database.begin() as session:
        for key, chat_id in wanted.items():
            chat = await chats.by_telegram(session, chat_id)
            assert chat is not None
            call = ("sendMessage", {"text": key})
            await outbox.post(session, key, chat.id, call, house.stage.clock())


async def said(house: House) -> list[str]:
    """The keys that stand in the groups."""
    texts = [
        m["text"] or "" for chat, user in MEMBERS.items() for m in await house.messages(user, chat)
    ]
    return [key for text in texts for key in re.findall(r"test:-?\d+:\d+", text)]


async def delivered(house: House, count: int) -> bool:
    return len(await said(house)) >= count


async def told(house: House, user: int) -> bool:
    return any((m["text"] or "").startswith("test:") for m in await house.messages(user, user))


async def gone_by(house: House) -> bool:
    """Let what is not known be a minute and a half older; whether all is settled."""
    async with house.database.begin() as session:
        unknown = select(Outgoing).where(Outgoing.state == Delivery.UNKNOWN).with_for_update()
        for row in (await session.exec(unknown)).all():
            assert row.tried_at is not None
            row.tried_at -= timedelta(seconds=90)
            session.add(row)
        return not await outbox.owed(session, house.stage.clock())


async def test_a_thousand_taps_of_one_member_on_three_replicas_are_one_check_in(
    house: House,
) -> None:
    async with house.proxy():
        await morning(house, 3)
        await press_thousandfold(house)
    await calm(house)
    assert await house.count(CheckIn) == 1
    assert Counter(row.state for row in await house.rows(Incoming)) == {Intake.DONE: TAPS}


async def press_thousandfold(house: House) -> None:
    """One member taps, with a client of their own, as fast as it goes, on every replica."""
    [*_, card] = await house.cards(ZHANG, ONE)
    button = next(b for row in card["buttons"] for b in row if b["text"] == "已学")
    tap = {
        "id": "1",
        "from": {"id": ZHANG, "is_bot": False, "first_name": "张三"},
        "chat_instance": "1",
        "data": button["callback_data"],
        "message": {
            "message_id": card["message_id"],
            "date": 1,
            "chat": {"id": ONE, "type": "supergroup", "title": "一班"},
        },
    }
    ports = [replica.port for replica in house.replicas]
    places = asyncio.Semaphore(AT_ONCE)  # more than that and httpx is busy with itself
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:

        async def press(n: int) -> int:
            update = {"update_id": 1000 + n, "callback_query": tap}
            url = f"http://{HOST}:{ports[n % len(ports)]}/webhook"
            async with places:
                answer = await http.post(url, json=update, headers={HEADER: SECRET})
            return answer.status_code

        assert set(await asyncio.gather(*map(press, range(TAPS)))) == {200}
