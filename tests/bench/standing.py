"""The other side, as the parts of the bench see it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bot.programs import HOST
from tests.bench.crowd import Crowd
from tests.bench.processes import Bot, listening, started
from tests.bench.wire import LOOPBACK, Road

PATIENCE = 60.0  # seconds until a measurement gives up
LONGEST = 600.0  # seconds that members may tap
GLANCE = 0.03  # seconds between looks at what was called

Found = TypeVar("Found")
Card = tuple[
    int, Mapping[str, Any]
]  # a chat by Telegram's id, and the call that posts the message


@dataclass(frozen=True)
class Taps:
    """How taps were answered."""

    count: int
    unanswered: int
    milliseconds: Sequence[float]  # each tap's, in order of size
    begun: float  # in monotonic seconds
    seconds: float  # until the last answer
    busy: float  # share of a processor that the other side needed

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.milliseconds) / self.seconds if self.seconds else 0.0


class Stand:
    """The other side at work."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = httpx.Client(base_url=address, timeout=LONGEST, trust_env=False)

    def _do(self, verb: str, **wish: Any) -> Any:
        return self._http.post(f"/bench/{verb}", json=wish).raise_for_status().json()

    def forget(self) -> None:
        """Another bot begins."""
        self._do("forget")

    def hang(self, cards: Sequence[Card]) -> None:
        """Let cards stand in their chats."""
        self._do("hang", cards=cards)

    def told(self) -> dict[str, Any]:
        """What bots did so far."""
        return dict(self._do("told"))

    def say(self, user: int, text: str) -> None:
        """Somebody writes to the bot."""
        self._do("say", user=user, text=text)

    def press(self, user: int, label: str) -> bool:
        """Somebody taps a button in the private chat; False: there is none of these words yet."""
        return bool(self._do("press", user=user, label=label))

    def shown(self) -> list[str]:
        """The texts of the newest messages, one for each chat."""
        return list(self._do("shown"))

    def taps(self, first: int, count: int, rate: float = 0, doors: Sequence[int] = ()) -> Taps:
        """Let members tap, so many a second or (0) all at once."""
        seen = self._do("taps", first=first, count=count, rate=rate, doors=doors)
        taken = sorted(seen["milliseconds"])
        last = seen["begun"], seen["seconds"], seen["busy"]
        return Taps(count, seen["unanswered"], taken, *last)

    def until_asked(self, bots: Sequence[Bot]) -> float:
        """Wait until bots are there for updates; when the first was. Raises TimeoutError."""

        def there() -> float | None:
            for bot in bots:
                bot.check()
                if bot.door and not listening(bot.door):
                    return None
            asked: float | None = self.told()["asked"]
            return asked

        return until(there)

    def close(self) -> None:
        """Hang up."""
        self._http.close()


def until(found: Callable[[], Found | None], patience: float = PATIENCE) -> Found:
    """Look until there is something; what it is. Raises TimeoutError."""
    limit = time.monotonic() + patience
    while (what := found()) is None:
        if time.monotonic() > limit:
            raise TimeoutError(f"nothing came of it in {patience:g} s")
        time.sleep(GLANCE)
    return what


@contextmanager
def standing(at: Path, crowd: Crowd, road: Road = LOOPBACK) -> Iterator[Stand]:
    """The other side in a process of its own, at work while the block runs."""
    module = ("-m", "tests.bench.stand", str(crowd.teams), str(crowd.size), road.name)
    with started(module, at, {}, "stand.log") as (_, process):
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        if not port:
            raise RuntimeError(f"the other side did not start: {(at / 'stand.log').read_text()}")
        stand = Stand(f"http://{HOST}:{port}")
        try:
            yield stand
        finally:
            stand.close()
