"""A course pack's file is looked at by a child process, which gets only so much time and memory.

Readers have bounds of their own; whatever slips through them costs a child, and not the bot. The
child is given the file on its standard input and nothing else: no token, no database.
"""

import asyncio
import json
import os
import resource
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from handlers.reading.inspections import Inspection, heard, inspect, told

ROOT = Path(__file__).parents[1]
SECONDS = 20  # of a processor
PATIENCE = 60.0  # seconds of the clock on the wall
MEMORY = 768 * 1024 * 1024
FILES = 64
TOO_MUCH = 3  # how the child ends for want of memory


class TooMuch(Exception):
    """A file takes more time or memory than a file may: it will not do better the next time."""


class Broken(Exception):
    """The child ended in a way that says nothing of the file."""


async def inspected(kind: str, data: bytes) -> Inspection:
    """What is found in a file whose name ends in `kind`. Raises TooMuch and Broken."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-B", "-P", "-m", "bot.inspection", kind),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env={"PYTHONPATH": str(ROOT), "PATH": os.defpath},
    )
    try:
        async with asyncio.timeout(PATIENCE):
            out, trouble = await child.communicate(data)
    except TimeoutError:
        raise TooMuch from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode in {TOO_MUCH, -signal.SIGXCPU, -signal.SIGSEGV}:
        raise TooMuch
    if child.returncode:
        # Which kind of error it was, and not its words: they may be those of the file.
        kind = trouble.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0]
        raise Broken(f"the child ended with {child.returncode} {kind[:80]}")
    return heard(json.loads(out))


def bound() -> None:
    """Take no more from here on than a file may cost."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))  # a signal, and then the end


def main() -> int:
    """The child: reads standard input, writes what it found as JSON."""
    bound()
    try:
        found = told(inspect(sys.argv[1], sys.stdin.buffer.read()))
    except (MemoryError, RecursionError):
        return TOO_MUCH
    sys.stdout.write(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
