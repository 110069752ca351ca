"""When a team's day ends is said once, by taps, and every date keeps to it."""

from datetime import time

from handlers.taps.plans import HoursTap, HourTap
from storage.tables import Commitment, Team
from tests.wire.scene import DENIED, GONE, LI, ONE, ZHANG, ZHOU, Scene


async def test_a_date_alone_is_due_when_the_teams_day_ends(scene: Scene) -> None:
    await scene.say(LI, "/plan")
    await scene.tap(LI, "一班")
    await scene.tap(LI, "下班 18:00")
    assert "现在是 18:00" in (await scene.find(LI, "几点下班"))["text"]
    assert await scene.tap(LI, "17:30") == "下班时间：17:30"
    assert "现在是 17:30" in (await scene.find(LI, "几点下班"))["text"]
    await scene.tap(LI, "返回")
    await scene.find(LI, "今后几天")
    await scene.say(ZHANG, "/commit 周五前完成3号泵检修", ONE)
    assert await scene.last(ZHANG, ONE) == "#1 张三：完成3号泵检修\n期限：11月27日 周五 17:30"
    await scene.say(ZHANG, "/commit 检查灭火器", ONE)
    friday, today = await scene.rows(Commitment)
    assert friday.due_at.time() == today.due_at.time() == time(9, 30), "in UTC"


async def test_hours_are_for_those_who_plan_and_of_those_offered(scene: Scene) -> None:
    await scene.say(LI, "/plan")
    here = (await scene.find(LI, "哪个班组"))["message_id"]
    for who in (ZHOU, ZHANG):
        await scene.say(who, "/start")
        there = (await scene.messages(who))[-1]["message_id"]
        for tap in (HoursTap(1), HourTap(1, 1050)):
            assert await scene.forge(who, who, there, tap.pack()) == DENIED
    assert await scene.forge(LI, LI, here, HourTap(999, 1050).pack()) == DENIED
    for minutes in (-1, 0, 1051, 1440, 10**9):
        assert await scene.forge(LI, LI, here, HourTap(1, minutes).pack()) == GONE
    assert {team.work_ends for team in await scene.rows(Team)} == {None}
