"""One budget for every call that sends or edits; answers to people go before what is pushed.

A call counts from the moment at which it may leave until one second after its *answer*: the
server saw it no later than that. The next one needs some time on its way too, so that a place is
given back a little earlier: by most of the quickest way there and back of late. Whatever the
network does, Telegram counts no more calls in a second than we do. Everything here runs on the
machine's own monotonic clock.
"""

import asyncio
import heapq
import itertools
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from storage.outbox import CARDS, EDITS, NEWS, URGENT

MINUTE = 60.0
SECOND = 1.0
ROADS = 100  # calls of which the quickest tells how long the way is, once there are FEW
FEW = 10
SURE = 0.75  # of it: the way there and the way back need not have been quick in the same call
HASTE = 0.01  # seconds less, for what either side may be late at its own desk
FLOOD = 3  # so many chats refused within FLOOD_SECONDS mean that all of us are too fast
FLOOD_SECONDS = 10.0
# Of ten calls, when all of these wait: six for cards, three for news, one for edits.
CYCLE = (CARDS, NEWS, CARDS, CARDS, NEWS, CARDS, EDITS, CARDS, NEWS, CARDS)


class Shares:
    """Whose turn it is among what is pushed, so that none of it keeps the rest waiting."""

    def __init__(self) -> None:
        self._cycle = itertools.cycle(CYCLE)

    def deal(self, places: int) -> Counter[int]:
        """How many of the next `places` belong to each priority, where enough of it waits."""
        return Counter(itertools.islice(self._cycle, places))


class Pacing:
    """How fast we may speak: to all chats a second, and to one group a minute."""

    def __init__(
        self, rate: int, group_rate: int, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._group_rate = group_rate
        self._monotonic = monotonic
        self._taken = 0
        self._roads: deque[float] = deque(maxlen=ROADS)  # seconds that calls took
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []
        self._turns = itertools.count()
        self._groups: dict[int, deque[float]] = {}
        self._gates: dict[int, float] = {}
        self._floods: deque[tuple[float, int]] = deque()
        self._quiet_until = 0.0

    @property
    def free(self) -> int:
        """How many calls could leave at once, now."""
        return max(0, self._rate - self._taken - len(self._queue))

    @asynccontextmanager
    async def turn(self, chat_id: int, priority: int) -> AsyncIterator[None]:
        """Wait for a place in the budget, hold it for the call, and give it back after it.

        Answers to people come first; all else leaves in the order in which it was claimed.
        """
        await self._calm()
        await self._enter(min(priority, URGENT + 1))
        begun = self._monotonic()
        try:
            yield
        finally:
            now = self._monotonic()
            if chat_id < 0:
                self._groups.setdefault(chat_id, deque()).append(now)
            self._roads.append(now - begun)
            asyncio.get_running_loop().call_later(self._rest(), self._leave)

    def shut(self, chat_id: int, seconds: float) -> None:
        """Telegram asked us to leave this chat alone; when several do at once, it means all."""
        now = self._monotonic()
        self._gates[chat_id] = max(self._gates.get(chat_id, 0.0), now + seconds)
        self._floods.append((now, chat_id))
        while self._floods[0][0] <= now - FLOOD_SECONDS:
            self._floods.popleft()
        if len({chat for _, chat in self._floods}) >= FLOOD:
            self._quiet_until = max(self._quiet_until, now + seconds)

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

    def _rest(self) -> float:
        """Seconds for which a call that was answered now still counts."""
        if len(self._roads) < FEW:
            return SECOND
        early = max(SURE * min(self._roads) - HASTE, 0.0)
        return max(SECOND - early, 0.0)

    async def _calm(self) -> None:
        rest = self._quiet_until - self._monotonic()
        if rest > 0:
            await asyncio.sleep(rest)
            await self._calm()  # it may have been prolonged meanwhile

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
