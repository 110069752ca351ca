"""Course packs at the command line: files checked, taken in, and written."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from bot.terminal import (
    DONE,
    FAILED,
    WRONG,
    Refusal,
    list_faults,
    placed,
    read,
    say,
    tell,
    voice,
    write,
)
from handlers.packs import export_pack, import_pack
from handlers.reading.faults import Fault, Faults
from handlers.reading.pack_advice import advice
from handlers.reading.packs import PackFile, pack_from, read_pack, written
from handlers.words import pack_sheets
from handlers.words import packs as words
from storage import packs
from storage.database import Database

SUFFIX = ".xlsx"


def check(files: Sequence[Path]) -> int:
    """Print what is wrong with files, and what could be better; the exit code."""
    wrong = better = 0
    for file in files:
        try:
            raw = written(str(file), read(file))
            found = pack_from(raw)
        except Faults as fault:
            list_faults(fault)
            wrong += len(fault.faults)
        except Refusal as fault:
            say(fault.key, **fault.values)
            wrong += 1
        else:
            bites = len(found.bites)
            tell(words.sound(voice(), str(file), found.slug, found.version, bites))
            for hint in advice(found, raw):
                tell(words.advice(voice(), hint.place, hint.key, hint.values))
                better += 1
    tell(words.checked(voice(), len(files), wrong))
    if better:
        tell(words.advised(voice(), better))
    return WRONG if wrong else DONE


def sound(files: Iterable[Path]) -> list[tuple[Path, PackFile]]:
    """The packs in files. Raises Faults, of all files at once, and Refusal."""
    found: list[tuple[Path, PackFile]] = []
    faults: list[Fault] = []
    for file in files:
        try:
            found.append((file, read_pack(str(file), read(file))))
        except Faults as fault:
            faults += fault.faults
    if faults:
        raise Faults(faults)
    return found


async def take(database: Database, found: Iterable[tuple[Path, PackFile]], now: datetime) -> None:
    """Import packs, all or none, and print what became of each. Raises Faults."""
    done = []
    async with database.begin() as session:
        for file, pack in found:
            with placed(file):
                done.append(await import_pack(session, pack, now))
    for one in done:
        counts = (one.added, one.changed, one.same, one.retired)
        tell(words.imported(voice(), one.slug, one.version, *counts))


def template(file: Path, *, force: bool) -> None:
    """Write a file to be filled in. Raises Refusal."""
    refuse_name(file)
    write(file, pack_sheets.template(voice()), force=force)
    tell(words.template(voice(), str(file)))


async def export(database: Database, slug: str, file: Path, *, force: bool) -> None:
    """Write a pack of the database's into a file. Raises Refusal."""
    async with database.read() as session:
        pack = await export_pack(session, slug)
        known = await packs.slugs(session)
    if pack is None:
        key = "no_pack" if known else "no_packs"
        raise Refusal(key, FAILED, pack=slug, known=", ".join(known))
    write(file, pack_sheets.workbook(voice(), pack), force=force)
    tell(words.exported(voice(), str(file), pack.slug, pack.version, len(pack.bites)))


def refuse_name(file: Path) -> None:
    """Raise Refusal for a name under which nothing would open the file."""
    if file.suffix.lower() != SUFFIX:
        raise Refusal("not_xlsx", file=file)
