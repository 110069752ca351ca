"""The trials, each with a seed: what goes wrong, and what must hold nevertheless.

A trial of pushes sends the cards of 300 teams; the program's clock runs 30 times as fast where
the program would otherwise wait 90 seconds before it decides what became of a message.
"""

import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import httpx

from tests.bench import crowd
from tests.faults import checker
from tests.faults.checker import Verdict
from tests.faults.stage import DUE, HURRIED, Life, Stage, stage

SLOW = {"kind": "slow", "seconds": 0.15}  # every answer takes this long: messages are in flight
TORN = (
    {"kind": "lost_answer", "p": 0.05},
    {"kind": "drop_before", "p": 0.05},
    {"kind": "http_502_before", "p": 0.03},
    {"kind": "http_502_after", "p": 0.02},
    {"kind": "flood", "p": 0.05, "seconds": 1},
    {"kind": "garbage", "p": 0.01},
)
SEND = ("sendMessage",)
DAY = timedelta(days=1)
STOP_WITHIN = 9.0
POLL_WITHIN = 5.0


@dataclass(frozen=True)
class Size:
    """How much of a trial: the whole, or what a test run has time for."""

    kills: int
    updates: int
    garbled: int
    stops: int
    taps: int
    away: float  # seconds without Telegram, and with a locked database
    last: float  # seconds after which the last card of 300 is late


WHOLE = Size(kills=40, updates=4500, garbled=10_000, stops=20, taps=1000, away=40.0, last=20.0)
SHORT = Size(kills=4, updates=400, garbled=200, stops=2, taps=200, away=4.0, last=60.0)

Trial = Callable[[int, Size], Verdict]


# -- pushes ----------------------------------------------------------------------------------


def killed(seed: int, size: Size) -> Verdict:
    """O1: killed at random moments while the cards of 300 groups go out."""
    return _pushes(seed, size, ({**SLOW, "methods": SEND},))


def torn(seed: int, size: Size) -> Verdict:
    """O2: the same, with answers lost, lines reset, 502 before and after, 429 and half JSON."""
    faults = tuple({**fault, "methods": SEND} for fault in (*TORN, SLOW))
    return _pushes(seed, size, faults, loses=True)


def _pushes(
    seed: int, size: Size, faults: tuple[dict[str, object], ...], *, loses: bool = False
) -> Verdict:
    chance, verdict, days, kills = random.Random(seed), Verdict(), 0, 0
    with stage(rate=HURRIED) as play:
        play.fault(*faults)
        while kills < size.kills:
            play.time.set(DUE + days * DAY - timedelta(seconds=2) * HURRIED)
            days += 1
            life = play.live()
            while kills < size.kills:
                _gets_on(play, chance, lambda: _carried(play), most=60)
                if _carried(play) == days * crowd.TEAMS:
                    break
                life.kill()
                kills += 1
                verdict.allowed += _in_flight(play)
                life = play.live()
            play.until(play.calm)
            life.stop()
        if loses:  # an answer lost on the way leaves a message as unknown as a kill does
            verdict.allowed = max(verdict.allowed, _resent(play))
        _judge_cards(verdict, play, days)
        verdict.figures |= {"kills": kills, "messages": days * crowd.TEAMS}
    return verdict


def _gets_on(play: Stage, chance: random.Random, count: Callable[[], int], most: int) -> None:
    """Wait for a moment to kill at: mostly when up to `most` more are counted, now and then
    while the program still starts.
    """
    if chance.random() < 0.15:
        time.sleep(chance.uniform(0.3, 1.5))
        return
    enough = count() + chance.randint(1, most)
    play.until(lambda: count() >= enough, 15)
    time.sleep(chance.uniform(0.0, 0.1))


def _carried(play: Stage) -> int:
    """How many cards are settled."""
    (count,) = play.ask(
        "SELECT count(*) FROM outgoing WHERE key LIKE 'card:%' "
        "AND state NOT IN ('pending', 'sending', 'unknown')"
    )[0]
    return int(count)


def _all_carried(play: Stage) -> None:
    if not play.until(lambda: _carried(play) >= crowd.TEAMS):
        raise TimeoutError(f"{_carried(play)} cards went out, and no more came: {play.log()}")


def _in_flight(play: Stage) -> int:
    (count,) = play.ask("SELECT count(*) FROM outgoing WHERE state = 'sending'")[0]
    return int(count)


def _resent(play: Stage) -> int:
    (count,) = play.ask("SELECT count(*) FROM outgoing WHERE resent")[0]
    return int(count)


def _judge_cards(verdict: Verdict, play: Stage, days: int) -> None:
    owed = play.ask(
        "SELECT CAST(substr(o.key, 6) AS INTEGER), c.telegram_id, o.state, o.message_id "
        "FROM outgoing o JOIN chat c ON c.id = o.chat_id WHERE o.key LIKE 'card:%'"
    )
    teams = [crowd.group(team) for team in range(crowd.TEAMS)] * days
    checker.cards(verdict, play.history()["cards"], owed, teams)


def punctual(seed: int, size: Size) -> Verdict:
    """C1: nothing of the program runs for 3 s around the moment at which the cards are due."""
    verdict = Verdict()
    with stage(limits=True, ZAOHUI_SEND_RATE="30", ZAOHUI_GROUP_RATE="20") as play:
        play.time.set(DUE - timedelta(seconds=6))
        life = play.live()
        time.sleep(max(play.time.until(DUE) - 0.5, 0))
        life.freeze()
        due = time.monotonic() + play.time.until(DUE)
        time.sleep(3)
        life.thaw()
        _all_carried(play)
        sent = _sent(play, due)
        verdict.figures |= {"p50": statistics.median(sent), "last": max(sent)}
        verdict.late += [f"{took:.0f} s" for took in sent if took > 60]
        _judge_cards(verdict, play, 1)
    return verdict


def limits(seed: int, size: Size) -> Verdict:
    """O5: 30 a second and 20 a minute enforced; one group is shut; people ask in between."""
    verdict = Verdict()
    shut, shut_for = crowd.group(7), 8
    with stage(limits=True, ZAOHUI_SEND_RATE="30", ZAOHUI_GROUP_RATE="20") as play:
        play.fault({"kind": "flood", "chats": [shut], "n": 1, "seconds": shut_for})
        play.time.set(DUE - timedelta(seconds=4))
        due = time.monotonic() + play.time.until(DUE)
        play.live()
        play.until(lambda: _sent(play, due) != [])
        play.act(*[("promise", place) for place in range(60)])
        _all_carried(play)
        play.until(play.calm)
        calls = [call for call in play.calls() if call["method"] == "sendMessage"]
        refused = [call for call in calls if call["code"] == 429]
        others = _sent(play, due, but=shut)
        verdict.figures |= {"429": len(refused), "last": max(others), "calls": len(calls)}
        if len(refused) - 1 > len(calls) / 100:
            verdict.wrong.append(f"{len(refused)} of {len(calls)} calls were one too many")
        verdict.late += [f"{took:.0f} s" for took in others if took > size.last]
        _judge_cards(verdict, play, 1)
    return verdict


def _sent(play: Stage, due: float, but: int = 0) -> list[float]:
    """How long after `due` each message was taken."""
    return [
        call["at_monotonic"] - due
        for call in play.calls()
        if call["method"] == "sendMessage" and call["code"] == 200
        if str(call["params"]["chat_id"]) != str(but)
    ]


# -- updates ---------------------------------------------------------------------------------


def received(seed: int, size: Size) -> Verdict:
    """R1: killed at random moments while people tap and promise."""
    chance, verdict = random.Random(seed), Verdict()
    with stage(rate=HURRIED, dealt=True) as play:
        life = _at_work(play)
        left = _doings(chance, size.updates)
        portion = max(1, len(left) // (size.kills + 1))
        for _ in range(size.kills):
            play.act(*left[:portion])
            left = left[portion:]
            _gets_on(play, chance, lambda: _handled(play), most=portion)
            life.kill()
            life = play.live()
        play.act(*left)
        _judge_updates(verdict, play)
        verdict.figures["kills"] = size.kills
    return verdict


def _handled(play: Stage) -> int:
    (count,) = play.ask("SELECT count(*) FROM incoming WHERE state = 'done'")[0]
    return int(count)


def stopped(seed: int, size: Size) -> Verdict:
    """R2: told to stop in the middle of it, as by a deployment."""
    chance, verdict = random.Random(seed), Verdict()
    longest, slowest = 0.0, 0.0
    with stage(rate=HURRIED, dealt=True) as play:
        play.fault({**SLOW, "methods": SEND})
        life = _at_work(play)
        for left in range(size.stops):
            play.act(*_doings(chance, size.updates // size.stops, first=left * 400))
            time.sleep(chance.uniform(0.1, 0.8))
            took, code = life.stop()
            longest = max(longest, took)
            if code != 0:
                verdict.wrong.append(f"it ended with {code}")
            before = len(_polls(play))
            life = play.live()
            begun = time.monotonic()
            play.until(lambda before=before: len(_polls(play)) > before)  # type: ignore[misc]
            slowest = max(slowest, time.monotonic() - begun)
        verdict.late += ["the stop"] if longest > STOP_WITHIN else []
        verdict.late += ["the start"] if slowest > POLL_WITHIN else []
        _judge_updates(verdict, play)
        verdict.figures |= {"stops": size.stops, "longest stop": longest, "first poll": slowest}
    return verdict


def poisoned(seed: int, size: Size) -> Verdict:
    """R4: updates that cannot be understood, among those that can."""
    chance, verdict = random.Random(seed), Verdict()
    with stage(rate=HURRIED, dealt=True) as play:
        life = _at_work(play)
        good = _doings(chance, min(size.garbled, 8000))
        bad = [("garble", number % 300, seed * 10**6 + number) for number in range(size.garbled)]
        mixed = [*good, *bad]
        chance.shuffle(mixed)
        before = life.program.memory()
        for start in range(0, len(mixed), 500):
            play.act(*mixed[start : start + 500])
        _judge_updates(verdict, play)
        verdict.figures |= {
            "garbled": len(bad),
            "set aside": play.ask("SELECT count(*) FROM incoming WHERE state = 'dead'")[0][0],
            "more MB": life.program.memory() - before,
        }
        if not life.alive:
            verdict.wrong.append("the program ended")
    return verdict


def away(seed: int, size: Size) -> Verdict:
    """R5: Telegram is away when the cards are due; then 401 once, 409, and half JSON."""
    verdict = Verdict()
    port = _free_port()
    with stage(ZAOHUI_HTTP_PORT=str(port)) as play:
        play.time.set(DUE - timedelta(seconds=5))
        play.live()
        play.until(lambda: bool(_polls(play)))
        time.sleep(max(play.time.until(DUE) - 1.0, 0))
        play.fault({"kind": "drop_before"})
        gone = time.monotonic()
        polls = len(_polls(play))
        time.sleep(size.away)
        asked = (len(_polls(play)) - polls) / size.away
        verdict.figures["polls a second"] = asked
        verdict.figures["health"] = httpx.get(f"http://127.0.0.1:{port}/healthz").status_code
        if verdict.figures["health"] == 200:
            verdict.wrong.append("health is green while Telegram is away")
        if asked > 2:
            verdict.wrong.append("it asks too often")
        play.fault()
        back = time.monotonic()
        play.until(
            lambda: (
                any(
                    c["code"] == 200 and float(str(c["at_monotonic"])) > back for c in _polls(play)
                )
                or _waits(play)
            )
        )
        verdict.figures["again after"] = time.monotonic() - back
        verdict.figures["away"] = back - gone
        _all_carried(play)
        for fault in ("garbage", "conflict"):
            play.fault({"kind": fault, "methods": ["getUpdates"], "n": 2})
            play.act(*_doings(random.Random(seed), 20))
            play.until(play.calm)
        _judge_updates(verdict, play)
        _judge_cards(verdict, play, 1)
    return verdict


def _waits(play: Stage) -> bool:
    """Whether a poll is open."""
    polls = _polls(play)
    return bool(polls) and polls[-1]["code"] is None


def _at_work(play: Stage) -> Life:
    life = play.live()
    if not play.until(lambda: bool(_polls(play)), 30):
        raise TimeoutError(f"the program does not poll: {play.log()}")
    return life


def _doings(chance: random.Random, count: int, first: int = 0) -> list[tuple[str, int]]:
    """Taps by members who did not tap yet, and promises by any of them."""
    places = range(first, first + count)
    return [
        ("tap", place % 9000) if chance.random() < 0.6 else ("promise", chance.randrange(9000))
        for place in places
    ]


def _polls(play: Stage) -> list[dict[str, object]]:
    return [call for call in play.calls() if call["method"] == "getUpdates"]


def _judge_updates(verdict: Verdict, play: Stage) -> None:
    if not play.until(play.calm):
        verdict.stuck.append("it never came to rest")
    history = play.history()
    checker.updates(
        verdict,
        history["done"],
        play.ask("SELECT update_id, state FROM incoming"),
        play.ask(
            "SELECT p.telegram_id FROM checkin k JOIN member m ON m.id = k.member_id "
            "JOIN person p ON p.id = m.person_id"
        ),
        play.ask("SELECT text FROM commitment ORDER BY id"),
    )
    verdict.figures["updates"] = len(history["done"])


# -- the database ----------------------------------------------------------------------------

HOLDER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=15)
connection.execute("BEGIN IMMEDIATE")
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
"""


def locked(seed: int, size: Size) -> Verdict:
    """D1: somebody else holds the write lock for 10 s while people tap."""
    verdict, held = Verdict(), min(size.away, 10.0)
    with stage(dealt=True) as play:
        _at_work(play)
        holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(play.file), str(held)])
        for place in range(size.taps):
            play.act(("tap", place))
            time.sleep(0.02)
        holder.wait()
        _judge_updates(verdict, play)
        play.until(lambda: not play.history()["watching"])
        history = play.history()
        verdict.figures |= {"slowest": max(history["answers"]), "held": held}
        verdict.late += ["a tap without an answer"] * history["unanswered"]
        verdict.late += [f"{took:.0f} s" for took in history["answers"] if took > held + 1]
    return verdict


def crowded(seed: int, size: Size) -> Verdict:
    """D2: one member taps a thousand times at once."""
    verdict = Verdict()
    with stage(dealt=True) as play:
        _at_work(play)
        play.press(seed % 300, size.taps)
        play.until(play.calm)
        play.until(lambda: not play.history()["watching"])
        history = play.history()
        found = play.ask("SELECT count(*) FROM checkin")[0][0]
        if found != 1:
            verdict.wrong.append(f"{found} check-ins")
        verdict.late += ["a tap without an answer"] * history["unanswered"]
        verdict.figures |= {"taps": size.taps, "answers": len(history["answers"])}
        _judge_updates(verdict, play)
    return verdict


def alone(seed: int, size: Size) -> Verdict:
    """R6: a second program on the same file is refused, and the first goes on."""
    verdict = Verdict()
    with stage(dealt=True) as play:
        first = _at_work(play)
        took, code = play.live().ended(20)
        verdict.figures |= {"refused after": took, "code": code}
        if code == 0 or not first.alive:
            verdict.wrong.append("both ran" if code == 0 else "the first one ended")
        if "Traceback" in play.log():
            verdict.wrong.append("a traceback instead of a sentence")
        play.act(*_doings(random.Random(seed), 20))
        _judge_updates(verdict, play)
    return verdict


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


TRIALS: dict[str, Trial] = {
    "O1": killed,
    "O2": torn,
    "O5": limits,
    "R1": received,
    "R2": stopped,
    "R4": poisoned,
    "R5": away,
    "R6": alone,
    "D1": locked,
    "D2": crowded,
    "C1": punctual,
}
