"""People get their places in a team."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlmodel import select

from handlers import team as handlers
from handlers.requests import Sender
from handlers.routes import Switchboard
from handlers.taps.team import (
    AdmitAllTap,
    AdmitTap,
    ClaimPageTap,
    ClaimTap,
    EnrolTap,
    WaitingTap,
)
from storage import audits, chats, grants, people, teams
from storage.kinds import Role
from storage.tables import Grant, Member, Outgoing
from tests.conftest import LI, ONE, SI, SUN, TWO, WANG, WU, ZHANG, ZHAO, Office
from tests.integration.doings import (
    STRANGER,
    crew,
    listed,
    open_private,
    owed,
    press,
    taps,
    tell,
)


async def test_a_member_who_taps_again_is_told_that_it_is_done(office: Office) -> None:
    reply = await press(office, ZHANG, EnrolTap(office.teams[ONE].id), ONE)
    assert "已在一班" in reply.toast
    assert reply.private is None


async def test_a_name_that_telegram_shows_too_is_taken_at_once(office: Office) -> None:
    await listed(office, "路人")
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    assert reply.toast == "路人，报到成功，欢迎加入一班。"
    assert (await crew(office))["路人"] == STRANGER
    async with office.database.read() as session:
        (noted,) = await audits.entries(session, 9)
    assert (noted.row.doing, noted.by, noted.person, noted.team) == (
        *("admitted", "路人", "路人", "一班"),
    )


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
    first = taps(reply.private)
    assert len(first) == 92
    (turn,) = [tap for tap in first.values() if isinstance(tap, ClaimPageTap)]
    more = await press(office, STRANGER, turn)
    names = taps(more.edit)
    assert {"员149", "不在名单里"} <= names.keys()
    assert "员0" not in names


async def leader_by_name(office: Office, name: str) -> int:
    """The list has a leader of team one whose Telegram id nobody knows."""
    (member,) = await listed(office, name)
    async with office.database.begin() as session:
        row = await session.get_one(Member, member)
        team = office.teams[ONE].id
        await grants.give(session, row.person_id, Role.LEADER, office.clock(), team_id=team)
    return member


async def test_a_leaders_name_on_telegram_makes_nobody_a_leader(office: Office) -> None:
    """Anybody can call themselves so: a place with rights is never taken by its name alone."""
    await leader_by_name(office, "路人")
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    assert reply.private is not None, "they have to ask"
    assert (await crew(office))["路人"] is None
    assert list(taps(reply.private)) == ["路人", "不在名单里"]


async def test_a_place_with_rights_is_given_by_who_could_give_them(office: Office) -> None:
    team = office.teams[ONE].id
    member = await leader_by_name(office, "钱班长")
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(team), ONE)
    await press(office, STRANGER, taps(reply.private)["钱班长"])
    assert {to for to, _ in await owed(office.database, "admit:")} == {LI, WANG}
    admit = AdmitTap(team, STRANGER, member, 1)
    refused = await press(office, ZHAO, admit)
    assert refused.toast == "这个名额带有权利，要由书记或系统管理员通过，没有改动任何内容。"
    assert (await crew(office))["钱班长"] is None
    assert (await press(office, LI, admit)).edit is not None
    async with office.database.read() as session:
        person = await people.by_telegram(session, STRANGER)
        assert person is not None
        assert await grants.roles(session, person.id, team) == {Role.LEADER}, "it came with it"
        rights = (await session.exec(select(Grant).where(Grant.team_id == team))).all()
        assert len(rights) == 2, "his own, and the other leader's"
        noted = [one.row.doing for one in await audits.entries(session, 9)]
    assert noted == ["granted", "admitted"]


async def test_a_leader_can_still_turn_such_a_claim_down(office: Office) -> None:
    team = office.teams[ONE].id
    member = await leader_by_name(office, "钱班长")
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(team), ONE)
    await press(office, STRANGER, taps(reply.private)["钱班长"])
    assert (await press(office, ZHAO, AdmitTap(team, STRANGER, member, 0))).edit is not None
    assert (await crew(office))["钱班长"] is None


async def test_of_two_strangers_who_claim_one_name_at_once_one_has_it(office: Office) -> None:
    (place,) = await listed(office, "吴九")
    for user in (STRANGER, STRANGER + 1):
        await open_private(office, user)
        reply = await press(office, user, EnrolTap(office.teams[ONE].id), ONE)
        await press(office, user, taps(reply.private)["吴九"])
    team = office.teams[ONE].id
    replies = await asyncio.gather(
        press(office, ZHAO, AdmitTap(team, STRANGER, place, 1)),
        press(office, LI, AdmitTap(team, STRANGER + 1, place, 1)),
    )
    assert sorted(reply.alert for reply in replies) == [False, True]
    assert (await crew(office))["吴九"] in {STRANGER, STRANGER + 1}
    assert len(await crew(office)) == 4


async def test_all_are_approved_but_of_two_who_claim_one_name_the_second(office: Office) -> None:
    await listed(office, "吴九")
    for user in (STRANGER, STRANGER + 1, STRANGER + 2):
        await open_private(office, user)
        reply = await press(office, user, EnrolTap(office.teams[ONE].id), ONE)
        label = "不在名单里" if user == STRANGER + 2 else "吴九"
        await press(office, user, taps(reply.private)[label])
    done = await press(office, ZHAO, AdmitAllTap(office.teams[ONE].id))
    assert done.edit is not None
    assert "2 人已加入" in done.edit.html
    assert "没有通过" in done.edit.html
    left = await press(office, ZHAO, WaitingTap(office.teams[ONE].id, 0))
    assert left.edit is not None
    assert "1 人申请加入" in left.edit.html


async def test_no_other_leader_sees_or_admits_who_asks(office: Office) -> None:
    (elsewhere,) = await listed(office, "郑八", chat=TWO)
    await open_private(office, STRANGER)
    reply = await press(office, STRANGER, EnrolTap(office.teams[ONE].id), ONE)
    await press(office, STRANGER, taps(reply.private)["不在名单里"])
    team = office.teams[ONE].id
    for tap in (AdmitAllTap(team), WaitingTap(team, 0), WaitingTap(team, STRANGER)):
        for user in (SUN, ZHANG, STRANGER):
            answer = await press(office, user, tap)
            assert answer.edit is None
            assert answer.toast
    forged = await press(office, ZHAO, AdmitTap(team, STRANGER, elsewhere, 1))
    assert forged.alert, "a place of another team"
    assert (await crew(office, TWO))["郑八"] is None


async def test_whatever_telegram_calls_somebody_becomes_a_name_that_a_roster_can_have(
    office: Office,
) -> None:
    async with office.database.begin() as session:
        for name, is_called in (("\u200b\xad", str(STRANGER)), ("长" * 100, "长" * 40)):
            request = await office.ask(session, STRANGER, chat=ONE)
            request = replace(request, sender=Sender(STRANGER, name))
            assert handlers.called(request) == is_called
