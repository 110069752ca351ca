"""The sandbox: a Bot API and a page of chats, as one ASGI application for loopback."""

from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.cast import Cast, SandboxClock
from bot.sandbox.deliveries import Deliveries
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.gate import Call, Gate
from bot.sandbox.limits import Limits
from bot.sandbox.pages import Pages
from bot.sandbox.streams import Streams
from bot.sandbox.world import World

TOKEN = "4200000001:sandbox"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Sandbox:
    """A Bot API of our own with people to try it on.

    `limits`: enforce Telegram's rates. `privacy`: the bot's privacy mode. `seed`: of the faults
    with a chance. Serve `app` on loopback; call `close` before the server is stopped.
    """

    def __init__(
        self,
        cast: Cast,
        clock: SandboxClock,
        *,
        token: str = TOKEN,
        privacy: bool = True,
        limits: bool = False,
        seed: int = 1,
    ) -> None:
        self.token = token
        self.world = World(cast, clock, privacy=privacy)
        self._faults = Faults(seed)
        self._gate = Gate(self.world, token, Limits() if limits else None, self._faults)
        self._streams = Streams(self.world)
        self._deliveries = Deliveries(self.world.queue, self._gate)
        pages = Pages(self.world, self._gate, self._streams)
        self.app = Starlette(
            routes=[
                Route("/bot{token}/{method}", self._gate),
                Route("/file/bot{token}/{path:path}", self._gate.file),
                *pages.routes(),
            ],
            middleware=[Middleware(Loopback)],
        )

    @property
    def faults(self) -> list[Fault]:
        """The troubles in force; change the list to change them."""
        return self._faults.standing

    @property
    def calls(self) -> list[Call]:
        """The latest calls the bot made, oldest first."""
        return list(self._gate.calls)

    async def close(self) -> None:
        """End everything that waits: polls, presses, streams, deliveries."""
        self.world.queue.close()
        self.world.taps.close()
        self._faults.close()
        self._streams.close()
        await self._deliveries.close()


class Loopback:
    """Keeps strangers out: only this machine's own names, and no other site's posts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with 403."""
        if scope["type"] == "http" and (why := _stranger(dict(scope["headers"]), scope)):
            await JSONResponse({"error": why}, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _stranger(headers: dict[bytes, bytes], scope: Scope) -> str | None:
    host = headers.get(b"host", b"").decode("latin-1")
    if urlsplit(f"//{host}").hostname not in LOOPBACK:
        return "This server answers to names of this machine only."
    origin = headers.get(b"origin")
    if scope["method"] != "POST" or origin is None:
        return None
    if urlsplit(origin.decode("latin-1")).netloc != host:
        return "This server takes posts from its own page only."
    return None
