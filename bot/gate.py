"""Who says too much is told so, politely and seldom, before anything is kept of it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot import metrics
from bot.delivery import Postman, Spawn
from bot.limits import Limits, Ruling, Verdict
from handlers.words import limits as words
from handlers.words.message import Message
from handlers.words.voice import Voice, spoken

AT_ONCE = 4  # taps that are refused, answered at a time: the others' answers are on the same line
WAITING = 200  # that wait to be; who makes more of them has a client of their own


class Gate:
    """Lets updates pass, or answers for them."""

    def __init__(self, limits: Limits, postman: Postman, spawn: Spawn, locale: str) -> None:
        self._limits = limits
        self._postman = postman
        self._spawn = spawn
        self._locale = locale
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    def sift(self, updates: Sequence[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
        """Those that are to be kept."""
        passed = []
        for update in updates:
            ruling = self._limits.rule(update, now)
            if ruling.verdict is Verdict.PASS:
                passed.append(update)
            else:
                metrics.dropped.inc()
                self._answer(update, ruling)
        return passed

    def _answer(self, update: Mapping[str, Any], ruling: Ruling) -> None:
        query = update.get("callback_query")
        if isinstance(query, dict):  # its button would go on spinning
            if self._waiting < WAITING:
                self._waiting += 1
                text = words.slow(self._voice(query)) if ruling.aloud else ""
                self._spawn(self._toast(str(query.get("id", "")), text))
        elif ruling.aloud:
            message = update["message"]
            said = words.refused(self._voice(message), ruling.verdict)
            self._spawn(self._say(message, said))

    async def _toast(self, query_id: str, text: str) -> None:
        try:
            async with self._turn:
                await self._postman.toast(query_id, text)
        finally:
            self._waiting -= 1

    async def _say(self, message: Mapping[str, Any], said: Message) -> None:
        method, params = said.send()
        if message.get("is_topic_message") and (topic := message.get("message_thread_id")):
            params["message_thread_id"] = topic
        await self._postman.say(int(message["chat"]["id"]), method, params)

    def _voice(self, said: Mapping[str, Any]) -> Voice:
        language = (said.get("from") or {}).get("language_code")
        known = language if isinstance(language, str) else None
        return Voice(spoken(known, self._locale))
