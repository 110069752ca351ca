"""A team's switches as its secretary meets them, and what the group then sees."""

from datetime import datetime

from storage.tables import SwitchTurn, Team
from tests.wire.scene import (
    DENIED,
    GONE,
    LI,
    ONE,
    OWNER,
    SUN,
    WANG,
    ZHANG,
    ZHAO,
    ZHOU,
    ZONE,
    Scene,
    labels,
)

NAMES, RANKING, NUDGE = "群里公布未学名单", "个人出勤排名", "截止前提醒"


async def opened(scene: Scene, team: str = "一班") -> None:
    await scene.say(LI, "/switches")
    await scene.tap(LI, team)


async def close(scene: Scene) -> str:
    """The group's card, once the check-in is over."""
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    await scene.forward(minutes=70, seconds=6)
    return str((await scene.card())["text"])


async def test_one_message_says_what_each_means_and_how_it_stands(scene: Scene) -> None:
    await scene.say(LI, "/switches")
    assert await scene.last(LI) == "看哪个班组的开关？"
    await scene.tap(LI, "一班")
    shown = (await scene.messages(LI))[-1]
    assert shown["text"] == (
        "一班 的开关\n\n"
        "🟢 截止前提醒：已打开\n截止前 15 分钟，私聊提醒还没学的人，每人每个早会一条。\n\n"
        "⚪ 群里公布未学名单：已关闭\n截止以后，早会卡片上列出没学的人，请假的不列。\n\n"
        "⚪ 个人出勤排名：已关闭\n群里发 /board，按本月出勤给成员排名，请假的日子不算。\n\n"
        "⚪ 积分：已关闭\n打卡、答对、兑现承诺可得积分，每人私聊发 /points 只看自己的；"
        "请假不加分也不扣分。\n\n"
        "⚪ 群里公布积分榜：已关闭\n积分也打开时，群里发 /points，列出成员本月积分，从多到少，"
        "没有积分的不列。\n\n"
        "⚪ 报表不显示姓名：已关闭\n群里的卡片、看板、逾期清单、名单和排行只写数字，不写姓名。"
        "班组长、书记在私聊里照样查得到。"
    )
    assert labels(shown) == [
        *(f"关闭{NUDGE}", f"打开{NAMES}", f"打开{RANKING}"),
        *("打开积分", "打开群里公布积分榜", "打开报表不显示姓名"),
        "‹ 其他班组",
    ]


async def test_names_are_asked_for_twice_and_then_stand_on_the_closed_card(scene: Scene) -> None:
    await opened(scene)
    await scene.tap(LI, f"打开{NAMES}")
    asked = await scene.last(LI)
    assert "《关于防治“指尖上的形式主义”的若干意见》" in asked
    assert await scene.rows(SwitchTurn) == []
    await scene.tap(LI, "不打开")
    assert "⚪ 群里公布未学名单：已关闭" in await scene.last(LI)
    assert "未学" not in await close(scene), "names appear only with the switch"
    await scene.tap(LI, f"打开{NAMES}")
    assert await scene.tap(LI, "确定打开") == f"“{NAMES}”已打开"
    assert "🟢 群里公布未学名单：已打开（李书记 11月23日 周一 09:00）" in await scene.last(LI)
    await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("仍可补学\n未学（3）：赵班长、李四、王五")
    await scene.tap(WANG, "已学", ONE)
    await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("未学（2）：赵班长、李四")
    await scene.tap(LI, f"关闭{NAMES}")
    await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("仍可补学")


async def test_the_ranking_is_off_until_it_is_switched_on(scene: Scene) -> None:
    await close(scene)
    await scene.say(ZHANG, "/board 出勤", ONE)
    off = await scene.last(ZHANG, ONE)
    assert off.startswith("个人出勤排名没有打开，默认关闭。能打开的人：")
    assert "李书记" in off
    await opened(scene)
    await scene.tap(LI, f"打开{RANKING}")
    assert "反对强制打卡、积分排名" in await scene.last(LI)
    await scene.tap(LI, "确定打开")
    await scene.say(ZHANG, "/board", ONE)
    assert (await scene.last(ZHANG, ONE)).startswith(
        "📌 一班 · 承诺看板\n没有进行中的承诺 · 本月已完成 0 项\n\n"
        "一班 本月出勤排名，截至 11月23日 周一\n1. 张三　1/1\n2. 赵班长　0/1\n2. 李四　0/1\n"
    )


async def test_with_the_nudge_off_nobody_is_nudged(scene: Scene) -> None:
    await opened(scene)
    assert await scene.tap(LI, f"关闭{NUDGE}") == f"“{NUDGE}”已关闭"
    await scene.morning()
    await scene.to(datetime(2026, 11, 23, 8, 45, tzinfo=ZONE))
    assert not any("⏰" in text for text in await scene.texts(WANG))
    assert any("⏰" in text for text in await scene.texts(SUN)), "another team's"


async def test_a_leader_and_another_units_secretary_are_refused(scene: Scene) -> None:
    ours = next(row.id for row in await scene.rows(Team) if row.name == "一班")
    for user in (ZHAO, ZHANG):
        await scene.say(user, "/switches")
        assert await scene.last(user) == DENIED
        message = (await scene.messages(user))[-1]["message_id"]
        for data in (f"ss:{ours}", f"st:{ours}:names:1:1", "sp:0"):
            assert await scene.forge(user, user, message, data) == DENIED
    await scene.say(ZHOU, "/switches")
    assert "一班" not in labels((await scene.messages(ZHOU))[-1])
    message = (await scene.messages(ZHOU))[-1]["message_id"]
    for data in (f"ss:{ours}", f"st:{ours}:names:1:1", f"st:{ours}:nudge:0:0"):
        assert await scene.forge(ZHOU, ZHOU, message, data) == DENIED
    assert await scene.rows(SwitchTurn) == []


async def test_forged_data_turns_nothing(scene: Scene) -> None:
    await opened(scene)
    ours = next(row.id for row in await scene.rows(Team) if row.name == "一班")
    message = (await scene.messages(LI))[-1]["message_id"]
    for data in (f"st:{ours}:scores:1:1", f"st:{ours}:names:1", f"st:{ours}:names:2:1", "st:x"):
        assert await scene.forge(LI, LI, message, data) == GONE
    assert await scene.forge(LI, LI, message, "ss:99999") == DENIED
    assert await scene.rows(SwitchTurn) == []


async def test_the_owner_may_turn_any(scene: Scene) -> None:
    await scene.say(OWNER, "/switches")
    assert {"一班", "二班", "巡护队"} <= set(labels((await scene.messages(OWNER))[-1]))


async def test_without_names_the_group_reads_what_and_not_who(scene: Scene) -> None:
    await scene.morning()
    await scene.say(ZHANG, "/commit 今天18:00前完成3号泵检修", ONE)
    await scene.say(ZHAO, "/board", ONE)
    await scene.settle()
    board = await scene.find(ZHAO, "承诺看板", ONE)
    assert "张三" in board["text"]
    assert "张三" in (await scene.card())["text"]
    await scene.say(LI, "/switches")
    await scene.tap(LI, "一班")
    assert await scene.tap(LI, "打开报表不显示姓名") == "“报表不显示姓名”已打开"
    await scene.forward(seconds=6)
    board = await scene.find(ZHAO, "承诺看板", ONE)
    for shown in (board["text"], (await scene.card())["text"]):
        assert "#1" in shown
        assert "张三" not in shown
    await scene.say(ZHAO, "/overdue")
    await scene.forward(hours=12)
    await scene.say(ZHAO, "/overdue", ONE)
    assert "张三" not in await scene.last(ZHAO, ONE)
    await scene.say(ZHAO, "/overdue")
    assert "张三" in await scene.last(ZHAO)
