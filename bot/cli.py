"""The command line. Whatever a command needs is imported when it runs, so that `--help` is quick.

What is printed comes from the catalogue, in the installation's language; the help texts are the
docstrings below. Exit codes: 0 done, 1 failed, 2 wrong usage or bad input, 130 interrupted.
"""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

from handlers.reading.faults import Fault, Faults

if TYPE_CHECKING:
    from bot.settings import Settings
    from handlers.packs import Imported
    from handlers.reading.organisations import OrganisationFile
    from handlers.reading.packs import PackFile
    from handlers.words.organisations import Change
    from handlers.words.voice import Voice
    from storage.database import Database

DONE, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130
MEGABYTE = 2**20
MOST_BYTES = 32 * MEGABYTE  # of a file that we read whole; readers have tighter limits
Words = ParamSpec("Words")

app = typer.Typer(
    help="zaohui: a Telegram assistant for work teams.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
org = typer.Typer(help="The organisation: units, teams, people.", no_args_is_help=True)
pack = typer.Typer(help="Course packs.", no_args_is_help=True)
app.add_typer(org, name="org")
app.add_typer(pack, name="pack")


class Refusal(Exception):
    """We do not go on: the catalogue's `cli.<key>` says why, `code` is how the program ends."""

    def __init__(self, key: str, code: int = WRONG, **values: Any) -> None:
        self.key, self.code, self.values = key, code, values
        super().__init__(key)


def main() -> None:
    """The program `zaohui`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a character gets a ?
            stream.reconfigure(errors="replace")
    app()


def plainly(body: Callable[Words, int]) -> Callable[Words, None]:
    """A command that says in a sentence what went wrong; `body` returns the exit code."""

    @wraps(body)
    def command(*args: Words.args, **kwargs: Words.kwargs) -> None:
        try:
            code = body(*args, **kwargs)
        except KeyboardInterrupt:
            code = INTERRUPTED
        except Exception as fault:
            code = complain(fault)
        raise typer.Exit(code)

    return command


def complain(fault: Exception) -> int:
    """Say what went wrong; the exit code for it."""
    from bot.settings import BadSettings
    from storage.database import BadDatabase

    match fault:
        case Faults():
            list_faults(fault, err=True)
            return WRONG
        case Refusal():
            typer.echo(voice().plain(f"cli.{fault.key}", **fault.values), err=True)
            return fault.code
        case BadSettings():
            typer.echo(str(fault), err=True)
            return WRONG
        case BadDatabase():
            typer.echo(str(fault), err=True)
            return FAILED
    reason = ": ".join([type(fault).__name__, *str(fault).strip().splitlines()[:1]])
    typer.echo(voice().plain("cli.failed", reason=reason), err=True)
    return FAILED


# -- the commands ----------------------------------------------------------------------------


@app.command()
@plainly
def run() -> int:
    """Run the bot; the sandbox where ZAOHUI_TOKEN is not set."""
    from bot import logs, programs

    settings = load()
    logs.start(settings.log_format, settings.log_level)
    if settings.token.get_secret_value():
        asyncio.run(programs.run(settings))
    else:
        asyncio.run(programs.sandbox(settings, settings.http_port, settings.clock))
    return DONE


@app.command()
@plainly
def sandbox(
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Of the page; 0 is any free one.")
    ] = None,
    clock: Annotated[str, typer.Option(metavar="START[*RATE]", help="Where time begins.")] = "",
) -> int:
    """Try everything in a browser: the bot, a Bot API on loopback, a demo team."""
    from bot import clock as clocks
    from bot import logs, programs

    settings = load()
    start = clock or settings.clock
    try:
        clocks.from_text(start, settings.zone)
    except ValueError:
        raise Refusal("bad_clock", written=start) from None
    logs.start(settings.log_format, settings.log_level)
    asyncio.run(programs.sandbox(settings, settings.http_port if port is None else port, start))
    return DONE


@app.command()
@plainly
def migrate() -> int:
    """Bring the database's schema up to date."""
    from storage.database import Database
    from storage.migrations import upgrade

    async def work() -> bool:
        database = Database(load().database_url)
        try:
            return await upgrade(database)
        finally:
            await database.close()

    say("migrated" if asyncio.run(work()) else "up_to_date")
    return DONE


@app.command()
@plainly
def doctor() -> int:
    """Check settings, database, calendar, token, and rights in every group."""
    from bot.doctor import Verdict, examine

    async def work() -> int:
        settings, code, speak = load(), DONE, voice()
        async for finding in examine(settings):
            text = speak.plain(f"doctor.{finding.key}", **finding.values)
            typer.echo(f"{finding.verdict:<4}  {text}")
            code = FAILED if finding.verdict is Verdict.FAIL else code
        return code

    return asyncio.run(work())


@org.command("apply")
@plainly
def apply_organisation(
    file: Annotated[Path, typer.Argument(help="An organisation file, .yaml or .xlsx.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it, change nothing.")] = False,
) -> int:
    """Make the database match an organisation file; prints what that changes."""
    from handlers.reading.organisations import read_organisation
    from handlers.words import organisations as words

    organisation = read_organisation(str(file), read(file))
    with placed(file):
        changes = asyncio.run(_apply(load(), organisation, keep=not dry_run))
    typer.echo(words.diff(voice(), changes))
    if dry_run:
        say("dry_run")
    return DONE


@pack.command("check")
@plainly
def check_packs(
    files: Annotated[list[Path], typer.Argument(help="Course packs, .yaml, .xlsx or .md.")],
) -> int:
    """Check course packs; prints every fault with its place."""
    from handlers.reading.packs import read_pack
    from handlers.words import packs as words

    wrong = 0
    for file in files:
        try:
            found = read_pack(str(file), read(file))
        except Faults as fault:
            list_faults(fault)
            wrong += len(fault.faults)
        except Refusal as fault:
            say(fault.key, **fault.values)
            wrong += 1
        else:
            bites = len(found.bites)
            typer.echo(words.sound(voice(), str(file), found.slug, found.version, bites))
    typer.echo(words.checked(voice(), len(files), wrong))
    return WRONG if wrong else DONE


@pack.command("import")
@plainly
def import_packs(
    files: Annotated[list[Path], typer.Argument(help="Course packs, .yaml, .xlsx or .md.")],
) -> int:
    """Import course packs: all of them, or none if anything is wrong."""
    from handlers.reading.packs import read_pack
    from handlers.words import packs as words

    found: list[tuple[Path, PackFile]] = []
    faults: list[Fault] = []
    for file in files:
        try:
            found.append((file, read_pack(str(file), read(file))))
        except Faults as fault:
            faults += fault.faults
    if faults:
        raise Faults(faults)
    for done in asyncio.run(_import(load(), found)):
        counts = (done.added, done.changed, done.same, done.retired)
        typer.echo(words.imported(voice(), done.slug, done.version, *counts))
    return DONE


# -- what they are made of -------------------------------------------------------------------


def load() -> "Settings":
    """The settings. Raises BadSettings."""
    from bot import settings

    return settings.load()


def voice() -> "Voice":
    """The installation's language; the first one where even the settings cannot be read."""
    from bot.settings import BadSettings
    from handlers.words.voice import LOCALES, Voice

    try:
        return Voice(load().locale)
    except BadSettings:
        return Voice(LOCALES[0])


def say(key: str, **values: Any) -> None:
    """Print a sentence of the catalogue's."""
    typer.echo(voice().plain(f"cli.{key}", **values))


def list_faults(faults: Faults, *, err: bool = False) -> None:
    """Print every fault, each on its line."""
    from handlers.words.faults import fault as sentence

    speak = voice()
    for fault in faults.faults:
        typer.echo(sentence(speak, fault.place, fault.key, fault.values), err=err)


def read(file: Path) -> bytes:
    """What is in a file. Raises Refusal."""
    key = ""
    try:
        if file.is_dir():
            key = "directory"
        elif not file.exists():
            key = "no_file"
        elif not file.is_file():
            key = "no_plain_file"
        elif file.stat().st_size > MOST_BYTES:
            key = "too_big"
        else:
            return file.read_bytes()
    except OSError:
        key = "unreadable"
    raise Refusal(key, file=file, limit=MOST_BYTES // MEGABYTE)


@contextmanager
def placed(file: Path) -> Iterator[None]:
    """Faults that stand at no line of a file stand at the file."""
    try:
        yield
    except Faults as found:
        name = str(file)
        raise Faults([replace(f, place=f.place or name) for f in found.faults]) from None


@asynccontextmanager
async def opened(settings: "Settings") -> AsyncIterator["Database"]:
    """The database at its newest step, beside a bot that may be running."""
    from storage.database import Database
    from storage.migrations import HEAD, current, upgrade

    database = Database(settings.database_url)
    try:
        if database.sqlite:
            await upgrade(database)
        elif await current(database) != HEAD:
            raise Refusal("old_schema", FAILED)
        yield database
    finally:
        await database.close()


async def _apply(
    settings: "Settings", file: "OrganisationFile", *, keep: bool
) -> "Sequence[Change]":
    from bot import clock
    from handlers.organisations import apply

    now = clock.from_text(settings.clock, settings.zone)()
    async with opened(settings) as database, database.begin() as session:
        changes = await apply(session, file, now, settings.timezone, settings.locale)
        if not keep:
            await session.rollback()
    return changes


async def _import(
    settings: "Settings", files: "Iterable[tuple[Path, PackFile]]"
) -> "Sequence[Imported]":
    from bot import clock
    from handlers.packs import import_pack

    now = clock.from_text(settings.clock, settings.zone)()
    done = []
    async with opened(settings) as database, database.begin() as session:
        for file, found in files:
            with placed(file):
                done.append(await import_pack(session, found, now))
    return done
