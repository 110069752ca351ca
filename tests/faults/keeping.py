"""Trials of what is kept: a database that is locked, full, copied, or wanted by two; long work."""

import itertools
import random
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from datetime import time as wall
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from handlers.rules.occurrences import local, occurrence
from tests.bench.processes import ROOT, Program
from tests.faults.checker import Verdict
from tests.faults.judging import at_work, doings, judge_answers, judge_updates
from tests.faults.sizes import Size
from tests.faults.stage import SABOTAGE, Stage, stage

HOLDER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=15)
connection.execute("BEGIN IMMEDIATE")
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
"""
STEADY = 0.2  # seconds between two updates of steady work
SETTLED = 800.0  # seconds: by then every job of a morning has run once, and grows no more by it
SLOPE = 1.0  # megabytes an hour
WAL = 64.0  # megabytes
SECOND = timedelta(seconds=1)
WALLS = (wall(0), wall(0, 30), wall(2, 30), wall(7, 50), wall(23, 59))
FIRST, DAYS = date(2026, 1, 1), 730


def locked(seed: int, size: Size) -> Verdict:
    """D1: somebody else holds the write lock for 10 s while people tap."""
    verdict, held = Verdict(), min(size.away, 10.0)
    with stage(dealt=True) as play:
        at_work(play)
        holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(play.file), str(held)])
        for place in range(size.taps):
            play.act(("tap", place))
            time.sleep(0.02)
        holder.wait()
        judge_updates(verdict, play)
        judge_answers(verdict, play, held + 1)
        verdict.figures["held"] = held
    return verdict


def crowded(seed: int, size: Size) -> Verdict:
    """D2: one member taps a thousand times at once."""
    verdict = Verdict()
    with stage(dealt=True) as play:
        at_work(play)
        play.press(seed % 300, size.taps)
        play.until(play.calm)
        found = play.ask("SELECT count(*) FROM checkin")[0][0]
        if found != 1:
            verdict.wrong.append(f"{found} check-ins")
        judge_answers(verdict, play, 14.0)
        judge_updates(verdict, play)
        verdict.figures["taps"] = size.taps
    return verdict


def copied(seed: int, size: Size) -> Verdict:
    """D4: copies are made, one after another, while people tap 50 times a second."""
    verdict = Verdict()
    with stage(dealt=True) as play:
        at_work(play)
        _tap(play, 0, size.taps)
        play.until(lambda: not play.history()["watching"])
        quiet = sorted(play.history()["answers"])
        copies = _copy(play, play.at / "0.db")
        for number in itertools.count(1):
            _tap(play, size.taps + (number - 1) * 50, 50)
            if copies.poll() is not None:
                if copies.returncode:
                    verdict.wrong.append(f"a copy ended with {copies.returncode}")
                if number * 50 >= size.taps:
                    break
                copies = _copy(play, play.at / f"{number}.db")
        judge_updates(verdict, play)
        judge_answers(verdict, play, 10.0)
        answers = sorted(play.history()["answers"][len(quiet) :])
        verdict.figures |= {
            "copies": len(list(play.at.glob("[0-9]*.db"))),
            "p99 without": quiet[int(len(quiet) * 0.99)],
            "p99 with": answers[int(len(answers) * 0.99)],
        }
    return verdict


def _tap(play: Stage, first: int, amount: int) -> None:
    for place in range(first, first + amount):
        play.act(("tap", place % 9000))
        time.sleep(0.02)


def _copy(play: Stage, to: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "backup", str(to)],
        cwd=play.at,
        env={"PYTHONPATH": str(ROOT), "ZAOHUI_DATABASE_URL": f"sqlite:///{play.file}"},
        stdout=subprocess.DEVNULL,
    )


def full(seed: int, size: Size) -> Verdict:
    """D5: again and again the disk has no room for 2 s, while people tap and promise."""
    chance, verdict = random.Random(seed), Verdict()
    with stage(dealt=True) as play:
        sign = play.at / "full"
        life = at_work(play, *SABOTAGE, "full", str(sign), "run")
        refusals = 0
        for number in range(size.full):
            play.act(*doings(chance, 20, first=number * 40))
            time.sleep(chance.uniform(0, 0.3))
            before = play.log().count("full")
            sign.touch()
            for place in range(20):
                play.act(("tap", number * 40 + 20 + place), ("promise", place))
                time.sleep(0.1)
            sign.unlink()
            refusals += play.log().count("full") > before
        back = time.monotonic()
        judge_updates(verdict, play)
        verdict.figures |= {
            "times full": size.full,
            "of them felt": refusals,
            "well again after": time.monotonic() - back,
        }
        if not refusals:
            verdict.wrong.append("the disk was never full")
        (sound,) = play.ask("PRAGMA integrity_check")[0]
        if sound != "ok" or not life.alive:
            verdict.wrong.append(f"the file is {sound}" if life.alive else "the program ended")
    return verdict


def alone(seed: int, size: Size) -> Verdict:
    """R6: a second program on the same file is refused, and the first goes on."""
    verdict = Verdict()
    with stage(dealt=True) as play:
        first = at_work(play)
        took, code = play.live().ended(20)
        verdict.figures |= {"refused after": took, "code": code}
        if code == 0 or not first.alive:
            verdict.wrong.append("both ran" if code == 0 else "the first one ended")
        if "Traceback" in play.log():
            verdict.wrong.append("a traceback instead of a sentence")
        play.act(*doings(random.Random(seed), 20))
        judge_updates(verdict, play)
    return verdict


def soaked(seed: int, size: Size) -> Verdict:
    """X2: five updates a second for a long time; what the program holds does not grow."""
    chance, verdict = random.Random(seed), Verdict()
    with stage(dealt=True) as play:
        program = at_work(play).program
        begun, memory, done = time.monotonic(), [], 0
        while (since := time.monotonic() - begun) < size.soak:
            play.act(*doings(chance, 1, first=done))
            done += 1
            if done % 25 == 0:
                memory.append((since, program.memory()))
            time.sleep(max(begun + done * STEADY - time.monotonic(), 0))
        judge_updates(verdict, play)
        slope = _slope([pair for pair in memory if pair[0] > SETTLED])
        log = Path(f"{play.file}-wal").stat().st_size / 1e6
        verdict.figures |= {
            "seconds": size.soak,
            "MB": program.memory(),
            "MB an hour": slope * 3600,
            "handles": _handles(program),
            "MB of log": log,
        }
        if slope * 3600 > SLOPE:
            verdict.wrong.append("its memory grows")
        if log > WAL or _handles(program) > 64:
            verdict.wrong.append("what it holds open grows")
    return verdict


def _slope(points: list[tuple[float, float]]) -> float:
    """Of the line that fits them best."""
    if len(points) < 2:
        return 0.0
    xs, ys = zip(*points, strict=True)
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((one - x) ** 2 for one in xs)
    return float(sum((one - x) * (other - y) for one, other in points) / spread)


def _handles(program: Program) -> int:
    return len(list(Path(f"/proc/{program.pid}/fd").iterdir()))


def dated(seed: int, size: Size) -> Verdict:
    """C2: in every zone of the world, each day of two years has each time of day once."""
    verdict = Verdict()
    zones = sorted(available_timezones())
    if size.places:
        zones = random.Random(seed).sample(zones, size.places * 5)
    cases = 0
    for zone in map(ZoneInfo, zones):
        for number, at in itertools.product(range(DAYS), WALLS):
            asked = datetime.combine(FIRST + timedelta(number), at)
            found = occurrence(asked.date(), at, zone)
            # The first instant that shows the time, or comes after it where it is skipped.
            early = local(found - SECOND, zone) < asked <= local(found, zone)
            if not early or found.astimezone(zone).fold:
                verdict.wrong.append(f"{zone.key} {asked}")
            cases += 1
    verdict.figures |= {"zones": len(zones), "cases": cases}
    return verdict
