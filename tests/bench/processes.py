"""Programs that are measured from outside: started, watched by what the kernel knows, ended."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.bench import crowd

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds until a measurement gives up
GLANCE = 0.03  # seconds between looks at what was called
TICKS = os.sysconf("SC_CLK_TCK")

OURS = ("-m", "bot", "run")
BARE = ("-m", "tests.bench.bare")
STAND = ("-m", "tests.bench.stand")


@dataclass(frozen=True)
class Program:
    """A process at work, and when it was started, in monotonic seconds."""

    pid: int
    begun: float

    def memory(self) -> float:
        """Megabytes that it holds in memory now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024 / 1e6

    def work(self) -> float:
        """Seconds of a processor that it has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def started(
    module: Sequence[str], at: Path, environment: dict[str, str], log: str
) -> Iterator[tuple[Program, "subprocess.Popen[str]"]]:
    """Run a Python module in the directory `at` while the block runs; it logs to a file there."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ZAOHUI_")}
    with (at / log).open("a") as errors:
        begun = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, *module],
            cwd=at,
            env={
                **clean,
                "PYTHONPATH": str(ROOT),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            yield Program(process.pid, begun), process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()


class Stand:
    """The other side, as the bench sees it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = httpx.Client(base_url=address, timeout=120, trust_env=False)
        self._seen = 0

    def calls(self) -> list[dict[str, Any]]:
        """What was called since this was last asked."""
        answer = self._http.get("/api/calls", params={"since": self._seen}).raise_for_status()
        told = answer.json()
        self._seen = told["seq"]
        return list(told["calls"])

    def until(self, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Wait for calls, beginning with news; those that are enough. Raises TimeoutError."""
        found: list[dict[str, Any]] = []
        limit = time.monotonic() + PATIENCE
        while not enough(found):
            if time.monotonic() > limit:
                raise TimeoutError(f"after {len(found)} calls it was still not enough")
            time.sleep(GLANCE)
            found += self.calls()
        return found

    def taps(self, first: int, count: int, rate: float) -> dict[str, Any]:
        """Let members tap; what they saw."""
        wish = {"first": first, "count": count, "rate": rate}
        answer = self._http.post("/bench/taps", json=wish).raise_for_status()
        return dict(answer.json())

    def close(self) -> None:
        """Hang up."""
        self._http.close()


@contextmanager
def standing(at: Path) -> Iterator[Stand]:
    """The other side in a process of its own, at work while the block runs."""
    with started(STAND, at, {}, "stand.log") as (_, process):
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        if not port:
            raise RuntimeError(f"the other side did not start: {(at / 'stand.log').read_text()}")
        stand = Stand(f"http://127.0.0.1:{port}")
        try:
            yield stand
        finally:
            stand.close()


@contextmanager
def bot(module: Sequence[str], at: Path, stand: Stand, database: Path) -> Iterator[Program]:
    """A bot that polls the other side while the block runs."""
    environment = {
        "ZAOHUI_TOKEN": crowd.TOKEN,
        "ZAOHUI_API_URL": stand.address,
        "ZAOHUI_DATABASE_URL": f"sqlite:///{database}",
        "ZAOHUI_OWNER_IDS": str(crowd.OWNER),
        "ZAOHUI_HTTP_PORT": "0",
        "ZAOHUI_LOG_LEVEL": "warning",
    }
    with started(module, at, environment, "bot.log") as (program, _):
        yield program
