"""Carries updates to the bot's webhook: in order per lane, again until they are taken."""

import asyncio
import json
import time
from typing import Any

import httpx

from bot.sandbox.faults import Abort, Raw
from bot.sandbox.forms import Params, flat
from bot.sandbox.gate import Gate
from bot.sandbox.methods import METHODS
from bot.sandbox.queue import Queue, Update
from bot.sandbox.refusals import Refusal

SECRET = "X-Telegram-Bot-Api-Secret-Token"
ANSWER_LIMIT = 60.0  # seconds a webhook may take
RETRY = (1.0, 60.0)  # seconds: the first wait after a failure, doubled up to the second
RETRY_AFTER_LIMIT = 3600.0


class Deliveries:
    """Works while a webhook is set."""

    def __init__(self, queue: Queue, gate: Gate) -> None:
        self._queue = queue
        self._gate = gate
        self._busy: set[int] = set()
        self._rest: dict[int, tuple[float, float]] = {}  # lane -> until when, and how long
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        queue.on_listen = self.start

    def start(self) -> None:
        """Begin, if it is not at work already."""
        self._rest.clear()
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop at once."""
        tasks = [*self._tasks, *([self._loop] if self._loop else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        async with httpx.AsyncClient(timeout=ANSWER_LIMIT, trust_env=False) as client:
            while self._queue.webhook.url and not self._queue.closed:
                self._queue.wake.clear()
                self._begin(client)
                try:
                    async with asyncio.timeout(self._pause()):
                        await self._queue.wake.wait()
                except TimeoutError:
                    continue

    def _begin(self, client: httpx.AsyncClient) -> None:
        """Start as many deliveries as the lanes and the webhook's connections allow."""
        now = time.monotonic()
        skipped = {lane for lane, (until, _) in self._rest.items() if until > now}
        for update in self._queue.waiting():
            if len(self._busy) >= self._queue.webhook.connections:
                return
            if update.lane in self._busy or update.lane in skipped:
                continue
            self._busy.add(update.lane)
            task = asyncio.create_task(self._deliver(client, update))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _pause(self) -> float | None:
        """Give the seconds until a lane that failed may try again; None: nothing rests."""
        now = time.monotonic()
        waits = [until - now for until, _ in self._rest.values() if until > now]
        return min(waits, default=None)

    async def _deliver(self, client: httpx.AsyncClient, update: Update) -> None:
        hook = self._queue.webhook
        headers = {"content-type": "application/json"}
        if hook.secret:
            headers[SECRET] = hook.secret
        asked = 0.0
        try:
            body = json.dumps(update.told, ensure_ascii=False).encode()
            answer = await client.post(hook.url, content=body, headers=headers)
            if answer.is_success:
                self._rest.pop(update.lane, None)
                self._queue.forget(update)
                await self._obey(answer)
                return
            hook.error = f"Wrong response from the webhook: {answer.status_code} " + (
                answer.reason_phrase
            )
            asked = _seconds(answer.headers.get("retry-after", ""))
        except httpx.TimeoutException:
            hook.error = "Read timeout expired"
        except httpx.HTTPError:
            hook.error = "Connection refused"
        finally:
            self._busy.discard(update.lane)
            self._queue.wake.set()
        hook.error_date = self._queue.date()
        first, most = RETRY
        last = self._rest.get(update.lane, (0.0, first / 2))[1]
        wait = asked or min(last * 2, most)
        self._rest[update.lane] = (time.monotonic() + wait, min(wait, most))

    async def _obey(self, answer: httpx.Response) -> None:
        """Carry out the method a webhook names in its answer; nobody learns the result."""
        if not answer.content:
            return
        try:
            tree: Any = json.loads(answer.content)
            params = flat(tree)
            named = METHODS.get(params.pop("method", "").lower())
        except (ValueError, Refusal):
            return
        if named is not None:
            try:
                await self._gate.carry(named[0], Params(params))
            except (Refusal, Raw, Abort):
                return


def _seconds(text: str) -> float:
    return min(float(text), RETRY_AFTER_LIMIT) if text.isdigit() else 0.0
