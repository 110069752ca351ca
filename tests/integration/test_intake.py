"""Asking for updates, whatever Telegram answers. The pauses are written down, not waited for."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlmodel import select

from bot.intake import Intake
from bot.line import Line, Lost, Refused
from storage.database import Database
from storage.tables import Incoming
from tests.conftest import Hands

UNAUTHORIZED = Refused(401, "Unauthorized", {})


class Road(Line):
    """A line whose answers are known beforehand."""

    def __init__(self, answers: Sequence[Any]) -> None:
        super().__init__("1:x", "http://127.0.0.1")
        self.answers = list(answers)
        self.offsets: list[int | None] = []
        self.waits: list[tuple[int, float]] = []  # how long Telegram was to wait, and we
        self.renewed = 0

    async def call(self, method: str, params: Any = None, read: float = 0) -> Any:
        if not self.answers:
            raise asyncio.CancelledError
        self.offsets.append(params.get("offset"))
        self.waits.append((params["timeout"], read))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def renew(self) -> None:
        self.renewed += 1


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []

    async def pause(seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr("bot.intake.asyncio.sleep", pause)
    return found


async def poll(database: Database, clock: Hands, *answers: Any) -> tuple[Intake, Road]:
    intake, road = Intake(database, clock, lambda: None), Road(answers)  # type: ignore[arg-type]
    with pytest.raises(asyncio.CancelledError):
        await intake.poll(road)
    await road.close()
    return intake, road


async def kept(database: Database) -> list[int]:
    async with database.read() as session:
        rows = await session.exec(select(Incoming.update_id).order_by(Incoming.update_id))  # type: ignore[arg-type]
        return list(rows)


def update(number: int) -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": {"id": 7}}}


async def test_the_next_question_begins_after_what_is_kept(
    database: Database, clock: Hands, pauses: list[float]
) -> None:
    _, road = await poll(database, clock, [update(5), update(6)], [], [update(7)])
    assert road.offsets == [None, 7, 7]
    assert await kept(database) == [5, 6, 7]
    assert pauses == []


async def test_an_update_without_a_number_harms_no_other(
    database: Database, clock: Hands, pauses: list[float]
) -> None:
    odd: list[Any] = [{"message": {}}, "x", None, {"update_id": "9"}, {"update_id": True}]
    _, road = await poll(database, clock, [*odd, update(5)], [])
    assert road.offsets == [None, 6]
    assert await kept(database) == [5]


async def test_a_batch_of_nothing_but_nonsense_is_not_asked_for_without_a_pause(
    database: Database, clock: Hands, pauses: list[float]
) -> None:
    await poll(database, clock, *[[{"message": {}}]] * 5)
    assert pauses == [1, 2, 5, 10, 10]


@pytest.mark.parametrize("wrong", ["7", 2**70, None, [], {"id": 7}, 7.5], ids=repr)
async def test_a_chat_of_no_sensible_number_is_kept_in_a_lane_of_its_own(
    database: Database, clock: Hands, pauses: list[float], wrong: Any
) -> None:
    await poll(database, clock, [{"update_id": 5, "message": {"chat": {"id": wrong}}}])
    async with database.read() as session:
        row = await session.get_one(Incoming, 5)
    assert row.lane == 0


async def test_a_token_that_is_refused_once_is_tried_again_at_once(
    database: Database, clock: Hands, pauses: list[float]
) -> None:
    intake, _ = await poll(database, clock, UNAUTHORIZED, [])
    assert pauses == [1]
    assert intake.trouble == ""


async def test_a_token_that_is_refused_three_times_is_tried_each_minute_and_we_stay_up(
    database: Database, clock: Hands, pauses: list[float]
) -> None:
    intake, _ = await poll(database, clock, *[UNAUTHORIZED] * 5)
    assert pauses == [1, 2, 60, 60, 60]
    assert intake.trouble == "Telegram does not know the token: check ZAOHUI_TOKEN"


async def test_after_three_failures_we_dial_anew(
    database: Database, clock: Hands, pauses: list[float]
) -> None:
    _, road = await poll(database, clock, *[Lost("ReadTimeout")] * 2, [], *[Lost("x")] * 7)
    assert road.renewed == 2


async def test_what_is_asked_for_at_once_is_not_waited_for_as_long_as_a_tap_lives(
    database: Database, clock: Hands, pauses: list[float]
) -> None:
    _, road = await poll(database, clock, [], Lost("ReadTimeout"), [], [])
    assert road.waits == [(0, 15), (25, 40), (0, 15), (25, 40)]


async def test_an_answer_that_is_no_list_is_a_failure(
    database: Database, clock: Hands, pauses: list[float]
) -> None:
    intake, _ = await poll(database, clock, {"update_id": 1})
    assert "something else than a list" in intake.trouble
