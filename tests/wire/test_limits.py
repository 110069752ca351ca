"""Somebody says too much at once: they are told so once, and nobody else notices.

A flood comes in one piece here, so that what passes does not depend on the machine's pace.
"""

import asyncio
from typing import Any

from storage.kinds import Act
from storage.tables import CheckIn, CommitmentAct, Incoming
from tests.wire.scene import LI, ONE, SI, WANG, ZHANG, ZHAO, Scene

FIRST, LAST = 1_000, 9_999  # numbers of these updates: below those of what is said meanwhile
SLOW, CROWDED = "发得太快了，请歇几秒再试。", "群里消息太多，我先歇几秒。打卡、回执照常。"


def message(number: int, user: int, text: str, chat: int = 0) -> dict[str, Any]:
    place = {"id": chat or user, "type": "supergroup" if chat else "private"}
    who = {"id": user, "is_bot": False, "first_name": "甲", "language_code": "zh-hans"}
    said = {"message_id": number, "date": 1, "chat": place, "from": who, "text": text}
    return {"update_id": FIRST + number, "message": said}


async def pour(scene: Scene, updates: list[dict[str, Any]]) -> None:
    """All of it comes in at once."""
    await scene.app.intake.keep(updates)
    await scene.settle()


async def kept(scene: Scene) -> list[int]:
    """In which lanes updates of the flood were kept."""
    return [row.lane for row in await scene.rows(Incoming) if FIRST <= row.update_id <= LAST]


async def test_a_persons_flood_is_cut_and_answered_once(scene: Scene) -> None:
    await pour(scene, [message(n, ZHANG, f"你好 {n}") for n in range(200)])
    assert len(await kept(scene)) == 30
    said = await scene.texts(ZHANG)
    assert said.count(SLOW) == 1
    assert len(said) <= 31
    await scene.say(LI, "/status")
    assert "一班" in await scene.last(LI)
    assert SLOW not in await scene.texts(LI)


async def test_what_is_done_is_heard_in_a_flood(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 清理配电房")
    flood = [message(n, ZHANG, f"你好 {n}") for n in range(100)]
    await pour(scene, [*flood, message(200, ZHANG, "完成 1"), message(201, ZHANG, "完成 1")])
    acts = [row.act for row in await scene.rows(CommitmentAct)]
    assert acts.count(Act.CLAIMED) == 1
    assert len(await kept(scene)) <= 31  # as many as may be, and the one that matters


async def test_a_groups_flood_delays_nobodys_tap(scene: Scene) -> None:
    await scene.morning()
    flood = [message(n, 5000 + n, f"早 {n}", ONE) for n in range(600)]
    taps = [scene.press(user, "已学", ONE) for user in (ZHANG, SI, WANG, ZHAO)]
    _, *answers = await asyncio.gather(scene.app.intake.keep(flood), *taps)
    await scene.settle()
    assert len(await kept(scene)) == 60  # no more stood before anybody's tap
    assert all("已学" in str(answer["text"]) for answer in answers)
    assert len(await scene.rows(CheckIn)) == 4
    assert (await scene.texts(ZHANG, ONE)).count(CROWDED) == 1
    await scene.forward(seconds=20)
    await scene.say(ZHANG, "/status", ONE)
    assert "已学 4" in await scene.last(ZHANG, ONE)


async def test_a_button_that_is_hammered_stops_spinning_each_time(scene: Scene) -> None:
    await scene.morning()
    card = await scene.card()
    taps = [scene.press(ZHANG, "已学", ONE, card) for _ in range(40)]
    answers = await asyncio.gather(*taps)  # each returns once its tap was answered
    await scene.settle()
    assert len(answers) == 40
    assert len(await scene.rows(CheckIn)) == 1
    assert sum("本班组第 1 位" in str(answer["text"]) for answer in answers) >= 1
    assert await scene.tap(SI, "已学", ONE) != ""


async def test_the_whole_team_taps_in_one_second_and_none_is_lost(scene: Scene) -> None:
    await scene.morning()
    where = await scene.card()
    query = {
        "data": where["buttons"][0][0].get("data") or where["buttons"][0][0].get("callback_data"),
        "message": {"message_id": where["message_id"], "date": 1,
                    "chat": {"id": ONE, "type": "supergroup", "title": "一班"}},
    }  # fmt: skip
    crowd = [
        {
            "update_id": FIRST + n,
            "callback_query": {
                "id": str(n),
                "from": {"id": 7000 + n, "is_bot": False, "first_name": "甲"},
                "chat_instance": "1",
                **query,
            },
        }
        for n in range(300)
    ]
    await pour(scene, crowd)
    assert len(await kept(scene)) == 300


async def test_a_message_longer_than_any_is_refused(scene: Scene) -> None:
    await pour(scene, [message(1, LI, "长" * 5000)])
    assert await kept(scene) == []
    assert "4096" in await scene.last(LI)
