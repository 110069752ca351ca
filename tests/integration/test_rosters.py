"""The roster: its figures, its names by right, and what is done to a place."""

import asyncio
from datetime import date

import pytest
from sqlmodel import col, select

from handlers.requests import Reply, Sender
from handlers.routes import ROUTES, Switchboard
from handlers.taps import Tap
from handlers.taps.cards import StudiedTap
from handlers.taps.groups import RenameTeamTap
from handlers.taps.rosters import (
    FormerTap,
    MemberAct,
    MemberTap,
    MoveTap,
    MoveToTap,
    RosterFileTap,
    RostersTap,
    RosterTap,
)
from storage import chats, checkins, commitments, footings, leaves, rosters
from storage.kinds import LeaveReason, Progress, Role
from storage.tables import (
    Commitment,
    CommitmentAct,
    Departure,
    Footing,
    Grant,
    Leave,
    Member,
    Team,
)
from tests.conftest import LI, ONE, SI, SUN, THREE, TWO, WANG, WU, ZHANG, ZHAO, Office, on_sqlite
from tests.integration.doings import STRANGER, crew, listed, open_private, owed, taps
from tests.integration.places import share
from tests.integration.promises import FRIDAY, owe
from tests.integration.test_no_scans import assert_no_scan, overheard

ALL = Switchboard(ROUTES)
MESSAGE = 40


async def command(office: Office, user: int, text: str = "", chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat)
        reply = await ALL.command(request, "team", addressed=True)
    assert reply is not None
    return reply


async def press(office: Office, user: int, tap: Tap, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await ALL.press(await office.ask(session, user, chat=chat, message_id=MESSAGE), tap)


async def write(office: Office, user: int, text: str) -> str:
    async with office.database.begin() as session:
        reply = await ALL.otherwise(await office.ask(session, user, text))
    assert reply.message is not None
    return reply.message.html


async def counted(office: Office, people: int, above: int = 0, chat: int = ONE) -> None:
    async with office.database.begin() as session:
        home = await chats.by_telegram(session, chat)
        assert home is not None
        await footings.told(session, home.id, office.clock(), people, above=above)


def place(office: Office, user: int, act: MemberAct = MemberAct.SHOW) -> MemberTap:
    return MemberTap(office.members[user].id, act)


async def member(office: Office, user: int) -> Member:
    async with office.database.read() as session:
        return await session.get_one(Member, office.members[user].id)


# -- figures ---------------------------------------------------------------------------------


async def test_the_group_is_compared_with_the_roster(office: Office) -> None:
    await listed(office, "吴九", "<i>郑八</i>")
    await counted(office, 9, above=1)
    reply = await command(office, ZHAO)
    assert reply.message is not None
    lines = reply.message.html.split("\n")
    assert lines[0] == "<b>一班</b>：名册 5 人，已报到 3，待认领 2"
    assert lines[1] == "群里 9 人，从未露面 5（07:50 清点，不含我）", (
        "9, but one above and 3 known"
    )
    assert list(taps(reply.message))[:5] == ["★ 赵班长", "张三", "李四", "○ 吴九", "○ <i>郑八</i>"]
    assert reply.keeps == rosters.key(office.teams[ONE].id, await private(office, ZHAO))


async def private(office: Office, user: int) -> int:
    async with office.database.read() as session:
        chat = await chats.by_telegram(session, user)
        assert chat is not None
        return chat.id


async def test_the_first_question_has_telegram_asked(office: Office) -> None:
    reply = await command(office, ZHAO)
    assert reply.message is not None
    assert "正在清点" in reply.message.html
    async with office.database.read() as session:
        assert await footings.waiting(session, office.clock())
        assert await rosters.above(session, office.teams[ONE].chat_id or 0, 9) == [WANG, LI]


async def test_of_a_group_that_teams_share_the_whole_is_counted(office: Office) -> None:
    await share(office)
    await counted(office, 4, above=1, chat=TWO)
    reply = await command(office, SUN)
    assert reply.message is not None
    assert "群里 4 人，2 个班组共用；从未露面 1" in reply.message.html
    reply = await command(office, WANG)
    assert reply.message is not None
    assert "从未露面 1" in reply.message.html.split("\n")[0], "the group once, not twice"


async def test_in_the_group_there_are_figures_and_no_names(office: Office) -> None:
    await listed(office, "吴九")
    await counted(office, 5)
    for user in (ZHANG, ZHAO):
        reply = await command(office, user, chat=ONE)
        assert reply.message is not None
        assert "从未露面 2" in reply.message.html
        assert "张三" not in reply.message.html + "".join(taps(reply.message))
        assert "报到" in taps(reply.message)
        assert (reply.private is not None) == (user == ZHAO)


async def test_a_member_sees_figures_of_each_team_of_theirs(office: Office) -> None:
    async with office.database.begin() as session:
        session.add(
            Member(
                team_id=office.teams[TWO].id,
                person_id=office.people[ZHANG].id,
                joined_at=office.clock(),
            )
        )
    reply = await command(office, ZHANG)
    assert reply.message is not None
    assert "<b>一班</b>：名册 3 人" in reply.message.html
    assert "<b>二班</b>：名册 2 人" in reply.message.html
    assert reply.message.buttons == ()


async def test_a_secretary_sees_all_teams_those_that_lack_most_first(office: Office) -> None:
    await listed(office, "吴九", chat=TWO)
    reply = await command(office, LI)
    assert reply.message is not None
    assert reply.message.html.startswith("<b>2 个班组的名册</b>：共 5 人，已报到 4，待认领 1")
    assert list(taps(reply.message)) == ["二班 1/2", "一班 3/3", "导出全部名册"]
    reply = await command(office, LI, "一班")
    assert reply.message is not None
    assert reply.message.html.startswith("<b>一班</b>")
    unknown = await command(office, LI, "三班<")
    assert unknown.message is not None
    assert "三班&lt;" in unknown.message.html


async def test_the_same_in_plain_words(office: Office) -> None:
    for text in ("名册", "花名册 一班", "查看名册：一班", "roster", "show the roster of 一班?"):
        async with office.database.begin() as session:
            reply = await ALL.phrase(await office.ask(session, LI, text), addressed=True)
        assert reply is not None
        assert reply.message is not None
        wanted = "<b>一班</b>" if "一班" in text else "<b>2 个班组的名册</b>"
        assert reply.message.html.startswith(wanted), text


@on_sqlite
async def test_figures_of_many_teams_take_as_many_statements_as_of_one(office: Office) -> None:
    counts = []
    for teams in ([ONE], [ONE, TWO, THREE]):
        with overheard(office.database) as heard:
            async with office.database.read() as session:
                ids = [office.teams[chat].id for chat in teams]
                found = await rosters.figures(session, ids)
        counts.append(len(heard))
    assert [one.listed for one in found.values()] == [3, 1, 1]
    assert counts[0] == counts[1]


@pytest.mark.parametrize("user", [ZHANG, SUN, STRANGER, WU])
async def test_a_forged_tap_for_another_teams_place_does_nothing(
    office: Office, user: int
) -> None:
    if user == STRANGER:
        await open_private(office, STRANGER)
    mine = office.members[ZHANG].id
    ones: list[Tap] = [MemberTap(mine, act) for act in MemberAct]
    ones += [RosterTap(office.teams[ONE].id, 0), FormerTap(office.teams[ONE].id, 0)]
    ones += [MoveTap(mine, 0), MoveToTap(mine, office.teams[TWO].id, 1)]
    ones += [RosterFileTap(office.teams[ONE].id), RenameTeamTap(office.teams[ONE].id)]
    ones += [MemberTap(2**40, MemberAct.RETIRED), MoveToTap(mine, 2**40, 1)]
    for tap in ones:
        reply = await press(office, user, tap)
        assert reply.toast, tap
        assert reply.edit is None, tap
    assert (await member(office, ZHANG)).retired_at is None
    assert await owed(office.database, "roster-file:") == []


async def test_in_a_group_no_names_are_shown_to_whoever_taps(office: Office) -> None:
    for tap in (place(office, ZHANG), RosterTap(office.teams[ONE].id, 0), RostersTap(0)):
        reply = await press(office, LI, tap, ONE)
        assert reply.edit is None
        assert reply.toast


@on_sqlite
async def test_what_a_roster_asks_is_found_by_index(office: Office) -> None:
    await listed(office, "吴九")
    await counted(office, 9)
    await moved(office, "left", ZHANG)
    with overheard(office.database) as heard:
        await command(office, LI)
        await command(office, ZHAO)
        await press(office, ZHAO, RosterTap(office.teams[ONE].id, 0))
        await press(office, ZHAO, place(office, ZHANG))
        await press(office, ZHAO, FormerTap(office.teams[ONE].id, 0))
        await moved(office, "joined", STRANGER, ZHANG)
        async with office.database.read() as session:
            await footings.waiting(session, office.clock())
            await footings.wanted(session, office.clock(), 9)
            await chats.moved(session, -5)
    assert_no_scan(office, heard)


async def test_the_newest_roster_in_a_chat_is_the_one_that_is_kept_current(
    office: Office,
) -> None:
    home = office.teams[ONE].chat_id or 0
    for days in (0, 8):
        office.clock.forward(days=days)
        await press(office, ZHAO, RosterTap(office.teams[ONE].id, 0))
        async with office.database.read() as session:
            assert len(await rosters.shown(session, home, office.clock())) == 1
    await press(office, ZHAO, place(office, ZHANG))
    async with office.database.read() as session:
        assert await rosters.shown(session, home, office.clock()) == []


# -- a place ---------------------------------------------------------------------------------


async def test_a_place_is_renamed_in_words(office: Office) -> None:
    shown = await press(office, ZHAO, place(office, ZHANG))
    assert shown.edit is not None
    assert "<b>张三</b> · 一班" in shown.edit.html
    asked = await press(office, ZHAO, taps(shown.edit)["改名"])
    assert asked.edit is not None
    assert "张三" in asked.edit.html
    assert "已经有一位李四" in await write(office, ZHAO, "李四")
    assert "1 到 40 个字，收到的有 41 个字" in await write(office, ZHAO, "三" * 41)
    assert await write(office, ZHAO, " <b>张\n三丰</b> ") == (
        "已改名：张三 → <b>&lt;b&gt;张 三丰&lt;/b&gt;</b>，所有班组里都用新名字。"
    )
    assert "<b>张 三丰</b>" in await crew(office)
    assert "改名" not in await write(office, ZHAO, "张四")


async def test_whoever_goes_elsewhere_renames_nobody_with_what_they_write_next(
    office: Office,
) -> None:
    for step in (place(office, ZHANG), None):
        await press(office, ZHAO, place(office, ZHANG, MemberAct.NAME))
        if step is None:
            await command(office, ZHAO)
        else:
            await press(office, ZHAO, step)
        await write(office, ZHAO, "下午开会")
    assert "张三" in await crew(office)


async def test_words_that_come_too_late_rename_nobody(office: Office) -> None:
    await press(office, ZHAO, place(office, ZHANG, MemberAct.NAME))
    office.clock.forward(minutes=11)
    await write(office, ZHAO, "张三丰")
    assert "张三" in await crew(office)


async def test_who_lost_the_right_meanwhile_renames_nobody(office: Office) -> None:
    await press(office, ZHAO, place(office, ZHANG, MemberAct.NAME))
    async with office.database.begin() as session:
        for grant in await session.exec(select(Grant).where(Grant.role == Role.LEADER)):
            if grant.team_id == office.teams[ONE].id:
                grant.team_id = office.teams[TWO].id
                grant.person_id = office.people[ZHAO].id
                session.add(grant)
    assert "没有改动" in await write(office, ZHAO, "张三丰")
    assert "张三" in await crew(office)


async def test_tags_are_written_and_taken_away(office: Office) -> None:
    await press(office, ZHAO, place(office, ZHANG, MemberAct.TAGS))
    assert "最多 20 个" in await write(office, ZHAO, "长" * 21)
    assert await write(office, ZHAO, "电工、焊工 电工") == "<b>张三</b>的标签：电工、焊工。"
    assert (await member(office, ZHANG)).tags == ["电工", "焊工"]
    await press(office, ZHAO, place(office, ZHANG, MemberAct.TAGS))
    await write(office, ZHAO, "无")
    assert (await member(office, ZHANG)).tags == []


async def test_a_secretary_renames_the_team(office: Office) -> None:
    assert (await press(office, ZHAO, RenameTeamTap(office.teams[ONE].id))).toast
    reply = await press(office, LI, RenameTeamTap(office.teams[ONE].id))
    assert reply.message is not None
    assert "二班的班组" in await write(office, LI, "二班")
    assert await write(office, LI, "检修一班") == "班组已改名：一班 → <b>检修一班</b>。"
    async with office.database.read() as session:
        assert (await session.get_one(Team, office.teams[ONE].id)).name == "检修一班"


async def test_a_place_is_taken_after_a_second_question_and_given_back(office: Office) -> None:
    number = await owe(office, ZHANG)
    asked = await press(office, ZHAO, place(office, ZHANG, MemberAct.RETIRE))
    assert asked.edit is not None
    assert "还有 1 条未完成的承诺" in asked.edit.html
    assert (await member(office, ZHANG)).retired_at is None
    done = await press(office, ZHAO, taps(asked.edit)["确定移出"])
    assert done.toast == "张三已移出一班的名册。"
    assert (await member(office, ZHANG)).retired_at == office.clock()
    again = await press(office, ZHAO, place(office, ZHANG, MemberAct.RETIRED))
    assert "没有改动" in again.toast

    roster = await press(office, ZHAO, RosterTap(office.teams[ONE].id, 0))
    gone = await press(office, ZHAO, taps(roster.edit)["已移出 1 人"])
    theirs = await press(office, ZHAO, taps(gone.edit)["张三"])
    back = await press(office, ZHAO, taps(theirs.edit)["请回名册"])
    assert back.toast == "张三回到了一班的名册。"
    assert (await member(office, ZHANG)).retired_at is None
    async with office.database.read() as session:
        what = await session.get_one(Commitment, number)
        assert (what.member_id, what.state) == (office.members[ZHANG].id, Progress.OPEN)


async def test_two_who_take_a_place_at_once_take_it_once(office: Office) -> None:
    tap = place(office, ZHANG, MemberAct.RETIRED)
    replies = await asyncio.gather(press(office, ZHAO, tap), press(office, LI, tap))
    assert sorted("没有改动" in reply.toast for reply in replies) == [False, True]


async def test_a_retired_member_who_taps_asks_to_come_back(office: Office) -> None:
    async with office.database.begin() as session:
        morning = await office.morning(session)
    await press(office, ZHAO, place(office, ZHANG, MemberAct.RETIRED))
    reply = await press(office, ZHANG, StudiedTap(morning.id), ONE)
    assert "已请班组长确认" in reply.toast
    ((to, text),) = await owed(office.database, "admit:")
    assert to == ZHAO
    assert "以前在<b>一班</b>，已移出名册" in text
    async with office.database.read() as session:
        assert not await checkins.made(session, morning.id, office.members[ZHANG].id)


async def test_a_leader_cannot_take_a_leaders_place_and_a_secretary_can(office: Office) -> None:
    own = place(office, ZHAO, MemberAct.RETIRED)
    reply = await press(office, ZHAO, own)
    assert reply.alert
    assert "由书记决定" in reply.toast
    await press(office, LI, own)
    assert (await member(office, ZHAO)).retired_at is not None
    async with office.database.read() as session:
        led = await session.exec(select(Grant).where(Grant.team_id == office.teams[ONE].id))
        assert led.all() == []


async def test_a_secretary_says_who_leads_a_team_and_a_leader_does_not(office: Office) -> None:
    for user in (ZHAO, SUN, ZHANG):
        reply = await press(office, user, place(office, ZHANG, MemberAct.LEAD))
        assert reply.toast
        assert reply.edit is None
    shown = await press(office, LI, place(office, ZHANG))
    done = await press(office, LI, taps(shown.edit)["设为班组长"])
    assert done.toast == "张三是一班的班组长了。"
    await press(office, ZHANG, RosterTap(office.teams[ONE].id, 0))
    assert "设为班组长" not in taps((await press(office, ZHANG, place(office, SI))).edit)
    undone = await press(office, LI, taps(done.edit)["不再是班组长"])
    assert undone.toast == "张三不再是一班的班组长。"
    async with office.database.read() as session:
        led = await session.exec(select(Grant).where(Grant.team_id == office.teams[ONE].id))
        assert [one.person_id for one in led] == [office.people[ZHAO].id]
    await press(office, LI, place(office, ZHANG, MemberAct.RETIRED))
    late = await press(office, LI, place(office, ZHANG, MemberAct.LEAD))
    assert "没有改动" in late.toast


# -- to another team -------------------------------------------------------------------------


async def test_what_is_open_goes_along_and_what_was_stays(office: Office) -> None:
    first = await owe(office, ZHANG)
    kept = await owe(office, ZHANG, "已做完的事")
    await owe(office, SUN, "二班自己的事")
    old = office.members[ZHANG].id
    async with office.database.begin() as session:
        morning = await office.morning(session)
        await checkins.add(session, morning.id, old, office.clock())
        what = await session.get_one(Commitment, kept)
        await commitments.claim(session, what, office.people[ZHANG].id, office.clock())
        for start, end, by in ((20, 25, ZHANG), (1, 2, ZHANG)):
            await leaves.add(
                session,
                old,
                date(2026, 11, start),
                date(2026, 11, end),
                LeaveReason.LEAVE if hasattr(LeaveReason, "LEAVE") else next(iter(LeaveReason)),
                office.people[by].id,
                office.clock(),
            )
    choice = await press(office, LI, MoveTap(old, 0))
    assert list(taps(choice.edit)) == ["第一党支部 · 二班", "返回"]
    asked = await press(office, LI, taps(choice.edit)["第一党支部 · 二班"])
    assert asked.edit is not None
    assert "1 条未完成的承诺跟着走" in asked.edit.html
    assert (await member(office, ZHANG)).retired_at is None
    done = await press(office, LI, taps(asked.edit)["调到二班"])
    assert done.edit is not None
    assert "#1 → #2 完成3号泵检修" in done.edit.html

    async with office.database.read() as session:
        query = select(Member).where(
            Member.person_id == office.people[ZHANG].id, Member.team_id == office.teams[TWO].id
        )
        new = (await session.exec(query)).one()
        moved, stayed = (
            await session.get_one(Commitment, first),
            await session.get_one(Commitment, kept),
        )
        assert (moved.team_id, moved.member_id, moved.number) == (new.team_id, new.id, 2)
        assert moved.due_at == FRIDAY
        assert (stayed.team_id, stayed.member_id) == (office.teams[ONE].id, old)
        assert await checkins.made(session, morning.id, old)
        rest = (await session.exec(select(Leave).where(Leave.member_id == new.id))).all()
        assert [(one.first, one.last) for one in rest] == [
            (date(2026, 11, 23), date(2026, 11, 25))
        ]
        acts = await session.exec(
            select(CommitmentAct.text).where(CommitmentAct.commitment_id == first)
        )
        assert "一班 #1" in acts.all()
    ((to, text),) = await owed(office.database, "moved:")
    assert to == ZHANG
    assert "你已从一班调到<b>二班</b>" in text


async def test_who_comes_back_to_a_team_has_the_place_that_they_had(office: Office) -> None:
    old, two = office.members[ZHANG].id, office.teams[TWO].id
    await press(office, LI, MoveToTap(old, two, 1))
    async with office.database.read() as session:
        query = select(Member.id).where(
            Member.team_id == two, Member.person_id == office.people[ZHANG].id
        )
        there = (await session.exec(query)).one()
    await press(office, LI, MoveToTap(there, office.teams[ONE].id, 1))
    assert (await member(office, ZHANG)).retired_at is None


async def test_nobody_is_moved_to_a_team_that_the_presser_does_not_run(office: Office) -> None:
    three = office.teams[THREE].id
    for user in (ZHAO, LI):
        reply = await press(office, user, MoveToTap(office.members[ZHANG].id, three, 1))
        assert "没有改动" in reply.toast
    assert (await member(office, ZHANG)).retired_at is None
    choice = await press(office, ZHAO, MoveTap(office.members[ZHANG].id, 0))
    assert list(taps(choice.edit)) == ["返回"]


async def test_two_who_move_somebody_at_once_move_them_once(office: Office) -> None:
    await owe(office, ZHANG)
    old = office.members[ZHANG].id
    tap = MoveToTap(old, office.teams[TWO].id, 1)
    await asyncio.gather(press(office, LI, tap), press(office, WANG, tap))
    async with office.database.read() as session:
        places = await session.exec(
            select(Member).where(
                Member.person_id == office.people[ZHANG].id, col(Member.retired_at).is_(None)
            )
        )
        assert [one.team_id for one in places] == [office.teams[TWO].id]


# -- who comes and goes ----------------------------------------------------------------------


async def moved(office: Office, name: str, *users: int, chat: int = ONE) -> None:
    from handlers import movements

    async with office.database.begin() as session:
        who = [Sender(user, "路人<b>") for user in users]
        request = await office.ask(session, ZHAO, chat=chat, others=who)
        await getattr(movements, name)(request)


async def test_who_leaves_the_group_is_suggested_to_the_leader_and_stays(office: Office) -> None:
    await counted(office, 5)
    await moved(office, "left", ZHANG)
    await moved(office, "left", ZHANG)
    ((to, text),) = await owed(office.database, "left:")
    assert to == ZHAO
    assert text == "<b>张三</b>退出了“一班”，还在一班的名册里。要移出吗？"
    assert (await member(office, ZHANG)).retired_at is None
    reply = await command(office, ZHAO)
    assert reply.message is not None
    assert "已退群 1 人" in reply.message.html
    assert "↗ 张三" in taps(reply.message)
    kept = await press(office, ZHAO, place(office, ZHANG, MemberAct.KEEP))
    assert kept.edit is not None
    await moved(office, "joined", ZHANG)
    async with office.database.read() as session:
        assert (await session.exec(select(Departure))).all() == []


async def test_who_was_taken_off_and_comes_again_is_not_said_to_be_gone(office: Office) -> None:
    await moved(office, "left", ZHANG)
    await press(office, ZHAO, place(office, ZHANG, MemberAct.RETIRED))
    await moved(office, "joined", ZHANG)
    await press(office, ZHAO, place(office, ZHANG, MemberAct.BACK))
    reply = await command(office, ZHAO)
    assert "张三" in taps(reply.message)


async def test_of_a_leader_who_leaves_the_secretary_hears(office: Office) -> None:
    await moved(office, "left", ZHAO)
    assert [to for to, _ in await owed(office.database, "left:")] == [LI]


async def test_who_is_on_no_roster_leaves_without_a_word(office: Office) -> None:
    await moved(office, "left", STRANGER, SUN)
    assert await owed(office.database, "left:") == []


async def test_thirty_who_come_are_greeted_once_a_day(office: Office) -> None:
    await moved(office, "joined", *range(1000, 1030))
    await moved(office, "joined", STRANGER)
    ((to, text),) = await owed(office.database, "joined:")
    assert to == ONE
    assert "报到" in text
    office.clock.forward(days=1)
    await moved(office, "joined", STRANGER)
    assert len(await owed(office.database, "joined:")) == 2


async def test_a_member_who_comes_back_is_not_greeted(office: Office) -> None:
    await moved(office, "joined", ZHANG)
    assert await owed(office.database, "joined:") == []


async def test_a_group_without_a_team_greets_nobody(office: Office) -> None:
    async with office.database.begin() as session:
        (await session.get_one(Team, office.teams[THREE].id)).chat_id = None
    await moved(office, "joined", STRANGER, chat=THREE)
    assert await owed(office.database, "joined:") == []


async def test_each_change_has_the_group_counted_anew(office: Office) -> None:
    await counted(office, 5)
    await moved(office, "joined", STRANGER)
    async with office.database.read() as session:
        (footing,) = (await session.exec(select(Footing))).all()
        assert footing.wanted_at == office.clock()
