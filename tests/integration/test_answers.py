"""What is answered to questions in plain words: exact, by right, and with its days."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import col, select

from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.taps import Tap
from handlers.taps.questions import AskTap, ChosenTap
from handlers.words.message import Message
from storage import checkins, commitments, people, receipts
from storage.attendance import days
from storage.database import Session
from storage.kinds import ChatKind, LeaveReason
from storage.tables import Chat, CheckIn, Leave, Member, Morning, Person
from tests.conftest import LI, ONE, SI, SUN, TWO, WANG, WU, ZHANG, ZHAO, ZONE, Office
from tests.integration.announcing import announced

SWITCHBOARD = Switchboard(ROUTES)
SUSAN = 118  # 张伟, whom 张三 shares a surname with
NAMELESS = "\n姓名不公开，只私聊告诉班组长和书记。"
NOT_YOURS = "别人的打卡和承诺，只有本人、班组长和书记能查。大家的承诺可以看看板：/board"


async def ask(office: Office, user: int, text: str, chat: int | None = None) -> Reply | None:
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat)
        return await SWITCHBOARD.question(request)


async def press(office: Office, user: int, tap: Tap, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await SWITCHBOARD.press(await office.ask(session, user, "", chat), tap)


async def said(office: Office, user: int, text: str, chat: int | None = None) -> str:
    """What is said where it was asked."""
    reply = await ask(office, user, text, chat)
    assert reply is not None
    assert reply.message is not None
    return reply.message.html


async def told(office: Office, user: int, text: str, chat: int = ONE) -> str:
    """What is said in private to somebody who asked in a group."""
    reply = await ask(office, user, text, chat)
    assert reply is not None
    assert reply.private is not None
    return reply.private.html


def labels(message: Message | None) -> list[str]:
    assert message is not None
    return [button.label for row in message.buttons for button in row]


def taps(message: Message | None) -> list[Tap | None]:
    assert message is not None
    return [button.tap for row in message.buttons for button in row]


async def hold(
    session: Session, office: Office, back: int, there: Sequence[int], chat: int = ONE
) -> Morning:
    """A morning so many days ago, at which these people studied in time."""
    day = office.clock().astimezone(ZONE).date() - timedelta(days=back)
    at = datetime.combine(day, time(8), ZONE).astimezone(UTC)
    morning = Morning(
        team_id=office.teams[chat].id,
        day=day,
        bite_id=1 + back % 2,
        due_at=at,
        closes_at=at + timedelta(minutes=70),
        closed_at=at + timedelta(minutes=70),
    )
    session.add(morning)
    await session.flush()
    for user in there:
        member = office.members[user].id
        session.add(CheckIn(morning_id=morning.id, member_id=member, at=at))
    return morning


@pytest.fixture
async def week(office: Office) -> Office:
    """Last week's five mornings: 张三 was at all, 赵班长 at three, 李四 at one and away twice."""
    async with office.database.begin() as session:
        session.add(Chat(telegram_id=SI, kind=ChatKind.PRIVATE))
        for back, there in ((7, [ZHANG, ZHAO]), (6, [ZHANG, ZHAO]), (5, [ZHANG]), (4, [ZHANG, SI]),
                            (3, [ZHANG, ZHAO])):  # fmt: skip
            await hold(session, office, back, there)
        first = date(2026, 11, 16)
        session.add(
            Leave(
                member_id=office.members[SI].id,
                first=first,
                last=first + timedelta(days=1),
                reason=LeaveReason.SHIFT,
                at=office.clock(),
            )
        )
    return office


async def promise(office: Office, user: int, text: str, due_at: datetime) -> None:
    async with office.database.begin() as session:
        await commitments.make(session, office.members[user], text, due_at, office.clock())


async def seat(office: Office, user: int, name: str, chat: int = ONE) -> int:
    """Somebody more in a team; their place."""
    async with office.database.begin() as session:
        person = await people.known(session, user, name)
        member = await people.enrol(session, office.teams[chat].id, person, office.clock())
        office.members[user], office.people[user] = member, person
        return member.id


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


async def test_days_to_come_and_days_without_a_morning_are_said_to_be_so(week: Office) -> None:
    assert await said(week, ZHANG, "下周打卡率") == "2026-11-30 至 2026-12-06 还没有开始。"
    assert await said(week, ZHANG, "昨天打卡率") == (
        "📈 <b>打卡率</b> · 11月22日 周日\n一班：没有早会"
    )


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


# -- one person ------------------------------------------------------------------------------


async def test_my_streak_names_its_days_and_what_was_excused(week: Office) -> None:
    assert await said(week, ZHANG, "我连续打卡几天了") == (
        "🔥 <b>你</b> · 一班\n"
        "连续打卡 <b>5</b> 个早会（11月16日 周一 至 11月20日 周五），其间请假 0 次，不算中断"
    )
    assert await said(week, ZHAO, "我连续打卡几天了") == (
        "🔥 <b>你</b> · 一班\n连续打卡 <b>1</b> 个早会（11月20日 周五），其间请假 0 次，不算中断"
    )
    assert await told(week, ZHANG, "what's my streak?") == await said(
        week, ZHANG, "what's my streak?"
    ), "what is one's own is said in private alone"


async def test_a_day_and_a_stretch_of_ones_own(week: Office) -> None:
    assert await said(week, SI, "我上周一打卡了吗") == "📖 <b>你</b> · 一班\n11月16日 周一：请假"
    assert await said(week, SI, "我上周打卡几次") == (
        "📖 <b>你</b> · 一班\n11月16日 周一 至 11月22日 周日：已学 <b>1/3</b>，请假 2 次\n"
        "未学：11月18日 周三、11月20日 周五"
    )
    assert (await said(week, ZHANG, "我打卡了没")).split("\n")[1] == "11月23日 周一：没有早会"


async def test_another_ones_record_is_for_who_leads_them(week: Office) -> None:
    record = "📖 <b>张三</b> · 一班\n11月20日 周五：08:00 已学"
    text = "张三上周五打卡了吗"
    assert await said(week, ZHANG, text) == record.replace("张三", "你")
    for user in (ZHAO, LI, WANG):
        assert await said(week, user, text) == record
    for user in (SI, SUN, WU):
        answer = await ask(week, user, text)
        assert answer is not None
        assert answer.message is not None
        assert "已学" not in answer.message.html
    assert await said(week, SI, text) == NOT_YOURS
    assert await told(week, ZHAO, text) == record, "in a group it is said to the leader alone"


async def test_another_ones_promises_are_for_who_leads_them(week: Office) -> None:
    await promise(week, ZHANG, "换 <b>滤芯</b>", week.clock() + timedelta(days=1))
    text = "张三的承诺有哪些"
    answer = await said(week, ZHAO, text)
    assert answer == (
        "📌 <b>张三</b> · 一班\n截至 11月23日 周一，进行中 1 项，其中逾期 0 项\n"
        "🔵 <b>#1</b> 换 &lt;b&gt;滤芯&lt;/b&gt; · 11月24日 周二，明天到期"
    )
    assert await said(week, LI, "老张的承诺") == answer
    assert await said(week, SI, text) == NOT_YOURS
    assert await said(week, SI, "陈六的承诺") == NOT_YOURS
    week.clock.forward(days=2)
    assert "逾期 1 项\n" in await said(week, ZHAO, "张三逾期了吗")
    assert (await said(week, ZHAO, "张三本周的承诺")).split("\n")[1] == (
        "11月23日 周一 至 11月29日 周日 到期、还没完成的 1 项，其中逾期 1 项"
    )


async def test_of_two_who_may_be_meant_one_is_chosen(week: Office) -> None:
    wei = await seat(week, SUSAN, "张<i>伟</i>")
    reply = await ask(week, ZHAO, "老张上周五打卡了吗")
    assert reply is not None
    assert reply.message is not None
    assert reply.message.html == "“老张”有 2 位，要问哪一位？"
    assert labels(reply.message) == ["张三", "张<i>伟</i>"]
    tap = taps(reply.message)[1]
    assert tap == ChosenTap("checkins", wei, date(2026, 11, 20), date(2026, 11, 20))
    chosen = await press(week, ZHAO, tap)
    assert chosen.message is not None
    assert chosen.message.html.startswith(
        "📖 <b>张&lt;i&gt;伟&lt;/i&gt;</b> · 一班\n11月20日 周五："
    )
    in_group = await press(week, ZHAO, tap, ONE)
    assert in_group.message is None
    assert in_group.private == chosen.message


async def test_who_sits_in_two_teams_is_told_apart_by_them(week: Office) -> None:
    async with week.database.begin() as session:
        person = await people.known(session, ZHANG, "张三")
        await people.enrol(session, week.teams[TWO].id, person, week.clock())
    reply = await ask(week, LI, "张三的承诺")
    assert reply is not None
    assert labels(reply.message) == ["张三（一班）", "张三（二班）"]
    assert (await said(week, ZHANG, "我连续打卡几天")).count("🔥") == 2


@pytest.mark.parametrize("user", [SI, SUN, WU, ZHANG])
async def test_a_forged_choice_shows_nobody_elses_record(week: Office, user: int) -> None:
    for kind in ("checkins", "promises", "streak", "overdue", "due"):
        tap = ChosenTap(kind, week.members[ZHAO].id, None, None)
        reply = await press(week, user, tap)
        assert (reply.message, reply.private) == (None, None)
        assert reply.toast


async def test_forged_taps_that_make_no_sense_are_turned_away(week: Office) -> None:
    member = week.members[ZHANG].id
    for tap in (
        ChosenTap("missing", member, None, None),
        ChosenTap("nonsense", member, None, None),
        ChosenTap("checkins", 10**9, None, None),
        ChosenTap("checkins", -1, None, None),
        ChosenTap("checkins", member, date(1, 1, 1), date(9999, 12, 31)),
        ChosenTap("checkins", member, date(2026, 12, 1), date(2026, 11, 1)),
        AskTap("nonsense"),
        AskTap(""),
    ):
        reply = await press(week, ZHAO, tap)
        assert (reply.message, reply.private) == (None, None), tap
        assert reply.toast
    far = ChosenTap("promises", member, date(1, 1, 1), date(9999, 12, 31))
    assert (await press(week, ZHAO, far)).toast


async def test_of_whom_nobody_knows_the_names_that_come_near(week: Office) -> None:
    assert await said(week, ZHAO, "张山打卡了吗") == "没有叫“张山”的人。名字相近的：张三"
    assert await said(week, ZHAO, "陈六打卡了吗") == "没有叫“陈六”的人。"
    assert await ask(week, LI, "陈六的承诺") is None, "which may be an announcement"
    assert await ask(week, ZHAO, "三班上周打卡率") is None, "no team of theirs is called that"


async def test_a_name_like_a_command_or_a_pattern_is_but_a_name(week: Office) -> None:
    await seat(week, SUSAN, "完成")
    await seat(week, 119, "%_%")
    assert await said(week, ZHAO, "张三上周五打卡了吗") == (
        "📖 <b>张三</b> · 一班\n11月20日 周五：08:00 已学"
    )
    assert "“李%”" not in await said(week, ZHAO, "李四打卡了吗")


async def test_a_team_may_stand_where_a_name_stands(week: Office) -> None:
    async with week.database.begin() as session:
        team = week.teams[ONE]
        team.name = "Front desk"
        session.add(team)
    assert "Front desk：已学 <b>9/13</b>" in await said(
        week, ZHANG, "Front desk's attendance last week"
    )


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
