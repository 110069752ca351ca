"""Updates are kept once, handled in order within a lane, and set aside after five tries."""

from typing import Any

from schedules.retention import RETENTION
from schedules.runner import tick
from storage import inbox
from storage.database import Database
from storage.kinds import Intake
from tests.conftest import Hands, on_postgresql


def update(number: int, lane: int) -> tuple[int, int, dict[str, Any]]:
    return number, lane, {"update_id": number}


async def put(database: Database, clock: Hands, *updates: tuple[int, int, dict[str, Any]]) -> None:
    async with database.begin() as session:
        await inbox.put(session, updates, clock())


async def taken(database: Database, clock: Hands) -> list[int]:
    async with database.read() as session:
        return [row.update_id for row in await inbox.take(session, clock())]


async def test_an_update_that_comes_twice_is_kept_once(database: Database, clock: Hands) -> None:
    await put(database, clock, update(1, 7), update(2, 7))
    await put(database, clock, update(2, 7), update(3, 7))
    assert await taken(database, clock) == [1, 2, 3]


async def test_what_was_handled_is_not_handled_again(database: Database, clock: Hands) -> None:
    await put(database, clock, update(1, 7))
    async with database.begin() as session:
        assert await inbox.done(session, [1]) == 1
        assert await inbox.done(session, [1]) == 0
    await put(database, clock, update(1, 7))
    assert await taken(database, clock) == []


async def test_one_that_failed_holds_back_its_lane_and_no_other(
    database: Database, clock: Hands
) -> None:
    await put(database, clock, update(1, 7), update(2, 8), update(3, 7))
    async with database.begin() as session:
        assert await inbox.fail(session, 1, "no", clock()) is Intake.NEW
    assert await taken(database, clock) == [2]
    clock.forward(seconds=2)
    assert await taken(database, clock) == [1, 2, 3]


async def test_after_five_tries_it_is_set_aside_and_its_lane_goes_on(
    database: Database, clock: Hands
) -> None:
    await put(database, clock, update(1, 7), update(2, 7))
    states = []
    for _ in range(inbox.TRIES):
        clock.forward(minutes=1)
        async with database.begin() as session:
            states.append(await inbox.fail(session, 1, "no", clock()))
    assert states == [Intake.NEW] * 4 + [Intake.DEAD]
    assert await taken(database, clock) == [2]


async def test_what_was_handled_a_week_ago_is_let_go(database: Database, clock: Hands) -> None:
    await put(database, clock, update(1, 7), update(2, 7))
    async with database.begin() as session:
        await inbox.done(session, [1])
    clock.forward(days=8)
    await tick(database, [RETENTION], clock().replace(hour=20))
    async with database.begin() as session:
        await inbox.put(session, [update(1, 7)], clock())
    assert await taken(database, clock) == [1, 2]


@on_postgresql
async def test_a_lane_that_one_replica_is_at_is_left_alone_by_the_others(
    database: Database, clock: Hands
) -> None:
    await put(database, clock, update(1, 7), update(2, 8), update(3, 7), update(4, 9))
    async with database.begin() as one:
        first = await inbox.take(one, clock(), limit=2)
        async with database.begin() as two:
            second = await inbox.take(two, clock())
            async with database.begin() as three:
                assert await inbox.take(three, clock()) == []
        await inbox.done(one, [row.update_id for row in first])
    assert [row.update_id for row in first] == [1, 2]
    assert [row.update_id for row in second] == [4]
    async with database.begin() as four:
        assert [row.update_id for row in await inbox.take(four, clock())] == [3, 4]
