"""Updates are written down before Telegram is told that we have them.

Telegram forgets an update as soon as a later offset is asked for, so the batch is committed
first. The offset itself is never kept over a restart: Telegram gives again what it was not told
about, and the inbox knows what it has.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from bot.clock import Clock
from bot.line import Failure, Line, Lost, Refused
from storage import inbox
from storage.database import Database

log = logging.getLogger(__name__)

ALLOWED = ["message", "callback_query", "my_chat_member"]
POLL_SECONDS = 25
PATIENCE = POLL_SECONDS + 15.0
BACK_OFF = (1.0, 2.0, 5.0, 10.0, 30.0)
TOKEN_BACK_OFF = 60.0


def lane(update: dict[str, Any]) -> int:
    """In whose turn an update is handled: a person's taps and private words, a group's words."""
    try:
        if "callback_query" in update:
            return int(update["callback_query"]["from"]["id"])
        body = next(part for part in update.values() if isinstance(part, dict))
        return int(body["chat"]["id"])
    except (KeyError, TypeError, ValueError, StopIteration):
        return 0


class Intake:
    """Takes updates in, whichever door they come by."""

    def __init__(self, database: Database, clock: Clock, arrived: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._arrived = arrived
        self.trouble = "no answer from Telegram yet"  # empty: all is well

    async def keep(self, updates: Sequence[dict[str, Any]]) -> None:
        """Commit updates, then have them handled. Whoever called may tell Telegram after it."""
        rows = [(int(update["update_id"]), lane(update), update) for update in updates]
        async with self._database.begin() as session:
            await inbox.put(session, rows, self._clock())
        self._arrived()

    async def poll(self, line: Line) -> None:
        """Ask for updates for as long as the program runs."""
        offset: int | None = None
        failures = 0
        while True:
            try:
                updates = await self._ask(line, offset)
                if updates:
                    await self.keep(updates)
                    offset = int(updates[-1]["update_id"]) + 1
                self.trouble, failures = "", 0
            except Exception as fault:
                self.trouble = _reason(fault)
                pause = BACK_OFF[min(failures, len(BACK_OFF) - 1)]
                if isinstance(fault, Refused) and fault.code in {401, 404}:
                    pause = TOKEN_BACK_OFF
                failures += 1
                log.warning("polling: %s; again in %g s", self.trouble, pause)
                await asyncio.sleep(pause)

    async def _ask(self, line: Line, offset: int | None) -> list[dict[str, Any]]:
        params: dict[str, Any] = {
            "timeout": POLL_SECONDS,
            "limit": 100,
            "allowed_updates": ALLOWED,
        }
        if offset is not None:
            params["offset"] = offset
        updates = await line.call("getUpdates", params, read=PATIENCE)
        if not isinstance(updates, list):
            raise Lost("getUpdates answered with something else than a list")
        return updates


def _reason(fault: Exception) -> str:
    if isinstance(fault, Refused):
        return {
            401: "Telegram does not know the token: check ZAOHUI_TOKEN",
            404: "Telegram does not know the token: check ZAOHUI_TOKEN",
            409: "another program polls with this token: stop it, or remove its webhook",
        }.get(fault.code, str(fault))
    if isinstance(fault, Failure):
        return f"Telegram cannot be reached ({fault})"
    return f"updates cannot be kept ({type(fault).__name__}: {fault})"
