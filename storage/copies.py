"""Copies of the database: whether one is sound, what is in it, what it lacks, and its silence.

A copy that is put back is the past. What it owed then was said since, by a program that knew more:
`SILENCE` keeps it from being said again.
"""

import os
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, text
from sqlmodel import col, select

from storage.database import SPACE, Session, number
from storage.tables import (
    Announcement,
    CheckIn,
    CommitmentAct,
    Incoming,
    Member,
    Slot,
    Team,
)

Progress = Callable[[float], None]  # is told which part is done, from 0 to 1

SIGN = b"SQLite format 3\x00"
PAGES = 256  # copied in one step
STEPS = 10_000  # of SQLite's machine between two looks at how far it is
RESTORED = "restored from a backup"

# Edits stay owed: an edit says what the record says, and is no new message.
SILENCE = (
    "UPDATE outgoing SET state = 'needs_person', done_at = CURRENT_TIMESTAMP,"
    f" error = '{RESTORED}'"
    " WHERE state IN ('pending', 'sending', 'unknown', 'held') AND NOT repeatable",
    "UPDATE incoming SET state = 'dead', not_before = CURRENT_TIMESTAMP,"
    f" error = '{RESTORED}' WHERE state = 'new'",
)

# What a person would miss, and by which columns a row is the same row in both.
WORTH = {
    "morning": "id, team_id, day",
    "checkin": "id, morning_id, member_id, at",
    "commitment": "id, team_id, number, at",
    "announcement": "id, author_id, at",
}


class Unsound(Exception):
    """A file that is no database of ours, or a broken one; `broken` tells which."""

    def __init__(self, reason: str, *, broken: bool) -> None:
        super().__init__(reason)
        self.broken = broken


@dataclass(frozen=True)
class Contents:
    """What is in a database, in the figures by which a person knows it again."""

    teams: int
    checkins: int
    newest: datetime | None  # the latest moment at which anything was written down


async def contents(session: Session) -> Contents:
    """What is in a database."""
    teams = select(func.count()).select_from(Team).where(col(Team.retired_at).is_(None))
    checkins = select(func.count()).select_from(CheckIn)
    columns = (
        Incoming.received_at,
        CheckIn.at,
        CommitmentAct.at,
        Announcement.at,
        Slot.at,
        Member.joined_at,
    )
    moments = [(await session.exec(select(func.max(column)))).one() for column in columns]
    return Contents(
        teams=(await session.exec(teams)).one(),
        checkins=(await session.exec(checkins)).one(),
        newest=max((moment for moment in moments if moment), default=None),
    )


async def silence(session: Session) -> None:
    """Let a copy from the past say nothing that it owed then."""
    for statement in SILENCE:
        await session.exec(text(statement))  # type: ignore[call-overload]


async def at_work(session: Session, names: Collection[str]) -> bool:
    """Whether some program holds one of these leases of a PostgreSQL database."""
    locks = [func.pg_try_advisory_xact_lock(SPACE, number(name)) for name in names]
    return not all((await session.exec(select(*locks))).one())


# -- files: SQLite ---------------------------------------------------------------------------


def check(file: Path) -> str:
    """The step of a sound SQLite database of ours. Raises Unsound."""
    with file.open("rb") as opened:
        if opened.read(len(SIGN)) != SIGN:
            raise Unsound("it is no SQLite database", broken=False)
    try:
        with _opened(file, "ro") as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(1)")]
            if found != ["ok"]:
                raise Unsound(found[0].splitlines()[-1], broken=True)
            try:
                row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            except sqlite3.OperationalError:
                row = None
    except sqlite3.DatabaseError as fault:
        raise Unsound(str(fault), broken=True) from None
    if row is None:
        raise Unsound("it has no schema step", broken=False)
    return str(row[0])


def snapshot(source: Path, target: Path, progress: Progress) -> None:
    """Write the database as it is at this moment into an empty file, while others go on writing.

    Freed pages are left out, and with them what was erased. Raises sqlite3.Error.
    """
    with _opened(source, "rw") as connection:
        pages, free, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        whole = max(1, (pages - free) * size)

        def look() -> int:
            progress(min(1.0, target.stat().st_size / whole))
            return 0

        connection.set_progress_handler(look, STEPS)
        connection.execute("VACUUM INTO ?", [str(target)])


def duplicate(source: Path, target: Path, progress: Progress) -> None:
    """Copy a sound database, page by page. Raises sqlite3.Error."""
    with _opened(source, "ro") as old, _opened(target, "rw") as new:
        old.backup(
            new,
            pages=PAGES,
            progress=lambda _, left, whole: progress(1 - left / max(1, whole)),
        )


def lacking(older: Path, current: Path) -> dict[str, int]:
    """How many rows of what people did the current database has and the older one has not.

    Raises sqlite3.Error where the two cannot be compared.
    """
    with _opened(current, "ro") as connection:
        connection.execute("ATTACH ? AS older", [_address(older, "ro")])
        return {
            table: int(
                connection.execute(
                    f"SELECT count(*) FROM (SELECT {columns} FROM main.{table}"
                    f" EXCEPT SELECT {columns} FROM older.{table})"
                ).fetchone()[0]
            )
            for table, columns in WORTH.items()
        }


def fold(file: Path) -> None:
    """Make a database one file again, its log taken in; nobody else may have it open.

    Raises sqlite3.OperationalError where somebody has.
    """
    with _opened(file, "rw") as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _opened(file: Path, mode: str) -> Iterator[sqlite3.Connection]:
    with closing(
        sqlite3.connect(_address(file, mode), uri=True, timeout=15, isolation_level=None)
    ) as connection:
        yield connection


def _address(file: Path, mode: str) -> str:
    return f"{file.resolve().as_uri()}?mode={mode}"
