from collections.abc import AsyncIterator

import pytest

from tests.sandbox.play import Play, in_process, over_http


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    async with in_process() as play:
        yield play


@pytest.fixture
async def served() -> AsyncIterator[Play]:
    async with over_http() as play:
        yield play
