"""The database: one place to write, one to read, and short transactions.

SQLAlchemy takes three times as long to put a statement together as to carry it out. What runs at
every tap or tick is therefore put together once: a cached function of the queries gives the
statement, and `params` the values of its bound parameters.
"""

import fcntl
import os
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any

from sqlalchemy import URL, Table, Update, event, func, make_url
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.sqlite import PATIENCE

Session = AsyncSession

DRIVERS = {"sqlite": "sqlite+direct", "postgresql": "postgresql+psycopg"}
CONNECTIONS = 8  # to PostgreSQL, and as many again for a rush
# What libpq is told: a server that is gone, or was never there, is found out in seconds; a
# transaction waits for another's row, or idles, only so long: all of ours are short.
LIBPQ = {
    "application_name": "zaohui",
    "connect_timeout": "10",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "options": f"-c lock_timeout={PATIENCE:.0f}s -c idle_in_transaction_session_timeout=60s",
}
# When the database is at fault, not what was asked of it. SQLite: busy, locked, read-only, an
# input or output error, full, cannot open. PostgreSQL, by the class of its SQLSTATE: a lost
# connection, a deadlock, no room or memory, a lock, an operator's doing, the system.
SQLITE_FAULTS = frozenset({5, 6, 8, 10, 13, 14})
POSTGRESQL_FAULTS = frozenset({"08", "40", "53", "55", "57", "58"})
WORDLESS: dict[str, Any] = {"hide_parameters": True}  # errors do not quote what people wrote
SPACE = 0x5A48  # of our named advisory locks, apart from those that lanes have
LAST = "at last"  # what a session is to do before it commits
STANDBY = "25006"  # a read-only transaction: the server is, or has become, a copy


class BadDatabase(Exception):
    """The database cannot be used as it is; the text says what to do about it."""


class Unavailable(Exception):
    """The database takes or gives nothing now; nothing is kept of what was begun.

    It was locked, full, read-only, away, or two transactions were in each other's way: the same
    may well succeed later.
    """


class Database:
    """Opens units of work. A unit is one transaction: kept whole, or not at all.

    On SQLite all writers pass one connection, in turn, and begin with the write lock in hand:
    a transaction that read first and wrote later could fail at once, or lose an update.
    Readers have connections of their own and never wait.
    """

    def __init__(self, url: str) -> None:
        """Take `url` as settings give it. Raises BadDatabase when it is of no known kind."""
        self.url = _url(url)
        self._lock: IO[str] | None = None
        if self.sqlite:
            Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_async_engine(self.url, pool_size=1, max_overflow=0, **WORDLESS)
            self.reader = create_async_engine(
                self.url, pool_size=4, max_overflow=0, reads=True, **WORDLESS
            )
            # FULL, because a mark that is lost with the power would mean a message sent twice.
            # From here on SQLite does not wait for the write lock: we do, and others go on.
            pragmas = "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=0"
            _tell(self.engine, *pragmas, "secure_delete=ON")  # what was erased is not in the file
            _tell(self.reader, "foreign_keys=ON", "query_only=ON")
        else:
            self.engine = _postgresql(self.url)
            self.reader = self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        kind: dict[str, Any] = {"class_": AsyncSession, "expire_on_commit": False}
        self._write = async_sessionmaker(self.engine, **kind)
        self._read = async_sessionmaker(self.reader, autoflush=False, **kind)

    @property
    def sqlite(self) -> bool:
        """Whether this is a file of one process, not a server for many."""
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Session]:
        """One transaction that may write. Raises Unavailable."""
        with _told_apart():
            async with self._write.begin() as session:
                yield session
                acts = session.info.get(LAST, {})
                for act in sorted(acts, key=acts.__getitem__):
                    await act(session)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        """One consistent look that writes nothing. Raises Unavailable."""
        with _told_apart():
            async with self._read() as session:
                yield session

    def claim(self) -> None:
        """Make this the only process that runs on a SQLite file; raises BadDatabase if one does.

        The lock belongs to the process and goes with it, however it ends.
        """
        if not self.sqlite:
            return
        file = Path(f"{self.url.database}.lock").open("a+")  # noqa: SIM115 (held while we live)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "?"
            file.close()
            raise BadDatabase(
                f"{self.url.database} is in use by another zaohui (process {holder}): stop that "
                "one first, or give this one a file of its own: the bot by ZAOHUI_DATABASE_URL, "
                "a sandbox by another folder."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._lock = file

    def clear(self) -> None:
        """Forget everything in a SQLite file that is ours: it begins as if it were new."""
        for ending in ("", "-wal", "-shm"):
            Path(f"{self.url.database}{ending}").unlink(missing_ok=True)

    async def close(self) -> None:
        """Return every connection, and the lock."""
        await self.engine.dispose()
        await self.reader.dispose()
        if self._lock:
            self._lock.close()


def at_last(session: Session, act: Callable[[Session], Awaitable[None]], turn: int = 0) -> None:
    """Do something just before this unit is kept, once however often it is asked for.

    Whatever locks rows that others want is done there: they wait for a commit, not for the unit.
    Lower turns go first, in every unit: two never wait for each other.
    """
    session.info.setdefault(LAST, {})[act] = turn


async def add_once(session: Session, row: SQLModel) -> bool:
    """Insert `row` unless a unique key of it is taken; whether it was inserted.

    One statement, safe between replicas. A generated primary key is set on `row`.
    """
    table = type(row).__table__  # type: ignore[attr-defined]
    values = {
        column.name: getattr(row, column.name)
        for column in table.columns
        if not (column.primary_key and getattr(row, column.name) is None)
    }
    statement = _insertion(table, shared(session), returning=True)
    found = (await session.exec(statement, params=values)).first()
    if found is None:
        return False
    for key, value in found._mapping.items():
        setattr(row, key, value)
    return True


async def add_all(
    session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert those of `rows` whose unique keys are free, in one statement."""
    if rows:
        statement = _insertion(table.__table__, shared(session))  # type: ignore[attr-defined]
        await session.exec(statement, params=list(rows))


async def put_all(
    session: Session, unique: Any, rows: Sequence[Mapping[str, Any]], renewed: tuple[str, ...]
) -> None:
    """Insert `rows`; where the column `unique` has a row's value, renew these columns there."""
    if rows:
        statement = _insertion_or_renewal(unique, renewed, shared(session))
        await session.exec(statement, params=list(rows))


async def add_new(
    session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]], *names: str
) -> Sequence[Any]:
    """The same; of those that were inserted, the primary key and the columns of these `names`."""
    if not rows:
        return []
    model = table.__table__  # type: ignore[attr-defined]
    statement = _insertion(model, shared(session), returning=True)
    if extra := [model.c[name] for name in names if not model.c[name].primary_key]:
        statement = statement.returning(*extra)
    return list(await session.exec(statement, params=list(rows)))


async def alone(session: Session, matter: str) -> None:
    """Wait until no other transaction is at `matter`; the next has to wait for this one's end."""
    if shared(session):
        await session.exec(select(func.pg_advisory_xact_lock(SPACE, number(matter))))


def unsynchronized(statement: Update) -> Update:
    """The statement without SQLAlchemy's search for objects in memory that it may concern.

    For rows that nobody holds as objects in the same transaction, or that are read anew.
    """
    return statement.execution_options(synchronize_session=False)


def number(name: str) -> int:
    """What PostgreSQL's advisory locks go by instead of a name."""
    return zlib.crc32(name.encode()) >> 1


def shared(session: Session) -> bool:
    """Whether other replicas may be at work on the same database."""
    return session.get_bind().dialect.name != "sqlite"


@cache
def _insertion(table: Table, server: bool, *, returning: bool = False) -> Any:
    insert = postgresql_insert if server else sqlite_insert
    statement = insert(table).on_conflict_do_nothing()
    return statement.returning(*table.primary_key.columns) if returning else statement


@cache
def _insertion_or_renewal(unique: Any, renewed: tuple[str, ...], server: bool) -> Any:
    insert = (postgresql_insert if server else sqlite_insert)(unique.class_)
    return insert.on_conflict_do_update(
        index_elements=[unique], set_={name: insert.excluded[name] for name in renewed}
    )


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except NoConnection as fault:
        raise Unavailable("every connection to the database is in use") from fault
    except DBAPIError as fault:
        if at_fault(fault):
            raise Unavailable(reason(fault)) from fault
        raise


def at_fault(fault: Exception) -> bool:
    """Whether it was the database that failed, not what was asked of it."""
    if not isinstance(fault, DBAPIError):
        return False
    found = fault.orig
    code = getattr(found, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in SQLITE_FAULTS
    state = getattr(found, "sqlstate", None)
    if state is None:  # it was the driver that found something amiss: with the line, or with us
        return isinstance(fault, OperationalError | InterfaceError)
    return state[:2] in POSTGRESQL_FAULTS or state == STANDBY


def reason(fault: DBAPIError) -> str:
    """What the database said, in one line."""
    return str(fault.orig).strip().partition("\n")[0].rstrip(".")


def _url(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        raise BadDatabase("ZAOHUI_DATABASE_URL is not a database address.") from None
    backend = url.get_backend_name()
    if backend not in DRIVERS or (backend == "sqlite" and not url.database):
        raise BadDatabase(
            "ZAOHUI_DATABASE_URL must begin with sqlite:///FILE or postgresql://, "
            f"not with {backend}."
        )
    return url.set(drivername=DRIVERS[backend])


def _postgresql(url: URL) -> AsyncEngine:
    try:
        return create_async_engine(
            url,
            connect_args={name: value for name, value in LIBPQ.items() if name not in url.query},
            pool_pre_ping=True,
            pool_size=CONNECTIONS,
            max_overflow=CONNECTIONS,
            **WORDLESS,
        )
    except ImportError:
        raise BadDatabase(
            "ZAOHUI_DATABASE_URL names PostgreSQL, whose driver is not installed: "
            "pip install 'zaohui[postgres]'"
        ) from None


def _tell(engine: AsyncEngine, *pragmas: str) -> None:
    """Have every new connection of a SQLite engine begin with these."""

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
