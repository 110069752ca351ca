"""Trials of what is pushed: the cards of 300 teams, and everything that may happen to them.

The program's clock runs 30 times as fast where the program would otherwise wait for 90 seconds
before it decides what became of a message.
"""

import random
import statistics
import time
from collections.abc import Sequence
from datetime import timedelta

from tests.bench import crowd
from tests.faults.checker import Verdict
from tests.faults.judging import (
    all_carried,
    carried,
    count,
    gets_on,
    judge_cards,
    judge_updates,
)
from tests.faults.sabotage import CRASHED, PLACES
from tests.faults.sizes import Size
from tests.faults.stage import DAY, DUE, EARLY, HURRIED, RUN, SABOTAGE, Stage, stage

SEND = ("sendMessage",)
SLOW = {"kind": "slow", "seconds": 0.15, "methods": SEND}  # so that messages are in flight
TORN = (
    {"kind": "lost_answer", "p": 0.05},
    {"kind": "drop_before", "p": 0.05},
    {"kind": "http_502_before", "p": 0.03},
    {"kind": "http_502_after", "p": 0.02},
    {"kind": "flood", "p": 0.05, "seconds": 1},
    {"kind": "garbage", "p": 0.01},
)
REFUSE = 20  # groups of each of three kinds


def killed(seed: int, size: Size) -> Verdict:
    """O1: killed at random moments while the cards of 300 groups go out."""
    return _pushes(seed, size.kills, (SLOW,))


def looked(seed: int, size: Size) -> Verdict:
    """O1P: the same with the probe, that finds what arrived: up to 40 others write in between."""
    hasty = (*SABOTAGE, "hasty", "run")  # it would take hours at its own pace
    return _pushes(seed, _few(size), (SLOW,), module=hasty, probe=True)


def torn(seed: int, size: Size) -> Verdict:
    """O2: the same, with answers lost, lines reset, 502 before and after, 429 and half JSON."""
    faults = tuple({**fault, "methods": SEND} for fault in TORN)
    return _pushes(seed, _few(size), (*faults, SLOW), loses=True)


def torn_and_looked(seed: int, size: Size) -> Verdict:
    """O2P: the same with the probe."""
    faults = tuple({**fault, "methods": SEND} for fault in TORN)
    hasty = (*SABOTAGE, "hasty", "run")
    return _pushes(seed, _few(size), (*faults, SLOW), module=hasty, probe=True)


def _few(size: Size) -> int:
    return max(size.kills * 3 // 10, 2)


def _pushes(
    seed: int,
    most: int,
    faults: Sequence[dict[str, object]],
    *,
    module: Sequence[str] = RUN,
    loses: bool = False,
    probe: bool = False,
) -> Verdict:
    chance, verdict, days, kills, flying = random.Random(seed), Verdict(), 0, 0, 0
    with stage(rate=HURRIED, ZAOHUI_PROBE=str(probe)) as play:
        play.fault(*faults)
        while kills < most:
            play.time.set(DUE + days * DAY - EARLY)
            days += 1
            life = play.live(*module)
            while kills < most:
                gets_on(play, chance, lambda: carried(play), most=60)
                if carried(play) == days * crowd.TEAMS:
                    break
                life.kill()
                kills += 1
                flying += count(play, "state = 'sending'")
                life = play.live(*module)
            play.until(play.calm)
            life.stop()
        if not probe:  # an answer lost on the way leaves a message as unknown as a kill does
            verdict.allowed = count(play, "resent") if loses else flying
        judge_cards(verdict, play, days)
        verdict.figures |= {
            "kills": kills,
            "messages": days * crowd.TEAMS,
            "in flight at kills": flying,
            "sent again": count(play, "resent"),
        }
    return verdict


def crashed(seed: int, size: Size) -> Verdict:
    """O3: gone at each place that has a name, while cards go out and people promise and tap."""
    chance, verdict = random.Random(seed), Verdict()
    names = list(PLACES)
    if size.places:
        names = chance.sample(names, size.places)
    with stage(rate=HURRIED) as play:
        play.fault({**SLOW, "seconds": 0.02})
        _a_day(play, 0, verdict)
        for day, name in enumerate(names, start=1):
            times = chance.randint(1, PLACES[name].often)
            play.time.set(DUE + day * DAY - EARLY)
            life = play.live(*SABOTAGE, "crash", name, str(times), "run")
            play.act(*[("promise", place) for place in range(40)])
            play.act(*[("tap", day * 60 + place) for place in range(30)])
            play.until(lambda life=life: not life.alive, 60)  # type: ignore[misc]
            if life.alive:
                verdict.wrong.append(f"it never came there {times} times: {name}")
                life.kill()
            elif life.code != CRASHED:
                verdict.wrong.append(f"it ended with {life.code}: {name}")
            verdict.allowed += count(play, "state = 'sending'")
            _a_day(play, day, verdict)
        play.live()  # where the last stop came between a change and its edit
        judge_updates(verdict, play)
        judge_cards(verdict, play, len(names) + 1)
        verdict.figures |= {"places": len(names), "messages": (len(names) + 1) * crowd.TEAMS}
    return verdict


def _a_day(play: Stage, day: int, verdict: Verdict) -> None:
    """The cards of a day go out, or the rest of them."""
    if not day:
        play.time.set(DUE - EARLY)
    life = play.live()
    play.until(lambda: carried(play) == (day + 1) * crowd.TEAMS)
    if not play.until(play.calm):
        verdict.stuck.append(f"on day {day} it never came to rest: {play.left()[:5]}")
    life.stop()


def refused(seed: int, size: Size) -> Verdict:
    """O7: 60 of 300 groups refuse us, some without a word; 40 take us back in time."""
    verdict = Verdict()
    chats = random.Random(seed).sample(range(crowd.TEAMS), 3 * REFUSE)
    gone, silent, late = chats[:REFUSE], chats[REFUSE : 2 * REFUSE], chats[2 * REFUSE :]
    refusing, back = len(chats), crowd.TEAMS - len(late)
    with stage(rate=HURRIED) as play:
        play.act(*[("bot_is", team, "kicked") for team in (*gone, *late)])
        play.fault({"kind": "kicked", "chats": [crowd.group(team) for team in silent]})
        play.time.set(DUE - EARLY)
        life = play.live()
        all_carried(play)
        play.until(lambda: _troubles_told(play) == refusing and play.calm(), 30)
        calls = [call for call in play.calls() if call["method"] == "sendMessage"]
        tries = [call for call in calls if call["code"] == 403]
        if (cards := _cards(play)) != {"sent": crowd.TEAMS - refusing, "held": refusing}:
            verdict.wrong.append(f"at first they were {cards}")
        if len(tries) != len(silent):
            verdict.wrong.append(f"{len(tries)} tries where {len(silent)} refuse without a word")
        play.fault()
        play.act(*[("bot_is", team, "member") for team in gone])
        play.act(*[("promise", team) for team in silent])  # our answer shows that we may speak
        play.until(lambda: _cards(play).get("sent") == back and play.calm())
        life.stop()
        play.time.set(DUE + timedelta(hours=3))
        play.act(*[("bot_is", team, "member") for team in late])
        play.live()
        play.until(lambda: not _cards(play).get("held"))
        play.until(play.calm)
        if (cards := _cards(play)) != {"sent": back, "expired": len(late)}:
            verdict.wrong.append(f"at the end they were {cards}")
        if (told := _troubles_told(play)) != refusing:
            verdict.wrong.append(f"{told} words on {refusing} troubles")
        judge_cards(verdict, play, 1)
        verdict.figures |= {"refusing": refusing, "tries there": len(tries), "too late": len(late)}
    return verdict


def _troubles_told(play: Stage) -> int:
    (found,) = play.ask("SELECT count(*) FROM slot WHERE job = 'troubles'")[0]
    return int(found)


def _cards(play: Stage) -> dict[str, int]:
    return dict(
        play.ask("SELECT state, count(*) FROM outgoing WHERE key LIKE 'card:%' GROUP BY state")
    )


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
        all_carried(play)
        sent = _sent(play, due)
        verdict.figures |= {"p50": statistics.median(sent), "last": max(sent)}
        verdict.late += [f"{took:.0f} s" for took in sent if took > 60]
        judge_cards(verdict, play, 1)
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
        all_carried(play)
        play.until(play.calm)
        calls = [call for call in play.calls() if call["method"] == "sendMessage"]
        floods = [call for call in calls if call["code"] == 429]
        others = _sent(play, due, but=shut)
        verdict.figures |= {"429": len(floods), "last": max(others), "calls": len(calls)}
        if len(floods) - 1 > len(calls) / 100:
            verdict.wrong.append(f"{len(floods)} of {len(calls)} calls were one too many")
        verdict.late += [f"{took:.0f} s" for took in others if took > size.last]
        judge_cards(verdict, play, 1)
    return verdict


def _sent(play: Stage, due: float, but: int = 0) -> list[float]:
    """How long after `due` each message was taken."""
    return [
        call["at_monotonic"] - due
        for call in play.calls()
        if call["method"] == "sendMessage" and call["code"] == 200
        if str(call["params"]["chat_id"]) != str(but)
    ]
