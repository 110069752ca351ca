"""A team gets its chat, and people get their places."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import col, select

from handlers import team as handlers
from handlers.requests import Reply
from handlers.routes import Switchboard
from handlers.taps import AdmitTap, AttachTap, ClaimTap, EnrolTap, Tap
from handlers.words.message import Message
from storage import chats, grants, people, teams
from storage.database import Database
from storage.kinds import ChatKind, Role
from storage.tables import Chat, Grant, Member, Outgoing, Person, Team
from tests.conftest import LI, ONE, SI, SUN, THREE, TWO, WANG, WU, ZHANG, ZHAO, Office

NEW, FORUM, STRANGER = -1007, -1008, 777


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


async def listed(office: Office, *names: str, chat: int = ONE) -> list[int]:
    """Places of a team whose people are known by name only."""
    found = []
    async with office.database.begin() as session:
        for name in names:
            person = Person(name=name)
            session.add(person)
            await session.flush()
            member = await people.enrol(session, office.teams[chat].id, person, office.clock())
            found.append(member.id)
    return found


async def tell(office: Office, user: int, name: str, chat: int | None = None) -> Reply:
    """Something that is not a tap: a handler called by its name."""
    async with office.database.begin() as session:
        request = await office.ask(session, user, chat=chat)
        reply = await getattr(handlers, name)(request)
    assert isinstance(reply, Reply)
    return reply


async def press(
    office: Office, user: int, tap: Tap, chat: int | None = None, topic: int = 0
) -> Reply:
    """A tap, by the way that every tap goes."""
    async with office.database.begin() as session:
        request = await office.ask(session, user, chat=chat, topic_id=topic)
        return await Switchboard(handlers.ROUTES).press(request, tap)


async def meets(office: Office, team: Team) -> tuple[int | None, int]:
    async with office.database.read() as session:
        now = await session.get_one(Team, team.id)
        chat = await teams.chat(session, now)
        return (chat.telegram_id if chat else None), now.topic_id


async def owed(database: Database, prefix: str) -> Sequence[tuple[int, str]]:
    """To whom calls are owed, by Telegram's ids, and their text."""
    async with database.read() as session:
        query = (
            select(Chat.telegram_id, Outgoing)
            .join(Outgoing, col(Outgoing.chat_id) == Chat.id)
            .where(col(Outgoing.key).startswith(prefix))
            .order_by(col(Outgoing.id))
        )
        return [(chat, row.params["text"]) for chat, row in await session.exec(query)]


async def crew(office: Office, chat: int = ONE) -> dict[str, int | None]:
    async with office.database.read() as session:
        rows = await people.roster(session, office.teams[chat].id)
        return {person.name: person.telegram_id for _, person in rows}


def taps(message: Message | None) -> dict[str, Tap]:
    assert message is not None
    return {b.label: b.tap for row in message.buttons for b in row if b.tap is not None}


async def chat_id(office: Office, telegram_id: int) -> int:
    async with office.database.read() as session:
        chat = await chats.by_telegram(session, telegram_id)
        assert chat is not None
        return chat.id


async def open_private(office: Office, user: int) -> None:
    async with office.database.begin() as session:
        await chats.seen(session, user, ChatKind.PRIVATE)


# -- the chat --------------------------------------------------------------------------------


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
    assert [button["text"] for (button,) in rows] == ["第一党支部 · 四班", "第一党支部 · 五班"]

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


async def test_a_secretary_with_no_team_left_is_told_so(office: Office) -> None:
    async with office.database.begin() as session:
        await chats.seen(session, NEW, ChatKind.SUPERGROUP, "新群")
    reply = await tell(office, WANG, "added", NEW)
    assert reply.message is not None
    assert "都已有群" in reply.message.html


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


# -- places ----------------------------------------------------------------------------------


async def test_a_member_who_taps_again_is_told_that_it_is_done(office: Office) -> None:
    reply = await press(office, ZHANG, EnrolTap(office.teams[ONE].id), ONE)
    assert "已在一班" in reply.toast
    assert reply.private is None


async def test_a_name_that_telegram_shows_too_is_taken_at_once(office: Office) -> None:
    await listed(office, "路人")
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    assert reply.toast == "路人，报到成功，欢迎加入一班。"
    assert (await crew(office))["路人"] == STRANGER


async def test_the_card_counts_a_new_member(office: Office) -> None:
    await listed(office, "路人")
    async with office.database.begin() as session:
        morning = await office.morning(session)
        home = await chats.by_telegram(session, ONE)
        assert home is not None
        session.add(
            Outgoing(
                key=f"card:{morning.id}",
                chat_id=home.id,
                method="sendMessage",
                params={"text": ""},
                priority=2,
                message_id=5,
                not_before=office.clock(),
            )
        )
    await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    async with office.database.read() as session:
        card = (await session.exec(select(Outgoing))).one()
        assert card.stale_at == office.clock()


async def test_two_of_the_same_name_have_to_choose(office: Office) -> None:
    await listed(office, "路人", "路人")
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    assert reply.private is not None
    assert STRANGER not in (await crew(office)).values()


async def test_who_claims_a_listed_name_has_it_once_the_leader_agrees(office: Office) -> None:
    await listed(office, "吴九", "郑八")
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    assert reply.toast
    choice = taps(reply.private)
    assert list(choice) == ["吴九", "郑八", "不在名单里"]

    asked = await press(office, STRANGER, choice["吴九"])
    assert asked.edit is not None
    assert "赵班长" in asked.edit.html
    ((to, text),) = await owed(office.database, "admit:")
    assert to == ZHAO
    assert f'<a href="tg://user?id={STRANGER}">路人</a>' in text
    assert "<b>吴九</b>" in text
    assert (await crew(office))["吴九"] is None

    claim = choice["吴九"]
    assert isinstance(claim, ClaimTap)
    done = await press(office, ZHAO, AdmitTap(office.teams[ONE].id, STRANGER, claim.member, 1))
    assert done.edit is not None
    assert "吴九已加入" in done.edit.html
    assert (await crew(office))["吴九"] == STRANGER
    ((to, text),) = await owed(office.database, "admitted:")
    assert (to, text) == (STRANGER, "吴九，报到成功，欢迎加入一班。")


async def test_without_a_private_chat_the_tap_leads_there(office: Office) -> None:
    await listed(office, "吴九")
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    assert reply.open.startswith("https://t.me/zaohui_bot?start=join-")
    await open_private(office, STRANGER)
    argument = reply.open.partition("join-")[2]
    async with office.database.begin() as session:
        there = await handlers.join_by_link(await office.ask(session, STRANGER, argument))
    assert list(taps(there.message)) == ["吴九", "不在名单里"]


async def test_a_guessed_address_shows_no_names(office: Office) -> None:
    await listed(office, "吴九")
    await open_private(office, STRANGER)
    team = office.teams[ONE].id
    for argument in (f"{team}", f"{team}-", f"{team}-0123456789ab", "x-y", "", "9" * 30):
        async with office.database.begin() as session:
            reply = await handlers.join_by_link(await office.ask(session, STRANGER, argument))
        assert reply.message is not None
        assert "吴九" not in reply.message.html
        assert reply.message.buttons == ()


async def test_one_persons_proof_is_of_no_use_to_another(office: Office) -> None:
    await listed(office, "吴九")
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    await open_private(office, STRANGER + 1)
    argument = reply.open.partition("join-")[2]
    async with office.database.begin() as session:
        there = await handlers.join_by_link(await office.ask(session, STRANGER + 1, argument))
    assert there.message is not None
    assert there.message.buttons == ()


async def test_a_forged_claim_asks_nobody(office: Office) -> None:
    (place,) = await listed(office, "吴九")
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, ClaimTap(office.teams[ONE].id, place, "0123456789ab"))
    assert "失效" in reply.toast
    assert await owed(office.database, "admit:") == []


async def test_who_is_on_no_list_gets_a_new_place(office: Office) -> None:
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    await press(office, STRANGER, taps(reply.private)["不在名单里"])
    ((to, text),) = await owed(office.database, "admit:")
    assert to == ZHAO
    assert "不在名单里" in text
    await press(office, ZHAO, AdmitTap(office.teams[ONE].id, STRANGER, 0, 1))
    assert (await crew(office))["路人"] == STRANGER


async def test_a_refusal_is_told_and_changes_nothing(office: Office) -> None:
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    await press(office, STRANGER, taps(reply.private)["不在名单里"])
    done = await press(office, ZHAO, AdmitTap(office.teams[ONE].id, STRANGER, 0, 0))
    assert done.edit is not None
    assert done.edit.buttons == ()
    assert "路人" not in await crew(office)
    ((to, text),) = await owed(office.database, "admitted:")
    assert to == STRANGER
    assert "没有通过" in text


async def test_the_leader_is_asked_once_a_day(office: Office) -> None:
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    tap = taps(reply.private)["不在名单里"]
    await press(office, STRANGER, tap)
    again = await press(office, STRANGER, tap)
    assert again.alert
    assert len(await owed(office.database, "admit:")) == 1
    office.clock.forward(days=1)
    await press(office, STRANGER, tap)
    assert len(await owed(office.database, "admit:")) == 2


async def test_only_who_may_admit_can_admit_and_only_who_asked(office: Office) -> None:
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    await press(office, STRANGER, taps(reply.private)["不在名单里"])
    tap = AdmitTap(office.teams[ONE].id, STRANGER, 0, 1)
    for user in (STRANGER, ZHANG, SUN):  # SUN leads another team
        assert (await press(office, user, tap)).toast
    never = AdmitTap(office.teams[ONE].id, WU, 0, 1)
    assert "失效" in (await press(office, ZHAO, never)).toast
    assert set((await crew(office)).values()) == {ZHAO, ZHANG, SI}


async def test_the_second_leaders_word_comes_too_late(office: Office) -> None:
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    await press(office, STRANGER, taps(reply.private)["不在名单里"])
    await press(office, ZHAO, AdmitTap(office.teams[ONE].id, STRANGER, 0, 1))
    late = await press(office, LI, AdmitTap(office.teams[ONE].id, STRANGER, 0, 0))
    assert late.edit is not None
    assert "已加入" in late.edit.html
    assert STRANGER in (await crew(office)).values()


async def test_a_name_that_somebody_else_has_by_now_is_not_given_twice(office: Office) -> None:
    (place,) = await listed(office, "吴九")
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    await press(office, STRANGER, taps(reply.private)["吴九"])
    async with office.database.begin() as session:
        assert await people.claim(session, place, office.teams[ONE].id, 778)
    late = await press(office, ZHAO, AdmitTap(office.teams[ONE].id, STRANGER, place, 1))
    assert "已有人认领" in late.toast
    assert (await crew(office))["吴九"] == 778


async def test_where_no_leader_can_be_reached_the_nearest_secretaries_are_asked(
    office: Office,
) -> None:
    async def asked() -> list[str]:
        async with office.database.read() as session:
            found = await teams.deciders(session, office.teams[ONE].id)
            return [person.name for person, _ in found]

    async def close(user: int) -> None:
        async with office.database.begin() as session:
            chat = await chats.by_telegram(session, user)
            assert chat is not None
            await chats.hold(session, chat.id, "blocked", office.clock())

    async with office.database.begin() as session:
        await grants.give(session, office.people[WU].id, Role.OWNER, office.clock())
    found = [await asked()]
    for user in (ZHAO, LI, WANG, WU):
        await close(user)
        found.append(await asked())
    assert found == [["赵班长"], ["李书记"], ["王书记"], ["王五"], []]


async def test_where_nobody_can_be_reached_it_says_who_must_confirm(office: Office) -> None:
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    async with office.database.begin() as session:
        for grant in await session.exec(select(Grant)):
            await session.delete(grant)
    answer = await press(office, STRANGER, taps(reply.private)["不在名单里"])
    assert answer.alert
    assert "班组长或书记" in answer.toast
    assert "路人" not in await crew(office)


async def test_somebody_known_from_another_team_is_one_person_in_both(office: Office) -> None:
    (place,) = await listed(office, "小王")
    reply = await press(office, WU, EnrolTap(office.teams[ONE].id), ONE)
    await press(office, WU, taps(reply.private)["小王"])
    await press(office, ZHAO, AdmitTap(office.teams[ONE].id, WU, place, 1))
    async with office.database.read() as session:
        places = await people.memberships(session, office.people[WU].id)
        assert sorted(found.name for _, found in places) == ["一班", "三班"]


async def test_who_was_retired_comes_back_to_the_same_place(office: Office) -> None:
    async with office.database.begin() as session:
        place = await session.get_one(Member, office.members[ZHANG].id)
        place.retired_at = office.clock() - timedelta(days=1)
    reply = await press(office, ZHANG, EnrolTap(office.teams[ONE].id), ONE)
    await press(office, ZHANG, taps(reply.private)["不在名单里"])
    await press(office, ZHAO, AdmitTap(office.teams[ONE].id, ZHANG, 0, 1))
    async with office.database.read() as session:
        places = await people.memberships(session, office.people[ZHANG].id)
        assert [place.id for place, _ in places] == [office.members[ZHANG].id]


async def test_the_button_works_in_its_own_group_only(office: Office) -> None:
    assert "失效" in (await press(office, STRANGER, EnrolTap(office.teams[ONE].id), TWO)).toast
    assert "失效" in (await press(office, STRANGER, EnrolTap(99), ONE)).toast


async def test_join_says_in_private_where_to_go(office: Office) -> None:
    reply = await tell(office, ZHANG, "join")
    assert reply.message is not None
    assert "班组的群里" in reply.message.html


async def test_join_in_the_group_does_what_the_button_does(office: Office) -> None:
    await listed(office, "吴九")
    known = await tell(office, ZHANG, "join", ONE)
    assert known.message is not None
    assert "已在一班" in known.message.html
    shy = await tell(office, STRANGER, "join", ONE)
    assert shy.message is not None
    assert shy.message.buttons[0][0].url.startswith("https://t.me/zaohui_bot?start=join-")
    await open_private(office, STRANGER)
    open_ = await tell(office, STRANGER, "join", ONE)
    assert list(taps(open_.private)) == ["吴九", "不在名单里"]
    await listed(office, "路人")
    named = await tell(office, STRANGER, "join", ONE)
    assert named.message is not None
    assert "报到成功" in named.message.html


async def test_join_is_understood_as_a_word_of_its_own(office: Office) -> None:
    async with office.database.begin() as session:
        request = await office.ask(session, ZHANG, "报到！", chat=ONE)
        assert await Switchboard(handlers.ROUTES).phrase(request, addressed=False) is not None
        request = await office.ask(session, ZHANG, "我来报到了", chat=ONE)
        assert await Switchboard(handlers.ROUTES).phrase(request, addressed=False) is None


async def test_a_name_with_html_in_it_is_shown_as_it_stands(office: Office) -> None:
    await listed(office, "<b>吴</b>")
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    await press(office, STRANGER, taps(reply.private)["<b>吴</b>"])
    ((_, text),) = await owed(office.database, "admit:")
    assert "&lt;b&gt;吴&lt;/b&gt;" in text


async def test_a_long_list_fits_beneath_one_message(office: Office) -> None:
    await listed(office, *(f"员{n}" for n in range(150)))
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    assert len(taps(reply.private)) == 91
