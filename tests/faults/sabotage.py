"""The program, with something built into it that goes wrong: `-m tests.faults.sabotage HOW… run`.

`crash PLACE TIMES`: it is gone, as by SIGKILL, when it comes to a place for the so manyth time.
`stumble SEED`: one handler in twenty fails, one in a hundred finds the database locked, one in a
hundred hangs; and words with CURSED in them always fail.
`full FILE`: while the file exists, the disk has no room.
`hasty`: the probe makes its tries without a pause.

The program itself knows nothing of all this: its functions are wrapped before it starts.
"""

import asyncio
import os
import random
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from bot import cli, probe
from bot.delivery import Postman
from bot.intake import Intake
from bot.line import Line
from bot.speech import Speech
from handlers.routes import Switchboard
from schedules import refresh, runner
from storage import carriage, doubts, inbox, outbox, slots, sqlite
from tests.faults.mutation import CURSED

CRASHED = 137  # as a shell tells of SIGKILL
FAILS, LOCKED, HANGS = 0.05, 0.01, 0.01
FOR_LONG = 40.0


@dataclass(frozen=True)
class Place:
    """Where it may crash: at whose function, before it or after it, how often it is passed."""

    owner: Any
    name: str
    after: bool
    often: int = 3
    only: str = ""  # the method of the Bot API that is called


PLACES = {
    "updates came, and are not kept": Place(Intake, "keep", after=False, often=1),
    "updates are written, and not committed": Place(inbox, "put", after=True, often=1),
    "updates are kept, and Telegram is not told": Place(Intake, "keep", after=True, often=1),
    "updates are taken up, and not handled": Place(inbox, "take", after=True, often=1),
    "updates are handled, and not committed": Place(inbox, "done", after=True, often=1),
    "updates are handled, and nothing is said": Place(Speech, "say", after=False, often=20),
    "an answer was said": Place(Postman, "say", after=True, often=20),
    "an appointment is taken, and not kept": Place(slots, "claim", after=True, often=4),
    "appointments are kept": Place(runner, "_keep", after=True),
    "calls are claimed, and not committed": Place(carriage, "claim", after=True),
    "a call is claimed, and not made": Place(Postman, "_fly", after=False, often=100),
    "a call is about to leave": Place(Line, "call", after=False, often=100, only="sendMessage"),
    "a call was answered": Place(Line, "call", after=True, often=100, only="sendMessage"),
    "its outcome is written, and not committed": Place(carriage, "settled", after=True, often=100),
    "its outcome is kept": Place(Postman, "_written", after=True, often=100),
    "what was cut off is looked for": Place(carriage, "orphans", after=True),
    "what is in doubt is looked for": Place(doubts, "settle", after=True),
    "what is stale is found": Place(outbox, "stale", after=True),
    "an edit is owed, and not committed": Place(outbox, "edit", after=True, often=10),
    "edits are owed": Place(refresh, "_some", after=True),
    "an edit is about to leave": Place(Line, "call", after=False, only="editMessageText"),
    "an edit was made": Place(Line, "call", after=True, only="editMessageText"),
    "a commit begins": Place(sqlite.Direct, "do_commit", after=False, often=30),
    "a commit is done": Place(sqlite.Direct, "do_commit", after=True, often=30),
}


def crash(name: str, times: str) -> None:
    """Be gone at a place."""
    place, left = PLACES[name], int(times)
    whole = getattr(place.owner, place.name)

    def passed(given: tuple[Any, ...], *, after: bool) -> None:
        nonlocal left
        if after is place.after and (not place.only or place.only in given):
            left -= 1
            if left == 0:
                os._exit(CRASHED)

    @wraps(whole)
    def work(*given: Any, **named: Any) -> Any:
        passed(given, after=False)
        result = whole(*given, **named)
        passed(given, after=True)
        return result

    @wraps(whole)
    async def slow_work(*given: Any, **named: Any) -> Any:
        passed(given, after=False)
        result = await whole(*given, **named)
        passed(given, after=True)
        return result

    setattr(place.owner, place.name, slow_work if iscoroutinefunction(whole) else work)


def stumble(seed: str) -> None:
    """Let handlers fail by chance."""
    chance = random.Random(seed)

    async def fail(words: str) -> None:
        if CURSED in words:
            raise ValueError("it always fails")
        dice = chance.random()
        if dice < FAILS:
            raise ValueError("it failed")
        if dice < FAILS + LOCKED:
            locked = _fault("database is locked", sqlite3.SQLITE_BUSY)
            raise OperationalError("", None, locked)
        if dice < FAILS + LOCKED + HANGS:
            await asyncio.sleep(FOR_LONG)

    def wrap(name: str) -> None:
        whole: Callable[..., Any] = getattr(Switchboard, name)

        @wraps(whole)
        async def work(board: Switchboard, request: Any, *more: Any, **named: Any) -> Any:
            reply = await whole(board, request, *more, **named)
            await fail(request.text)
            return reply

        setattr(Switchboard, name, work)

    wrap("press")
    wrap("command")


def full(file: str) -> None:
    """Have no room for what is to be kept, while a file exists."""
    whole, sign = sqlite.Direct.do_commit, Path(file)

    def commit(dialect: sqlite.Direct, connection: Any) -> None:
        if sign.exists():
            raise _fault("database or disk is full", sqlite3.SQLITE_FULL)
        whole(dialect, connection)

    sqlite.Direct.do_commit = commit  # type: ignore[assignment, method-assign]


def _fault(words: str, code: int) -> sqlite3.OperationalError:
    fault = sqlite3.OperationalError(words)
    fault.sqlite_errorcode = code
    return fault


def hasty() -> None:
    """Let the probe lose no time."""
    probe.PAUSE, probe.LOOK = 0.0, 0.5


def main() -> None:
    """Build it in, and start the program."""
    how, *rest = sys.argv[1:]
    given, words = rest[: rest.index("run")], rest[rest.index("run") :]
    ways: dict[str, Callable[..., None]] = {
        "crash": crash,
        "stumble": stumble,
        "full": full,
        "hasty": hasty,
    }
    ways[how](*given)
    sys.argv = ["zaohui", *words]
    cli.main()


if __name__ == "__main__":
    main()
