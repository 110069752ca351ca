"""The roof: every part is made here, once, started in order and stopped in the other."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import menus
from bot.clock import Clock
from bot.delivery import Postman
from bot.intake import ALLOWED, Intake
from bot.line import Failure, Line, Refused
from bot.pacing import Pacing
from bot.settings import BadSettings, Settings
from bot.updates import Door
from bot.web.pages import pages
from bot.web.server import serving
from handlers.requests import House
from handlers.routes import ROUTES, Switchboard
from schedules.refresh import refresh
from schedules.runner import tick
from schedules.timetable import JOBS
from storage import grants, people
from storage.database import Database
from storage.kinds import Role

log = logging.getLogger(__name__)

PULSE = 1.0  # seconds between looks at what is stale, due or waiting
TICK = 10  # seconds between looks at the timetable: at full tens, since plans name full minutes
DRAIN = 8.0  # seconds that calls on their way get to end when we stop


@dataclass
class Crew:
    """The tasks of the program; the one place that starts any."""

    tasks: set[asyncio.Task[None]]

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something run beside the rest."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def drain(self) -> None:
        """Give what is on its way a moment to end."""
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=DRAIN)


class App:
    """The running program."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, name: str) -> None:
        self.database = database
        self.clock = clock
        self.crew = Crew(set())
        self.line = Line(settings.token.get_secret_value(), settings.api_url)
        self.pacing = Pacing(settings.send_rate, settings.group_rate)
        self.house = House(name, settings.timezone, settings.locale)
        self.postman = Postman(database, self.line, self.pacing, clock, self.crew.spawn)
        self.door = Door(
            database, Switchboard(ROUTES), self.postman, self.house, clock, self.crew.spawn
        )
        self.intake = Intake(database, clock, self.door.ring)
        self.webhook = bool(settings.webhook_url)
        self._looked = -1  # in which ten seconds we looked at the timetable last

    async def pulse(self) -> None:
        """What happens each second: do what is due, show what has changed, carry the post."""
        now = self.clock()
        ten = int(now.timestamp()) // TICK
        if ten != self._looked or self.clock.rate > 1:
            self._looked = ten
            await tick(self.database, JOBS, now)
        await refresh(self.database, now)
        self.postman.ring()
        self.door.ring()

    def hurry(self) -> None:
        """The clock's hands were moved: look at the timetable at once."""
        self._looked = -1

    def ailments(self) -> list[str]:
        """What is wrong; empty when all is well."""
        found = [self.postman.trouble]
        if not self.webhook:
            found.append(self.intake.trouble)
        return [trouble for trouble in found if trouble]


async def identity(settings: Settings) -> str:
    """The bot's own name, which proves the token. Raises BadSettings when Telegram refuses it."""
    line = Line(settings.token.get_secret_value(), settings.api_url)
    try:
        while True:
            try:
                return str((await line.call("getMe"))["username"])
            except Refused as refusal:
                if refusal.code in {401, 404}:
                    raise BadSettings(
                        "ZAOHUI_TOKEN: Telegram does not know this token; copy it from @BotFather."
                    ) from None
                raise BadSettings(f"ZAOHUI_API_URL: getMe was refused: {refusal}") from None
            except Failure as fault:
                log.warning("Telegram cannot be reached (%s); trying again", fault)
                await asyncio.sleep(5)
    finally:
        await line.close()


@asynccontextmanager
async def running(settings: Settings, database: Database, clock: Clock) -> AsyncIterator[App]:
    """The program at work while the block runs: first what stops last."""
    name = await identity(settings)
    app = App(settings, database, clock, name)
    clock.jumped = app.hurry
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(
        app.pulse,
        "interval",
        seconds=PULSE,
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(app.line.close)
        await _owners(app, settings)
        secret = settings.webhook_secret.get_secret_value() if app.webhook else ""
        web = pages(app.intake, secret, app.ailments)
        try:
            port = await stack.enter_async_context(
                serving(web, settings.http_host, settings.http_port)
            )
        except OSError as fault:
            raise BadSettings(
                f"ZAOHUI_HTTP_PORT: {settings.http_host}:{settings.http_port} cannot be used "
                f"({fault.strerror}); choose another port, or 0 for any free one."
            ) from None
        log.info("@%s is at work; health at http://%s:%d/healthz", name, settings.http_host, port)
        stack.push_async_callback(app.crew.drain)
        loops = [asyncio.create_task(app.door.run()), asyncio.create_task(app.postman.run())]
        stack.push_async_callback(_stop, loops)
        app.door.ring()
        await _open(app, settings, loops)
        app.crew.spawn(_menus(app, settings.locale))
        scheduler.start()
        await app.pulse()
        try:
            yield app
        finally:
            scheduler.shutdown(wait=False)


async def _open(app: App, settings: Settings, loops: list[asyncio.Task[None]]) -> None:
    """Open the door by which updates come: the webhook's, or our own asking."""
    if app.webhook:
        secret = settings.webhook_secret.get_secret_value()
        await app.line.call(
            "setWebhook",
            {
                "url": f"{settings.webhook_url}/webhook",
                "secret_token": secret,
                "allowed_updates": ALLOWED,
            },
        )
        return
    await app.line.call("deleteWebhook")
    loops.append(asyncio.create_task(app.intake.poll(app.line)))


async def _stop(loops: list[asyncio.Task[None]]) -> None:
    for task in loops:
        task.cancel()
    await asyncio.gather(*loops, return_exceptions=True)


async def _menus(app: App, locale: str) -> None:
    try:
        await menus.publish(app.line, locale)
    except Failure as fault:
        log.warning("the command menus were not set: %s", fault)


async def _owners(app: App, settings: Settings) -> None:
    """Owners by setting; without any, a one-time code that only the console sees."""
    async with app.database.begin() as session:
        for user in sorted(settings.owner_ids):
            person = await people.known(session, user, str(user))
            await grants.give(session, person.id, Role.OWNER, app.clock())
        if await grants.any_owner(session):
            return
        code = await grants.new_code(session, app.clock())
    log.warning(
        "nobody owns this bot yet. Within ten minutes, open %s in Telegram, "
        "or send it /start %s in private",
        app.house.link(code),
        code,
    )
