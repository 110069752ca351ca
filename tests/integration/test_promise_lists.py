from datetime import UTC, datetime, timedelta

import pytest

from handlers import mine, overdue
from handlers.requests import Reply
from handlers.taps.commitments import ListedDoneTap, ViewAct, ViewTap, WithdrawTap
from handlers.words import commitments as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from schedules import commitments as messages
from storage import asks, commitments, outbox, pending
from storage.kinds import Act
from tests.conftest import (
    LI,
    ONE,
    SI,
    SUN,
    WANG,
    WU,
    ZHANG,
    ZHAO,
    ZONE,
    Hands,
    Office,
    on_sqlite,
)
from tests.integration.promises import (
    FRIDAY,
    STRANGER,
    html,
    local,
    morning,
    owe,
    press,
    promise,
    stand,
    standing,
)
from tests.integration.test_no_scans import overheard

# -- lists -----------------------------------------------------------------------------------


async def my(office: Office, user: int, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await mine.mine(await office.ask(session, user, "", chat))


async def test_my_promises_come_by_date_with_their_colours(office: Office, clock: Hands) -> None:
    clock.now = datetime(2026, 11, 25, 8, tzinfo=ZONE).astimezone(UTC)
    for day, text in ((30, "晚"), (23, "迟了 <b>"), (25, "今天的"), (26, "明天的")):
        due = datetime(2026, 11, day, 18, tzinfo=ZONE).astimezone(UTC)
        await owe(office, ZHANG, text, due)
    await owe(office, SI, "李四的")
    reply = await my(office, ZHANG)
    assert html(reply).split("\n") == [
        "<b>我的承诺</b> · 4 项进行中",
        "🔴 <b>#2</b> 迟了 &lt;b&gt; · 11月23日 周一，已逾期2天",
        "🔵 <b>#3</b> 今天的 · 11月25日 周三，今天到期",
        "🔵 <b>#4</b> 明天的 · 11月26日 周四，明天到期",
        "⚪ <b>#1</b> 晚 · 11月30日 周一",
    ]


async def test_asked_in_a_group_the_answer_goes_to_the_asker_alone(office: Office) -> None:
    await owe(office, ZHANG)
    reply = await my(office, ZHANG, ONE)
    assert reply.message is None
    assert reply.private is not None
    assert "完成3号泵检修" in reply.private.html


async def test_the_list_stays_a_list_when_one_is_done_on_it(office: Office) -> None:
    promises = [await owe(office, ZHANG, f"第{place}件") for place in range(1, 8)]
    before = (await my(office, ZHANG)).message
    assert before is not None
    assert [[b.tap for b in row] for row in before.buttons] == [
        *([ListedDoneTap(p), ViewTap(p, ViewAct.SHOW)] for p in promises[:5]),
        [ViewTap(p, ViewAct.SHOW) for p in promises[5:]],
    ]
    reply = await press(office, ZHANG, ListedDoneTap(promises[0]), None)
    assert reply.toast == "#1 已完成。"
    assert reply.edit is not None
    assert "6 项进行中" in reply.edit.html
    assert "第1件" not in reply.edit.html
    again = await press(office, ZHANG, ListedDoneTap(promises[0]), None)
    assert again.toast == "#1 之前已经完成。"


async def test_who_promised_nothing_has_an_empty_list(office: Office) -> None:
    assert html(await my(office, WANG)) == "你没有进行中的承诺。"
    async with office.database.begin() as session:
        request = await office.ask(session, STRANGER, "", ONE)
        assert (await mine.mine(request)).private is not None


async def late(office: Office, user: int, chat: int | None = None) -> str:
    async with office.database.begin() as session:
        return html(await overdue.overdue(await office.ask(session, user, "", chat)))


async def test_a_group_sees_its_own_overdue_promises_without_blame(
    office: Office, clock: Hands
) -> None:
    await owe(office, ZHANG)
    await owe(office, SUN, "二班的事")
    await owe(office, SI, "不急", datetime(2026, 12, 31, 18, tzinfo=ZONE).astimezone(UTC))
    assert await late(office, SI, ONE) == "没有逾期的承诺。"
    clock.now = datetime(2026, 11, 30, 8, tzinfo=ZONE).astimezone(UTC)
    assert (await late(office, SI, ONE)).split("\n") == [
        "<b>逾期的承诺</b> · 1 项",
        "#1 完成3号泵检修 · 张三，11月27日 周五到期",
    ]


@pytest.mark.parametrize(
    ("user", "seen"),
    [
        (WANG, {"一班的事", "二班的事", "三班的事"}),
        (LI, {"一班的事", "二班的事"}),
        (ZHAO, {"一班的事"}),
        (ZHANG, {"一班的事"}),
        (SI, set()),
        (WU, {"三班的事"}),
    ],
)
async def test_in_private_one_sees_what_one_looks_after_and_ones_own(
    office: Office, clock: Hands, user: int, seen: set[str]
) -> None:
    await owe(office, ZHANG, "一班的事")
    await owe(office, SUN, "二班的事")
    await owe(office, WU, "三班的事")
    clock.now = datetime(2026, 11, 30, 8, tzinfo=ZONE).astimezone(UTC)
    if user == SI:  # has no private chat in the office
        async with office.database.read() as session:
            found = await pending.overdue(session, clock(), [], [office.members[SI].id], 9)
        assert found.rows == []
        return
    said = await late(office, user)
    assert {text for text in ("一班的事", "二班的事", "三班的事") if text in said} == seen
    assert [
        name for name in ("一班", "二班", "三班") if f"<b>{name}</b> · 1 项" in said
    ] == sorted((text[:2] for text in seen), key=["一班", "二班", "三班"].index)


async def test_the_cards_lines_say_how_many_more_there_are(office: Office, clock: Hands) -> None:
    for place in range(1, 9):
        await owe(office, ZHANG, f"第{place}件")
    async with office.database.read() as session:
        team = office.teams[ONE].id
        rows = (await pending.due(session, [team], FRIDAY.replace(hour=20)))[team]
    lines = words.due_lines(Voice("zh"), rows, ZONE, clock(), limit=6).split("\n")
    assert lines[1] == "#1 第1件 · 张三，11月27日 周五到期"
    assert lines[-1] == "还有 2 项"
    assert len(lines) == 8
    assert words.due_lines(Voice("zh"), [], ZONE, clock()) == ""
    assert "today" in words.due_lines(Voice("en"), rows, ZONE, FRIDAY)


async def test_the_longest_lists_fit_one_message(office: Office, clock: Hands) -> None:
    for _ in range(25):
        await owe(office, ZHANG, "修" * 200)
    clock.now = datetime(2027, 11, 30, 8, tzinfo=ZONE).astimezone(UTC)
    assert len(html(await my(office, ZHANG))) < 4096
    said = await late(office, ZHAO)
    assert "还有 5 项" in said
    assert len(said) < 4096


# -- what shows it ---------------------------------------------------------------------------


async def test_the_card_of_the_day_is_drawn_anew_when_a_promise_changes(
    office: Office, clock: Hands
) -> None:
    card = f"card:{await morning(office)}"
    await stand(office, card)
    await promise(office, ZHANG, "检查灭火器")
    assert (await standing(office.database, card)).stale_at == clock()


async def test_the_message_in_the_group_is_drawn_as_the_promise_stands(office: Office) -> None:
    key = commitments.key(await owe(office, ZHANG, "检查灭火器"))
    await stand(office, key)
    await press(office, ZHANG, WithdrawTap(1), None)
    async with office.database.read() as session:
        outgoing = await outbox.by_key(session, key)
        assert outgoing is not None
        message = await messages.again(session, outgoing, office.clock())
    assert message == Message("<b>#1</b> 张三：检查灭火器\n已撤回")


async def test_a_message_of_a_promise_that_is_not_there_is_left_as_it_is(office: Office) -> None:
    await stand(office, commitments.key(9))
    outgoing = await standing(office.database, commitments.key(9))
    async with office.database.read() as session:
        assert await messages.again(session, outgoing, office.clock()) is None


async def test_the_cards_lines_name_what_is_due_by_its_day_the_oldest_first(
    office: Office, clock: Hands
) -> None:
    await promise(office, ZHANG, "检查灭火器")
    await promise(office, SI, "明天完成台账")
    await promise(office, SI, "周五前完成3号泵检修")
    clock.forward(days=1)
    async with office.database.read() as session:
        team = office.teams[ONE].id
        found = (await pending.due(session, [team], local("2026-11-25T00:00")))[team]
        counted = (await pending.counts(session, [team], clock()))[team]
    assert [(row.text, person.name) for row, person in found] == [
        ("检查灭火器", "张三"),
        ("完成台账", "李四"),
    ]
    assert counted == (3, 1)


async def test_what_is_overdue_is_one_query(office: Office, clock: Hands) -> None:
    made = [await owe(office, ZHANG, f"第{number}件") for number in range(12)]
    async with office.database.begin() as session:
        what = await commitments.one(session, made[3])
        assert what is not None
        asks.log(session, what, Act.HELP, what.owner.id, clock())
    clock.now = FRIDAY + timedelta(days=1)
    with overheard(office.database) as heard:
        said = await late(office, ZHAO)
    assert len([one for one, _ in heard if "FROM commitment" in one]) == 1
    assert said.count("🟡") == 1
    assert "🟡 #4 第3件" in said


@on_sqlite
async def test_what_is_due_and_overdue_is_found_by_an_index(office: Office, clock: Hands) -> None:
    seen: list[str] = []
    async with office.database.read() as session:
        connection = await session.connection()
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        raw.set_trace_callback(seen.append)
        await pending.due(session, [1, 2], clock())
        await pending.overdue(session, clock(), [1, 2], [1], 9)
        await pending.counts(session, [1], clock())
        raw.set_trace_callback(None)
        plans = [
            str((await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")).all())
            for statement in seen
            if statement.startswith("SELECT")
        ]
    assert len(plans) == 3
    for plan in plans:
        assert "ix_commitment_team" in plan
        assert "SCAN commitment" not in plan
