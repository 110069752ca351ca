"""/audit: what an owner reads of what was done, page by page, of one, and as a file."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import col, select

from bot.freight import Freight, Load
from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.taps import Tap
from handlers.taps.grants import AuditFileTap, AuditTap
from handlers.taps.switches import SwitchTap
from handlers.words import plain
from handlers.words.audits import did, line
from handlers.words.voice import LOCALES, Voice
from storage import audits, grants
from storage.audits import Entry
from storage.kinds import Doing, Role, Switch
from storage.tables import Audit, Outgoing, Person, Team
from tests.conftest import (
    LI,
    MONDAY,
    ONE,
    SUN,
    TWO,
    WANG,
    WU,
    ZHANG,
    ZHAO,
    ZONE,
    Office,
    on_sqlite,
)
from tests.integration.doings import taps
from tests.integration.test_audits import noted, tamper
from tests.integration.test_no_scans import assert_no_scan, overheard

BOARD = Switchboard(ROUTES)
DENIED = plain.denied(Voice("zh"))
OWNER = WU
DETAILS: Mapping[Doing, str] = {
    Doing.GRANTED: "leader",
    Doing.REVOKED: "secretary",
    Doing.LINKED: "owner",
    Doing.SWITCHED: "names:1",
    Doing.PLANNED: "pause 2026-12-01–2026-12-05",
}


@pytest.fixture
async def owned(office: Office) -> Office:
    async with office.database.begin() as session:
        await grants.give(session, office.people[OWNER].id, Role.OWNER, office.clock())
    return office


async def command(
    office: Office, user: int, text: str = "", name: str = "audit", chat: int | None = None
) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat)
        reply = await BOARD.command(request, name, addressed=True)
    assert reply is not None
    return reply


async def said(office: Office, text: str = "", user: int = OWNER) -> list[str]:
    reply = await command(office, user, text)
    assert reply.message is not None
    return reply.message.html.split("\n")


async def press(office: Office, user: int, tap: Tap, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await BOARD.press(await office.ask(session, user, chat=chat), tap)


async def test_who_did_what_to_whom_and_when_the_latest_first(owned: Office) -> None:
    await command(owned, LI, "张三 一班 班组长", "grant")
    await press(owned, LI, SwitchTap(owned.teams[ONE].id, Switch.RANKING, 1, 1))
    owned.clock.forward(minutes=12)
    await command(owned, ZHAO, "张三 今天到周五", "leave", ONE)
    sign = (await audits.whole(owned.database)).sign
    assert await said(owned) == [
        f"🔗 <b>审计记录</b> 3 条，链完整（末尾 {sign}）",
        "",
        "· 11-23 08:02 赵班长：替 张三（一班）请假 2026-11-23–2026-11-27",
        "· 11-23 07:50 李书记：打开 一班 的“个人出勤排名”",
        "· 11-23 07:50 李书记：授权 张三 为 一班 班组长",
    ]


async def test_what_changes_nothing_is_not_written_down(owned: Office) -> None:
    await press(owned, LI, SwitchTap(owned.teams[ONE].id, Switch.NUDGE, 1, 0))
    await command(owned, ZHANG, "周五", "leave")
    await command(owned, ZHANG, "张三 一班 班组长", "grant")
    await press(owned, ZHANG, SwitchTap(owned.teams[ONE].id, Switch.NUDGE, 0, 0))
    assert (await said(owned))[-1] == "没有记录。"


async def test_only_an_owner_reads_it_and_in_private_alone(owned: Office) -> None:
    for user in (WANG, LI, ZHAO, ZHANG):
        for reply in (
            await command(owned, user),
            await command(owned, user, chat=ONE if user != WANG else None),
        ):
            assert reply.message is not None
            assert reply.message.html == DENIED
        for tap in (AuditTap(0, 0, 0), AuditTap(5, 1, 0), AuditFileTap()):
            assert (await press(owned, user, tap)).toast == DENIED
    reply = await command(owned, OWNER, chat=ONE)
    assert reply.message is not None
    assert reply.message.html == Voice("zh").plain("open_private")
    async with owned.database.read() as session:
        assert (await session.exec(select(Audit))).all() == []


async def test_it_is_leafed_through_by_buttons(owned: Office) -> None:
    await noted(owned, *("names:1", "names:0") * 12)
    first = (await command(owned, OWNER)).message
    assert first is not None
    assert list(taps(first)) == ["更早的 ›", "导出 .xlsx"]
    second = (await press(owned, OWNER, taps(first)["更早的 ›"])).edit
    assert second is not None
    assert list(taps(second)) == ["更早的 ›", "‹ 最新", "导出 .xlsx"]
    third = (await press(owned, OWNER, taps(second)["更早的 ›"])).edit
    assert third is not None
    counts = [page.html.count("· 11-23") for page in (first, second, third)]
    assert counts == [10, 10, 4]
    assert list(taps(third)) == ["‹ 最新", "导出 .xlsx"]
    assert (await press(owned, OWNER, taps(third)["‹ 最新"])).edit == first


async def test_of_a_person_or_a_team_alone(owned: Office) -> None:
    await command(owned, LI, "张三 一班 班组长", "grant")
    await press(owned, WANG, SwitchTap(owned.teams[TWO].id, Switch.NUDGE, 0, 0))
    of_zhang, of_li = await said(owned, "张三"), await said(owned, "李书记")
    assert of_zhang[1:3] == ["只看：张三", ""]
    assert of_zhang[3:] == of_li[3:] == ["· 11-23 07:50 李书记：授权 张三 为 一班 班组长"]
    assert (await said(owned, "二班"))[3:] == ["· 11-23 07:50 王书记：关闭 二班 的“截止前提醒”"]
    assert await said(owned, "<b>谁") == ["没有叫“&lt;b&gt;谁”的人或班组。"]


async def test_of_two_with_one_name_one_is_chosen(owned: Office) -> None:
    async with owned.database.begin() as session:
        sun = await session.get_one(Person, owned.people[SUN].id)
        sun.name = "张三"
        session.add(sun)
    await command(owned, LI, "赵班长 二班 班组长", "grant")
    reply = await command(owned, OWNER, "张三")
    assert list(taps(reply.message)) == ["张三 · 一班", "张三 · 二班"]
    page = (await press(owned, OWNER, taps(reply.message)["张三 · 二班"])).edit
    assert page is not None
    assert "没有记录。" in page.html


async def test_html_in_names_is_text(owned: Office) -> None:
    async with owned.database.begin() as session:
        zhang = await session.get_one(Person, owned.people[ZHANG].id)
        zhang.name = "<b>&张"
        team = await session.get_one(Team, owned.teams[ONE].id)
        team.name = "<i>一班"
        session.add_all([zhang, team])
    await command(owned, LI, "<b>&张 <i>一班 班组长", "grant")
    assert "授权 &lt;b&gt;&amp;张 为 &lt;i&gt;一班 班组长" in (await said(owned))[-1]


async def test_a_break_in_the_chain_is_the_first_line(owned: Office) -> None:
    await noted(owned, "names:1", "names:0", "names:1")
    await tamper(owned.database, "DELETE FROM audit WHERE number = 2")
    assert (await said(owned))[0].startswith("⚠️ <b>审计链在第 2 条断开</b>")


async def file(office: Office) -> Any:
    """The workbook that is owed, as it is made for Telegram."""
    async with office.database.read() as session:
        query = select(Outgoing).where(col(Outgoing.key).startswith("auditfile:"))
        (row,) = (await session.exec(query)).all()
    found: list[Load] = []

    async def post(load: Load) -> Any:
        found.append(load)
        return {"message_id": 9}

    await Freight(office.database, 1).carry(row.params, post)
    (part,) = found[0].parts.values()
    assert part.name == "审计记录-2026-11-23.xlsx"
    return load_workbook(BytesIO(part.data)).active


async def test_all_of_it_comes_as_a_file_without_formulas(owned: Office) -> None:
    async with owned.database.begin() as session:
        zhang = await session.get_one(Person, owned.people[ZHANG].id)
        zhang.name = "=cmd|' /C calc'!A0"
        session.add(zhang)
        await audits.note(
            session, Doing.GRANTED, owned.clock(), by=owned.people[ZHANG].id,
            person=zhang.id, team=owned.teams[ONE].id, detail="leader",
        )  # fmt: skip
    reply = await press(owned, OWNER, AuditFileTap())
    assert reply.toast == "文件马上发来。"
    sheet = await file(owned)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    chain = await audits.whole(owned.database)
    assert rows[0][0] == f"🔗 审计记录 2 条，链完整（末尾 {chain.sign}）"
    assert rows[1] == ["序号", "时间", "谁", "做了什么", "对谁", "哪里", "校验值"]
    assert rows[2][0] == 1
    assert rows[2][2] == rows[2][4] == "=cmd|' /C calc'!A0"
    assert rows[2][5] == "一班"
    assert rows[3][2:4] == ["王五", "导出 审计记录"]
    assert rows[3][6] == chain.last
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("doing", Doing)
def test_every_doing_has_its_words(doing: Doing, locale: str) -> None:
    row = Audit(
        id=1, number=1, at=MONDAY, doing=doing, by_id=1, person_id=2, team_id=3, other=7,
        detail=DETAILS.get(doing, "#7"),
    )  # fmt: skip
    said = line(Voice(locale), Entry(row, "甲", "乙", "一班"), ZONE)
    assert said.startswith("11-23 07:50 甲")
    assert "{" not in said
    assert "audit." not in said
    forgotten = Entry(row, "", "", "", "")
    assert "№1" in line(Voice(locale), forgotten, ZONE)
    assert did(Voice(locale), forgotten)


@on_sqlite
async def test_a_page_is_read_by_index(owned: Office) -> None:
    await noted(owned, *("names:1", "names:0") * 8)
    with overheard(owned.database) as heard:
        async with owned.database.begin() as session:
            request = await owned.ask(session, OWNER)
            await BOARD.press(request, AuditTap(9, 0, 0))
            await BOARD.press(request, AuditTap(9, owned.people[LI].id, 0))
            await BOARD.press(request, AuditTap(9, 0, owned.teams[ONE].id))
    assert_no_scan(owned, heard)
