"""Programs that are measured from outside: started, watched by what the kernel knows, ended."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.programs import HOST
from tests.bench import crowd

ROOT = Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")

OURS = ("-m", "bot", "run")
BARE = ("-m", "tests.bench.bare")


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


@dataclass(frozen=True)
class Bot(Program):
    """A bot at work: by polling, or with a webhook at the port `door`."""

    process: "subprocess.Popen[str]"
    log: Path
    door: int = 0

    def check(self) -> None:
        """Raises RuntimeError with what it said last where it has ended."""
        if self.process.poll() is not None:
            raise RuntimeError(f"the bot ended by itself: {self.log.read_text()[-2000:]}")


@contextmanager
def bot(
    module: Sequence[str], at: Path, api: str, database: str, *, hooked: bool = False
) -> Iterator[Bot]:
    """A bot at work on the Bot API at `api` while the block runs, by polling or by webhook."""
    door = free_port() if hooked else 0
    environment = {
        "ZAOHUI_TOKEN": crowd.TOKEN,
        "ZAOHUI_API_URL": api,
        "ZAOHUI_DATABASE_URL": database,
        "ZAOHUI_OWNER_IDS": str(crowd.OWNER),
        "ZAOHUI_HTTP_PORT": str(door),
        "ZAOHUI_LOG_LEVEL": "warning",
        "ZAOHUI_PERSON_LIMIT": "0",  # a few people do what thousands would
        "ZAOHUI_GROUP_LIMIT": "0",
    }
    if hooked:
        environment["ZAOHUI_WEBHOOK_URL"] = f"http://{HOST}:{door}"
        environment["ZAOHUI_WEBHOOK_SECRET"] = crowd.SECRET
    with started(module, at, environment, "bot.log") as (program, process):
        yield Bot(program.pid, program.begun, process, at / "bot.log", door)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as place:
        place.bind((HOST, 0))
        return int(place.getsockname()[1])


def listening(port: int) -> bool:
    """Whether somebody listens at a port."""
    with socket.socket() as knock:
        return knock.connect_ex((HOST, port)) == 0
