from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.wire.scene import MONDAY, Scene
from tests.wire.stage import playing


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """The demonstration, on Monday at seven."""
    async with playing(tmp_path, MONDAY) as scene:
        yield scene
