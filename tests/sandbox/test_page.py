"""What the page relies on: its state, its events, and who is let in."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.sandbox.play import FORUM, LI, SMALL, STRANGER, TEAM, ZHANG, ZHAO, Play, keyboard


async def test_a_person_sees_their_chats_newest_first(play: Play) -> None:
    await play.act("clock", forward=60)
    await play.bot("sendMessage", chat_id=TEAM, text="card", reply_markup=keyboard("a"))
    state = await play.state()
    assert state["chats"][0]["id"] == TEAM
    assert {chat["id"] for chat in state["chats"]} == {TEAM, FORUM, SMALL, ZHANG}
    assert [chat["id"] for chat in (await play.state(STRANGER))["chats"]] == [STRANGER]
    assert state["people"][0]["note"] == "一班 · 班组长"
    team = state["chats"][0]
    assert (team["bot"], team["my_status"], team["members"]) == ("administrator", "member", 4)
    assert team["last"]["buttons"] == [[{"text": "a", "callback_data": "a", "url": None}]]


async def test_what_is_new_is_counted_until_it_is_read(play: Play) -> None:
    await play.say(LI, TEAM, "a")
    await play.say(LI, TEAM, "b")
    assert (await play.chat(ZHANG, TEAM))["unread"] == 2
    assert (await play.chat(LI, TEAM))["unread"] == 0
    await play.shown(ZHANG, TEAM)
    assert (await play.chat(ZHANG, TEAM))["unread"] == 0


async def test_messages_come_in_pages(play: Play) -> None:
    for text in "abcde":
        await play.say(ZHANG, TEAM, text)
    query = {"as": ZHANG, "chat": TEAM, "limit": 2}
    last = (await play.http.get("/api/messages", params=query)).json()
    assert ([one["text"] for one in last["messages"]], last["more"]) == (["d", "e"], True)
    query |= {"before": last["messages"][0]["message_id"], "limit": 60}
    rest = (await play.http.get("/api/messages", params=query)).json()
    assert ([one["text"] for one in rest["messages"]], rest["more"]) == (["a", "b", "c"], False)


async def test_a_topic_is_shown_by_itself(play: Play) -> None:
    await play.say(ZHANG, FORUM, "general")
    await play.say(ZHANG, FORUM, "morning", topic=2)
    shown = await play.shown(ZHANG, FORUM, topic=2)
    assert [(one["service"], one["text"]) for one in shown] == [
        ("topic_created", None),
        (None, "morning"),
    ]
    assert [one["text"] for one in await play.shown(ZHANG, FORUM, topic=1)] == ["general"]


async def test_a_message_is_passed_on_with_its_author(play: Play) -> None:
    said = await play.say(LI, TEAM, "look")
    source = {"chat": TEAM, "message_id": said}
    await play.act("say", chat=ZHANG, forward_from=source)
    (shown,) = await play.shown(ZHANG, ZHANG)
    assert (shown["text"], shown["forward"]) == ("look", {"name": "Li Si"})
    update = (await play.updates())[-1]
    assert update["message"]["forward_origin"]["sender_user"]["id"] == LI
    assert (await play.wrong("say", STRANGER, chat=STRANGER, forward_from=source))[0] == 403


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("say", {"chat": TEAM}, 400),
        ("say", {"chat": TEAM, "text": "字" * 4097}, 400),
        ("say", {"chat": -5, "text": "x"}, 404),
        ("say", {"chat": LI, "text": "x"}, 403),
        ("say", {"chat": "x", "text": "x"}, 400),
        ("say", {"chat": TEAM, "text": "x", "reply_to": 99}, 404),
        ("say", {"chat": FORUM, "text": "x", "topic": 99}, 404),
        ("edit", {"chat": TEAM, "message_id": 99, "text": "x"}, 404),
        ("react", {"chat": TEAM, "message_id": 99, "emoji": "x"}, 404),
        ("member", {"chat": TEAM, "user": 5, "status": "left"}, 404),
        ("member", {"chat": TEAM, "user": LI, "status": "king"}, 400),
        ("member", {"chat": ZHANG, "user": LI, "status": "left"}, 400),
        ("chat", {"title": " ", "type": "group"}, 400),
        ("chat", {"title": "x", "type": "channel"}, 400),
        ("topic", {"chat": TEAM, "name": "x"}, 400),
        ("topic/close", {"chat": FORUM, "topic": 2, "closed": True}, 403),
        ("topic/close", {"chat": FORUM, "topic": 99, "closed": True}, 404),
        ("topic/close", {"chat": TEAM, "topic": 1, "closed": True}, 404),
        ("topic/delete", {"chat": FORUM, "topic": 2}, 403),
        ("topic/delete", {"as": ZHAO, "chat": FORUM, "topic": 1}, 400),
        ("migrate", {"chat": TEAM}, 400),
        ("clock", {"forward": "soon"}, 400),
        ("block", {"as": 5}, 404),
    ],
)
async def test_what_cannot_be_done_is_said_in_a_sentence(
    play: Play, path: str, body: dict[str, Any], status: int
) -> None:
    code, sentence = await play.wrong(path, **body)
    assert code == status
    assert sentence.endswith(".")


async def test_only_ones_own_message_can_be_edited(play: Play) -> None:
    said = await play.say(LI, TEAM, "x")
    assert (await play.wrong("edit", chat=TEAM, message_id=said, text="y"))[0] == 403
    await play.act("edit", LI, chat=TEAM, message_id=said, text="/my y")
    (shown,) = await play.shown(ZHANG, TEAM)
    assert (shown["text"], shown["entities"][0]["type"]) == ("/my y", "bot_command")
    assert shown["edit_date"] is not None


async def test_the_page_turns_the_clock(play: Play) -> None:
    begin = play.clock.now
    assert (await play.act("clock", forward=600))["now"] == begin.timestamp() + 600
    assert (await play.act("clock", rate=60))["rate"] == 60
    await play.act("clock", to=0)
    assert play.clock.now == datetime(1970, 1, 1, tzinfo=UTC)
    await play.act("clock", morning=True)
    assert play.clock.now == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=1)


async def test_only_this_machine_is_let_in(play: Play) -> None:
    for host, status in (("localhost:1", 200), ("[::1]", 200), ("evil.example", 403), ("", 403)):
        response = await play.http.get("/api/state?as=111", headers={"host": host})
        assert response.status_code == status
    for origin, status in (
        ("http://127.0.0.1", 200),
        ("http://127.0.0.1:9", 403),
        ("http://evil.example", 403),
        ("null", 403),
    ):
        response = await play.http.post(
            "/api/block", json={"as": ZHANG, "blocked": False}, headers={"origin": origin}
        )
        assert response.status_code == status


async def test_the_page_loads_nothing_from_elsewhere(play: Play) -> None:
    page = await play.http.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert (await play.http.get("/page/%2e%2e%2fserver.py")).status_code == 404
    assert (await play.http.get("/page/..%5cserver.py")).status_code == 404
    assert (await play.http.get("/page/none.js")).status_code == 404


class Events:
    """The stream of one person's page."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines: AsyncIterator[str] = response.aiter_lines()

    async def next(self) -> dict[str, Any]:
        async for line in self._lines:
            if line.startswith("data: "):
                told: dict[str, Any] = json.loads(line.removeprefix("data: "))
                return told
        raise AssertionError("the stream ended")

    async def ended(self) -> bool:
        return [line async for line in self._lines if line.startswith("data: ")] == []


async def test_what_happens_is_told_at_once_to_those_who_see_it(served: Play) -> None:
    async with (
        served.http.stream("GET", f"/api/events?as={ZHANG}") as response,
        served.http.stream("GET", f"/api/events?as={STRANGER}") as elsewhere,
    ):
        events, strangers = Events(response), Events(elsewhere)
        sent = await served.bot("sendMessage", chat_id=TEAM, text="card")
        told = await events.next()
        assert (told["event"], told["chat"], told["message"]["text"]) == ("message", TEAM, "card")
        where = {"chat_id": TEAM, "message_id": sent["message_id"]}
        await served.bot("editMessageText", **where, text="new")
        told = await events.next()
        assert (told["event"], told["message"]["text"]) == ("edited", "new")
        await served.bot("sendChatAction", chat_id=TEAM, action="typing")
        assert await events.next() == {"event": "typing", "chat": TEAM, "action": "typing"}
        await served.bot("deleteMessage", **where)
        told = {"event": "deleted", "chat": TEAM, "message_ids": [sent["message_id"]]}
        assert await events.next() == told
        await served.act("clock", rate=60)
        assert (await events.next())["event"] == "clock"
        assert (await strangers.next())["event"] == "clock"
        await served.act("member", ZHAO, chat=TEAM, user=ZHANG, status="kicked")
        assert await events.next() == {"event": "gone", "chat": TEAM}
        await served.box.close()
        assert await events.ended()
        assert await strangers.ended()


async def test_a_server_with_open_polls_and_streams_stops_within_a_second(served: Play) -> None:
    async with served.http.stream("GET", f"/api/events?as={ZHANG}") as response:
        poll = asyncio.create_task(served.refusal("getUpdates", timeout=50))
        while not served.box.calls:
            await asyncio.sleep(0)
        begin = time.monotonic()
        await served.box.close()
        assert await Events(response).ended()
        assert await poll == "Internal Server Error: restart"
        assert time.monotonic() - begin < 1
