"""What is said to those who asked: in order, and once what it tells of is kept."""

import asyncio
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.delivery import Postman, Spawn, message_id
from handlers.requests import Reply, Request
from handlers.words.message import Message
from storage import chats, outbox
from storage.database import Database


@dataclass(frozen=True)
class Spoken:
    """A reply, with all that is needed to say it; `query` is the tap that it answers."""

    reply: Reply
    request: Request
    query: str = ""


class Speech:
    """Says replies, each after those to the same lane before it."""

    def __init__(
        self,
        database: Database,
        postman: Postman,
        clock: Clock,
        spawn: Spawn,
        *,
        probing: bool = False,
    ) -> None:
        """With `probing`, every answer is remembered, so that the probe leaves it alone."""
        self._probing = probing
        self._database = database
        self._postman = postman
        self._clock = clock
        self._spawn = spawn
        self._tails: dict[int, asyncio.Event] = {}

    def say(self, lane: int, said: Spoken) -> None:
        """Let a reply be said while others are handled."""
        self._spawn(self._in_turn(lane, said))

    async def _in_turn(self, lane: int, said: Spoken) -> None:
        before, mine = self._tails.get(lane), asyncio.Event()
        self._tails[lane] = mine
        try:
            if before:
                await before.wait()
            await self._say(said)
        finally:
            mine.set()
            if self._tails.get(lane) is mine:
                del self._tails[lane]

    async def _say(self, said: Spoken) -> None:
        reply, request = said.reply, said.request
        chat_id = request.chat.telegram_id
        if said.query:
            await self._postman.toast(said.query, reply.toast, alert=reply.alert, url=reply.open)
        if reply.edit:
            method, params = reply.edit.edit()
            await self._postman.say(chat_id, method, {**params, "message_id": request.message_id})
        if reply.react:
            await self._postman.react(chat_id, request.message_id, reply.react)
        if reply.message:
            where = self._where(request, tapped=bool(said.query))
            result = await self._send(chat_id, reply.message, where)
            if result:
                await self._remember(chat_id, reply.keeps, result, request.topic_id)
            if result and (request.chat.trouble or request.held):
                await self._heal(chat_id, request.topic_id)
        if reply.private:
            result = await self._send(request.sender.id, reply.private, {})
            if result:
                await self._remember(
                    request.sender.id, "" if reply.message else reply.keeps, result
                )

    async def _send(self, chat_id: int, message: Message, where: dict[str, Any]) -> Any:
        """Say a message, in parts where it is too long; the last result, None if one failed."""
        result: Any = None
        for method, params in message.sends():
            result = await self._postman.say(chat_id, method, params | where)
            if result is None:
                return None
        return result

    @staticmethod
    def _where(request: Request, *, tapped: bool) -> dict[str, Any]:
        where: dict[str, Any] = {}
        if request.topic_id:
            where["message_thread_id"] = request.topic_id
        if request.message_id and not (tapped or request.private):
            where["reply_parameters"] = {
                "message_id": request.message_id,
                "allow_sending_without_reply": True,
            }
        return where

    async def _heal(self, chat_id: int, topic_id: int) -> None:
        """A chat or topic that was thought to take nothing has just taken an answer."""
        async with self._database.begin() as session:
            chat = await chats.by_telegram(session, chat_id)
            if chat is not None:
                await chats.release(session, chat)
                await chats.reopen(session, chat, topic_id)

    async def _remember(self, chat_id: int, key: str, result: Any, topic_id: int = 0) -> None:
        """Keep which message it became: under its key, or because the probe is not to try it."""
        found = message_id(result)
        if found is None or not (key or self._probing):
            return
        async with self._database.begin() as session:
            chat = await chats.by_telegram(session, chat_id)
            if chat is not None:
                name = key or outbox.said_key(chat.id, found)
                await outbox.adopt(session, name, chat.id, found, self._clock(), topic_id)
