"""Course packs at the command line: files checked, taken in, and written.

The pictures, films and files that bites name lie beside the pack's own file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from handlers.reading.contents import MEGABYTE, MOST, of_bytes, of_id
from handlers.reading.faults import Fault, Faults
from handlers.reading.pack_advice import advice
from handlers.reading.packs import PackFile, pack_from, read_pack, written
from handlers.words import pack_sheets
from handlers.words import packs as words
from storage import audits, media, packs
from storage import files as kept
from storage.database import Database, Session
from storage.kinds import Doing, Media

SUFFIX = ".xlsx"


@dataclass(frozen=True)
class Picture:
    """A picture, film or file beside a pack."""

    media: Media
    data: bytes


@dataclass(frozen=True)
class Sound:
    """A pack without faults. `pictures` are those that lie beside its file, by their names."""

    file: Path
    pack: PackFile
    pictures: Mapping[str, Picture]
    absent: Mapping[str, str]  # the names of those that do not, and a bite's title of each


def check(files: Sequence[Path]) -> int:
    """Print what is wrong with files, and what could be better; the exit code."""
    wrong = better = 0
    for file in files:
        try:
            raw = written(str(file), read(file))
            found = pack_from(raw)
            around = beside(file, found)
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
            better += tell_absent(around)
    tell(words.checked(voice(), len(files), wrong))
    if better:
        tell(words.advised(voice(), better))
    return WRONG if wrong else DONE


def sound(files: Iterable[Path]) -> list[Sound]:
    """The packs in files. Raises Faults, of all files at once, and Refusal."""
    found: list[Sound] = []
    faults: list[Fault] = []
    for file in files:
        try:
            found.append(beside(file, read_pack(str(file), read(file))))
        except Faults as fault:
            faults += fault.faults
    if faults:
        raise Faults(faults)
    return found


def beside(file: Path, pack: PackFile) -> Sound:
    """A pack with what its bites name, as far as it lies beside its file. Raises Faults."""
    pictures: dict[str, Picture] = {}
    absent: dict[str, str] = {}
    faults: list[Fault] = []
    for bite in pack.bites:
        name = bite.media
        if not name or of_id(name) or name in pictures or name in absent:
            continue
        path = file.parent / name
        if not path.exists():
            absent[name] = bite.title
            continue
        data = read(path)
        picture = Picture(of_bytes(data) or Media.DOCUMENT, data)
        if not of_bytes(data):
            faults.append(Fault(str(path), "fault.media_unknown"))
        elif len(data) > MOST[picture.media]:
            values = {
                "size": -(-len(data) // MEGABYTE),
                "limit": MOST[picture.media] // MEGABYTE,
            }
            faults.append(Fault(str(path), "fault.media_large", values))
        pictures[name] = picture
    if faults:
        raise Faults(faults)
    return Sound(file, pack, pictures, absent)


def tell_absent(around: Sound) -> int:
    """Say which files are not beside a pack, which stands in nobody's way; how many."""
    for name, title in around.absent.items():
        tell(words.absent(voice(), str(around.file), name, title))
    return len(around.absent)


async def take(database: Database, found: Sequence[Sound], now: datetime) -> None:
    """Import packs, all or none, and print what became of each. Raises Faults."""
    done = []
    async with database.begin() as session:
        for one in found:
            with placed(one.file):
                done.append(await import_pack(session, one.pack, now))
            named = f"{one.pack.slug} v{one.pack.version}"
            await audits.note(session, Doing.IMPORTED, now, by=None, detail=named)
            await show(session, one, now)
    for became in done:
        counts = (became.added, became.changed, became.same, became.retired)
        tell(words.imported(voice(), became.slug, became.version, *counts))
    async with database.read() as session:
        for one in found:
            await tell_missing(session, one)


async def show(session: Session, one: Sound, now: datetime) -> None:
    """Keep what lies beside a pack: its bites show it from now on."""
    row = await packs.by_slug(session, one.pack.slug)
    assert row is not None
    for name, picture in one.pictures.items():
        hash = await kept.keep(session, picture.data, now)
        bites = [named.bite for named in await media.named(session, row.id, name)]
        await media.attach(session, bites, picture.media, now, hash=hash)


async def tell_missing(session: Session, one: Sound) -> None:
    """Say which bites still show nothing: their files are neither beside the pack nor known."""
    row = await packs.by_slug(session, one.pack.slug)
    assert row is not None
    missing = {n.bite.media for n in await media.named(session, row.id) if n.media is None}
    left = {name: title for name, title in one.absent.items() if name in missing}
    tell_absent(Sound(one.file, one.pack, {}, left))


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
