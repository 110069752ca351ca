"""The budget, on a loop whose time is moved by hand: nothing here waits."""

import asyncio
import random
import selectors
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.pacing import Pacing, Shares
from storage.outbox import CARDS, EDITS, NEWS


class Moved(selectors.DefaultSelector):
    """Where a loop would wait, its time moves on instead."""

    loop: "Virtual"

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout and timeout > 0:
            self.loop.now += timeout
        return ready


class Virtual(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.now = 0.0
        selector = Moved()
        super().__init__(selector)
        selector.loop = self

    def time(self) -> float:
        return self.now


def run(work: Coroutine[Any, Any, Any], loop: Virtual) -> Any:
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


def fan_out(
    calls: int,
    rate: int,
    road: float,
    chats: int,
    *,
    urgent_at: int | None = None,
    jitter: Callable[[], float] = lambda: 0.0,
) -> tuple[list[float], list[int]]:
    """When each of `calls` reached the server, and in which order the priorities did."""
    loop = Virtual()
    arrived: list[float] = []
    order: list[int] = []

    async def call(pacing: Pacing, chat: int, priority: int) -> None:
        async with pacing.turn(chat, priority):
            await asyncio.sleep(road / 2 + jitter())
            arrived.append(loop.time())
            order.append(priority)
            await asyncio.sleep(road / 2 + jitter())

    async def everything() -> None:
        pacing = Pacing(rate, 20, loop.time)
        work = [call(pacing, -1 - i % chats, 2) for i in range(calls)]
        if urgent_at is not None:
            work.insert(urgent_at, call(pacing, 7, 0))
        await asyncio.gather(*work)

    run(everything(), loop)
    return arrived, order


@pytest.mark.parametrize("road", [0.0, 0.08, 0.9])
def test_no_second_ever_sees_more_calls_than_the_rate(road: float) -> None:
    arrived, _ = fan_out(300, 30, road, 300)
    assert len(arrived) == 300
    assert all(later - first >= 1.0 for first, later in zip(arrived, arrived[30:], strict=False))


@pytest.mark.parametrize("seed", range(20))
def test_nor_when_every_call_takes_another_time_each_way(seed: int) -> None:
    chance = random.Random(seed)
    arrived, _ = fan_out(600, 30, 0.04, 600, jitter=lambda: chance.uniform(0, 0.05))
    arrived.sort()
    assert all(later - first >= 1.0 for first, later in zip(arrived, arrived[30:], strict=False))


def test_the_budget_is_used_up_though_the_way_is_long() -> None:
    chance = random.Random(1)
    arrived, _ = fan_out(3000, 30, 0.08, 3000, jitter=lambda: chance.uniform(0, 0.025))
    assert arrived[-1] <= 1.05 * (3000 / 30)


def test_an_answer_to_a_person_goes_before_the_pushes_that_wait() -> None:
    _, order = fan_out(100, 30, 0.0, 100, urgent_at=90)
    assert order.index(0) == 30


def test_a_group_that_is_full_is_closed_for_the_rest_of_the_minute() -> None:
    loop = Virtual()

    async def story() -> list[set[int]]:
        pacing, seen = Pacing(30, 3, loop.time), []
        for _ in range(3):
            async with pacing.turn(-5, 1):
                pass
        seen.append(pacing.closed())
        loop.now += 61
        seen.append(pacing.closed())
        return seen

    assert run(story(), loop) == [{-5}, set()]


def test_a_chat_that_telegram_shut_opens_again_in_time_and_no_other_is_shut() -> None:
    loop = Virtual()

    async def story() -> list[set[int]]:
        pacing = Pacing(30, 20, loop.time)
        pacing.shut(-5, 30)
        pacing.shut(-5, 10)
        seen = [pacing.closed()]
        loop.now += 29
        seen.append(pacing.closed())
        loop.now += 2
        return [*seen, pacing.closed()]

    assert run(story(), loop) == [{-5}, {-5}, set()]


def test_one_who_stops_waiting_takes_no_place() -> None:
    loop = Virtual()

    async def story() -> int:
        pacing = Pacing(1, 20, loop.time)

        async def hold() -> None:
            async with pacing.turn(1, 1):
                await asyncio.sleep(5)

        first = asyncio.ensure_future(hold())
        await asyncio.sleep(0)
        second = asyncio.ensure_future(hold())
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        await asyncio.sleep(2)
        return pacing.free

    assert run(story(), loop) == 1


def test_three_chats_that_refuse_at_once_quieten_all_and_two_do_not() -> None:
    loop = Virtual()

    async def story() -> list[float]:
        pacing, left = Pacing(30, 20, loop.time), []
        for chats in ((-1, -2), (-3,)):
            for chat in chats:
                pacing.shut(chat, 5)
            async with pacing.turn(-9, 2):
                left.append(loop.time())
        return left

    assert run(story(), loop) == [0.0, 5.0]


def test_three_refusals_spread_over_time_quieten_nobody() -> None:
    loop = Virtual()

    async def story() -> float:
        pacing = Pacing(30, 20, loop.time)
        for chat in (-1, -2, -3):
            pacing.shut(chat, 5)
            loop.now += 6
        begun = loop.time()
        async with pacing.turn(-9, 2):
            return loop.time() - begun

    assert run(story(), loop) == 0.0


def test_what_was_claimed_first_leaves_first_among_pushes() -> None:
    loop, order = Virtual(), []

    async def call(pacing: Pacing, chat: int, priority: int) -> None:
        async with pacing.turn(chat, priority):
            order.append(priority)

    async def story() -> None:
        pacing = Pacing(1, 20, loop.time)
        await asyncio.gather(*(call(pacing, -n, n) for n in (3, 2, 1, 0)))

    run(story(), loop)
    assert order == [3, 0, 2, 1], "the first was let through before anybody waited"


def test_of_ten_places_six_are_for_cards_three_for_news_and_one_for_edits() -> None:
    shares = Shares()
    assert shares.deal(10) == {CARDS: 6, NEWS: 3, EDITS: 1}
    assert sum((shares.deal(1) for _ in range(10)), Counter()) == {CARDS: 6, NEWS: 3, EDITS: 1}
