"""Telegram's limits on sending, in real time: sliding windows of calls that were let through."""

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable

from bot.sandbox.refusals import flood

Window = tuple[int, float]  # so many calls in so many seconds

ALL: Window = (30, 1.0)
GROUP: Window = (20, 60.0)
CHAT: Window = (3, 3.0)  # one a second, and a short burst is borne
COUNTED = ("send", "edit", "copy", "forward", "stopPoll")


class Limits:
    """Lets calls through, or refuses them with 429. `chat_id` below 0 is a group."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._passed: defaultdict[object, deque[float]] = defaultdict(deque)

    def count(self, method: str, chat_id: int | None, messages: int = 1) -> None:
        """Count a call that sends or edits. Raises Refusal with `retry_after` in seconds."""
        if not method.startswith(COUNTED) or method == "sendChatAction":
            return
        now = self._monotonic()
        keys: list[tuple[object, Window]] = [("all", ALL)]
        if chat_id is not None:
            keys.append((("chat", chat_id), CHAT))
            if chat_id < 0:
                keys.append((("group", chat_id), GROUP))
        for key, (most, seconds) in keys:
            passed = self._passed[key]
            while passed and passed[0] <= now - seconds:
                passed.popleft()
            if len(passed) + messages > most and passed:
                raise flood(max(1, math.ceil(passed[0] + seconds - now)))
        for key, _ in keys:
            self._passed[key].extend([now] * messages)
