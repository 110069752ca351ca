"""The Bot API as far as it is measured: updates, answers to taps, messages under its limits."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from bot.sandbox.limits import Limits
from bot.sandbox.refusals import Refusal, bad
from tests.bench import crowd
from tests.bench.wire import Reply

CONNECTIONS = 40  # to a webhook, where the bot does not ask for more
ME = {"id": crowd.ROBOT.id, "is_bot": True, "first_name": "B", "username": "measured_bot"}
Json = dict[str, Any]


def encoded(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


class Telegram:
    """Takes calls, and remembers what the measurements ask for; all times are monotonic."""

    def __init__(self) -> None:
        self.messages: dict[int, Json] = {}  # the newest of the bot's in each chat
        self.open: dict[str, float] = {}  # the taps that wait for an answer, and since when
        self.took: list[float] = []  # seconds from a tap to its answer
        self.answered_at = 0.0
        self.asked_at: float | None = None  # when the bot first wanted updates
        self.posted: list[float] = []  # when messages came
        self.in_groups: list[float] = []  # those of them that went to groups
        self.refused = 0  # with 429
        self.connections = CONNECTIONS
        self._limits = Limits()
        self._updates: deque[tuple[int, bytes]] = deque()
        self._poll: tuple[int, Reply] | None = None  # how many it takes at most
        self._methods: dict[str, Callable[[Json], Any]] = {
            "getMe": lambda _: ME,
            "setWebhook": self._hooked,
            "answerCallbackQuery": self._toast,
            "sendMessage": self._post,
            "editMessageText": self._edit,
        }

    def call(self, method: str, params: Json, reply: Reply) -> None:
        """Carry a call out and answer it. Most methods are of no interest, and just done."""
        if method == "getUpdates":
            self._ask(params, reply)
            return
        chat = int(params.get("chat_id") or 0)
        try:
            self._limits.count(method, chat or None)
            do = self._methods.get(method)
            result = do(params) if do else True
        except Refusal as refusal:
            self.refused += refusal.code == 429
            reply(refusal.code, encoded(refusal.body()))
        else:
            reply(200, encoded({"ok": True, "result": result}))

    def forget(self) -> None:
        """Nothing was asked for yet: another bot begins."""
        self.asked_at = self._poll = None

    # -- updates -----------------------------------------------------------------------------

    def tapped(self, queries: Sequence[str]) -> None:
        """From now on these taps wait for an answer."""
        self.open.update(dict.fromkeys(queries, time.monotonic()))

    def put(self, updates: Sequence[tuple[int, bytes]]) -> None:
        """From now on these updates can be fetched."""
        self._updates.extend(updates)
        self._give()

    def _ask(self, params: Json, reply: Reply) -> None:
        """Updates from `offset` on; those before it are known to be kept."""
        self.asked_at = self.asked_at or time.monotonic()
        offset = int(params.get("offset") or 0)
        while self._updates and self._updates[0][0] < offset:
            self._updates.popleft()
        self._poll = mine = int(params.get("limit") or 100), reply
        seconds = float(params.get("timeout") or 0)
        asyncio.get_running_loop().call_later(seconds, self._tire, mine)
        self._give()

    def _tire(self, poll: tuple[int, Reply]) -> None:
        if self._poll is poll:
            self._poll = None
            poll[1](200, encoded({"ok": True, "result": []}))

    def _give(self) -> None:
        if self._poll and self._updates:
            limit, reply = self._poll
            self._poll = None
            some = [self._updates[n][1] for n in range(min(limit, len(self._updates)))]
            reply(200, b'{"ok":true,"result":[%b]}' % b",".join(some))

    def _hooked(self, params: Json) -> bool:
        self.asked_at = self.asked_at or time.monotonic()
        self.connections = int(params.get("max_connections") or CONNECTIONS)
        return True

    # -- what the bot says -------------------------------------------------------------------

    def _toast(self, params: Json) -> bool:
        since = self.open.pop(str(params.get("callback_query_id")), None)
        if since is None:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.answered_at = time.monotonic()
        self.took.append(self.answered_at - since)
        return True

    def _post(self, params: Json) -> Json:
        chat = int(params["chat_id"])
        self.posted.append(time.monotonic())
        if chat < 0:
            self.in_groups.append(self.posted[-1])
        return self.hang(chat, params)

    def hang(self, chat: int, params: Json) -> Json:
        """A message as it stands in a chat from now on."""
        before = self.messages.get(chat, {"message_id": 0})
        message = {
            "message_id": before["message_id"] + 1,
            "from": ME,
            "date": 1_800_000_000,
            "chat": {"id": chat, "type": "supergroup", "title": crowd.title(chat)},
            "text": params.get("text", ""),
            "reply_markup": params.get("reply_markup"),
        }
        self.messages[chat] = message
        return message

    def _edit(self, params: Json) -> Json:
        message = self.messages[int(params["chat_id"])]
        if message["message_id"] != int(params["message_id"]):
            raise bad("message to edit not found")
        shown = {name: params.get(name) for name in ("text", "reply_markup")}
        message.update(shown)
        return message
