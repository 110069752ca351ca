"""Where scenes are played: with the program's own sandbox, or in one that outlives its bot."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
from pydantic import SecretStr

from bot import demo
from bot.app import running
from bot.clock import Clock
from bot.programs import HOST, Trial, opened, trying_out
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from bot.transport import trust
from bot.web.server import serving
from handlers.reading.organisations import OrganisationFile
from tests.wire.scene import ZONE, Scene

FILE = "stage.db"


@asynccontextmanager
async def playing(
    folder: Path, start: datetime, organisation: OrganisationFile | None = None
) -> AsyncIterator[Scene]:
    """The demonstration, or an organisation of its own, from a moment on."""
    clock = Clock(ZONE)
    clock.set(start)
    async with (
        trying_out(Settings(), clock, 0, folder / FILE, organisation) as trial,
        httpx.AsyncClient(base_url=trial.address, timeout=30, verify=trust()) as http,
    ):
        scene = Scene(trial, http)
        await scene.settle()
        yield scene


@dataclass(frozen=True)
class Stage:
    """Telegram and a database, which are there whether the bot runs or not."""

    world: Sandbox
    settings: Settings
    clock: Clock
    http: httpx.AsyncClient

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[Scene]:
        """The bot at work, until it is stopped in good order."""
        async with (
            opened(self.settings) as database,
            running(self.settings, database, self.clock) as app,
        ):
            scene = Scene(Trial(app, self.world, str(self.http.base_url)), self.http)
            await scene.settle()
            yield scene


async def crash(scene: Scene) -> None:
    """What the bot has on its way is cut off, as when the machine loses power."""
    tasks = list(scene.app.crew.tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def standing(
    folder: Path, start: datetime, url: str = "", ready: Path | None = None
) -> AsyncIterator[Stage]:
    """A stage with the demonstration's people, on which no bot is at work yet.

    `ready`: a database that was furnished at the same moment, to begin with a copy of it.
    """
    clock = Clock(ZONE)
    clock.set(start)
    organisation = demo.organisation("zh")
    world = Sandbox(demo.cast(organisation, "zh"), clock, token=demo.TOKEN)
    clock.morning = demo.morning(clock, organisation)
    async with serving(world.app, HOST, 0) as port:
        address = f"http://{HOST}:{port}"
        settings = Settings(
            token=SecretStr(demo.TOKEN),
            api_url=address,
            database_url=url or f"sqlite:///{folder / FILE}",
            owner_ids=frozenset({demo.OWNER}),
            http_port=0,
        )
        try:
            if ready is not None:
                shutil.copyfile(ready, folder / FILE)
            else:
                async with opened(settings) as database:
                    await demo.furnish(database, organisation, clock, settings)
            async with httpx.AsyncClient(base_url=address, timeout=30, verify=trust()) as http:
                yield Stage(world, settings, clock, http)
        finally:
            await world.close()
