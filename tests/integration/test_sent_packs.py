"""Course packs that were sent as files: what is remembered of them, and said once."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlmodel import select

from handlers import media as attaching
from handlers import packs, sentpacks
from handlers.packs import export_pack, import_pack
from handlers.reading.contents import MEGABYTE
from handlers.reading.inspections import Inspection
from handlers.reading.packs import BiteFile, PackFile
from handlers.requests import Attached, Press
from handlers.taps import Tap
from handlers.taps.packs import ExportTap, ImportTap, PacksTap
from schedules.housekeeping import tidy
from schedules.job import Appointment
from schedules.retention import RETENTION
from schedules.runner import tick
from storage import files, media, setbacks
from storage import sentpacks as kept
from storage.kinds import Media
from storage.tables import Bite, BiteMedia, File, Outgoing, Pack, Plan, SentPack
from tests.conftest import LI, ONE, THREE, WANG, Office
from tests.integration.announcing import html, labels

BITES = (
    BiteFile("bite-1", "动火作业", "先检查。", media="图.jpg"),
    BiteFile("bite-3", "新的一课", "先看。"),
)
FILE = PackFile("safety", "安全", "zh", 2, "规程", BITES)
SOUND = Inspection(FILE)


async def sent(office: Office, user: int = LI, name: str = "a.xlsx") -> int:
    async with office.database.begin() as session:
        file = Attached(Media.DOCUMENT, "f-1", name, 100)
        reply = await sentpacks.sent(await office.ask(session, user, attached=file))
        assert reply is not None
        return max((await session.exec(select(SentPack.id))).all())


async def answered(office: Office, number: int, found: Inspection = SOUND) -> None:
    async with office.database.begin() as session:
        await sentpacks.found(session, number, found, office.clock())


async def press(office: Office, user: int, tap: Tap, message_id: int = 5) -> str:
    """What a tap of somebody's turns the message into, or the toast."""
    routes = [r for r in (*sentpacks.ROUTES, *packs.ROUTES) if isinstance(r, Press)]
    (handle,) = [route.handle for route in routes if route.tap is type(tap)]
    async with office.database.begin() as session:
        reply = await handle(await office.ask(session, user, message_id=message_id), tap)
        return reply.edit.html if reply.edit else reply.toast


async def said(office: Office) -> list[str]:
    """What is owed, by its words."""
    async with office.database.read() as session:
        rows = await session.exec(select(Outgoing).order_by(Outgoing.id))  # type: ignore[arg-type]
        return [row.params.get("text") or row.params.get("caption") or "" for row in rows]


async def titles(office: Office) -> list[str]:
    async with office.database.read() as session:
        return sorted((await session.exec(select(Bite.title))).all())


async def test_two_that_read_the_same_file_answer_once(office: Office) -> None:
    number = await sent(office)
    await asyncio.gather(answered(office, number), answered(office, number))
    sample, offer = await said(office)
    assert "动火作业" in sample
    assert "新增 1 课，更新 1 课，未变 0 课，停用 1 课" in offer


async def test_what_an_import_would_do_is_found_out_without_doing_it(office: Office) -> None:
    before = await titles(office)
    await answered(office, await sent(office))
    assert await titles(office) == before
    async with office.database.read() as session:
        pack = (await session.exec(select(Pack))).one()
        assert (pack.version, pack.source) == (1, "")


async def test_teams_that_are_not_the_senders_are_counted_and_not_named(office: Office) -> None:
    for user, line in ((LI, "在学的班组：一班"), (WANG, "在学的班组：一班")):
        await answered(office, await sent(office, user))
        assert f"\n{line}\n" in (await said(office))[-1]
    async with office.database.begin() as session:
        team = office.teams[THREE].id
        session.add(Plan(team_id=team, packs=["x", "safety"], at=time(8), closes=time(9)))
    await answered(office, await sent(office))
    assert "\n在学的班组：一班，另有 1 个\n" in (await said(office))[-1]
    await answered(office, await sent(office, WANG))
    assert "\n在学的班组：一班、三班\n" in (await said(office))[-1]


async def test_a_tap_imports_and_asks_for_the_files_that_are_missing(office: Office) -> None:
    number = await sent(office)
    await answered(office, number)
    assert (await press(office, LI, ImportTap(number))).startswith("✅ <b>安全</b>")
    assert await press(office, LI, ImportTap(number)) == "这个课程包已经导入过了。"
    assert await press(office, WANG, ImportTap(number)) == ("这个按钮已经失效，没有改动任何内容。")
    assert "· 图.jpg：动火作业（bite-1）" in (await said(office))[-1]
    async with office.database.read() as session:
        assert await export_pack(session, "safety") == FILE


async def test_whoever_is_not_done_yet_has_nothing_to_tap(office: Office) -> None:
    number = await sent(office)
    gone = "这个按钮已经失效，没有改动任何内容。"
    assert await press(office, LI, ImportTap(number)) == gone
    assert await press(office, LI, ImportTap(number + 7)) == gone


async def test_a_file_is_taken_once_and_again_when_its_taker_died(office: Office) -> None:
    await sent(office)
    now = office.clock()
    for later, attempts in ((0, 1), (59, None), (60, 2)):
        async with office.database.begin() as session:
            row = await kept.claim(session, now + timedelta(seconds=later))
            assert (row and row.attempts) == attempts


async def test_a_clock_that_was_set_back_lets_no_file_wait(office: Office) -> None:
    number = await sent(office)
    async with office.database.begin() as session:
        await kept.put_off(session, number, office.clock() + timedelta(hours=3))
    async with office.database.begin() as session:
        assert not await kept.waiting(session, office.clock())
        assert await setbacks.found(session, office.clock())
        await setbacks.mend(session, office.clock())
        assert not await setbacks.found(session, office.clock())
        assert await kept.waiting(session, office.clock())
        assert await kept.claim(session, office.clock())


async def test_what_served_its_time_is_let_go(office: Office) -> None:
    number = await sent(office)
    await answered(office, number)
    now = office.clock()
    async with office.database.begin() as session:
        shown, listed = [await files.keep(session, data, now) for data in (b"a", b"b")]
        await files.remember(session, listed, 1, Media.DOCUMENT, "x")
        bites = (await session.exec(select(Bite))).all()
        await media.attach(session, bites[:1], Media.PHOTO, now, hash=shown)
    for days, left in ((6, {shown, listed}), (8, {shown})):
        async with office.database.begin() as session:
            await tidy(session, Appointment("", None), now + timedelta(days=days))
        async with office.database.read() as session:
            assert set((await session.exec(select(File.hash))).all()) == left
    night = now.replace(hour=20)
    for days, count in ((29, 1), (31, 0)):
        await tick(office.database, [RETENTION], night + timedelta(days=days))
        async with office.database.read() as session:
            assert len((await session.exec(select(SentPack))).all()) == count


async def test_another_file_of_the_name_takes_its_place_and_another_name_has_none(
    office: Office,
) -> None:
    now = office.clock()
    async with office.database.begin() as session:
        await import_pack(session, FILE, now)
        for file_id in ("one", "two"):
            bites = [named.bite for named in await media.named(session, None, "图.jpg")]
            await media.attach(session, bites, Media.PHOTO, now, file_id=file_id)
        (row,) = (await session.exec(select(BiteMedia))).all()
        assert row.file_id == "two"
        assert await media.of(session, bites[0]) == row
        renamed = replace(BITES[0], media="新图.jpg")
        await import_pack(session, replace(FILE, version=3, bites=(renamed,)), now)
        assert await media.of(session, bites[0]) is None
        assert [named.media for named in await media.named(session)] == [None]


async def test_the_list_of_packs_has_pages_and_says_who_walks_each(office: Office) -> None:
    async with office.database.begin() as session:
        for number in range(9):
            pack = replace(FILE, slug=f"pack-{number}", title=f"第 {number} 包")
            await import_pack(session, pack, office.clock())
        reply = await packs.listed(await office.ask(session, LI, chat=ONE))
        assert reply.message is None, "in a group it is answered in private"
        assert html(reply.private).startswith("<b>课程包</b> · 10 个\n")
        assert labels(reply.private)[-2:] == ["下一页 ›", "下载空白模板"]
    second = await press(office, LI, PacksTap(1))
    assert "<b>安全</b>（safety 第 1 版，2 课）\n在学的班组：一班" in second
    for page in (-5, 99):
        assert (await press(office, LI, PacksTap(page))).startswith("<b>课程包</b> · 10 个")


async def test_a_pack_is_sent_once_for_each_list_that_was_asked_for(office: Office) -> None:
    assert await press(office, LI, ExportTap(1)) == "文件马上发到这里。"
    assert "已经发过了" in await press(office, LI, ExportTap(1))
    assert await press(office, LI, ExportTap(1), message_id=6) == "文件马上发到这里。"
    assert await press(office, LI, ExportTap(77)) == "这个按钮已经失效，没有改动任何内容。"
    assert len(await said(office)) == 2


@pytest.mark.parametrize(
    ("kind", "size", "says"),
    [
        (Media.PHOTO, 10 * MEGABYTE + 1, "文件有 11 MB"),
        (Media.VIDEO, 20 * MEGABYTE + 1, "文件有 21 MB"),
        (Media.DOCUMENT, 20 * MEGABYTE, "已配到“动火作业”"),
    ],
)
async def test_a_file_larger_than_a_bites_may_be_is_not_taken(
    office: Office, kind: Media, size: int, says: str
) -> None:
    async with office.database.begin() as session:
        await import_pack(session, FILE, office.clock())
        attached = Attached(kind, "f-1", "", size)
        reply = await attaching.sent(await office.ask(session, LI, "bite-1", attached=attached))
        assert reply is not None
        assert says in html(reply.message)
        kept = (await session.exec(select(BiteMedia))).all()
        assert len(kept) == says.startswith("已配到")
