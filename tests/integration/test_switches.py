"""What is kept of switches, and what they show: names on cards, attendance on boards."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlmodel import select

from handlers import ranking
from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.taps import Tap
from handlers.taps.switches import SwitchesTap, SwitchTap, SwitchTeamsTap
from handlers.words import plain
from handlers.words.voice import Voice
from schedules import cards
from storage import checkins, grants, outbox, rankings, study, switches
from storage.kinds import LeaveReason, Role, Switch
from storage.tables import Bite, Leave, Morning, SwitchTurn
from tests.conftest import (
    LI,
    ONE,
    SI,
    SUN,
    THREE,
    TWO,
    WANG,
    WU,
    ZHANG,
    ZHAO,
    Hands,
    Office,
    on_sqlite,
)
from tests.integration.announcing import html, labels
from tests.integration.test_no_scans import assert_no_scan, overheard

DENIED, GONE = plain.denied(Voice("zh")), plain.gone(Voice("zh"))


async def press(office: Office, user: int, tap: Tap, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, chat=chat)
        return await Switchboard(ROUTES).press(request, tap)


async def said(
    office: Office, user: int, name: str, chat: int | None = None, text: str = ""
) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat=chat)
        reply = await Switchboard(ROUTES).command(request, name, addressed=True)
        assert reply is not None
        return reply


async def turn(office: Office, switch: Switch, to: int = 1, team: int = ONE) -> Reply:
    return await press(office, LI, SwitchTap(office.teams[team].id, switch, to, 1))


async def turns(office: Office) -> list[tuple[Switch, bool, int]]:
    async with office.database.read() as session:
        rows = await session.exec(select(SwitchTurn).order_by(SwitchTurn.id))  # type: ignore[arg-type]
        return [(row.switch, row.turned_on, row.person_id) for row in rows]


async def rendered(office: Office, morning: int) -> str:
    async with office.database.read() as session:
        ((_, card),) = (await cards.owed(session, [morning], office.clock()))[morning]
        return card.html


async def closed(office: Office, *days: int, chat: int = ONE) -> dict[int, Morning]:
    """By day of November: mornings that are over."""
    found = {}
    async with office.database.begin() as session:
        bite = (await session.exec(select(Bite))).first()
        assert bite is not None
        for number in days:
            day = date(2026, 11, number)
            at = office.clock().replace(day=number)
            morning = Morning(
                team_id=office.teams[chat].id,
                day=day,
                bite_id=bite.id,
                due_at=at,
                closes_at=at + timedelta(hours=1),
                closed_at=at + timedelta(hours=1),
            )
            session.add(morning)
            await session.flush()
            found[number] = morning
    return found


async def test_who_turned_what_and_when_is_kept(office: Office, clock: Hands) -> None:
    await turn(office, Switch.NUDGE, 0)
    clock.forward(minutes=1)
    await turn(office, Switch.RANKING)
    again = await turn(office, Switch.RANKING)
    li = office.people[LI].id
    assert await turns(office) == [(Switch.NUDGE, False, li), (Switch.RANKING, True, li)]
    shown = html(again.edit)
    assert "⚪ <b>截止前提醒</b>：已关闭（李书记 11月23日 周一 07:50）" in shown
    assert "🟢 <b>个人出勤排名</b>：已打开（李书记 11月23日 周一 07:51）" in shown
    assert "⚪ <b>群里公布未学名单</b>：已关闭\n" in shown, "nobody has touched it"


async def test_two_taps_at_once_turn_it_once(office: Office) -> None:
    await asyncio.gather(*(turn(office, Switch.NUDGE, 0) for _ in range(2)))
    assert len(await turns(office)) == 1


@pytest.mark.parametrize("switch", [Switch.NAMES, Switch.RANKING])
async def test_what_rules_speak_against_is_asked_twice(office: Office, switch: Switch) -> None:
    team = office.teams[ONE].id
    first = await press(office, LI, SwitchTap(team, switch, 1, 0))
    assert "指尖上的形式主义" in html(first.edit)
    assert labels(first.edit) == ["确定打开", "不打开"]
    assert await turns(office) == []
    back = await press(office, LI, SwitchesTap(team))
    assert "<b>一班</b> 的开关" in html(back.edit)
    await press(office, LI, SwitchTap(team, switch, 1, 1))
    off = await press(office, LI, SwitchTap(team, switch, 0, 0))
    assert off.toast.endswith("已关闭"), "nobody asks twice to turn it off"
    assert [on for _, on, _ in await turns(office)] == [True, False]


@pytest.mark.parametrize("user", [ZHAO, ZHANG, SUN, WU])
async def test_leaders_and_members_turn_nothing(office: Office, user: int) -> None:
    team = office.teams[ONE].id
    for tap in (SwitchTap(team, Switch.NUDGE, 0, 1), SwitchesTap(team), SwitchTeamsTap(0)):
        assert (await press(office, user, tap)).toast == DENIED
    assert DENIED in html((await said(office, user, "switches")).message)
    assert await turns(office) == []


async def test_a_secretary_of_another_unit_turns_nothing(office: Office) -> None:
    theirs = office.teams[THREE].id
    for tap in (SwitchTap(theirs, Switch.NUDGE, 0, 1), SwitchesTap(theirs), SwitchesTap(99)):
        assert (await press(office, LI, tap)).toast == DENIED
    assert await turns(office) == []


async def test_forged_values_and_places_turn_nothing(office: Office) -> None:
    team = office.teams[ONE].id
    for on, sure in ((2, 0), (-1, 1), (1, 7)):
        assert (await press(office, LI, SwitchTap(team, Switch.NUDGE, on, sure))).toast == GONE
    tap = SwitchTap(team, Switch.NUDGE, 0, 1)
    assert (await press(office, LI, tap, ONE)).toast == DENIED, "only in private"
    assert await turns(office) == []


async def test_asked_for_it_chooses_among_ones_own_teams(office: Office) -> None:
    assert labels((await said(office, LI, "switches")).message) == ["一班", "二班"]
    assert labels((await said(office, WANG, "switches")).message) == ["一班", "二班", "三班"]
    here = await said(office, LI, "switches", ONE)
    assert here.message is None
    assert "<b>一班</b> 的开关" in html(here.private)
    assert labels(here.private)[-1] == "‹ 其他班组"


async def test_names_stand_on_a_closed_card_with_the_switch_alone(
    office: Office, clock: Hands
) -> None:
    async with office.database.begin() as session:
        morning = await office.morning(session)
        leave = Leave(
            member_id=office.members[SI].id,
            first=morning.day,
            last=morning.day,
            reason=LeaveReason.FIELD,
            at=clock(),
        )
        session.add(leave)
        chat = office.teams[ONE].chat_id or 0
        await outbox.post(session, cards.key(morning.id), chat, ("sendMessage", {}), clock())
    await turn(office, Switch.NAMES)
    assert "未学" not in await rendered(office, morning.id), "it is still open"
    async with office.database.begin() as session:
        await checkins.add(session, morning.id, office.members[ZHAO].id, clock())
        await study.close(session, morning.id, clock())
    assert (await rendered(office, morning.id)).endswith("仍可补学\n未学（1）：张三")
    await turn(office, Switch.NAMES, 0)
    assert "未学" not in await rendered(office, morning.id)
    async with office.database.read() as session:
        card = await outbox.by_key(session, cards.key(morning.id))
    assert card is not None
    assert card.stale_at is not None, "what stands is made to show it"
    await turn(office, Switch.NAMES)
    async with office.database.begin() as session:
        await checkins.add(session, morning.id, office.members[ZHANG].id, clock())
    assert "未学" not in await rendered(office, morning.id), "nobody is missing any more"


async def test_the_board_ranks_the_months_attendance(office: Office, clock: Hands) -> None:
    mornings = await closed(office, 18, 19, 20)
    other = await closed(office, 20, chat=TWO)
    member = {user: office.members[user].id for user in (ZHAO, ZHANG, SI, SUN)}
    async with office.database.begin() as session:
        today = await office.morning(session)
        for user, days in ((ZHAO, (18, 19, 20)), (ZHANG, (18,)), (SI, (18,))):
            for day in days:
                await checkins.add(session, mornings[day].id, member[user], clock())
        await checkins.add(session, today.id, member[ZHAO], clock())
        await checkins.add(session, other[20].id, member[SUN], clock())
        first, last = date(2026, 11, 19), date(2026, 11, 25)
        for _ in range(2):  # a day that is excused twice is one day
            session.add(
                Leave(
                    member_id=member[SI],
                    first=first,
                    last=last,
                    reason=LeaveReason.SHIFT,
                    at=clock(),
                )
            )
    async with office.database.read() as session:
        rows = await rankings.attendance(
            session, [office.teams[ONE].id], date(2026, 11, 1), date(2026, 11, 23)
        )
    assert [row[1:] for row in rows] == [("赵班长", 4, 4), ("张三", 1, 3), ("李四", 1, 1)]
    await turn(office, Switch.RANKING)
    board = await said(office, ZHANG, "board", ONE, "出勤")
    assert html(board.message) == (
        "<b>一班</b> 本月出勤排名，截至 11月23日 周一\n"
        "1. 赵班长　4/4\n1. 李四　1/1\n3. 张三　1/3\n"
        "只算已截止的早会，请假的日子不算。"
    )
    both = html((await said(office, WANG, "board", text="出勤")).message)
    assert "二班" not in both, "its ranking is off"


async def test_before_one_joined_nothing_was_expected(office: Office, clock: Hands) -> None:
    await closed(office, 18, 19)
    async with office.database.begin() as session:
        zhang = await session.merge(office.members[ZHANG])
        zhang.joined_at = clock().replace(day=19, hour=12)
    async with office.database.read() as session:
        rows = await rankings.attendance(
            session, [office.teams[ONE].id], date(2026, 11, 1), date(2026, 11, 30)
        )
    assert {name: expected for _, name, _, expected in rows} == {
        "赵班长": 2,
        "张三": 1,
        "李四": 2,
    }


async def test_a_board_that_is_off_says_who_can_switch_it_on(office: Office) -> None:
    off = html((await said(office, ZHANG, "board", ONE, "出勤")).message)
    assert off == (
        "个人出勤排名没有打开，默认关闭。能打开的人：王书记、李书记，在私聊里发 /switches。"
    )
    async with office.database.begin() as session:
        await grants.give(session, office.people[SUN].id, Role.OWNER, office.clock())
    assert "书记可以在私聊里发 /switches" in html(
        (await said(office, SUN, "board", text="出勤")).message
    )


@on_sqlite
async def test_boards_and_cards_with_names_read_by_index(office: Office) -> None:
    mornings = await closed(office, 19, 20)
    await turn(office, Switch.RANKING)
    await turn(office, Switch.NAMES)
    with overheard(office.database) as heard:
        async with office.database.begin() as session:
            reply = await ranking.board(await office.ask(session, ZHANG, chat=ONE))
        async with office.database.read() as session:
            found = await cards.owed(session, [mornings[20].id], office.clock())
            assert await switches.on(session, [office.teams[ONE].id], Switch.RANKING)
    assert "0/2" in html(reply.message)
    assert "未学（3）" in found[mornings[20].id][0][1].html
    assert_no_scan(office, heard)
