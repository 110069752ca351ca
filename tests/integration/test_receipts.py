import asyncio
from datetime import timedelta

from sqlmodel import col, delete, select, update

from handlers.requests import Reply
from handlers.taps.announcements import MissingTap, NudgeTap, ReceiptTap
from handlers.words import announcements, receipts
from handlers.words.voice import Voice
from storage.kinds import Delivery, LeaveReason
from storage.tables import (
    Announcement,
    Chat,
    Grant,
    Leave,
    Member,
    Outgoing,
    Person,
    Receipt,
)
from tests.conftest import LI, ONE, SI, SUN, THREE, TWO, WANG, WU, ZHANG, ZHAO, ZONE, Office
from tests.integration.announcing import (
    announced,
    html,
    labels,
    notice,
    owed,
    press,
    rendered,
)

SOME = "已提醒 {} 人；另有 {} 人没有打开过私聊、设了免打扰或不在工作时间，提醒不到。"


async def confirmed(office: Office) -> set[int]:
    async with office.database.read() as session:
        return set((await session.exec(select(Receipt.member_id))).all())


async def test_a_receipt_is_kept_and_both_counters_move(office: Office) -> None:
    await announced(office)
    reply = await press(office, ZHANG, ReceiptTap(1), chat=ONE)
    assert reply == Reply(toast="已收到，本班组第 1 位。")
    reply = await press(office, ZHAO, ReceiptTap(1), chat=ONE)
    assert "第 2 位" in reply.toast
    assert await confirmed(office) == {office.members[ZHANG].id, office.members[ZHAO].id}
    assert html(await rendered(office, notice(office, ONE))).endswith("收到 2/3")
    assert html(await rendered(office, notice(office, TWO))).endswith("收到 0/1")
    assert "回执 2/4" in html(await rendered(office))
    async with office.database.read() as session:
        stale = {row.key for row in await session.exec(select(Outgoing)) if row.stale_at}
    assert stale == {notice(office, ONE), "progress:1"}


async def test_a_second_tap_says_it_is_already_recorded(office: Office) -> None:
    await announced(office)
    await press(office, ZHANG, ReceiptTap(1), chat=ONE)
    first = office.clock()
    for _ in range(3):  # too late to take it back
        office.clock.forward(minutes=5, seconds=5)
        reply = await press(office, ZHANG, ReceiptTap(1), chat=ONE)
        assert reply.toast == "已经记录过了：今天 11月23日 周一 07:50 收到。"
    async with office.database.read() as session:
        (row,) = (await session.exec(select(Receipt))).all()
    assert row.at == first


async def test_who_is_no_member_of_the_team_confirms_nothing(office: Office) -> None:
    await announced(office)
    for user, chat in ((WU, ONE), (SUN, ONE), (ZHANG, TWO), (LI, ONE), (WU, THREE), (WU, None)):
        reply = await press(office, user, ReceiptTap(1), chat=chat)
        assert reply.toast.startswith("只有收到这条公告的班组成员")
    assert await confirmed(office) == set()


async def test_a_retired_member_confirms_nothing(office: Office) -> None:
    await announced(office)
    async with office.database.begin() as session:
        member = await session.get_one(Member, office.members[ZHANG].id)
        member.retired_at = office.clock()
        session.add(member)
    await press(office, ZHANG, ReceiptTap(1), chat=ONE)
    assert await confirmed(office) == set()
    assert html(await rendered(office, notice(office, ONE))).endswith("收到 0/2")


async def test_a_draft_and_an_announcement_without_receipts_take_none(office: Office) -> None:
    await announced(office)
    async with office.database.begin() as session:
        await session.exec(update(Announcement).values(wants_receipt=False))
    assert "只有" in (await press(office, ZHANG, ReceiptTap(1), chat=ONE)).toast
    assert "只有" in (await press(office, ZHANG, ReceiptTap(99), chat=ONE)).toast
    assert await confirmed(office) == set()


async def test_who_is_on_leave_is_neither_expected_nor_missing(office: Office) -> None:
    await announced(office)
    today = office.clock().astimezone(ZONE).date()
    async with office.database.begin() as session:
        session.add(
            Leave(
                member_id=office.members[SI].id,
                first=today,
                last=today,
                reason=LeaveReason.FIELD,
                at=office.clock(),
                by_person_id=office.people[SI].id,
            )
        )
    assert html(await rendered(office, notice(office, ONE))).endswith("收到 0/2")
    assert "回执 0/3" in html(await rendered(office))
    reply = await press(office, LI, MissingTap(1))
    assert reply.private is not None
    assert "李四" not in reply.private.html
    office.clock.forward(days=1)
    assert html(await rendered(office, notice(office, ONE))).endswith("收到 0/3")


async def test_the_missing_are_named_by_team_and_the_unenrolled_apart(office: Office) -> None:
    await announced(office)
    async with office.database.begin() as session:
        named = Person(name="周<六>")
        session.add(named)
        await session.flush()
        session.add(
            Member(team_id=office.teams[ONE].id, person_id=named.id, joined_at=office.clock())
        )
    await press(office, ZHANG, ReceiptTap(1), chat=ONE)
    reply = await press(office, LI, MissingTap(1))
    assert reply.private is not None
    late, unenrolled = reply.private.html.split("未报到")
    assert "未回执 3 人" in late
    assert "一班（2）：赵班长、李四" in late
    assert "二班（1）：孙班长" in late
    assert "张三" not in reply.private.html
    assert "一班（1）：周&lt;六&gt;" in unenrolled


async def test_names_are_shown_only_to_those_who_run_the_team(office: Office) -> None:
    await announced(office, WANG, unit=1)
    reply = await press(office, LI, MissingTap(1))
    assert reply.private is not None
    assert "王五" not in reply.private.html
    assert "张三" in reply.private.html
    for user in (ZHANG, ZHAO):
        reply = await press(office, user, MissingTap(1), chat=ONE)
        assert reply == Reply(toast="你没有这项操作的权限，没有改动任何内容。")
    async with office.database.begin() as session:
        await session.exec(delete(Grant).where(col(Grant.person_id) == office.people[WANG].id))
    assert "权限" in (await press(office, WANG, MissingTap(1))).toast


async def test_when_all_have_confirmed_nobody_is_missing(office: Office) -> None:
    await announced(office)
    for user, chat in ((ZHAO, ONE), (ZHANG, ONE), (SI, ONE), (SUN, TWO)):
        await press(office, user, ReceiptTap(1), chat=chat)
    for tap in (MissingTap(1), NudgeTap(1)):
        assert "都已经回执" in (await press(office, LI, tap)).toast
    message = await rendered(office)
    assert "回执 4/4" in message.html
    assert labels(message) == ["更正", "撤回", "再发一次"]


def test_a_list_of_the_missing_always_fits_one_message(office: Office) -> None:
    row = Announcement(id=1, author_id=1, html="停电 " * 60, at=office.clock())
    gaps = [(f"{team}号班组", [f"欧阳&成员{n}" for n in range(40)]) for team in range(60)]
    for locale in ("zh", "en"):
        message = receipts.missing(Voice(locale), row, gaps, gaps)
        assert 3000 < announcements.length(message.html) <= announcements.TEXT
        assert "2400" in message.html


async def test_a_nudge_reaches_only_the_missing_quietly_and_seldom(office: Office) -> None:
    await announced(office)
    await press(office, ZHANG, ReceiptTap(1), chat=ONE)
    office.clock.forward(hours=2)
    reply = await press(office, LI, NudgeTap(1))
    assert reply == Reply(toast=SOME.format(2, 1))
    rows = await owed(office, "nudge")
    people = [office.people[user].id for user in (ZHAO, SUN)]
    keys = [row.key.rpartition(":")[0] for row in rows]
    assert keys == [f"nudge:announcement:1:{person}" for person in people]
    assert all(row.params["disable_notification"] for row in rows)
    assert "明天 停电" in rows[0].params["text"]
    assert "收到" in str(rows[0].params["reply_markup"])
    office.clock.forward(hours=3, minutes=59)
    again = await press(office, LI, NudgeTap(1))
    assert again.toast.startswith("今天 11月23日 周一 09:50 提醒过了。")
    assert len(await owed(office, "nudge")) == 2
    office.clock.forward(minutes=1)
    await press(office, LI, NudgeTap(1))
    assert len(await owed(office, "nudge")) == 4


async def test_nights_and_days_off_are_no_working_time_between_two_nudges(office: Office) -> None:
    await announced(office)
    office.clock.forward(days=4, hours=8)  # Friday, 15:50
    assert "已提醒" in (await press(office, LI, NudgeTap(1))).toast
    office.clock.forward(days=2, hours=17, minutes=30)  # Monday, 09:20: 2:30 of work later
    assert "4 个工作小时" in (await press(office, LI, NudgeTap(1))).toast
    office.clock.forward(hours=1, minutes=30)
    assert "已提醒" in (await press(office, LI, NudgeTap(1))).toast


async def test_two_presses_at_once_remind_once(office: Office) -> None:
    await announced(office)
    office.clock.forward(hours=2)
    await asyncio.gather(*(press(office, LI, NudgeTap(1)) for _ in range(2)))
    assert len(await owed(office, "nudge")) == 3


async def test_a_person_with_two_places_is_nudged_once_and_confirms_both(office: Office) -> None:
    async with office.database.begin() as session:
        both = Member(
            team_id=office.teams[TWO].id,
            person_id=office.people[ZHANG].id,
            joined_at=office.clock(),
        )
        session.add(both)
        await session.flush()
    await announced(office)
    office.clock.forward(hours=2)
    await press(office, LI, NudgeTap(1))
    assert len(await owed(office, "nudge")) == 3
    reply = await press(office, ZHANG, ReceiptTap(1))
    assert labels(reply.edit) == ["撤销"]
    assert await confirmed(office) == {office.members[ZHANG].id, both.id}
    assert "回执 2/5" in html(await rendered(office))


async def test_in_private_a_place_that_has_none_yet_is_confirmed_as_well(office: Office) -> None:
    async with office.database.begin() as session:
        both = Member(
            team_id=office.teams[TWO].id,
            person_id=office.people[ZHANG].id,
            joined_at=office.clock(),
        )
        session.add(both)
        await session.flush()
    await announced(office)
    await press(office, ZHANG, ReceiptTap(1), chat=ONE)
    assert await confirmed(office) == {office.members[ZHANG].id}
    await press(office, ZHANG, ReceiptTap(1))
    assert await confirmed(office) == {office.members[ZHANG].id, both.id}


async def test_nobody_is_nudged_in_the_evening_at_night_or_on_a_day_off(office: Office) -> None:
    await announced(office)
    office.clock.forward(hours=10, minutes=10)  # 18:00
    assert "不在工作时间" in (await press(office, LI, NudgeTap(1))).toast
    office.clock.forward(hours=14, minutes=59)  # 08:59
    assert "不在工作时间" in (await press(office, LI, NudgeTap(1))).toast
    office.clock.forward(days=4, hours=2)  # Saturday
    assert "不在工作时间" in (await press(office, LI, NudgeTap(1))).toast
    assert await owed(office, "nudge") == []
    office.clock.forward(days=2)
    assert "已提醒" in (await press(office, LI, NudgeTap(1))).toast


async def test_only_the_author_nudges_and_only_where_the_right_still_is(office: Office) -> None:
    await announced(office)
    for user in (WANG, ZHAO, ZHANG):
        reply = await press(office, user, NudgeTap(1))
        assert reply.toast == "这个按钮已经失效，没有改动任何内容。"
    async with office.database.begin() as session:
        await session.exec(delete(Grant).where(col(Grant.person_id) == office.people[LI].id))
    assert "权限" in (await press(office, LI, NudgeTap(1))).toast
    assert await owed(office, "nudge") == []


async def test_where_nobody_can_be_reached_the_nudge_is_not_spent(office: Office) -> None:
    await announced(office)
    async with office.database.begin() as session:
        telegrams = [ZHAO, ZHANG, SUN]
        await session.exec(
            update(Chat).where(col(Chat.telegram_id).in_(telegrams)).values(trouble="blocked")
        )
    office.clock.forward(hours=2)
    answer = await press(office, LI, NudgeTap(1))
    assert answer.toast == SOME.format(0, 4)
    async with office.database.read() as session:
        assert (await session.get_one(Announcement, 1)).nudged_at is None
    assert await owed(office, "nudge") == []


async def test_a_team_that_was_not_reached_is_not_waited_for(office: Office) -> None:
    await announced(office)
    async with office.database.begin() as session:
        await session.exec(
            update(Outgoing)
            .where(col(Outgoing.key) == notice(office, TWO))
            .values(state=Delivery.EXPIRED)
        )
    assert "回执 0/3" in html(await rendered(office))
    reply = await press(office, LI, MissingTap(1))
    assert reply.private is not None
    assert "孙班长" not in reply.private.html
    office.clock.forward(hours=2)
    await press(office, LI, NudgeTap(1))
    assert len(await owed(office, "nudge")) == 2


async def test_a_nudge_that_comes_late_is_not_sent(office: Office) -> None:
    await announced(office)
    office.clock.forward(hours=2)
    await press(office, LI, NudgeTap(1))
    (first, *_) = await owed(office, "nudge")
    assert first.expires_at == office.clock() + timedelta(hours=1)
