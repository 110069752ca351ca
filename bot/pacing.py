"""One budget for every call that sends or edits; answers to people go before pushes.

A call counts from the moment at which it may leave until one second after its *answer*: the
server saw it no later than that, so that whatever the network does, Telegram never counts more
calls in a second than we do. Everything here runs on the machine's own monotonic clock.
"""

import asyncio
import heapq
import itertools
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

MINUTE = 60.0
SECOND = 1.0


class Pacing:
    """How fast we may speak: to all chats a second, and to one group a minute."""

    def __init__(
        self, rate: int, group_rate: int, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._group_rate = group_rate
        self._monotonic = monotonic
        self._taken = 0
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []
        self._turns = itertools.count()
        self._groups: dict[int, deque[float]] = {}
        self._gates: dict[int, float] = {}

    @property
    def free(self) -> int:
        """How many calls could leave at once, now."""
        return max(0, self._rate - self._taken - len(self._queue))

    @asynccontextmanager
    async def turn(self, chat_id: int, priority: int) -> AsyncIterator[None]:
        """Wait for a place in the budget, hold it for the call, and give it back after it."""
        await self._enter(priority)
        try:
            yield
        finally:
            if chat_id < 0:
                self._groups.setdefault(chat_id, deque()).append(self._monotonic())
            asyncio.get_running_loop().call_later(SECOND, self._leave)

    def shut(self, chat_id: int, seconds: float) -> None:
        """Telegram asked us to leave this chat alone for a while."""
        self._gates[chat_id] = max(self._gates.get(chat_id, 0.0), self._monotonic() + seconds)

    def closed(self) -> set[int]:
        """The chats, by Telegram's ids, that must not be written to now."""
        now = self._monotonic()
        self._gates = {chat: until for chat, until in self._gates.items() if until > now}
        for chat, times in list(self._groups.items()):
            while times and times[0] <= now - MINUTE:
                times.popleft()
            if not times:
                del self._groups[chat]
        full = {chat for chat, times in self._groups.items() if len(times) >= self._group_rate}
        return full | set(self._gates)

    async def _enter(self, priority: int) -> None:
        if self._taken < self._rate and not self._queue:
            self._taken += 1
            return
        place = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (priority, next(self._turns), place))
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        while self._queue:
            _, _, place = heapq.heappop(self._queue)
            if not place.done():
                place.set_result(None)
                return
        self._taken -= 1
