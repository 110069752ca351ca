"""An announcement of an owner's to many groups: from the tap that sends it to its last copy."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import crowd
from tests.bench.crowd import OWNER, Crowd
from tests.bench.processes import OURS, bot
from tests.bench.ready import now, sqlite, within
from tests.bench.report import Row, Table, count, row
from tests.bench.standing import Stand, standing, until
from tests.bench.wire import JITTER

CROWDS = (Crowd(300, 30),)
RATE = 30  # messages a second that Telegram takes
SLACK = 1.05
THOUGHT = 1.5  # seconds between taps: Telegram takes about one edit a second in one chat
PATIENCE = 60.0  # seconds longer than it should take
TEXT = "明天上午停电检修"
STEPS = ("全选 U", "预览", "发送")


def measure(at: Path) -> Iterator[Table]:
    """A few hundred groups; no sooner than after N/30 s can the last one have it."""
    for people in CROWDS:
        title = f"An announcement to {people.teams:,} groups"
        yield Table(title, "floor", sent(at, people))


def sent(at: Path, people: Crowd) -> list[Row]:
    """Composed by taps, each after the answer to the one before, and sent."""
    address = sqlite(at / f"announced-{people.teams}.db")
    within(address, lambda database: crowd.seat(database, now(), people))
    floor = people.teams / RATE
    with standing(at, people, JITTER) as stand, bot(OURS, at, stand.address, address) as ours:
        stand.until_asked([ours])
        begun = time.monotonic()
        stand.say(OWNER, TEXT)
        for label in (*STEPS, f"确定发到 {people.teams} 个群"):
            tap = _tapped(stand, label)
        told = until(lambda: _all(stand, people), floor + PATIENCE)
    return [
        row("composed in four taps after", "s", tap - begun),
        row("first copy after the tap that sends", "s", told["first"] - tap, goal="≤ 1 s"),
        row("last copy after it", "s", told["last"] - tap, floor, f"≤ {SLACK:g} ×"),
        count("refused with 429", told["refused"]),
    ]


def _tapped(stand: Stand, label: str) -> float:
    """Tap a button once it is there, as fast as people can; when, in monotonic seconds."""
    time.sleep(THOUGHT)
    until(lambda: stand.press(OWNER, label) or None)
    return time.monotonic()


def _all(stand: Stand, people: Crowd) -> dict[str, Any] | None:
    """What the groups got, once all of them have it."""
    told = stand.told()
    groups = told["groups"]
    if groups["posted"] < people.teams:
        return None
    return {**groups, "refused": told["refused"]}
