"""What is answered to questions in plain words: exact, by right, and with its days."""

from datetime import date, timedelta

from sqlmodel import col, select

from handlers.requests import Reply
from handlers.taps.questions import AskTap
from storage import checkins, receipts
from storage.attendance import days
from storage.kinds import LeaveReason
from storage.tables import Leave, Member, Morning, Person
from tests.conftest import LI, ONE, SI, SUN, TWO, WANG, ZHANG, ZHAO, Office
from tests.integration.announcing import announced
from tests.integration.answering import NAMELESS, ask, hold, press, promise, said, seat, told, week

__all__ = ["week"]

# -- shares ----------------------------------------------------------------------------------


async def test_a_rate_names_its_days_and_counts_the_excused_apart(week: Office) -> None:
    assert await said(week, ZHANG, "上周打卡率多少？") == (
        "📈 <b>打卡率</b> · 11月16日 周一 至 11月22日 周日\n"
        "一班：已学 <b>9/13</b>（69%），请假 2 人次，早会 5 个"
    )
    assert await said(week, ZHANG, "11月19日打卡率") == (
        "📈 <b>打卡率</b> · 11月19日 周四\n一班：已学 <b>2/3</b>（67%），请假 0 人次，早会 1 个"
    )


async def test_a_rate_is_what_the_cards_said(week: Office) -> None:
    """The sum of the figures on the cards, member by member and day by day."""
    team, first, last = week.teams[ONE].id, date(2026, 11, 1), date(2026, 11, 30)
    await seat(week, 119, "钱七")
    async with week.database.begin() as session:
        gone = week.members[SI]
        gone.retired_at = week.clock()
        session.add(gone)
    async with week.database.read() as session:
        found = (await days(session, [team], first, last))[team]
        mornings = (await session.exec(select(Morning.id))).all()
        cards = await checkins.tallies(session, mornings)
        people_there = await checkins.presences(session, mornings)
    assert found.mornings == len(mornings)
    assert found.done == sum(card.done for card in cards.values()) == 9
    assert found.expected == sum(card.expected for card in cards.values())
    away = sum(bool(p.reason and not p.at) for some in people_there.values() for p in some)
    assert found.away == away


async def test_a_secretary_reads_every_team_and_the_sum(week: Office) -> None:
    async with week.database.begin() as session:
        await hold(session, week, 3, [SUN], TWO)
    answer = await said(week, LI, "上周打卡率")
    assert answer.split("\n")[1:] == [
        "合计 2 个班组：已学 <b>10/14</b>（71%），请假 2 人次，早会 6 个",
        "一班：已学 <b>9/13</b>（69%），请假 2 人次，早会 5 个",
        "二班：已学 <b>1/1</b>（100%），请假 0 人次，早会 1 个",
    ]
    assert (await said(week, LI, "二班上周打卡率")).split("\n")[1:] == answer.split("\n")[3:]
    assert (await said(week, LI, "2班上周打卡率")).split("\n")[1:] == answer.split("\n")[3:]
    assert await said(week, WANG, "第一党支部上周打卡率") == answer


async def test_of_another_team_it_is_told_in_private_by_right(week: Office) -> None:
    assert (await told(week, LI, "二班上周打卡率", ONE)).endswith("\n二班：没有早会")
    assert (await ask(week, LI, "二班上周打卡率", ONE) or Reply()).message is None
    assert await ask(week, ZHANG, "二班上周打卡率", ONE) is None
    assert await ask(week, ZHANG, "二班上周打卡率") is None


async def test_days_to_come_and_days_without_a_morning_are_said_to_be_so(week: Office) -> None:
    assert await said(week, ZHANG, "下周打卡率") == "2026-11-30 至 2026-12-06 还没有开始。"
    assert await said(week, ZHANG, "昨天打卡率") == (
        "📈 <b>打卡率</b> · 11月22日 周日\n一班：没有早会"
    )


async def test_today_is_the_day_that_it_is_where_a_team_is(week: Office) -> None:
    async with week.database.begin() as session:
        team = week.teams[TWO]
        team.timezone = "America/New_York"  # where it is still Sunday evening
        session.add(team)
    assert await said(week, LI, "今天打卡率") == (
        "📈 <b>打卡率</b> · 11月23日 周一\n一班：没有早会\n\n"
        "📈 <b>打卡率</b> · 11月22日 周日\n二班：没有早会"
    )
    assert (await said(week, LI, "昨天谁没打卡")).startswith(
        "<b>一班</b> · 11月22日 周日：没有早会\n\n<b>二班</b> · 11月21日 周六：没有早会"
    )


async def test_before_the_card_there_is_nobody_to_miss_today(week: Office) -> None:
    assert await said(week, ZHAO, "今天谁没打卡") == "<b>一班</b> · 11月23日 周一：没有早会"
    assert (await said(week, ZHAO, "谁没打卡")).startswith("📊 <b>一班</b> · 11月20日 周五\n")


# -- who -------------------------------------------------------------------------------------


async def test_names_of_other_days_are_for_leaders_and_secretaries(week: Office) -> None:
    counts = "📊 <b>一班</b> · 11月18日 周三\n已学 <b>1/3</b>，请假 0 人"
    text = "上周三谁没打卡？"
    assert await said(week, ZHANG, text) == counts + NAMELESS
    assert await said(week, ZHAO, text) == f"{counts}\n未学：赵班长、李四"
    assert (await said(week, LI, text)).startswith(f"{counts}\n未学：赵班长、李四\n\n")
    assert await said(week, ZHAO, text, ONE) == counts + NAMELESS
    assert await told(week, ZHAO, text) == f"{counts}\n未学：赵班长、李四"
    reply = await ask(week, ZHANG, text, ONE)
    assert reply is not None
    assert reply.private is None


async def test_of_several_days_it_is_said_how_often(week: Office) -> None:
    head = "🔎 <b>一班</b> · 11月16日 周一 至 11月22日 周日\n"
    counts = "早会 5 个，未学 4 人次（2 人），请假 2 人次"
    assert await said(week, ZHANG, "上周谁没打卡") == head + counts + NAMELESS
    named = await said(week, ZHAO, "上周谁没打卡")
    assert named == f"{head}{counts}\n赵班长 2 次、李四 2 次（另请假 2 次）"


async def test_who_is_away_is_known_before_the_morning(week: Office) -> None:
    async with week.database.begin() as session:
        member, today = week.members[SI].id, date(2026, 11, 23)
        row = Leave(
            member_id=member, first=today, last=today, reason=LeaveReason.FIELD, at=week.clock()
        )
        session.add(row)
    counts = "🌿 <b>一班</b> · 11月23日 周一\n请假 1 人"
    assert await said(week, ZHAO, "今天谁请假？") == f"{counts}\n李四（外勤）"
    assert await said(week, ZHANG, "今天谁请假？") == counts + NAMELESS
    assert await said(week, ZHAO, "上周谁请假了") == (
        "🌿 <b>一班</b> · 11月16日 周一 至 11月22日 周日\n请假 1 人\n"
        "李四（倒班，11月16日 周一 至 11月17日 周二）"
    )


async def test_who_has_studied_is_named_by_right(week: Office) -> None:
    counts = "📊 <b>一班</b> · 11月20日 周五\n已学 <b>2/3</b>，请假 0 人"
    assert await said(week, ZHAO, "上周五谁打卡了") == f"{counts}\n已学：张三、赵班长"
    assert await said(week, ZHANG, "上周五谁打卡了") == counts + NAMELESS


# -- what is to be done ----------------------------------------------------------------------


async def test_what_is_due_names_its_days_and_whose_owner_is_away(week: Office) -> None:
    await promise(week, ZHANG, "查灭火器", week.clock() + timedelta(hours=2))
    await promise(week, SI, "清理现场", week.clock() + timedelta(days=3))
    today = date(2026, 11, 23)
    async with week.database.begin() as session:
        member = week.members[SI].id
        row = Leave(
            member_id=member, first=today, last=today, reason=LeaveReason.LEAVE, at=week.clock()
        )
        session.add(row)
    assert await said(week, ZHANG, "今天有什么到期", ONE) == (
        "📅 <b>到期的承诺</b> · 11月23日 周一\n还没完成 1 项，其中逾期 0 项\n"
        "#1 查灭火器 · 张三，今天到期"
    )
    whole = (
        "📅 <b>到期的承诺</b> · 11月23日 周一 至 11月29日 周日\n还没完成 2 项，其中逾期 0 项\n"
        "<b>一班</b>\n#1 查灭火器 · 张三，今天到期\n#2 清理现场 · 李四，11月26日 周四到期\n"
        "其中 1 项的承诺人请假（11月23日 周一）。"
    )
    assert await said(week, ZHAO, "这周有什么到期") == whole
    assert await said(week, LI, "一班本周到期的承诺") == whole
    assert "李四" not in await said(week, ZHANG, "这周有什么到期"), "in private it is one's own"
    assert await said(week, ZHANG, "明天要交什么") == "11月24日 周二：没有到期的承诺。"


async def test_what_is_overdue_and_open_says_when_that_was_so(week: Office) -> None:
    await promise(week, ZHANG, "查灭火器", week.clock() - timedelta(days=1))
    answer = await said(week, ZHAO, "哪些承诺逾期了？")
    assert answer.startswith("<b>逾期的承诺</b> · 1 项\n")
    assert answer.endswith("\n截至 11月23日 周一 07:50")
    assert (await said(week, SUN, "哪些承诺逾期了？")).startswith("没有逾期的承诺。\n截至 ")
    board = await said(week, ZHANG, "大家的承诺有哪些", ONE)
    assert board.startswith("📌 <b>一班 · 承诺看板</b>\n")
    assert board.endswith("\n截至 11月23日 周一 07:50")


# -- study and announcements -----------------------------------------------------------------


async def test_what_was_studied_on_a_day_and_in_a_week(week: Office) -> None:
    assert (await said(week, ZHANG, "上周五学了什么")).startswith(
        "☀️ 早会微学 · 11月20日 周五\n<b>受限空间</b>\n"
    )
    assert await said(week, ZHANG, "上周学了什么") == (
        "📚 <b>学习内容</b> · 11月16日 周一 至 11月22日 周日\n早会 5 个\n"
        "11月16日 周一　受限空间\n11月17日 周二　动火作业\n11月18日 周三　受限空间\n"
        "11月19日 周四　动火作业\n11月20日 周五　受限空间"
    )
    assert await said(week, ZHANG, "昨天学了什么") == "11月22日 周日：没有早会，没有微课。"


async def test_the_hardest_question_is_for_who_leads(week: Office) -> None:
    assert await said(week, ZHAO, "上周哪道题最难") == (
        "11月16日 周一 至 11月22日 周日，没有答错的题。"
    )
    assert await said(week, ZHANG, "上周哪道题最难") == "你没有这项操作的权限，没有改动任何内容。"


async def test_who_has_not_confirmed_the_last_announcement(week: Office) -> None:
    assert await said(week, LI, "上条公告谁没确认") == "还没有要回执的公告。"
    await announced(week)
    async with week.database.begin() as session:
        await receipts.add(session, 1, week.members[ZHANG].id, week.clock())
        today = date(2026, 11, 23)
        session.add(
            Leave(
                member_id=week.members[SI].id,
                first=today,
                last=today,
                reason=LeaveReason.LEAVE,
                at=week.clock(),
            )
        )
    head = (
        "📣 <b>公告回执</b> · 今天 11月23日 周一 07:50 发出\n<blockquote>明天 停电</blockquote>\n"
        "一班：回执 <b>1/2</b>，请假 1 人"
    )
    assert await said(week, ZHANG, "上条公告谁没确认？") == head
    assert await said(week, ZHAO, "上条公告谁没确认？") == f"{head}\n未回执：赵班长"
    assert await said(week, LI, "上条公告谁没确认？") == (
        f"{head}\n未回执：赵班长\n二班：回执 <b>0/1</b>，请假 0 人\n未回执：孙班长"
    )
    assert await said(week, ZHAO, "上条公告谁没确认？", ONE) == head
    assert await told(week, ZHAO, "上条公告谁没确认？") == f"{head}\n未回执：赵班长"
    assert await said(week, LI, "上周的公告谁没确认") == (
        "11月16日 周一 至 11月22日 周日：没有要回执的公告。"
    )


async def test_a_question_that_was_offered_is_asked_by_a_tap(week: Office) -> None:
    reply = await press(week, ZHANG, AskTap("rate_last_week"))
    assert reply.message is not None
    assert "已学 <b>9/13</b>" in reply.message.html
    refused = await press(week, ZHANG, AskTap("hardest"))
    assert refused.message is not None
    assert refused.message.html == "你没有这项操作的权限，没有改动任何内容。"


async def test_the_members_of_a_team_are_as_they_were(week: Office) -> None:
    """Asking changes nothing."""
    texts = ("谁没打卡", "我的承诺", "老张的承诺", "看板", "上条公告谁没确认", "what's due today")
    for text in texts:
        await ask(week, ZHAO, text)
    async with week.database.read() as session:
        members = await session.exec(select(Member).where(col(Member.retired_at).is_(None)))
        assert len(members.all()) == 5
        assert len((await session.exec(select(Person))).all()) == 7
