"""The command line. Whatever a command needs is imported when it runs, so that `--help` is quick.

What is printed comes from the catalogue, in the installation's language; the help texts are the
docstrings below. Exit codes: 0 done, 1 failed, 2 wrong usage or bad input, 130 interrupted.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal import (
    DONE,
    FAILED,
    Refusal,
    load,
    placed,
    plainly,
    progress,
    read,
    say,
    steady,
    sure,
    tell,
    voice,
)

if TYPE_CHECKING:
    from bot.backup import Backup
    from bot.settings import Settings
    from handlers.reading.organisations import OrganisationFile
    from handlers.words.organisations import Change
    from storage.database import Database

app = typer.Typer(
    help="zaohui: a Telegram assistant for work teams.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
org = typer.Typer(help="The organisation: units, teams, people.", no_args_is_help=True)
pack = typer.Typer(help="Course packs.", no_args_is_help=True)
calendar = typer.Typer(help="National workdays.", no_args_is_help=True)
export = typer.Typer(help="Files for those who ask how things stood.", no_args_is_help=True)
app.add_typer(org, name="org")
app.add_typer(pack, name="pack")
app.add_typer(calendar, name="calendar")
app.add_typer(export, name="export")


def main() -> None:
    """The program `zaohui`."""
    steady()
    app()


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
    org: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An organisation file to try it with.")
    ] = None,
) -> int:
    """Try everything in a browser: the bot, a Bot API on loopback, a demo team or your own."""
    from bot import clock as clocks
    from bot import logs, programs
    from handlers.reading.organisations import read_organisation

    settings = load()
    start = clock or settings.clock
    try:
        clocks.from_text(start, settings.zone)
    except ValueError:
        raise Refusal("bad_clock", written=start) from None
    organisation = read_organisation(str(org), read(org)) if org else None
    logs.start(settings.log_format, settings.log_level)
    found = settings.http_port if port is None else port
    asyncio.run(programs.sandbox(settings, found, start, organisation))
    return DONE


@app.command()
@plainly
def migrate() -> int:
    """Bring the database's schema up to date."""
    from storage.migrations import upgrade

    settings = load()

    async def work() -> bool:
        async with using(settings) as database:
            return await upgrade(database)

    say("migrated" if asyncio.run(work()) else "up_to_date")
    return DONE


@app.command()
@plainly
def rebuild() -> int:
    """Make anew what is kept for speed: when each question comes back to whom."""
    from handlers import reviews

    settings = load()

    async def work() -> int:
        async with opened(settings) as database:
            with progress("rebuild.label") as show:
                return await reviews.rebuild(database, show)

    say("rebuilt", count=asyncio.run(work()))
    return DONE


@app.command()
@plainly
def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> int:
    """Copy the database into a file, while the bot runs; the copy is checked."""
    from bot import backup as copy

    settings = load()

    async def work() -> copy.Backup:
        async with using(settings) as database:
            with progress("backup.label") as show:
                return await copy.back_up(database, file, show, force=force)

    _tell_of("backup.made", file, asyncio.run(work()), settings)
    return DONE


@app.command()
@plainly
def restore(
    file: Annotated[Path, typer.Argument(help="A copy that zaohui backup made.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> int:
    """Put a copy in the place of the database; what stood there is kept beside it."""
    from bot import backup as copy
    from bot import clock
    from handlers.words import backups as words

    settings = load()

    async def work() -> tuple[Path | None, int]:
        async with using(settings) as database:
            database.claim()
            found, losses = await copy.look(database, file)
            _tell_of("restore.found", file, found, settings)
            tell(words.losses(voice(), losses))
            if not yes:
                sure("restore.sure")
            gone = await copy.erased(database)
            now = clock.from_text(settings.clock, settings.zone)()
            with progress("restore.label") as show:
                kept = await copy.restore(database, file, now, show)
            return kept, await copy.erase_again(database, gone, settings.locale)

    kept, erased = asyncio.run(work())
    say("restore.done")
    if erased:
        say("restore.erased", n=erased)
    if kept:
        say("restore.kept", file=kept)
    return DONE


@app.command()
@plainly
def doctor() -> int:
    """Check settings, database, calendar, token, and rights in every group."""
    from bot.doctor import Verdict, examine

    settings = load()

    async def work() -> int:
        code, speak = DONE, voice()
        with progress("doctor.label") as show:
            async for finding in examine(settings, show):
                text = speak.plain(f"doctor.{finding.key}", **finding.values)
                tell(f"{finding.verdict:<4}  {text}")
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
    tell(words.diff(voice(), changes))
    if dry_run:
        say("dry_run")
    return DONE


@pack.command("check")
@plainly
def check_packs(
    files: Annotated[list[Path], typer.Argument(help="Course packs: .yaml, .xlsx or .md.")],
) -> int:
    """Check course packs. Every fault is told with its place, and what could be better."""
    from bot import packs

    return packs.check(files)


@pack.command("import")
@plainly
def import_packs(
    files: Annotated[list[Path], typer.Argument(help="Course packs: .yaml, .xlsx or .md.")],
) -> int:
    """Import course packs: all of them, or none if anything is wrong."""
    from bot import clock, packs

    found = packs.sound(files)
    settings = load()

    async def work() -> None:
        async with opened(settings) as database:
            await packs.take(database, found, clock.from_text(settings.clock, settings.zone)())

    asyncio.run(work())
    return DONE


@pack.command("template")
@plainly
def write_template(
    file: Annotated[Path, typer.Argument(help="The .xlsx file to be written.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> int:
    """Write an .xlsx file to be filled in. It has an example, and says what columns are for."""
    from bot import packs

    packs.template(file, force=force)
    return DONE


@pack.command("export")
@plainly
def export_pack(
    name: Annotated[str, typer.Argument(metavar="PACK", help="A pack's id, as safety-101.")],
    file: Annotated[Path, typer.Argument(help="The .xlsx file to be written.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> int:
    """Write a pack into an .xlsx file. It can be changed and imported again."""
    from bot import packs

    packs.refuse_name(file)
    settings = load()

    async def work() -> None:
        async with opened(settings) as database:
            await packs.export(database, name, file, force=force)

    asyncio.run(work())
    return DONE


@export.command("ledger")
@plainly
def export_ledger(
    team: Annotated[str, typer.Option(help="The team's name; UNIT/TEAM where several have it.")],
    file: Annotated[Path, typer.Option("-o", "--output", help="The .xlsx file to be written.")],
    first: Annotated[
        str, typer.Option("--from", help="First day; else the first of the month.")
    ] = "",
    last: Annotated[str, typer.Option("--to", help="Last day; else today.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> int:
    """Write a team's ledger: mornings, check-ins, commitments, announcements, a summary."""
    from bot import clock, ledgers, packs

    packs.refuse_name(file)
    span = ledgers.day("--from", first), ledgers.day("--to", last)
    settings = load()

    async def work() -> None:
        async with opened(settings) as database:
            now = clock.from_text(settings.clock, settings.zone)()
            await ledgers.export(database, team, span, file, now, force=force)

    asyncio.run(work())
    return DONE


@calendar.command("import")
@plainly
def import_calendar(
    file: Annotated[Path, typer.Argument(help="A year's days off and days worked, .yaml.")],
) -> int:
    """Take in a year's national days, in the place of what was known of that year."""
    from bot import calendars, clock
    from handlers.reading.calendars import read_calendar

    found = read_calendar(str(file), read(file))
    settings = load()

    async def work() -> None:
        async with opened(settings) as database:
            await calendars.take(database, found, clock.from_text(settings.clock, settings.zone)())

    asyncio.run(work())
    return DONE


@calendar.command("show")
@plainly
def show_calendar(
    year: Annotated[int, typer.Argument(min=2000, max=2099, help="Such as 2027.")],
) -> int:
    """Show a year's national days: holidays and make-up workdays, and where they come from."""
    from bot import calendars
    from handlers.rules.calendar import Calendar

    settings = load()

    async def work() -> None:
        async with opened(settings) as database:
            await calendars.show(database, Calendar(settings.zone), year)

    asyncio.run(work())
    return DONE


# -- what they are made of -------------------------------------------------------------------


@asynccontextmanager
async def using(settings: "Settings") -> AsyncIterator["Database"]:
    """The database as it is."""
    from storage.database import Database

    database = Database(settings.database_url)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def opened(settings: "Settings") -> AsyncIterator["Database"]:
    """The database at its newest step, beside a bot that may be running."""
    from storage.migrations import HEAD, current, upgrade

    async with using(settings) as database:
        if database.sqlite:
            await upgrade(database)
        elif await current(database) != HEAD:
            raise Refusal("old_schema", FAILED)
        yield database


def _tell_of(key: str, file: Path, copy: "Backup", settings: "Settings") -> None:
    from handlers.words import backups as words

    found = copy.contents
    tell(words.sized(voice(), key, str(file), copy.size))
    if found:
        tell(words.contents(voice(), found.teams, found.checkins, found.newest, settings.zone))


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
