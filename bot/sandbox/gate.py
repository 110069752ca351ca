"""The bot's side of the server: /bot<token>/<method> and /file/bot<token>/<path>."""

import hmac
import inspect
import json
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.sandbox.faults import Abort, Faults, Raw
from bot.sandbox.forms import Params, read
from bot.sandbox.limits import Limits
from bot.sandbox.methods import METHODS
from bot.sandbox.refusals import Refusal
from bot.sandbox.world import World

CALLS_LIMIT = 20_000
NOT_FOUND = (404, "Not Found")
UNAUTHORIZED = (401, "Unauthorized")


@dataclass(slots=True)
class Call:
    """One call the bot made. `code` is None until it is answered; `at`: monotonic seconds."""

    seq: int
    at: float
    method: str
    given: Params
    code: int | None = None
    description: str | None = None

    @property
    def params(self) -> dict[str, Any]:
        """What the call said, JSON decoded."""
        return self.given.plain()

    def told(self) -> dict[str, Any]:
        """Show it to the page."""
        return {
            "seq": self.seq,
            "at_monotonic": self.at,
            "method": self.method,
            "params": self.params,
            "code": self.code,
            "description": self.description,
        }


class Gate:
    """Lets the bot's calls in: record, faults, limits, the method, faults again, the answer."""

    def __init__(self, world: World, token: str, limits: Limits | None, faults: Faults) -> None:
        self._world = world
        self._token = token
        self._limits = limits
        self.faults = faults
        self.calls: deque[Call] = deque(maxlen=CALLS_LIMIT)
        self.seq = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call, as an ASGI application."""
        request = Request(scope, receive)
        try:
            status, body, kind = await self._answer(request)
        except Abort:
            await hang_up(receive)
            return
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, request: Request) -> tuple[int, bytes, bytes]:
        try:
            body = await self._called(request)
        except Refusal as refusal:
            return refusal.code, _json(refusal.body()), b"application/json"
        except Raw as raw:
            return raw.status, raw.body, raw.kind
        return 200, body, b"application/json"

    async def _called(self, request: Request) -> bytes:
        self._admit(request.path_params["token"])
        named = METHODS.get(request.path_params["method"].lower())
        if named is None:
            raise Refusal(*NOT_FOUND)
        return await self.carry(named[0], await read(request))

    def _admit(self, token: str) -> None:
        number, colon, _ = token.partition(":")
        if not colon or not number.isdigit():
            raise Refusal(*NOT_FOUND)
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            raise Refusal(*UNAUTHORIZED)

    async def carry(self, method: str, params: Params) -> bytes:
        """Carry out a call and give the body of its answer. Raises Refusal, Raw or Abort."""
        self.seq += 1
        call = Call(self.seq, time.monotonic(), method, params)
        self.calls.append(call)
        chat_id = params.number("chat_id") or None
        fault = self.faults.pick(method, chat_id)
        try:
            if fault is not None:
                await self.faults.before(fault)
            if self._limits is not None:
                self._limits.count(method, chat_id, params.text("media").count('"media"') or 1)
            result = METHODS[method.lower()][1](self._world, params)
            if inspect.isawaitable(result):
                result = await result
            body = _json({"ok": True, "result": result})
            if fault is not None:
                await self.faults.after(fault, body)
        except Refusal as refusal:
            call.code, call.description = refusal.code, refusal.description
            raise
        except Raw as raw:
            call.code = raw.status
            raise
        except Abort:
            call.code = 0
            raise
        call.code = 200
        return body

    async def file(self, request: Request) -> Response:
        """Give a file to the bot."""
        path = request.path_params["path"]
        file = self._world.files.find(path)
        try:
            self._admit(request.path_params["token"])
            if file is None or file.path != path:
                raise Refusal(*NOT_FOUND)
        except Refusal as refusal:
            return Response(_json(refusal.body()), refusal.code, media_type="application/json")
        return Response(file.data, media_type="application/octet-stream")


def _json(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


async def hang_up(receive: Receive) -> None:
    """Close the connection with no answer. Raises ConnectionAbortedError where there is none.

    uvicorn's `receive` is a method of the object that also holds the transport; ASGI itself
    has no word for an answer that never comes.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionAbortedError
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        continue
