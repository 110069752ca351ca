"""学—诺—行: the figures of a week or of other days, by team and by unit."""

import pytest

from handlers import status
from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.words import plain
from handlers.words.voice import Voice
from storage import checkins, commitments, verifications
from storage.tables import Team
from tests.conftest import (
    LI,
    ONE,
    SUN,
    THREE,
    WANG,
    WU,
    ZHANG,
    ZHAO,
    Hands,
    Office,
    on_sqlite,
)
from tests.integration.promises import local, owe
from tests.integration.test_no_scans import assert_no_scan, overheard

BOARD = Switchboard(ROUTES)
DENIED = plain.denied(Voice("zh"))
MEANS = Voice("zh")("flow.means")


async def said(office: Office, user: int, text: str = "", chat: int | None = None) -> str:
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat)
        reply = await BOARD.command(request, "flow", addressed=True)
    assert reply is not None
    return html(reply)


def html(reply: Reply) -> str:
    assert reply.message is not None
    return reply.message.html


async def claimed(office: Office, promise_id: int, at: str, *, verified: bool = False) -> None:
    async with office.database.begin() as session:
        what = await commitments.one(session, promise_id)
        assert what
        await commitments.claim(session, what.commitment, what.owner.id, local(at))
        if verified:
            found = await verifications.claim(session, promise_id)
            assert found
            await verifications.judge(session, found, office.people[LI].id, local(at))


@pytest.fixture
async def week(office: Office, clock: Hands) -> Office:
    """Monday: two of team one and one of team three studied. Promises of ZHANG and SUN."""
    async with office.database.begin() as session:
        for chat, users in ((ONE, (ZHANG, ZHAO)), (THREE, (WU,))):
            morning = await office.morning(session, chat)
            for user in users:
                await checkins.add(session, morning.id, office.members[user].id, clock())
    in_time = await owe(office, ZHANG, "按时", local("2026-11-24T18:00"))
    late = await owe(office, ZHANG, "晚了", local("2026-11-23T18:00"))
    await owe(office, ZHANG, "下周", local("2026-11-30T18:00"))
    gone = await owe(office, SUN, "撤回", local("2026-11-24T18:00"))
    await claimed(office, in_time, "2026-11-24T18:00", verified=True)
    await claimed(office, late, "2026-11-23T18:01", verified=True)
    async with office.database.begin() as session:
        what = await commitments.one(session, gone)
        assert what
        await commitments.withdraw(session, what.commitment, what.owner.id, clock())
    clock.now = local("2026-11-25T10:00")
    return office


async def test_a_leader_has_this_weeks_figures(week: Office) -> None:
    assert await said(week, ZHAO) == (
        "<b>学—诺—行</b> · 2026-11-23 至 2026-11-29\n\n"
        "一班　学 2 → 诺 3 → 按期 1/2 → 验收 1\n\n" + MEANS
    )


async def test_a_secretary_has_the_sum_and_the_teams_beside_each_other(week: Office) -> None:
    assert (await said(week, LI)).split("\n")[2:6] == [
        "<b>第一党支部（2 个班组）</b>",
        "学 2 → 诺 4 → 按期 1/2 → 验收 1",
        "一班　学 2 → 诺 3 → 按期 1/2 → 验收 1",
        "二班　学 0 → 诺 1 → 按期 0/0 → 验收 0",
    ]
    assert (await said(week, WANG)).split("\n\n")[1] == (
        "<b>全部（3 个班组）</b>\n学 3 → 诺 4 → 按期 1/2 → 验收 1"
    )


async def test_other_days_and_one_team_can_be_asked_for(week: Office) -> None:
    assert "2026-11-16 至 2026-11-22\n\n一班　学 0 → 诺 0 → 按期 0/0" in await said(
        week, LI, "一班 上周"
    )
    assert "第一党支部（2 个班组）" in await said(week, WANG, "第一党支部 本周")
    assert "三班" not in await said(week, WANG, "第一党支部 本周")
    assert "2026年11月\n\n一班　学 2 → 诺 3 → 按期 1/3" in await said(week, ZHAO, "本月")
    assert "不是时间" in await said(week, ZHAO, "二班")
    assert "对调" in await said(week, ZHAO, "11月15日到11月1日")


async def test_members_are_told_that_it_is_not_theirs_to_ask(week: Office) -> None:
    assert await said(week, ZHANG) == DENIED
    assert await said(week, ZHANG, "", ONE) == DENIED


async def test_in_a_group_it_is_of_that_team_alone(week: Office) -> None:
    told = await said(week, LI, "", ONE)
    assert "一班" in told
    assert "二班" not in told


async def test_plain_words_ask_the_same(week: Office) -> None:
    for text in ("学诺行", "学—诺—行 上周", "学诺行情况？"):
        async with week.database.begin() as session:
            reply = await BOARD.phrase(await week.ask(session, ZHAO, text), True)
        assert reply
        assert "<b>学—诺—行</b>" in html(reply)


async def test_status_has_a_line_for_those_who_lead_and_none_for_others(week: Office) -> None:
    async with week.database.begin() as session:
        own = html(await status.status(await week.ask(session, ZHAO)))
        member = html(await status.status(await week.ask(session, ZHANG)))
        group = await status.status(await week.ask(session, ZHAO, chat=ONE))
    assert own.endswith("\n本周学诺行：学 2 → 诺 3 → 按期 1/2 → 验收 1")
    assert "学诺行" not in member
    assert "学诺行" not in html(group)
    assert group.private
    assert "学诺行" in group.private.html


async def test_a_name_is_text_and_many_teams_are_cut_with_a_word(week: Office) -> None:
    async with week.database.begin() as session:
        team = await session.get_one(Team, week.teams[ONE].id)
        team.name = "<b>=1+1</b>"
        for number in range(90):
            session.add(
                Team(
                    unit_id=team.unit_id,
                    name=f"第{number}号很长名字的班组<&>",
                    timezone="Asia/Shanghai",
                    locale="zh",
                )
            )
    told = await said(week, LI)
    assert "&lt;b&gt;=1+1&lt;/b&gt;　学 2" in told
    assert len(told) < 4096
    assert "第一党支部（92 个班组）" in told
    listed = told.count("\n第") + told.count("\n二班") + told.count("\n&lt;b")
    assert f"还有 {92 - listed} 个班组没有列出" in told


@on_sqlite
async def test_the_figures_of_all_teams_are_one_question_by_index(week: Office) -> None:
    asked = []
    for user in (ZHAO, WANG):
        with overheard(week.database) as heard:
            await said(week, user)
        assert_no_scan(week, [one for one in heard if "WITH RECURSIVE" not in one[0]])
        asked.append(len(heard))
    assert asked[0] == asked[1]
