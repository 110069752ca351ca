"""Pictures, files and films beside a pack: checked by their content, and kept at the import."""

import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from bot import terminal
from handlers.packs import export_pack, import_pack
from handlers.reading.contents import of_bytes, of_id
from handlers.reading.packs import read_pack
from handlers.words import pack_sheets
from handlers.words.voice import Voice
from storage.database import Database
from storage.kinds import Media
from storage.tables import BiteMedia
from tests.conftest import Hands
from tests.integration.test_pack_files import zaohui
from tests.sandbox.play import picture

PACK = """\
pack: safety-101
title: 班组安全
language: zh
version: 1
source: 规程
bites:
  - {id: hot-work, title: 动火, body: 先检查。, media: 动火 图.png}
  - {id: confined, title: 受限空间, body: 先通风。, media: 规程.pdf}
  - {id: known, title: 吊装, body: 先试吊。, media: AgACAgIAAxkBAAIBY2kXr4rD1cAAbCdEfGhI_p-QrSt}
  - {id: none, title: 登高, body: 先系绳。}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of its own, with a pack and its files."""
    for name in [name for name in os.environ if name.startswith("ZAOHUI_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    Path("pack.yaml").write_text(PACK, encoding="utf-8")
    Path("动火 图.png").write_bytes(picture())
    Path("规程.pdf").write_bytes(b"%PDF-1.7 ...")
    return tmp_path


def kept(here: Path) -> list[tuple[str, str, int | None]]:
    """What the bites show: name, kind, and how many bytes of ours."""
    with sqlite3.connect(here / "data" / "zaohui.db") as database:
        return database.execute(
            "SELECT bitemedia.name, media, length(file.data) FROM bitemedia"
            " LEFT JOIN file ON file.hash = bitemedia.hash ORDER BY bite_id"
        ).fetchall()


def test_what_lies_beside_a_pack_is_kept_with_it(here: Path) -> None:
    assert zaohui("pack", "check", "pack.yaml").exit_code == terminal.DONE
    done = zaohui("pack", "import", "pack.yaml")
    assert (done.exit_code, len(done.stdout.splitlines())) == (terminal.DONE, 1)
    pictures = kept(here)
    assert pictures[0] == ("动火 图.png", "photo", len(picture()))
    assert pictures[1] == ("规程.pdf", "document", 12)
    assert pictures[2][1:] == ("photo", None)


def test_a_newer_version_with_another_picture_of_the_name_shows_that(here: Path) -> None:
    zaohui("pack", "import", "pack.yaml")
    Path("动火 图.png").write_bytes(picture(200, 100))
    Path("规程.pdf").unlink()
    Path("pack.yaml").write_text(PACK.replace("version: 1", "version: 2"), encoding="utf-8")
    done = zaohui("pack", "import", "pack.yaml")
    assert len(done.stdout.splitlines()) == 1, "what is known already is not missed"
    assert [size for _, _, size in kept(here)] == [len(picture(200, 100)), 12, None]


def test_what_is_not_there_is_a_hint_and_no_fault(here: Path) -> None:
    Path("规程.pdf").unlink()
    hint = (
        "pack.yaml  提醒：旁边没有 规程.pdf（受限空间）：卡片先只有文字，"
        "可以在私聊里把文件发给机器人。"
    )
    checked = zaohui("pack", "check", "pack.yaml")
    assert checked.exit_code == terminal.DONE
    assert checked.stdout.splitlines()[1:] == [
        hint,
        "1 个文件，没有问题，可以导入。",
        "另有 1 处提醒，不影响导入。",
    ]
    assert zaohui("pack", "import", "pack.yaml").stdout.splitlines()[1:] == [hint]
    assert len(kept(here)) == 2


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"MZ\x90 a program", "认不出是什么文件。课程可用 jpg、png、gif、pdf、mp4。"),
        (b"", "认不出是什么文件。课程可用 jpg、png、gif、pdf、mp4。"),
        (
            picture() + b"\0" * (10 * 1024 * 1024),
            "图片或文件太大：11 MB，最多 10 MB（图片 10 MB，其他 20 MB）。",
        ),
    ],
)
def test_what_cannot_be_shown_is_a_fault_and_nothing_is_imported(
    here: Path, data: bytes, says: str
) -> None:
    Path("动火 图.png").write_bytes(data)
    for command in ("check", "import"):
        result = zaohui("pack", command, "pack.yaml")
        assert result.exit_code == terminal.WRONG
        assert f"动火 图.png  {says}" in result.output
    assert not (here / "data" / "zaohui.db").exists()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff\xe0", Media.PHOTO),
        (picture(), Media.PHOTO),
        (b"GIF89a", Media.DOCUMENT),
        (b"%PDF-1.4", Media.DOCUMENT),
        (b"\0\0\0\x20ftypisom", Media.VIDEO),
        (b"<svg>", None),
        (b"PK\x03\x04", None),
    ],
)
def test_a_file_is_known_by_its_content(data: bytes, kind: Media | None) -> None:
    assert of_bytes(data) is kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("photo.jpg", None),
        ("", None),
        ("AgACAgIAAxkBAAIB", Media.PHOTO),
        ("BAACAgIAAxkBAAIB", Media.VIDEO),
        ("BQACAgIAAxkBAAIB", Media.DOCUMENT),
    ],
)
def test_what_telegram_calls_a_file_says_how_it_is_shown(name: str, kind: Media | None) -> None:
    assert of_id(name) is kind


async def test_a_pack_goes_through_the_database_and_a_spreadsheet_twice_without_loss(
    database: Database, clock: Hands
) -> None:
    first = pack = read_pack("p.yaml", PACK.encode())
    for version in (2, 3):
        async with database.begin() as session:
            await import_pack(session, pack, clock())
        async with database.read() as session:
            out = await export_pack(session, "safety-101")
        assert out == pack
        pack = replace(
            read_pack("p.xlsx", pack_sheets.workbook(Voice("zh"), out)), version=version
        )
    assert replace(pack, version=1) == first
    async with database.read() as session:
        (row,) = (await session.exec(select(BiteMedia))).all()
        assert (row.name, row.media) == (first.bites[2].media, Media.PHOTO)
