"""台账 in a chat: what is asked, what is understood, and who gets a file of what."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from bot.freight import Freight, Load
from handlers.ledgers import ledger
from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.taps import Tap
from handlers.taps.ledgers import LedgerTap, LedgerTeamsTap, LedgerUnitTap
from handlers.words import plain
from handlers.words.ledgers import workbook
from handlers.words.voice import Voice
from storage import carriage, grants
from storage.database import Database
from storage.kinds import Delivery, Role
from storage.tables import Grant, Outgoing, Team
from tests.conftest import LI, ONE, SUN, THREE, WANG, WU, ZHANG, ZHAO, Hands, Office, on_sqlite
from tests.integration.announcing import labels, owed
from tests.integration.promises import local, owe
from tests.integration.test_no_scans import assert_no_scan, overheard

BOARD = Switchboard(ROUTES)
DENIED = plain.denied(Voice("zh"))
NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)


async def command(office: Office, user: int, text: str = "", chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat)
        reply = await BOARD.command(request, "ledger", addressed=True)
    assert reply is not None
    return reply


async def say(office: Office, user: int, text: str) -> Reply:
    async with office.database.begin() as session:
        return await BOARD.otherwise(await office.ask(session, user, text))


async def press(office: Office, user: int, tap: Tap, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await BOARD.press(await office.ask(session, user, chat=chat), tap)


def html(reply: Reply) -> str:
    assert reply.message is not None
    return reply.message.html


async def sent(office: Office) -> None:
    """What is owed has arrived."""
    for row in await owed(office, "ledger"):
        async with office.database.begin() as session:
            await carriage.settled(session, row.id, Delivery.SENT, office.clock(), message_id=9)


async def file(database: Database, row: Outgoing) -> Any:
    """The file that a call carries, as it is made for Telegram."""
    found: list[Load] = []

    async def post(load: Load) -> Any:
        found.append(load)
        return {"message_id": 9}

    await Freight(database, 1).carry(row.params, post)
    (part,) = found[0].parts.values()
    return load_workbook(BytesIO(part.data))


@pytest.fixture
async def busy(office: Office, clock: Hands) -> Office:
    """Each team had a morning and a promise in November."""
    async with office.database.begin() as session:
        for chat in (ONE, THREE):
            await office.morning(session, chat)
    await owe(office, SUN, "=1+1", local("2026-11-24T18:00"))
    clock.now = local("2026-11-25T10:00")
    return office


async def test_two_taps_lead_to_the_file(busy: Office) -> None:
    asks = await say(busy, LI, "台账")
    assert html(asks).startswith("要哪段时间的台账？\n也可以直接写：")
    assert labels(asks.message)[:4] == ["本周", "上周", "本月", "上月"]
    assert asks.message
    tap = asks.message.buttons[1][0].tap
    assert tap == LedgerTeamsTap(0, *NOVEMBER)
    choice = await press(busy, LI, tap)
    assert choice.edit
    assert choice.edit.html == "<b>2026年11月</b> 的台账，要哪个班组的？"
    assert labels(choice.edit) == ["第一党支部（2 个班组）", "一班", "二班"]
    done = await press(busy, LI, LedgerTap(busy.teams[ONE].id, *NOVEMBER))
    assert done.toast == "正在生成 一班 2026年11月 的台账，好了就发到这里。"
    (row,) = await owed(busy, "ledger")
    assert row.params["document"]["name"] == "台账-一班-2026-11.xlsx"
    book = await file(busy.database, row)
    assert book["汇总"]["A1"].value == "第一党支部 一班 早会台账"
    assert book["汇总"]["A2"].value == "2026-11-01 至 2026-11-30，2026-11-25 10:00 导出"


async def test_a_units_teams_come_in_one_file(busy: Office) -> None:
    done = await say(busy, WANG, "台账 林业局 本月")
    assert "林业局 2026年11月" in html(done)
    (row,) = await owed(busy, "ledger")
    assert row.params["document"]["name"] == "台账-林业局-2026-11.xlsx"
    book = await file(busy.database, row)
    assert book["汇总"]["A1"].value == "林业局 早会台账（3 个班组）"
    assert [cell.value for cell in book["汇总"]["A"]][3:8] == [
        "班组",
        "一班",
        "二班",
        "三班",
        "合计",
    ]
    assert [cell.value for cell in book["承诺"][2]][:4] == ["二班", 1, "孙班长", "=1+1"]
    assert book["承诺"]["D2"].data_type == "s"
    assert len(book["汇总"]._charts) == 1


@pytest.mark.parametrize(
    ("user", "text", "name"),
    [
        (LI, "台账 一班 上月", "一班 2026年10月"),
        (LI, "一班上月的台账", "一班 2026年10月"),
        (LI, "ledger 一班 last month", "一班 2026年10月"),
        (LI, "台账 第一党支部/一班 11月1日到11月15日", "一班 2026-11-01 至 2026-11-15"),
        (ZHAO, "台账 上月", "一班 2026年10月"),
        (ZHAO, "上月台账", "一班 2026年10月"),
    ],
)
async def test_what_is_written_needs_no_tap(busy: Office, user: int, text: str, name: str) -> None:
    said = html(await say(busy, user, text))
    assert said == f"{name} 没有早会、承诺和公告，没有台账可导。" or said.startswith(
        f"正在生成 {name}"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("11月15日到11月1日", "开始的 2026-11-15 晚于结束的 2026-11-01，请把两个日期对调。"),
        ("2025-01-01到2026-11-01", "共 670 天，一次最多一年，请分几次。"),
        ("2027年3月", "2027年3月 还没有开始。"),
        ("一斑 上月", "“一斑”不是时间，也不是你负责的班组或单位。"),
        ("三班 上月", "“三班”不是时间，也不是你负责的班组或单位。"),
        ("<b>班</b>", "“&lt;b&gt;班&lt;/b&gt;”不是时间"),
        ("x" * 3000, "…”不是时间，也不是"),
    ],
)
async def test_what_cannot_be_is_said_in_a_sentence(busy: Office, text: str, said: str) -> None:
    told = html(await command(busy, LI, text))
    assert said in told
    assert len(told) < 200
    assert await owed(busy, "ledger") == []


async def test_days_on_which_nothing_happened_make_no_file(busy: Office) -> None:
    reply = await press(
        busy, LI, LedgerTap(busy.teams[ONE].id, date(2026, 3, 1), date(2026, 3, 31))
    )
    assert reply.toast == "一班 2026年3月 没有早会、承诺和公告，没有台账可导。"
    assert reply.alert
    assert await owed(busy, "ledger") == []


async def test_one_at_a_time_is_made_for_a_person(busy: Office) -> None:
    tap = LedgerTap(busy.teams[ONE].id, *NOVEMBER)
    await press(busy, LI, tap)
    assert (await press(busy, LI, tap)).toast == "上一份台账还在生成，收到后再要下一份。"
    assert (await press(busy, WANG, tap)).toast.startswith("正在生成"), "another person's"
    assert len(await owed(busy, "ledger")) == 2
    await sent(busy)
    busy.clock.forward(seconds=1)
    assert (await press(busy, LI, tap)).toast.startswith("正在生成")
    assert len(await owed(busy, "ledger")) == 3


async def test_who_leads_nothing_gets_nothing(busy: Office) -> None:
    for user in (ZHANG, WU):
        for text in ("台账", "台账 上月", "ledger last month"):
            assert html(await say(busy, user, text)) == DENIED
        assert html(await command(busy, user)) == DENIED
        for tap in taps(busy):
            assert (await press(busy, user, tap)).toast == DENIED
    assert await owed(busy, "ledger") == []


def taps(office: Office) -> Sequence[Tap]:
    return [
        LedgerTap(office.teams[ONE].id, *NOVEMBER),
        LedgerTap(office.teams[THREE].id, *NOVEMBER),
        LedgerUnitTap(1, *NOVEMBER),
        LedgerTeamsTap(0, *NOVEMBER),
    ]


async def test_a_forged_team_unit_or_span_is_refused(busy: Office) -> None:
    for tap in (
        LedgerTap(busy.teams[THREE].id, *NOVEMBER),
        LedgerTap(0, *NOVEMBER),
        LedgerTap(2**61, *NOVEMBER),
        LedgerUnitTap(1, *NOVEMBER),  # the root, with a team that is not hers
        LedgerUnitTap(3, *NOVEMBER),
    ):
        assert (await press(busy, LI, tap)).toast == DENIED
    long = LedgerTap(busy.teams[ONE].id, date(2001, 1, 1), date(2026, 11, 1))
    assert "一次最多一年" in (await press(busy, LI, long)).toast
    back = LedgerTeamsTap(0, NOVEMBER[1], NOVEMBER[0])
    assert "请把两个日期对调" in (await press(busy, LI, back)).toast
    in_group = await press(busy, LI, LedgerTap(busy.teams[ONE].id, *NOVEMBER), ONE)
    assert in_group.toast == DENIED, "files go to private chats"
    assert await owed(busy, "ledger") == []


async def test_the_right_is_asked_again_at_the_tap(busy: Office) -> None:
    asks = await say(busy, ZHAO, "台账")
    assert asks.message
    tap = asks.message.buttons[1][0].tap
    assert tap == LedgerTap(busy.teams[ONE].id, *NOVEMBER)
    async with busy.database.begin() as session:
        led = select(Grant).where(Grant.team_id == busy.teams[ONE].id)
        await session.delete((await session.exec(led)).one())
    assert (await press(busy, ZHAO, tap)).toast == DENIED


async def test_what_only_speaks_of_a_ledger_is_announced(busy: Office) -> None:
    for text in (
        "请大家把台账周五前交上来",
        "台账要认真填，下月检查",
        "11月的台账 请各班组周五前交齐",
    ):
        assert "公告" in html(await say(busy, LI, text))
    assert html(await say(busy, ZHANG, "请大家把台账周五前交上来")) != DENIED


async def test_what_is_asked_in_a_group_is_answered_in_private(busy: Office) -> None:
    reply = await command(busy, ZHAO, "上月", ONE)
    assert reply.message is None
    assert reply.private
    assert labels(reply.private) == ["一班"]
    assert (await command(busy, ZHANG, "上月", ONE)).message is not None
    assert html(await command(busy, ZHANG, "上月", ONE)) == DENIED


async def test_too_many_teams_for_too_long_are_refused(
    busy: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.ledgers.MOST", 40)
    reply = await press(busy, LI, LedgerUnitTap(2, *NOVEMBER))
    assert reply.toast == (
        "2 个班组 30 天，一个文件放不下。请把时间缩到 20 天以内，或分单位导出。"
    )


@on_sqlite
async def test_a_tap_for_a_ledger_reads_by_index(busy: Office) -> None:
    with overheard(busy.database) as heard:
        await press(busy, LI, LedgerTap(busy.teams[ONE].id, *NOVEMBER))
    assert_no_scan(busy, [one for one in heard if "WITH RECURSIVE" not in one[0]])


async def test_an_owner_has_all_teams(busy: Office) -> None:
    async with busy.database.begin() as session:
        await grants.give(session, busy.people[WU].id, Role.OWNER, busy.clock())
    reply = await say(busy, WU, "台账 上月")
    assert labels(reply.message)[0] == "林业局（3 个班组）"


async def test_many_teams_are_shown_page_by_page(busy: Office) -> None:
    async with busy.database.begin() as session:
        for number in range(20):
            unit = busy.teams[ONE].unit_id
            session.add(Team(unit_id=unit, name=f"{number}号", timezone="UTC", locale="zh"))
    first = await say(busy, LI, "台账 上月")
    assert labels(first.message)[0] == "第一党支部（22 个班组）"
    assert len(labels(first.message)) == 9
    assert first.message
    later = first.message.buttons[-1][-1].tap
    assert later
    assert len(labels((await press(busy, LI, later)).edit)) == 10
    last = await press(busy, LI, LedgerTeamsTap(99, *NOVEMBER))
    assert labels(last.edit)[-2] == "19号"


async def test_teams_of_one_name_are_told_apart_by_their_units(busy: Office) -> None:
    async with busy.database.begin() as session:
        team = await session.get_one(Team, busy.teams[THREE].id)
        team.name = "一班"
    told = html(await command(busy, WANG, "一班 本月"))
    assert told == "有几个班组叫这个名字，请写全名：第一党支部/一班、第二党支部/一班"
    assert "正在生成" in html(await command(busy, WANG, "第二党支部/一班 本月"))
    await sent(busy)
    busy.clock.forward(seconds=1)
    await command(busy, WANG, "林业局 本月")
    *_, row = await owed(busy, "ledger")
    shown = [cell.value for cell in (await file(busy.database, row))["汇总"]["A"]]
    assert {"第一党支部/一班", "第二党支部/一班", "二班"} <= set(shown)


async def test_the_file_is_the_one_that_the_command_line_writes(busy: Office) -> None:
    await say(busy, LI, "台账 一班 本月")
    (row,) = await owed(busy, "ledger")
    chat = await file(busy.database, row)
    async with busy.database.read() as session:
        found = await ledger(session, busy.teams[ONE], "第一党支部", *NOVEMBER)
    line = load_workbook(BytesIO(workbook(Voice("zh"), found, busy.clock())))
    assert cells(chat) == cells(line)


def cells(book: Any) -> list[Any]:
    return [
        (page.title, cell.coordinate, cell.value)
        for page in book.worksheets
        for row in page.iter_rows()
        for cell in row
    ]
