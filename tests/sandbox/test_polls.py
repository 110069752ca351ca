from typing import Any

import pytest

from tests.sandbox.play import LI, TEAM, ZHANG, Play


async def ask(play: Play, **more: Any) -> int:
    sent = await play.bot("sendPoll", chat_id=TEAM, question="q?", options=["a", "b"], **more)
    return int(sent["message_id"])


async def test_votes_are_counted_and_told_to_the_bot(play: Play) -> None:
    poll = await ask(play, is_anonymous=False)
    await play.act("vote", ZHANG, chat=TEAM, message_id=poll, options=[1])
    await play.act("vote", LI, chat=TEAM, message_id=poll, options=[0])
    await play.act("vote", LI, chat=TEAM, message_id=poll, options=[])
    updates = await play.updates()
    answers = [one["poll_answer"]["option_ids"] for one in updates if "poll_answer" in one]
    assert answers == [[1], [0], []]
    counts = [option["voter_count"] for option in updates[-2]["poll"]["options"]]
    assert counts == [0, 1]
    (shown,) = await play.shown(ZHANG, TEAM)
    assert (shown["poll"]["chosen"], shown["poll"]["total_voter_count"]) == ([1], 1)


async def test_a_stopped_poll_takes_no_votes(play: Play) -> None:
    poll = await ask(play)
    where = {"chat_id": TEAM, "message_id": poll}
    stopped = await play.bot("stopPoll", **where)
    assert (stopped["is_closed"], stopped["type"]) == (True, "regular")
    assert await play.refusal("stopPoll", **where) == "Bad Request: poll has already been closed"
    assert await play.wrong("vote", chat=TEAM, message_id=poll, options=[0]) == (
        400,
        "The poll is closed.",
    )


async def test_a_quiz_is_answered_once(play: Play) -> None:
    poll = await ask(play, type="quiz", correct_option_ids=[1], explanation="<b>why</b>",
                     explanation_parse_mode="HTML")  # fmt: skip
    await play.act("vote", chat=TEAM, message_id=poll, options=[0])
    assert (await play.wrong("vote", chat=TEAM, message_id=poll, options=[1]))[0] == 400
    (shown,) = await play.shown(ZHANG, TEAM)
    assert shown["poll"]["explanation"] == "why"


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"question": " ", "options": ["a"]}, "text must be non-empty"),
        ({"question": "q" * 301, "options": ["a"]}, "poll question length must not exceed 300"),
        ({"question": "q", "options": []}, "poll must have at least one answer option"),
        ({"question": "q", "options": ["a"] * 13}, "poll can't have more than 12 options"),
        ({"question": "q", "options": ["a" * 101]}, "poll options length must not exceed 100"),
        ({"question": "q", "options": ["a"], "type": "quiz", "correct_option_ids": [3]},
         "wrong correct option ID specified"),
    ],
)  # fmt: skip
async def test_a_bad_poll_is_refused(play: Play, params: dict[str, Any], why: str) -> None:
    assert await play.refusal("sendPoll", chat_id=TEAM, **params) == f"Bad Request: {why}"


async def test_people_ask_as_well_and_their_words_have_a_look(play: Play) -> None:
    poll = {"question": " q? ", "options": ["a", "b"], "correct_option_ids": [1]}
    await play.say(LI, LI, "", poll=poll)
    await play.say(LI, LI, " bold ", entities=[{"type": "bold", "offset": 1, "length": 4}])
    asked, said = [one["message"] for one in await play.updates()]
    assert (asked["poll"]["question"], asked["poll"]["type"]) == ("q?", "quiz")
    assert said["entities"] == [{"type": "bold", "offset": 0, "length": 4}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"poll": {"question": "", "options": ["a"]}},
        {"poll": {"question": "q?"}},
        {"entities": [{"type": "bold"}]},
        {"entities": ["bold"]},
    ],
)
async def test_what_makes_no_sense_is_not_said(play: Play, wrong: dict[str, Any]) -> None:
    status, _ = await play.wrong("say", LI, chat=LI, text="bold", **wrong)
    assert status == 400
    assert await play.shown(LI, LI) == []
