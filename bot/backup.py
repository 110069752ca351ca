"""Copies of the database, made while the bot runs, and put back while it does not.

A copy is whole or not there: it is written under another name, checked, brought to the disk, and
only then given its own. So is what is put back; what stood there before is kept beside it.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.app import POLLER, POSTMAN
from bot.terminal import FAILED, Refusal
from handlers import privacy
from storage import audits, copies, erasures, migrations
from storage.copies import Contents, Progress
from storage.database import Database, Unavailable
from storage.erasures import Gone
from storage.kinds import Doing

PART = ".part"
KEPT = ".before-restore"
OURS_ALONE = 0o600  # who studied and who promised is nobody else's business
DUMP = b"PGDMP"  # how a file of pg_dump's own format begins
TOOLS = ("pg_dump", "pg_restore", "psql")


@dataclass(frozen=True)
class Backup:
    """A copy that was made, or is to be put back."""

    size: int  # bytes
    contents: Contents | None  # None: only PostgreSQL can look into it


Losses = dict[str, int] | None  # rows that a copy lacks, by table; None: not to be compared


async def back_up(database: Database, file: Path, progress: Progress, *, force: bool) -> Backup:
    """Write a copy of the database into `file`. Raises Refusal."""
    _refuse_target(database, file, force=force)
    part = _beside(file, PART)
    try:
        _begin(part)
    except OSError as fault:
        raise Refusal("unwritable", file=file, reason=fault.strerror) from None
    try:
        if database.sqlite:
            found = await _copied(_file(database), part, progress)
        else:
            found = await _dumped(database, part)
        _give_name(part, file)
    finally:
        _remove(part)
    return Backup(_size(file), found)


def _refuse_target(database: Database, file: Path, *, force: bool) -> None:
    if file.is_dir():
        raise Refusal("directory", file=file)
    if database.sqlite:
        source = _file(database)
        if not source.exists():
            raise Refusal("backup.nothing", FAILED, file=source)
        if file.resolve() == source.resolve():
            raise Refusal("backup.itself", file=source)
    if file.exists() and not force:
        raise Refusal("exists", file=file)


async def _copied(source: Path, part: Path, progress: Progress) -> Contents:
    try:
        copies.snapshot(source, part, progress)
        copies.check(part)
    except (sqlite3.Error, copies.Unsound) as fault:
        raise Refusal("backup.failed", FAILED, file=source, reason=str(fault)) from None
    return await _contents(part)


async def _contents(file: Path) -> Contents:
    copy = Database(f"sqlite:///{file}")
    try:
        async with copy.read() as session:
            return await copies.contents(session)
    finally:
        await copy.close()


# -- putting back ----------------------------------------------------------------------------


async def look(database: Database, file: Path) -> tuple[Backup, Losses]:
    """What a copy holds, and what would be lost by putting it back. Raises Refusal."""
    dump = _dump(file)
    if dump is database.sqlite:
        raise Refusal("restore.other_kind", file=file)
    if dump:
        _run(database, "pg_restore", "--list", str(file))
        return Backup(_size(file), None), None
    _known(file)
    return Backup(_size(file), await _contents(file)), _lacking(file, _file(database))


def _dump(file: Path) -> bool:
    """Whether this is a copy of a PostgreSQL database. Raises Refusal for what is no file."""
    if file.is_dir():
        raise Refusal("directory", file=file)
    if not file.exists():
        raise Refusal("no_file", file=file)
    try:
        with file.open("rb") as opened:
            return opened.read(len(DUMP)) == DUMP
    except OSError:
        raise Refusal("unreadable", file=file) from None


def _known(file: Path) -> None:
    try:
        step = copies.check(file)
    except copies.Unsound as fault:
        key = "restore.broken" if fault.broken else "restore.foreign"
        raise Refusal(key, file=file, reason=str(fault)) from None
    if step not in migrations.steps():
        raise Refusal("restore.unknown_step", file=file, step=step)


def _lacking(file: Path, current: Path) -> Losses:
    if not current.exists() or not current.stat().st_size:
        return dict.fromkeys(copies.WORTH, 0)
    try:
        return copies.lacking(file, current)
    except sqlite3.Error:
        return None


async def restore(
    database: Database, file: Path, now: datetime, progress: Progress
) -> Path | None:
    """Put a copy, looked at before, in the place of the database, which the caller has claimed.

    Gives where the replaced one is kept; None where there was none. Raises Refusal.
    """
    if not database.sqlite:
        async with database.begin() as session:
            if await copies.at_work(session, (POLLER, POSTMAN)):
                raise Refusal("restore.at_work", FAILED)
        replaced = _load(database, file)
        if await migrations.current(database) == migrations.HEAD:
            async with database.begin() as session:
                await audits.note(session, Doing.RESTORED, now, by=None)
        return replaced
    current = _file(database)
    part = _beside(current, PART)
    try:
        _remove(part)
        _begin(part)
        copies.duplicate(file, part, progress)
        await _hush(part, now)
        copies.fold(part)
        copies.check(part)
        kept = _keep(current)
        _give_name(part, current)
    except (sqlite3.Error, OSError, copies.Unsound) as fault:
        raise Refusal("restore.failed", FAILED, reason=str(fault)) from None
    finally:
        _remove(part)
    return kept


async def erased(database: Database) -> Sequence[Gone]:
    """Whom the database that is to be replaced had forgotten."""
    if not database.sqlite:
        async with database.read() as session:
            return await erasures.gone_people(session)
    if not _file(database).exists():
        return []
    own = Database(f"sqlite:///{_file(database)}")  # it is closed before the file is moved
    try:
        async with own.read() as session:
            return await erasures.gone_people(session)
    except (Unavailable, sqlite3.Error):  # it is broken: that is why a copy is put back
        return []
    finally:
        await own.close()


async def erase_again(database: Database, gone: Sequence[Gone], locale: str) -> int:
    """Forget those whom a copy that was put back still has; how many they are."""
    if not gone:
        return 0
    await migrations.upgrade(database)
    count = 0
    async with database.begin() as session:
        for one in gone:
            person = await erasures.still_there(session, one)
            if person is not None:
                await privacy.erase(session, person, [person.name], locale, one.at)
                count += 1
    return count


async def _hush(part: Path, now: datetime) -> None:
    """Bring the copy to the newest step, and let it keep quiet about the past."""
    copy = Database(f"sqlite:///{part}")
    try:
        await migrations.upgrade(copy)
        async with copy.begin() as session:
            await copies.silence(session)
            await audits.note(session, Doing.RESTORED, now, by=None)
    finally:
        await copy.close()


def _keep(current: Path) -> Path | None:
    """Give the database a second name beside its own; where it is sound, it is one file then."""
    if not current.exists():
        return None
    try:
        copies.fold(current)
    except sqlite3.OperationalError as fault:
        if "locked" in str(fault):
            raise Refusal("restore.in_use", FAILED, file=current) from None
    except sqlite3.DatabaseError:
        pass  # broken: kept as it is, with its log, for whoever can still read it
    kept = _free(current)
    try:
        kept.hardlink_to(current)
    except OSError:  # a file system without hard links
        shutil.copy2(current, kept)
        copies.sync(kept)
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            _beside(current, ending).replace(_beside(kept, ending))
    copies.sync(current.parent)
    return kept


def _free(current: Path) -> Path:
    """A name that is not taken: an earlier restore's copy is not thrown away."""
    number, kept = 1, _beside(current, KEPT)
    while kept.exists():
        number += 1
        kept = _beside(current, f"{KEPT}.{number}")
    return kept


def _begin(part: Path) -> None:
    """An empty file that only we may read."""
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OURS_ALONE))


def _give_name(part: Path, file: Path) -> None:
    """What was written is on the disk before it gets its name, and the name is before we go on."""
    copies.sync(part)
    part.replace(file)
    copies.sync(file.parent)


def _remove(part: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        _beside(part, ending).unlink(missing_ok=True)


def _size(file: Path) -> int:
    return file.stat().st_size


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)


def _file(database: Database) -> Path:
    return Path(database.url.database or "")


# -- PostgreSQL ------------------------------------------------------------------------------


async def _dumped(database: Database, part: Path) -> Contents:
    async with database.read() as session:
        found = await copies.contents(session)
    _run(database, "pg_dump", "--format=custom", "--no-owner", f"--file={part}")
    _run(database, "pg_restore", "--list", str(part))
    return found


def _load(database: Database, file: Path) -> Path:
    """Replace what a PostgreSQL database holds, in one transaction that also silences it."""
    kept, script = _free(file), _beside(file, PART)
    _begin(kept)
    _run(database, "pg_dump", "--format=custom", "--no-owner", f"--file={kept}")
    _begin(script)
    try:
        options = ("--clean", "--if-exists", "--no-owner", f"--file={script}")
        _run(database, "pg_restore", *options, str(file))
        with script.open("a", encoding="utf-8") as text:
            text.write("\nRESET search_path;\n")
            text.writelines(f"{statement};\n" for statement in copies.SILENCE)
        stop = ("--set=ON_ERROR_STOP=1", "--single-transaction", "--quiet", "--no-psqlrc")
        _run(database, "psql", *stop, f"--file={script}")
    finally:
        script.unlink(missing_ok=True)
    return kept


def _run(database: Database, tool: str, *words: str) -> None:
    """Run one of PostgreSQL's own tools on the database; the password is not in its arguments."""
    found = shutil.which(tool)
    if found is None:
        raise Refusal("backup.no_tools", FAILED, tool=tool, tools=", ".join(TOOLS))
    url = database.url.set(drivername="postgresql")
    password = url.password
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    place = url.set(password=None).render_as_string()
    reads_only = tool == "pg_restore"
    done = subprocess.run(
        [found, *(() if reads_only else (f"--dbname={place}",)), *words],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [tool])[-1]
        raise Refusal("backup.tool_failed", FAILED, tool=tool, reason=reason)
