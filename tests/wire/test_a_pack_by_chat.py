"""Course packs that secretaries send to the bot as files."""

from io import BytesIO
from pathlib import Path

from openpyxl import Workbook, load_workbook

from handlers.reading.packs import PackFile, read_pack
from handlers.words import pack_sheets
from handlers.words.voice import Voice
from storage.tables import Bite, Pack
from tests.wire.scene import (
    LI,
    Message,
    Scene,
    labels,
)

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
