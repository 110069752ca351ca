import pytest

from tests.sandbox.play import FORUM, TEAM, ZHANG, ZHAO, Play, keyboard

SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)


async def test_an_edit_shows_the_new_text_and_when(play: Play) -> None:
    sent = await play.bot("sendMessage", chat_id=TEAM, text="a", reply_markup=keyboard("x"))
    where = {"chat_id": TEAM, "message_id": sent["message_id"]}
    edited = await play.bot("editMessageText", **where, text="b")
    assert (edited["text"], edited["edit_date"]) == ("b", int(play.clock().timestamp()))
    assert "reply_markup" not in edited  # an edit without buttons takes them away


async def test_an_edit_that_changes_nothing_says_so(play: Play) -> None:
    markup = keyboard("x")
    sent = await play.bot("sendMessage", chat_id=TEAM, text="a", reply_markup=markup)
    where = {"chat_id": TEAM, "message_id": sent["message_id"], "reply_markup": markup}
    assert await play.refusal("editMessageText", **where, text=" a ") == SAME
    assert await play.refusal("editMessageReplyMarkup", **where) == SAME


async def test_only_the_bots_own_words_can_be_edited(play: Play) -> None:
    theirs = await play.say(ZHANG, TEAM, "mine")
    where = {"chat_id": TEAM, "message_id": theirs}
    why = "Bad Request: message can't be edited"
    assert await play.refusal("editMessageText", **where, text="b") == why
    assert await play.refusal("editMessageReplyMarkup", **where) == why


@pytest.mark.parametrize(
    ("method", "params", "why"),
    [
        ("editMessageText", {"message_id": 99, "text": "b"}, "message to edit not found"),
        ("editMessageText", {"text": "b"}, "message identifier is not specified"),
        ("deleteMessage", {"message_id": 99}, "message to delete not found"),
        ("pinChatMessage", {"message_id": 99}, "message to pin not found"),
        ("unpinChatMessage", {}, "message to unpin not found"),
        ("setMessageReaction", {"message_id": 99}, "message to react not found"),
        ("stopPoll", {"message_id": 99}, "message with poll to stop not found"),
    ],
)
async def test_what_is_gone_is_named(
    play: Play, method: str, params: dict[str, object], why: str
) -> None:
    assert await play.refusal(method, chat_id=TEAM, **params) == f"Bad Request: {why}"


async def test_a_text_has_no_caption(play: Play) -> None:
    sent = await play.bot("sendMessage", chat_id=TEAM, text="a")
    where = {"chat_id": TEAM, "message_id": sent["message_id"]}
    why = await play.refusal("editMessageCaption", **where, caption="b")
    assert why == "Bad Request: there is no caption in the message to edit"


async def test_messages_are_taken_away_for_everybody(play: Play) -> None:
    ids = [(await play.bot("sendMessage", chat_id=TEAM, text=t))["message_id"] for t in "abc"]
    assert await play.bot("deleteMessage", chat_id=TEAM, message_id=ids[0]) is True
    assert await play.bot("deleteMessages", chat_id=TEAM, message_ids=[ids[1], ids[1], 99]) is True
    assert [one["text"] for one in await play.shown(ZHANG, TEAM)] == ["c"]


async def test_a_member_bot_cannot_delete_others_words_nor_its_own_old_ones(play: Play) -> None:
    theirs = await play.say(ZHANG, FORUM, "x")
    own = (await play.bot("sendMessage", chat_id=FORUM, text="x"))["message_id"]
    why = "Bad Request: message can't be deleted for everyone"
    assert await play.refusal("deleteMessage", chat_id=FORUM, message_id=theirs) == why
    await play.act("clock", forward=49 * 3600)
    assert await play.refusal("deleteMessage", chat_id=FORUM, message_id=own) == why


async def test_pinning_needs_an_administrator_and_leaves_a_notice(play: Play) -> None:
    sent = await play.bot("sendMessage", chat_id=TEAM, text="card")
    assert await play.bot("pinChatMessage", chat_id=TEAM, message_id=sent["message_id"]) is True
    assert (await play.chat(ZHANG, TEAM))["pinned"] == [sent["message_id"]]
    assert [one["service"] for one in await play.shown(ZHANG, TEAM)] == [None, "pinned"]
    full = await play.bot("getChat", chat_id=TEAM)
    assert full["pinned_message"]["text"] == "card"
    assert await play.bot("unpinChatMessage", chat_id=TEAM) is True
    assert (await play.chat(ZHANG, TEAM))["pinned"] == []
    other = await play.bot("sendMessage", chat_id=FORUM, text="card")
    why = await play.refusal("pinChatMessage", chat_id=FORUM, message_id=other["message_id"])
    assert why == "Bad Request: not enough rights to manage pinned messages in the chat"


async def test_a_bot_has_one_reaction_of_telegrams_set(play: Play) -> None:
    theirs = await play.say(ZHANG, TEAM, "done")
    where = {"chat_id": TEAM, "message_id": theirs}
    thumb = {"type": "emoji", "emoji": "\N{THUMBS UP SIGN}"}
    assert await play.bot("setMessageReaction", **where, reaction=[thumb]) is True
    (shown,) = await play.shown(ZHAO, TEAM)
    assert shown["reactions"] == [{"emoji": thumb["emoji"], "count": 1, "mine": False}]
    apple = {"type": "emoji", "emoji": "\N{RED APPLE}"}
    why = await play.refusal("setMessageReaction", **where, reaction=[apple])
    assert why == "Bad Request: REACTION_INVALID"
    why = await play.refusal("setMessageReaction", **where, reaction=[thumb, thumb])
    assert why == "Bad Request: REACTIONS_TOO_MANY"
    assert await play.bot("setMessageReaction", **where) is True
    assert (await play.shown(ZHAO, TEAM))[0]["reactions"] == []
