import asyncio
import time
from typing import Any

import pytest

from bot.sandbox.taps import PATIENCE
from tests.sandbox.play import TEAM, ZHANG, ZHAO, Play, keyboard

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def card(play: Play) -> int:
    markup = keyboard("已学", "请假")
    markup["inline_keyboard"].append([{"text": "link", "url": "https://t.me/zaohui_bot?start=1"}])
    sent = await play.bot("sendMessage", chat_id=TEAM, text="card", reply_markup=markup)
    return int(sent["message_id"])


async def tap(play: Play, **where: Any) -> tuple["asyncio.Task[dict[str, Any]]", dict[str, Any]]:
    """Press a button, and give what waits for the answer and what the bot got."""
    press = asyncio.create_task(play.act("press", chat=TEAM, **where))
    await asyncio.sleep(0)
    (update,) = await play.bot("getUpdates", timeout=5)
    await play.bot("getUpdates", offset=update["update_id"] + 1)
    return press, update["callback_query"]


async def test_a_press_reaches_the_bot_and_its_answer_the_person(play: Play) -> None:
    message = await card(play)
    press, query = await tap(play, message_id=message, row=0, col=1)
    assert (query["from"]["id"], query["data"]) == (ZHANG, "请假")
    assert query["message"]["reply_markup"]["inline_keyboard"][0][1]["text"] == "请假"
    await play.bot(
        "answerCallbackQuery", callback_query_id=query["id"], text="好", show_alert=True
    )
    assert await press == {"answered": True, "text": "好", "alert": True, "url": None}


async def test_a_press_is_answered_once(play: Play) -> None:
    press, query = await tap(play, message_id=await card(play), row=0, col=0)
    answer = {"callback_query_id": query["id"]}
    assert await play.bot("answerCallbackQuery", **answer) is True
    assert (await press)["answered"] is True
    assert await play.refusal("answerCallbackQuery", **answer) == TOO_OLD
    assert await play.refusal("answerCallbackQuery", callback_query_id="1") == TOO_OLD


async def test_an_answer_is_short(play: Play) -> None:
    press, query = await tap(play, message_id=await card(play), row=0, col=0)
    answer = {"callback_query_id": query["id"]}
    why = await play.refusal("answerCallbackQuery", **answer, text="字" * 201)
    assert why == "Bad Request: MESSAGE_TOO_LONG"
    assert await play.bot("answerCallbackQuery", **answer, text="字" * 200) is True
    assert (await press)["text"] == "字" * 200


async def test_after_some_seconds_no_answer_is_taken(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    press, query = await tap(play, message_id=await card(play), row=0, col=0)
    late = time.monotonic() + PATIENCE + 1
    monkeypatch.setattr("bot.sandbox.taps.time.monotonic", lambda: late)
    answer = {"callback_query_id": query["id"], "text": "late"}
    assert await play.refusal("answerCallbackQuery", **answer) == TOO_OLD
    press.cancel()


async def test_an_answer_after_the_press_gave_up_comes_as_a_toast(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.people.PRESS_PATIENCE", 0)
    told: list[dict[str, Any]] = []
    play.box.world.watchers.append(
        lambda news: told.append(news.more) if news.event == "toast" else None
    )
    press, query = await tap(play, message_id=await card(play), row=0, col=0)
    assert (await press)["answered"] is False
    await play.bot("answerCallbackQuery", callback_query_id=query["id"], text="late")
    assert told == [{"text": "late", "alert": False}]


async def test_a_link_opens_and_tells_the_bot_nothing(play: Play) -> None:
    message = await card(play)
    told = await play.act("press", chat=TEAM, message_id=message, row=1, col=0)
    assert told["url"] == "https://t.me/zaohui_bot?start=1"
    assert await play.updates() == []


async def test_data_can_be_forged(play: Play) -> None:
    press, query = await tap(play, message_id=await card(play), data="forged")
    assert query["data"] == "forged"
    await play.bot("answerCallbackQuery", callback_query_id=query["id"])
    assert (await press)["answered"] is True


async def test_what_is_no_button_cannot_be_pressed(play: Play) -> None:
    message = await card(play)
    assert await play.wrong("press", chat=TEAM, message_id=message, row=5, col=0) == (
        404,
        "No such button.",
    )
    theirs = await play.say(ZHAO, TEAM, "x")
    assert (await play.wrong("press", chat=TEAM, message_id=theirs, data="x"))[0] == 400
    assert (await play.wrong("press", 999, chat=TEAM, message_id=message, row=0, col=0))[0] == 403
