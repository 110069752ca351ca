"""How a command speaks to whoever typed it: sentences of the catalogue, files, a progress bar.

Whatever it needs is imported when it is used, so that `--help` is quick.
"""

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import typer

from bot.redaction import clean
from handlers.reading.faults import Faults

if TYPE_CHECKING:
    from bot.settings import Settings
    from handlers.words.voice import Voice

DONE, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130
MEGABYTE = 2**20
MOST_BYTES = 32 * MEGABYTE  # of a file that we read whole; readers have tighter limits
LINE_EVERY = 2.0  # seconds between the lines that stand for a progress bar
Words = ParamSpec("Words")


class Refusal(Exception):
    """We do not go on: the catalogue's `cli.<key>` says why, `code` is how the program ends."""

    def __init__(self, key: str, code: int = WRONG, **values: Any) -> None:
        self.key, self.code, self.values = key, code, values
        super().__init__(key)


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
            warn(voice().plain(f"cli.{fault.key}", **fault.values))
            return fault.code
        case BadSettings():
            warn(str(fault))
            return WRONG
        case BadDatabase():
            warn(str(fault))
            return FAILED
    reason = ": ".join([type(fault).__name__, *str(fault).strip().splitlines()[:1]])
    warn(voice().plain("cli.failed", reason=reason))
    return FAILED


def steady() -> None:
    """Let a terminal that lacks a character show a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


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
    tell(voice().plain(f"cli.{key}", **values))


def tell(text: str, *, err: bool = False) -> None:
    """Print a text; no token is in it, whatever it was made of."""
    typer.echo(clean(text), err=err)


def warn(text: str) -> None:
    """Print a text where errors go."""
    tell(text, err=True)


def list_faults(faults: Faults, *, err: bool = False) -> None:
    """Print every fault, each on its line."""
    from handlers.words.faults import fault as sentence

    speak = voice()
    for fault in faults.faults:
        tell(sentence(speak, fault.place, fault.key, fault.values), err=err)


def sure(key: str, **values: Any) -> None:
    """Ask whether to go on. Raises Refusal for no, and where nobody is there to answer."""
    try:
        agreed = typer.confirm(voice().plain(f"cli.{key}", **values), err=True)
    except typer.Abort:
        typer.echo(err=True)
        raise Refusal("nobody_to_ask") from None
    if not agreed:
        raise Refusal("not_agreed", FAILED)


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


def write(file: Path, data: bytes, *, force: bool) -> None:
    """Put data into a file, whole or not at all. Raises Refusal."""
    part = file.with_name(f".{file.name}.part")
    try:
        if file.is_dir():
            raise Refusal("directory", file=file)
        if file.exists() and not force:
            raise Refusal("exists", file=file)
        part.write_bytes(data)
        part.replace(file)
    except OSError as fault:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise Refusal("unwritable", file=file, reason=fault.strerror) from None


@contextmanager
def placed(file: Path) -> Iterator[None]:
    """Faults that stand at no line of a file stand at the file."""
    try:
        yield
    except Faults as found:
        name = str(file)
        raise Faults([replace(f, place=f.place or name) for f in found.faults]) from None


@contextmanager
def progress(key: str) -> Iterator[Callable[[float], None]]:
    """Show how far long work is, from 0 to 1: a bar on a terminal, now and then a line elsewhere.

    Both go where errors go, so that what a command prints stays what it found.
    """
    label = voice().plain(f"cli.{key}")
    if sys.stderr.isatty():
        with bar(label) as show:
            yield show
        return
    last = time.monotonic()

    def line(part: float) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_EVERY:
            last = time.monotonic()
            warn(f"{label} {part:.0%}")

    yield line


@contextmanager
def bar(label: str) -> Iterator[Callable[[float], None]]:
    """A bar that appears when there is something to show, and is whole when all is done."""
    drawn = typer.progressbar(length=100, label=label, file=sys.stderr)

    def show(part: float) -> None:
        drawn.update(max(0, int(part * 100) - drawn.pos))
        if part >= 1:
            drawn.render_finish()

    yield show
