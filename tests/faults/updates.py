"""Trials of what comes in: taps, promises and nonsense, while the program dies or stumbles."""

import random
import socket
import statistics
import time
from datetime import timedelta

import httpx

from tests.bench import crowd
from tests.faults.checker import Verdict
from tests.faults.judging import (
    all_carried,
    at_work,
    count,
    doings,
    gets_on,
    judge_cards,
    judge_updates,
    polls,
)
from tests.faults.pushes import SEND, SLOW
from tests.faults.sizes import Size
from tests.faults.stage import DUE, HURRIED, SABOTAGE, Stage, stage

STOP_WITHIN = 9.0
POLL_WITHIN = 5.0
ANSWER_WITHIN = 5.0
TAP_LIFE = 150.0
TENFOLD = 10.0


def received(seed: int, size: Size) -> Verdict:
    """R1: killed at random moments while people tap and promise."""
    chance, verdict = random.Random(seed), Verdict()
    with stage(rate=HURRIED, dealt=True) as play:
        life = at_work(play)
        left = doings(chance, size.updates)
        portion = max(1, len(left) // (size.kills + 1))
        for _ in range(size.kills):
            play.act(*left[:portion])
            left = left[portion:]
            gets_on(play, chance, lambda: _handled(play), most=portion)
            life.kill()
            life = play.live()
        play.act(*left)
        judge_updates(verdict, play)
        verdict.figures["kills"] = size.kills
    return verdict


def _handled(play: Stage) -> int:
    (found,) = play.ask("SELECT count(*) FROM incoming WHERE state = 'done'")[0]
    return int(found)


def stopped(seed: int, size: Size) -> Verdict:
    """R2: told to stop in the middle of it, as by a deployment."""
    chance, verdict = random.Random(seed), Verdict()
    longest, slowest = 0.0, 0.0
    with stage(rate=HURRIED, dealt=True) as play:
        play.fault(SLOW)
        life = at_work(play)
        for left in range(size.stops):
            play.act(*doings(chance, size.updates // size.stops, first=left * 400))
            time.sleep(chance.uniform(0.1, 0.8))
            took, code = life.stop()
            longest = max(longest, took)
            if code != 0:
                verdict.wrong.append(f"it ended with {code}")
            before = len(polls(play))
            life = play.live()
            begun = time.monotonic()
            play.until(lambda before=before: len(polls(play)) > before)  # type: ignore[misc]
            slowest = max(slowest, time.monotonic() - begun)
        verdict.late += ["the stop"] if longest > STOP_WITHIN else []
        verdict.late += ["the start"] if slowest > POLL_WITHIN else []
        judge_updates(verdict, play)
        verdict.figures |= {"stops": size.stops, "longest stop": longest, "first poll": slowest}
    return verdict


def stumbling(seed: int, size: Size) -> Verdict:
    """R3: of the handlers 5 % fail, 1 % find a lock, 1 % hang; and some words always fail."""
    chance, verdict = random.Random(seed), Verdict()
    cursed = max(size.updates // 100, 3)
    with stage(dealt=True) as play:
        at_work(play, *SABOTAGE, "stumble", str(seed), "run")
        wishes = doings(chance, size.updates // 3)
        wishes += [("cursed", chance.randrange(9000)) for _ in range(cursed)]
        chance.shuffle(wishes)
        for wish in wishes:
            play.act(wish)
            time.sleep(0.05)
        judge_updates(verdict, play)
        dead = play.ask("SELECT attempts FROM incoming WHERE state = 'dead'")
        if dead != [(5,)] * cursed:
            verdict.wrong.append(f"set aside after so many tries: {dead}, of {cursed}")
        tried = play.ask("SELECT count(*) FROM incoming WHERE attempts > 0")[0][0]
        verdict.figures |= {"failed at first": tried, "set aside": len(dead)}
        answers = play.history()["answers"]
        verdict.figures["median answer"] = statistics.median(answers)
        if verdict.figures["median answer"] > 1:
            verdict.late.append("the answers to those who did not fail")
    return verdict


def poisoned(seed: int, size: Size) -> Verdict:
    """R4: updates that cannot be understood, among those that can."""
    chance, verdict = random.Random(seed), Verdict()
    with stage(rate=HURRIED, dealt=True) as play:
        life = at_work(play)
        good = doings(chance, min(size.garbled, 8000))
        bad = [("garble", number % 300, seed * 10**6 + number) for number in range(size.garbled)]
        mixed = [*good, *bad]
        chance.shuffle(mixed)
        before = life.program.memory()
        for start in range(0, len(mixed), 500):
            play.act(*mixed[start : start + 500])
        judge_updates(verdict, play)
        verdict.figures |= {
            "garbled": len(bad),
            "set aside": play.ask("SELECT count(*) FROM incoming WHERE state = 'dead'")[0][0],
            "more MB": life.program.memory() - before,
        }
        if not life.alive:
            verdict.wrong.append("the program ended")
    return verdict


def away(seed: int, size: Size) -> Verdict:
    """R5: Telegram is away when the cards are due; then 409, half JSON, a hole, and 401 once."""
    verdict = Verdict()
    port = free_port()
    with stage(ZAOHUI_HTTP_PORT=str(port)) as play:
        play.time.set(DUE - timedelta(seconds=5))
        play.live()
        play.until(lambda: bool(polls(play)))
        time.sleep(max(play.time.until(DUE) - 1.0, 0))
        play.fault({"kind": "drop_before"})
        gone, before = time.monotonic(), len(polls(play))
        time.sleep(size.away)
        asked = (len(polls(play)) - before) / size.away
        health = httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code
        verdict.figures |= {"polls a second": asked, "health": health}
        if health == 200 and size.away > 30:  # a poll that was open may stay so for 25 s
            verdict.wrong.append("health is green while Telegram is away")
        if asked > 2:
            verdict.wrong.append("it asks too often")
        play.fault()
        back = time.monotonic()
        play.until(lambda: _heard_since(play, back))
        verdict.figures |= {"away": back - gone, "again after": time.monotonic() - back}
        all_carried(play)
        for number, fault in enumerate(("garbage", "conflict", "unauthorized", "http_502")):
            play.fault({"kind": fault, "methods": ["getUpdates"], "n": 2 - (number == 2)})
            play.act(*doings(random.Random(seed + number), 20, first=number * 20))
            play.until(play.calm)
        judge_updates(verdict, play)
        judge_cards(verdict, play, 1)
    return verdict


def _heard_since(play: Stage, moment: float) -> bool:
    """Whether a poll was answered since, or is open."""
    found = polls(play)
    open_ = bool(found) and found[-1]["code"] is None
    return open_ or any(c["code"] == 200 and float(c["at_monotonic"]) > moment for c in found)


def silent(seed: int, size: Size) -> Verdict:
    """R7: the program is down for a minute and a half, then for ten, while people tap."""
    verdict = Verdict()
    asked = "key LIKE 'outage:%'"
    with stage(rate=TENFOLD, telegram=TENFOLD) as play:
        play.time.set(DUE - timedelta(seconds=20))
        life = play.live()
        all_carried(play)
        play.until(play.calm)
        life.kill()
        _down(play, seconds=90, first=0)
        life = at_work(play)
        judge_updates(verdict, play)
        if found := count(play, asked):
            verdict.wrong.append(f"{found} groups were asked to tap again for nothing")
        life.kill()
        gone = time.monotonic()
        _down(play, seconds=600, first=1000)
        at_work(play)
        back = float(polls(play)[-1]["at_monotonic"])
        too_old = back - TAP_LIFE / TENFOLD + 0.3
        judge_updates(
            verdict, play, lambda one: one["kind"] == "tap" and gone < one["at"] < too_old
        )
        all_asked = f"{asked} AND state = 'sent'"
        play.until(lambda: count(play, all_asked) == crowd.TEAMS, 60 / TENFOLD)
        if (found := count(play, all_asked)) != crowd.TEAMS:
            verdict.wrong.append(f"{found} of {crowd.TEAMS} groups were asked to tap again")
        taken = {update for (update,) in play.ask("SELECT update_id FROM incoming")}
        lost = [one for one in play.history()["done"] if one["update"] not in taken]
        verdict.figures |= {"taps that Telegram gave up": len(lost), "groups asked again": found}
        judge_cards(verdict, play, 1)
    return verdict


def _down(play: Stage, seconds: float, first: int) -> None:
    """Nobody is there for so long, of the program's time, while a member taps each ten seconds."""
    for place in range(int(seconds / 10)):
        play.act(("tap", first + place))
        time.sleep(10 / TENFOLD)


def ordered(seed: int, size: Size) -> Verdict:
    """R8: 20 groups, each with many words in a row, while answers take their time."""
    chance, verdict = random.Random(seed), Verdict()
    amount = size.updates * 2
    with stage(dealt=True) as play:
        at_work(play)
        play.fault({"kind": "slow", "seconds": 0.3, "p": 0.2, "methods": SEND})
        wishes = [
            ("promise", chance.randrange(20) + 300 * chance.randrange(30)) for _ in range(amount)
        ]
        begun = time.monotonic()
        play.act(*wishes)
        play.until(lambda: _handled(play) >= amount)
        verdict.figures["a second"] = amount / (time.monotonic() - begun)
        judge_updates(verdict, play)
    return verdict


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
