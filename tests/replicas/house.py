"""Replicas of the real program, as processes on one PostgreSQL, and the Telegram they serve."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from sqlmodel import SQLModel, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.programs import HOST
from bot.web.server import serving
from storage.database import Database
from tests.wire.scene import Message, Row
from tests.wire.stage import Stage

PATIENCE = 30.0  # seconds of the machine until a test gives up
GLANCE = 0.05  # seconds between looks
ROOT = Path(__file__).parents[2]
SECRET = "only-telegram-knows-this"
HOLDER = """
    SELECT split_part(application_name, ' ', 4)::int
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND objsubid = 2 AND objid = %s AND granted
"""


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Let the replicas work until something holds; looking too often would take their time."""
    async with asyncio.timeout(PATIENCE):
        while not await condition():
            await asyncio.sleep(GLANCE)


@dataclass
class Replica:
    """One process of the program."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    @property
    def port(self) -> int | None:
        """Where it listens, once it says so."""
        for line in self.log.read_text().splitlines():
            if "is at work" in line:
                return int(line.rpartition(":")[2].partition("/")[0])
        return None


class House:
    """Telegram, the database, and as many replicas as are started."""

    def __init__(self, stage: Stage, folder: Path, stack: ExitStack) -> None:
        self.stage = stage
        self.database = Database(stage.settings.database_url)
        self.replicas: list[Replica] = []
        self.webhook = ""
        self._folder, self._stack = folder, stack

    async def start(self, count: int) -> Sequence[Replica]:
        """Start replicas, all at once; they are at work when this returns."""
        begun = [
            self._stack.enter_context(self._run(len(self.replicas) + n)) for n in range(count)
        ]
        self.replicas += begun

        async def listening() -> bool:
            ended = [one for one in begun if one.process.poll() is not None]
            assert not ended, ended[0].log.read_text()
            return all(one.port for one in begun)

        await until(listening)
        return begun

    @contextmanager
    def _run(self, number: int) -> Iterator[Replica]:
        settings = self.stage.settings
        clean = {name: value for name, value in os.environ.items() if name[:7] != "ZAOHUI_"}
        log = self._folder / f"replica-{number}.log"
        words = {
            "ZAOHUI_TOKEN": settings.token.get_secret_value(),
            "ZAOHUI_API_URL": settings.api_url,
            "ZAOHUI_DATABASE_URL": settings.database_url,
            "ZAOHUI_OWNER_IDS": ",".join(map(str, settings.owner_ids)),
            "ZAOHUI_HTTP_PORT": "0",
            "ZAOHUI_PERSON_LIMIT": "0",  # one member does what thousands would
            "ZAOHUI_CLOCK": self.stage.clock().isoformat(),
            "ZAOHUI_WEBHOOK_URL": self.webhook,
            "ZAOHUI_WEBHOOK_SECRET": SECRET if self.webhook else "",
            "PYTHONPATH": str(ROOT),
        }
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=self._folder,
                env={**clean, **words},
                stdout=file,
                stderr=file,
            )
        try:
            yield Replica(process, log)
        finally:
            process.kill()
            process.wait()

    async def holder(self, lease: int) -> Replica:
        """Whose process holds a lease; waits until one does."""
        found: list[Replica] = []
        url = self.database.url.set(drivername="postgresql").render_as_string(hide_password=False)

        async def known() -> bool:
            async with await psycopg.AsyncConnection.connect(url) as connection:
                rows = await (await connection.execute(HOLDER, [lease])).fetchall()
            pids = {pid for (pid,) in rows}
            alive = [one for one in self.replicas if one.process.poll() is None]
            found[:] = [one for one in alive if one.process.pid in pids]
            return bool(found)

        await until(known)
        return found[0]

    async def rows(self, table: type[Row]) -> Sequence[Row]:
        """What a table holds."""
        async with self.database.read() as session:
            return (await session.exec(select(table))).all()

    async def count(self, table: type[SQLModel]) -> int:
        """How many rows a table has."""
        return len(await self.rows(table))

    async def messages(self, user: int, chat: int) -> list[Message]:
        """What stands in a chat."""
        found = await self.stage.http.get("/api/messages", params={"as": user, "chat": chat})
        return list(found.raise_for_status().json()["messages"])

    async def cards(self, user: int, chat: int) -> list[Message]:
        """The morning cards that stand in a group."""
        return [m for m in await self.messages(user, chat) if "早会微学 ·" in (m["text"] or "")]

    async def tap(self, user: int, chat: int, label: str) -> dict[str, Any]:
        """Somebody taps a button of the newest card; what they are told."""
        [*_, card] = await self.cards(user, chat)
        [place] = [
            {"row": row, "col": column}
            for row, buttons in enumerate(card["buttons"])
            for column, button in enumerate(buttons)
            if button["text"] == label
        ]
        body = {"as": user, "chat": chat, "message_id": card["message_id"], **place}
        answer = await self.stage.http.post("/api/press", json=body)
        return dict(answer.raise_for_status().json())

    @asynccontextmanager
    async def proxy(self) -> AsyncIterator[None]:
        """Something before the replicas, that gives each update to the next one that answers."""
        turn = 0

        async def pass_on(request: Request) -> Response:
            nonlocal turn
            turn += 1
            body = await request.body()
            for n in range(len(self.replicas)):
                port = self.replicas[(turn + n) % len(self.replicas)].port
                try:
                    answer = await http.post(
                        f"http://{HOST}:{port}/webhook", content=body, headers=request.headers.raw
                    )
                except httpx.TransportError:
                    continue
                return Response(status_code=answer.status_code)
            return Response(status_code=502)

        app = Starlette(routes=[Route("/webhook", pass_on, methods=["POST"])])
        async with httpx.AsyncClient(timeout=30) as http, serving(app, HOST, 0) as port:
            self.webhook = f"http://{HOST}:{port}"
            yield
