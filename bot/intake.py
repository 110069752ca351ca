"""Updates are written down before Telegram is told that we have them.

Telegram forgets an update as soon as a later offset is asked for, so the batch is committed
first. The offset itself is never kept over a restart: Telegram gives again what it was not told
about, and the inbox knows what it has.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from bot import metrics
from bot.clock import Clock
from bot.line import Failure, Line, Lost, Refused
from bot.lookout import Lookout
from handlers.words import deliveries as words
from schedules import owners
from storage import inbox
from storage.database import Database, Unavailable

log = logging.getLogger(__name__)

ALLOWED = ["message", "callback_query", "my_chat_member", "chat_member"]
BIG = 2**62
POLL_SECONDS = 25
PATIENCE = 15.0  # seconds more than Telegram was asked to wait
BACK_OFF = (1.0, 2.0, 5.0, 10.0)  # no more: a tap lives for 150 s at Telegram
TOKEN_BACK_OFF = 60.0
SURE = 3  # failures in a row that are more than a hiccup
RIVAL_FOR = timedelta(seconds=60)  # a program that was just replaced is gone by then


def lane(update: dict[str, Any]) -> int:
    """In whose turn an update is handled: a person's taps and private words, a group's words."""
    try:
        if "callback_query" in update:
            found = update["callback_query"]["from"]["id"]
        else:
            body = next(part for part in update.values() if isinstance(part, dict))
            found = body["chat"]["id"]
    except (KeyError, TypeError, StopIteration):
        return 0
    return found if isinstance(found, int) and abs(found) < BIG else 0


def numbered(update: Any) -> bool:
    """Whether this can be an update at all: one without a number cannot even be kept."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return type(number) is int and 0 <= number < BIG


def taps(updates: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The ids by which the taps among some updates are answered."""
    for update in updates:
        query = update.get("callback_query")
        if isinstance(query, dict):
            yield str(query.get("id"))


Sift = Callable[[Sequence[dict[str, Any]], datetime], Sequence[dict[str, Any]]]


def _all(updates: Sequence[dict[str, Any]], _: datetime) -> Sequence[dict[str, Any]]:
    """Nothing is too much."""
    return updates


class Intake:
    """Takes updates in, whichever door they come by."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        arrived: Callable[[], None],
        sift: Sift = _all,
    ) -> None:
        """`sift` says which updates are kept, and answers for the others."""
        self._sift = sift
        self._database = database
        self._clock = clock
        self._arrived = arrived
        self.trouble = "no answer from Telegram yet"  # empty: all is well
        self._lookout = Lookout(database)
        self._rivalled: datetime | None = None  # since when another takes our updates
        self.polled_at = time.monotonic()  # when Telegram last answered our asking

    async def keep(self, updates: Sequence[dict[str, Any]]) -> None:
        """Commit updates, then have them handled. Whoever called may tell Telegram after it."""
        updates = self._sift(updates, self._clock())
        if not updates:
            return
        rows = [(int(update["update_id"]), lane(update), update) for update in updates]
        with metrics.write_seconds.time():
            async with self._database.begin() as session:
                await inbox.put(session, rows, self._clock())
        metrics.taken.inc(len(rows))
        metrics.tapped(taps(updates))
        self._arrived()

    async def poll(self, line: Line) -> None:
        """Ask for updates for as long as the program runs, and whatever Telegram answers."""
        offset: int | None = None
        failures = 0
        self.polled_at = time.monotonic()
        self._lookout.leave()
        try:
            while True:
                asked = self._clock()
                try:
                    updates = await self._ask(line, offset)
                    if updates:
                        offset = await self._take(updates)
                    await self._lookout.reached(asked, self._clock(), broken=failures > 0)
                except Exception as fault:
                    failures += 1
                    await self._failed(fault, failures, line)
                else:
                    self.trouble, failures, self._rivalled = "", 0, None
                    self.polled_at = time.monotonic()
        finally:
            await self._lookout.note()

    async def reached(self) -> None:
        """We can be reached at a webhook: to be said now and then, since nobody asks there."""
        now = self._clock()
        await self._lookout.reached(now, now, broken=False)

    async def _take(self, updates: Sequence[Any]) -> int:
        """Keep a batch; the offset behind it. Raises Lost where nothing in it has a number."""
        sound = [update for update in updates if numbered(update)]
        if len(sound) < len(updates):
            log.error("%d updates came without a number", len(updates) - len(sound))
        if not sound:
            raise Lost("getUpdates answered with updates that have no numbers")
        await self.keep(sound)
        return max(int(update["update_id"]) for update in sound) + 1

    async def _failed(self, fault: Exception, failures: int, line: Line) -> None:
        """Say what is wrong, to whoever can mend it, and wait a moment."""
        self.trouble = _reason(fault)
        pause = BACK_OFF[min(failures, len(BACK_OFF)) - 1]
        code = fault.code if isinstance(fault, Refused) else 0
        if code in {401, 404} and failures >= SURE:
            pause = TOKEN_BACK_OFF
        log.warning("polling: %s; again in %g s", self.trouble, pause)
        if failures % SURE == 0:
            await line.renew()
        await self._rival(present=code == 409)
        await asyncio.sleep(pause)

    async def _rival(self, *, present: bool) -> None:
        """Tell the owners when another program keeps taking our updates: once each time."""
        if not present:
            self._rivalled = None
            return
        now = self._clock()
        self._rivalled = self._rivalled or now
        if now - self._rivalled < RIVAL_FOR:
            return
        with suppress(Unavailable):
            async with self._database.begin() as session:
                key = f"rival:{self._rivalled:%Y%m%dT%H%M%S}"
                await owners.tell(session, key, words.elsewhere, now)

    async def _ask(self, line: Line, offset: int | None) -> list[dict[str, Any]]:
        wait = 0 if self.trouble else POLL_SECONDS  # be well as soon as we can
        params: dict[str, Any] = {
            "timeout": wait,
            "limit": 100,
            "allowed_updates": ALLOWED,
        }
        if offset is not None:
            params["offset"] = offset
        updates = await line.call("getUpdates", params, read=wait + PATIENCE)
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
