"""Announcements for people with a tag, for a saved list, and for very many groups."""

from dataclasses import replace

import pytest
from sqlmodel import col, delete, select

from handlers.requests import Reply
from handlers.taps.announcements import (
    ChooseTap,
    ConfirmTap,
    ForgetListTap,
    ListsTap,
    MissingTap,
    PickListTap,
    PickTagTap,
    PickTeamTap,
    PickUnitTap,
    PreviewTap,
    ReceiptTap,
    SaveListTap,
    SendTap,
    SilentTap,
    TagsTap,
)
from handlers.words import audiences as words
from handlers.words.voice import Voice
from storage.audiences import LISTS, number
from storage.kinds import LeaveReason, Stage
from storage.tables import Announcement, Grant, Leave, Member, Person, Recipients, Team
from tests import conftest
from tests.conftest import LI, ONE, SI, SUN, TWO, WANG, ZHANG, ZHAO, ZONE, Office
from tests.integration.announcing import (
    announced,
    chosen,
    html,
    kept,
    labels,
    notice,
    owed,
    press,
    rendered,
    write,
)

GONE = Reply(toast="这个按钮已经失效，没有改动任何内容。")
ELECTRICIANS = number("电工")


async def tag(office: Office, tags: dict[int, list[str]]) -> None:
    async with office.database.begin() as session:
        for user, own in tags.items():
            member = await session.get_one(Member, office.members[user].id)
            member.tags = own
            session.add(member)


@pytest.fixture
async def tagged(office: Office) -> Office:
    """张三 and 孙班长 are electricians, 李四 a welder; and there is a draft of 李书记's."""
    await tag(office, {ZHANG: ["电工"], SUN: ["电工", "焊工"], SI: ["焊工"]})
    await write(office, LI, "停电检修")
    return office


# -- how many people it is -------------------------------------------------------------------


async def test_the_preview_counts_as_receipts_do(office: Office) -> None:
    today = office.clock().astimezone(ZONE).date()
    async with office.database.begin() as session:
        named = Person(name="周六")
        session.add(named)
        await session.flush()
        one = office.teams[ONE].id
        session.add(Member(team_id=one, person_id=named.id, joined_at=office.clock()))
        session.add(
            Leave(
                member_id=office.members[SI].id,
                first=today,
                last=today,
                reason=LeaveReason.LEAVE,
                at=office.clock(),
            )
        )
    await write(office, LI, "集合")
    await press(office, LI, PickUnitTap(1, 2))
    page = html((await press(office, LI, PreviewTap(1))).edit)
    assert "2 个班组、3 人" in page
    assert "需回执（另有 1 人未报到、1 人请假，不计入）" in page
    await press(office, LI, SendTap(1))
    rows = await owed(office)
    counts = [row.params["text"].rpartition("收到 0/")[2] for row in rows]
    assert sum(map(int, counts)) == 3


# -- tags ------------------------------------------------------------------------------------


async def test_a_tag_chooses_the_teams_of_those_who_have_it(tagged: Office) -> None:
    page = await press(tagged, LI, TagsTap(1))
    assert labels(page.edit) == ["焊工", "电工", "返回"]
    page = await press(tagged, LI, PickTagTap(1, ELECTRICIANS))
    assert labels(page.edit)[1] == "✓ 电工"
    assert await chosen(tagged) == {tagged.teams[ONE].id, tagged.teams[TWO].id}
    page = await press(tagged, LI, PreviewTap(1))
    assert "2 个班组、2 人（电工）" in html(page.edit)
    assert "收件人：电工" in html(page.edit)
    page = await press(tagged, LI, PickTagTap(1, ELECTRICIANS))
    assert await chosen(tagged) == set()
    assert (await kept(tagged)).tags == []


async def test_only_those_with_the_tag_are_asked_and_waited_for(tagged: Office) -> None:
    await press(tagged, LI, PickTagTap(1, ELECTRICIANS))
    await press(tagged, LI, SendTap(1))
    first, _ = await owed(tagged)
    assert "收件人：电工" in first.params["text"]
    assert first.params["text"].endswith("收到 0/1")
    reply = await press(tagged, ZHAO, ReceiptTap(1), chat=ONE)
    assert "只有收到这条公告的班组成员" in reply.toast
    assert (await press(tagged, ZHANG, ReceiptTap(1), chat=ONE)).toast.endswith("第 1 位。")
    assert html(await rendered(tagged, notice(tagged, ONE))).endswith("收到 1/1")
    await tag(tagged, {ZHAO: ["电工"]})  # later: it was for those who had it then
    assert html(await rendered(tagged, notice(tagged, ONE))).endswith("收到 1/1")


async def test_without_a_tag_anywhere_that_is_said(office: Office) -> None:
    await write(office, LI, "集合")
    assert "还没有设标签" in (await press(office, LI, TagsTap(1))).toast


async def test_a_tag_that_only_others_have_cannot_be_chosen(tagged: Office) -> None:
    await tag(tagged, {conftest.WU: ["爆破工"]})
    assert await press(tagged, LI, PickTagTap(1, number("爆破工"))) == GONE
    assert await press(tagged, LI, PickTagTap(1, 7)) == GONE
    for user in (WANG, ZHANG):
        assert await press(tagged, user, PickTagTap(1, ELECTRICIANS)) == GONE


# -- saved lists -----------------------------------------------------------------------------


async def saved(office: Office, name: str = "检修班组") -> int:
    """李书记 keeps whom the draft is for as a list."""
    await press(office, LI, SaveListTap(1))
    reply = await write(office, LI, name)
    assert "已存为名单" in html(reply.message if reply else None)
    async with office.database.read() as session:
        return (await session.exec(select(Recipients.id).where(Recipients.name == name))).one()


async def test_a_choice_is_kept_under_a_name_and_used_again(tagged: Office) -> None:
    await press(tagged, LI, PickTagTap(1, ELECTRICIANS))
    which = await saved(tagged)
    await write(tagged, LI, "另一条")
    page = await press(tagged, LI, ListsTap(2))
    assert labels(page.edit) == ["检修班组", "删除", "返回"]
    reply = await press(tagged, LI, PickListTap(2, which))
    assert reply.toast == "已按名单选了 2 个班组。"
    assert {"✓ 一班", "✓ 二班", "✓ 按标签"} <= set(labels(reply.edit))


async def test_a_list_is_its_owners_alone(office: Office) -> None:
    await write(office, LI, "集合")
    await press(office, LI, PickTeamTap(1, office.teams[ONE].id))
    which = await saved(office)
    await write(office, WANG, "集合")
    assert labels((await press(office, WANG, ListsTap(2))).edit) == ["返回"]
    for tap in (PickListTap(2, which), ForgetListTap(2, which)):
        assert await press(office, WANG, tap) == GONE
    for theirs in (PickListTap(1, which), SaveListTap(1), ForgetListTap(1, which)):
        assert await press(office, WANG, theirs) == GONE


async def test_what_a_list_holds_is_within_the_right_that_one_has_now(office: Office) -> None:
    await write(office, LI, "集合")
    await press(office, LI, PickUnitTap(1, 2))
    which = await saved(office)
    await write(office, LI, "另一条")
    async with office.database.begin() as session:
        two = await session.get_one(Team, office.teams[TWO].id)
        two.unit_id += 1
        session.add(two)
    reply = await press(office, LI, PickListTap(2, which))
    assert reply.alert
    assert "没有选：二班" in reply.toast
    await press(office, LI, SendTap(2))
    assert [row.key for row in await owed(office)] == [f"announcement:2:{office.teams[ONE].id}"]


async def test_a_list_of_the_same_name_takes_its_place(office: Office) -> None:
    await write(office, LI, "集合")
    await press(office, LI, PickTeamTap(1, office.teams[ONE].id))
    first = await saved(office)
    await press(office, LI, PickTeamTap(1, office.teams[TWO].id))
    assert await saved(office) == first
    await press(office, LI, ChooseTap(1, 0))
    await press(office, LI, PickTeamTap(1, office.teams[TWO].id))
    await press(office, LI, PickListTap(1, first))
    assert len(await chosen(office)) == 2


async def test_a_list_can_be_let_go(office: Office) -> None:
    await write(office, LI, "集合")
    await press(office, LI, PickTeamTap(1, office.teams[ONE].id))
    which = await saved(office)
    reply = await press(office, LI, ForgetListTap(1, which))
    assert labels(reply.edit) == ["把现在的选择存为名单", "返回"]
    assert await press(office, LI, PickListTap(1, which)) == GONE


@pytest.mark.parametrize("name", [" \u200b", "很" * 21])
async def test_a_name_that_is_none_is_asked_for_again(office: Office, name: str) -> None:
    await write(office, LI, "集合")
    await press(office, LI, PickTeamTap(1, office.teams[ONE].id))
    await press(office, LI, SaveListTap(1))
    reply = await write(office, LI, name)
    assert "1 到 20 个字" in html(reply.message if reply else None)
    reply = await write(office, LI, "<b>检修</b>")
    assert "“&lt;b&gt;检修&lt;/b&gt;”" in html(reply.message if reply else None)


async def test_nobody_keeps_lists_without_end(office: Office) -> None:
    await write(office, LI, "集合")
    await press(office, LI, PickTeamTap(1, office.teams[ONE].id))
    for place in range(LISTS):
        await saved(office, f"{place}号")
    await press(office, LI, SaveListTap(1))
    reply = await write(office, LI, "再一个")
    assert "最多存 20 个名单" in html(reply.message if reply else None)


# -- terms -----------------------------------------------------------------------------------


async def test_a_silent_one_makes_no_sound(office: Office) -> None:
    await write(office, LI, "集合")
    await press(office, LI, PickTeamTap(1, office.teams[ONE].id))
    assert "✓ 静音" in labels((await press(office, LI, SilentTap(1))).edit)
    assert "静音" in html((await press(office, LI, PreviewTap(1))).edit)
    await press(office, LI, SendTap(1))
    (row,) = await owed(office)
    assert row.params["disable_notification"] is True


async def test_a_preview_is_nothing_to_confirm(office: Office) -> None:
    await write(office, LI, "集合")
    assert "这是预览" in (await press(office, LI, ReceiptTap(1))).toast
    assert "只有收到这条公告" in (await press(office, ZHANG, ReceiptTap(1), chat=ONE)).toast


async def test_very_many_groups_are_confirmed_by_their_number(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conftest, "HOUSE", replace(conftest.HOUSE, confirm_groups=1))
    await write(office, LI, "集合")
    await press(office, LI, PickUnitTap(1, 2))
    reply = await press(office, LI, SendTap(1))
    assert "要发到 2 个群、4 人" in html(reply.edit)
    assert labels(reply.edit) == ["确定发到 2 个群", "返回", "取消"]
    for groups in (0, 1, 3):  # what was confirmed is not what would be sent
        reply = await press(office, LI, ConfirmTap(1, groups))
        assert "确定发到 2 个群" in labels(reply.edit)
    assert await owed(office) == []
    assert (await kept(office)).stage is Stage.DRAFT
    await press(office, LI, ConfirmTap(1, 2))
    assert len(await owed(office)) == 2


async def test_few_groups_are_not_asked_about_twice(office: Office) -> None:
    await announced(office)
    assert len(await owed(office)) == 2
    async with office.database.begin() as session:
        await session.exec(delete(Grant).where(col(Grant.person_id) == office.people[LI].id))
    assert "权限" in (await press(office, LI, MissingTap(1))).toast


def test_a_long_tag_fits_its_button(office: Office) -> None:
    row = Recipients(id=1, person_id=1, name="检" * 200, at=office.clock())
    draft = Announcement(id=10**15, author_id=1, html="集合", at=office.clock())
    page = words.tags(Voice("zh"), draft, ["电" * 200], 1)
    assert all(len(label) <= 24 for label in labels(page))
    page.send()
    words.lists(Voice("zh"), draft, [row], 1).send()


async def test_names_and_tags_are_words_and_no_formatting(office: Office) -> None:
    await tag(office, {ZHANG: ["<b>电工"]})
    async with office.database.begin() as session:
        one = await session.get_one(Team, office.teams[ONE].id)
        one.name = "<i>&一班"
        session.add(one)
        li = await session.get_one(Person, office.people[LI].id)
        li.name = "<a href='x'>李"
        session.add(li)
    await write(office, LI, "集合 <b>快</b>")
    await press(office, LI, PickTagTap(1, number("<b>电工")))
    page = html((await press(office, LI, PreviewTap(1))).edit)
    assert "（&lt;b&gt;电工）：&lt;i&gt;&amp;一班" in page
    assert "📢 <b>公告</b> · &lt;a href='x'&gt;李\n收件人：&lt;b&gt;电工\n\n集合 <b>快</b>" in page
    await press(office, LI, SendTap(1))
    missing = await press(office, LI, MissingTap(1))
    assert missing.toast, "nothing has arrived yet"
    (row,) = await owed(office)
    assert row.params["text"].count("<b>") == 2
