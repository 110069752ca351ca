"""A message of the group becomes a commitment: one's own, or its author's."""

import asyncio
from datetime import date

import pytest
from sqlmodel import select

from handlers import commitments, todos
from handlers.requests import Replied, Reply, Sender
from handlers.taps.commitments import TodoTap, WithdrawTap
from storage.kinds import Act, Origin, Progress
from storage.tables import Outgoing, Person, Todo
from tests.conftest import LI, NAMES, ONE, SI, SUN, TWO, WU, ZHANG, ZHAO, Office
from tests.integration.promises import (
    acts,
    html,
    labels,
    local,
    press,
    retire,
    rows,
    standing,
    tap,
)

SAID = 900  # the id of the message that is turned


def of(user: int | None, text: str, message_id: int = SAID, *, ours: bool = False) -> Replied:
    author = Sender(user, NAMES.get(user, "路人")) if user else None
    return Replied(message_id, ours, text, author)


async def turn(
    office: Office,
    user: int,
    replied: Replied | None,
    text: str = "",
    chat: int | None = ONE,
    **more: object,
) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat, replied=replied, **more)
        return await todos.turn(request)


async def choose(office: Office, user: int, todo: int, mine: int, chat: int = ONE) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, "", chat, message_id=60)
        return await todos.pressed(request, TodoTap(todo, mine))


async def test_a_colleagues_message_becomes_ones_own_commitment_with_its_date(
    office: Office,
) -> None:
    reply = await turn(office, ZHANG, of(SI, "周五前把3号泵\n检修完"))
    assert html(reply) == "<b>#1</b> 张三：把3号泵 检修完\n期限：11月27日 周五 18:00"
    assert reply.keeps == "commitment:1"
    [row] = await rows(office.database)
    assert (row.member_id, row.due_at) == (office.members[ZHANG].id, local("2026-11-27T18:00"))


async def test_the_words_behind_the_command_are_the_date(office: Office) -> None:
    await turn(office, ZHANG, of(SI, "周五前检修"), "明天")
    [row] = await rows(office.database)
    assert (row.text, row.due_at) == ("周五前检修", local("2026-11-24T18:00"))


async def test_the_phrase_says_the_same_as_the_command(office: Office) -> None:
    await turn(office, ZHANG, of(SI, "检修"), match={"when": "月底"})
    [row] = await rows(office.database)
    assert row.due_at == local("2026-11-30T18:00")


async def test_without_a_date_the_end_of_work_is_assumed_and_said(office: Office) -> None:
    reply = await turn(office, ZHANG, of(SI, "2025年3月1日的台账还缺"))
    assert "没有读到日期" in html(reply), "a date that is past is a part of what it tells"
    [row] = await rows(office.database)
    assert (row.text, row.due_at) == ("2025年3月1日的台账还缺", local("2026-11-23T18:00"))


async def test_of_a_long_message_the_first_two_hundred_characters_are_kept(
    office: Office,
) -> None:
    await turn(office, ZHANG, of(SI, "修" * 3000))
    [row] = await rows(office.database)
    assert len(row.text) == 200
    assert row.text.endswith("…")


@pytest.mark.parametrize(
    ("replied", "said", "told"),
    [
        (None, "", "回复一条消息"),
        (of(SI, "检修", ours=True), "", "这是我发的消息"),
        (of(SI, " \u200b\n"), "", "没有文字"),
        (of(SI, "检修"), "尽快 <b>", "没有读懂期限“尽快 &lt;b&gt;”"),
        (of(SI, "检修"), "2026年11月20日", "已经过去"),
    ],
)
async def test_what_cannot_be_turned_is_said_in_one_sentence_and_nothing_is_kept(
    office: Office, replied: Replied | None, said: str, told: str
) -> None:
    assert told in html(await turn(office, ZHANG, replied, said))
    assert await rows(office.database) == []
    async with office.database.read() as session:
        assert (await session.exec(select(Todo))).all() == []


async def test_in_private_there_is_no_message_to_turn(office: Office) -> None:
    reply = await turn(office, ZHANG, of(SI, "检修"), chat=None)
    assert "请在班组群里" in html(reply)


async def test_the_same_message_is_turned_once_for_the_same_person(office: Office) -> None:
    await turn(office, ZHANG, of(SI, "检修"))
    assert html(await turn(office, ZHANG, of(SI, "检修"))) == "这条消息已经是承诺了：#1。"
    await turn(office, SI, of(SI, "检修"))
    assert len(await rows(office.database)) == 2
    await press(office, ZHANG, WithdrawTap(1))
    await turn(office, ZHANG, of(SI, "检修"))
    assert [row.state for row in await rows(office.database)] == [
        Progress.WITHDRAWN,
        Progress.OPEN,
        Progress.OPEN,
    ]


async def test_a_leader_is_asked_whose_it_is_to_be(office: Office) -> None:
    reply = await turn(office, ZHAO, of(ZHANG, "周五前检修3号泵 <b>"))
    assert html(reply) == "检修3号泵 &lt;b&gt;\n期限：11月27日 周五 18:00\n由谁来完成？"
    assert labels(reply.message) == ["我来做", "请张三完成"]
    assert await rows(office.database) == []
    taken = await choose(office, ZHAO, 1, 0)
    assert taken.toast == "#1 已记录，由张三完成。"
    assert taken.edit is not None
    assert taken.edit.html.startswith("<b>#1</b> 张三：检修3号泵")
    [row] = await rows(office.database)
    assert (row.member_id, row.origin) == (office.members[ZHANG].id, Origin.PLEDGE)
    [made] = await acts(office.database)
    assert (made.act, made.person_id) == (Act.MADE, office.people[ZHAO].id)
    assert (await standing(office.database, "commitment:1")).message_id == 60
    told = await standing(office.database, "todo:1")
    assert told.params["text"].startswith("赵班长把你在群里的话记成了你的承诺。")
    assert (await press(office, ZHANG, WithdrawTap(1))).toast == "#1 已撤回。"


async def test_the_leader_takes_it_and_then_cannot_give_it_away(office: Office) -> None:
    reply = await turn(office, ZHAO, of(ZHANG, "检修"))
    assert tap(reply.message, "我来做") == TodoTap(1, 1)
    assert (await choose(office, ZHAO, 1, 1)).toast == "#1 已记录，由赵班长完成。"
    assert (await choose(office, ZHAO, 1, 0)).toast == "这条消息已经是承诺了：#1。"
    assert [row.member_id for row in await rows(office.database)] == [office.members[ZHAO].id]


async def test_of_two_taps_at_once_one_counts(office: Office) -> None:
    await turn(office, ZHAO, of(ZHANG, "检修"))
    replies = await asyncio.gather(choose(office, ZHAO, 1, 1), choose(office, ZHAO, 1, 0))
    assert sum(reply.edit is not None for reply in replies) == 1
    assert "这条消息已经是承诺了：#1。" in {reply.toast for reply in replies}
    assert len(await rows(office.database)) == 1


async def test_a_secretary_who_is_no_member_can_only_give_it(office: Office) -> None:
    reply = await turn(office, LI, of(ZHANG, "检修"))
    assert labels(reply.message) == ["请张三完成"]
    assert (await choose(office, LI, 1, 1)).edit is None, "forged"
    assert (await choose(office, LI, 1, 0)).edit is not None


async def test_the_author_without_a_private_chat_has_it_in_the_group_alone(
    office: Office,
) -> None:
    await turn(office, ZHAO, of(SI, "检修"))
    await choose(office, ZHAO, 1, 0)
    async with office.database.read() as session:
        keys = [row.key for row in await session.exec(select(Outgoing))]
    assert keys == ["commitment:1"]


async def test_who_wants_no_reminders_hears_of_it_in_the_group_alone(office: Office) -> None:
    async with office.database.begin() as session:
        person = await session.get_one(Person, office.people[ZHANG].id)
        person.paused_until = date(2026, 12, 1)
        session.add(person)
    await turn(office, ZHAO, of(ZHANG, "检修"))
    await choose(office, ZHAO, 1, 0)
    async with office.database.read() as session:
        keys = [row.key for row in await session.exec(select(Outgoing))]
    assert keys == ["commitment:1"]


@pytest.mark.parametrize("author", [WU, SUN, 777, None, ZHAO])
async def test_of_whoever_has_no_place_in_the_team_a_leader_takes_it_at_once(
    office: Office, author: int | None
) -> None:
    reply = await turn(office, ZHAO, of(author, "检修"))
    assert html(reply).startswith("<b>#1</b> 赵班长：检修")
    assert html(await turn(office, LI, of(author if author != ZHAO else None, "巡检", 901))) == (
        "这条消息的作者不在本班组，你也不是成员，没有人可以承诺，没有记录。"
    )


@pytest.mark.parametrize("user", [ZHANG, SI, SUN, LI, 777])
async def test_only_whoever_asked_chooses(office: Office, user: int) -> None:
    await turn(office, ZHAO, of(ZHANG, "检修"))
    for mine in (0, 1):
        reply = await choose(office, user, 1, mine)
        assert reply.toast == "只有转这条消息的人可以选。"
    assert await rows(office.database) == []


async def test_a_forged_number_or_another_teams_is_gone(office: Office) -> None:
    await turn(office, ZHAO, of(ZHANG, "检修"))
    for todo, chat in ((2**61, ONE), (1, TWO)):
        assert (await choose(office, ZHAO, todo, 1, chat)).edit is None
    assert await rows(office.database) == []


async def test_an_author_who_left_meanwhile_gets_nothing(office: Office) -> None:
    await turn(office, ZHAO, of(ZHANG, "检修"))
    await retire(office, ZHANG)
    assert "没有人可以承诺" in (await choose(office, ZHAO, 1, 0)).toast
    assert await rows(office.database) == []


async def test_a_time_that_passed_while_asking_is_not_kept(office: Office) -> None:
    await turn(office, ZHAO, of(ZHANG, "9点前检修"))
    office.clock.forward(hours=3)
    assert "期限已经过去" in (await choose(office, ZHAO, 1, 0)).toast
    assert await rows(office.database) == []


async def test_a_commitment_that_was_turned_can_be_moved_like_any_other(office: Office) -> None:
    reply = await turn(office, ZHANG, of(SI, "检修"))
    async with office.database.begin() as session:
        request = await office.ask(session, ZHANG, "", ONE, message_id=60)
        what = tap(reply.message, "周五")
        moved = await commitments.move_pressed(request, what)  # type: ignore[arg-type]
    assert moved.toast == "#1 的期限是 11月27日 周五。"
