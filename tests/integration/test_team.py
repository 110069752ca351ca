"""A team gets its chat."""

import pytest
from sqlmodel import select

from handlers import team as handlers
from handlers.requests import Reply
from handlers.taps.groups import AttachTap
from handlers.taps.team import EnrolTap
from storage import chats, grants, people, teams
from storage.kinds import ChatKind, Role
from storage.tables import Outgoing, Team
from tests.conftest import LI, ONE, SI, THREE, TWO, WANG, WU, ZHANG, ZHAO, Office
from tests.integration.doings import (
    STRANGER,
    chat_id,
    meets,
    owed,
    press,
    taps,
    tell,
)

NEW, FORUM = -1007, -1008


@pytest.fixture
async def free(office: Office) -> Team:
    """A team of the first branch that has no chat yet; two groups that nobody attached."""
    async with office.database.begin() as session:
        await chats.seen(session, NEW, ChatKind.SUPERGROUP, "四班工作群")
        await chats.seen(session, FORUM, ChatKind.SUPERGROUP, "大群")
        unit = office.teams[ONE].unit_id
        session.add(Team(unit_id=unit, name="五班", timezone="Asia/Shanghai", locale="zh"))
        team = Team(unit_id=unit, name="四班", timezone="Asia/Shanghai", locale="zh")
        session.add(team)
    return team


async def test_a_secretary_who_adds_the_bot_is_asked_in_private_whose_group_it_is(
    office: Office, free: Team
) -> None:
    assert await tell(office, LI, "added", NEW) == Reply()
    ((to, text),) = await owed(office.database, "attach:")
    assert to == LI
    assert "四班工作群" in text
    async with office.database.read() as session:
        (row,) = (await session.exec(select(Outgoing))).all()
    rows = row.params["reply_markup"]["inline_keyboard"]
    words = ["第一党支部 · 四班", "第一党支部 · 五班", "新建班组“四班工作群”"]
    assert [button["text"] for (button,) in rows] == words

    reply = await press(office, LI, AttachTap(await chat_id(office, NEW), free.id))
    assert reply.edit is not None
    assert "四班" in reply.edit.html
    assert await meets(office, free) == (NEW, 0)
    ((to, text),) = await owed(office.database, "welcome:")
    assert to == NEW
    assert "报到" in text


async def test_anybody_else_who_adds_the_bot_hears_who_can_attach_the_group(
    office: Office, free: Team
) -> None:
    for user in (ZHANG, ZHAO, STRANGER):
        reply = await tell(office, user, "added", NEW)
        assert reply.message is not None
        assert "书记" in reply.message.html
        assert reply.message.buttons == ()
    assert await owed(office.database, "") == []


async def test_a_secretary_without_a_private_chat_is_asked_in_the_group(
    office: Office, free: Team
) -> None:
    async with office.database.begin() as session:
        await grants.give(
            session, office.people[SI].id, Role.SECRETARY, office.clock(), unit_id=free.unit_id
        )
    reply = await tell(office, SI, "added", NEW)
    tap = taps(reply.message)["第一党支部 · 四班"]
    done = await press(office, SI, tap, NEW)
    assert "报到" in taps(done.edit)
    assert await meets(office, free) == (NEW, 0)


async def test_join_in_a_topic_attaches_the_topic(office: Office, free: Team) -> None:
    async with office.database.begin() as session:
        request = await office.ask(session, LI, chat=FORUM, topic_id=5)
        reply = await handlers.join(request)
    tap = taps(reply.message)["第一党支部 · 四班"]
    await press(office, LI, tap, FORUM, topic=5)
    assert await meets(office, free) == (FORUM, 5)
    async with office.database.read() as session:
        seat = await people.seat(session, FORUM, 5, LI)
        assert seat is not None
        assert seat.team is not None
        assert seat.team.id == free.id


async def test_a_secretary_with_no_team_left_may_make_one_of_the_group(office: Office) -> None:
    async with office.database.begin() as session:
        await chats.seen(session, NEW, ChatKind.SUPERGROUP, "新群")
    assert await tell(office, WANG, "added", NEW) == Reply()
    ((to, text),) = await owed(office.database, "attach:")
    assert to == WANG
    assert "都已有群" in text


async def test_a_group_that_has_its_team_is_greeted(office: Office) -> None:
    reply = await tell(office, STRANGER, "added", ONE)
    assert taps(reply.message) == {"报到": EnrolTap(office.teams[ONE].id)}


async def test_a_group_with_a_team_in_each_topic_has_a_button_for_each(
    office: Office, free: Team
) -> None:
    async with office.database.begin() as session:
        home = await chats.by_telegram(session, FORUM)
        assert home is not None
        assert await teams.attach(session, free.id, home.id, 2)
        five = (await session.exec(select(Team).where(Team.name == "五班"))).one()
        assert await teams.attach(session, five.id, home.id, 3)
    reply = await tell(office, LI, "added", FORUM)
    assert list(taps(reply.message)) == ["报到 · 四班", "报到 · 五班"]


async def test_only_who_runs_the_team_may_attach_it(office: Office, free: Team) -> None:
    async with office.database.begin() as session:
        await grants.give(
            session,
            office.people[WU].id,
            Role.SECRETARY,
            office.clock(),
            unit_id=office.teams[THREE].unit_id,
        )
    tap = AttachTap(await chat_id(office, NEW), free.id)
    for user in (ZHANG, ZHAO, WU, STRANGER):
        reply = await press(office, user, tap, NEW)
        assert "没有改动" in reply.toast
    assert await meets(office, free) == (None, 0)


async def test_a_chat_that_the_presser_is_not_in_cannot_be_attached(
    office: Office, free: Team
) -> None:
    tap = AttachTap(await chat_id(office, NEW), free.id)
    assert (await press(office, LI, tap, ONE)).toast
    assert (await press(office, LI, tap)).toast, "in private, without having brought us there"
    assert await meets(office, free) == (None, 0)


async def test_a_team_that_has_a_chat_keeps_it(office: Office, free: Team) -> None:
    reply = await press(
        office, LI, AttachTap(await chat_id(office, NEW), office.teams[TWO].id), NEW
    )
    assert reply.alert
    assert "二班" in reply.toast
    assert await meets(office, office.teams[TWO]) == (TWO, 0)


async def test_two_teams_cannot_have_one_chat(office: Office, free: Team) -> None:
    home = await chat_id(office, NEW)
    async with office.database.read() as session:
        five = (await session.exec(select(Team).where(Team.name == "五班"))).one()
    await press(office, LI, AttachTap(home, free.id), NEW)
    reply = await press(office, LI, AttachTap(home, five.id), NEW)
    assert reply.alert
    assert await meets(office, five) == (None, 0)
    assert await meets(office, free) == (NEW, 0)


async def test_a_retired_team_is_not_attached(office: Office, free: Team) -> None:
    async with office.database.begin() as session:
        (await session.get_one(Team, free.id)).retired_at = office.clock()
    reply = await press(office, LI, AttachTap(await chat_id(office, NEW), free.id), NEW)
    assert "失效" in reply.toast


async def test_leaving_a_group_says_nothing(office: Office) -> None:
    assert await tell(office, LI, "removed", ONE) == Reply()
