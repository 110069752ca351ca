"""A fan-out under Telegram's limits, and a group that moves house in the middle of one."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.app import running
from bot.clock import Clock
from bot.programs import HOST, Trial, opened
from bot.sandbox.gate import Call
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from bot.web.server import serving
from storage import outbox
from storage.kinds import Delivery
from storage.tables import Chat, Outgoing
from tests.bench import crowd
from tests.wire.scene import MONDAY, ONE, ZHANG, ZHAO, ZONE, Scene, until

TEAMS = 100


@pytest.fixture
async def crowded(tmp_path: Path) -> AsyncIterator[Scene]:
    """A hundred small teams whose cards are due, with a Telegram that enforces its limits."""
    many = crowd.Crowd(TEAMS, size=1)
    clock = Clock(ZONE)
    clock.set(MONDAY)
    world = Sandbox(crowd.cast(many), clock, token=crowd.TOKEN, limits=True)
    async with serving(world.app, HOST, 0) as port:
        address = f"http://{HOST}:{port}"
        settings = Settings(
            token=SecretStr(crowd.TOKEN),
            api_url=address,
            database_url=f"sqlite:///{tmp_path / 'crowd.db'}",
            http_port=0,
        )
        try:
            async with opened(settings) as database:
                await crowd.furnish(database, clock(), many)
                async with (
                    httpx.AsyncClient(base_url=address, timeout=30) as http,
                    running(settings, database, clock) as app,
                ):
                    yield Scene(Trial(app, world, address), http)
        finally:
            await world.close()


async def test_a_hundred_cards_go_out_as_fast_as_is_allowed_and_news_overtakes_them(
    crowded: Scene,
) -> None:
    async def under_way() -> bool:
        return len(sent(crowded)) >= 5

    async def all_there() -> bool:
        states = {row.state for row in await crowded.rows(Outgoing)}
        return states == {Delivery.SENT} and len(sent(crowded)) == TEAMS + 1

    crowded.app.hurry()
    await crowded.app.pulse()
    await until(under_way)
    async with crowded.app.database.begin() as session:
        (last, *_) = sorted(await crowded.rows(Chat), key=lambda chat: -chat.id)
        call = ("sendMessage", {"text": "news"})
        await outbox.post(session, "news", last.id, call, crowded.clock())
    await until(all_there)
    floods = [call for call in crowded.world.calls if call.code == 429]
    assert floods == []
    texts = [call.params["text"] for call in sent(crowded)]
    assert texts.index("news") < 60, "it did not wait for the cards before it"
    span = sent(crowded)[-1].at - sent(crowded)[0].at
    assert span < 1.5 * TEAMS / 30


def sent(scene: Scene) -> list[Call]:
    """The messages that were posted, in order."""
    return [call for call in scene.world.calls if call.method == "sendMessage" and call.code]


async def test_a_group_that_becomes_another_in_the_middle_of_a_fan_out_gets_its_card_once(
    scene: Scene,
) -> None:
    world = scene.world.world
    new = world.migrate(world.chats[ONE], world.people[ZHAO])
    world.queue.clear()  # Telegram's word on it comes later than the card
    await scene.morning()
    assert len([t for t in await scene.texts(ZHANG, new.id) if "早会微学 ·" in t]) == 1
    assert (await scene.tap(ZHANG, "已学", new.id)).startswith("✅ 已学")
    await scene.forward(seconds=6)
    assert (await scene.card(ZHANG, new.id))["text"].endswith("已学 1/4")


async def test_a_long_message_comes_in_parts_and_in_order(scene: Scene) -> None:
    async with scene.app.database.begin() as session:
        chat = next(row for row in await scene.rows(Chat) if row.telegram_id == ZHANG)
        calls = [("sendMessage", {"text": f"part {n}"}) for n in (1, 2, 3)]
        await outbox.post(session, "long", chat.id, calls[0], scene.clock(), more=calls[1:])
    await scene.fault("drop_before", "sendMessage", chats=[ZHANG], n=1)
    scene.app.postman.ring()

    async def lost() -> bool:
        return Delivery.UNKNOWN in {row.state for row in await scene.rows(Outgoing)}

    await until(lost)
    assert await scene.texts(ZHANG) == [], "the others wait for the first"
    await scene.forward(seconds=95)
    assert await scene.texts(ZHANG) == ["（补发）part 1", "part 2", "part 3"]
