from typing import Any

import pytest

from tests.sandbox.play import LI, TEAM, ZHANG, ZHAO, Play


def listed(*names: str) -> list[dict[str, str]]:
    return [{"command": name, "description": name.upper()} for name in names]


async def test_a_person_sees_the_narrowest_list_in_their_language(play: Play) -> None:
    async def seen(who: int, chat: int) -> list[str]:
        return [one["command"] for one in (await play.chat(who, chat))["commands"]]

    async def put(name: str, scope: dict[str, Any] | None = None, **more: Any) -> None:
        scoped = {"scope": scope} if scope else {}
        assert await play.bot("setMyCommands", commands=listed(name), **scoped, **more) is True

    await put("default")
    assert await seen(ZHANG, TEAM) == await seen(ZHANG, ZHANG) == ["default"]
    await put("group", {"type": "all_group_chats"})
    await put("groupzh", {"type": "all_group_chats"}, language_code="zh")
    await put("private", {"type": "all_private_chats"})
    assert (await seen(ZHANG, TEAM), await seen(LI, TEAM)) == (["groupzh"], ["group"])
    assert await seen(ZHANG, ZHANG) == ["private"]
    await put("admins", {"type": "all_chat_administrators"})
    assert (await seen(ZHAO, TEAM), await seen(LI, TEAM)) == (["admins"], ["group"])
    await put("here", {"type": "chat", "chat_id": TEAM})
    await put("hers", {"type": "chat_member", "chat_id": TEAM, "user_id": LI})
    assert (await seen(ZHAO, TEAM), await seen(LI, TEAM)) == (["here"], ["hers"])
    await play.bot("deleteMyCommands", scope={"type": "chat", "chat_id": TEAM})
    assert await seen(ZHAO, TEAM) == ["admins"]


async def test_a_list_is_kept_as_it_was_given(play: Play) -> None:
    scope = {"type": "all_group_chats"}
    await play.bot("setMyCommands", commands=listed("today", "my"), scope=scope)
    assert await play.bot("getMyCommands", scope=scope) == listed("today", "my")
    assert await play.bot("getMyCommands") == []


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"commands": "x"}, "can't parse commands JSON object"),
        ({"commands": {}}, "expected an Array of BotCommand"),
        ({"commands": listed("Today")}, "BOT_COMMAND_INVALID"),
        ({"commands": listed("x" * 33)}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "a"}]},
         'can\'t parse BotCommand: Can\'t find field "description"'),
        ({"commands": listed(*["a"] * 101)}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [], "language_code": "zh-hans"}, "invalid language code specified"),
        ({"commands": [], "scope": {"type": "moon"}},
         "can't parse BotCommandScope: unsupported type specified"),
        ({"commands": [], "scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
    ],
)  # fmt: skip
async def test_a_bad_list_is_refused(play: Play, params: dict[str, Any], why: str) -> None:
    assert await play.refusal("setMyCommands", **params) == f"Bad Request: {why}"


async def test_the_bots_profile_is_kept_by_language(play: Play) -> None:
    assert await play.bot("getMyName") == {"name": "zaohui"}
    await play.bot("setMyName", name="早会", language_code="zh")
    assert await play.bot("getMyName", language_code="zh") == {"name": "早会"}
    assert await play.bot("getMyName", language_code="de") == {"name": "zaohui"}
    await play.bot("setMyDescription", description="long")
    await play.bot("setMyShortDescription", short_description="short")
    assert await play.bot("getMyDescription", language_code="zh") == {"description": "long"}
    assert await play.bot("getMyShortDescription") == {"short_description": "short"}
    why = await play.refusal("setMyShortDescription", short_description="x" * 121)
    assert why == "Bad Request: short description is too long"
