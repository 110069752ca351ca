"""The updates a bot has not taken yet, kept and given out as Telegram does."""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.refusals import Refusal, conflict

TAP_LIFE = 150.0
UPDATE_LIFE = 24 * 3600.0
QUIET = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS = frozenset(
    {
        "message", "edited_message", "callback_query", "my_chat_member", "chat_member", "poll",
        "poll_answer", "message_reaction",
    }
)  # fmt: skip


TAKEN = "terminated by other getUpdates request; make sure that only one bot instance is running"
SHADOWED = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
    "webhook first"
)
HOOKED = "terminated by setWebhook request"


@dataclass(frozen=True, slots=True)
class Update:
    """One update. `lane`: updates of one lane are delivered to a webhook one after another."""

    id: int
    kind: str
    lane: int
    until: float
    told: dict[str, Any]


@dataclass(slots=True)
class Webhook:
    """Where updates are sent instead of being polled; no `url`, no webhook."""

    url: str = ""
    secret: str = ""
    connections: int = 40
    error: str = ""
    error_date: int = 0


class Queue:
    """What waits for the bot. `now` tells the sandbox's time in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._ids = itertools.count(900_000_001)
        self._waiting: deque[Update] = deque()
        self._soonest = float("inf")
        self._poll: asyncio.Future[str] | None = None
        self.wake = asyncio.Event()
        self.allowed: list[str] = []
        self.webhook = Webhook()
        self.on_listen: Callable[[], None] = lambda: None
        self.closed = False

    def __len__(self) -> int:
        self._expire()
        return len(self._waiting)

    def date(self) -> int:
        """Tell the sandbox's time in whole seconds."""
        return int(self._now())

    def wants(self, kind: str) -> bool:
        """Tell whether the bot asked for updates of a kind."""
        return kind in self.allowed if self.allowed else kind not in QUIET

    def allow(self, kinds: Any) -> None:
        """Remember `allowed_updates`; an empty list is Telegram's choice; None changes nothing."""
        if isinstance(kinds, list):
            self.allowed = [kind for kind in map(str, kinds) if kind in KINDS]

    def add(self, kind: str, told: Any, lane: int) -> None:
        """Queue an update of a kind, if the bot wants it."""
        if not self.wants(kind):
            return
        life = TAP_LIFE if kind == "callback_query" else UPDATE_LIFE
        update_id = next(self._ids)
        body = {"update_id": update_id, kind: told}
        until = self._now() + life
        self._waiting.append(Update(update_id, kind, lane, until, body))
        self._soonest = min(self._soonest, until)
        self.wake.set()
        self._end()

    def _end(self, why: str = "") -> None:
        """Let the waiting poll go on, or end it with a conflict."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(why)

    def listen(self, webhook: Webhook) -> None:
        """Send updates to a webhook from now on, or to none."""
        self.webhook = webhook
        if webhook.url:
            self._end(HOOKED)
            self.on_listen()
        self.wake.set()

    def waiting(self) -> list[Update]:
        """List what waits, oldest first."""
        self._expire()
        return list(self._waiting)

    def forget(self, update: Update) -> None:
        """Take out one update that was delivered."""
        if update in self._waiting:
            self._waiting.remove(update)

    def clear(self) -> None:
        """Drop everything that waits."""
        self._waiting.clear()

    def close(self) -> None:
        """End the waiting poll; later ones end at once."""
        self.closed = True
        self.wake.set()
        self._end()

    async def poll(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """Give updates from `offset` on and forget those before it; wait for the first.

        A negative offset keeps only so many of the newest. Raises Refusal: another poll began,
        a webhook is set, or the server closes.
        """
        if self.webhook.url:
            raise conflict(SHADOWED)
        self._end(TAKEN)
        self._confirm(offset)
        if not self._waiting and seconds > 0 and not self.closed:
            await self._wait(seconds)
            self._expire()
        if self.closed:
            raise Refusal(500, "Internal Server Error: restart")
        return [update.told for update in itertools.islice(self._waiting, limit)]

    async def _wait(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._poll = mine = loop.create_future()
        alarm = loop.call_later(seconds, self._end)
        try:
            if why := await mine:
                raise conflict(why)
        finally:
            alarm.cancel()
            if self._poll is mine:
                self._poll = None

    def _confirm(self, offset: int) -> None:
        self._expire()
        while offset < 0 and len(self._waiting) > -offset:
            self._waiting.popleft()
        while offset > 0 and self._waiting and self._waiting[0].id < offset:
            self._waiting.popleft()

    def _expire(self) -> None:
        now = self._now()
        if self._soonest <= now:
            self._waiting = deque(update for update in self._waiting if update.until > now)
            self._soonest = min((update.until for update in self._waiting), default=float("inf"))
