"""The general topic of a forum, and topics that are no team's: whose is what is said there?"""

import pytest

from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.taps.commitments import DoneTap
from storage import chats, people
from storage.tables import Team
from tests.conftest import LI, SUN, THREE, TWO, WU, ZHANG, Office
from tests.integration.doings import taps
from tests.integration.places import THREE_AT, TWO_AT, moved, share


@pytest.fixture
async def forum(office: Office) -> Office:
    """Teams two and three meet in topics of one chat."""
    await share(office)
    return office


async def seated(office: Office, topic: int, user: int = SUN) -> tuple[str | None, bool]:
    """Whose a topic of the chat is, and whether somebody has a place in that team."""
    async with office.database.read() as session:
        seat = await people.seat(session, TWO, topic, user)
        assert seat is not None
        return seat.team.name if seat.team else None, seat.member is not None


async def test_the_general_topic_is_the_one_teams_that_meets_in_another(office: Office) -> None:
    await moved(office, TWO, TWO_AT)
    assert await seated(office, 0) == ("二班", True)
    assert await seated(office, 0, WU) == ("二班", False)
    assert await seated(office, TWO_AT) == ("二班", True)
    assert await seated(office, 99) == (None, False), "it may become another team's"


async def test_the_general_topic_is_nobodys_where_several_have_topics(forum: Office) -> None:
    assert await seated(forum, 0) == (None, False)
    assert await seated(forum, TWO_AT) == ("二班", True)
    assert await seated(forum, THREE_AT) == ("三班", False)


async def test_a_team_of_the_whole_chat_has_all_but_the_others_topics(forum: Office) -> None:
    await moved(forum, TWO, 0)
    assert await seated(forum, 0) == ("二班", True)
    assert await seated(forum, 99) == ("二班", True)
    assert await seated(forum, THREE_AT) == ("三班", False)


async def test_a_retired_team_keeps_no_topic(forum: Office) -> None:
    async with forum.database.begin() as session:
        team = await session.get_one(Team, forum.teams[THREE].id)
        team.retired_at = forum.clock()
        session.add(team)
    assert await seated(forum, 0) == ("二班", True)


async def asked(office: Office, user: int, name: str, topic: int, chat: int = TWO) -> Reply:
    """A command, by the way that every command goes."""
    async with office.database.begin() as session:
        request = await office.ask(session, user, chat=chat, topic_id=topic)
        reply = await Switchboard(ROUTES).command(request, name, addressed=True)
        assert reply is not None
        return reply


@pytest.mark.parametrize("topic", [0, 99])
async def test_who_asks_beside_the_topics_is_shown_the_way_into_them(
    forum: Office, topic: int
) -> None:
    async with forum.database.begin() as session:
        (await session.get_one(Team, forum.teams[THREE].id)).name = "三<班>"
        chat = await chats.by_telegram(session, TWO)
        assert chat is not None
        chat.telegram_id = real = -1001234567890
    for name in ("status", "today", "overdue", "commit"):
        reply = await asked(forum, SUN, name, topic, real)
        assert reply.message is not None
        assert reply.message.html == (
            "这里不是班组的话题。请到班组的话题里说："
            '<a href="https://t.me/c/1234567890/2">二班</a>、'
            '<a href="https://t.me/c/1234567890/3">三&lt;班&gt;</a>；也可以私聊我。'
        )


async def test_many_topics_are_not_all_named(forum: Office) -> None:
    async with forum.database.begin() as session:
        unit, chat = forum.teams[TWO].unit_id, forum.teams[TWO].chat_id
        for number in range(30):
            team = Team(unit_id=unit, name=f"第{number}组", timezone="Asia/Shanghai", locale="zh")
            team.chat_id, team.topic_id = chat, 100 + number
            session.add(team)
    reply = await asked(forum, SUN, "status", 0)
    assert reply.message is not None
    assert reply.message.html.count("<a ") == 20
    assert "等 32 个班组" in reply.message.html


async def test_whoever_joins_beside_the_topics_chooses_the_team(forum: Office) -> None:
    reply = await asked(forum, ZHANG, "join", 0)
    assert list(taps(reply.message)) == ["报到 · 二班", "报到 · 三班"]
    async with forum.database.begin() as session:
        unit = forum.teams[TWO].unit_id
        session.add(Team(unit_id=unit, name="四班", timezone="Asia/Shanghai", locale="zh"))
    reply = await asked(forum, LI, "join", 0)
    first, *_ = taps(reply.message)
    assert first == "第一党支部 · 四班", "a secretary may attach it"


async def test_a_tap_beside_the_topics_changes_nothing(forum: Office) -> None:
    async with forum.database.begin() as session:
        request = await forum.ask(session, SUN, chat=TWO)
        reply = await Switchboard(ROUTES).press(request, DoneTap(1))
    assert reply == Reply(toast="这里不是班组的话题。请到班组的话题里操作，或私聊我。")
