"""The owner's one line after the day's last card."""

from datetime import datetime, time

import pytest
from sqlmodel import col, delete, select

from schedules.heartbeat import HEARTBEAT
from schedules.runner import tick
from storage import chats, grants, outbox, plans
from storage.database import Database
from storage.kinds import DayKind, Delivery, Role
from storage.tables import Morning, Outgoing, Plan, Team
from tests.conftest import LI, ONE, THREE, TWO, WANG, ZONE, Hands, Office

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)


@pytest.fixture
async def house(office: Office, clock: Hands) -> Office:
    """Two teams have cards at 07:50, the third at 08:30; 王书记 owns all. It is nine."""
    async with office.database.begin() as session:
        await grants.give(session, office.people[WANG].id, Role.OWNER, clock())
        for chat_id, at in ((TWO, time(7, 50)), (THREE, time(8, 30))):
            team = office.teams[chat_id].id
            session.add(Plan(team_id=team, packs=["safety"], at=at, closes=time(9, 0)))
    clock.now = NINE
    return office


async def sent(office: Office, chat_id: int, state: Delivery = Delivery.SENT) -> None:
    """A team's card of today, and what became of it."""
    async with office.database.begin() as session:
        morning, chat = await office.morning(session, chat_id), office.teams[chat_id].chat_id
        assert chat is not None
        session.add(
            Outgoing(
                key=f"card:{morning.id}",
                chat_id=chat,
                method="sendMessage",
                params={},
                priority=outbox.CARDS,
                state=state,
                not_before=office.clock(),
            )
        )


async def heard(database: Database) -> list[str]:
    async with database.read() as session:
        query = select(Outgoing).where(col(Outgoing.key).startswith("heartbeat"))
        return [str(row.params["text"]) for row in await session.exec(query)]


async def test_when_all_have_their_cards_one_line_says_so_once(house: Office) -> None:
    for chat in (ONE, TWO, THREE):
        await sent(house, chat)
    for _ in range(3):
        await tick(house.database, [HEARTBEAT], house.clock())
    assert await heard(house.database) == ["✅ 11月23日 周一：3 个班组都已收到今天的卡片。"]


async def test_it_waits_ten_minutes_for_the_last_card(house: Office, clock: Hands) -> None:
    clock.now = NINE.replace(hour=8, minute=39)
    assert await tick(house.database, [HEARTBEAT], clock()) == 0
    clock.forward(minutes=1)
    assert await tick(house.database, [HEARTBEAT], clock()) == 1


async def test_it_says_who_has_none_why_and_what_to_do(house: Office) -> None:
    await sent(house, ONE)
    await sent(house, TWO, Delivery.HELD)
    async with house.database.begin() as session:
        chat_id = house.teams[TWO].chat_id
        assert chat_id is not None
        await chats.hold(session, chat_id, "Forbidden: bot was kicked", house.clock())
    await tick(house.database, [HEARTBEAT], house.clock())
    assert await heard(house.database) == [
        "⚠️ 11月23日 周一：1/3 个班组已收到今天的卡片。\n"
        "· 二班：机器人不在群里。请把机器人重新拉进群，或恢复它的发言权限；"
        "恢复后还有效的消息会自动补发。\n"
        "· 三班：没有发出，请运行 zaohui doctor 查看原因。"
    ]


async def test_a_closed_topic_is_named_as_such(house: Office) -> None:
    for chat, state in ((ONE, Delivery.SENT), (TWO, Delivery.HELD), (THREE, Delivery.SENT)):
        await sent(house, chat, state)
    async with house.database.begin() as session:
        team = await session.get_one(Team, house.teams[TWO].id)
        assert team.chat_id is not None
        team.topic_id = 5
        session.add(team)
        await chats.hold(session, team.chat_id, "Bad Request: TOPIC_CLOSED", house.clock(), 5)
    await tick(house.database, [HEARTBEAT], house.clock())
    (text,) = await heard(house.database)
    assert "· 二班：话题已关闭。请重新打开话题，或把机器人设为管理员；" in text


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (Delivery.PENDING, "还在发送"),
        (Delivery.SENDING, "还在发送"),
        (Delivery.UNKNOWN, "不确定是否送达"),
        (Delivery.NEEDS_PERSON, "不确定是否送达"),
        (Delivery.EXPIRED, "没有发出"),
        (Delivery.FAILED, "没有发出"),
    ],
)
async def test_each_way_in_which_a_card_can_fail_has_its_words(
    house: Office, state: Delivery, says: str
) -> None:
    await sent(house, ONE)
    await sent(house, TWO)
    await sent(house, THREE, state)
    await tick(house.database, [HEARTBEAT], house.clock())
    (text,) = await heard(house.database)
    assert f"· 三班：{says}" in text


async def test_a_team_that_pauses_is_not_missed(house: Office) -> None:
    for chat in (ONE, TWO):
        await sent(house, chat)
    async with house.database.begin() as session:
        day, team = [NINE.date()], house.teams[THREE].id
        await plans.say_days(session, day, DayKind.PAUSE, NINE, team_id=team)
    await tick(house.database, [HEARTBEAT], house.clock())
    assert await heard(house.database) == ["✅ 11月23日 周一：2 个班组都已收到今天的卡片。"]


async def test_a_sunday_on_which_a_team_works_has_its_word_too(
    house: Office, clock: Hands
) -> None:
    clock.now = NINE.replace(day=22)
    async with house.database.begin() as session:
        day, team = [clock.now.date()], house.teams[THREE].id
        await plans.say_days(session, day, DayKind.WORK, clock(), team_id=team)
    await sent(house, THREE)
    await tick(house.database, [HEARTBEAT], clock())
    assert await heard(house.database) == ["✅ 11月22日 周日：1 个班组都已收到今天的卡片。"]


@pytest.mark.parametrize("day", [21, 22])
async def test_weekends_are_silent(house: Office, clock: Hands, day: int) -> None:
    clock.now = NINE.replace(day=day)
    await tick(house.database, [HEARTBEAT], clock())
    assert await heard(house.database) == []


async def test_a_bot_that_was_away_until_the_evening_says_nothing_of_the_morning(
    house: Office, clock: Hands
) -> None:
    clock.forward(hours=6)
    assert await tick(house.database, [HEARTBEAT], clock()) == 0


async def test_a_team_whose_clocks_are_behind_is_waited_for(house: Office, clock: Hands) -> None:
    async with house.database.begin() as session:
        team = await session.get_one(Team, house.teams[THREE].id)
        team.timezone = "Europe/Moscow"
        session.add(team)
    assert await tick(house.database, [HEARTBEAT], clock()) == 0
    clock.now = NINE.replace(hour=13, minute=40)
    assert await tick(house.database, [HEARTBEAT], clock()) == 1


async def test_teams_that_are_retired_or_have_no_group_do_not_count(
    house: Office, clock: Hands
) -> None:
    await sent(house, ONE)
    async with house.database.begin() as session:
        two = await session.get_one(Team, house.teams[TWO].id)
        two.retired_at = clock()
        three = await session.get_one(Team, house.teams[THREE].id)
        three.chat_id = None
        session.add_all([two, three])
    await tick(house.database, [HEARTBEAT], clock())
    assert await heard(house.database) == ["✅ 11月23日 周一：1 个班组都已收到今天的卡片。"]


async def test_only_owners_hear_it_and_only_with_a_private_chat(
    house: Office, clock: Hands
) -> None:
    async with house.database.begin() as session:
        await grants.give(session, house.people[LI].id, Role.OWNER, clock())
        mine = await chats.private(session, WANG)
        assert mine is not None
        await chats.hold(session, mine.id, "Forbidden: bot was blocked", clock())
    await tick(house.database, [HEARTBEAT], clock())
    async with house.database.read() as session:
        query = select(Outgoing.chat_id).where(col(Outgoing.key).startswith("heartbeat"))
        (found,) = await session.exec(query)
        his = await chats.private(session, LI)
    assert his is not None
    assert found == his.id


async def test_an_installation_without_plans_has_no_heartbeat(house: Office) -> None:
    async with house.database.begin() as session:
        await session.exec(delete(Morning))
        await session.exec(delete(Plan))
    assert await tick(house.database, [HEARTBEAT], house.clock()) == 0
