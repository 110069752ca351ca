"""Things that go wrong on purpose, between the bot and its Bot API."""

import asyncio
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.queue import TAKEN
from bot.sandbox.refusals import Refusal, conflict, flood, forbidden

BEFORE = {
    "drop_before", "http_500_before", "http_502_before", "flood", "unauthorized", "kicked",
    "conflict", "black_hole",
}  # fmt: skip
AFTER = {"lost_answer", "slow", "http_500_after", "http_502_after", "garbage"}
KINDS = BEFORE | AFTER
SHORT = {"http_500": "http_500_before", "http_502": "http_502_before"}
LONG = 3600.0


class Abort(Exception):
    """Close the connection without an answer."""


class Raw(Exception):
    """Answer with a body that no Bot API method gives."""

    def __init__(self, status: int, body: bytes, kind: bytes = b"text/html") -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.kind = kind


@dataclass(slots=True)
class Fault:
    """One trouble: of a kind, for some methods and chats, `n` times at most, with chance `p`.

    `seconds`: how long to wait (slow, lost_answer, black_hole) or to ask for (flood). Raises
    ValueError for an unknown kind; http_500 and http_502 alone mean before.
    """

    kind: str
    methods: tuple[str, ...] = ()
    chats: tuple[int, ...] = ()
    n: int | None = None
    p: float = 1.0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.kind = SHORT.get(self.kind, self.kind)
        if self.kind not in KINDS:
            raise ValueError(f'No such fault: "{self.kind}".')

    def fits(self, method: str, chat_id: int | None) -> bool:
        """Tell whether it concerns a call. Names of methods are compared as Telegram does."""
        named = not self.methods or method.lower() in {name.lower() for name in self.methods}
        return self.n != 0 and named and (not self.chats or chat_id in self.chats)


class Faults:
    """The troubles in force. The same seed and the same calls give the same troubles."""

    def __init__(self, seed: int = 1) -> None:
        self.standing: list[Fault] = []
        self._random = random.Random(seed)
        self._closing = asyncio.Event()

    def close(self) -> None:
        """Let nothing wait any longer."""
        self._closing.set()

    def pick(self, method: str, chat_id: int | None) -> Fault | None:
        """Choose the trouble of a call, and use up one of its times."""
        for fault in self.standing:
            if fault.fits(method, chat_id) and self._random.random() < fault.p:
                if fault.n is not None:
                    fault.n -= 1
                return fault
        return None

    async def before(self, fault: Fault) -> None:
        """Do what a trouble does to a call that is not carried out. Raises what is answered."""
        match fault.kind:
            case "drop_before":
                raise Abort
            case "black_hole":
                await self.wait(fault.seconds or LONG)
                raise Abort
            case "http_500_before":
                raise Refusal(500, "Internal Server Error")
            case "http_502_before":
                raise Raw(502, b"<html><h1>502 Bad Gateway</h1></html>")
            case "flood":
                raise flood(max(1, round(fault.seconds)))
            case "unauthorized":
                raise Refusal(401, "Unauthorized")
            case "kicked":
                raise forbidden("bot was kicked from the supergroup chat")
            case "conflict":
                raise conflict(TAKEN)

    async def after(self, fault: Fault, answer: bytes) -> None:
        """Do what a trouble does to the answer of a call that was carried out."""
        match fault.kind:
            case "slow":
                await self.wait(fault.seconds)
            case "lost_answer":
                await self.wait(fault.seconds)
                raise Abort
            case "http_500_after":
                raise Refusal(500, "Internal Server Error")
            case "http_502_after":
                raise Raw(502, b"<html><h1>502 Bad Gateway</h1></html>")
            case "garbage":
                raise Raw(200, answer[: len(answer) // 2], b"application/json")

    async def wait(self, seconds: float) -> None:
        """Wait for so many real seconds, or until the server closes."""
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return


def faults(given: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """Read a list of troubles. Raises ValueError with one sentence."""
    return [
        Fault(
            str(one.get("kind", "")),
            tuple(one.get("methods") or ()),
            tuple(one.get("chats") or ()),
            one.get("n"),
            float(one.get("p", 1.0)),
            float(one.get("seconds", 0.0)),
        )
        for one in given
    ]
