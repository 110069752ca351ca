"""A sandbox with a small cast, and both its sides: what the bot calls and what people do."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import uvicorn
from starlette.types import ASGIApp

from bot.sandbox.cast import Cast, Group, Person, Topic
from bot.sandbox.server import Sandbox

ZHAO, ZHANG, LI, STRANGER = 101, 111, 112, 999
TEAM, FORUM, SMALL = -1001, -1002, -55  # a supergroup with the bot as administrator, …
TOPIC = 2
HOST = "http://127.0.0.1"

CAST = Cast(
    people=(
        Person(ZHAO, "赵班长", "zhao", note="一班 · 班组长", started=True),
        Person(ZHANG, "张三", started=True),
        Person(LI, "Li Si", language_code="en"),
        Person(STRANGER, "路人"),
    ),
    groups=(
        Group(TEAM, "一班", members=(ZHANG, LI), admins=(ZHAO,)),
        Group(
            FORUM,
            "巡护队",
            is_forum=True,
            topics=(Topic(TOPIC, "早会"),),
            members=(ZHANG, LI),
            admins=(ZHAO,),
            bot="member",
        ),
        Group(SMALL, "小组", type="group", members=(ZHANG,), admins=(ZHAO,), bot="member"),
    ),
)


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
        self.zone = ZoneInfo("Asia/Shanghai")
        self.rate = 1.0

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        self.now = now

    def run(self, rate: float) -> None:
        self.rate = rate

    def morning(self) -> datetime:
        return self.now + timedelta(days=1)


class Play:
    """Both sides of a sandbox, over HTTP."""

    def __init__(self, box: Sandbox, http: httpx.AsyncClient, clock: Hands) -> None:
        self.box, self.http, self.clock = box, http, clock
        self.bot_id = CAST.bot.id

    async def answer(self, method: str, **params: Any) -> dict[str, Any]:
        """What the Bot API answers, as it is."""
        response = await self.http.post(f"/bot{self.box.token}/{method}", json=params)
        body: dict[str, Any] = response.json()
        assert body["ok"] is (response.status_code == 200)
        return body

    async def bot(self, method: str, **params: Any) -> Any:
        """The result of a call that is carried out."""
        body = await self.answer(method, **params)
        assert body["ok"], body
        return body["result"]

    async def refusal(self, method: str, **params: Any) -> str:
        """Why a call is not carried out."""
        body = await self.answer(method, **params)
        assert not body["ok"], body
        assert body["description"]
        return str(body["description"])

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        """The updates that wait, confirmed at once."""
        found: list[dict[str, Any]] = await self.bot("getUpdates", **params)
        if found:
            await self.bot("getUpdates", offset=found[-1]["update_id"] + 1)
        return found

    async def act(self, path: str, who: int = ZHANG, **body: Any) -> dict[str, Any]:
        """What a person does on the page."""
        response = await self.http.post(f"/api/{path}", json={"as": who} | body)
        told: dict[str, Any] = response.json()
        assert response.status_code == 200, told
        return told

    async def wrong(self, path: str, who: int = ZHANG, **body: Any) -> tuple[int, str]:
        """Why a person cannot do a thing."""
        response = await self.http.post(f"/api/{path}", json={"as": who} | body)
        return response.status_code, response.json()["error"]

    async def say(self, who: int, chat: int, text: str, **more: Any) -> int:
        """A person says something; the id of the message."""
        told = await self.act("say", who, chat=chat, text=text, **more)
        return int(told["message_ids"][0])

    async def shown(self, who: int, chat: int, **query: Any) -> list[dict[str, Any]]:
        """What stands in a chat, as a person sees it."""
        query |= {"as": who, "chat": chat}
        response = await self.http.get("/api/messages", params=query)
        found: list[dict[str, Any]] = response.json()["messages"]
        return found

    async def state(self, who: int = ZHANG) -> dict[str, Any]:
        """Everything a person sees at first."""
        told: dict[str, Any] = (await self.http.get("/api/state", params={"as": who})).json()
        return told

    async def chat(self, who: int, chat: int) -> dict[str, Any]:
        """One chat in a person's list."""
        state = await self.state(who)
        found: dict[str, Any] = next(one for one in state["chats"] if one["id"] == chat)
        return found


@asynccontextmanager
async def in_process(**options: Any) -> AsyncIterator[Play]:
    """A sandbox with no socket."""
    clock = Hands()
    box = Sandbox(CAST, clock, **options)
    transport = httpx.ASGITransport(box.app)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
        yield Play(box, http, clock)
    await box.close()


@asynccontextmanager
async def listening(app: ASGIApp) -> AsyncIterator[tuple[str, uvicorn.Server]]:
    """Serve an application on loopback, at a free port."""
    config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"{HOST}:{port}", server
    server.should_exit = True
    await task


@asynccontextmanager
async def over_http(**options: Any) -> AsyncIterator[Play]:
    """A sandbox behind a real server."""
    clock = Hands()
    box = Sandbox(CAST, clock, **options)
    async with (
        listening(box.app) as (address, _),
        httpx.AsyncClient(base_url=address, timeout=20) as http,
    ):
        yield Play(box, http, clock)
        await box.close()


def picture(width: int = 40, height: int = 30) -> bytes:
    """A PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x10\x80\x40" * width) * height)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def keyboard(*labels: str) -> dict[str, Any]:
    """One row of buttons whose data is their label."""
    return {"inline_keyboard": [[{"text": one, "callback_data": one} for one in labels]]}
