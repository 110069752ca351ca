"""One private word to who is missing before the check-in closes, and then silence."""

from datetime import datetime, time
from typing import Any

import pytest
from sqlmodel import col, update

from storage.tables import CheckIn, Outgoing, Person, Plan
from tests.wire.scene import (
    CHEN,
    GONE,
    LI,
    ONE,
    SI,
    STRANGER,
    WANG,
    ZH,
    ZHANG,
    ZHAO,
    ZONE,
    Scene,
    labels,
)

NOT_YOURS = ZH.plain("checkin.elsewhere")
NUDGE = (
    "⏰ 一班 今天的微课还没点“已学”：动火作业：票、测、人\n"
    "09:00 截止，还有 15 分钟。要再看一遍，发 /today。"
)


def at(hour: int, minute: int, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


async def opened(scene: Scene, *users: int) -> None:
    """These people have a private chat with the bot."""
    for user in users:
        await scene.say(user, "/start")


async def nudges(scene: Scene, user: int) -> list[str]:
    return [text for text in await scene.texts(user) if "⏰" in text]


async def keep(scene: Scene, user: int, **values: Any) -> None:
    """What a person has said of their quiet hours."""
    async with scene.app.database.begin() as session:
        await session.exec(update(Person).where(col(Person.telegram_id) == user).values(**values))


async def test_a_quarter_of_an_hour_before_closing_who_is_missing_hears_of_it_once(
    scene: Scene,
) -> None:
    await opened(scene, ZHANG, SI, WANG)
    await scene.morning()
    await scene.tap(SI, "已学", ONE)
    await scene.say(WANG, "/leave 今天", ONE)
    await scene.to(at(8, 44))
    assert await nudges(scene, ZHANG) == []
    await scene.to(at(8, 45))
    assert await nudges(scene, ZHANG) == [NUDGE]
    assert labels((await scene.messages(ZHANG))[-1]) == ["已学", "今天不再提醒"]
    assert await nudges(scene, SI) == [], "has studied"
    assert await nudges(scene, WANG) == [], "is away"
    for _ in range(4):
        await scene.forward(minutes=5)
    assert await nudges(scene, ZHANG) == [NUDGE], "once"
    assert not any("⏰" in text for text in await scene.texts(ZHANG, ONE)), "not in the group"


async def test_who_never_opened_the_private_chat_hears_nothing(scene: Scene) -> None:
    await scene.morning()
    await scene.to(at(8, 45))
    keys = [row.key for row in await scene.rows(Outgoing) if row.key.startswith("nudge:")]
    known = {person.telegram_id: person.id for person in await scene.rows(Person)}
    assert not [key for key in keys if key.endswith(f":{known[SI]}")]
    assert await scene.texts(SI) == []


async def test_a_tap_on_the_nudge_is_a_check_in_like_any_other(scene: Scene) -> None:
    await opened(scene, ZHANG)
    await scene.morning()
    await scene.tap(SI, "已学", ONE)
    await scene.to(at(8, 46))
    assert await scene.tap(ZHANG, "已学") == "✅ 已学，本班组第 2 位，08:46"
    await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("已学 2/4")
    shown = (await scene.messages(ZHANG))[-1]
    assert shown["text"] == "✅ 一班 11月23日 周一 的微课已学，08:46。"
    assert labels(shown) == []
    assert len(await scene.rows(CheckIn)) == 2


async def test_a_check_in_in_the_group_is_shown_on_the_nudge(scene: Scene) -> None:
    await opened(scene, ZHANG)
    await scene.morning()
    await scene.to(at(8, 45))
    await scene.tap(ZHANG, "已学", ONE)
    await scene.forward(seconds=6)
    assert await scene.last(ZHANG) == "✅ 一班 11月23日 周一 的微课已学，08:45。"


async def test_the_nudge_after_closing_still_takes_a_late_check_in(scene: Scene) -> None:
    await opened(scene, ZHANG)
    await scene.morning()
    await scene.to(at(8, 45))
    await scene.to(at(9, 10))
    assert "截止" in await scene.tap(ZHANG, "已学")
    assert len(await scene.rows(CheckIn)) == 1


async def test_not_again_today_and_tomorrow_again(scene: Scene) -> None:
    await opened(scene, ZHANG)
    await scene.morning()
    await scene.to(at(8, 45))
    assert await scene.tap(ZHANG, "今天不再提醒") == "好的，今天不再提醒"
    shown = (await scene.messages(ZHANG))[-1]
    assert shown["text"] == "好的，今天不再提醒。一班 09:00 截止，按钮还在这里。"
    assert labels(shown) == ["已学"]
    (person,) = [one for one in await scene.rows(Person) if one.telegram_id == ZHANG]
    assert person.paused_until == at(0, 0, 24).date()
    assert await scene.tap(ZHANG, "已学") == "✅ 已学，本班组第 1 位，08:45"
    await scene.morning()
    await scene.to(at(8, 45, 24))
    assert len(await nudges(scene, ZHANG)) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"quiet_from": time(8, 30), "quiet_until": time(8, 46)},
        {"quiet_from": time(22, 0), "quiet_until": time(9, 0)},
        {"paused_until": datetime(2026, 11, 24, tzinfo=ZONE).date()},
    ],
)
async def test_in_quiet_hours_and_in_a_pause_a_nudge_is_dropped(
    scene: Scene, values: dict[str, Any]
) -> None:
    await opened(scene, ZHANG, SI)
    await keep(scene, ZHANG, **values)
    await scene.morning()
    await scene.to(at(8, 45))
    await scene.to(at(8, 50))
    assert await nudges(scene, ZHANG) == []
    assert len(await nudges(scene, SI)) == 1


async def test_a_meeting_in_the_night_nudges_nobody_who_did_not_ask_for_it(scene: Scene) -> None:
    await opened(scene, ZHANG, SI)
    await keep(scene, SI, quiet_from=time(0), quiet_until=time(0))
    async with scene.app.database.begin() as session:
        await session.exec(update(Plan).values(at=time(21, 0), closes=time(22, 0)))
        next_at = at(21, 0)
        await session.exec(update(Plan).values(next_at=next_at))
    await scene.to(at(21, 0))
    await scene.to(at(21, 45))
    assert await nudges(scene, ZHANG) == []
    assert len(await nudges(scene, SI)) == 1


async def test_forged_taps_change_nothing(scene: Scene) -> None:
    await opened(scene, ZHANG, CHEN, LI)
    await scene.morning()
    for user, said in ((CHEN, None), (LI, STRANGER)):  # of another team; of none
        message = (await scene.messages(user))[-1]["message_id"]
        for data in ("ci:1", "nh:1", "ci:99", "nh:99"):
            told = await scene.forge(user, user, message, data)
            assert told == (said or {"ci": NOT_YOURS, "nh": GONE}[data[:2]]), data
    message = (await scene.card())["message_id"]
    assert await scene.forge(ZHANG, ONE, message, "nh:1") == GONE, "only in private"
    assert await scene.rows(CheckIn) == []
    assert not any(person.paused_until for person in await scene.rows(Person))


async def test_the_leader_is_nudged_like_everybody_and_still_hears_the_closing(
    scene: Scene,
) -> None:
    await opened(scene, ZHAO)
    await scene.morning()
    await scene.to(at(8, 45))
    assert await nudges(scene, ZHAO) == [NUDGE]
    await scene.to(at(9, 0))
    assert "早会已截止" in await scene.last(ZHAO)
