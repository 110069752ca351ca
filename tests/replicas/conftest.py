from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from tests.postgres import Postgres
from tests.replicas.house import House
from tests.wire.scene import MONDAY
from tests.wire.stage import standing

BEFORE_THE_CARD = MONDAY + timedelta(minutes=49, seconds=30)


@pytest.fixture
async def house(postgres: Postgres, tmp_path: Path) -> AsyncIterator[House]:
    """The demonstration on PostgreSQL, thirty seconds before its first card."""
    with postgres.database() as address:
        async with standing(tmp_path, BEFORE_THE_CARD, address) as stage:
            with ExitStack() as stack:
                house = House(stage, tmp_path, stack)
                yield house
            await house.database.close()
