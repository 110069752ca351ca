"""Rights given and taken: by whom, to whom, and by whom not."""

import asyncio

import pytest
from sqlmodel import select

from handlers.taps.grants import (
    GiveLinkTap,
    GivePeopleTap,
    GivePlacesTap,
    GiveTap,
    HeldTap,
    TakeTap,
)
from handlers.words import grants as words
from storage.kinds import Role
from storage.tables import Grant, Person, Team
from tests.conftest import LI, ONE, SI, SUN, THREE, TWO, WANG, WU, ZHANG, ZHAO, Office
from tests.integration.doings import taps
from tests.integration.granting import (
    DENIED,
    GONE,
    ZH,
    held,
    noted,
    own,
    press,
    reply,
    say,
    taking,
    told,
    unit,
)

# -- in a line -------------------------------------------------------------------------------


async def test_a_secretary_makes_a_leader_in_a_line(office: Office) -> None:
    team, before = office.teams[ONE].id, await held(office, ZHANG)
    assert before == []
    said = await say(office, LI, "张三 一班 班组长")
    assert said == "✅ 张三 现在是 一班 班组长，已私聊告诉本人。"
    assert await held(office, ZHANG) == [("leader", None, team)]
    assert await told(office, ZHANG, "granted:") == [
        "✅ 你现在是 一班 班组长（李书记 授权）。发送 /help 看看可以做什么。"
    ]
    li, zhang = office.people[LI].id, office.people[ZHANG].id
    assert await noted(office) == [("granted", li, zhang, "leader")]
    assert await say(office, LI, "张三 一班 班组长") == "张三 已经是 一班 班组长。"
    assert len(await noted(office)) == 1


async def test_who_has_no_private_chat_is_to_be_told(office: Office) -> None:
    said = await say(office, LI, "李四 一班 班组长")
    assert said == "✅ 李四 现在是 一班 班组长。本人还没有和我开私聊，请转告一声。"
    assert [role for role, *_ in await held(office, SI)] == ["leader"]


@pytest.mark.parametrize(
    ("user", "text", "said"),
    [
        (LI, "王五 三班 班组长", "你管的范围里没有“三班”。发 /grant 可以按按钮来选。"),
        (LI, "张三 第一党支部 书记", "你管的范围里没有“第一党支部”。发 /grant 可以按按钮来选。"),
        (LI, "张三 林业局 书记", "你管的范围里没有“林业局”。发 /grant 可以按按钮来选。"),
        (LI, "张三 系统管理员", DENIED),
        (WANG, "张三 系统管理员", DENIED),
        (WANG, "张三 林业局 书记", "你管的范围里没有“林业局”。发 /grant 可以按按钮来选。"),
        (ZHAO, "张三 一班 班组长", DENIED),
        (ZHANG, "张三 一班 班组长", DENIED),
        (LI, "张三 一班 书记", words.not_that(ZH, Role.SECRETARY, "一班")),
        (WANG, "张三 第一党支部 班组长", words.not_that(ZH, Role.LEADER, "第一党支部")),
        (LI, "一班 班组长", words.how(ZH).html),
    ],
)
async def test_what_is_not_ones_own_to_give_is_not_given(
    office: Office, user: int, text: str, said: str
) -> None:
    async with office.database.read() as session:
        before = len((await session.exec(select(Grant))).all())
    assert await say(office, user, text) == said
    async with office.database.read() as session:
        assert len((await session.exec(select(Grant))).all()) == before
    assert await noted(office) == []


async def test_nobody_gives_rights_to_themselves(office: Office) -> None:
    assert await say(office, LI, "李书记 一班 班组长") == words.oneself(ZH)
    await own(office, WANG)
    assert await say(office, WANG, "王书记 第二党支部 书记") == words.oneself(ZH)
    li = office.people[LI].id
    reply = await press(office, LI, GiveTap(li, 0, office.teams[ONE].id))
    assert reply.toast == words.oneself(ZH)
    assert [role for role, *_ in await held(office, LI)] == ["secretary"]


async def test_a_secretary_gives_units_below_their_own_and_an_owner_anything(
    office: Office,
) -> None:
    first, root = await unit(office, "第一党支部"), await unit(office, "林业局")
    assert "现在是 第一党支部 书记" in await say(office, WANG, "张三 第一党支部 书记")
    await own(office, WU)
    assert "现在是 林业局 书记" in await say(office, WU, "张三 林业局 书记")
    assert "现在是 系统管理员" in await say(office, WU, "张三 系统管理员")
    assert await held(office, ZHANG) == [
        ("secretary", first, None),
        ("secretary", root, None),
        ("owner", None, None),
    ]


async def test_it_is_said_in_private_alone(office: Office) -> None:
    assert await say(office, LI, "张三 一班 班组长", chat=ONE) == ZH.plain("open_private")
    assert await say(office, ZHANG, "张三 一班 班组长", chat=ONE) == DENIED
    tap = GiveTap(office.people[ZHANG].id, 0, office.teams[ONE].id)
    reply = await press(office, LI, tap, chat=ONE)
    assert (reply.toast, reply.open) == ("", "https://t.me/zaohui_bot?start=hello")
    assert await held(office, ZHANG) == []


async def test_of_two_with_one_name_one_is_chosen(office: Office) -> None:
    async with office.database.begin() as session:
        sun = await session.get_one(Person, office.people[SUN].id)
        sun.name = "张三"
        session.add(sun)
    found = await reply(office, LI, "张三 一班 班组长")
    assert list(taps(found.message)) == ["张三 · 一班", "张三 · 二班"]
    done = await press(office, LI, taps(found.message)["张三 · 二班"])
    assert done.edit is not None
    assert ("leader", None, office.teams[ONE].id) in await held(office, SUN)
    assert await held(office, ZHANG) == []


async def test_a_team_whose_name_another_has_is_written_in_full(office: Office) -> None:
    async with office.database.begin() as session:
        three = await session.get_one(Team, office.teams[THREE].id)
        three.name = "一班"
        session.add(three)
    said = await say(office, WANG, "张三 一班 班组长")
    assert said == "叫“一班”的有几个：第一党支部/一班、第二党支部/一班。请写全。"
    assert "现在是 一班 班组长" in await say(office, WANG, "张三 第一党支部/一班 班组长")


async def test_a_name_without_a_place_is_asked_where(office: Office) -> None:
    found = await reply(office, LI, "张三")
    assert found.message is not None
    assert found.message.html == "张三 担任什么？"
    assert list(taps(found.message)) == ["一班 班组长", "二班 班组长", "‹ 返回"]
    await press(office, LI, taps(found.message)["二班 班组长"])
    assert await held(office, ZHANG) == [("leader", None, office.teams[TWO].id)]


async def test_who_is_known_by_name_only_proves_nothing(office: Office) -> None:
    async with office.database.begin() as session:
        si = await session.get_one(Person, office.people[SI].id)
        si.telegram_id = None
        session.add(si)
    found = await reply(office, LI, "李四 一班 班组长")
    assert found.message is not None
    assert found.message.html == words.unseen(ZH, "李四", 0, 1).html
    assert list(taps(found.message)) == ["发一次性链接"]
    async with office.database.read() as session:
        query = select(Grant).where(Grant.person_id == office.people[SI].id)
        assert (await session.exec(query)).all() == []


async def test_a_stranger_is_reached_by_a_link(office: Office) -> None:
    found = await reply(office, LI, "<b>孙六</b> 一班 班组长")
    assert found.message is not None
    assert "没找到“&lt;b&gt;孙六&lt;/b&gt;”" in found.message.html
    assert list(taps(found.message)) == ["发一次性链接"]


# -- by buttons ------------------------------------------------------------------------------


async def test_the_list_shows_what_is_within_reach(office: Office) -> None:
    assert await say(office, LI, "") == (
        "<b>谁有什么权利</b>（2 项）\n一班 班组长：赵班长\n二班 班组长：孙班长\n"
        "要收回，点下面的名字。"
    )
    assert await say(office, WANG, "") == (
        "<b>谁有什么权利</b>（3 项）\n第一党支部 书记/联络员：李书记\n一班 班组长：赵班长\n"
        "二班 班组长：孙班长\n要收回，点下面的名字。"
    )
    await own(office, WU)
    assert "系统管理员：王五\n林业局 书记/联络员：王书记\n" in await say(office, WU, "")


async def test_a_leader_is_made_by_four_taps(office: Office) -> None:
    listed = taps((await reply(office, LI, "")).message)
    where = taps((await press(office, LI, listed["➕ 授权"])).edit)
    assert list(where) == ["一班 班组长", "二班 班组长", "‹ 返回"]
    who = taps((await press(office, LI, where["一班 班组长"])).edit)
    assert list(who) == ["张三", "李四", "不在名单里：发一次性链接", "‹ 返回"], "who is it, is not"
    done = await press(office, LI, who["张三"])
    assert done.edit is not None
    assert done.edit.html == "✅ 张三 现在是 一班 班组长，已私聊告诉本人。"
    assert await held(office, ZHANG) == [("leader", None, office.teams[ONE].id)]


async def test_a_right_is_taken_by_two_taps_and_who_had_it_is_told(office: Office) -> None:
    listed = taps((await reply(office, LI, "")).message)
    asks = await press(office, LI, listed["收回 赵班长 · 一班 班组长"])
    assert asks.edit is not None
    assert asks.edit.html == "收回 赵班长 的权利（一班 班组长）？"
    assert len(await held(office, ZHAO)) == 1, "nothing is taken before the second tap"
    done = await press(office, LI, taps(asks.edit)["收回"])
    assert done.toast == "已收回 赵班长 的权利：一班 班组长。"
    assert await held(office, ZHAO) == []
    assert await told(office, ZHAO, "revoked:") == ["李书记 收回了你的权利：一班 班组长。"]
    again = await press(office, LI, taps(asks.edit)["收回"])
    assert again.toast == GONE
    li, zhao = office.people[LI].id, office.people[ZHAO].id
    assert await noted(office) == [("revoked", li, zhao, "leader")]


async def test_forged_taps_give_and_take_nothing(office: Office) -> None:
    zhang, wu = office.people[ZHANG].id, office.people[WU].id
    one, three = office.teams[ONE].id, office.teams[THREE].id
    root, first = await unit(office, "林业局"), await unit(office, "第一党支部")
    for user, tap, said in (
        (ZHANG, GiveTap(zhang, 0, one), DENIED),
        (ZHAO, GiveTap(zhang, 0, one), DENIED),
        (LI, GiveTap(zhang, 0, three), DENIED),
        (LI, GiveTap(zhang, root, 0), DENIED),
        (LI, GiveTap(zhang, first, 0), DENIED),
        (LI, GiveTap(zhang, first, one), DENIED),
        (LI, GiveTap(zhang, 0, 0), DENIED),
        (LI, GiveTap(wu, 0, one), GONE),
        (LI, GiveTap(10**9, 0, one), GONE),
        (LI, GiveTap(-1, 0, one), GONE),
        (LI, GivePeopleTap(0, three, 0), DENIED),
        (LI, GivePeopleTap(root, 0, 0), DENIED),
        (LI, GivePlacesTap(wu, 0), GONE),
        (LI, GiveLinkTap(0, three), DENIED),
        (LI, GiveLinkTap(0, 0), DENIED),
        (LI, await taking(office, WANG), DENIED),
        (LI, await taking(office, LI), DENIED),
        (ZHAO, await taking(office, ZHAO), DENIED),
        (LI, TakeTap(zhang, 0, one, 1), GONE),
        (LI, TakeTap(10**9, 0, one, 1), GONE),
        (LI, TakeTap(zhang, 0, 0, 1), DENIED),
        (LI, TakeTap(zhang, first, one, 1), DENIED),
        (ZHANG, HeldTap(0), DENIED),
    ):
        assert (await press(office, user, tap)).toast == said, tap
    assert await noted(office) == []
    assert await held(office, ZHANG) == []
    assert len(await held(office, WANG)) == 1


async def test_pages_beyond_the_last_are_the_last(office: Office) -> None:
    for page in (-5, 10**9):
        for tap in (HeldTap(page), GivePlacesTap(0, page), GivePeopleTap(0, 1, page)):
            assert (await press(office, WANG, tap)).edit is not None


# -- owners ----------------------------------------------------------------------------------


async def test_the_last_owner_stays(office: Office) -> None:
    await own(office, WU)
    mine = await taking(office, WU)
    assert (await press(office, WU, mine)).toast == words.last_owner(ZH)
    await own(office, ZHANG)
    done = await press(office, WU, mine)
    assert done.toast == "已收回 王五 的权利：系统管理员。"
    assert done.edit is not None
    assert not done.edit.buttons, "there is nothing left to show to them"
    theirs = await taking(office, ZHANG)
    assert (await press(office, ZHANG, theirs)).toast == words.last_owner(ZH)


async def test_of_two_owners_who_take_each_others_right_at_once_one_stays(office: Office) -> None:
    await own(office, WU)
    await own(office, ZHANG)
    mine, theirs = await taking(office, WU), await taking(office, ZHANG)
    replies = await asyncio.gather(press(office, WU, theirs), press(office, ZHANG, mine))
    assert sorted([len(await held(office, user)) for user in (WU, ZHANG)]) == [0, 1]
    assert sorted(reply.toast.startswith("已收回") for reply in replies) == [False, True]
    assert [doing for doing, *_ in await noted(office)] == ["revoked"]


async def test_two_who_give_the_same_at_once_give_it_once(office: Office) -> None:
    await asyncio.gather(
        say(office, LI, "张三 一班 班组长"), say(office, WANG, "张三 一班 班组长")
    )
    assert len(await held(office, ZHANG)) == 1
    assert len(await noted(office)) == 1
