from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.clock import Clock
from bot.programs import trying_out
from bot.settings import Settings
from tests.wire.scene import Scene

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=ZONE)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """The demonstration, on Monday at seven."""
    clock = Clock(ZONE)
    clock.set(MONDAY)
    settings = Settings()
    async with (
        trying_out(settings, clock, 0, tmp_path / "sandbox.db") as trial,
        httpx.AsyncClient(base_url=trial.address, timeout=30) as http,
    ):
        scene = Scene(trial, http)
        await scene.settle()
        yield scene
