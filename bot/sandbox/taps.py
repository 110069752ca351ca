"""Presses of buttons that wait for the bot's answer."""

import asyncio
import itertools
import time
from dataclasses import dataclass, field

from bot.sandbox.refusals import bad

PATIENCE = 15.0  # real seconds after which Telegram takes no answer
TEXT_LIMIT = 200
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person sees after a press."""

    text: str | None = None
    alert: bool = False
    url: str | None = None


@dataclass(slots=True, eq=False)
class Tap:
    """One press. `heeded`: the presser still waits for the answer."""

    id: str
    person: int
    chat: int
    born: float = field(default_factory=time.monotonic)
    heeded: bool = True
    answer: "asyncio.Future[Answer | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Taps:
    """The presses nobody answered yet."""

    def __init__(self) -> None:
        self._ids = itertools.count(7_300_000_000_000_001)
        self._open: dict[str, Tap] = {}

    def begin(self, person: int, chat: int) -> Tap:
        """Note a press."""
        self._expire()
        tap = Tap(str(next(self._ids)), person, chat)
        self._open[tap.id] = tap
        return tap

    def answer(self, tap_id: str, text: str, *, alert: bool, url: str) -> Tap:
        """Answer a press. Raises Refusal: unknown, answered already, too old, or a long text."""
        self._expire()
        if len(text) > TEXT_LIMIT:
            raise bad("MESSAGE_TOO_LONG")
        if tap_id not in self._open:
            raise bad(TOO_OLD)
        tap = self._open.pop(tap_id)
        tap.answer.set_result(Answer(text or None, alert, url or None))
        return tap

    def close(self) -> None:
        """Let nobody wait for an answer any longer."""
        for tap in self._open.values():
            tap.answer.set_result(None)
        self._open.clear()

    def _expire(self) -> None:
        limit = time.monotonic() - PATIENCE
        for tap_id in list(
            itertools.takewhile(lambda key: self._open[key].born < limit, self._open)
        ):
            del self._open[tap_id]
