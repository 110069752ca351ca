"""The board of a team: one, pinned, and as the commitments stand."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from handlers import boards, organisations
from handlers.overviews import overviews
from handlers.reading.organisations import read_organisation
from handlers.requests import Reply
from handlers.taps.commitments import DoneTap, MoveTap, WithdrawTap
from handlers.words import boards as words
from handlers.words.message import length
from handlers.words.voice import Voice
from schedules import boards as jobs
from schedules.refresh import refresh
from schedules.runner import tick
from storage import boards as stored
from storage import carriage, outbox
from storage import commitments as promises
from storage.database import Database
from storage.kinds import ChatKind, Delivery
from storage.tables import Board, Chat, Outgoing, Person, Team
from tests.conftest import LI, ONE, SI, SUN, WU, ZHANG, ZHAO, Hands, Office
from tests.integration.promises import html, local, owe, press, promise, standing
from tests.integration.test_no_scans import overheard

FIRST = "board:1:1"


async def board(office: Office, user: int, text: str = "", chat: int | None = ONE) -> Reply:
    async with office.database.begin() as session:
        return await boards.board(await office.ask(session, user, text, chat))


async def sent(office: Office, key: str, message_id: int) -> None:
    """The postman has posted it."""
    async with office.database.begin() as session:
        row = await outbox.by_key(session, key)
        assert row is not None
        await carriage.settled(
            session, row.id, Delivery.SENT, office.clock(), message_id=message_id
        )


async def refused(office: Office, key: str, why: str) -> None:
    """Telegram has answered no."""
    async with office.database.begin() as session:
        row = await outbox.by_key(session, key)
        assert row is not None
        await carriage.settled(session, row.id, Delivery.FAILED, office.clock(), error=why)


async def work(office: Office) -> None:
    """The clock's jobs of boards, and then whatever is to be drawn anew."""
    await tick(office.database, [jobs.BOARDS, jobs.PINS], office.clock())
    await refresh(office.database, office.clock())


async def calls(database: Database) -> list[tuple[str, str, Any]]:
    """What is owed or was sent, but for edits."""
    async with database.read() as session:
        rows = await session.exec(select(Outgoing).order_by(col(Outgoing.id)))
        return [
            (row.key, row.method, row.params.get("message_id"))
            for row in rows
            if not row.key.startswith("edit:")
        ]


async def shows(office: Office, key: str) -> str:
    """What a board shows now: as it was edited last."""
    async with office.database.read() as session:
        row = await outbox.by_key(session, f"edit:{key}") or await outbox.by_key(session, key)
    assert row is not None
    return str(row.params["text"])


async def stand(office: Office) -> None:
    """The first team's board stands in its group, pinned."""
    assert (await board(office, ZHAO)) == Reply()
    await sent(office, FIRST, 70)
    await work(office)
    async with office.database.begin() as session:
        row = await outbox.by_key(session, f"pin:{FIRST}")
        assert row is not None
        await carriage.settled(session, row.id, Delivery.SENT, office.clock())
    await work(office)


# -- what it shows ---------------------------------------------------------------------------


async def test_the_board_lists_what_is_open_by_date_with_colours_and_what_was_kept(
    office: Office, clock: Hands
) -> None:
    clock.now = local("2026-11-25T08:00")
    async with office.database.begin() as session:
        person = await session.get_one(Person, office.people[SI].id)
        person.name = "李<b>四"
        session.add(person)
    await owe(office, ZHANG, "月底的", local("2026-11-30T18:00"))
    await owe(office, SI, "迟了 <i>", local("2026-11-23T18:00"))
    await owe(office, ZHANG, "今天的", local("2026-11-25T18:00"))
    await owe(office, ZHANG, "已经完成")
    await owe(office, SUN, "二班的")
    await press(office, ZHANG, DoneTap(4))
    await board(office, ZHAO)
    assert await shows(office, FIRST) == (
        "📌 <b>一班 · 承诺看板</b>\n"
        "进行中 3 项 · 本月已完成 1 项\n"
        "\n"
        "🔴 <b>#2</b> 迟了 &lt;i&gt; · 李&lt;b&gt;四 · 11月23日 周一\n"
        "🔵 <b>#3</b> 今天的 · 张三 · 今天\n"
        "⚪ <b>#1</b> 月底的 · 张三 · 11月30日 周一"
    )


async def test_what_was_kept_in_an_earlier_month_is_not_counted(
    office: Office, clock: Hands
) -> None:
    await owe(office, ZHANG)
    await press(office, ZHANG, DoneTap(1))
    clock.now = local("2026-12-01T00:30")
    assert "没有进行中的承诺 · 本月已完成 0 项" in html(await board(office, SI))


async def test_a_hundred_with_the_longest_texts_and_names_fit_one_message(
    office: Office,
) -> None:
    async with office.database.begin() as session:
        person = await session.get_one(Person, office.people[ZHANG].id)
        person.name = "&" * 200
        session.add(person)
    for _ in range(100):
        await owe(office, ZHANG, "<" * 200)
    said = html(await board(office, SI))
    assert length(said) < 4096
    assert len(said) < 4096
    shown = said.count("<b>#")
    assert 10 < shown < 100
    assert said.endswith(f"还有 {100 - shown} 项")


async def test_a_hundred_usual_ones_show_forty(office: Office) -> None:
    for place in range(100):
        await owe(office, ZHANG, f"第{place}件事，完成3号泵检修并填写记录")
    said = html(await board(office, SI))
    assert said.count("<b>#") == 40
    assert said.endswith("还有 60 项")
    assert length(said) < 4096


# -- one board -------------------------------------------------------------------------------


async def test_a_leader_puts_it_up_and_it_is_pinned_without_a_sound(office: Office) -> None:
    await stand(office)
    async with office.database.read() as session:
        row = await outbox.by_key(session, FIRST)
        pin = await outbox.by_key(session, f"pin:{FIRST}")
        kept = await session.get_one(Board, office.teams[ONE].id)
    assert row is not None
    assert pin is not None
    assert row.params["disable_notification"] is True
    assert pin.params == {"message_id": 70, "disable_notification": True}
    assert (pin.method, pin.repeatable) == ("pinChatMessage", True)
    assert kept.settled_at == office.clock()
    await work(office)
    assert [call[0] for call in await calls(office.database)] == [FIRST, f"pin:{FIRST}"]


async def test_once_more_moves_it_and_the_older_one_says_so(office: Office) -> None:
    await stand(office)
    await board(office, LI)
    await sent(office, "board:1:2", 90)
    await work(office)
    assert await shows(office, FIRST) == "看板已移到后面的新消息。"
    assert ("unpin:board:1:1", "unpinChatMessage", 70) in await calls(office.database)
    assert ("pin:board:1:2", "pinChatMessage", 90) in await calls(office.database)
    await owe(office, ZHANG, "新的")
    await press(office, ZHANG, MoveTap(1, date(2026, 11, 24)))
    assert (await standing(office.database, "board:1:2")).stale_at is not None
    assert (await standing(office.database, FIRST)).stale_at is None


async def test_one_that_has_not_left_yet_is_never_posted(office: Office) -> None:
    await board(office, ZHAO)
    await board(office, ZHAO)
    assert (await standing(office.database, FIRST)).state is Delivery.EXPIRED
    assert (await standing(office.database, "board:1:2")).state is Delivery.PENDING


async def test_one_that_was_on_its_way_says_that_it_moved_and_is_not_pinned(
    office: Office,
) -> None:
    await board(office, ZHAO)
    async with office.database.begin() as session:
        [(row, _)] = await carriage.claim(session, office.clock(), 1)
        assert row.key == FIRST
    await board(office, ZHAO)
    await sent(office, FIRST, 70)
    await work(office)
    assert await shows(office, FIRST) == "看板已移到后面的新消息。"
    assert f"pin:{FIRST}" not in [call[0] for call in await calls(office.database)]


async def test_of_two_at_once_one_board_is_left(office: Office) -> None:
    await stand(office)
    await asyncio.gather(board(office, ZHAO), board(office, LI))
    async with office.database.read() as session:
        rows = (await session.exec(select(Outgoing).order_by(col(Outgoing.id)))).all()
        kept = await session.get_one(Board, office.teams[ONE].id)
    ours = {row.key: row.state for row in rows if row.key.startswith("board:1:")}
    assert ours == {
        FIRST: Delivery.SENT,
        "board:1:2": Delivery.EXPIRED,
        "board:1:3": Delivery.PENDING,
    }
    assert kept.number == 3


async def test_off_takes_it_away_and_only_once(office: Office) -> None:
    assert html(await board(office, ZHAO, "off")) == "群里没有看板。发 /board 可以放一个。"
    await stand(office)
    assert html(await board(office, ZHAO, "撤下")) == "看板已撤下。"
    await work(office)
    assert await shows(office, FIRST) == "看板已撤下。"
    assert ("unpin:board:1:1", "unpinChatMessage", 70) in await calls(office.database)
    assert html(await board(office, ZHAO, "off")) == "群里没有看板。发 /board 可以放一个。"
    await promise(office, ZHANG, "检查灭火器")
    assert (await standing(office.database, FIRST)).stale_at is None
    await board(office, ZHAO)
    assert (await standing(office.database, "board:1:2")).state is Delivery.PENDING


@pytest.mark.parametrize("user", [ZHANG, SI])
async def test_a_member_has_the_list_as_a_quiet_answer_and_puts_nothing_up(
    office: Office, user: int
) -> None:
    await owe(office, ZHANG)
    reply = await board(office, user)
    assert reply.message is not None
    assert reply.message.silent
    assert "<b>#1</b> 完成3号泵检修" in reply.message.html
    assert await calls(office.database) == []
    assert "权限" in html(await board(office, user, "off"))


async def test_a_leader_of_another_team_puts_nothing_up_here(office: Office) -> None:
    await board(office, SUN, "", ONE)
    assert await calls(office.database) == []


async def test_what_else_stands_behind_the_command_is_answered_with_what_can(
    office: Office,
) -> None:
    for chat in (ONE, None):
        assert "/board off" in html(await board(office, ZHAO, "置顶 <b>", chat))
    assert "请到群里发" in html(await board(office, ZHAO, "off", None))
    assert await calls(office.database) == []


async def test_in_private_one_sees_the_boards_of_ones_teams(office: Office) -> None:
    await owe(office, ZHANG, "一班的")
    await owe(office, SUN, "二班的")
    await owe(office, WU, "三班的")
    seen = {user: html(await board(office, user, "", None)) for user in (LI, ZHANG, WU)}
    named = {
        user: [text for text in ("一班的", "二班的", "三班的") if text in said]
        for user, said in seen.items()
    }
    assert named == {LI: ["一班的", "二班的"], ZHANG: ["一班的"], WU: ["三班的"]}


# -- without the right to pin ----------------------------------------------------------------


@pytest.mark.parametrize("private", [True, False])
async def test_whoever_asked_hears_how_to_let_us_pin(office: Office, private: bool) -> None:
    if not private:
        async with office.database.begin() as session:
            query = select(Chat).where(Chat.telegram_id == ZHAO)
            chat = (await session.exec(query)).one()
            chat.trouble = "blocked"
            session.add(chat)
    await board(office, ZHAO)
    await sent(office, FIRST, 70)
    await work(office)
    await refused(office, f"pin:{FIRST}", "400 Bad Request: not enough rights to manage pinned")
    await work(office)
    await work(office)
    told = await standing(office.database, f"unpinned:{FIRST}")
    assert "我没有置顶的权限" in told.params["text"]
    async with office.database.read() as session:
        where = await session.get_one(Chat, told.chat_id)
    assert (where.kind is ChatKind.PRIVATE) is private
    assert (await standing(office.database, FIRST)).state is Delivery.SENT, "it stands unpinned"


async def test_a_message_that_is_gone_cannot_be_pinned_and_nobody_is_told(
    office: Office,
) -> None:
    await board(office, ZHAO)
    await sent(office, FIRST, 70)
    await work(office)
    await refused(office, f"pin:{FIRST}", "400 Bad Request: message to pin not found")
    await work(office)
    keys = [call[0] for call in await calls(office.database)]
    assert keys == [FIRST, f"pin:{FIRST}"]


# -- always current --------------------------------------------------------------------------


async def test_whatever_happens_to_a_commitment_is_on_the_board(office: Office) -> None:
    await stand(office)

    async def now() -> str:
        office.clock.forward(seconds=6)
        await work(office)
        return await shows(office, FIRST)

    await promise(office, ZHANG, "检查灭火器")
    assert "🔵 <b>#1</b> 检查灭火器 · 张三 · 今天" in await now()
    await press(office, ZHANG, MoveTap(1, local("2026-11-27T18:00").date()))
    assert "⚪ <b>#1</b> 检查灭火器 · 张三 · 11月27日 周五" in await now()
    await press(office, ZHANG, DoneTap(1))
    assert "没有进行中的承诺 · 本月已完成 1 项" in await now()
    await promise(office, ZHANG, "清理现场")
    await press(office, ZHANG, WithdrawTap(2))
    assert "没有进行中的承诺 · 本月已完成 1 项" in await now()


async def test_done_and_withdrawn_at_once_leave_one_end(office: Office) -> None:
    await stand(office)
    await owe(office, ZHANG)
    replies = await asyncio.gather(
        press(office, ZHANG, DoneTap(1)), press(office, ZHANG, WithdrawTap(1))
    )
    said = sorted(reply.toast for reply in replies)
    assert said in (["#1 之前已经完成。", "#1 已完成。"], ["#1 之前已经撤回。", "#1 已撤回。"])
    office.clock.forward(seconds=6)
    await work(office)
    assert "没有进行中的承诺" in await shows(office, FIRST)


async def test_colours_change_at_the_start_of_a_workday_and_not_on_a_day_off(
    office: Office,
) -> None:
    await owe(office, ZHANG, "周五的", local("2026-11-27T18:00"))
    await stand(office)
    assert "⚪ <b>#1</b>" in await shows(office, FIRST)
    for moment, mark in (
        ("2026-11-25T06:00", "⚪"),
        ("2026-11-26T05:59", "⚪"),
        ("2026-11-26T06:00", "🔵"),
        ("2026-11-27T06:00", "🔵"),
        ("2026-11-28T12:00", "🔵"),  # a Saturday
        ("2026-11-30T06:00", "🔴"),
    ):
        office.clock.now = local(moment)
        await work(office)
        assert f"{mark} <b>#1</b>" in await shows(office, FIRST), moment


async def test_what_falls_due_is_red_at_once(office: Office) -> None:
    await owe(office, ZHANG, "今天的", local("2026-11-23T18:00"))
    await stand(office)
    later = await owe(office, ZHANG, "十分钟后的", local("2026-11-23T18:10"))
    for moment, marks in (
        ("2026-11-23T18:00:05", "🔴🔵"),
        ("2026-11-23T18:10:04", "🔴🔴"),
    ):
        office.clock.now = local(moment)
        await work(office)
        shown = await shows(office, FIRST)
        assert "".join(mark for mark in shown if mark in "🔴🔵") == marks, moment
        assert await tick(office.database, [jobs.BOARDS], office.clock()) == 0
    assert later == 2


async def test_an_hour_that_was_missed_is_made_up_for_once(office: Office) -> None:
    await stand(office)
    office.clock.now = local("2026-11-25T11:00")
    assert await tick(office.database, [jobs.BOARDS], office.clock()) == 1
    assert await tick(office.database, [jobs.BOARDS], office.clock()) == 0
    async with office.database.read() as session:
        kept = await session.get_one(Board, office.teams[ONE].id)
    assert kept.next_at == local("2026-11-26T06:00")


FILE = """
unit: 林业局
units:
  - unit: 第一党支部
    teams:
      - team: 一班
        chat_id: -1001
        leaders: [{name: 赵班长, telegram_id: 101}]
        members: [{name: 李四, telegram_id: 112}]
"""


async def test_who_left_the_team_leaves_the_board(office: Office) -> None:
    await owe(office, ZHANG, "张三的")
    await owe(office, SI, "李四的")
    await stand(office)
    async with office.database.begin() as session:
        file = read_organisation("file.yaml", FILE.encode())
        await organisations.apply(session, file, office.clock(), "Asia/Shanghai", "zh")
    office.clock.forward(seconds=6)
    await work(office)
    said = await shows(office, FIRST)
    assert "李四的" in said
    assert "张三的" not in said
    assert "进行中 1 项" in said


async def test_a_team_that_is_renamed_is_so_on_its_board(office: Office) -> None:
    await stand(office)
    async with office.database.begin() as session:
        team = await session.get_one(Team, office.teams[ONE].id)
        team.name = "检修<b>一班"
        session.add(team)
        await outbox.touch(session, await stored.keys(session), office.clock())
    office.clock.forward(seconds=6)
    await work(office)
    assert (await shows(office, FIRST)).startswith("📌 <b>检修&lt;b&gt;一班 · 承诺看板</b>")


async def test_many_boards_cost_as_many_statements_as_one(office: Office) -> None:
    async with office.database.read() as session:
        teams = list((await session.exec(select(Team).order_by(col(Team.id)))).all())
    for user in (ZHANG, SUN, WU):
        for place in range(5):
            await owe(office, user, f"第{place}件")
    counted = []
    for some in (teams[:1], teams):
        with overheard(office.database) as heard:
            async with office.database.read() as session:
                found = await overviews(session, some, office.clock(), {})
        assert [one.count for one in found.values()] == [5] * len(some)
        counted.append(len({said for said, _ in heard if "commitment" in said}))
    assert counted == [3, 3]


async def test_several_boards_end_where_a_message_does(office: Office) -> None:
    async with office.database.read() as session:
        teams = list((await session.exec(select(Team))).all())
        found = await overviews(session, teams, office.clock(), {})
    many = [found[teams[0].id]] * 200
    said = words.together(Voice("en"), many, [], office.clock()).html
    assert len(said) < 4096
    assert said.endswith("are not shown: please look in their teams' groups.")
    assert promises.board_key(1, 1) == FIRST
    assert stored.named(FIRST) == (1, 1)
