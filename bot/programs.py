"""What the command line starts: the bot, or the bot with a sandbox around it.

The sandbox and its demonstration are imported when they are wanted: a bot at work is 11 MB
lighter without them.
"""

import asyncio
import ctypes
import gc
import logging
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot import clock as clocks
from bot.app import App, running
from bot.clock import Clock
from bot.settings import BadSettings, Settings
from bot.web.server import serving
from handlers import reviews
from storage.database import BadDatabase, Database
from storage.migrations import HEAD, current, upgrade

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox
    from handlers.reading.organisations import OrganisationFile

log = logging.getLogger(__name__)

SWEEP = 60.0  # seconds between full collections of garbage
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # of <malloc.h>

HOST = "127.0.0.1"  # a sandbox is for this machine alone
SANDBOX_DATABASE = Path("data/sandbox.db")


async def run(settings: Settings) -> None:
    """The bot, until it is told to stop. Raises BadSettings and BadDatabase before it works."""
    _keep_memory_together()
    clock = clocks.from_text(settings.clock, settings.zone)
    with stoppable():
        async with opened(settings) as database, running(settings, database, clock):
            await _work()


async def sandbox(
    settings: Settings, port: int, start: str, organisation: "OrganisationFile | None" = None
) -> None:
    """The bot and a Bot API of its own, with somebody's people or the demo's; prints the address.

    What is said in a sandbox lives as long as the sandbox, so its database begins anew each time.
    """
    clock = clocks.from_text(start, settings.zone)
    with stoppable():
        async with trying_out(settings, clock, port, SANDBOX_DATABASE, organisation) as trial:
            log.info("open %s", trial.address)
            await _work()


def _keep_memory_together() -> None:
    """Let the C library keep what it has in one piece, so that memory stays as it is for weeks.

    By itself glibc gives each thread a heap of its own, and takes ever larger blocks out of them,
    between those that stay: what we hold does not grow, but the holes do, by megabytes an hour.
    Other C libraries have no such call.
    """
    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    if tell is not None:
        tell(M_ARENA_MAX, 1)
        tell(M_MMAP_THRESHOLD, 64 * 1024)  # larger blocks are asked of the system, and given back


async def _work() -> None:
    """Let the program work until it is stopped.

    What the start has made stays, and nobody looks for garbage among it any more: there are half a
    million such objects, and a tap that came while all were gone through waited for a fifth of a
    second. Python would now put off its full collections until a quarter as many have come; one a
    minute, of what is new alone, takes milliseconds and keeps memory as it is.
    """
    gc.freeze()
    while True:
        await asyncio.sleep(SWEEP)
        gc.collect()


@dataclass(frozen=True)
class Trial:
    """A bot at work in a sandbox, and the address of the page."""

    app: App
    world: "Sandbox"
    address: str


@asynccontextmanager
async def trying_out(
    settings: Settings,
    clock: Clock,
    port: int,
    file: Path,
    organisation: "OrganisationFile | None" = None,
) -> AsyncIterator[Trial]:
    """A sandbox and the bot in it, at work while the block runs; without its own, the demo's."""
    from bot import demo
    from bot.sandbox.server import Sandbox

    organisation = organisation or demo.organisation(settings.locale)
    world = Sandbox(
        demo.cast(organisation, settings.locale),
        clock,
        token=demo.TOKEN,
    )
    clock.morning = demo.morning(clock, organisation)
    async with _page(world, port) as found:
        address = f"http://{HOST}:{found}"
        within = settings.model_copy(
            update={
                "token": SecretStr(demo.TOKEN),
                "api_url": address,
                "database_url": f"sqlite:///{file}",
                "owner_ids": frozenset({demo.owner(organisation)}),
                "webhook_url": "",
                "evidence_dir": "",  # there may be real evidence, of teams with the same numbers
                "http_port": 0,
            }
        )
        try:
            async with opened(within, anew=True) as database:
                await demo.furnish(database, organisation, clock, settings)
                async with running(within, database, clock) as app:
                    yield Trial(app, world, address)
        finally:
            await world.close()


@asynccontextmanager
async def _page(world: "Sandbox", port: int) -> AsyncIterator[int]:
    """Serve the sandbox; gives its port. Raises BadSettings where the port is taken."""
    async with AsyncExitStack() as stack:
        try:
            found = await stack.enter_async_context(serving(world.app, HOST, port))
        except OSError as fault:
            raise BadSettings(
                f"Port {port} cannot be used ({fault.strerror}): choose another with --port or "
                "ZAOHUI_HTTP_PORT, or 0 for any free one."
            ) from None
        yield found


@asynccontextmanager
async def opened(settings: Settings, *, anew: bool = False) -> AsyncIterator[Database]:
    """The database, ours alone where it is a file, and at the newest step; `anew`: empty."""
    database = Database(settings.database_url)
    try:
        database.claim()
        if anew:
            database.clear()
        if database.sqlite:
            await upgrade(database)
        elif (step := await current(database)) != HEAD:
            raise BadDatabase(
                f"The database is at step {step or 'none'}, this zaohui needs {HEAD}: "
                "run `zaohui migrate`, once for all replicas."
            )
        await reviews.complete(database)
        yield database
    finally:
        await database.close()


@contextmanager
def stoppable() -> Iterator[None]:
    """Until the operator, or the machine, says that it is enough, be it in the middle of a start.

    Whatever is open then is closed in order, and what is on its way gets its moment to arrive.
    """
    task = asyncio.current_task()
    assert task is not None

    def stop() -> None:
        log.info("stopping")
        task.cancel()

    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop)
    with suppress(asyncio.CancelledError):
        yield
