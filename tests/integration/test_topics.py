"""Topics of one chat that take nothing from us, while its others and the chat itself go on."""

from datetime import date, time, timedelta

import pytest
from sqlmodel import select

from schedules.runner import tick
from schedules.troubles import TROUBLES
from storage import announcements, carriage, chats, grants, outbox, people, rounds, teams
from storage.kinds import ChatKind, Delivery, Role
from storage.tables import Announcement, Chat, Hold, Outgoing, Plan, Team
from tests.conftest import LI, ONE, THREE, TWO, Hands, Office
from tests.integration.places import THREE_AT, TWO_AT, share

CALL = ("sendMessage", {"text": "x"})
CLOSED, DELETED = "Bad Request: TOPIC_CLOSED", "Bad Request: message thread not found"
PLACES = {"two": (TWO, TWO_AT), "three": (TWO, THREE_AT), "general": (TWO, 0), "one": (ONE, 0)}


@pytest.fixture
async def forum(office: Office) -> Office:
    """Teams two and three meet in topics of one chat; 李书记 owns all."""
    await share(office)
    async with office.database.begin() as session:
        await grants.give(session, office.people[LI].id, Role.OWNER, office.clock())
    return office


async def owe(office: Office, *names: str, **more: object) -> None:
    """Owe a message to each of these places; it is named after the place."""
    async with office.database.begin() as session:
        for name in names:
            telegram_id, topic = PLACES[name.partition(" ")[0]]
            chat = await chats.by_telegram(session, telegram_id)
            assert chat is not None
            now = office.clock()
            await outbox.post(session, name, chat.id, CALL, now, topic_id=topic, **more)  # type: ignore[arg-type]


async def hold(office: Office, topic: int | None, said: str = CLOSED) -> bool:
    async with office.database.begin() as session:
        chat = office.teams[TWO].chat_id
        assert chat is not None
        return await chats.hold(session, chat, said, office.clock(), topic)


async def the(office: Office, act: str, *words: int) -> None:
    """Something happens to the chat with the topics, by the name of the act."""
    async with office.database.begin() as session:
        chat = await chats.by_telegram(session, TWO)
        assert chat is not None
        await getattr(chats, act)(session, chat, *words)


async def states(office: Office) -> dict[str, str]:
    async with office.database.read() as session:
        rows = await session.exec(select(Outgoing).order_by(Outgoing.key))
        return {row.key: row.state.value for row in rows}


async def leave(office: Office) -> list[str]:
    """What goes out, one after another, until nothing is left."""
    gone: list[str] = []
    while True:
        async with office.database.begin() as session:
            taken = await carriage.claim(session, office.clock(), 10)
            if not taken:
                return gone
            for row, _ in taken:
                gone.append(row.key)
                settled = carriage.settled
                await settled(session, row.id, Delivery.SENT, office.clock(), message_id=row.id)


async def told(office: Office) -> list[str]:
    """What the owner is told of troubles, at the next tick."""
    await tick(office.database, [TROUBLES], office.clock())
    async with office.database.read() as session:
        rows = (await session.exec(select(Outgoing).order_by(Outgoing.id))).all()  # type: ignore[arg-type]
        return [row.params["text"] for row in rows if row.key.startswith("trouble:")]


async def test_a_held_topic_holds_nothing_beside_it(forum: Office) -> None:
    await owe(forum, "two", "three", "general", "one")
    assert await hold(forum, TWO_AT)
    assert not await hold(forum, TWO_AT), "it is held already"
    await owe(forum, "two later", "three later")
    assert await leave(forum) == ["three", "one", "general", "three later"]
    assert (await states(forum))["two"] == (await states(forum))["two later"] == "held"
    await the(forum, "reopen", TWO_AT)
    assert await leave(forum) == ["two", "two later"]


async def test_the_general_topic_is_a_topic_like_others(forum: Office) -> None:
    await owe(forum, "general", "two")
    await hold(forum, 0)
    assert await leave(forum) == ["two"]
    await the(forum, "reopen", 0)
    assert await leave(forum) == ["general"]


async def test_many_messages_at_once_are_held_where_their_topic_is(forum: Office) -> None:
    await hold(forum, TWO_AT)
    chat, one = forum.teams[TWO].chat_id, forum.teams[ONE].chat_id
    assert chat is not None
    assert one is not None
    posts = [
        outbox.Post("two", chat, CALL, TWO_AT),
        outbox.Post("three", chat, CALL, THREE_AT),
        outbox.Post("one", one, CALL, TWO_AT),
    ]
    async with forum.database.begin() as session:
        await outbox.post_all(session, posts, forum.clock())
    assert await states(forum) == {"one": "pending", "three": "pending", "two": "held"}


async def test_an_edit_in_a_held_topic_is_made(forum: Office) -> None:
    await owe(forum, "two")
    await leave(forum)
    await hold(forum, TWO_AT)
    async with forum.database.begin() as session:
        row = await outbox.by_key(session, "two")
        assert row is not None
        await outbox.edit(session, [(row, ("editMessageText", {"text": "y"}))], forum.clock())
    await hold(forum, TWO_AT)
    async with forum.database.begin() as session:
        (taken,) = await carriage.claim(session, forum.clock(), 10)
    assert taken[0].key == "edit:two"


async def test_opening_one_topic_opens_no_other(forum: Office) -> None:
    await owe(forum, "two", "three")
    await hold(forum, TWO_AT)
    await hold(forum, THREE_AT)
    await the(forum, "reopen", THREE_AT)
    assert await leave(forum) == ["three"]


async def test_a_chat_that_heals_keeps_its_closed_topic_held(forum: Office) -> None:
    await owe(forum, "two", "three")
    await hold(forum, TWO_AT)
    await hold(forum, None, "kicked")
    assert await leave(forum) == []
    await the(forum, "release")
    assert await leave(forum) == ["three"]


async def test_an_opened_topic_waits_for_its_chat(forum: Office) -> None:
    await owe(forum, "two", "three")
    await hold(forum, TWO_AT)
    await hold(forum, None, "no rights")
    await the(forum, "reopen", TWO_AT)
    assert await leave(forum) == []
    await the(forum, "release")
    assert await leave(forum) == ["two", "three"]


async def test_who_comes_back_tries_every_topic_again(forum: Office) -> None:
    await owe(forum, "two", "three")
    await hold(forum, TWO_AT)
    await hold(forum, None, "kicked")
    await the(forum, "returned")
    assert await leave(forum) == ["two", "three"]


async def test_what_is_held_in_a_topic_expires_as_well(forum: Office, clock: Hands) -> None:
    await owe(forum, "two", expires_at=clock() + timedelta(hours=2))
    await hold(forum, TWO_AT)
    clock.forward(hours=2)
    async with forum.database.begin() as session:
        await carriage.expire(session, clock())
    await the(forum, "reopen", TWO_AT)
    assert await states(forum) == {"two": "expired"}


async def test_the_parts_of_a_long_text_keep_their_order_through_a_closed_topic(
    forum: Office,
) -> None:
    await owe(forum, "two", more=[CALL, CALL])
    async with forum.database.begin() as session:
        ((row, _),) = await carriage.claim(session, forum.clock(), 1)
    await hold(forum, TWO_AT)
    assert await states(forum) == {"two": "sending", "two/2": "held", "two/3": "held"}
    async with forum.database.begin() as session:
        await carriage.settled(session, row.id, Delivery.HELD, forum.clock())
    await the(forum, "reopen", TWO_AT)
    assert await leave(forum) == ["two", "two/2", "two/3"]


# -- who hears of it -------------------------------------------------------------------------


async def test_the_owner_hears_which_team_why_and_what_to_do(forum: Office) -> None:
    await hold(forum, TWO_AT)
    await hold(forum, THREE_AT, DELETED)
    assert await told(forum) == [
        "⚠️ <b>二班</b>现在收不到消息：话题已关闭。请重新打开话题，或把机器人设为管理员；"
        "之后还有效的消息会自动补发。群里其他话题不受影响。",
        "⚠️ <b>三班</b>现在收不到消息：话题不存在或已删除。请新建话题或核对话题号，"
        "写进组织文件的 topic_id，再运行 zaohui org apply。群里其他话题不受影响。",
    ]


async def test_a_trouble_is_told_once_for_as_long_as_it_lasts(forum: Office, clock: Hands) -> None:
    for where in (TWO_AT, None):
        before = len(await told(forum))
        for _ in range(3):
            await hold(forum, where)
            assert len(await told(forum)) == before + 1
            clock.forward(minutes=5)
    await the(forum, "returned")
    await hold(forum, TWO_AT)
    assert len(await told(forum)) == 3, "it began anew"


async def test_a_chat_in_trouble_is_told_once_with_all_its_teams(forum: Office) -> None:
    await hold(forum, TWO_AT)
    await hold(forum, None, "Forbidden: bot was kicked")
    (text,) = await told(forum)
    assert text.startswith("⚠️ <b>二班、三班</b>现在收不到消息：机器人不在群里。")


async def test_a_held_topic_in_which_no_team_meets_is_nobodys_trouble(forum: Office) -> None:
    await hold(forum, 99)
    assert await told(forum) == []
    async with forum.database.read() as session:
        assert await teams.troubled(session) == []


async def test_heartbeat_and_progress_know_the_topics_reason(forum: Office) -> None:
    await hold(forum, THREE_AT, DELETED)
    async with forum.database.begin() as session:
        session.add(Announcement(author_id=forum.people[LI].id, html="x", at=forum.clock()))
        team = forum.teams[THREE].id
        session.add(Plan(team_id=team, packs=["safety"], at=time(7, 50), closes=time(9)))
        await session.flush()
        await announcements.choose(session, 1, [forum.teams[c].id for c in (ONE, TWO, THREE)])
    async with forum.database.read() as session:
        found = {t.team.name: t.trouble for t in await announcements.targets(session, 1)}
        fates = {f.team.name: f.trouble for f in await rounds.fates(session, date(2026, 11, 23))}
    assert found == {"一班": "", "二班": "", "三班": DELETED}
    assert fates == {"一班": "", "三班": DELETED}


async def test_a_seat_knows_whether_its_topic_is_held(forum: Office) -> None:
    await hold(forum, TWO_AT)
    async with forum.database.read() as session:
        seats = [await people.seat(session, TWO, topic, LI) for topic in (TWO_AT, THREE_AT)]
    assert [seat.held for seat in seats if seat] == [True, False]


# -- a group that becomes another ------------------------------------------------------------


async def test_a_migrated_group_takes_along_what_is_known_of_its_topics(forum: Office) -> None:
    """We met the supergroup before we learned that it is a group of ours."""
    async with forum.database.begin() as session:
        new = await chats.seen(session, -100777, ChatKind.SUPERGROUP)
        three = await session.get_one(Team, forum.teams[THREE].id)
        three.chat_id = new.id
        session.add(three)
        two = await session.get_one(Team, forum.teams[TWO].id)
        two.topic_id = 0
        session.add(two)
        for topic in (THREE_AT, 0):
            name = f"new {topic}"
            await outbox.post(session, name, new.id, CALL, forum.clock(), topic_id=topic)
        await chats.hold(session, new.id, CLOSED, forum.clock(), THREE_AT)
    await hold(forum, 0)
    await owe(forum, "general")
    for _ in range(2):
        async with forum.database.begin() as session:
            await chats.migrate(session, TWO, -100777)
    async with forum.database.read() as session:
        (held,) = (await session.exec(select(Hold))).all()
        home = await chats.by_telegram(session, -100777)
        assert home is not None
        assert (held.chat_id, held.topic_id) == (home.id, THREE_AT)
        met = {team.name: team.topic_id for team in await teams.of_chat(session, home.id)}
        assert met == {"二班": 0, "三班": THREE_AT}
    assert await states(forum) == {"general": "pending", "new 0": "pending", "new 3": "held"}


async def test_of_two_teams_in_one_place_of_a_migrated_group_the_first_stays(
    forum: Office,
) -> None:
    async with forum.database.begin() as session:
        new = await chats.seen(session, -100777, ChatKind.SUPERGROUP)
        three = await session.get_one(Team, forum.teams[THREE].id)
        three.chat_id, three.topic_id = new.id, TWO_AT
        session.add(three)
    async with forum.database.begin() as session:
        await chats.migrate(session, TWO, -100777)
    async with forum.database.read() as session:
        three = await session.get_one(Team, forum.teams[THREE].id)
        assert (three.chat_id, three.topic_id) == (None, 0)
        assert [row.name for row in await teams.of_chat(session, forum.teams[TWO].chat_id or 0)]


async def test_a_message_that_arrived_in_the_new_group_can_still_be_edited(
    forum: Office,
) -> None:
    async with forum.database.begin() as session:
        new = await chats.seen(session, -100777, ChatKind.SUPERGROUP)
        await outbox.adopt(session, "commitment:1", new.id, 7, forum.clock(), THREE_AT)
        await chats.migrate(session, TWO, -100777)
    async with forum.database.read() as session:
        row = await outbox.by_key(session, "commitment:1")
        assert row is not None
        assert (row.message_id, row.topic_id) == (7, THREE_AT)
        home = (await session.exec(select(Chat).where(Chat.telegram_id == -100777))).one()
        assert row.chat_id == home.id
