"""What becomes of an announcement once it is sent: corrected, taken back, pinned, closed."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, delete, select, update

from handlers import announcements as composing
from handlers.requests import Attached, Reply
from handlers.taps.announcements import (
    CorrectedTap,
    CorrectTap,
    NeverMindTap,
    NudgeTap,
    PickTeamTap,
    PickUnitTap,
    PinTap,
    RecalledTap,
    RecallTap,
    ReceiptTap,
    RepeatTap,
    SendTap,
    UndoReceiptTap,
    UnpinTap,
    UntilAtTap,
)
from schedules.refresh import refresh
from schedules.runner import tick
from schedules.timetable import JOBS
from storage import carriage, chats, dispatches
from storage.kinds import Delivery, Media, Stage
from storage.tables import Announcement, Companion, Grant, Member, Outgoing, Receipt, Wording
from tests.conftest import LI, ONE, SI, SUN, TWO, WANG, ZHANG, ZHAO, Office
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

GONE = "这个按钮已经失效，没有改动任何内容。"


async def arrive(office: Office, *matters: str, state: Delivery = Delivery.SENT) -> None:
    """What is owed of these matters was carried."""
    for row in [row for matter in matters for row in await owed(office, matter)]:
        if row.state in {Delivery.PENDING, Delivery.SENDING, Delivery.UNKNOWN}:
            async with office.database.begin() as session:
                await carriage.settled(
                    session, row.id, state, office.clock(), message_id=row.id + 100
                )


async def ticked(office: Office) -> None:
    await tick(office.database, JOBS, office.clock())


async def calls(office: Office, method: str) -> list[tuple[str, object]]:
    async with office.database.read() as session:
        query = select(Outgoing).where(Outgoing.method == method).order_by(col(Outgoing.key))
        return [
            (row.key, row.params.get("message_id") or row.params.get("message_ids"))
            for row in await session.exec(query)
        ]


async def states(office: Office, matter: str = "announcement") -> list[Delivery]:
    return [row.state for row in await owed(office, matter)]


async def sent(office: Office, text: str = "明天停电", *taps: object) -> None:
    """Announcement 1 is owed to both teams of the branch, and nothing has left yet."""
    await write(office, LI, text)
    await press(office, LI, PickUnitTap(1, 2))
    for tap in taps:
        await press(office, LI, tap)  # type: ignore[arg-type]
    await press(office, LI, SendTap(1))


# -- taken back ------------------------------------------------------------------------------


async def test_what_is_recalled_is_deleted_wherever_it_stands(office: Office) -> None:
    await announced(office)
    ask = await press(office, LI, RecallTap(1))
    assert "2 个群" in html(ask.message)
    assert labels(ask.message) == ["确认撤回", "算了"]
    assert await calls(office, "deleteMessage") == [], "nothing happens before it is confirmed"
    reply = await press(office, LI, RecalledTap(1))
    assert "正在撤回" in html(reply.edit)
    ids = {row.key: row.message_id for row in await owed(office)}
    assert await calls(office, "deleteMessage") == [
        (f"recall:{key}", ids[key]) for key in sorted(ids)
    ]
    await arrive(office, "recall")
    assert html(await rendered(office)).startswith(
        "<b>已撤回</b>（11月23日 周一 07:50）：删除 2/2"
    )
    assert labels(await rendered(office)) == ["再发一次"]


async def test_a_recall_in_the_middle_of_a_fan_out_stops_the_rest(office: Office) -> None:
    await sent(office)
    first, second = await owed(office)
    async with office.database.begin() as session:
        await carriage.settled(session, first.id, Delivery.SENT, office.clock(), message_id=7)
    await press(office, LI, RecalledTap(1))
    assert await states(office) == [Delivery.SENT, Delivery.EXPIRED]
    assert await calls(office, "deleteMessage") == [(f"recall:{first.key}", 7)]
    await arrive(office, "recall")
    message = html(await rendered(office))
    assert "删除 1/1 个群" in message
    assert "1 个群没有收到过" in message
    assert second.key not in str(await calls(office, "deleteMessage"))


async def test_what_was_on_its_way_when_it_was_recalled_is_taken_back_after(
    office: Office,
) -> None:
    await sent(office)
    async with office.database.begin() as session:
        await session.exec(update(Outgoing).values(state=Delivery.SENDING))
    await press(office, LI, RecalledTap(1))
    assert await calls(office, "deleteMessage") == []
    await arrive(office, "announcement")
    office.clock.forward(seconds=10)
    await ticked(office)
    assert len(await calls(office, "deleteMessage")) == 2
    office.clock.forward(seconds=10)
    await ticked(office)
    assert len(await calls(office, "deleteMessage")) == 2


async def test_what_would_be_sent_again_after_a_recall_is_not(office: Office) -> None:
    await sent(office)
    async with office.database.begin() as session:
        await session.exec(update(Outgoing).values(state=Delivery.UNKNOWN))
    await press(office, LI, RecalledTap(1))
    async with office.database.begin() as session:  # its answer was lost: it would go out again
        await session.exec(update(Outgoing).values(state=Delivery.PENDING, resent=True))
    await ticked(office)
    assert set(await states(office)) == {Delivery.EXPIRED}


async def test_a_copy_that_cannot_be_deleted_says_that_it_is_withdrawn(office: Office) -> None:
    await announced(office)
    await press(office, LI, RecalledTap(1))
    key = notice(office, TWO)
    async with office.database.begin() as session:
        for row in await owed(office, "recall"):
            state = Delivery.FAILED if row.key.endswith(key) else Delivery.SENT
            await carriage.settled(session, row.id, state, office.clock(), error="too old")
    message = html(await rendered(office))
    assert "删除 1/2" in message
    assert "二班：删不掉" in message
    assert html(await rendered(office, key)) == "这条公告已撤回。"
    assert (await rendered(office, key)).buttons == ()


async def test_a_poll_that_cannot_be_deleted_takes_no_receipts_any_more(office: Office) -> None:
    async with office.database.begin() as session:
        request = await office.ask(session, LI, poll={"question": "来吗", "options": []})
        await composing.offer(request)
    await press(office, LI, PickTeamTap(1, office.teams[ONE].id))
    await press(office, LI, SendTap(1))
    await arrive(office, "announcement")
    await press(office, LI, RecalledTap(1))
    await arrive(office, "recall", state=Delivery.FAILED)
    message = await rendered(office, notice(office, ONE))
    assert message.edit() == ("editMessageReplyMarkup", {})


async def test_a_file_is_no_correction_and_is_taken_for_what_it_is(office: Office) -> None:
    await announced(office)
    await press(office, LI, CorrectTap(1))
    reply = await write(office, LI, "", Attached(Media.DOCUMENT, "file-1", "a.pdf"))
    assert "发公告" in html(reply.message if reply else None)


async def test_an_album_is_deleted_whole(office: Office) -> None:
    for place in (1, 2, 3):
        await write(office, LI, "", Attached(Media.PHOTO, f"photo-{place}"), album="a1")
    await press(office, LI, PickTeamTap(1, office.teams[ONE].id))
    await press(office, LI, SendTap(1))
    await arrive(office, "album", "announcement")
    (album,) = await owed(office, "album")
    assert album.message_id is not None
    first = album.message_id
    async with office.database.begin() as session:
        await dispatches.arrived_together(session, album.id, [first + 1, first + 2])
    await press(office, LI, RecalledTap(1))
    assert await calls(office, "deleteMessages") == [
        (f"recall:{album.key}", [first, first + 1, first + 2])
    ]
    assert len(await calls(office, "deleteMessage")) == 1


async def test_nobody_is_reminded_of_or_confirms_what_was_recalled(office: Office) -> None:
    await announced(office)
    office.clock.forward(hours=2)
    await press(office, LI, NudgeTap(1))
    await press(office, LI, RecalledTap(1))
    assert set(await states(office, "nudge")) == {Delivery.EXPIRED}
    reply = await press(office, ZHANG, ReceiptTap(1), chat=ONE)
    assert "已撤回" in reply.toast
    assert "已撤回" in (await press(office, LI, NudgeTap(1))).toast
    async with office.database.read() as session:
        assert (await session.exec(select(Receipt))).all() == []


async def test_recall_and_correction_at_once_end_in_a_recall(office: Office) -> None:
    await announced(office)
    await press(office, LI, CorrectTap(1))
    await write(office, LI, "后天停电")
    await asyncio.gather(press(office, LI, RecalledTap(1)), press(office, LI, CorrectedTap(1)))
    assert (await kept(office)).recalled_at == office.clock()
    assert len(await calls(office, "deleteMessage")) == 2
    assert (await press(office, LI, CorrectedTap(1))).toast == "这条公告已经撤回了。"


async def test_two_recalls_at_once_delete_once(office: Office) -> None:
    await announced(office)
    replies = await asyncio.gather(*(press(office, LI, RecalledTap(1)) for _ in range(2)))
    assert sorted(reply.toast for reply in replies) == ["", "这条公告已经撤回了。"]
    assert len(await calls(office, "deleteMessage")) == 2


async def test_only_its_author_touches_what_was_sent(office: Office) -> None:
    await announced(office)
    for tap in (RecallTap(1), RecalledTap(1), CorrectTap(1), CorrectedTap(1), RepeatTap(1),
                UnpinTap(1)):  # fmt: skip
        for user in (WANG, ZHAO, ZHANG):
            assert await press(office, user, tap) == Reply(toast=GONE)
        assert await press(office, LI, type(tap)(99)) == Reply(toast=GONE)
    assert await calls(office, "deleteMessage") == []


async def test_a_draft_can_be_neither_recalled_nor_corrected(office: Office) -> None:
    await write(office, LI, "集合")
    for tap in (RecallTap(1), RecalledTap(1), CorrectTap(1), CorrectedTap(1), RepeatTap(1)):
        assert await press(office, LI, tap) == Reply(toast=GONE)


async def test_who_lost_the_right_can_still_take_their_words_back(office: Office) -> None:
    await announced(office)
    async with office.database.begin() as session:
        await session.exec(delete(Grant).where(col(Grant.person_id) == office.people[LI].id))
    assert "不能更正" in (await press(office, LI, CorrectTap(1))).toast
    await press(office, LI, RecalledTap(1))
    assert len(await calls(office, "deleteMessage")) == 2


# -- corrected -------------------------------------------------------------------------------


async def corrected(office: Office, text: str) -> Reply:
    await press(office, LI, CorrectTap(1))
    await write(office, LI, text)
    return await press(office, LI, CorrectedTap(1))


async def test_a_correction_is_shown_first_and_then_edits_every_copy(office: Office) -> None:
    await announced(office)
    await press(office, ZHANG, ReceiptTap(1), chat=ONE)
    ask = await press(office, LI, CorrectTap(1))
    assert "明天 <b>停电</b>" in html(ask.message), "what it says is there to be copied"
    reply = await write(office, LI, "后天 <b>停电</b>")
    assert reply is not None
    assert labels(reply.message) == ["更正 2 个群", "算了"]
    assert (await kept(office)).html == "明天 <b>停电</b>"
    office.clock.forward(minutes=2)
    reply = await press(office, LI, CorrectedTap(1))
    assert "正在更正 2 个群" in html(reply.edit)
    text = html(await rendered(office, notice(office, ONE)))
    assert text.endswith("后天 <b>停电</b>\n\n收到 1/3\n已更正：11月23日 周一 07:52")
    async with office.database.read() as session:
        (before,) = (await session.exec(select(Wording))).all()
    assert (before.html, before.at) == ("明天 <b>停电</b>", office.clock())
    assert "已更正" in html(await rendered(office))
    await refresh(office.database, office.clock())
    assert len(await calls(office, "editMessageText")) >= 2


async def test_a_group_that_was_held_gets_the_corrected_words(office: Office) -> None:
    async with office.database.begin() as session:
        chat = await chats.by_telegram(session, TWO)
        assert chat is not None
        await chats.hold(session, chat.id, "Forbidden: bot was kicked", office.clock())
    await sent(office)
    first, second = await owed(office)
    async with office.database.begin() as session:
        await carriage.settled(session, first.id, Delivery.SENT, office.clock(), message_id=7)
    await corrected(office, "后天停电")
    first, second = await owed(office)
    assert (first.state, second.state) == (Delivery.SENT, Delivery.HELD)
    assert "明天停电" in first.params["text"], "what was sent is edited"
    assert "后天停电" in second.params["text"], "what was not is said rightly at once"
    assert second.params["reply_markup"]


async def test_what_was_on_its_way_is_corrected_once_it_has_arrived(office: Office) -> None:
    await sent(office)
    async with office.database.begin() as session:
        await session.exec(update(Outgoing).values(state=Delivery.SENDING))
    await corrected(office, "后天停电")
    await arrive(office, "announcement")
    office.clock.forward(seconds=6)
    await refresh(office.database, office.clock())
    edits = await owed(office, "edit:announcement")
    assert len(edits) == 2
    assert all("后天停电" in row.params["text"] for row in edits)


async def test_a_correction_that_is_not_confirmed_changes_nothing(office: Office) -> None:
    await announced(office)
    assert await press(office, LI, CorrectedTap(1)) == Reply(toast=GONE)
    await press(office, LI, CorrectTap(1))
    await write(office, LI, "后天停电")
    await press(office, LI, NeverMindTap(1))
    assert await press(office, LI, CorrectedTap(1)) == Reply(toast=GONE)
    assert (await kept(office)).html == "明天 <b>停电</b>"
    await write(office, LI, "后天停电")
    async with office.database.read() as session:
        assert len((await session.exec(select(Announcement))).all()) == 2, "a draft of its own"


async def test_what_was_asked_long_ago_is_not_what_is_said_now(office: Office) -> None:
    await announced(office)
    await press(office, LI, CorrectTap(1))
    office.clock.forward(minutes=31)
    reply = await write(office, LI, "后天停电")
    assert "发公告" in html(reply.message if reply else None)


async def test_a_correction_that_does_not_fit_is_refused_at_once(office: Office) -> None:
    await announced(office)
    await press(office, LI, CorrectTap(1))
    reply = await write(office, LI, "长" * 4060)
    assert "超出" in html(reply.message if reply else None)
    assert await press(office, LI, CorrectedTap(1)) == Reply(toast=GONE)


async def test_a_correction_is_of_words_alone(office: Office) -> None:
    await announced(office)
    await press(office, LI, CorrectTap(1))
    reply = await write(office, LI, "看图", Attached(Media.PHOTO, "photo-1"))
    assert "更正只改文字" in html(reply.message if reply else None)


async def test_where_others_deleted_it_the_author_hears_so(office: Office) -> None:
    await announced(office)
    await corrected(office, "后天停电")
    await refresh(office.database, office.clock())
    edits = await owed(office, "edit:announcement")
    async with office.database.begin() as session:
        await carriage.settled(session, edits[0].id, Delivery.SENT, office.clock())
        await carriage.settled(
            session,
            edits[1].id,
            Delivery.SENT,
            office.clock(),
            error="Bad Request: message to edit not found",
        )
    assert "1 个群里的这条公告已被删除" in html(await rendered(office))


# -- said again ------------------------------------------------------------------------------


async def test_the_same_once_more_is_a_draft_with_the_same_terms(office: Office) -> None:
    await sent(office, "明天停电", PinTap(1))
    reply = await press(office, LI, RepeatTap(1))
    assert {"✓ 一班", "✓ 二班", "✓ 置顶"} <= set(labels(reply.message))
    async with office.database.read() as session:
        draft = await session.get_one(Announcement, 2)
    assert (draft.stage, draft.html, draft.pinned_at) == (Stage.DRAFT, "明天停电", None)
    await press(office, LI, SendTap(2))
    assert len(await owed(office)) == 4


async def test_the_same_once_more_leaves_out_what_is_not_ones_own(office: Office) -> None:
    await announced(office)
    async with office.database.begin() as session:
        await session.exec(delete(Grant).where(col(Grant.person_id) == office.people[LI].id))
    reply = await press(office, LI, RepeatTap(1))
    assert "已选 0 个" in html(reply.message)
    assert await chosen(office) == {office.teams[ONE].id, office.teams[TWO].id}


# -- pinned ----------------------------------------------------------------------------------


async def test_it_is_pinned_once_it_stands_and_unpinned_when_all_have_confirmed(
    office: Office,
) -> None:
    await sent(office, "明天停电", PinTap(1))
    await ticked(office)
    assert await calls(office, "pinChatMessage") == []
    await arrive(office, "announcement")
    for _ in range(2):
        office.clock.forward(seconds=10)
        await ticked(office)
        assert len(await calls(office, "pinChatMessage")) == 2
    assert "取消置顶" in labels(await rendered(office))
    for user, chat in ((ZHAO, ONE), (ZHANG, ONE), (SI, ONE)):
        await press(office, user, ReceiptTap(1), chat=chat)
    await ticked(office)
    assert await calls(office, "unpinChatMessage") == []
    await press(office, SUN, ReceiptTap(1), chat=TWO)
    office.clock.forward(seconds=10)
    await ticked(office)
    assert len(await calls(office, "unpinChatMessage")) == 2
    assert (await kept(office)).pinned_at is None


async def test_a_pin_is_taken_off_by_a_tap(office: Office) -> None:
    await sent(office, "明天停电", PinTap(1))
    await arrive(office, "announcement")
    await ticked(office)
    assert (await press(office, LI, UnpinTap(1))).toast == "已取消置顶。"
    assert len(await calls(office, "unpinChatMessage")) == 2
    assert set(await states(office, "pin")) == {Delivery.EXPIRED}, "what had not left does not"
    office.clock.forward(seconds=10)
    await ticked(office)
    assert len(await calls(office, "pinChatMessage")) == 2


async def test_nothing_is_pinned_that_was_not_to_be(office: Office) -> None:
    await announced(office)
    await ticked(office)
    assert await calls(office, "pinChatMessage") == []
    assert "取消置顶" not in labels(await rendered(office))


# -- closed ----------------------------------------------------------------------------------


async def test_after_its_deadline_a_receipt_is_refused_politely(office: Office) -> None:
    until = office.clock() + timedelta(hours=10)
    await sent(office, "明天停电", UntilAtTap(1, int(until.timestamp())), PinTap(1))
    await arrive(office, "announcement")
    await ticked(office)
    assert html(await rendered(office, notice(office, ONE))).endswith(
        "收到 0/3\n请在 11月23日 周一 17:50 前回执"
    )
    await press(office, ZHANG, ReceiptTap(1), chat=ONE)
    office.clock.forward(hours=10)
    late = await press(office, ZHAO, ReceiptTap(1), chat=ONE)
    assert (
        late.toast == "回执已在 今天 11月23日 周一 17:50 截止，这次没有记录。有需要请联系李书记。"
    )
    assert late.alert
    known = await press(office, ZHANG, ReceiptTap(1), chat=ONE)
    assert "已经记录过了" in known.toast
    await ticked(office)
    message = await rendered(office, notice(office, ONE))
    assert labels(message) == ["回执已截止"]
    assert html(message).splitlines()[-2] == "收到 1/3"
    assert (await kept(office)).closed_at == office.clock()
    assert len(await calls(office, "unpinChatMessage")) == 2
    assert labels(await rendered(office)) == ["谁未回执", "更正", "撤回", "再发一次"]
    async with office.database.read() as session:
        stale = {row.key for row in await session.exec(select(Outgoing)) if row.stale_at}
    assert {notice(office, ONE), notice(office, TWO), "progress:1"} <= stale


# -- taken back by who confirmed -------------------------------------------------------------


async def tap(office: Office, seconds: float = 0) -> Reply:
    office.clock.forward(seconds=seconds)
    return await press(office, ZHANG, ReceiptTap(1), chat=ONE)


async def given(office: Office) -> int:
    async with office.database.read() as session:
        return len((await session.exec(select(Receipt))).all())


async def test_a_receipt_is_taken_back_by_a_third_tap(office: Office) -> None:
    await announced(office)
    await tap(office)
    second = await tap(office, 30)
    assert "一分钟内再点一次就撤销" in second.toast
    assert second.alert
    assert await given(office) == 1
    assert (await tap(office, 10)).toast == "已撤销你的回执。"
    assert await given(office) == 0
    assert html(await rendered(office, notice(office, ONE))).endswith("收到 0/3")
    assert (await tap(office, 10)).toast == "已收到，本班组第 1 位。"


async def test_a_nervous_finger_takes_nothing_back(office: Office) -> None:
    await announced(office)
    answers = [await tap(office, 0.2) for _ in range(16)]
    assert await given(office) == 1
    assert not any(answer.alert for answer in answers[:9]), "it is not asked about a slip"


async def test_after_the_deadline_no_further_place_is_confirmed(office: Office) -> None:
    async with office.database.begin() as session:
        session.add(
            Member(
                team_id=office.teams[TWO].id,
                person_id=office.people[ZHANG].id,
                joined_at=office.clock(),
            )
        )
    until = office.clock() + timedelta(hours=1)
    await sent(office, "明天停电", UntilAtTap(1, int(until.timestamp())))
    await arrive(office, "announcement")
    await tap(office)
    office.clock.forward(hours=2)
    assert "已经记录过了" in (await press(office, ZHANG, ReceiptTap(1))).toast
    assert await given(office) == 1


async def test_a_tap_long_after_the_question_asks_again(office: Office) -> None:
    await announced(office)
    await tap(office)
    await tap(office, 30)
    assert "再点一次就撤销" in (await tap(office, 90)).toast
    assert await given(office) == 1


@pytest.mark.parametrize(("minutes", "left"), [(4, 0), (5, 1)])
async def test_in_private_there_is_a_button_for_five_minutes(
    office: Office, minutes: int, left: int
) -> None:
    await announced(office)
    reply = await press(office, ZHANG, ReceiptTap(1))
    assert labels(reply.edit) == ["撤销"]
    office.clock.forward(minutes=minutes)
    reply = await press(office, ZHANG, UndoReceiptTap(1))
    assert await given(office) == left
    assert labels(reply.edit) == ([] if left else ["收到"])
    assert ("超过 5 分钟" in reply.toast) is bool(left)


async def test_nobody_takes_back_what_they_did_not_give(office: Office) -> None:
    await announced(office)
    await press(office, ZHANG, ReceiptTap(1), chat=ONE)
    for user, chat in ((ZHAO, ONE), (LI, None), (SUN, ONE)):
        assert (await press(office, user, UndoReceiptTap(1), chat=chat)).toast == GONE
    assert await given(office) == 1
    async with office.database.read() as session:
        assert (await session.exec(select(Companion))).all() == []
