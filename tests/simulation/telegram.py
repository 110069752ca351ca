"""Telegram as the program meets it: the sandbox's Bot API behind a line that fails by seed."""

import asyncio
import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from bot.sandbox.faults import Faults
from bot.sandbox.forms import Params, flat
from bot.sandbox.gate import Gate
from bot.sandbox.refusals import Refusal
from bot.sandbox.world import World

BAD_GATEWAY = b"<html><h1>502 Bad Gateway</h1></html>"
ROAD = (0.02, 0.4)  # seconds that a call takes each way


@dataclass(frozen=True)
class Weather:
    """How often a call meets which trouble."""

    unreachable: float = 0.0  # no connection
    reset: float = 0.0  # connected, and cut off before anything was carried out
    lost: float = 0.0  # carried out, and the answer is cut off
    late: float = 0.0  # carried out, and the answer comes too late for anybody
    gateway_before: float = 0.0
    gateway_after: float = 0.0
    flood: float = 0.0
    torn: float = 0.0  # carried out, and half of the answer comes


CALM = Weather()
ROUGH = Weather(
    unreachable=0.05,
    reset=0.05,
    lost=0.05,
    late=0.02,
    gateway_before=0.03,
    gateway_after=0.03,
    flood=0.05,
    torn=0.02,
)
NIGHT = Weather(unreachable=1.0)
HOLE = Weather(late=0.0, reset=1.0)


class Telegram(httpx.AsyncBaseTransport):
    """A transport that leads to a world. What has reached it is carried out, come what may."""

    def __init__(
        self, world: World, token: str, chance: random.Random, rests: Callable[[], float]
    ) -> None:
        """`rests`: for how many seconds a poll that finds nothing stays open."""
        self._gate = Gate(world, token, None, Faults())
        self._world = world
        self._chance = chance
        self._rests = rests
        self.posted: Counter[tuple[int, str]] = Counter()  # what came to stand in which chat
        self.weather = CALM
        self.called = asyncio.Event()  # to post something
        self.confirmed: set[int] = set()  # updates that Telegram forgot since we have them
        self.answered: list[float] = []  # when a poll was answered
        self._history = hashlib.sha256()
        self._carrying: set[asyncio.Task[tuple[int, bytes]]] = set()

    @property
    def digest(self) -> str:
        """What was called, when, and what came of it, in one word."""
        return self._history.hexdigest()[:16]

    def note(self, *what: object) -> None:
        """Something that belongs to the history."""
        self._history.update(repr(what).encode())

    def _trouble(self) -> str:
        dice = self._chance.random()
        for name, share in vars(self.weather).items():
            if dice < share:
                return str(name)
            dice -= share
        return ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One call. Raises what httpx raises where no whole answer comes."""
        method = request.url.path.rpartition("/")[2]
        body = json.loads(request.content)
        trouble = self._trouble()
        there, back = (self._chance.uniform(*ROAD) for _ in range(2))
        now = asyncio.get_running_loop().time()
        self.note(now, method, body, trouble)
        if method == "sendMessage":
            self.called.set()
        if trouble == "unreachable":
            await asyncio.sleep(there)
            raise httpx.ConnectError("unreachable")
        if trouble in {"reset", "gateway_before", "flood"}:
            await asyncio.sleep(there + back)
            if trouble == "reset":
                raise httpx.ReadError("reset")
            if trouble == "flood":
                wait = self._chance.randint(1, 20)
                refusal = Refusal(429, "Too Many Requests", retry_after=wait)
                return httpx.Response(429, content=json.dumps(refusal.body()).encode())
            return httpx.Response(502, content=BAD_GATEWAY)
        status, answer = await asyncio.shield(self._send(method, body, there))
        if trouble == "late":
            await asyncio.sleep(request.extensions["timeout"]["read"])
            raise httpx.ReadTimeout("late")
        await asyncio.sleep(back)
        if trouble == "lost":
            raise httpx.ReadError("lost")
        if trouble == "torn":
            return httpx.Response(status, content=answer[: len(answer) // 2])
        if trouble == "gateway_after":
            return httpx.Response(502, content=BAD_GATEWAY)
        if method == "getUpdates":
            self.answered.append(asyncio.get_running_loop().time())
        return httpx.Response(status, content=answer)

    def _send(self, method: str, body: Any, road: float) -> "asyncio.Task[tuple[int, bytes]]":
        """The bytes are out: whoever sent them may die now, and it is carried out."""
        task = asyncio.get_running_loop().create_task(self._carry(method, body, road))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)
        return task

    async def _carry(self, method: str, body: dict[str, Any], road: float) -> tuple[int, bytes]:
        await asyncio.sleep(road)
        try:
            if method == "getUpdates":
                return 200, await self._poll(int(body.get("offset") or 0), float(body["timeout"]))
            answer = await self._gate.carry(method, Params(flat(body)))
            if method == "sendMessage":
                self.posted[body["chat_id"], body["text"]] += 1
        except Refusal as refusal:
            return refusal.code, json.dumps(refusal.body()).encode()
        return 200, answer

    async def _poll(self, offset: int, seconds: float) -> bytes:
        """A poll that finds nothing takes longer than it asked: there would be so many of them."""
        waiting = self._world.queue.waiting()
        self.confirmed |= {update.id for update in waiting if update.id < offset}
        found = await self._world.queue.poll(offset, 100, seconds and self._rests())
        return json.dumps({"ok": True, "result": found}).encode()

    async def close(self) -> None:
        """Nothing is carried out any more."""
        self._world.queue.close()
        for task in list(self._carrying):
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)
