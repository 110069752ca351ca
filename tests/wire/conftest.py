import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.wire.scene import MONDAY, Scene
from tests.wire.stage import FILE, standing


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the demonstration as it is before its first start, on Monday at seven."""
    folder = tmp_path_factory.mktemp("furnished")

    async def furnish() -> None:
        async with standing(folder, MONDAY):
            pass

    asyncio.run(furnish())
    return folder / FILE


@pytest.fixture(autouse=True)
def told(caplog: pytest.LogCaptureFixture) -> None:
    """What the program says of itself is shown where a test fails."""
    caplog.set_level(logging.INFO, logger="bot")


@pytest.fixture
async def scene(tmp_path: Path, furnished: Path) -> AsyncIterator[Scene]:
    """The demonstration, on Monday at seven."""
    async with standing(tmp_path, MONDAY, ready=furnished) as stage, stage.bot() as scene:
        yield scene
