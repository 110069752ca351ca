"""Points: off until they are switched on, each one's own, and a board only where there is one."""

from datetime import date

import pytest

from handlers import mine
from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.rules.points import read_scale
from storage import checkins, commitments, study, switches, verifications
from storage.kinds import LeaveReason, Switch
from storage.tables import Leave, Member, Person
from tests.conftest import LI, ONE, SI, SUN, TWO, WANG, ZHANG, ZHAO, Hands, Office, on_sqlite
from tests.integration.promises import join, local, owe, retire
from tests.integration.test_no_scans import assert_no_scan, overheard

BOARD = Switchboard(ROUTES)
OFF = "积分没有打开，默认关闭。能打开的人：王书记、李书记，在私聊里发 /switches。"


async def said(office: Office, user: int, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, "", chat)
        reply = await BOARD.command(request, "points", addressed=True)
    assert reply is not None
    return reply


def html(reply: Reply) -> str:
    assert reply.message is not None
    return reply.message.html


async def turn(office: Office, *wanted: Switch, chat: int = ONE) -> None:
    async with office.database.begin() as session:
        for switch in wanted:
            team, by = office.teams[chat].id, office.people[LI].id
            await switches.turn(session, team, switch, True, by, office.clock())


@pytest.fixture
async def lived(office: Office, clock: Hands) -> Office:
    """ZHANG: in time, right, one promise kept and verified, one kept late. ZHAO: late, wrong."""
    async with office.database.begin() as session:
        morning = await office.morning(session)
        for user, at, choice in ((ZHANG, "07:52", 1), (ZHAO, "09:30", 2)):
            member = office.members[user].id
            await checkins.add(session, morning.id, member, local(f"2026-11-23T{at}"))
            await study.answer(session, morning.id, 1, member, choice, clock())
            await study.answer(session, morning.id, 1, member, 1, clock())
        session.add(
            Leave(
                member_id=office.members[SI].id,
                first=date(2026, 11, 23),
                last=date(2026, 11, 30),
                reason=LeaveReason.LEAVE,
                at=clock(),
            )
        )
    kept = await owe(office, ZHANG, "按时", local("2026-11-24T18:00"))
    late = await owe(office, ZHANG, "晚了", local("2026-11-23T18:00"))
    back = await owe(office, ZHANG, "退回", local("2026-11-24T18:00"))
    for one, reason in ((kept, None), (late, ""), (back, "不清楚")):
        async with office.database.begin() as session:
            what = await commitments.one(session, one)
            assert what
            then = local("2026-11-24T10:00")
            await commitments.claim(session, what.commitment, what.owner.id, then)
            found = await verifications.claim(session, one)
            assert found
            if reason != "":
                by = office.people[LI].id
                await verifications.judge(session, found, by, then, reason=reason)
    clock.now = local("2026-11-25T10:00")
    return office


async def test_they_are_off_until_somebody_switches_them_on(lived: Office) -> None:
    assert html(await said(lived, ZHANG)) == OFF
    assert html(await said(lived, ZHANG, ONE)) == OFF
    await turn(lived, Switch.POINTS_BOARD)
    assert html(await said(lived, ZHANG, ONE)) == OFF, "a board of nothing"


async def test_one_sees_ones_own_and_what_they_are_for(lived: Office) -> None:
    await turn(lived, Switch.POINTS)
    assert html(await said(lived, ZHANG)) == (
        "积分（一班）：本月 <b>8</b>，今年 <b>8</b>\n"
        "本月：按时打卡 1 次 2 分、答对 1 题 1 分、按期兑现承诺 1 项 3 分、逾期兑现 1 项 1 分、"
        "通过验收 1 项 1 分\n\n"
        "怎么算：按时打卡 2、晚到或补学 1、首次答对 1、按期兑现承诺 3、逾期兑现 1、"
        "通过验收再加 1。"
        "请假不加分也不扣分。只有你看得到。"
    )
    assert html(await said(lived, ZHAO)).startswith("积分（一班）：本月 <b>1</b>，今年 <b>1</b>\n")


async def test_in_the_group_each_is_told_their_own_in_private_without_a_board(
    lived: Office,
) -> None:
    await turn(lived, Switch.POINTS)
    reply = await said(lived, ZHANG, ONE)
    assert reply.message is None
    assert reply.private
    assert "本月 <b>8</b>" in reply.private.html
    assert "没有公开的积分榜" in html(await said(lived, LI, ONE))


async def test_a_board_lists_who_has_some(lived: Office) -> None:
    await turn(lived, Switch.POINTS, Switch.POINTS_BOARD)
    async with lived.database.begin() as session:
        person = await session.get_one(Person, lived.people[ZHAO].id)
        person.name = "<i>=1+1</i>"
    assert html(await said(lived, ZHANG, ONE)) == (
        "<b>一班</b> 本月积分，截至 11月25日 周三\n"
        "1. 张三　8\n2. &lt;i&gt;=1+1&lt;/i&gt;　1\n"
        "请假不加分也不扣分；没有积分的不列。"
    )
    own = html(await said(lived, ZHANG))
    assert own.endswith("班组打开了积分榜，群里发 /points 大家都能看到。"), (
        "not only they see them"
    )
    await retire(lived, ZHANG)
    assert "张三" not in html(await said(lived, LI, ONE))


async def test_a_year_and_a_month_begin_where_the_team_is(lived: Office, clock: Hands) -> None:
    await turn(lived, Switch.POINTS)
    clock.now = local("2026-12-01T00:00")
    assert html(await said(lived, ZHANG)).startswith(
        "积分（一班）：本月 <b>0</b>，今年 <b>8</b>\n"
    )
    clock.now = local("2027-01-01T00:00")
    assert html(await said(lived, ZHANG)).startswith(
        "积分（一班）：本月 <b>0</b>，今年 <b>0</b>\n"
    )


async def test_somebody_in_two_teams_sees_each_that_has_them(lived: Office) -> None:
    await join(lived, ZHANG, TWO)
    await turn(lived, Switch.POINTS)
    assert "二班" not in html(await said(lived, ZHANG))
    await turn(lived, Switch.POINTS, chat=TWO)
    assert "积分（二班）：本月 <b>0</b>" in html(await said(lived, ZHANG))


async def test_who_has_no_place_is_told_where_boards_are(lived: Office) -> None:
    assert html(await said(lived, WANG)).startswith("只有班组成员有积分。")


async def test_my_list_has_a_line_only_where_they_are_on(lived: Office) -> None:
    async def my() -> str:
        async with lived.database.begin() as session:
            return html(await mine.mine(await lived.ask(session, ZHANG)))

    assert "积分" not in await my()
    await turn(lived, Switch.POINTS)
    assert "\n积分（一班）：本月 <b>8</b>，今年 <b>8</b>\n" in await my()


async def test_the_installation_says_what_deeds_are_worth(lived: Office) -> None:
    await turn(lived, Switch.POINTS)
    async with lived.database.begin() as session:
        request = await lived.ask(session, ZHANG)
        house = request.house.__class__("b", "UTC", "zh", scale=read_scale("checkin=50,kept=0"))
        object.__setattr__(request, "house", house)
        reply = await BOARD.command(request, "points", addressed=True)
    assert reply
    assert "本月 <b>53</b>" in html(reply)
    assert "按时打卡 50" in html(reply)


async def test_nothing_is_stored_of_them(lived: Office) -> None:
    await turn(lived, Switch.POINTS)
    async with lived.database.begin() as session:
        member = await session.get_one(Member, lived.members[ZHANG].id)
        assert not any("point" in name or "score" in name for name in type(member).model_fields)
        what = await commitments.one(session, 1)
        assert what
        what.commitment.due_at = local("2026-11-24T09:00")
        session.add(what.commitment)
    assert html(await said(lived, ZHANG)).startswith("积分（一班）：本月 <b>6</b>")


@on_sqlite
async def test_points_read_by_index(lived: Office) -> None:
    await turn(lived, Switch.POINTS, Switch.POINTS_BOARD)
    with overheard(lived.database) as heard:
        await said(lived, ZHANG)
        await said(lived, ZHANG, ONE)
    assert_no_scan(lived, heard)


async def test_another_teams_leader_has_none_of_it(lived: Office) -> None:
    await turn(lived, Switch.POINTS)
    assert html(await said(lived, SUN)) == OFF
