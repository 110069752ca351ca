"""A storm of taps, and how it is weathered: by our program, alone or not, or by a bare bot."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlmodel import col, func, select

from storage.database import Database
from storage.kinds import Intake
from storage.tables import CheckIn, Incoming
from tests.bench.bare import HOOK
from tests.bench.crowd import Crowd
from tests.bench.processes import BARE, OURS, bot
from tests.bench.ready import within
from tests.bench.standing import Card, Taps, standing
from tests.bench.wire import Road

SETTLING = 60.0  # seconds until no card is awaited any more
GLANCE = 0.2


@dataclass(frozen=True)
class Storm:
    """How it was weathered, by one program or by several together."""

    taps: Taps
    work: float  # seconds of a processor, until all was shown
    memory: float  # megabytes after it
    shown: float = 0.0  # seconds until every card showed all
    wrong: int = 0  # taps that are not kept and handled exactly once
    short: int = 0  # cards that never showed all

    @property
    def each(self) -> float:
        """Milliseconds of a processor for each tap."""
        return self.work * 1000 / self.taps.count


def bare(form: str, at: Path, crowd: Crowd, cards: Sequence[Card], road: Road, taps: int) -> Storm:
    """A bare bot in one of its forms; so many taps are enough to know it by."""
    hooked = form == HOOK
    with (
        standing(at, crowd, road) as stand,
        bot((*BARE, form), at, stand.address, "", hooked=hooked) as program,
    ):
        stand.hang(cards)
        stand.until_asked([program])
        before = program.work()
        seen = stand.taps(0, taps, doors=[program.door] if hooked else [])
        return Storm(seen, program.work() - before, program.memory())


def ours(
    address: str,
    at: Path,
    crowd: Crowd,
    cards: Sequence[Card],
    road: Road,
    *,
    hooked: bool = False,
    processes: int = 1,
) -> Storm:
    """Our program, to which everybody's tap comes once."""
    with ExitStack() as stack:
        stand = stack.enter_context(standing(at, crowd, road))
        programs = [
            stack.enter_context(bot(OURS, at, stand.address, address, hooked=hooked))
            for _ in range(processes)
        ]
        stand.hang(cards)
        stand.until_asked(programs)
        before = sum(program.work() for program in programs)
        doors = [program.door for program in programs] if hooked else []
        seen = stand.taps(0, crowd.members, doors=doors)
        limit = time.monotonic() + SETTLING
        while short := sum(full(crowd) not in text for text in stand.shown()):
            if time.monotonic() > limit:
                break
            time.sleep(GLANCE)
        shown = time.monotonic() - seen.begun
        work = sum(program.work() for program in programs) - before
        memory = sum(program.memory() for program in programs)
    return Storm(seen, work, memory, shown, within(address, partial(_wrong, crowd)), short)


def full(crowd: Crowd) -> str:
    """What a card says once everybody has tapped."""
    return f"{crowd.size}/{crowd.size}"


async def _wrong(crowd: Crowd, database: Database) -> int:
    """Taps that the database does not have, has twice, or has not handled."""
    async with database.read() as session:
        members = (await session.exec(select(CheckIn.member_id))).all()
        handled = select(func.count()).where(col(Incoming.state) == Intake.DONE)
        left = crowd.members - (await session.exec(handled)).one()
    missing = crowd.members - len(set(members))
    return missing + len(members) - len(set(members)) + left
