"""Messages whose answer was lost: looked for, sent once more, or left to the owner."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import probe
from storage.kinds import Delivery
from storage.tables import Outgoing
from tests.wire.scene import MONDAY, ONE, OWNER, WANG, ZHANG, ZHAO, Scene, until
from tests.wire.stage import Stage, standing


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """The probe is at work, and loses no time."""
    monkeypatch.setattr(probe, "PAUSE", 0)
    monkeypatch.setattr(probe, "LOOK", 0.02)
    async with standing(tmp_path, MONDAY) as stage:
        settings = stage.settings.model_copy(update={"probe": True, "group_rate": 200})
        async with Stage(stage.world, settings, stage.clock, stage.http).bot() as scene:
            yield scene


async def lost(scene: Scene, fault: str) -> None:
    """The card of the first group is posted, or is not, and nobody tells."""
    await scene.say(ZHANG, "/status", ONE)
    await scene.say(ZHANG, "大家早", ONE)
    await scene.fault(fault, "sendMessage", chats=[ONE], n=1)
    await scene.morning()
    assert (await card(scene)).state is Delivery.UNKNOWN
    world = scene.world.world
    for _ in range(30):
        world.post(world.chats[ONE], world.people[WANG], {"text": "早"})
    await scene.settle()
    await scene.forward(seconds=95)


async def card(scene: Scene) -> Outgoing:
    return next(row for row in await scene.rows(Outgoing) if row.key == "card:1")


async def cards(scene: Scene) -> list[str]:
    return [text for text in await scene.texts(ZHANG, ONE) if "早会微学 ·" in text]


async def test_a_card_that_arrived_is_found_and_not_sent_again(scene: Scene) -> None:
    await lost(scene, "lost_answer")
    row = await card(scene)
    assert (row.state, row.resent) == (Delivery.SENT, False)
    assert row.message_id == (await scene.card())["message_id"]
    assert len(await cards(scene)) == 1
    await scene.tap(ZHANG, "已学", ONE)
    await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("已学 1/4")


async def test_the_probe_changes_nothing_in_the_chat(scene: Scene) -> None:
    await scene.say(ZHANG, "/today", ONE)
    before = await scene.messages(ZHANG, ONE)
    await lost(scene, "lost_answer")
    after = await scene.messages(ZHANG, ONE)
    assert after[: len(before)] == before
    assert [m for m in after if m["buttons"]] == [await scene.card()]


async def test_a_card_that_is_nowhere_is_sent_once_more_and_says_so(scene: Scene) -> None:
    await lost(scene, "drop_before")
    (text,) = await cards(scene)
    assert text.startswith("（补发）☀️ 早会微学")
    tried = scene.calls("editMessageReplyMarkup", ONE)
    places = {int(params["message_id"]) for params in tried}
    theirs = {m["message_id"] for m in await scene.messages(ZHANG, ONE) if m["text"] == "早"}
    assert len(theirs) == 30
    assert not places & theirs, "what others said is no message of ours"
    assert len(places) == len(tried) == probe.WIDTH - len(theirs)
    assert (await card(scene)).state is Delivery.SENT


async def test_a_search_that_is_cut_short_goes_on_where_it_was(scene: Scene) -> None:
    await scene.say(ZHANG, "/status", ONE)
    await scene.fault("drop_before", "sendMessage", chats=[ONE], n=1)
    await scene.morning()
    await scene.fault("drop_before", "editMessageReplyMarkup", chats=[ONE], n=1)
    await scene.forward(seconds=95)
    tried = [int(p["message_id"]) for p in scene.calls("editMessageReplyMarkup", ONE)]
    assert tried == [tried[0], *range(tried[0], tried[0] + probe.WIDTH)]
    assert len(await cards(scene)) == 1


async def test_another_message_on_which_a_try_was_cut_off_is_not_taken_for_the_card(
    scene: Scene,
) -> None:
    await scene.fault("lost_answer", "sendMessage", chats=[ONE], n=1)
    await scene.say(ZHANG, "/status", ONE)  # answered, but we do not know the answer's id
    await scene.fault("drop_before", "sendMessage", chats=[ONE], n=1)
    await scene.morning()
    # The buttons of the card are put under that answer, and nothing takes them away again.
    await scene.fault("lost_answer", "editMessageReplyMarkup", chats=[ONE], n=1)
    await scene.forward(seconds=95)
    (text,) = await cards(scene)
    assert text.startswith("（补发）☀️ 早会微学")
    assert [m["text"] for m in await scene.messages(ZHANG, ONE) if m["buttons"]] == [text]


async def test_a_search_that_is_cut_short_where_the_card_is_leaves_it_as_it_was(
    scene: Scene,
) -> None:
    await scene.say(ZHANG, "/status", ONE)
    await scene.fault("lost_answer", "sendMessage", chats=[ONE], n=1)
    await scene.morning()
    before = await scene.card()
    await scene.fault("lost_answer", "editMessageReplyMarkup", chats=[ONE], n=2)
    await scene.forward(seconds=95)
    assert (await card(scene)).message_id == before["message_id"]
    assert await scene.card() == before
    assert len(await cards(scene)) == 1


async def doubtful(scene: Scene) -> None:
    """The card of the first group was lost twice."""
    await scene.fault("drop_before", "sendMessage", chats=[ONE], n=2)
    await scene.morning()

    async def asked() -> bool:
        await scene.forward(seconds=95)
        return (await card(scene)).state is Delivery.NEEDS_PERSON

    await until(asked)
    await scene.forward(seconds=10)


async def test_the_owner_is_told_once_and_settles_it_with_a_tap(scene: Scene) -> None:
    await doubtful(scene)
    await scene.forward(minutes=5)
    told = [text for text in await scene.texts(OWNER) if "不确定是否送达" in text]
    assert len(told) == 1
    assert told[0].startswith("⚠️ 有 1 条消息不确定是否送达")
    await scene.say(OWNER, "/deliveries")
    assert "1. 一班 · 早会卡片" in await scene.last(OWNER)
    assert await scene.tap(OWNER, "1 再发一次") == "正在再发一次。"
    assert await scene.last(OWNER) == "没有不确定是否送达的消息。"
    (text,) = await cards(scene)
    assert text.startswith("（补发）")


async def test_nobody_else_sees_what_is_in_doubt(scene: Scene) -> None:
    await doubtful(scene)
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=OWNER, status="member")
    await scene.say(ZHANG, "/deliveries")
    assert await scene.last(ZHANG) == "你没有这项操作的权限，没有改动任何内容。"
    await scene.say(OWNER, "/deliveries", ONE)
    assert "一班 · 早会卡片" in await scene.last(OWNER), "in private, though asked in a group"
    assert await scene.last(OWNER, ONE) == "/deliveries"


async def test_it_arrived_says_the_owner_and_nothing_is_sent(scene: Scene) -> None:
    await doubtful(scene)
    await scene.say(OWNER, "/deliveries")
    assert await scene.tap(OWNER, "1 已送达") == "已记为送达。"
    await scene.forward(minutes=5)
    assert await cards(scene) == []
