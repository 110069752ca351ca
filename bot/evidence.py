"""Copies to disk what was sent as evidence, where the operator asks for that.

What is still to be copied stands in the database. A file gets its name once all of it is there,
and is remembered after that: whoever dies in between copies it again, to the same place.
"""

import asyncio
import errno
import logging
import os
import re
import shutil
import tempfile
import time
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import Clock
from bot.health import ROOM
from bot.line import Failure, Line, Refused, TooBig
from bot.settings import BadSettings
from storage import erasures, evidence
from storage.database import Database, Unavailable
from storage.evidence import NEVER, Unkept

log = logging.getLogger(__name__)

MOST = 20 * 2**20  # bytes of a file: Telegram gives no more
FEW = 20  # files at one look
MANY = 200  # that are taken away at one
LOOK = 60  # seconds between looks
TRIES = 5  # of a file that Telegram refuses: it says the same of what is away for a while
GONE = {400, 404}  # refusals that are about the file
TOO_BIG = "too big"  # is in the refusal of what is beyond Telegram's limit
LONGEST = 5  # pauses double until they are 2 ** this many minutes
NAME = 50  # characters of a team's name: with four bytes each still the name of a folder
ENDING = re.compile(r"\.([A-Za-z0-9]{1,8})\Z")
PART = ".part"  # ends the name of what is not whole
STALE = 3600.0  # seconds after which nobody is at a part any more


@dataclass(frozen=True)
class Pause:
    """How often something failed in a row, and until when it is left alone."""

    until: datetime
    count: int = 1


class Keeper:
    """Copies evidence, a few files a minute."""

    def __init__(self, database: Database, line: Line, clock: Clock, root: Path) -> None:
        self._database = database
        self._line = line
        self._clock = clock
        self._root = root
        self._bell = asyncio.Event()
        self._looked = -1  # in which minute we looked last
        self._late: dict[int, Pause] = {}  # files, by their acts
        self._away: Pause | None = None  # Telegram
        self._fault = ""  # of the disk, as it was told

    def ring(self, now: datetime) -> None:
        """Time has passed: once a minute there is something to look for."""
        minute = int(now.timestamp()) // LOOK
        if minute != self._looked:
            self._looked = minute
            self._bell.set()

    async def run(self) -> None:
        """Copy for as long as the program runs."""
        await asyncio.to_thread(sweep, self._root)
        while True:
            await self._bell.wait()
            self._bell.clear()
            try:
                await self._look()
            except Unavailable as fault:
                log.warning("evidence waits to be copied: %s", fault)

    async def _look(self) -> None:
        now = self._clock()
        try:
            await self._clear()
        except OSError as fault:
            self._tell(f"{self._root} gives no evidence back ({fault.strerror or fault})")
        if self._away and now < self._away.until:
            return
        async with self._database.read() as session:
            rows = await evidence.unkept(session, FEW + len(self._late))
        free = [row for row in rows if row.id not in self._late or now >= self._late[row.id].until]
        try:
            for row in free[:FEW]:
                await asyncio.to_thread(roomy, self._root)
                await self._take(row)
        except OSError as fault:
            self._tell(f"{self._root} takes no evidence ({fault.strerror or fault})")
        except Failure as fault:
            self._away = self._later(self._away)
            if isinstance(fault, Refused) and fault.code == 429:
                asked = now + timedelta(seconds=fault.retry_after)
                self._away = Pause(max(self._away.until, asked), self._away.count)
            log.warning("evidence cannot be copied yet: %s", fault)

    async def _take(self, row: Unkept) -> None:
        """Copy one file. Raises OSError where the disk, and Failure where Telegram is at fault."""
        try:
            path, data = await self._line.file(row.file_id, MOST)
        except TooBig as fault:
            await self._give_up(row, fault)
        except Refused as refusal:
            self._late[row.id] = late = self._later(self._late.get(row.id))
            if refusal.code not in GONE:
                raise
            if late.count >= TRIES or TOO_BIG in refusal.description:
                await self._give_up(row, refusal)
        except Failure:  # if it is this file that takes too long, the others come first
            self._late[row.id] = self._later(self._late.get(row.id))
            raise
        else:
            name = f"{folder(row.team_id, row.team)}/{row.number}-{row.id}.{ending(path)}"
            await asyncio.to_thread(write, self._root / name, data)
            if not await self._settle(row, name):
                await asyncio.to_thread(remove, self._root, name)
            self._away = None
            if self._fault:
                self._fault = ""
                log.info("%s takes evidence again", self._root)

    async def _give_up(self, row: Unkept, fault: Failure) -> None:
        log.error(
            "the evidence for #%d of team %d (%s) cannot be copied: %s; it is not tried again, "
            "save it by hand from the chat",
            row.number,
            row.team_id,
            row.team,
            fault,
        )
        await self._settle(row, NEVER)

    async def _settle(self, row: Unkept, path: str) -> bool:
        """Remember where it lies; False: its owner was forgotten while it was copied."""
        async with self._database.begin() as session:
            wanted = await evidence.keep(session, row.id, path)
        self._late.pop(row.id, None)
        return wanted

    async def _clear(self) -> None:
        """Take away what is evidence no more. Raises OSError where the disk is at fault."""
        async with self._database.read() as session:
            paths = await erasures.discarded(session, MANY)
        for path in paths:
            await asyncio.to_thread(remove, self._root, path)
            async with self._database.begin() as session:
                await erasures.gone(session, path)

    def _later(self, last: Pause | None) -> Pause:
        count = last.count + 1 if last else 1
        return Pause(self._clock() + timedelta(minutes=2 ** min(count - 1, LONGEST)), count)

    def _tell(self, fault: str) -> None:
        """Once, not each minute."""
        if fault != self._fault:
            log.error("%s; it waits, and is tried again each minute", fault)
        self._fault = fault


def ready(root: Path) -> None:
    """Make the folder for evidence, or raise BadSettings: one that cannot be used is told of."""
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable(root)
    except OSError as fault:
        raise BadSettings(
            f"ZAOHUI_EVIDENCE_DIR: {root} cannot be written ({fault.strerror}); "
            "name a folder that the bot may write to, or leave it empty to copy nothing."
        ) from None


def usable(root: Path) -> None:
    """See whether files can be made in a folder. Raises OSError."""
    with tempfile.TemporaryFile(dir=root):
        pass


def roomy(root: Path) -> None:
    """See whether there is room: evidence must not take the database's. Raises OSError."""
    if shutil.disk_usage(root).free < ROOM:
        raise OSError(errno.ENOSPC, f"less than {ROOM // 2**20} MiB free")


def sweep(root: Path) -> None:
    """Take away what somebody who was killed had half written."""
    for part in root.glob(f"*/*{PART}"):
        try:
            if time.time() - part.stat().st_mtime > STALE:
                part.unlink()
        except OSError as fault:
            log.warning("%s stays: %s", part, fault)


def write(path: Path, data: bytes) -> None:
    """Make a file that is there as a whole or not at all, for nobody else to read."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=f"{path.stem}-", suffix=PART, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def remove(root: Path, name: str) -> None:
    """Take a copy from the disk, and its folder with the last one. Raises OSError."""
    path = root / name
    if not path.resolve().is_relative_to(root.resolve()):
        return
    path.unlink(missing_ok=True)
    with suppress(OSError):  # others are in it
        path.parent.rmdir()


def folder(team_id: int, name: str) -> str:
    """A team's folder: of its name only letters and digits, whatever their script."""
    plain = unicodedata.normalize("NFC", name)
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    safe = "_".join(words)[:NAME].rstrip("_")
    return f"{team_id}-{safe}" if safe else str(team_id)


def ending(path: str) -> str:
    """How a copy's name ends: as Telegram's does, if that is plain."""
    found = ENDING.search(path)
    return found[1].lower() if found else "bin"
