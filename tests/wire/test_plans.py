"""Plans in the chats: a team in shifts, the week and its buttons, the evening before."""

from datetime import datetime

import pytest

from bot import demo
from handlers import organisations
from handlers.reading.calendars import read_calendar
from handlers.reading.organisations import read_organisation
from storage import calendars
from storage.tables import Leave
from tests.unit.test_calendar_files import SOUND
from tests.wire.scene import (
    DENIED,
    LI,
    ONE,
    OWNER,
    SI,
    SUN,
    TWO,
    WANG,
    ZHANG,
    ZHAO,
    ZHOU,
    ZONE,
    Scene,
)
from tests.wire.test_reaching_us import AWAY, silence
from tests.wire.test_reaching_us import asked as again

LISTED = (demo.LIBRARY / "demo.yaml").read_text("utf-8")
FIRST_PLAN = 'plan: {packs: [safety-101], at: "07:50", closes: "09:00", days: workdays}'


async def apply(scene: Scene, plan: str, *changes: tuple[str, str]) -> None:
    """The operator applies the organisation with another plan for team one."""
    text = LISTED.replace(FIRST_PLAN, plan, 1)
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    file = read_organisation("demo.yaml", text.encode())
    async with scene.app.database.begin() as session:
        await organisations.apply(session, file, scene.clock(), "Asia/Shanghai", "zh")


async def at(scene: Scene, day: int, hour: int, minute: int = 0) -> None:
    """It becomes that time in November."""
    now = datetime(2026, 11, day, hour, minute, tzinfo=ZONE)
    await scene.forward(seconds=(now - scene.clock()).total_seconds())


async def week(scene: Scene, user: int) -> list[str]:
    """The newest week that somebody was shown, a line each."""
    text = (await scene.find(user, "今后几天"))["text"]
    return [line for line in text.split("\n") if "　" in line]


async def test_a_team_in_shifts_has_its_cards_and_whoever_is_off_is_left_alone(
    scene: Scene,
) -> None:
    shifts = (
        'plan: {packs: [safety-101], at: "07:50", closes: "09:00", cycle: 6 on 2 off,'
        " from: 2026-11-23, crews: {甲: 0, 乙: 2, 丙: 4, 丁: 6}}"
    )
    await apply(
        scene,
        shifts,
        (
            "{name: 张三, telegram_id: 111, tags: [电工]}",
            "{name: 张三, telegram_id: 111, crew: 丁}",
        ),
        ("{name: 李四, telegram_id: 112}", "{name: 李四, telegram_id: 112, crew: 甲}"),
        ("{name: 王五, telegram_id: 113}", "{name: 王五, telegram_id: 113, crew: 丙}"),
    )
    await at(scene, 23, 7, 50)
    assert (await scene.card())["text"].endswith("已学 0/3"), "张三 is off until Tuesday"
    assert await scene.tap(SI, "已学", ONE) == "✅ 已学，本班组第 1 位，07:50"
    await at(scene, 23, 9)
    closing = await scene.last(ZHAO)
    assert "已学 1/3" in closing
    assert "未学（2）：赵班长、王五" in closing
    assert "张三（倒班）" in closing
    assert await scene.texts(ZHANG) == [], "no nudge for who is off"
    await at(scene, 25, 7, 50)
    assert "11月25日 周三" in (await scene.card())["text"]
    assert (await scene.card())["text"].endswith("已学 0/3"), "now 王五 is off"
    away = {row.first.day: row.member_id for row in await scene.rows(Leave)}
    assert len(set(away.values())) == 2
    await at(scene, 28, 7, 50)
    assert "11月28日 周六" in (await scene.card())["text"], "shifts know no weekend"
    assert await scene.tap(ZHANG, "已学", ONE) == "✅ 已学，本班组第 1 位，07:50"


async def test_a_leader_looks_ahead_and_changes_what_comes(scene: Scene) -> None:
    await at(scene, 23, 8)
    await scene.say(ZHAO, "/plan")
    assert await week(scene, ZHAO) == [
        "11月24日 周二　违章指挥，可以拒绝",
        "11月25日 周三　有限空间：先通风，再检测，后作业",
        "11月26日 周四　灭火器：看四处，用四步",
        "11月27日 周五　高处作业：2 米就算",
        "11月28日 周六　— 周末",
        "11月29日 周日　— 周末",
        "11月30日 周一　临时用电：谁接、怎么接、何时拆",
    ]
    assert await scene.tap(ZHAO, "跳过《违章指挥，可以拒绝》") == "已跳过《违章指挥，可以拒绝》"
    assert (await week(scene, ZHAO))[0] == "11月24日 周二　有限空间：先通风，再检测，后作业"
    await scene.tap(ZHAO, "重讲《动火作业：票、测、人》")
    assert (await week(scene, ZHAO))[0] == "11月24日 周二　动火作业：票、测、人"
    await scene.tap(ZHAO, "暂停")
    await scene.tap(ZHAO, "到 11月25日 周三")
    assert (await week(scene, ZHAO))[1:3] == [
        "11月25日 周三　— 暂停",
        "11月26日 周四　动火作业：票、测、人",
    ]
    await scene.tap(ZHAO, "恢复早会")
    await scene.tap(ZHAO, "换一课")
    await scene.tap(ZHAO, "2/2 ›")
    await scene.tap(ZHAO, "9. 劳动防护用品：配得对，戴得对")
    shown = await week(scene, ZHAO)
    assert shown[0] == "11月24日 周二　劳动防护用品：配得对，戴得对"
    assert len(await scene.messages(ZHAO)) == 2, "one message, edited"
    for day, line in zip(range(24, 28), shown, strict=False):
        await at(scene, day, 8)
        assert (await scene.card())["text"].split("\n")[1] == line.split("　")[1]
    assert len(await scene.messages(ZHANG, ONE)) == 5, "the group sees its cards and nothing else"


async def test_no_meetings_next_week_and_then_there_are_none(scene: Scene) -> None:
    await at(scene, 27, 8)
    await scene.say(LI, "/plan 下周没有早会")
    assert await scene.last(LI) == "暂停 11月30日 周一 至 12月6日 周日：哪个班组？"
    await scene.tap(LI, "一班")
    assert (await week(scene, LI))[2] == "11月30日 周一　— 暂停"
    before = len(await scene.messages(ZHANG, ONE))
    for _ in range(9):
        await scene.forward(days=1)
    assert len(await scene.messages(ZHANG, ONE)) == before
    await scene.forward(days=1)
    assert "12月7日 周一" in (await scene.card())["text"]
    assert not any("没有发出" in text for text in await scene.texts(OWNER))


async def test_a_secretary_of_another_unit_is_refused(scene: Scene) -> None:
    await at(scene, 23, 8)
    await scene.say(ZHAO, "/plan")
    team = 1
    for user in (ZHOU, SUN, ZHANG):
        await scene.say(user, "/help")
        own = (await scene.messages(user))[-1]["message_id"]
        for data in (
            f"pw:{team}",
            f"pa:{team}:skip:None:None:0",
            f"pa:{team}:pause:2026-11-24:2026-11-30:0",
            f"pa:{team}:start:None:None:5",
            "pu:2:off:2026-11-24:2026-11-24",
        ):
            assert await scene.forge(user, user, own, data) == DENIED
    await scene.say(ZHANG, "/plan 跳过")
    assert await scene.last(ZHANG) == DENIED
    await scene.say(ZHAO, "/plan")
    assert (await week(scene, ZHAO))[0] == "11月24日 周二　违章指挥，可以拒绝"


async def test_those_who_begin_at_dawn_have_their_card_on_the_evening_before(scene: Scene) -> None:
    await apply(
        scene,
        'plan: {packs: [safety-101], at: "20:00", eve: yes, closes: "06:30", days: workdays}',
    )
    await at(scene, 23, 19, 59)
    assert await scene.texts(ZHANG, ONE) == []
    await at(scene, 23, 20)
    assert (await scene.card())["text"].startswith("☀️ 早会微学 · 11月24日 周二")
    assert await scene.tap(ZHANG, "已学", ONE) == "✅ 已学，本班组第 1 位，20:00"
    assert await scene.tap(WANG, "请假", ONE) == "已记录：11月24日 周二 请假，不计入应到。"
    await scene.say(ZHANG, "/today")
    assert "11月24日 周二" in await scene.last(ZHANG)
    await at(scene, 24, 6, 29)
    assert await scene.tap(SI, "已学", ONE) == "✅ 已学，本班组第 2 位，06:29"
    await at(scene, 24, 6, 30)
    assert (await scene.card())["text"].endswith("已学 2/3 · 已截止，仍可补学")
    assert "11月24日 周二 早会已截止" in await scene.last(ZHAO)
    for evening in range(24, 28):
        await at(scene, evening, 20)
    assert "11月27日 周五" in (await scene.card())["text"], "none on the eve of a Saturday"
    await at(scene, 29, 20)
    assert "11月30日 周一" in (await scene.card())["text"]


async def test_packs_alternate_by_weekday(scene: Scene) -> None:
    await apply(
        scene,
        'plan: {packs: [service-101], weekdays: {mon: safety-101, wed: safety-101}, at: "07:50",'
        ' closes: "09:00", days: workdays}',
    )
    books = {
        pack: (demo.LIBRARY / f"{pack}.yaml").read_text("utf-8")
        for pack in ("safety-101", "service-101")
    }
    found = []
    for _ in range(5):
        await scene.morning()
        title = (await scene.card())["text"].split("\n")[1]
        found += [pack for pack, text in books.items() if title in text]
    assert found == ["safety-101", "service-101", "safety-101", "service-101", "service-101"]


async def test_what_was_imported_is_known_within_ten_seconds(scene: Scene) -> None:
    """Another process takes a calendar in; the program's answers go by it soon."""
    now = datetime(2027, 2, 5, 12, 0, tzinfo=ZONE)
    await scene.forward(seconds=(now - scene.clock()).total_seconds())
    await scene.say(ZHANG, "/commit 1个工作日内 检查灭火器")
    assert "2月11日 周四" in await scene.last(ZHANG)
    file = read_calendar("2027.yaml", SOUND.encode())
    async with scene.app.database.begin() as session:
        off, work = list(map(str, file.off)), list(map(str, file.work))
        await calendars.keep(session, 2027, off, work, file.source, scene.clock())
    await scene.forward(seconds=10)
    await scene.say(ZHANG, "/commit 1个工作日内 检查灭火器")
    assert "2月12日 周五" in await scene.last(ZHANG)


@pytest.mark.parametrize("line", ["", "随便什么", "从第99课", "<b>跳过</b>", "暂停" * 200])
async def test_whatever_is_said_is_answered_and_changes_nothing(scene: Scene, line: str) -> None:
    await at(scene, 23, 8)
    await scene.say(SUN, f"/plan {line}")
    assert len(await scene.messages(SUN)) >= 1
    await at(scene, 24, 8)
    assert "违章指挥，可以拒绝" in (await scene.card(SUN, TWO))["text"]


@pytest.mark.parametrize(("minutes", "quiet"), [(30, False), (150, True)])
async def test_a_silence_in_the_night_before_the_meeting_wakes_nobody(
    scene: Scene, minutes: int, quiet: bool
) -> None:
    await apply(
        scene,
        'plan: {packs: [safety-101], at: "20:00", eve: yes, closes: "06:30", days: workdays}',
    )
    await at(scene, 23, 20)
    await scene.forward(minutes=minutes)
    await silence(scene, minutes=20)
    assert len(await again(scene)) == 1
    (call,) = [one for one in scene.calls("sendMessage", ONE) if AWAY in one["text"]]
    assert (call.get("disable_notification") == "true") is quiet


async def test_secretaries_hear_in_private_that_the_next_year_is_not_known(scene: Scene) -> None:
    first = datetime(2026, 12, 1, 9, 0, tzinfo=ZONE)
    await scene.forward(seconds=(first - scene.clock()).total_seconds())
    for user in (OWNER, LI, ZHOU):
        told = [text for text in await scene.texts(user) if "2027 年的放假调休安排" in text]
        assert len(told) == 1
        assert "zaohui calendar import" in told[0]
    for user in (ZHAO, ZHANG):
        assert not any("放假调休" in text for text in await scene.texts(user))
    await scene.forward(days=1)
    assert sum("放假调休" in text for text in await scene.texts(LI)) == 1
