"""Ten thousand taps at once, over loopback and a network: by polling, by webhook, on replicas.

Ours keeps each, answers it, and counts it on its card. The bare bot only answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.bench.bare import HOOK, MANY, ONE
from tests.bench.crowd import Crowd
from tests.bench.ready import copied, sqlite, under_way
from tests.bench.report import NONE, Row, Table, busy, count, row
from tests.bench.standing import Card
from tests.bench.weather import Storm, bare, ours
from tests.bench.wire import LOOPBACK, NETWORK, Road
from tests.postgres import NoServer, serving

CROWD = Crowd(teams=250, size=40)
FEWER = 1000  # taps are enough to know a bare bot by
FEWEST = 300  # for one that waits out every way to and fro before the next
GOAL = "≥ 1 ×"
FORMS = {
    ONE: "one update at a time",
    MANY: "concurrent_updates(True)",
    HOOK: "concurrent_updates(True) by webhook",
}


def measure(at: Path) -> Iterator[Table]:
    """All of it, one after the other."""
    ready = at / "ready.db"
    cards = under_way(sqlite(ready), CROWD)
    for road in (NETWORK, LOOPBACK):  # what comes last stands beside PostgreSQL as well
        for way, forms in (("polling", (ONE, MANY)), ("webhook", (HOOK,))):
            others = {form: _bare(form, at, cards, road) for form in forms}
            address = copied(ready, at / f"{way}-{road.name}.db")
            mine = ours(address, at, CROWD, cards, road, hooked=way == "webhook")
            goal = GOAL if road is NETWORK else NONE
            yield _table(f"{way}, {road.name}", mine, others, goal)
    try:
        with serving(durable=True) as server:
            for processes in (1, 2):
                with server.database() as address:
                    mine = _replicas(processes, at, address)
                name = f"webhook, {LOOPBACK.name}, PostgreSQL, processes: {processes}"
                yield _table(name, mine, others)
    except NoServer as fault:
        yield Table(f"PostgreSQL was not measured: {fault}", NONE, [])


def _bare(form: str, at: Path, cards: Sequence[Card], road: Road) -> Storm:
    taps = FEWEST if (form, road) == (ONE, NETWORK) else FEWER
    return bare(form, at, CROWD, cards, road, taps)


def _replicas(processes: int, at: Path, address: str) -> Storm:
    """So many processes on one PostgreSQL, to which the updates are dealt in turn."""
    cards = under_way(address, CROWD)
    return ours(address, at, CROWD, cards, LOOPBACK, hooked=True, processes=processes)


def _table(name: str, mine: Storm, others: Mapping[str, Storm], goal: str = NONE) -> Table:
    """Ours beside each of the others, and what only ours does."""
    rows: list[Row] = []
    for form, other in others.items():
        beside = f", beside {FORMS[form]} (of {other.taps.count} taps)"
        rows += [
            row(f"answered{beside}", "/s", mine.taps.rate, other.taps.rate, goal),
            row(f"processor for a tap{beside}", "ms", mine.each, other.each),
            row(f"memory after it{beside}", "MB", mine.memory, other.memory),
            count(f"never answered{beside}", mine.taps.unanswered, other.taps.unanswered),
            busy(mine.taps.busy, other.taps.busy, beside),
        ]
    rows += [
        row("every card shows all taps after", "s", mine.shown),
        count("taps not kept exactly once", mine.wrong),
        count("cards that do not show all", mine.short),
    ]
    return Table(name, "bare bot", rows)
