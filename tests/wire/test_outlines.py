"""The leader has the outline of the meeting two minutes before its card, and says it was held."""

from datetime import datetime

from storage.kinds import Role
from storage.tables import Grant, Meeting, Person, Team
from tests.wire.scene import (
    CHEN,
    DENIED,
    LI,
    ONE,
    SI,
    SUN,
    WANG,
    ZHANG,
    ZHAO,
    ZHOU,
    ZONE,
    Message,
    Scene,
    labels,
)

OUTLINE = "一班 早会提纲"


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=ZONE)


async def outlines(scene: Scene, user: int = ZHAO) -> list[Message]:
    """The outlines of team one that somebody has."""
    return [found for found in await scene.messages(user) if OUTLINE in (found["text"] or "")]


async def before(scene: Scene, day: int) -> Message:
    """Two minutes before the card of a day: the leader's outline of it."""
    await scene.to(at(day, 7, 47, 50))
    assert f"11月{day}日" not in "\n".join([one["text"] for one in await outlines(scene)])
    await scene.to(at(day, 7, 48))
    found = (await outlines(scene))[-1]
    assert f"{OUTLINE} · 11月{day}日" in found["text"]
    return found


async def second_leader(scene: Scene) -> None:
    """张三 leads the team as well."""
    person = next(row for row in await scene.rows(Person) if row.telegram_id == ZHANG)
    team = next(row for row in await scene.rows(Team) if row.name == "一班")
    async with scene.app.database.begin() as session:
        session.add(
            Grant(person_id=person.id, role=Role.LEADER, team_id=team.id, at=scene.clock())
        )


async def test_two_minutes_shownthe_card_with_every_line(scene: Scene) -> None:
    await scene.to(at(23, 7, 50))
    for user in (SI, WANG):
        await scene.tap(user, "2 小时", ONE)
    await scene.tap(ZHANG, "30 分钟", ONE)
    await scene.say(ZHANG, "承诺 清理配电房 今天")
    await scene.say(ZHANG, "承诺 更换灭火器 明天")
    await scene.say(WANG, "/leave 明天 外勤", ONE)
    shown = await before(scene, 24)
    assert shown["text"] == (
        "🗣 一班 早会提纲 · 11月24日 周二\n\n"
        "📖 讲：违章指挥，可以拒绝\n"
        "📌 拒绝违章指挥是法定权利，不会因此降薪或被辞退。\n\n"
        "❗ 近七天错得最多（答错 2/3）\n"
        "气体分析取样后，最迟多久之内要开始动火？\n"
        "答案：30 分钟\n\n"
        "👥 不在（1）：王五（外勤）\n\n"
        "⏰ 当天到期\n"
        "#2 更换灭火器 · 张三\n"
        "另有 1 项逾期，/overdue 看明细\n\n"
        "❓ 问一句：有人让没有电工证的小刘去接临时线，小刘应当怎么做？\n"
        "答案：拒绝，并说明理由"
    )
    hidden = [one for one in shown["entities"] if one["type"] == "spoiler"]
    assert len(hidden) == 1
    assert labels(shown) == ["已开"]
    await scene.to(at(24, 7, 50))
    assert "违章指挥，可以拒绝" in (await scene.card())["text"]
    assert len(await outlines(scene)) == 2, "yesterday's, and one of today"
    for user in (ZHANG, LI, SUN):
        assert await outlines(scene, user) == []


async def test_it_shows_what_comes_after_a_skip(scene: Scene) -> None:
    await scene.to(at(23, 7, 50))
    await scene.say(ZHAO, "/plan 跳过")
    shown = await before(scene, 24)
    await scene.to(at(24, 7, 50))
    title = (await scene.card())["text"].split("\n")[1]
    assert f"讲：{title}\n" in shown["text"]
    assert title != "违章指挥，可以拒绝"


async def test_none_in_a_pause_and_none_at_the_weekend(scene: Scene) -> None:
    await scene.to(at(23, 7, 50))
    await scene.say(ZHAO, "/plan 暂停 11月24日到11月27日")
    for day in range(24, 30):
        for minute in (48, 50, 55):
            await scene.to(at(day, 7, minute))
    assert len(await outlines(scene)) == 1
    await before(scene, 30)


async def test_held_is_seen_by_all_leaders_and_by_who_asks(scene: Scene) -> None:
    await second_leader(scene)
    await scene.to(at(23, 7, 50))
    (zhao,), (zhang,) = await outlines(scene), await outlines(scene, ZHANG)
    assert zhao["text"] == zhang["text"]
    await scene.to(at(23, 7, 58))
    assert await scene.tap(ZHAO, "已开") == "已记录：07:58 已开。"
    forged = await scene.forge(ZHANG, ZHANG, zhang["message_id"], "mh:1:2026-11-23")
    assert forged == "赵班长 07:58 已经记过了。", "as if both had tapped at once"
    await scene.forward(seconds=6)
    for user in (ZHAO, ZHANG):
        (shown,) = await outlines(scene, user)
        assert shown["text"] == f"{zhao['text']}\n\n✅ 07:58 已开 · 赵班长"
        assert labels(shown) == []
    assert len(await scene.rows(Meeting)) == 1
    for user in (ZHAO, LI):
        await scene.say(user, "/status")
        assert "早会：07:58 已开（赵班长），本周已开 1/1" in await scene.last(user)
    await scene.say(WANG, "/status")
    assert "已开" not in await scene.last(WANG)


async def test_a_forged_tap_changes_nothing(scene: Scene) -> None:
    await scene.to(at(23, 7, 50))
    (shown,) = await outlines(scene)
    for user in (SI, WANG, CHEN, SUN, ZHOU):
        if user in {SI, WANG}:
            where = ONE, (await scene.card())["message_id"]
        else:
            await scene.say(user, "/help")
            where = user, (await scene.messages(user))[-1]["message_id"]
        assert await scene.forge(user, *where, "mh:1:2026-11-23") == DENIED
    for data in ("mh:1:2026-11-22", "mh:1:2026-11-24", "mh:2:2026-11-23", "mh:1:x", "mh:99:1"):
        assert await scene.forge(ZHAO, ZHAO, shown["message_id"], data)
    assert await scene.rows(Meeting) == []


async def test_it_can_be_said_until_the_end_of_the_day(scene: Scene) -> None:
    await scene.to(at(23, 7, 50))
    (shown,) = await outlines(scene)
    await scene.to(at(24, 0))
    assert await scene.tap(ZHAO, "已开") == "11月23日 周一已经过去，不能再记，没有改动。"
    assert await scene.rows(Meeting) == []
    await scene.forward(seconds=6)
    (after,) = await outlines(scene)
    assert labels(after) == [], "and nobody is led astray again"
    assert after["text"] == shown["text"]
