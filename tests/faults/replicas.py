"""A trial of three replicas on one PostgreSQL, of which one after another is killed."""

import random
import time

from bot.app import POLLER, POSTMAN
from storage.database import number
from tests import postgres
from tests.bench import crowd
from tests.faults.checker import Verdict
from tests.faults.judging import carried, count, judge_cards, judge_updates, polls
from tests.faults.pushes import SLOW
from tests.faults.sizes import Size
from tests.faults.stage import DAY, DUE, EARLY, HURRIED, Life, Stage, stage
from tests.replicas.house import HOLDER

REPLICAS = 3
TAKEOVER = 5.0  # seconds until another asks Telegram for updates


def killed(seed: int, size: Size) -> Verdict:
    """R6P: three replicas; whoever polls or posts is killed while cards go out."""
    chance, verdict = random.Random(seed), Verdict()
    most, kills, days, slowest = max(size.kills // 4, 2), 0, 0, 0.0
    with (
        postgres.serving() as served,
        served.database() as address,
        stage(rate=HURRIED, server=address) as play,
    ):
        play.fault(SLOW)
        while kills < most:
            play.time.set(DUE + days * DAY - EARLY)
            days += 1
            replicas = [play.live() for _ in range(REPLICAS)]
            play.until(lambda days=days: carried(play) > (days - 1) * crowd.TEAMS)  # type: ignore[misc]
            while kills < most and carried(play) < days * crowd.TEAMS:
                play.act(*[("promise", chance.randrange(9000)) for _ in range(10)])
                time.sleep(chance.uniform(0.2, 1.5))
                role = chance.choice([POLLER, POSTMAN])
                victim = _holder(play, replicas, role)
                carries = victim is _holder(play, replicas, POSTMAN)
                last = int(play.calls()[-1]["seq"])
                victim.kill()
                if carries:
                    verdict.allowed += count(play, "state = 'sending'")
                kills += 1
                if role == POLLER:
                    begun = time.monotonic()
                    play.until(lambda last=last: bool(polls(play, last)), 30)  # type: ignore[misc]
                    slowest = max(slowest, time.monotonic() - begun)
                replicas.remove(victim)
                replicas.append(play.live())
            play.until(play.calm)
            for replica in replicas:
                replica.stop()
        verdict.late += [f"another polled after {slowest:.1f} s"] if slowest > TAKEOVER else []
        judge_cards(verdict, play, days)
        judge_updates(verdict, play)
        verdict.figures |= {
            "kills": kills,
            "messages": days * crowd.TEAMS,
            "slowest takeover": slowest,
        }
    return verdict


def _holder(play: Stage, replicas: list[Life], role: str) -> Life:
    """Whose process does what one at a time may do."""
    found: list[Life] = []

    def known() -> bool:
        pids = {pid for (pid,) in play.ask(HOLDER, number(role))}
        found[:] = [replica for replica in replicas if replica.program.pid in pids]
        return bool(found)

    if not play.until(known, 30):
        raise TimeoutError(f"nobody is the {role}: {play.log()}")
    return found[0]
