import itertools
from typing import Any

from bot.sandbox.chats import Chat, User
from storage.tables import Announcement, CheckIn, Commitment
from tests.wire.scene import (
    LI,
    ONE,
    STRANGER,
    SUN,
    TWO,
    UNKNOWN,
    ZHANG,
    ZHAO,
    Scene,
)

AS_YOURSELF = "你现在以群或频道的身份发言，我无法确认你是谁。"


async def speak(scene: Scene, text: str, by: User, **more: Any) -> None:
    """Something is said in the first team's group that no person of the page could say."""
    world = scene.world.world
    world.post(world.chats[ONE], by, {"text": text}, **more)
    await scene.settle()


async def test_an_administrator_who_hides_is_asked_to_speak_as_oneself(scene: Scene) -> None:
    await scene.say(ZHAO, "/commit 周五前交报告", ONE, anonymous=True)
    assert (await scene.last(ZHANG, ONE)).startswith(AS_YOURSELF)
    assert await scene.rows(Commitment) == []
    await scene.say(ZHAO, "大家早", ONE, anonymous=True)
    assert await scene.last(ZHANG, ONE) == "大家早", "not every word is meant for us"


async def test_a_channel_has_no_rights_either(scene: Scene) -> None:
    channel = Chat(-1007000000001, "channel", "某频道", itertools.count(1))
    author = User(136817688, "Channel", "Channel_Bot", is_bot=True)
    await speak(scene, "/announce 放假三天", author, sender_chat=channel)
    assert (await scene.last(ZHANG, ONE)).startswith(AS_YOURSELF)
    await speak(scene, "完成 1", author, sender_chat=channel)
    assert await scene.last(ZHANG, ONE) == "完成 1"
    assert await scene.rows(Announcement) == []


async def test_other_bots_are_not_answered(scene: Scene) -> None:
    other = User(7001, "别的机器人", "other_bot", is_bot=True)
    for text in ("/status", "/status@zaohui_bot", "@zaohui_bot 谁没打卡？", "报到"):
        await speak(scene, text, other)
        assert await scene.last(ZHANG, ONE) == text, "two bots would talk for ever"


async def test_a_forwarded_command_is_nobodys_wish(scene: Scene) -> None:
    said = await scene.say(ZHANG, "/commit 周五前交报告")
    assert len(await scene.rows(Commitment)) == 1
    source = {"chat": ZHANG, "message_id": said}
    await scene.say(ZHANG, "", ONE, forward_from=source)
    assert await scene.last(ZHANG, ONE) == "/commit 周五前交报告"
    await scene.say(ZHANG, "", forward_from=source)
    assert await scene.last(ZHANG) == UNKNOWN
    assert len(await scene.rows(Commitment)) == 1


async def test_what_a_secretary_forwards_is_material_for_an_announcement(scene: Scene) -> None:
    said = await scene.say(ZHAO, "/status 明天停电检修", ONE)
    await scene.say(LI, "", forward_from={"chat": ONE, "message_id": said})
    assert (await scene.last(LI)).startswith("发公告\n/status 明天停电检修\n")
    (draft,) = await scene.rows(Announcement)
    assert draft.html == "/status 明天停电检修"


async def test_an_edited_message_is_not_said_again(scene: Scene) -> None:
    said = await scene.say(ZHANG, "大家早", ONE)
    await scene.act("edit", **{"as": ZHANG}, chat=ONE, message_id=said, text="/commit 交报告")
    assert await scene.texts(ZHANG, ONE) == ["/commit 交报告"]
    promised = await scene.say(ZHANG, "/commit 周五前交报告", ONE)
    edit = {"message_id": promised, "text": "/commit 周五前交两份报告"}
    await scene.act("edit", **{"as": ZHANG}, chat=ONE, **edit)
    assert [row.text for row in await scene.rows(Commitment)] == ["交报告"]


async def test_a_command_for_another_bot_is_left_to_it(scene: Scene) -> None:
    await scene.say(ZHANG, "/status@other_bot", ONE)
    assert await scene.last(ZHANG, ONE) == "/status@other_bot"
    await scene.say(ZHANG, "/status@Zaohui_Bot", ONE)
    assert (await scene.last(ZHANG, ONE)).startswith("📊 一班")


async def test_an_unknown_command_is_answered_only_where_it_was_meant_for_us(
    scene: Scene,
) -> None:
    told = UNKNOWN
    await scene.say(ZHANG, "/weather", ONE)
    assert await scene.last(ZHANG, ONE) == "/weather"
    await scene.say(ZHANG, "/weather@zaohui_bot", ONE)
    assert await scene.last(ZHANG, ONE) == told
    await scene.say(ZHANG, "/weather")
    assert await scene.last(ZHANG) == told


async def test_whose_group_it_is_decides_and_not_whose_hand(scene: Scene) -> None:
    await scene.act("member", **{"as": SUN}, chat=TWO, user=ZHANG, status="member")
    await scene.morning()
    await scene.say(ZHANG, "/commit 周五前交报告", TWO)
    assert await scene.last(LI, TWO) == STRANGER
    assert await scene.rows(Commitment) == []
    assert await scene.rows(CheckIn) == []
