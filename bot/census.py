"""Asks Telegram what it does not tell by itself: how many are in a group, what its members may.

Of which groups stands in the database, so that a wish outlives the program; what is told is
written in one transaction with the word to whoever shows it.
"""

import asyncio
import logging
from typing import Any

from bot.clock import Clock
from bot.line import Failure, Line, Refused
from storage import footings, outbox, rosters
from storage.database import Database, Unavailable
from storage.tables import Chat

log = logging.getLogger(__name__)

FEW = 20  # groups at one look
MOST = 20  # secretaries and owners of whom it is asked whether they are there
INSIDE = {"creator", "administrator", "member"}
LASTING = {401, 404, 429}  # refusals that end with our own trouble, not with the group


class Census:
    """Counts the people of groups."""

    def __init__(self, database: Database, line: Line, clock: Clock, bot_id: int) -> None:
        self._database = database
        self._me = bot_id
        self._line = line
        self._clock = clock
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """There may be something to ask."""
        self._bell.set()

    async def run(self) -> None:
        """Ask for as long as the program runs."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            try:
                await self._look()
            except Unavailable as fault:
                log.warning("groups wait to be counted: %s", fault)

    async def _look(self) -> None:
        async with self._database.read() as session:
            rows = await footings.wanted(session, self._clock(), FEW)
        for chat in rows:
            await self._take(chat)

    async def _take(self, chat: Chat) -> None:
        people: int | None = None
        above = 0
        place: dict[str, Any] = {}
        full: dict[str, Any] = {}
        try:
            where = {"chat_id": chat.telegram_id}
            people = int(await self._line.call("getChatMemberCount", where)) - 1  # we are one
            place = await self._line.call("getChatMember", where | {"user_id": self._me})
            if place.get("status") == "member":
                full = await self._line.call("getChat", where)
            above = await self._above(chat)
        except Refused as refusal:
            if refusal.code in LASTING:
                await self._put_off(chat, refusal)
                return
        except Failure as fault:
            await self._put_off(chat, fault)
            return
        may = full.get("permissions") or place
        async with self._database.begin() as session:
            await footings.told(
                session,
                chat.id,
                self._clock(),
                people,
                above=above,
                admin=place.get("status") == "administrator" if place else None,
                posts=may.get("can_send_messages"),
                pins=may.get("can_pin_messages"),
            )
            now = self._clock()
            told = await outbox.keys(session, footings.keys_of(chat.id), now)
            shown = await rosters.shown(session, chat.id, now)
            await outbox.touch(session, [*told, *shown], now)

    async def _above(self, chat: Chat) -> int:
        """How many are there who look after the group's teams and are on no roster of theirs."""
        async with self._database.read() as session:
            users = await rosters.above(session, chat.id, MOST)
        count = 0
        for user in users:
            try:
                where = {"chat_id": chat.telegram_id, "user_id": user}
                found = await self._line.call("getChatMember", where)
            except Refused as refusal:
                if refusal.code in LASTING:
                    raise
                continue  # Telegram knows nobody of that number there
            count += found.get("status") in INSIDE or found.get("is_member") is True
        return count

    async def _put_off(self, chat: Chat, fault: Failure) -> None:
        log.warning("group %s cannot be counted yet: %s", chat.telegram_id, fault)
        async with self._database.begin() as session:
            await footings.put_off(session, chat.id, self._clock())
