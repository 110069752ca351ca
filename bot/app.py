"""The roof: every part is made here, once, started in order and stopped in the other."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import menus
from bot.census import Census
from bot.clock import Clock
from bot.delivery import Postman
from bot.evidence import Keeper, ready
from bot.gate import Gate
from bot.health import Health
from bot.intake import ALLOWED, Intake
from bot.limits import Limits
from bot.line import Failure, Line, Refused
from bot.metrics import Lag
from bot.pacing import Pacing
from bot.probe import Probe
from bot.sentpacks import Reader
from bot.settings import BadSettings, Settings
from bot.speech import Speech
from bot.updates import Door
from bot.web.pages import pages
from bot.web.server import serving
from handlers import menus as own_menus
from handlers.requests import House
from handlers.routes import ROUTES, Switchboard
from handlers.rules.calendar import notices
from schedules.refresh import refresh
from schedules.runner import tick
from schedules.timetable import jobs
from storage import audits, calendars, footings, grants, inbox, outbox, people, sentpacks
from storage.database import Database, Unavailable, alone
from storage.kinds import Doing, Role
from storage.leases import Lease, Leases

log = logging.getLogger(__name__)

PULSE = 1.0  # seconds between looks at what is stale, due or waiting: at full ones, as plans are
TICK = 10  # seconds between looks at the timetable: at full tens, since plans name full minutes
DRAIN = 8.0  # seconds that calls on their way get to end when we stop
STUMBLE = 5.0  # seconds until a work that failed is begun again
POLLER, POSTMAN = "poller", "postman"  # what one replica at a time does for all

Work = Callable[[], Coroutine[Any, Any, None]]


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
        """Give what is on its way, and what follows from it, a moment to end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN):
                while self.tasks:
                    await asyncio.wait(set(self.tasks))


class App:
    """The running program."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, me: Mapping[str, Any]
    ) -> None:
        self.database = database
        self.clock = clock
        self.crew = Crew(set())
        self.line = Line(settings.token.get_secret_value(), settings.api_url)
        self.pacing = Pacing(settings.send_rate, settings.group_rate)
        self.house = House(
            str(me["username"]),
            settings.timezone,
            settings.locale,
            scale=settings.scale,
            keep=settings.days,
            confirm_groups=settings.confirm_groups,
            reads_all=bool(me.get("can_read_all_group_messages")),
        )
        self.jobs = jobs(settings.days)
        self.postman = Postman(
            database,
            self.line,
            self.pacing,
            clock,
            self.crew.spawn,
            probing=settings.probe,
            bot_id=_number(settings.token.get_secret_value()),
        )
        self.probe = Probe(database, self.line, self.pacing, clock)
        self.reader = Reader(database, self.line, clock, self.crew.spawn, self.postman.ring)
        self.census = Census(
            database, self.line, clock, _number(settings.token.get_secret_value())
        )
        folder = settings.evidence_dir
        self.keeper = Keeper(database, self.line, clock, Path(folder)) if folder else None
        speech = Speech(database, self.postman, clock, self.crew.spawn, probing=settings.probe)
        self.door = Door(database, Switchboard(ROUTES), self.postman, self.house, clock, speech)
        limits = Limits(settings.person_limit, settings.group_limit)
        self.gate = Gate(limits, self.postman, self.crew.spawn, settings.locale)
        self.intake = Intake(database, clock, self.door.ring, self.gate.sift)
        self.leases = Leases(database, POLLER, POSTMAN)
        self.webhook = bool(settings.webhook_url)
        self.beating = asyncio.Lock()  # held while a pulse is at work
        self.trouble = ""
        self.port = 0  # of our own pages, once they are served
        self.lag = Lag()
        self.health = Health(database, clock, self.lag, self.ailments, self.poll_age)
        self._looked = -1  # in which ten seconds we looked at the timetable last

    async def pulse(self) -> None:
        """What happens each second: do what is due, show what has changed, carry the post."""
        async with self.beating:
            try:
                await self._beat(self.clock())
            except Unavailable as fault:
                log.warning("what is due waits: %s", fault)

    async def _beat(self, now: datetime) -> None:
        if self.webhook:
            await self.intake.reached()
        ten = int(now.timestamp()) // TICK
        if ten != self._looked or self.clock.rate > 1:
            self._looked = ten
            await tick(self.database, self.jobs, now, self.postman.ring)
            async with self.database.read() as session:
                self.door.learn(notices(await calendars.told(session, now.year)))
        async with self.database.read() as session:
            stale, owed = await outbox.stirring(session)
            waiting = await inbox.waiting(session)
            sent = await sentpacks.waiting(session, now)
            uncounted = await footings.waiting(session, now)
        if stale:
            await refresh(self.database, now)
        if stale or owed:
            self.postman.ring()
        if waiting:
            self.door.ring()
        if sent:
            self.reader.ring()
        if uncounted:
            self.census.ring()
        if self.keeper:
            self.keeper.ring(now)

    def hurry(self) -> None:
        """The clock's hands were moved: look at the timetable at once."""
        self._looked = -1

    def ailments(self) -> list[str]:
        """What is wrong; empty when all is well."""
        found = [self.trouble, self.postman.trouble]
        if not self.webhook and self.leases[POLLER].held:
            found.append(self.intake.trouble)
        return [trouble for trouble in found if trouble]

    def poll_age(self) -> float | None:
        """Seconds since Telegram last answered our asking; None where another asks, or nobody."""
        if self.webhook or not self.leases[POLLER].held:
            return None
        return time.monotonic() - self.intake.polled_at


def _number(token: str) -> int:
    """The bot's own id, with which its token begins."""
    number = token.partition(":")[0]
    return int(number) if number.isdecimal() else 0


async def identity(settings: Settings) -> Mapping[str, Any]:
    """Who the bot is, which proves the token. Raises BadSettings when Telegram refuses it."""
    line = Line(settings.token.get_secret_value(), settings.api_url)
    try:
        while True:
            try:
                return dict(await line.call("getMe"))
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
    if settings.evidence_dir:
        ready(Path(settings.evidence_dir))
    app = App(settings, database, clock, await identity(settings))
    clock.jumped = app.hurry
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(
        app.pulse,
        "interval",
        seconds=PULSE,
        start_date=clock.full_second(),
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(app.line.close)
        await _owners(app, settings)
        secret = settings.webhook_secret.get_secret_value() if app.webhook else ""
        web = pages(
            app.intake,
            secret,
            health=app.health.reasons,
            ready=app.health.ready,
            figures=app.health.figures,
        )
        try:
            app.port = await stack.enter_async_context(
                serving(web, settings.http_host, settings.http_port)
            )
        except OSError as fault:
            raise BadSettings(
                f"ZAOHUI_HTTP_PORT: {settings.http_host}:{settings.http_port} cannot be used "
                f"({fault.strerror}); choose another port, or 0 for any free one."
            ) from None
        where = (settings.http_host, app.port)
        name = app.house.bot_name
        log.info("@%s is at work; health at http://%s:%d/healthz", name, *where)
        # The leases go last: whoever takes over finds nothing of ours on its way.
        stack.push_async_callback(_stop, [asyncio.create_task(app.leases.keep())])
        stack.push_async_callback(app.crew.drain)
        works = [
            app.lag.watch(),
            app.door.run(),
            _while_ours(app.leases[POSTMAN], app.postman.run),
            _while_ours(app.leases[POSTMAN], app.reader.run),
            _while_ours(app.leases[POSTMAN], app.census.run),
            _while_ours(app.leases[POSTMAN], lambda: _present(app, settings)),
        ]
        if settings.probe:
            works.append(_while_ours(app.leases[POSTMAN], app.probe.run))
        if app.keeper:
            works.append(_while_ours(app.leases[POSTMAN], app.keeper.run))
        if not app.webhook:
            works.append(_while_ours(app.leases[POLLER], lambda: _poll(app)))
        stack.push_async_callback(_stop, [asyncio.create_task(work) for work in works])
        app.door.ring()
        scheduler.start()
        await app.pulse()
        try:
            yield app
        finally:
            scheduler.pause()
            async with app.beating:
                scheduler.shutdown(wait=False)


async def _while_ours(lease: Lease, work: Work) -> None:
    """Do something for as long as its lease is ours, and anew whenever it is ours again."""
    while True:
        await lease.taken()
        doing = asyncio.create_task(_steadily(lease.name, work))
        try:
            await lease.lost()
        finally:
            await _stop([doing])


async def _steadily(name: str, work: Work) -> None:
    """Do something; if it fails, begin it again."""
    while True:
        try:
            return await work()
        except Failure as fault:
            log.warning("the %s waits for Telegram: %s", name, fault)
        except Exception:
            log.exception("the %s stumbled", name)
        await asyncio.sleep(STUMBLE)


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _poll(app: App) -> None:
    """Ask for updates; a webhook that was set before would keep them from us."""
    await app.line.call("deleteWebhook")
    await app.intake.poll(app.line)


async def _present(app: App, settings: Settings) -> None:
    """Tell the owner how to begin, and Telegram where updates go and which commands there are."""
    await _code(app)
    if app.webhook:
        app.trouble = "Telegram has not been told of the webhook"
        secret = settings.webhook_secret.get_secret_value()
        await app.line.call(
            "setWebhook",
            {
                "url": f"{settings.webhook_url}/webhook",
                "secret_token": secret,
                "allowed_updates": ALLOWED,
                "max_connections": 100,  # the most there are: each brings one update at a time
            },
        )
        app.trouble = ""
    await menus.publish(app.line, settings.locale)
    async with app.database.begin() as session:
        await own_menus.renew(session, app.clock(), settings.locale)
    app.postman.ring()


async def _owners(app: App, settings: Settings) -> None:
    """Owners by setting."""
    async with app.database.begin() as session:
        await alone(session, "grants")
        for user in sorted(settings.owner_ids):
            person, now = await people.known(session, user, str(user)), app.clock()
            if await grants.give(session, person.id, Role.OWNER, now):
                await audits.note(session, Doing.OWNED, now, by=None, person=person.id)


async def _code(app: App) -> None:
    """Without any owner: a one-time code that only the console sees."""
    async with app.database.begin() as session:
        if await grants.any_owner(session):
            return
        code = await grants.new_code(session, app.clock())
    log.warning(
        "nobody owns this bot yet. Within ten minutes, open %s in Telegram, "
        "or send it /start %s in private",
        app.house.link(code),
        code,
    )
