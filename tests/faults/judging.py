"""What trials wait for, and how they compare what people did and were owed with what came."""

import random
import time
from collections.abc import Callable

from tests.bench import crowd
from tests.faults import checker
from tests.faults.checker import Verdict
from tests.faults.stage import Json, Life, Stage


def gets_on(play: Stage, chance: random.Random, how_far: Callable[[], int], most: int) -> None:
    """Wait for a moment to kill at: mostly when up to `most` more are counted, now and then
    while the program still starts.
    """
    if chance.random() < 0.15:
        time.sleep(chance.uniform(0.3, 1.5))
        return
    enough = how_far() + chance.randint(1, most)
    play.until(lambda: how_far() >= enough, 15)
    time.sleep(chance.uniform(0.0, 0.1))


def carried(play: Stage) -> int:
    """How many cards are settled."""
    return count(play, "key LIKE 'card:%' AND state NOT IN ('pending', 'sending', 'unknown')")


def all_carried(play: Stage) -> None:
    """Wait until every card of a day is settled. Raises TimeoutError."""
    if not play.until(lambda: carried(play) >= crowd.TEAMS):
        raise TimeoutError(f"{carried(play)} cards went out, and no more came: {play.log()}")


def count(play: Stage, condition: str) -> int:
    """How many calls are so."""
    (found,) = play.ask(f"SELECT count(*) FROM outgoing WHERE {condition}")[0]
    return int(found)


def judge_cards(verdict: Verdict, play: Stage, days: int) -> None:
    """Compare what was owed with what stands in the groups."""
    owed = play.ask(
        "SELECT CAST(substr(o.key, 6) AS INTEGER), c.telegram_id, o.state, o.message_id "
        "FROM outgoing o JOIN chat c ON c.id = o.chat_id WHERE o.key LIKE 'card:%'"
    )
    teams = [crowd.group(team) for team in range(crowd.TEAMS)] * days
    checker.cards(verdict, play.history()["cards"], owed, teams)


def at_work(play: Stage, *module: str) -> Life:
    """The program, once it polls. Raises TimeoutError."""
    before = _latest(play)
    life = play.live(*module)
    if not play.until(lambda: bool(polls(play, before)), 30):
        raise TimeoutError(f"the program does not poll: {play.log()}")
    return life


def polls(play: Stage, since: int = 0) -> list[Json]:
    """The latest calls that asked for updates, after one with the number `since`."""
    return [call for call in play.calls(since) if call["method"] == "getUpdates"]


def _latest(play: Stage) -> int:
    return max((int(call["seq"]) for call in play.calls()), default=0)


def doings(chance: random.Random, amount: int, first: int = 0) -> list[tuple[str, int]]:
    """Taps by members who did not tap yet, and promises by any of them."""
    places = range(first, first + amount)
    return [
        ("tap", place % 9000) if chance.random() < 0.6 else ("promise", chance.randrange(9000))
        for place in places
    ]


def judge_updates(
    verdict: Verdict, play: Stage, given_up: Callable[[Json], bool] = lambda _: False
) -> None:
    """Compare what people did with what is written down of it, once all is at rest.

    `given_up`: what Telegram itself did not keep.
    """
    if not play.until(play.calm):
        verdict.stuck.append(f"it never came to rest: {play.left()[:5]}")
    done = play.history()["done"]
    checker.updates(
        verdict,
        [one for one in done if not given_up(one)],
        play.ask("SELECT update_id, state FROM incoming"),
        play.ask(
            "SELECT p.telegram_id FROM checkin k JOIN member m ON m.id = k.member_id "
            "JOIN person p ON p.id = m.person_id"
        ),
        play.ask("SELECT text FROM commitment ORDER BY id"),
    )
    verdict.figures["updates"] = len(done)


def judge_answers(verdict: Verdict, play: Stage, most: float) -> None:
    """Compare how long people waited for an answer to their taps with `most` seconds."""
    play.until(lambda: not play.history()["watching"])
    history = play.history()
    answers = sorted(history["answers"])
    verdict.late += ["a tap without an answer"] * history["unanswered"]
    verdict.late += [f"{took:.1f} s" for took in answers if took > most]
    if answers:
        verdict.figures["median answer"] = answers[len(answers) // 2]
        verdict.figures["slowest answer"] = answers[-1]
