"""A group becomes a supergroup, or loses us for a while, with a morning open: nothing is lost."""

from typing import Any

from bot.sandbox.chats import Chat as Group
from bot.sandbox.chats import Message as Said
from storage.kinds import Progress
from storage.tables import Chat, CheckIn, Commitment, FormerChat, Outgoing, Team
from tests.wire.scene import LI, ONE, ZHANG, ZHAO, Scene
from tests.wire.test_joining import enlarge, group


async def small(scene: Scene) -> int:
    """三班 meets in a basic group; 张三 and 赵班长 are in it."""
    await enlarge(scene)
    old = await group(scene, LI, type="group")
    await scene.tap(LI, "第一党支部 · 三班")
    await scene.act("member", **{"as": LI}, chat=old, user=ZHAO, status="member")
    return old


async def migrated(scene: Scene, old: int) -> int:
    found = int((await scene.act("migrate", chat=old))["chat"])
    await scene.forward(seconds=6)
    return found


async def tapped_in(scene: Scene, old: Group, card: Said, user: int, label: str) -> None:
    """A tap on what stood in the group before, as Telegram tells of it."""
    world = scene.world.world
    (data,) = [
        button["callback_data"]
        for row in (card.markup or {})["inline_keyboard"]
        for button in row
        if button["text"] == label
    ]
    tap = world.taps.begin(user, old.id)
    told: dict[str, Any] = {"id": tap.id, "from": world.users[user].told, "message": card.told()}
    world.queue.add("callback_query", told | {"chat_instance": "1", "data": data}, user)
    await scene.settle()


async def test_the_card_of_an_open_morning_comes_along_with_its_count(scene: Scene) -> None:
    old = await small(scene)
    await scene.morning()
    assert (await scene.tap(ZHAO, "已学", old)).startswith("✅ 已学，本班组第 1 位")
    await scene.forward(seconds=6)
    new = await migrated(scene, old)
    cards = [text for text in await scene.texts(ZHAO, new) if "早会微学 ·" in text]
    assert len(cards) == 1
    assert cards[0].endswith("已学 1/1")
    assert await scene.tap(ZHAO, "已学", new) == "已经记录过了：第 1 位，07:50"
    await scene.forward(hours=2)
    assert len(await scene.rows(CheckIn)) == 1
    await scene.morning()
    cards = [text for text in await scene.texts(ZHAO, new) if "早会微学 ·" in text]
    assert len(cards) == 2, "the next day's, once"


async def test_a_morning_that_is_closed_is_not_posted_again(scene: Scene) -> None:
    old = await small(scene)
    await scene.morning()
    await scene.forward(hours=2)
    new = await migrated(scene, old)
    assert not [text for text in await scene.texts(ZHAO, new) if "早会微学 ·" in text]


async def test_a_tap_on_what_stood_in_the_old_group_still_counts(scene: Scene) -> None:
    old = await small(scene)
    await scene.morning()
    before = scene.world.world.chats[old]
    card = next(m for m in before.messages.values() if "早会微学 ·" in m.text)
    new = await migrated(scene, old)
    await tapped_in(scene, before, card, ZHAO, "已学")
    assert len(await scene.rows(CheckIn)) == 1
    await scene.forward(seconds=6)
    assert (await scene.card(ZHAO, new))["text"].endswith("已学 1/1")
    known = [row.telegram_id for row in await scene.rows(Chat)]
    assert new in known
    assert old not in known, "no group of its own is made of that"
    assert [row.telegram_id for row in await scene.rows(FormerChat)] == [old]


async def test_the_board_comes_along_and_is_pinned_there(scene: Scene) -> None:
    old = await small(scene)
    await scene.say(ZHAO, "/commit 周五前交报告", old)
    await scene.say(ZHAO, "/board", old)
    await scene.forward(seconds=11)
    new = await migrated(scene, old)
    await scene.forward(seconds=11)
    boards = [text for text in await scene.texts(ZHAO, new) if "承诺看板" in text]
    assert len(boards) == 1
    assert "交报告" in boards[0]
    assert len(scene.calls("pinChatMessage", new)) == 1
    await scene.say(ZHAO, "完成 1", new)
    await scene.forward(seconds=6)
    boards = [text for text in await scene.texts(ZHAO, new) if "承诺看板" in text]
    assert len(boards) == 1
    assert "#1" not in boards[0] or "已完成" in boards[0]


async def test_two_words_of_the_same_move_post_nothing_twice(scene: Scene) -> None:
    old = await small(scene)
    await scene.morning()
    new = await migrated(scene, old)
    world = scene.world.world
    world.queue.add(
        "message",
        {
            "message_id": 999,
            "from": world.users[ZHAO].told,
            "chat": world.chats[old].told(),
            "date": world.date(),
            "migrate_to_chat_id": new,
        },
        old,
    )
    await scene.settle()
    await scene.forward(seconds=6)
    assert len([t for t in await scene.texts(ZHAO, new) if "早会微学 ·" in t]) == 1


async def test_taken_out_and_brought_back_in_an_open_morning_nothing_is_lost(
    scene: Scene,
) -> None:
    robot = scene.world.world.bot.id
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    await scene.say(ZHANG, "/commit 周五前交报告", ONE)
    await scene.forward(seconds=6)
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=robot, status="kicked")
    await scene.forward(minutes=10)
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=robot, status="administrator")
    assert (await scene.last(ZHAO, ONE)).startswith("大家好，我是一班的早会助手。")
    assert await scene.tap(ZHAO, "已学", ONE) == "✅ 已学，本班组第 2 位，08:00"
    await scene.forward(seconds=6)
    cards = [text for text in await scene.texts(ZHAO, ONE) if "早会微学 ·" in text]
    assert len(cards) == 1
    assert cards[0].endswith("已学 2/4")
    await scene.say(ZHANG, "完成 1", ONE)
    assert [row.state for row in await scene.rows(Commitment)] == [Progress.CLAIMED]
    (team,) = [row for row in await scene.rows(Team) if row.name == "一班"]
    (home,) = [row for row in await scene.rows(Chat) if row.telegram_id == ONE]
    assert team.chat_id == home.id
    assert home.trouble == ""
    assert not [row for row in await scene.rows(Outgoing) if row.state == "held"]


async def test_a_card_that_was_owed_while_we_were_out_comes_when_we_are_back(
    scene: Scene,
) -> None:
    robot = scene.world.world.bot.id
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=robot, status="left")
    await scene.morning()
    assert not [t for t in await scene.texts(ZHAO, ONE) if "早会微学 ·" in t]
    await scene.forward(minutes=10)
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=robot, status="member")
    assert "早会微学 · 11月23日" in (await scene.card(ZHAO))["text"]
    assert await scene.tap(ZHAO, "已学", ONE) == "✅ 已学，本班组第 1 位，08:00"
