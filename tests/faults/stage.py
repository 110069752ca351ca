"""One trial: the other side in one process, the program in another, a database file between."""

import asyncio
import atexit
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import psycopg
from sqlmodel import SQLModel

from storage import outbox
from storage.database import Database, add_all
from storage.migrations import upgrade
from storage.tables import Morning
from tests.bench import crowd
from tests.bench.processes import ROOT, Program, started

DUE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # the cards of day 0
PATIENCE = 120.0  # real seconds until a trial gives up
GLANCE = 0.05
HURRIED = 30.0  # how fast the program's clock runs where a trial would wait for minutes
DAY = timedelta(days=1)
EARLY = timedelta(seconds=2) * HURRIED  # before a day's cards are due, that the program is started
RUN = ("-m", "bot", "run")
SABOTAGE = ("-m", "tests.faults.sabotage")

Json = dict[str, Any]


class Time:
    """The time of day that the program is given: it goes on while the program is dead."""

    def __init__(self, start: datetime, rate: float) -> None:
        self.rate = rate
        self._start, self._since = start, time.monotonic()

    def now(self) -> datetime:
        """The time there."""
        return self._start + timedelta(seconds=(time.monotonic() - self._since) * self.rate)

    def set(self, start: datetime) -> None:
        """Put the hands somewhere, for the next life of the program."""
        self._start, self._since = start, time.monotonic()

    def until(self, moment: datetime) -> float:
        """Real seconds until then."""
        return (moment - self.now()).total_seconds() / self.rate


class Life:
    """One life of the program, from its start to its end."""

    def __init__(self, at: Path, environment: dict[str, str], module: Sequence[str]) -> None:
        clean = {name: value for name, value in os.environ.items() if name[:7] != "ZAOHUI_"}
        self.begun = time.monotonic()
        with (at / "bot.log").open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, *module],
                cwd=at,
                env={**clean, "PYTHONPATH": str(ROOT), **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def code(self) -> int | None:
        """With which code it ended."""
        return self._process.poll()

    @property
    def program(self) -> Program:
        """What the kernel knows of it."""
        return Program(self._process.pid, self.begun)

    def kill(self) -> None:
        """End it as a power cut would: nothing of it runs any more after this."""
        if self.alive:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> tuple[float, int]:
        """Ask it to end; after how many seconds it did, and with which code."""
        begun = time.monotonic()
        self._process.terminate()
        code = self._process.wait(60)
        return time.monotonic() - begun, code

    def ended(self, seconds: float) -> tuple[float, int]:
        """Wait until it ends by itself; after how many seconds it did, and with which code."""
        code = self._process.wait(seconds)
        return time.monotonic() - self.begun, code

    def freeze(self) -> None:
        """Let nothing of it run, as when its loop is blocked."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)


class Stage:
    """What a trial plays with."""

    def __init__(
        self, at: Path, address: str, rate: float, settings: dict[str, str], server: str
    ) -> None:
        self.at = at
        self.address = address
        self.file = at / "trial.db"
        self.time = Time(DUE - timedelta(seconds=2) * rate, rate)
        self._settings = settings
        self._server = server
        self._http = httpx.Client(base_url=address, timeout=60, trust_env=False)
        self._lives: list[Life] = []

    def live(self, *module: str, **settings: str) -> Life:
        """Start the program, at the time that it is."""
        clock = f"{self.time.now().isoformat()}*{self.time.rate:g}"
        environment = {
            "ZAOHUI_TOKEN": crowd.TOKEN,
            "ZAOHUI_API_URL": self.address,
            "ZAOHUI_DATABASE_URL": self._server or f"sqlite:///{self.file}",
            "ZAOHUI_OWNER_IDS": str(crowd.OWNER),
            "ZAOHUI_HTTP_PORT": "0",
            "ZAOHUI_LOG_LEVEL": "warning",
            "ZAOHUI_SEND_RATE": "1000",
            "ZAOHUI_GROUP_RATE": "1000",
            "ZAOHUI_PERSON_LIMIT": "0",  # a few people do what thousands would
            "ZAOHUI_GROUP_LIMIT": "0",
            "ZAOHUI_CLOCK": clock,
            **self._settings,
            **settings,
        }
        life = Life(self.at, environment, module or RUN)
        self._lives.append(life)
        return life

    def act(self, *doings: tuple[Any, ...]) -> None:
        """People do something, all at once."""
        self._post("/play/act", doings)

    def press(self, place: int, times: int) -> None:
        """One member taps so many times at once."""
        self._post("/play/press", {"place": place, "times": times})

    def fault(self, *faults: Json) -> None:
        """From here on these things go wrong between the program and Telegram."""
        self._post("/api/faults", {"faults": faults})

    def calls(self, since: int = 0) -> list[Json]:
        """The latest calls that the program made, after one with the number `since`."""
        answer = self._http.get("/api/calls", params={"since": since}).raise_for_status()
        return list(answer.json()["calls"])

    def history(self) -> Json:
        """What people did, and what stands in the chats."""
        return dict(self._http.get("/play/history").raise_for_status().json())

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the database, as somebody else than the program."""
        if self._server:
            with psycopg.connect(self._server, autocommit=True) as server:
                return server.execute(query, values or None).fetchall()
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=15) as connection:
            found = connection.execute(query, values).fetchall()
        connection.close()
        return found

    def log(self) -> str:
        """What the program wrote, in all its lives."""
        return (self.at / "bot.log").read_text()

    def until(self, condition: Callable[[], bool], patience: float = PATIENCE) -> bool:
        """Wait for something; whether it came."""
        limit = time.monotonic() + patience
        while not condition():
            if time.monotonic() > limit:
                return False
            time.sleep(GLANCE)
        return True

    def calm(self) -> bool:
        """Whether nothing is left to take in, to handle or to carry."""
        return not self.left() and not self.history()["waiting"]

    def left(self) -> list[tuple[str, int]]:
        """What is left to handle or to carry."""
        return self.ask(
            "SELECT 'updates', count(*) FROM incoming WHERE state = 'new' HAVING count(*) > 0 "
            "UNION ALL SELECT key || ' ' || state, attempts FROM outgoing "
            "WHERE state IN ('pending', 'sending', 'unknown')"
        )

    def close(self) -> None:
        """End what still lives."""
        for life in self._lives:
            life.kill()
        self._http.close()

    def _post(self, path: str, body: Any) -> None:
        self._http.post(path, json=body).raise_for_status()


@contextmanager
def stage(
    *,
    rate: float = 1.0,
    telegram: float = 1.0,
    limits: bool = False,
    dealt: bool = False,
    server: str = "",
    **settings: str,
) -> Iterator[Stage]:
    """A trial's stage while the block runs.

    `rate`, `telegram`: how fast the time of the program runs, and that of the other side.
    `dealt`: the cards of day 0 are out already. `server`: the address of an empty database, where
    it is not to be a file. `settings`: of the program, by their full names.
    """
    wishes = [*(["limits"] if limits else []), *(["cards"] if dealt else [])]
    with tempfile.TemporaryDirectory(prefix="zaohui-") as folder:
        at = Path(folder)
        module = ("-m", "tests.faults.world", str(telegram), *wishes)
        with started(module, at, {}, "world.log") as (_, process):
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            if not port:
                raise RuntimeError((at / "world.log").read_text())
            made = Stage(at, f"http://127.0.0.1:{port}", rate, settings, server)
            if server:
                asyncio.run(_furnish(server, dealt=dealt))
                _count_on(server)
            else:
                shutil.copy(furnished(dealt=dealt), made.file)
            try:
                yield made
            finally:
                made.close()


def _count_on(server: str) -> None:
    """Where ids were given, a server's own counts have not heard of them."""
    with psycopg.connect(server, autocommit=True) as connection:
        for table in SQLModel.metadata.sorted_tables:
            if "id" in table.columns:
                connection.execute(
                    f"""SELECT setval(pg_get_serial_sequence('"{table.name}"', 'id'), """
                    f"""(SELECT coalesce(max(id), 1) FROM "{table.name}"))"""
                )


@cache
def furnished(*, dealt: bool) -> Path:
    """A database with every team; made once for all trials.

    Its cards are due at DUE, or (`dealt`) its mornings began then, and carry the teams' numbers.
    """
    folder = Path(tempfile.mkdtemp(prefix="zaohui-furnished-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "crowd.db"
    asyncio.run(_furnish(f"sqlite:///{file}", dealt=dealt))
    return file


async def _furnish(url: str, *, dealt: bool) -> None:
    database = Database(url)
    try:
        await upgrade(database)
        await crowd.furnish(database, DUE + timedelta(days=1) if dealt else DUE)
        if not dealt:
            await _greet(database)
            return
        morning = {
            "day": DUE.date(),
            "bite_id": 1,
            "due_at": DUE,
            "closes_at": DUE + crowd.OPEN_FOR,
        }
        rows = [{"id": n, "team_id": n, **morning} for n in range(1, crowd.TEAMS + 1)]
        async with database.begin() as session:
            await add_all(session, Morning, rows)
    finally:
        await database.close()


async def _greet(database: Database) -> None:
    """What was said in each group on the day before was its first message."""
    async with database.begin() as session:
        for chat in range(1, crowd.TEAMS + 1):
            await outbox.adopt(session, outbox.said_key(chat, 1), chat, 1, DUE - DAY)
