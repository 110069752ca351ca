import pytest

from tests.sandbox.play import FORUM, LI, SMALL, STRANGER, TEAM, TOPIC, ZHANG, ZHAO, Play, keyboard


async def test_a_message_comes_back_as_telegram_shows_it(play: Play) -> None:
    sent = await play.bot("sendMessage", chat_id=TEAM, text="早 <b>安</b>", parse_mode="HTML")
    assert sent["text"] == "早 安"
    assert sent["entities"] == [{"type": "bold", "offset": 2, "length": 1}]
    assert sent["chat"] == {"id": TEAM, "type": "supergroup", "title": "一班"}
    assert sent["from"]["is_bot"]
    assert sent["date"] == int(play.clock().timestamp())


async def test_each_supergroup_counts_its_own_messages(play: Play) -> None:
    ids = [(await play.bot("sendMessage", chat_id=TEAM, text="x"))["message_id"] for _ in "ab"]
    await play.say(ZHANG, TEAM, "in between")
    ids.append((await play.bot("sendMessage", chat_id=TEAM, text="x"))["message_id"])
    assert ids == [1, 2, 4]


async def test_private_chats_and_basic_groups_share_one_count(play: Play) -> None:
    first = await play.bot("sendMessage", chat_id=ZHANG, text="x")
    second = await play.bot("sendMessage", chat_id=SMALL, text="x")
    third = await play.bot("sendMessage", chat_id=ZHANG, text="x")
    ids = [message["message_id"] for message in (first, second, third)]
    assert ids == list(range(ids[0], ids[0] + 3))


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"text": "x"}, "chat_id is empty"),
        ({"chat_id": -777, "text": "x"}, "chat not found"),
        ({"chat_id": "@nobody", "text": "x"}, "chat not found"),
        ({"chat_id": STRANGER, "text": "x"}, "chat not found"),
        ({"chat_id": TEAM}, "message text is empty"),
        ({"chat_id": TEAM, "text": " \n "}, "text must be non-empty"),
        ({"chat_id": TEAM, "text": "字" * 4097}, "message is too long"),
        ({"chat_id": TEAM, "text": "\U0001f600" * 2049}, "message is too long"),
        ({"chat_id": TEAM, "text": "<b></b>" * 5000, "parse_mode": "HTML"}, "message is too long"),
        ({"chat_id": TEAM, "text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"chat_id": TEAM, "text": "x", "message_thread_id": 9}, "message thread not found"),
        ({"chat_id": SMALL, "text": "x", "message_thread_id": 2}, "message thread not found"),
        (
            {"chat_id": TEAM, "text": "x", "reply_parameters": {"message_id": 9}},
            "message to be replied not found",
        ),
        ({"chat_id": TEAM, "text": "x", "reply_markup": "{"},
         "can't parse reply keyboard markup JSON object"),
        ({"chat_id": TEAM, "text": "x", "reply_markup": []}, "object expected as reply markup"),
        ({"chat_id": TEAM, "text": "x", "reply_markup": keyboard("字" * 22)},
         "BUTTON_DATA_INVALID"),
        ({"chat_id": TEAM, "text": "x", "reply_markup": keyboard(*map(str, range(101)))},
         "reply markup is too long"),
        ({"chat_id": TEAM, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}},
         "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"chat_id": TEAM, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": 1}]]}},
         'can\'t parse inline keyboard button: Field "text" must be of type String'),
        ({"chat_id": TEAM, "text": "x", "reply_markup": {"inline_keyboard": [[
            {"text": "a", "url": "ftp://x.y"}]]}},
         "inline keyboard button URL 'ftp://x.y' is invalid: Unsupported URL protocol"),
    ],
)  # fmt: skip
async def test_a_bad_message_is_refused_in_telegrams_words(
    play: Play, params: dict[str, object], why: str
) -> None:
    assert await play.refusal("sendMessage", **params) == f"Bad Request: {why}"
    assert await play.shown(ZHANG, TEAM) == []


async def test_the_longest_text_and_data_pass(play: Play) -> None:
    markup = keyboard("a" * 64)
    sent = await play.bot("sendMessage", chat_id=TEAM, text="字" * 4096, reply_markup=markup)
    assert sent["reply_markup"] == markup


async def test_white_space_at_the_ends_is_taken_away_and_entities_move_along(play: Play) -> None:
    sent = await play.bot("sendMessage", chat_id=TEAM, text=" \n <b> x</b> \n", parse_mode="HTML")
    assert (sent["text"], sent["entities"]) == ("x", [{"type": "bold", "offset": 0, "length": 1}])


async def test_entities_can_be_given_and_only_a_hundred_are_kept(play: Play) -> None:
    many = [{"type": "bold", "offset": i, "length": 1} for i in range(150)]
    sent = await play.bot("sendMessage", chat_id=TEAM, text="x" * 200, entities=many)
    assert len(sent["entities"]) == 100


async def test_a_mention_of_a_known_person_carries_their_name(play: Play) -> None:
    text = f'<a href="tg://user?id={LI}">he</a> <a href="tg://user?id=5">nobody</a>'
    sent = await play.bot("sendMessage", chat_id=TEAM, text=text, parse_mode="HTML")
    assert [(one["type"], one["user"]["first_name"]) for one in sent["entities"]] == [
        ("text_mention", "Li Si")
    ]


async def test_a_reply_shows_what_it_replies_to_with_its_buttons(play: Play) -> None:
    card = await play.bot("sendMessage", chat_id=TEAM, text="card", reply_markup=keyboard("a"))
    await play.say(ZHANG, TEAM, "承诺", reply_to=card["message_id"])
    (update,) = await play.updates()
    quoted = update["message"]["reply_to_message"]
    assert quoted["message_id"] == card["message_id"]
    assert quoted["reply_markup"] == keyboard("a")


async def test_a_reply_to_nothing_can_be_sent_all_the_same(play: Play) -> None:
    reply = {"message_id": 99, "allow_sending_without_reply": True}
    sent = await play.bot("sendMessage", chat_id=TEAM, text="x", reply_parameters=reply)
    assert "reply_to_message" not in sent


async def test_a_message_in_a_topic_names_the_topic_and_its_beginning(play: Play) -> None:
    sent = await play.bot("sendMessage", chat_id=FORUM, text="x", message_thread_id=TOPIC)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (TOPIC, True)
    assert sent["reply_to_message"]["forum_topic_created"]["name"] == "早会"


async def test_the_general_topic_has_no_thread_and_cannot_be_named(play: Play) -> None:
    sent = await play.bot("sendMessage", chat_id=FORUM, text="x")
    assert "message_thread_id" not in sent
    why = await play.refusal("sendMessage", chat_id=FORUM, text="x", message_thread_id=1)
    assert why == "Bad Request: message thread not found"


async def test_a_closed_topic_is_closed_to_members_only(play: Play) -> None:
    await play.act("topic/close", 101, chat=FORUM, topic=TOPIC, closed=True)
    params = {"chat_id": FORUM, "text": "x", "message_thread_id": TOPIC}
    assert await play.refusal("sendMessage", **params) == "Bad Request: TOPIC_CLOSED"
    await play.act("member", 101, chat=FORUM, user=play.bot_id, status="administrator")
    assert (await play.bot("sendMessage", **params))["message_thread_id"] == TOPIC


async def test_a_reply_goes_to_the_topic_of_what_it_replies_to(play: Play) -> None:
    said = await play.say(ZHANG, FORUM, "/x", topic=TOPIC)
    params = {"chat_id": FORUM, "text": "x", "reply_parameters": {"message_id": said}}
    assert (await play.bot("sendMessage", **params))["message_thread_id"] == TOPIC
    await play.act("topic/close", ZHAO, chat=FORUM, topic=TOPIC, closed=True)
    assert await play.refusal("sendMessage", **params) == "Bad Request: TOPIC_CLOSED"


async def test_the_general_topic_closes_by_itself_and_says_so_without_a_thread(
    play: Play,
) -> None:
    await play.act("topic/close", ZHAO, chat=FORUM, topic=1, closed=True)
    (update,) = await play.updates()
    assert update["message"]["forum_topic_closed"] == {}
    assert "message_thread_id" not in update["message"]
    why = await play.refusal("sendMessage", chat_id=FORUM, text="x")
    assert why == "Bad Request: TOPIC_CLOSED"
    sent = await play.bot("sendMessage", chat_id=FORUM, text="x", message_thread_id=TOPIC)
    assert sent["message_thread_id"] == TOPIC
    assert (await play.shown(ZHANG, FORUM))[-2]["service_names"] == ["General"]
    await play.act("topic/close", ZHAO, chat=FORUM, topic=1, closed=False)
    assert "message_thread_id" not in await play.bot("sendMessage", chat_id=FORUM, text="x")


async def test_a_deleted_topic_is_not_found(play: Play) -> None:
    await play.act("topic/delete", ZHAO, chat=FORUM, topic=TOPIC)
    params = {"chat_id": FORUM, "text": "x", "message_thread_id": TOPIC}
    why = await play.refusal("sendMessage", **params)
    assert why == "Bad Request: message thread not found"


async def test_who_never_started_the_bot_gets_nothing_from_it(play: Play) -> None:
    why = await play.refusal("sendMessage", chat_id=LI, text="x")
    assert why == "Forbidden: bot can't initiate conversation with a user"
    await play.say(LI, LI, "/start")
    assert (await play.bot("sendMessage", chat_id=LI, text="x"))["chat"]["type"] == "private"


async def test_parameters_may_come_by_query_form_or_json(play: Play) -> None:
    path = f"/bot{play.box.token}/SENDmessage"
    params = {"chat_id": str(TEAM), "text": "x"}
    for response in (
        await play.http.get(path, params=params),
        await play.http.post(path, params=params),
        await play.http.post(path, data=params),
        await play.http.post(path, files={"chat_id": (None, str(TEAM)), "text": (None, "x")}),
        await play.http.post(path, json=params),
    ):
        assert response.json()["result"]["text"] == "x"


async def test_a_copy_is_the_bots_own_and_a_forward_names_its_author(play: Play) -> None:
    source = await play.say(ZHANG, TEAM, "通知")
    params = {"chat_id": ZHANG, "from_chat_id": TEAM, "message_id": source}
    copy = await play.bot("copyMessage", **params)
    forward = await play.bot("forwardMessage", **params)
    assert forward["forward_origin"]["sender_user"]["id"] == ZHANG
    shown = await play.shown(ZHANG, ZHANG)
    assert [(one["message_id"], one["text"], one["forward"]) for one in shown] == [
        (copy["message_id"], "通知", None),
        (forward["message_id"], "通知", {"name": "张三"}),
    ]
    params["message_id"] = 99
    assert await play.refusal("copyMessage", **params) == "Bad Request: message to copy not found"


async def test_a_chat_action_is_one_of_telegrams(play: Play) -> None:
    assert await play.bot("sendChatAction", chat_id=TEAM, action="typing") is True
    why = await play.refusal("sendChatAction", chat_id=TEAM, action="dance")
    assert why == "Bad Request: wrong parameter action in request"


async def test_an_unknown_method_and_a_wrong_token_are_told_apart(play: Play) -> None:
    async def told(path: str) -> tuple[int, str]:
        response = await play.http.get(path)
        return response.status_code, response.json()["description"]

    assert await told(f"/bot{play.box.token}/sendGold") == (404, "Not Found")
    assert await told("/bot42:wrong/getMe") == (401, "Unauthorized")
    assert await told("/botwrong/getMe") == (404, "Not Found")
