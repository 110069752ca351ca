import pytest

from bot.sandbox.limits import Limits
from bot.sandbox.refusals import Refusal
from tests.sandbox.play import TEAM, in_process


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def limits(seconds: Seconds) -> Limits:
    return Limits(seconds)


def passed(limits: Limits, chats: list[int]) -> int:
    """How many sends pass before one is refused."""
    for count, chat in enumerate(chats):
        try:
            limits.count("sendMessage", chat)
        except Refusal:
            return count
    return len(chats)


def test_thirty_a_second_pass_over_all_chats(limits: Limits, seconds: Seconds) -> None:
    assert passed(limits, list(range(1, 100))) == 30
    seconds.now = 1.0
    assert passed(limits, list(range(1, 100))) == 30


def test_twenty_a_minute_pass_into_a_group(limits: Limits, seconds: Seconds) -> None:
    for _ in range(20):
        limits.count("sendMessage", TEAM)
        seconds.now += 1.5
    with pytest.raises(Refusal) as refused:
        limits.count("editMessageText", TEAM)
    assert refused.value.body() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 30",
        "parameters": {"retry_after": 30},
    }
    seconds.now += 30.0
    limits.count("editMessageText", TEAM)


def test_a_short_burst_into_one_chat_is_borne(limits: Limits) -> None:
    assert passed(limits, [7] * 10) == 3


def test_what_says_nothing_is_not_counted(limits: Limits) -> None:
    for _ in range(100):
        limits.count("answerCallbackQuery", None)
        limits.count("sendChatAction", 7)
    assert passed(limits, [7]) == 1


async def test_limits_are_off_unless_asked_for() -> None:
    for limited in (False, True):
        async with in_process(limits=limited) as play:
            answers = [await play.answer("sendMessage", chat_id=TEAM, text="x") for _ in range(5)]
            assert all(answer["ok"] for answer in answers) is not limited
