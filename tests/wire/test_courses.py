"""A secretary sends a pack by phone and lets a team walk it, without an operator."""

from handlers.taps.plans import CoursesTap, CourseTap, PlanWeekTap, Wish
from storage.tables import Pack, Plan, Team
from tests.wire.scene import DENIED, GONE, LI, ONE, ZHANG, ZHOU, Scene, labels
from tests.wire.test_a_pack_by_chat import NEW
from tests.wire.test_plans import apply

CHOICE = "学哪些课程包"


async def plan_of(scene: Scene, team: str = "一班") -> list[str]:
    """The packs that a team walks."""
    teams = {one.name: one.id for one in await scene.rows(Team)}
    plans = {one.team_id: one for one in await scene.rows(Plan)}
    return plans[teams[team]].packs


async def pack(scene: Scene, slug: str) -> int:
    """A pack's id."""
    return next(one.id for one in await scene.rows(Pack) if one.slug == slug)


async def test_a_pack_sent_by_phone_is_walked_after_the_others(scene: Scene) -> None:
    await scene.send_file(LI, "new.yaml", NEW.encode())
    await scene.tap(LI, "导入")
    await scene.tap(LI, "选班组来学")
    await scene.tap(LI, "一班")
    await scene.tap(LI, CHOICE)
    shown = await scene.find(LI, CHOICE)
    assert "1. 班组安全十课（10 课）" in shown["text"]
    assert labels(shown)[0] == "✓ 班组安全十课"
    assert await scene.tap(LI, "＋ 本厂五课") == "已加上《本厂五课》，排在最后"
    assert "2. 本厂五课（2 课）" in (await scene.find(LI, CHOICE))["text"]
    assert await plan_of(scene) == ["safety-101", "our-pack"]
    assert await plan_of(scene, "二班") == ["safety-101"]

    assert await scene.tap(LI, "✓ 班组安全十课") == "已去掉《班组安全十课》"
    assert await scene.tap(LI, "✓ 本厂五课") == "至少要留一个课程包。"
    assert await plan_of(scene) == ["our-pack"]
    await scene.tap(LI, "返回")
    assert "动火作业" in (await scene.find(LI, "今后几天"))["text"]
    await scene.morning()
    assert "先检查，后作业" in (await scene.card())["text"]


async def test_a_tap_says_what_is_wished_so_that_two_are_as_one(scene: Scene) -> None:
    await scene.say(LI, "/plan")
    await scene.tap(LI, "一班")
    await scene.tap(LI, CHOICE)
    there = (await scene.find(LI, CHOICE))["message_id"]
    service = await pack(scene, "service-101")
    add = CourseTap(1, service, Wish.WITH).pack()
    for _ in range(2):
        assert await scene.forge(LI, LI, there, add) == "已加上《服务十课》，排在最后"
    assert await plan_of(scene) == ["safety-101", "service-101"]
    take = CourseTap(1, service, Wish.WITHOUT).pack()
    for _ in range(2):
        assert await scene.forge(LI, LI, there, take) == "已去掉《服务十课》"
    assert await plan_of(scene) == ["safety-101"]


async def test_others_change_nothing(scene: Scene) -> None:
    await scene.say(LI, "/plan")
    here = (await scene.find(LI, "哪个班组"))["message_id"]
    service = await pack(scene, "service-101")
    add = CourseTap(1, service, Wish.WITH).pack()
    for who in (ZHOU, ZHANG):
        await scene.say(who, "/start")
        there = (await scene.messages(who))[-1]["message_id"]
        assert await scene.forge(who, who, there, add) == DENIED
        assert await scene.forge(who, who, there, CoursesTap(1).pack()) == DENIED
    for forged in (CourseTap(999, service, Wish.WITH), CoursesTap(999)):
        assert await scene.forge(LI, LI, here, forged.pack()) == DENIED
    for data in (CourseTap(1, 999, Wish.WITH).pack(), add.replace("with", "perhaps")):
        assert await scene.forge(LI, LI, here, data) == GONE
    await scene.morning()
    card = (await scene.card())["message_id"]
    assert await scene.forge(LI, ONE, card, add) == GONE
    assert await plan_of(scene) == ["safety-101"]


async def test_packs_of_weekdays_are_left_to_the_organisation_file(scene: Scene) -> None:
    wednesdays = (
        'plan: {packs: [safety-101], weekdays: {wed: [service-101]}, at: "07:50", '
        'closes: "09:00", days: workdays}'
    )
    await apply(scene, wednesdays)
    await scene.say(LI, "/packs")
    assert "服务十课（service-101 第 1 版，10 课）\n在学的班组：一班" in await scene.last(LI)
    await scene.say(LI, "/plan")
    here = (await scene.find(LI, "哪个班组"))["message_id"]
    await scene.forge(LI, LI, here, PlanWeekTap(1).pack())
    await scene.tap(LI, CHOICE)
    assert "个别星期几另有安排" in (await scene.find(LI, CHOICE))["text"]
