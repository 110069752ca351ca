from typing import Any

import pytest

from tests.sandbox.play import FORUM, LI, SMALL, STRANGER, TEAM, TOPIC, ZHANG, ZHAO, Play


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("plain words", False),
        ("/my", True),
        ("/my@zaohui_bot", True),
        ("/my@other_bot", False),
        ("see /my", False),
        ("@zaohui_bot who?", True),
        ("@other_bot who?", False),
    ],
)
async def test_in_privacy_mode_a_member_bot_hears_what_is_meant_for_it(
    play: Play, text: str, heard: bool
) -> None:
    await play.say(ZHANG, FORUM, text)
    assert bool(await play.updates()) is heard


async def test_in_privacy_mode_a_member_bot_hears_replies_to_it_and_service_messages(
    play: Play,
) -> None:
    own = await play.bot("sendMessage", chat_id=FORUM, text="card")
    theirs = await play.say(LI, FORUM, "x")
    await play.say(ZHANG, FORUM, "to the bot", reply_to=own["message_id"])
    await play.say(ZHANG, FORUM, "to Li", reply_to=theirs)
    await play.act("member", ZHAO, chat=FORUM, user=STRANGER, status="member")
    reply, joined = await play.updates()
    assert reply["message"]["text"] == "to the bot"
    assert joined["message"]["new_chat_members"][0]["id"] == STRANGER


async def test_an_administrator_bot_hears_everything_even_edits(play: Play) -> None:
    said = await play.say(ZHANG, TEAM, "plain")
    await play.act("edit", chat=TEAM, message_id=said, text="plainer")
    message, edited = await play.updates()
    assert message["message"]["text"] == "plain"
    assert edited["edited_message"]["text"] == "plainer"
    assert edited["edited_message"]["edit_date"] == int(play.clock().timestamp())


async def test_an_administrator_may_speak_as_the_group(play: Play) -> None:
    await play.say(ZHAO, TEAM, "hidden", anonymous=True)
    (update,) = await play.updates()
    message = update["message"]
    assert message["from"]["username"] == "GroupAnonymousBot"
    assert message["sender_chat"]["id"] == TEAM
    assert await play.wrong("say", chat=TEAM, text="x", anonymous=True) == (
        403,
        "Only an administrator may speak as the group.",
    )


async def test_the_bot_learns_what_it_becomes_and_by_whom(play: Play) -> None:
    async def become(status: str) -> dict[str, Any]:
        await play.act("member", ZHAO, chat=FORUM, user=play.bot_id, status=status)
        told: dict[str, Any] = (await play.updates())[0]["my_chat_member"]
        return told

    up = await become("administrator")
    assert up["from"]["id"] == ZHAO
    assert (up["old_chat_member"]["status"], up["new_chat_member"]["status"]) == (
        "member",
        "administrator",
    )
    assert up["new_chat_member"]["can_pin_messages"] is True
    out = await become("kicked")
    kicked = out["new_chat_member"]
    assert (kicked["status"], kicked["until_date"]) == ("kicked", 0)
    assert kicked["user"]["id"] == play.bot_id
    why = await play.refusal("sendMessage", chat_id=FORUM, text="x")
    assert why == "Forbidden: bot was kicked from the supergroup chat"
    back = await become("member")
    assert back["old_chat_member"]["status"] == "kicked"
    assert (await play.bot("sendMessage", chat_id=FORUM, text="x"))["text"] == "x"


async def test_a_bot_that_left_is_not_a_member(play: Play) -> None:
    assert await play.bot("leaveChat", chat_id=TEAM) is True
    why = await play.refusal("sendMessage", chat_id=TEAM, text="x")
    assert why == "Forbidden: bot is not a member of the supergroup chat"
    assert (await play.chat(ZHANG, TEAM))["bot"] == "left"
    assert [one["service"] for one in await play.shown(ZHANG, TEAM)] == ["left"]
    assert ["my_chat_member" in update for update in await play.updates()] == [True]


async def test_a_person_who_blocks_the_bot_is_out_of_reach(play: Play) -> None:
    await play.act("block", blocked=True)
    why = await play.refusal("sendMessage", chat_id=ZHANG, text="x")
    assert why == "Forbidden: bot was blocked by the user"
    (update,) = await play.updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert (await play.wrong("say", chat=ZHANG, text="x"))[0] == 403
    await play.act("block", blocked=False)
    assert (await play.bot("sendMessage", chat_id=ZHANG, text="x"))["text"] == "x"


async def test_an_upgraded_group_tells_both_ids_and_its_old_one_is_no_more(play: Play) -> None:
    new = (await play.act("migrate", chat=SMALL))["chat"]
    await play.bot("sendMessage", chat_id=new, text="x")
    old, fresh = await play.updates()
    assert old["message"]["migrate_to_chat_id"] == new
    assert fresh["message"]["migrate_from_chat_id"] == SMALL
    assert (old["message"]["chat"]["id"], fresh["message"]["chat"]["id"]) == (SMALL, new)
    answer = await play.answer("sendMessage", chat_id=SMALL, text="x")
    assert answer == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new},
    }
    ids = [chat["id"] for chat in (await play.state())["chats"]]
    assert new in ids
    assert SMALL not in ids


async def test_people_come_and_go_with_a_notice(play: Play) -> None:
    await play.act("member", ZHAO, chat=TEAM, user=STRANGER, status="member")
    await play.act("member", STRANGER, chat=TEAM, user=STRANGER, status="left")
    shown = await play.shown(ZHANG, TEAM)
    assert [(one["service"], one["service_names"]) for one in shown] == [
        ("joined", ["路人"]),
        ("left", ["路人"]),
    ]
    assert (await play.wrong("say", STRANGER, chat=TEAM, text="x"))[0] == 403


async def test_only_an_administrator_removes_others(play: Play) -> None:
    assert await play.wrong("member", chat=TEAM, user=LI, status="kicked") == (
        403,
        "Only an administrator may do this.",
    )
    assert (await play.wrong("member", ZHANG, chat=TEAM, user=ZHAO, status="left"))[0] == 403
    await play.act("member", ZHAO, chat=TEAM, user=LI, status="kicked")
    assert TEAM not in [chat["id"] for chat in (await play.state(LI))["chats"]]


async def test_the_bot_can_look_at_a_group_and_who_is_in_it(play: Play) -> None:
    assert await play.bot("getChatMemberCount", chat_id=TEAM) == 4
    statuses = {
        user: (await play.bot("getChatMember", chat_id=TEAM, user_id=user))["status"]
        for user in (ZHAO, ZHANG, STRANGER, play.bot_id)
    }
    assert statuses == {
        ZHAO: "creator",
        ZHANG: "member",
        STRANGER: "left",
        play.bot_id: "administrator",
    }
    administrators = await play.bot("getChatAdministrators", chat_id=TEAM)
    assert {one["user"]["id"] for one in administrators} == {ZHAO, play.bot_id}
    why = await play.refusal("getChatMember", chat_id=TEAM, user_id=5)
    assert why == "Bad Request: PARTICIPANT_ID_INVALID"


async def test_a_new_group_is_made_by_a_person_and_the_bot_is_added_later(play: Play) -> None:
    made = await play.act("chat", title="新班组", type="supergroup", is_forum=True, members=[LI])
    chat = made["chat"]
    assert await play.updates() == []
    await play.act("member", chat=chat, user=play.bot_id, status="member")
    added, joined = await play.updates()
    assert added["my_chat_member"]["old_chat_member"]["status"] == "left"
    assert joined["message"]["new_chat_members"][0]["id"] == play.bot_id
    topic = (await play.act("topic", chat=chat, name="早会"))["topic"]
    assert (await play.chat(LI, chat))["topics"] == [
        {"id": topic, "name": "早会", "closed": False}
    ]


async def test_a_bot_administrator_makes_closes_and_opens_topics(play: Play) -> None:
    why = await play.refusal("createForumTopic", chat_id=FORUM, name="x")
    assert why == "Bad Request: not enough rights to create a topic"
    await play.act("member", ZHAO, chat=FORUM, user=play.bot_id, status="administrator")
    topic = await play.bot("createForumTopic", chat_id=FORUM, name="夜班")
    where = {"chat_id": FORUM, "message_thread_id": topic["message_thread_id"]}
    assert await play.bot("closeForumTopic", **where) is True
    assert await play.refusal("closeForumTopic", **where) == "Bad Request: TOPIC_NOT_MODIFIED"
    topics = (await play.chat(ZHANG, FORUM))["topics"]
    assert [(one["id"], one["closed"]) for one in topics] == [
        (TOPIC, False),
        (topic["message_thread_id"], True),
    ]
    assert (await play.wrong("say", chat=FORUM, topic=topics[1]["id"], text="x"))[0] == 403
    assert await play.bot("reopenForumTopic", **where) is True


async def test_the_general_topic_can_be_closed_as_well(play: Play) -> None:
    why = await play.refusal("closeGeneralForumTopic", chat_id=FORUM)
    assert why == "Bad Request: not enough rights to manage topics"
    why = await play.refusal("closeGeneralForumTopic", chat_id=SMALL)
    assert why == "Bad Request: the chat is not a forum"
    await play.act("member", ZHAO, chat=FORUM, user=play.bot_id, status="administrator")
    assert await play.bot("closeGeneralForumTopic", chat_id=FORUM) is True
    why = await play.refusal("closeGeneralForumTopic", chat_id=FORUM)
    assert why == "Bad Request: TOPIC_NOT_MODIFIED"
    assert (await play.wrong("say", chat=FORUM, text="x"))[0] == 403
    await play.say(ZHANG, FORUM, "x", topic=TOPIC)
    assert await play.bot("reopenGeneralForumTopic", chat_id=FORUM) is True
    await play.say(ZHANG, FORUM, "x")


async def test_a_deleted_topic_is_gone_with_all_that_was_said_in_it(play: Play) -> None:
    where = {"chat_id": FORUM, "message_thread_id": TOPIC}
    why = await play.refusal("deleteForumTopic", **where)
    assert why == "Bad Request: not enough rights to delete a topic"
    await play.act("member", ZHAO, chat=FORUM, user=play.bot_id, status="administrator")
    said = await play.say(ZHANG, FORUM, "x", topic=TOPIC)
    await play.say(ZHANG, FORUM, "general")
    await play.updates()
    assert await play.bot("deleteForumTopic", **where) is True
    assert (await play.chat(ZHANG, FORUM))["topics"] == []
    shown = await play.shown(ZHANG, FORUM)
    assert said not in [one["message_id"] for one in shown]
    assert shown[-1]["text"] == "general"
    assert await play.updates() == [], "Telegram tells no bot"
    assert await play.refusal("deleteForumTopic", **where) == "Bad Request: TOPIC_ID_INVALID"
