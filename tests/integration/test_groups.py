"""A group becomes a new team's, and who brought us reads what we lack there."""

import pytest
from sqlmodel import col, select

from handlers.taps.groups import AttachPageTap, CreateTap, CreateUnitsTap
from schedules import footings as shown
from storage import chats, footings, grants, teams
from storage.kinds import ChatKind, Role
from storage.tables import Outgoing, Plan, Team
from tests.conftest import LI, ONE, SI, TWO, WANG, ZHANG, ZHAO, Office
from tests.integration.doings import STRANGER, chat_id, owed, press, taps, tell

NEW = -1007
TITLE = "新<b>一</b>班🔥工作群"


@pytest.fixture
async def brought(office: Office) -> Office:
    """李书记 has just brought us into a group that no team has."""
    async with office.database.begin() as session:
        await chats.seen(session, NEW, ChatKind.SUPERGROUP, TITLE)
    await tell(office, LI, "added", NEW)
    return office


async def stand(office: Office, **rights: bool) -> None:
    may = {"admin": False, "posts": True, "pins": False, "reads": False} | rights
    async with office.database.begin() as session:
        chat = await chats.by_telegram(session, NEW)
        assert chat is not None
        await footings.stand(session, chat.id, office.clock(), **may)


async def named(office: Office, name: str) -> Team:
    async with office.database.read() as session:
        return (await session.exec(select(Team).where(Team.name == name))).one()


async def test_one_tap_makes_a_team_of_the_group_with_the_plan_of_its_neighbours(
    brought: Office,
) -> None:
    unit = brought.teams[ONE].unit_id
    reply = await press(brought, LI, CreateTap(await chat_id(brought, NEW), unit))
    assert reply.edit is not None
    assert "已新建班组<b>新&lt;b&gt;一&lt;/b&gt;班🔥工作群</b>（第一党支部）" in reply.edit.html
    assert "07:50，safety" in reply.edit.html
    team = await named(brought, TITLE)
    assert (team.unit_id, team.timezone, team.locale) == (unit, "Asia/Shanghai", "zh")
    ((to, text),) = await owed(brought.database, "welcome:")
    assert to == NEW
    assert "报到" in text
    async with brought.database.read() as session:
        plan = (await session.exec(select(Plan).where(Plan.team_id == team.id))).one()
        assert plan.packs == ["safety"]


async def test_who_runs_several_units_says_in_which(office: Office) -> None:
    async with office.database.begin() as session:
        await chats.seen(session, NEW, ChatKind.SUPERGROUP, "新群")
    await tell(office, WANG, "added", NEW)
    home = await chat_id(office, NEW)
    reply = await press(office, WANG, CreateUnitsTap(home, 0))
    assert list(taps(reply.edit)) == ["林业局", "第一党支部", "第二党支部", "返回"]
    await press(office, WANG, taps(reply.edit)["第二党支部"])
    team = await named(office, "新群")
    assert team.unit_id == office.teams[-1003].unit_id


@pytest.mark.parametrize("user", [ZHANG, ZHAO, STRANGER, SI])
async def test_nobody_else_makes_a_team(brought: Office, user: int) -> None:
    tap = CreateTap(await chat_id(brought, NEW), brought.teams[ONE].unit_id)
    reply = await press(brought, user, tap, NEW)
    assert "没有改动" in reply.toast or "失效" in reply.toast
    assert (await press(brought, user, CreateUnitsTap(tap.chat, 0), NEW)).edit is None
    async with brought.database.read() as session:
        assert await teams.count(session) == 3


async def test_a_forged_unit_or_group_makes_no_team(brought: Office) -> None:
    other = brought.teams[-1003].unit_id  # of the second branch, which 李书记 does not run
    home = await chat_id(brought, NEW)
    assert "没有改动" in (await press(brought, LI, CreateTap(home, other))).toast
    mine = brought.teams[ONE].unit_id
    for chat in (await chat_id(brought, TWO), 0, 2**40):
        assert "失效" in (await press(brought, LI, CreateTap(chat, mine))).toast
        assert "失效" in (await press(brought, LI, AttachPageTap(chat, 0))).toast
    async with brought.database.read() as session:
        assert await teams.count(session) == 3


async def test_two_taps_make_one_team(brought: Office) -> None:
    tap = CreateTap(await chat_id(brought, NEW), brought.teams[ONE].unit_id)
    await press(brought, LI, tap)
    again = await press(brought, LI, tap)
    assert again.alert
    async with brought.database.read() as session:
        found = await session.exec(select(Team).where(col(Team.name).startswith("新")))
        assert len(found.all()) == 1


async def test_a_name_that_the_unit_has_gets_a_number_and_a_retired_team_comes_back(
    office: Office,
) -> None:
    async with office.database.begin() as session:
        await chats.seen(session, NEW, ChatKind.SUPERGROUP, "一班")
    await tell(office, LI, "added", NEW)
    unit, home = office.teams[ONE].unit_id, await chat_id(office, NEW)
    await press(office, LI, CreateTap(home, unit))
    team = await named(office, "一班 2")
    async with office.database.begin() as session:
        row = await session.get_one(Team, team.id)
        row.retired_at, row.chat_id = office.clock(), None
    await press(office, LI, CreateTap(home, unit))
    assert (await named(office, "一班 2")).retired_at is None


async def test_forty_free_teams_are_shown_in_pages(office: Office) -> None:
    async with office.database.begin() as session:
        await chats.seen(session, NEW, ChatKind.SUPERGROUP, "队30工作群")
        for number in range(40):
            unit = office.teams[ONE].unit_id
            session.add(Team(unit_id=unit, name=f"队{number}", timezone="UTC", locale="zh"))
    await tell(office, LI, "added", NEW)
    async with office.database.read() as session:
        (row,) = (await session.exec(select(Outgoing))).all()
    shown_ = [b["text"] for (b, *_) in row.params["reply_markup"]["inline_keyboard"]]
    assert shown_[0] == "第一党支部 · 队30", "whose name the group bears"
    reply = await press(office, LI, AttachPageTap(await chat_id(office, NEW), 4))
    assert "第一党支部 · 队39" in taps(reply.edit)


async def test_who_brings_us_reads_what_we_lack_and_each_step_to_it(office: Office) -> None:
    async with office.database.begin() as session:
        await chats.seen(session, NEW, ChatKind.SUPERGROUP, TITLE)
    await stand(office)
    await tell(office, LI, "added", NEW)
    ((to, text),) = await owed(office.database, "rights:")
    assert to == LI
    for part in ("置顶", "看进退群", "看消息", "1. 点群名", "6. 点“完成”", "不加也能用"):
        assert part in text
    assert "&lt;b&gt;" in text


async def test_it_shows_that_nothing_is_lacking_once_that_is_so(office: Office) -> None:
    async with office.database.begin() as session:
        await chats.seen(session, NEW, ChatKind.SUPERGROUP, "新群")
    await stand(office)
    await tell(office, LI, "added", NEW)
    async with office.database.begin() as session:
        row = (await session.exec(select(Outgoing).where(Outgoing.key != ""))).all()[0]
        row.message_id, row.done_at = 5, office.clock()
    await stand(office, admin=True, reads=True)
    await tell(office, LI, "trusted", NEW)
    async with office.database.read() as session:
        row = (
            await session.exec(select(Outgoing).where(col(Outgoing.key).startswith("rights:")))
        ).one()
        message = await shown.again(session, row, office.clock())
    assert row.stale_at == office.clock()
    assert message is not None
    assert "还缺" in message.html, "pinning is a right of its own"
    assert "1. 点群名" in message.html
    await stand(office, admin=True, reads=True, pins=True)
    async with office.database.read() as session:
        message = await shown.again(session, row, office.clock())
    assert message is not None
    assert message.html.startswith("✅ “新群”里我的权限齐了")


async def test_without_a_private_chat_the_group_reads_what_we_lack(office: Office) -> None:
    async with office.database.begin() as session:
        await chats.seen(session, NEW, ChatKind.SUPERGROUP, "新群")
        unit = office.teams[ONE].unit_id
        await grants.give(
            session, office.people[SI].id, Role.SECRETARY, office.clock(), unit_id=unit
        )
    await stand(office)
    reply = await tell(office, SI, "added", NEW)
    assert reply.message is not None
    assert "“新群”" in reply.message.html
    assert "看进退群" in reply.message.html
    assert await owed(office.database, "rights:") == []


async def test_with_all_rights_nothing_is_said_of_them(office: Office) -> None:
    async with office.database.begin() as session:
        await chats.seen(session, NEW, ChatKind.SUPERGROUP, "新群")
    await stand(office, admin=True, reads=True, pins=True)
    await tell(office, LI, "added", NEW)
    assert await owed(office.database, "rights:") == []


async def test_a_plain_members_rights_are_those_that_telegram_tells_of_the_group(
    office: Office,
) -> None:
    async with office.database.begin() as session:
        await chats.seen(session, NEW, ChatKind.SUPERGROUP, "新群")
    await stand(office)
    async with office.database.begin() as session:
        home = await chats.by_telegram(session, NEW)
        assert home is not None
        assert [chat.id for chat in await footings.wanted(session, office.clock(), 9)] == [home.id]
        now = office.clock()
        await footings.told(session, home.id, now, 9, admin=False, posts=False, pins=True)
        footing = await footings.one(session, home.id)
        assert footing is not None
        assert (footing.posts, footing.pins, footing.people) == (False, True, 9)
        assert not await footings.waiting(session, now)
        await footings.want(session, [home.id], now)
        assert not await footings.waiting(session, now), "it was counted just now"
