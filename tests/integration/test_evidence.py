import asyncio

import pytest

from handlers import evidence
from handlers.reading.commitments import DONE, DONE_NUMBER
from handlers.requests import Attached, Replied, Reply
from handlers.taps.commitments import DoneTap, ListedDoneTap
from handlers.words.message import Message
from storage import commitments
from storage.kinds import Media, Progress
from storage.tables import Commitment
from tests.conftest import (
    ONE,
    SI,
    SUN,
    TWO,
    WU,
    ZHANG,
    ZHAO,
    Office,
)
from tests.integration.promises import (
    PRESSED,
    STRANGER,
    html,
    join,
    owe,
    press,
    retire,
    shown,
    stand,
    standing,
    states,
)


async def say(
    office: Office, user: int, text: str, chat: int | None = ONE, **more: object
) -> Reply:
    """Words without a slash, as the door would read them."""
    found = DONE_NUMBER.fullmatch(text) or DONE.fullmatch(text)
    assert found
    parts = {name: part or "" for name, part in found.groupdict().items()}
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat, match=parts, **more)
        return await evidence.done_said(request)


async def command(office: Office, user: int, text: str, chat: int | None = ONE) -> Reply:
    async with office.database.begin() as session:
        return await evidence.done(await office.ask(session, user, text, chat))


# -- by number -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["完成 1 已换<轴承>", "完成1，已换<轴承>", "done #1 已换<轴承>"])
async def test_done_by_number_counts_with_its_words_as_evidence(office: Office, text: str) -> None:
    await owe(office, ZHANG)
    reply = await say(office, ZHANG, text)
    assert html(reply) == "<b>#1</b> 张三：完成3号泵检修 · 已完成"
    assert reply.react == "👍"
    assert await states(office.database) == [Progress.CLAIMED]
    [act] = await shown(office.database)
    assert (act.text, act.media, act.person_id) == ("已换<轴承>", None, office.people[ZHANG].id)


@pytest.mark.parametrize("text", ["1 已换轴承", "完成 1 已换轴承", "done #1 已换轴承"])
async def test_the_command_says_the_same(office: Office, text: str) -> None:
    await owe(office, ZHANG)
    assert "已完成" in html(await command(office, ZHANG, text))
    [act] = await shown(office.database)
    assert act.text == "已换轴承"


async def test_in_private_nothing_is_put_on_the_message(office: Office) -> None:
    await owe(office, ZHANG)
    reply = await say(office, ZHANG, "完成 1", None)
    assert html(reply) == "<b>#1</b> 完成3号泵检修 · 已完成"
    assert reply.react == ""


@pytest.mark.parametrize("media", list(Media))
async def test_a_picture_with_the_words_beneath_it_is_evidence(
    office: Office, media: Media
) -> None:
    await owe(office, ZHANG)
    await say(office, ZHANG, "完成 1", attached=Attached(media, "file-1"))
    [act] = await shown(office.database)
    assert (act.media, act.file_id, act.text) == (media, "file-1", "")


@pytest.mark.parametrize("number", ["9", "999999999"])
async def test_an_unknown_number_is_said_to_be_unknown(office: Office, number: str) -> None:
    reply = await say(office, ZHANG, f"完成 {number}")
    assert html(reply).startswith(f"没有编号为 #{number} 的承诺")


@pytest.mark.parametrize("user", [ZHAO, SI])
async def test_somebody_elses_promise_stays_open_even_for_the_leader(
    office: Office, user: int
) -> None:
    await owe(office, ZHANG)
    reply = await say(office, user, "完成 1")
    assert html(reply) == "#1 是别人的承诺，只能由本人报完成。"
    assert await states(office.database) == [Progress.OPEN]


async def test_what_is_done_or_withdrawn_is_not_done_again(office: Office) -> None:
    await owe(office, ZHANG)
    await say(office, ZHANG, "完成 1 一")
    assert html(await say(office, ZHANG, "完成 1 二")) == "#1 之前已经完成。"
    assert [act.text for act in await shown(office.database)] == ["一"]
    promise = await owe(office, ZHANG)
    async with office.database.begin() as session:
        row = await session.get_one(Commitment, promise)
        await commitments.withdraw(session, row, office.people[ZHANG].id, office.clock())
    assert html(await say(office, ZHANG, "完成 2")) == "#2 之前已经撤回。"


async def test_two_at_once_count_once(office: Office) -> None:
    await owe(office, ZHANG)
    replies = await asyncio.gather(
        say(office, ZHANG, "完成 1"),
        press(office, ZHANG, DoneTap(1)),
        say(office, ZHANG, "完成 1"),
    )
    assert len(await shown(office.database)) == 1
    assert sum("之前已经完成" in f"{r.toast}{r.message}" for r in replies) == 2


async def test_who_read_it_as_open_a_moment_ago_is_told_that_it_is_done(office: Office) -> None:
    await owe(office, ZHANG)
    person_id = office.people[ZHANG].id
    async with office.database.read() as session:
        seen = await commitments.own(session, 1, person_id)
    assert seen is not None
    await say(office, ZHANG, "完成 1")
    async with office.database.begin() as session:
        row = await session.merge(seen.commitment, load=False)
        assert not await commitments.claim(session, row, person_id, office.clock())
        assert row.state.ended
    assert len(await shown(office.database)) == 1


async def test_a_retired_member_keeps_no_promise_any_more(office: Office) -> None:
    promise = await owe(office, ZHANG)
    await retire(office, ZHANG)
    assert "没有编号为 #1" in html(await command(office, ZHANG, "1"))
    assert "没有编号为 #1" in html(await command(office, ZHANG, "1", None))
    assert "权限" in (await press(office, ZHANG, DoneTap(promise))).toast
    assert await states(office.database) == [Progress.OPEN]


async def test_a_stranger_keeps_no_promise(office: Office) -> None:
    promise = await owe(office, ZHANG)
    assert "权限" in html(await command(office, STRANGER, "1"))
    assert "权限" in (await press(office, STRANGER, DoneTap(promise))).toast
    assert await states(office.database) == [Progress.OPEN]


# -- numbers in several teams ----------------------------------------------------------------


async def test_in_a_group_a_number_is_that_of_its_team(office: Office) -> None:
    office.members[ZHANG] = await join(office, ZHANG, TWO)
    await owe(office, ZHANG, "二班的事")
    assert "没有编号为 #1" in html(await say(office, ZHANG, "完成 1"))
    assert "二班的事" in html(await say(office, ZHANG, "完成 1", TWO))


async def test_in_private_ones_own_open_promise_is_meant(office: Office) -> None:
    await owe(office, SI, "李四的事")
    office.members[ZHANG] = await join(office, ZHANG, TWO)
    await owe(office, ZHANG, "张三的事")
    assert "张三的事" in html(await say(office, ZHANG, "完成 1", None))
    assert await states(office.database) == [Progress.OPEN, Progress.CLAIMED]


async def test_two_of_ones_own_with_the_same_number_are_asked_about(office: Office) -> None:
    first = await owe(office, ZHANG, "一班的事")
    office.members[ZHANG] = await join(office, ZHANG, TWO)
    second = await owe(office, ZHANG, "二班的事")
    reply = await say(office, ZHANG, "完成 1", None)
    assert reply.message is not None
    assert [(b.label, b.tap) for row in reply.message.buttons for b in row] == [
        ("一班 #1 一班的事", DoneTap(first)),
        ("二班 #1 二班的事", DoneTap(second)),
    ]
    assert await states(office.database) == [Progress.OPEN, Progress.OPEN]
    await press(office, ZHANG, DoneTap(second), None)
    assert "一班的事" in html(await say(office, ZHANG, "完成 1", None))


# -- as a reply ------------------------------------------------------------------------------


async def test_done_in_reply_to_a_promise_is_that_promise(office: Office) -> None:
    await owe(office, ZHANG, "一")
    promise = await owe(office, ZHANG, "二")
    await stand(office, commitments.key(promise))
    reply = await say(office, ZHANG, "完成 已换轴承", replied=Replied(40, ours=True))
    assert "#2" in html(reply)
    assert await states(office.database) == [Progress.OPEN, Progress.CLAIMED]
    assert (await standing(office.database, commitments.key(promise))).stale_at == office.clock()


async def test_done_in_reply_to_somebody_elses_promise_changes_nothing(office: Office) -> None:
    await stand(office, commitments.key(await owe(office, SI)))
    reply = await say(office, ZHANG, "完成", replied=Replied(40, ours=True))
    assert "别人的承诺" in html(reply)
    assert await states(office.database) == [Progress.OPEN]


@pytest.mark.parametrize("replied", [None, Replied(41, ours=True), Replied(40, ours=False)])
async def test_done_by_itself_asks_which(office: Office, replied: Replied | None) -> None:
    promise = await owe(office, ZHANG)
    await owe(office, SI)
    await stand(office, commitments.key(promise))
    reply = await say(office, ZHANG, "完成", replied=replied)
    assert reply.message is not None
    assert [b.tap for row in reply.message.buttons for b in row] == [DoneTap(promise)]
    assert await states(office.database) == [Progress.OPEN, Progress.OPEN]


async def test_who_has_nothing_open_is_told_so(office: Office) -> None:
    assert html(await say(office, ZHANG, "完成")) == "你没有进行中的承诺。"


# -- by a tap --------------------------------------------------------------------------------


async def test_the_tap_beneath_the_promise_takes_its_buttons(office: Office) -> None:
    promise = await owe(office, ZHANG)
    await stand(office, commitments.key(promise), PRESSED)
    reply = await press(office, ZHANG, DoneTap(promise))
    assert reply.toast == "#1 已完成。"
    assert reply.edit == Message("<b>#1</b> 张三：完成3号泵检修\n✅ 已完成")
    # It is edited by the tap itself, so no second edit is owed.
    assert (await standing(office.database, commitments.key(promise))).stale_at is None


async def test_a_tap_elsewhere_has_the_promises_own_message_drawn_anew(office: Office) -> None:
    promise = await owe(office, ZHANG)
    await stand(office, commitments.key(promise))
    await press(office, ZHANG, DoneTap(promise), None)
    assert (await standing(office.database, commitments.key(promise))).stale_at == office.clock()


async def test_a_second_tap_says_that_it_was_done(office: Office) -> None:
    promise = await owe(office, ZHANG)
    first = await press(office, ZHANG, DoneTap(promise))
    second = await press(office, ZHANG, DoneTap(promise))
    assert second.toast == "#1 之前已经完成。"
    assert second.edit == first.edit
    assert len(await shown(office.database)) == 1


@pytest.mark.parametrize("user", [ZHAO, SUN, WU])
@pytest.mark.parametrize("tap", [DoneTap, ListedDoneTap])
async def test_nobody_elses_tap_counts(
    office: Office, user: int, tap: type[DoneTap] | type[ListedDoneTap]
) -> None:
    reply = await press(office, user, tap(await owe(office, ZHANG)))
    assert "权限" in reply.toast
    assert reply.edit is None
    assert await states(office.database) == [Progress.OPEN]
