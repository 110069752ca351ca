"""Whatever a bot sends, it gets an answer in Telegram's form."""

from typing import Any

import pytest

from bot.sandbox.methods import METHODS
from tests.sandbox.play import TEAM, ZHANG, Play

FIELDS = (
    "text", "caption", "parse_mode", "entities", "caption_entities", "reply_markup", "media",
    "reply_parameters", "message_thread_id", "link_preview_options", "photo", "document", "video",
    "question", "options", "type", "correct_option_ids", "explanation", "commands", "scope",
    "language_code", "user_id", "message_ids", "reaction", "callback_query_id", "action", "name",
    "file_id", "offset", "limit", "allowed_updates", "secret_token", "from_chat_id",
)  # fmt: skip
ODD: list[Any] = [
    "", "x", "{", "<b>", "²", 0, -1, 1, 10**30, 1.5, True, [], {}, [1], [[]], [{}], ["x", "y"],
    {"type": [1]}, {"type": "chat", "chat_id": TEAM}, {"message_id": [1]}, {"inline_keyboard": 5},
    {"inline_keyboard": [[1]]}, {"inline_keyboard": [[{"text": "a", "url": "http://[x"}]]},
    {"inline_keyboard": [[{"text": "a", "web_app": 5}]]},
    [{"type": [], "offset": 0, "length": 1}], [{"type": "bold", "offset": "x", "length": 1}],
    [{"type": "text_mention", "offset": 0, "length": 1, "user": 5}],
    [{"type": "photo", "media": 5}, {"type": "photo", "media": []}],
    '<a href="http://[x">a</a>', '<a href="tg://user?id=²">a</a>',
]  # fmt: skip


@pytest.mark.parametrize("method", sorted(name for name, _ in METHODS.values()))
async def test_odd_parameters_break_nothing(play: Play, method: str) -> None:
    await play.bot("sendMessage", chat_id=TEAM, text="own")
    for odd in ODD:
        for where in ({}, {"chat_id": TEAM, "message_id": 1}, {"chat_id": ZHANG}, {"text": "x"}):
            answer = await play.answer(method, **dict.fromkeys(FIELDS, odd) | where)
            assert answer["ok"] or answer["error_code"] in {400, 403}
            if method == "leaveChat":
                await play.act("member", 101, chat=TEAM, user=play.bot_id, status="administrator")
