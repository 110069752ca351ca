"""The week on one page, as leaders, secretaries and members meet it in their chats."""

from datetime import datetime, timedelta
from io import BytesIO
from struct import unpack

import pytest

from bot import drawing
from storage.kinds import Delivery
from storage.tables import Outgoing
from tests.wire.scene import (
    DENIED,
    GONE,
    LI,
    ONE,
    OWNER,
    SI,
    SUN,
    ZHANG,
    ZHAO,
    ZHOU,
    ZONE,
    Message,
    Scene,
    labels,
    until,
)

PNG = b"\x89PNG\r\n\x1a\n"
WEEK = "11月23日—11月29日"
BEFORE, AFTER = "◀ 11.16—11.22", "11.23—11.29 ▶"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


async def worked(scene: Scene) -> None:
    """A morning; who studied, who is away, a wrong answer and a promise."""
    await scene.to(at(23, 7, 50))
    await scene.tap(ZHANG, "已学", ONE)
    await scene.tap(SI, "请假", ONE)
    await scene.tap(ZHAO, "2 小时", ONE)
    await scene.say(ZHANG, "/commit 11月25日前检修3号泵", ONE)


async def pages(scene: Scene, user: int) -> list[Message]:
    """The pages that stand in somebody's chat, oldest first.

    A picture that has to wait while others are drawn comes a moment later.
    """

    async def drawn() -> bool:
        soon = scene.clock() + timedelta(minutes=1)
        return not [
            row
            for row in await scene.rows(Outgoing)
            if row.method == "sendPhoto"
            and row.state in {Delivery.PENDING, Delivery.SENDING}
            and row.not_before <= soon
        ]

    await until(drawn)
    return [one for one in await scene.messages(user) if one["photo"]]


async def picture(scene: Scene, page: Message) -> tuple[int, int]:
    """How wide and high a page's picture is; it is one."""
    response = await scene.http.get(page["photo"]["url"])
    response.raise_for_status()
    assert response.content.startswith(PNG)
    wide, high = unpack(">II", BytesIO(response.content).getbuffer()[16:24])
    return wide, high


async def test_friday_at_five_leaders_and_secretaries_have_one_page_each(scene: Scene) -> None:
    await worked(scene)
    await scene.to(at(27, 16, 59))
    assert not await pages(scene, ZHAO)
    await scene.to(at(27, 17))
    (page,) = await pages(scene, ZHAO)
    head, *lines = page["caption"].split("\n")
    assert head == f"一班 · {WEEK}（截至周五 17:00）"
    assert lines[0] == "出勤：周一 1/3；请假 1 人次，不计在内"
    assert lines[1] == "承诺：新作 1，到期 1，按期兑现 0，逾期未完 1"
    assert lines[2].startswith("错得最多：")
    assert "答错 1 次，正解：30 分钟" in lines[2]
    assert lines[3] == "回执：这周没有要回执的公告"
    assert lines[4] == "此刻等人拿主意：逾期 1"
    assert lines[5].startswith("机器人占用：这周每人约 ")
    assert len(lines) == 6
    assert not [name for name in ("张三", "李四", "赵班长") if name in page["caption"]]
    assert (await picture(scene, page))[0] == 1080
    (side_by_side,) = await pages(scene, LI)
    assert side_by_side["caption"].startswith(f"第一党支部 · {WEEK}")
    assert len(await pages(scene, SUN)) == len(await pages(scene, ZHOU)) == 1
    assert not await pages(scene, ZHANG)
    await scene.forward(minutes=20)
    assert len(await pages(scene, ZHAO)) == 1


async def test_any_week_is_shown_in_the_place_of_the_one_that_was(scene: Scene) -> None:
    await worked(scene)
    await scene.say(ZHAO, "/week")
    (page,) = await pages(scene, ZHAO)
    assert page["caption"].startswith(f"一班 · {WEEK}（截至周一 07:50）")
    assert labels(page) == [BEFORE, "我自己的一周"]
    assert await scene.tap(ZHAO, BEFORE) == "11月16日—11月22日，马上就来"
    (turned,) = await pages(scene, ZHAO)
    assert turned["message_id"] == page["message_id"]
    assert turned["caption"].startswith("一班 · 11月16日—11月22日\n出勤：这周没有早会")
    assert turned["photo"] != page["photo"]
    assert labels(turned) == ["◀ 11.9—11.15", AFTER, "我自己的一周"]
    await scene.tap(ZHAO, AFTER)
    (again,) = await pages(scene, ZHAO)
    assert again["caption"].split("\n")[:6] == page["caption"].split("\n")[:6]
    assert labels(again) == [BEFORE, "我自己的一周"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/week 上周", "一班 · 11月16日—11月22日"),
        ("/week 2026-11-16", "一班 · 11月16日—11月22日"),
        ("/week 第47周", "一班 · 11月16日—11月22日"),
        ("上周小结", "一班 · 11月16日—11月22日"),
        ("周报", f"一班 · {WEEK}"),
        ("weekly report last week", "一班 · 11月16日—11月22日"),
    ],
)
async def test_a_week_is_named_in_many_ways(scene: Scene, line: str, said: str) -> None:
    await scene.say(ZHAO, line)
    (page,) = await pages(scene, ZHAO)
    assert page["caption"].startswith(said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/week 第54周", "2026年只有第1周到第53周"),
        ("/week 第0周", "2026年只有第1周到第53周"),
        ("/week 上月", "一页是一周"),
        ("/week 下周", "不是时间"),
        ("/week 2019-11-18", "只能看 2020年以来"),
        ("/week 2026-12-14", "还没有开始"),
        ("/week <b>&", "“<b>&”不是时间"),
    ],
)
async def test_what_is_no_week_is_answered_in_a_sentence(
    scene: Scene, line: str, said: str
) -> None:
    await scene.say(ZHAO, line)
    assert said in await scene.last(ZHAO)
    assert not await pages(scene, ZHAO)


async def test_in_a_group_it_is_asked_for_and_comes_in_private(scene: Scene) -> None:
    await worked(scene)
    await scene.say(ZHAO, "/week", ONE)
    assert await scene.last(ZHAO, ONE) == "一周小结私下发给你了，请看和我的私聊。"
    (page,) = await pages(scene, ZHAO)
    assert page["caption"].startswith("一班 · ")


async def test_another_units_week_is_shown_to_nobody(scene: Scene) -> None:
    await worked(scene)
    await scene.say(ZHAO, "/week")
    await scene.say(ZHANG, "/week")
    page = (await pages(scene, ZHAO))[0]["message_id"]
    own = (await scene.messages(ZHANG))[-1]["message_id"]
    for forged in ("wk:2:0:2026-11-16:0", "wk:0:1:2026-11-16:0", "wk:999:0:2026-11-16:0"):
        assert await scene.forge(ZHAO, ZHAO, page, forged) == DENIED
        assert await scene.forge(ZHANG, ZHANG, own, forged) == DENIED
    for odd in ("2026-11-17", "2026-11-30", "2018-01-01", "9999-12-27", "0001-01-01"):
        assert await scene.forge(ZHAO, ZHAO, page, f"wk:1:0:{odd}:0") == GONE
        assert await scene.forge(ZHANG, ZHANG, own, f"wo:{odd}") == GONE
    for forged in ("wt:1", "wc:1:4:17", "wp:0"):
        assert await scene.forge(ZHAO, ZHAO, page, forged) == DENIED
    await scene.say(LI, "/week")
    (hers,) = await pages(scene, LI)
    for forged, told in (
        ("wc:1:4:17", DENIED),
        ("wc:999:4:17", DENIED),
        ("wc:2:9:17", GONE),
        ("wc:2:-1:17", GONE),
        ("wc:2:4:3", GONE),
    ):
        assert await scene.forge(LI, LI, hers["message_id"], forged) == told
    assert len(await pages(scene, ZHAO)) == 1
    assert not await pages(scene, ZHANG)


async def test_a_member_has_their_own_week_and_each_friday_if_they_want_it(scene: Scene) -> None:
    await worked(scene)
    await scene.say(ZHANG, "/week")
    shown = (await scene.messages(ZHANG))[-1]
    head, *lines = shown["text"].split("\n")
    assert head == f"我的一周 · {WEEK} · 一班"
    assert lines[:2] == ["早会：学了 1/1", "承诺：新作 1，到期 1，按期兑现 0，逾期未完 0"]
    assert lines[2] == "接下来七天：1 项承诺到期，见 /my"
    assert lines[3].startswith("机器人占用：")
    assert labels(shown) == [BEFORE, "以后每周末尾发给我"]
    assert await scene.tap(ZHANG, "以后每周末尾发给我") == "以后每周最后一个工作日傍晚发给你。"
    assert labels((await scene.messages(ZHANG))[-1]) == [BEFORE, "不再每周发给我"]
    count = len(await scene.messages(ZHANG))
    await scene.to(at(27, 17))
    newest = (await scene.messages(ZHANG))[count:]
    assert ["我的一周" in one["text"] for one in newest].count(True) == 1
    assert await scene.tap(ZHANG, "不再每周发给我") == "不再每周发给你，想看时用 /week。"


async def test_a_secretary_says_when_it_comes_and_the_rest_follows(scene: Scene) -> None:
    await worked(scene)
    await scene.say(LI, "/week")
    assert (await pages(scene, LI))[0]["caption"].startswith(f"第一党支部 · {WEEK}")
    await scene.tap(LI, "何时自动发")
    assert "第一党支部 的一周小结：每周最后一个工作日 17:00" in await scene.last(LI)
    assert await scene.tap(LI, "周四") == "一周小结：周四 17:00"
    assert await scene.tap(LI, "16:00") == "一周小结：周四 16:00"
    assert "周四 16:00" in await scene.last(LI)
    await scene.to(at(26, 16))
    assert len(await pages(scene, ZHAO)) == 1
    assert len(await pages(scene, LI)) == 2
    assert not await pages(scene, ZHOU)
    await scene.to(at(27, 17))
    assert len(await pages(scene, ZHAO)) == 1
    assert len(await pages(scene, ZHOU)) == 1
    assert await scene.tap(LI, "不自动发") == "一周小结：不自动发"
    await scene.to(at(30, 7, 50))
    await scene.to(at(27, 17) + timedelta(days=7))
    assert len(await pages(scene, ZHAO)) == 1
    assert len(await pages(scene, ZHOU)) == 2


async def test_what_cannot_be_drawn_is_said_in_words(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "CHILD", "import sys; sys.exit(3)")
    await worked(scene)
    await scene.say(ZHAO, "/week")
    assert not await pages(scene, ZHAO)
    assert (await scene.last(ZHAO)).startswith(f"一班 · {WEEK}")
    (row,) = [one for one in await scene.rows(Outgoing) if one.key.startswith("weekasked:")]
    assert row.state is Delivery.SENT


async def test_whoever_runs_everything_has_all_teams(scene: Scene) -> None:
    await worked(scene)
    await scene.say(OWNER, "/week")
    (page,) = await pages(scene, OWNER)
    assert page["caption"].startswith("林业局 · ")
