"""Course packs that secretaries send to the bot as files."""

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlmodel import col, delete

from bot.inspection import Broken
from bot.line import Refused, TooBig
from handlers.reading.packs import PackFile, read_pack
from handlers.words import pack_sheets
from handlers.words.voice import Voice
from storage.kinds import PackStage, Role
from storage.tables import Announcement, Bite, Grant, Pack, SentPack
from tests.wire.scene import (
    DENIED,
    GONE,
    LI,
    MONDAY,
    OWNER,
    UNKNOWN,
    ZHANG,
    ZHOU,
    Message,
    Scene,
    labels,
)
from tests.wire.stage import crash, standing

LIBRARY = Path(__file__).parents[2] / "storage" / "library"
SAFETY = read_pack("p.yaml", (LIBRARY / "safety-101.yaml").read_bytes())
NEW = """\
pack: our-pack
title: 本厂五课
language: zh
version: 1
source: 本厂规程
bites:
  - id: hot-work
    title: 动火作业
    body: 先**检查**，后作业。
    remember: 先查后干
    questions: [{ask: 先做什么？, answers: [检查, 作业], right: 1, why: 先检查。}]
  - {id: confined, title: 受限空间, body: 先通风。}
"""


def sheets(pack: PackFile = SAFETY) -> Workbook:
    """A pack as a spreadsheet program has it open."""
    return load_workbook(BytesIO(pack_sheets.workbook(Voice("zh"), pack)))


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


async def kept(scene: Scene, slug: str = "safety-101") -> Pack | None:
    return next((pack for pack in await scene.rows(Pack) if pack.slug == slug), None)


async def offered(scene: Scene) -> Message:
    """The newest offer to import something."""
    return next(m for m in reversed(await scene.messages(LI)) if "导入" in labels(m))


async def test_five_faults_are_told_by_their_cells_and_nothing_is_imported(scene: Scene) -> None:
    book = sheets()
    book["课程包"]["C2"] = "中文"
    book["课程包"]["D2"] = "二"
    book["内容"]["A2"] = "动火"
    book["内容"]["C3"] = "长" * 601
    book["内容"]["R2"] = 9
    before = [(b.id, b.title, b.retired_at) for b in await scene.rows(Bite)]
    await scene.send_file(LI, "安全.xlsx", saved(book))
    first, answer = (await scene.texts(LI))[-2:]
    assert first == "收到 安全.xlsx，正在检查，结果马上发到这里。"
    head, *lines, end = answer.splitlines()
    assert head == "❌ 安全.xlsx 有 5 处问题，没有导入："
    assert end == "改好后，把文件重新发给我。"
    assert [line.split()[1] for line in lines] == [
        "内容!A2",
        "内容!C3",
        "内容!R2",
        "课程包!C2",
        "课程包!D2",
    ]
    assert "最多 600 字，现有 601 字" in lines[1]
    assert labels((await scene.messages(LI))[-1]) == ["作为公告发送"]
    assert [(b.id, b.title, b.retired_at) for b in await scene.rows(Bite)] == before
    assert (await kept(scene)).version == 1  # type: ignore[union-attr]


async def test_a_mended_pack_is_shown_and_imported_at_a_tap(scene: Scene) -> None:
    book = sheets()
    book["课程包"]["D2"] = 2
    book["内容"]["B2"] = "动火：先票后火"
    await scene.send_file(LI, "安全.xlsx", saved(book))
    *_, sample, offer = await scene.messages(LI)
    assert "动火：先票后火" in sample["text"]
    assert "早会微学 ·" in sample["text"]
    assert sample["text"].endswith("已学 0/4")
    assert labels(sample)[-3:] == ["已学", "我承诺", "请假"]
    assert offer["text"].splitlines()[:5] == [
        "📘 班组安全十课（safety-101 第 2 版）",
        "共 10 课、17 道题，没有问题，可以导入。",
        "现在用的是第 1 版。导入后：新增 0 课，更新 1 课，未变 9 课，停用 0 课。",
        "在学的班组：一班、二班，另有 1 个",
        "上面是第一课卡片的样子。",
    ]
    assert labels(offer) == ["导入", "取消", "作为公告发送"]
    assert await scene.tap(LI, "已学", message=sample) == "这是卡片样例，导入后在群里才能点。"
    assert (await kept(scene)).version == 1  # type: ignore[union-attr]
    await scene.tap(LI, "导入")
    assert (await scene.last(LI)) == (
        "✅ 班组安全十课（safety-101 第 2 版）已导入：新增 0 课，更新 1 课，未变 9 课，停用 0 课。"
    )
    assert (await kept(scene)).version == 2  # type: ignore[union-attr]
    await scene.morning()
    assert "动火：先票后火" in (await scene.card())["text"]


async def test_a_new_pack_is_told_by_its_lines_and_then_imported(scene: Scene) -> None:
    await scene.send_file(LI, "new.yaml", NEW.replace("right: 1", "right: 3").encode())
    faulty = await scene.last(LI)
    assert faulty.startswith("❌ new.yaml 有 1 处问题，没有导入：\n· 第 11 行  “right”应为 1 到 2")
    await scene.send_file(LI, "new.yaml", NEW.encode())
    offer = (await offered(scene))["text"]
    assert "这是新课程包：导入后新增 2 课。\n还没有班组在学。" in offer
    sample = (await scene.messages(LI))[-2]["text"]
    assert "11月23日 周一\n动火作业\n\n先检查，后作业。" in sample
    assert sample.endswith("已学 0/4"), "as the first of the sender's teams would get it"
    assert await kept(scene, "our-pack") is None
    await scene.tap(LI, "导入")
    assert await kept(scene, "our-pack") is not None


async def test_what_could_be_better_is_told_and_stands_in_nobodys_way(scene: Scene) -> None:
    text = NEW.replace("source: 本厂规程\n", "").replace(", why: 先检查。", "")
    await scene.send_file(LI, "new.yaml", text.encode())
    offer = (await offered(scene))["text"]
    assert "3 处提醒，不影响导入：\n· 第 8 行  “动火作业”没有注明依据" in offer
    await scene.tap(LI, "导入")
    assert await kept(scene, "our-pack") is not None


async def test_a_page_of_markdown_is_a_pack_as_well(scene: Scene) -> None:
    page = "---\npack: our-pack\ntitle: 本厂\nlanguage: zh\nversion: 1\nsource: 规程\n---\n\n"
    await scene.send_file(OWNER, "课.MD", f"{page}## 动火 {{#hot-work}}\n\n先检查。\n".encode())
    await scene.tap(OWNER, "导入")
    assert await kept(scene, "our-pack") is not None


async def test_a_version_that_we_have_is_said_before_anything_is_asked(scene: Scene) -> None:
    await scene.send_file(LI, "安全.xlsx", saved(sheets()))
    answer = (await scene.messages(LI))[-1]
    assert answer["text"].startswith(
        "安全.xlsx 没有问题，但没有导入：课程包 safety-101 已经是第 1 版，文件里是第 1 版"
    )
    assert labels(answer) == ["作为公告发送"]


async def test_who_has_not_the_right_imports_nothing_by_file_or_by_forged_tap(
    scene: Scene,
) -> None:
    await scene.send_file(ZHANG, "new.yaml", NEW.encode())
    assert await scene.last(ZHANG) == UNKNOWN
    assert await scene.rows(SentPack) == []
    await scene.send_file(LI, "new.yaml", NEW.encode())
    offer = await offered(scene)
    (sent,) = await scene.rows(SentPack)
    where = (offer["message_id"], f"ki:{sent.id}")
    await scene.say(ZHANG, "/start")
    theirs = (await scene.messages(ZHANG))[-1]["message_id"]
    assert await scene.forge(ZHANG, ZHANG, theirs, where[1]) == DENIED
    await scene.say(ZHOU, "/start")
    theirs = (await scene.messages(ZHOU))[-1]["message_id"]
    assert await scene.forge(ZHOU, ZHOU, theirs, where[1]) == GONE, "another secretary's"
    async with scene.app.database.begin() as session:  # the right is lost between file and tap
        await session.exec(delete(Grant).where(col(Grant.role) == Role.SECRETARY))
    assert await scene.forge(LI, LI, *where) == DENIED
    assert await kept(scene, "our-pack") is None
    assert {row.stage for row in await scene.rows(SentPack)} == {PackStage.OFFERED}


async def test_two_taps_at_once_import_once(scene: Scene) -> None:
    await scene.send_file(LI, "new.yaml", NEW.encode())
    offer = await offered(scene)
    taps = [scene.press(LI, "导入", message=offer) for _ in range(2)]
    answers = await asyncio.gather(*taps)
    await scene.settle()
    assert sorted(str(one["text"] or "") for one in answers) == ["", "这个课程包已经导入过了。"]
    assert len([pack for pack in await scene.rows(Pack) if pack.slug == "our-pack"]) == 1
    assert len([bite for bite in await scene.rows(Bite) if bite.title == "受限空间"]) == 1


async def test_a_pack_that_another_imported_meanwhile_is_not_imported_over_it(
    scene: Scene,
) -> None:
    for who in (LI, OWNER):
        await scene.send_file(who, "new.yaml", NEW.encode())
    await scene.tap(OWNER, "导入")
    await scene.tap(LI, "导入", message=await offered(scene))
    assert "已经是第 1 版" in await scene.last(LI)


async def test_what_is_cancelled_is_not_imported(scene: Scene) -> None:
    await scene.send_file(LI, "new.yaml", NEW.encode())
    offer = await offered(scene)
    await scene.tap(LI, "取消")
    assert await scene.last(LI) == "已取消，没有导入 new.yaml。"
    (sent,) = await scene.rows(SentPack)
    assert await scene.forge(LI, LI, offer["message_id"], f"ki:{sent.id}") == (
        "这个文件已经取消了。"
    )
    assert await kept(scene, "our-pack") is None


async def test_a_file_may_be_announced_instead_and_other_files_are_as_before(
    scene: Scene,
) -> None:
    await scene.send_file(LI, "名单.xlsx", saved(Workbook()), caption="请各班核对")
    assert "处问题，没有导入" in await scene.last(LI)
    await scene.tap(LI, "作为公告发送")
    assert (await scene.last(LI)).startswith("发公告\n请各班核对\n")
    (draft,) = await scene.rows(Announcement)
    (sent,) = await scene.rows(SentPack)
    assert (draft.file_id, sent.stage) == (sent.file_id, PackStage.DROPPED)
    answer = await scene.find(LI, "改作公告发送")
    forged = await scene.forge(LI, LI, answer["message_id"], f"ka:{sent.id}")
    assert (forged, len(await scene.rows(Announcement))) == (GONE, 1)
    await scene.send_file(LI, "通知.pdf", b"%PDF-1.4 x")
    assert (await scene.last(LI)).startswith("发公告\n文件\n")
    await scene.send_file(LI, "名单.xlsx", saved(Workbook()), caption="/announce 名单")
    assert (await scene.last(LI)).startswith("发公告\n名单\n")
    assert len(await scene.rows(SentPack)) == 1


async def test_a_file_too_large_is_refused_before_it_is_fetched(scene: Scene) -> None:
    fetched = scene.world.calls
    await scene.send_file(LI, "big.yaml", b"a" * (1024 * 1024 + 1))
    assert "这类文件最多 1 MB，没有读取" in await scene.last(LI)
    await scene.send_file(LI, "big.xlsx", b"PK" + b"a" * (5 * 1024 * 1024))
    assert "有 5.0 MB，这类文件最多 5 MB" in await scene.last(LI)
    called = {call.method for call in scene.world.calls[len(fetched) :]}
    assert "getFile" not in called
    assert labels((await scene.messages(LI))[-1]) == ["作为公告发送"]


async def test_a_file_that_is_larger_than_it_was_said_to_be_is_not_read_on(
    scene: Scene,
) -> None:
    line = scene.app.line
    await scene.send_file(LI, "new.yaml", NEW.encode())
    (sent,) = await scene.rows(SentPack)
    file = await line.call("getFile", {"file_id": sent.file_id})
    assert await line.fetch(file["file_path"], len(NEW.encode())) == NEW.encode()
    with pytest.raises(TooBig):
        await line.fetch(file["file_path"], 100)
    with pytest.raises(Refused, match="404"):
        await line.fetch("documents/none.yaml", 100)


async def test_a_file_that_cannot_be_had_is_tried_again_and_given_up_with_a_word(
    scene: Scene,
) -> None:
    await scene.fault("http_502_before", "getFile", n=2)
    await scene.send_file(LI, "new.yaml", NEW.encode())
    for _ in range(2):
        await scene.forward(seconds=5)
    assert "导入" in labels(await offered(scene))
    await scene.fault("drop_before", "getFile")
    await scene.send_file(LI, "other.yaml", NEW.encode())
    for _ in range(8):
        await scene.forward(seconds=61)
    assert (await scene.last(LI)).startswith("没能从 Telegram 取到 other.yaml，没有导入")
    assert (await scene.rows(SentPack))[-1].stage is PackStage.LOST


async def test_a_longer_list_than_fits_comes_as_a_file(scene: Scene) -> None:
    book = sheets()
    for row in range(2, 60):
        book["内容"][f"A{row}"] = f"课 {row}"
        book["内容"][f"B{row}"] = "题" * 61
        book["内容"][f"C{row}"] = "正文"
    await scene.send_file(LI, "很长.xlsx", saved(book))
    told, listed = (await scene.messages(LI))[-2:]
    count = int(told["text"].split(" 有 ")[1].split()[0])
    assert "见随后的清单文件" in told["text"]
    assert listed["document"]["file_name"] == "很长.xlsx 检查结果.txt"
    answer = await scene.http.get(listed["document"]["url"])
    assert len(answer.content.decode("utf-8-sig").splitlines()) == count > 100


async def test_a_kill_between_the_fetching_and_the_answer_costs_nothing(tmp_path: Path) -> None:
    async with standing(tmp_path, MONDAY) as stage:
        async with stage.bot() as scene:
            fetched = asyncio.Event()

            async def hang(kind: str, data: bytes) -> Any:
                assert (kind, data) == ("yaml", NEW.encode())
                fetched.set()
                await asyncio.Event().wait()

            scene.app.reader.inspect = hang
            form = {"as": str(LI), "chat": str(LI), "text": ""}
            file = {"files": ("new.yaml", NEW.encode())}
            (await stage.http.post("/api/say", data=form, files=file)).raise_for_status()
            await asyncio.wait_for(fetched.wait(), 20)
            await crash(scene)
        async with stage.bot() as scene:
            assert {row.stage for row in await scene.rows(SentPack)} == {PackStage.WAITING}
            await scene.forward(seconds=61)
            await scene.forward(seconds=61)
            texts = await scene.texts(LI)
            assert sum("可以导入" in text for text in texts) == 1
            await scene.tap(LI, "导入")
            assert await kept(scene, "our-pack") is not None


async def test_a_file_that_takes_the_program_along_each_time_is_given_up(scene: Scene) -> None:
    async def die(kind: str, data: bytes) -> Any:
        raise Broken("the child ended with -9")

    scene.app.reader.inspect = die
    await scene.send_file(LI, "new.yaml", NEW.encode())
    for _ in range(4):
        await scene.forward(seconds=61)
    assert (await scene.last(LI)).startswith("new.yaml 太大或太复杂，检查不了，没有导入。")
    assert labels((await scene.messages(LI))[-1]) == ["作为公告发送"]


async def test_packs_are_listed_exported_and_sent_back(scene: Scene) -> None:
    await scene.say(ZHANG, "/packs")
    assert await scene.last(ZHANG) == DENIED
    await scene.say(LI, "/packs")
    listed = (await scene.messages(LI))[-1]
    assert listed["text"].startswith("课程包 · 8 个\n")
    assert (
        "班组安全十课（safety-101 第 1 版，10 课）\n在学的班组：一班、二班，另有 1 个"
        in listed["text"]
    )
    assert labels(listed)[-1] == "下载空白模板"
    assert await scene.tap(LI, "导出 safety-101") == "文件马上发到这里。"
    file = (await scene.messages(LI))[-1]
    assert (file["document"]["file_name"], file["caption"]) == (
        "safety-101-v1.xlsx",
        "课程包 safety-101。改好后把版本号调大，再发给我。",
    )
    data = (await scene.http.get(file["document"]["url"])).content
    assert read_pack("p.xlsx", data) == SAFETY
    assert "已经发过了" in await scene.tap(LI, "导出 safety-101", message=listed)
    await scene.tap(LI, "下载空白模板")
    template = (await scene.messages(LI))[-1]["document"]
    assert template["file_name"] == "课程包模板.xlsx"
    data = (await scene.http.get(template["url"])).content
    assert read_pack("p.xlsx", data).slug == "our-pack"


async def test_files_that_mean_harm_are_answered_and_change_nothing(scene: Scene) -> None:
    before = [(bite.id, bite.title, bite.body) for bite in await scene.rows(Bite)]
    whole = saved(sheets())
    for name, data in {
        "半个.xlsx": whole[: len(whole) // 2],
        "没有.xlsx": b"PK\x03\x04",
        "深.yaml": b"[" * 100_000,
        "国标.yaml": NEW.encode("gbk"),
        "别名.yaml": b"a: &a [x]\nb: [*a, *a]\n",
        "<b>&.md": b"---\n---\n",
    }.items():
        await scene.send_file(LI, name, data)
        assert (await scene.last(LI)).startswith(f"❌ {name} 有 ")
    assert [(bite.id, bite.title, bite.body) for bite in await scene.rows(Bite)] == before
    assert {row.stage for row in await scene.rows(SentPack)} == {PackStage.FAULTY}
    await scene.send_file(LI, "new.yaml", NEW.encode())
    assert "导入" in labels(await offered(scene))


async def test_packs_that_are_sent_together_are_looked_at_one_by_one(scene: Scene) -> None:
    other = NEW.replace("our-pack", "other-pack")
    parts = [("files", (f"{n}.yaml", text.encode())) for n, text in enumerate((NEW, other))]
    form = {"as": str(LI), "chat": str(LI), "text": ""}
    (await scene.http.post("/api/say", data=form, files=parts)).raise_for_status()
    await scene.settle()
    offers = [m for m in await scene.messages(LI) if "导入" in labels(m)]
    assert len(offers) == 2, await scene.texts(LI)
    for offer in offers:
        await scene.tap(LI, "导入", message=offer)
    assert {pack.slug for pack in await scene.rows(Pack)} >= {"our-pack", "other-pack"}
    assert await scene.rows(Announcement) == []
