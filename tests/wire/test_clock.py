from datetime import datetime
from pathlib import Path

from storage.tables import CheckIn, Morning
from tests.wire.scene import (
    LI,
    ONE,
    OWNER,
    TWO,
    ZHANG,
    ZHAO,
    ZONE,
    Scene,
)
from tests.wire.stage import playing


async def days(scene: Scene) -> list[str]:
    """The days of the first team's cards, as the group sees them."""
    found = [text.split("\n")[0] for text in await scene.texts(LI, ONE)]
    return [head.removeprefix("☀️ 早会微学 · ") for head in found]


async def missed(scene: Scene) -> list[str]:
    """What the owner was told of cards that were not sent."""
    return [text for text in await scene.texts(OWNER) if "早会卡片没有发出" in text]


async def test_an_hour_or_a_day_forward_or_back_brings_no_second_card(scene: Scene) -> None:
    await scene.morning()
    await scene.forward(hours=1)
    await scene.forward(hours=-2)
    await scene.forward(minutes=65)
    assert await days(scene) == ["11月23日 周一"]
    await scene.forward(days=1)
    assert await days(scene) == ["11月23日 周一", "11月24日 周二"]
    await scene.forward(days=-1)
    await scene.forward(hours=1)
    assert await days(scene) == ["11月23日 周一", "11月24日 周二"]


async def test_nobody_studies_at_the_weekend(scene: Scene) -> None:
    for _ in range(8):
        await scene.forward(days=1, minutes=0)
        await scene.forward(hours=1)
        await scene.forward(hours=-1)
    assert await days(scene) == [
        *("11月24日 周二", "11月25日 周三", "11月26日 周四", "11月27日 周五"),
        *("11月30日 周一", "12月1日 周二"),
    ]


async def test_a_saturday_that_is_worked_has_its_card(tmp_path: Path) -> None:
    async with playing(tmp_path, datetime(2026, 10, 9, 7, 50, tzinfo=ZONE)) as scene:
        await scene.forward(days=1)
        await scene.forward(days=1)
        await scene.forward(days=1)
        assert await days(scene) == ["10月9日 周五", "10月10日 周六", "10月12日 周一"]


async def test_a_public_holiday_on_a_weekday_has_none(tmp_path: Path) -> None:
    async with playing(tmp_path, datetime(2026, 10, 1, 7, 50, tzinfo=ZONE)) as scene:
        await scene.forward(hours=1)
        assert await scene.texts(LI, ONE) == []
        assert await scene.texts(OWNER) == [], "and nobody is told that it is missing"


async def test_a_year_without_a_calendar_yet_is_marked_on_the_card(tmp_path: Path) -> None:
    async with playing(tmp_path, datetime(2026, 12, 24, 7, 50, tzinfo=ZONE)) as scene:
        await scene.forward(days=1)  # New Year's holiday of 2027 may reach back to here
        await scene.forward(days=10)
        (sure, december, january) = await scene.texts(LI, ONE)
        assert "放假安排" not in sure
        assert "1月4日 周一" in january
        for card in (december, january):
            assert "2027 年放假安排尚未公布，今天是否工作日按常规推定。" in card


async def test_a_card_up_to_two_hours_late_is_still_sent(scene: Scene) -> None:
    await scene.forward(hours=2, minutes=40)
    assert await days(scene) == ["11月23日 周一"]
    assert await missed(scene) == []
    await scene.forward(seconds=10)
    assert (await scene.card())["text"].endswith("已截止，仍可补学")
    assert "截止后" in await scene.tap(ZHANG, "已学", ONE)


async def test_before_its_first_day_a_plan_has_missed_nothing(tmp_path: Path) -> None:
    async with playing(tmp_path, datetime(2026, 11, 24, 7, 0, tzinfo=ZONE)) as scene:
        assert await scene.texts(OWNER) == [], "on Monday nobody had asked for a card"
        await scene.forward(minutes=50)
        assert await days(scene) == ["11月24日 周二"]


async def test_a_morning_that_was_missed_is_told_to_the_owner_once(scene: Scene) -> None:
    await scene.forward(hours=5)
    assert await days(scene) == []
    told = await missed(scene)
    assert len(told) == 3, "one for each team"
    assert any("一班 11月23日 周一 的早会卡片没有发出" in text for text in told)
    await scene.forward(minutes=1)
    await scene.forward(hours=1)
    assert await missed(scene) == told
    assert await scene.rows(Morning) == []
    await scene.morning()
    assert await days(scene) == ["11月24日 周二"]


async def test_late_made_up_and_too_old_are_told_apart(scene: Scene) -> None:
    await scene.morning()
    card = await scene.card()
    await scene.forward(hours=2)
    late = await scene.tap(ZHANG, "已学", ONE, card)
    assert late == "✅ 已学（截止后），本班组第 1 位，09:50"
    await scene.forward(days=7)
    assert await scene.tap(ZHAO, "已学", ONE, card) == "✅ 已补学 11月23日 周一 的早会"
    await scene.forward(days=1)
    over = await scene.press(113, "已学", ONE, card)
    assert over["text"] == "这是 11月23日 周一 的卡片，超过 7 天不能补学，没有记录。"
    assert len(await scene.rows(CheckIn)) == 2


async def test_yesterdays_card_takes_no_leave(scene: Scene) -> None:
    await scene.morning()
    card = await scene.card()
    await scene.forward(days=1)
    told = await scene.tap(ZHANG, "请假", ONE, card)
    assert told == "这是 11月23日 周一 的卡片。今天请假，请点今天的卡片，或发 /leave。"


async def test_closing_comes_once_however_the_clock_jumps(scene: Scene) -> None:
    await scene.morning()
    await scene.forward(hours=2)
    await scene.forward(hours=-2)
    await scene.forward(hours=3)
    closings = [text for text in await scene.texts(ZHAO) if "早会已截止" in text]
    assert len(closings) == 1
    assert len(await scene.messages(LI, TWO)) == 1


async def test_a_closing_that_is_a_day_old_is_no_news(scene: Scene) -> None:
    await scene.morning()
    await scene.forward(days=1, hours=-1)
    assert (await scene.card())["text"].endswith("已截止，仍可补学")
    assert not any("早会已截止" in text for text in await scene.texts(ZHAO))
