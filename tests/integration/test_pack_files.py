"""Course packs as files at the command line: a template, an export, and what comes back in."""

import os
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from bot import cli, terminal
from handlers.packs import export_pack, import_pack
from handlers.reading.packs import PackFile, read_pack
from handlers.words import pack_sheets
from handlers.words.voice import Voice
from storage.database import Database
from tests.conftest import Hands

LIBRARY = Path(__file__).parents[2] / "storage" / "library"
FILES = [file for file in sorted(LIBRARY.glob("*.yaml")) if not file.name.startswith("demo")]
PACKS = [read_pack(file.name, file.read_bytes()) for file in FILES]
PACK = """\
pack: safety-101
title: 班组安全
language: zh
version: 1
bites:
  - id: hot-work
    title: "=动火作业"
    body: 先检查。
    tags: [电 工]
    questions: [{ask: 先做什么？, answers: ["+检查", "@动手"], right: 1}]
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of its own, with a pack in it."""
    for name in [name for name in os.environ if name.startswith("ZAOHUI_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    Path("pack.yaml").write_text(PACK, encoding="utf-8")
    return tmp_path


def zaohui(*words: str) -> Result:
    result = CliRunner().invoke(cli.app, words)
    assert "Traceback" not in result.output
    return result


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.slug)
async def test_a_pack_of_the_library_comes_out_as_it_went_in(
    database: Database, clock: Hands, pack: PackFile
) -> None:
    async with database.begin() as session:
        await import_pack(session, pack, clock())
    async with database.read() as session:
        out = await export_pack(session, pack.slug)
    assert out == pack
    assert read_pack("p.xlsx", pack_sheets.workbook(Voice("zh"), out)) == pack


async def test_what_is_retired_is_not_exported(database: Database, clock: Hands) -> None:
    pack = read_pack("p.yaml", PACK.encode())
    less = PACK.replace("version: 1", "version: 2").replace("hot-work", "shock")
    less = less[: less.index("    questions:")]
    async with database.begin() as session:
        await import_pack(session, pack, clock())
        await import_pack(session, read_pack("p.yaml", less.encode()), clock())
    async with database.read() as session:
        out = await export_pack(session, "safety-101")
        assert out == read_pack("p.yaml", less.encode())
        assert await export_pack(session, "none") is None


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_a_template_can_be_checked_and_imported_as_it_is(
    here: Path, monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    monkeypatch.setenv("ZAOHUI_LOCALE", locale)
    written = zaohui("pack", "template", "new.xlsx")
    assert (written.exit_code, written.stderr) == (terminal.DONE, "")
    assert "zaohui pack check new.xlsx" in written.stdout
    assert not (here / "data").exists(), "a template needs no database"
    assert zaohui("pack", "check", "new.xlsx").exit_code == terminal.DONE
    assert zaohui("pack", "import", "new.xlsx").exit_code == terminal.DONE
    assert sorted(path.name for path in here.glob("*.xlsx*")) == ["new.xlsx"]


def test_an_exported_pack_is_changed_and_imported_again(here: Path) -> None:
    zaohui("pack", "import", "pack.yaml")
    done = zaohui("pack", "export", "safety-101", "out.xlsx")
    assert (done.exit_code, done.stdout) == (
        terminal.DONE,
        "out.xlsx：已导出 safety-101 第 1 版，1 课。\n",
    )
    assert read_pack("out.xlsx", Path("out.xlsx").read_bytes()) == read_pack(
        "pack.yaml", PACK.encode()
    )
    refused = zaohui("pack", "import", "out.xlsx")
    assert refused.stderr.startswith("out.xlsx  课程包 safety-101 已经是第 1 版")
    book = load_workbook("out.xlsx")
    book["课程包"]["D2"] = 2
    book["内容"]["B2"] = "动火"
    book.save("out.xlsx")
    again = zaohui("pack", "import", "out.xlsx")
    assert (
        again.stdout == "safety-101 第 2 版已导入：新增 0 课，更新 1 课，未变 0 课，停用 0 课。\n"
    )


def test_every_fault_of_a_sheet_is_told_with_its_cell(here: Path) -> None:
    zaohui("pack", "template", "new.xlsx")
    book = load_workbook("new.xlsx")
    book["课程包"]["C2"] = "中文"
    book["内容"]["A2"] = "动火"
    book["内容"]["C2"] = "长" * 601
    book.save("new.xlsx")
    result = zaohui("pack", "check", "new.xlsx")
    assert result.exit_code == terminal.WRONG
    assert result.stdout.splitlines() == [
        "new.xlsx 内容!A2  “编号 *”只能用小写字母、数字和连字符（a-z 0-9 -），现在是“动火”。",
        "new.xlsx 内容!C2  “正文 *”太长：最多 600 字，现有 601 字。",
        "new.xlsx 课程包!C2  语言代码应如 zh 或 en，现在是“中文”。",
        "1 个文件，3 处问题：改好之前不能导入。",
    ]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("template", "new.csv"), 2, "new.csv：文件名应以 .xlsx 结尾。"),
        (("template", "there.xlsx"), 2, "there.xlsx：文件已存在；要覆盖请加 --force。"),
        (("template", "dir.xlsx"), 2, "dir.xlsx：这是目录，请指定其中的文件。"),
        (
            ("template", "none/new.xlsx"),
            2,
            "none/new.xlsx：写不进去（No such file or directory）。",
        ),
        (("export", "safety-101", "out.csv"), 2, "out.csv：文件名应以 .xlsx 结尾。"),
        (
            ("export", "safety-101", "there.xlsx"),
            2,
            "there.xlsx：文件已存在；要覆盖请加 --force。",
        ),
        (("export", "quality", "o.xlsx"), 1, "数据库里没有课程包“quality”。已有：safety-101。"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(
    here: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    Path("there.xlsx").write_text("mine")
    Path("dir.xlsx").mkdir()
    zaohui("pack", "import", "pack.yaml")
    result = zaohui("pack", *words)
    assert (result.exit_code, result.stdout, result.stderr) == (code, "", f"{says}\n")
    assert Path("there.xlsx").read_text() == "mine"
    assert sorted(path.name for path in here.glob("*.part")) == []


def test_a_file_that_is_there_is_replaced_when_that_is_asked(here: Path) -> None:
    Path("there.xlsx").write_text("mine")
    assert zaohui("pack", "template", "there.xlsx", "--force").exit_code == terminal.DONE
    assert zaohui("pack", "check", "there.xlsx").exit_code == terminal.DONE


def test_an_empty_database_has_no_pack_to_export(here: Path) -> None:
    result = zaohui("pack", "export", "safety-101", "out.xlsx")
    assert result.exit_code == terminal.FAILED
    assert result.stderr == "数据库里还没有课程包：请先用 zaohui pack import 导入。\n"
    assert not Path("out.xlsx").exists()


def test_what_could_be_better_is_told_and_stands_in_nobodys_way(here: Path) -> None:
    result = zaohui("pack", "check", "pack.yaml")
    assert (result.exit_code, result.stdout.splitlines()) == (
        terminal.DONE,
        [
            "pack.yaml  没有问题：safety-101 第 1 版，1 课",
            "pack.yaml:8  提醒：“=动火作业”没有注明依据：在正文末尾写“依据：……”，"
            "或给课程包填上 source（出处）。",
            "pack.yaml:10  提醒：“先做什么？”没有 why（解析），答错的人不知道为什么。",
            "1 个文件，没有问题，可以导入。",
            "另有 2 处提醒，不影响导入。",
        ],
    )
    assert zaohui("pack", "import", "pack.yaml").exit_code == terminal.DONE


def test_hints_in_english_count_as_english_does(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZAOHUI_LOCALE", "en")
    Path("one.yaml").write_text(PACK.replace("version: 1", "version: 1\nsource: x"), "utf-8")
    assert zaohui("pack", "check", "one.yaml").stdout.splitlines()[1:] == [
        "one.yaml:11  note: “先做什么？” has no why: who answers wrong is not told the reason.",
        "1 file, nothing wrong with it: it can be imported.",
        "There is 1 note, which does not stand in the way of an import.",
    ]


def test_the_whole_library_is_checked_without_a_hint(here: Path) -> None:
    result = zaohui("pack", "check", *map(str, FILES))
    assert result.exit_code == terminal.DONE
    assert len(result.stdout.splitlines()) == len(FILES) + 1


def test_a_page_is_checked_by_its_lines_and_imported(here: Path) -> None:
    head = "---\npack: a\ntitle: 安全\nlanguage: zh\nversion: 1\n---\n\n"
    page = f"{head}## 动火 {{#hot-work}}\n\n先检查。\n"
    Path("a.md").write_text(page, encoding="utf-8")
    Path("bad.md").write_text(page + "\n### 先做什么？\n\n- 检查\n- 动手\n", encoding="utf-8")
    bad = zaohui("pack", "import", "a.md", "bad.md")
    assert (bad.exit_code, bad.stderr) == (
        terminal.WRONG,
        "bad.md:12  请用“- [x] ”标出唯一的正确答案，现在标了 0 个。\n",
    )
    good = zaohui("pack", "import", "a.md")
    assert good.stdout.startswith("a 第 1 版已导入：新增 1 课")
