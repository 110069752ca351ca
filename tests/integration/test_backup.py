"""Backup and restore, as an operator does them: by the command line, on files."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import cli, terminal
from storage.database import Database

DAY = "2026-11-23"
MOMENT = f"{DAY} 00:00:00.000000"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of its own, with a database in it."""
    for name in [name for name in os.environ if name.startswith("ZAOHUI_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    assert zaohui("migrate").exit_code == terminal.DONE
    with sqlite3.connect("data/zaohui.db") as file:
        file.executescript(
            "INSERT INTO unit (id, name) VALUES (1, '林业局');"
            "INSERT INTO chat (id, telegram_id, kind, title, trouble)"
            " VALUES (1, -1001, 'supergroup', '', ''), (2, -1002, 'supergroup', '', ''),"
            " (3, -1003, 'supergroup', '', ''), (4, -1004, 'supergroup', '', '');"
            "INSERT INTO team (id, unit_id, name, topic_id, timezone, locale)"
            " VALUES (1, 1, '一班', 0, 'Asia/Shanghai', 'zh');"
            "INSERT INTO person (id, name) VALUES (1, '张三');"
            "INSERT INTO member (id, team_id, person_id, tags, crew, joined_at)"
            f" VALUES (1, 1, 1, '[]', '', '{MOMENT}');"
            "INSERT INTO pack (id, slug, title, language, version, source)"
            " VALUES (1, 'p', 'p', 'zh', 1, '');"
            "INSERT INTO bite (id, pack_id, slug, position, title, body, remember, link, media,"
            " tags, pledges) VALUES (1, 1, 'b', 1, 'b', 'b', '', '', '', '[]', '[]');"
        )
    file.close()
    return tmp_path


def zaohui(*words: str, answer: str | None = None) -> Result:
    result = CliRunner().invoke(cli.app, words, input=answer)
    assert "Traceback" not in result.output
    return result


def write(statement: str, file: str = "data/zaohui.db") -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(statement)
    connection.close()


def ask(query: str, file: str = "data/zaohui.db") -> list[tuple[object, ...]]:
    with sqlite3.connect(file) as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return found


def morning(number: int) -> None:
    write(
        "INSERT INTO morning (id, team_id, day, bite_id, due_at, closes_at)"
        f" VALUES ({number}, 1, '2026-11-{number}', 1, '{MOMENT}', '{MOMENT}')"
    )
    write(
        "INSERT INTO checkin (morning_id, member_id, at)"
        f" VALUES ({number}, 1, '2026-11-{number} 00:00:00.000000')"
    )


def owe(key: str, chat: int, state: str, *, edit: bool = False) -> None:
    write(
        "INSERT INTO outgoing (key, chat_id, topic_id, method, params, priority, repeatable,"
        f" state, attempts, resent, not_before, error) VALUES ('{key}', {chat}, 0, 'sendMessage',"
        f" '{{}}', 1, {int(edit)}, '{state}', 0, 0, '{MOMENT}', '')"
    )


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"zaohui.db.lock"}


def test_a_backup_says_what_is_in_it(here: Path) -> None:
    morning(23)
    made = zaohui("backup", "copy.db")
    assert (made.exit_code, made.stderr) == (terminal.DONE, "")
    assert made.stdout.startswith("copy.db：已备份并通过检查，0.")
    assert made.stdout.endswith("  1 个班组，1 次打卡，最新记录 2026-11-23 08:00\n")
    assert ask("SELECT count(*) FROM checkin", "copy.db") == [(1,)]
    assert (here / "copy.db").stat().st_mode & 0o777 == 0o600, "for our eyes alone"
    assert names(here) == {"copy.db", "data"}, "nothing else is left behind"


def test_a_backup_replaces_a_file_only_when_told_to(here: Path) -> None:
    Path("copy.db").write_text("precious")
    refused = zaohui("backup", "copy.db")
    assert refused.exit_code == terminal.WRONG
    assert refused.stderr == "copy.db：文件已存在；要覆盖请加 --force。\n"
    assert Path("copy.db").read_text() == "precious"
    assert zaohui("backup", "copy.db", "--force").exit_code == terminal.DONE
    assert ask("SELECT count(*) FROM team", "copy.db") == [(1,)]


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("data", "data：这是目录，请指定其中的文件。"),
        ("none/copy.db", "none/copy.db：写不进去（No such file or directory）。"),
        ("data/zaohui.db", "data/zaohui.db：这是数据库本身，请换一个文件名。"),
    ],
)
def test_a_place_where_no_backup_can_go_is_one_sentence(
    here: Path, target: str, says: str
) -> None:
    refused = zaohui("backup", target, "--force")
    assert (refused.exit_code, refused.stderr) == (terminal.WRONG, f"{says}\n")


def test_a_broken_database_is_not_backed_up_as_if_it_were_sound(here: Path) -> None:
    Path("data/zaohui.db").write_bytes(b"garbage" * 5000)
    Path("copy.db").write_text("yesterday's")
    refused = zaohui("backup", "copy.db", "--force")
    assert refused.exit_code == terminal.FAILED
    assert refused.stderr.startswith("没有备份成功，数据库 data/zaohui.db 读不了：")
    assert Path("copy.db").read_text() == "yesterday's", "the older copy is still there"
    assert names(here) == {"copy.db", "data"}


def test_where_there_is_no_database_there_is_nothing_to_back_up(here: Path) -> None:
    Path("data/zaohui.db").unlink()
    refused = zaohui("backup", "copy.db")
    assert refused.exit_code == terminal.FAILED
    assert "还没有数据库" in refused.stderr
    assert not Path("copy.db").exists()


def test_a_restore_tells_what_would_be_lost_and_asks(here: Path) -> None:
    morning(23)
    zaohui("backup", "copy.db")
    morning(24)
    morning(25)
    kept = zaohui("restore", "copy.db", answer="n\n")
    assert kept.exit_code == terminal.FAILED
    assert "早会 2 次，打卡 2 次，承诺 0 条，公告 0 条" in kept.stdout
    assert "已取消" in kept.stderr
    assert ask("SELECT count(*) FROM checkin") == [(3,)]
    done = zaohui("restore", "copy.db", answer="y\n")
    assert done.exit_code == terminal.DONE
    assert ask("SELECT count(*) FROM checkin") == [(1,)]
    assert done.stdout.endswith("原来的数据库保留在 data/zaohui.db.before-restore。\n")
    assert ask("SELECT count(*) FROM checkin", "data/zaohui.db.before-restore") == [(3,)]
    assert ask("SELECT number, doing, by_id FROM audit") == [(1, "restored", None)]


def test_a_script_must_say_that_it_is_sure(here: Path) -> None:
    zaohui("backup", "copy.db")
    silent = zaohui("restore", "copy.db", answer="")
    assert silent.exit_code == terminal.WRONG
    assert silent.stderr.endswith("没有人可以确认：在脚本里请加 --yes。\n")
    assert zaohui("restore", "copy.db", "--yes").exit_code == terminal.DONE


def test_what_an_earlier_restore_kept_is_kept_still(here: Path) -> None:
    zaohui("backup", "copy.db")
    for number in (23, 24):
        morning(number)
        zaohui("restore", "copy.db", "--yes")
    assert ask("SELECT day FROM morning", "data/zaohui.db.before-restore") == [("2026-11-23",)]
    assert ask("SELECT day FROM morning", "data/zaohui.db.before-restore.2") == [("2026-11-24",)]


def test_a_restored_copy_says_nothing_that_it_owed(here: Path) -> None:
    for chat, state in enumerate(("pending", "sending", "unknown", "held"), start=1):
        owe(f"card:{chat}", chat, state)
    owe("card:9", 1, "sent")
    owe("edit:card:9", 1, "pending", edit=True)
    write(
        "INSERT INTO incoming (update_id, raw, lane, state, attempts, not_before, received_at,"
        f" error) VALUES (1, '{{}}', 0, 'new', 0, '{MOMENT}', '{MOMENT}', '')"
    )
    zaohui("backup", "copy.db")
    zaohui("restore", "copy.db", "--yes")
    states = {str(key): state for key, state in ask("SELECT key, state FROM outgoing")}
    assert [states[f"card:{n}"] for n in (1, 2, 3, 4)] == ["needs_person"] * 4
    assert (states["card:9"], states["edit:card:9"]) == ("sent", "pending")
    assert ask("SELECT state FROM incoming") == [("dead",)]
    assert ask("SELECT state FROM outgoing WHERE id = 1", "copy.db") == [("pending",)]


def foreign(path: Path, step: str | None) -> None:
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE photo (id INTEGER)")
        if step:
            file.execute("CREATE TABLE alembic_version (version_num TEXT)")
            file.execute("INSERT INTO alembic_version VALUES (?)", [step])
    file.close()


def test_a_file_that_is_no_sound_backup_is_refused(here: Path) -> None:
    zaohui("backup", "copy.db")
    whole = Path("copy.db").read_bytes()
    Path("empty.db").touch()
    Path("text.db").write_text("早会" * 1000)
    Path("half.db").write_bytes(whole[: len(whole) // 2])
    Path("torn.db").write_bytes(whole[:8192] + b"\xff" * 8192 + whole[16384:])
    foreign(Path("photos.db"), None)
    foreign(Path("newer.db"), "9999")
    Path("dump.db").write_bytes(b"PGDMP\x01")
    before = Path("data/zaohui.db").read_bytes()
    for name, says in (
        ("none.db", "没有这个文件"),
        ("data", "这是目录"),
        ("empty.db", "不是 zaohui 的备份"),
        ("text.db", "不是 zaohui 的备份"),
        ("half.db", "备份已损坏"),
        ("torn.db", "备份已损坏"),
        ("photos.db", "不是 zaohui 的备份"),
        ("newer.db", "结构版本是 9999"),
        ("dump.db", "不是同一种数据库"),
    ):
        refused = zaohui("restore", name, "--yes")
        assert refused.exit_code == terminal.WRONG, name
        assert says in refused.stderr, name
        assert len(refused.stderr.splitlines()) == 1
    assert Path("data/zaohui.db").read_bytes() == before
    assert names(here / "data") == {"zaohui.db"}


def test_a_broken_database_can_be_replaced(here: Path) -> None:
    zaohui("backup", "copy.db")
    Path("data/zaohui.db").write_bytes(b"garbage" * 5000)
    done = zaohui("restore", "copy.db", "--yes")
    assert done.exit_code == terminal.DONE
    assert "无法与现有数据库比较" in done.stdout
    assert ask("SELECT count(*) FROM team") == [(1,)]
    assert Path("data/zaohui.db.before-restore").read_bytes().startswith(b"garbage")


def test_a_copy_can_be_put_where_nothing_was(here: Path) -> None:
    zaohui("backup", "copy.db")
    Path("data/zaohui.db").unlink()
    done = zaohui("restore", "copy.db", "--yes")
    assert done.exit_code == terminal.DONE
    assert "不会失去什么" in done.stdout
    assert "before-restore" not in done.stdout
    assert ask("SELECT count(*) FROM team") == [(1,)]


def test_nothing_is_restored_under_a_running_bot(here: Path) -> None:
    zaohui("backup", "copy.db")
    running = Database("sqlite:///data/zaohui.db")
    running.claim()
    refused = zaohui("restore", "copy.db", "--yes")
    asyncio.run(running.close())
    assert refused.exit_code == terminal.FAILED
    assert "in use by another zaohui" in refused.stderr


def test_nothing_is_restored_while_another_program_reads(here: Path) -> None:
    zaohui("backup", "copy.db")
    morning(23)
    shell = sqlite3.connect("data/zaohui.db")
    shell.execute("SELECT * FROM team").fetchall()
    refused = zaohui("restore", "copy.db", "--yes")
    shell.close()
    assert refused.exit_code == terminal.FAILED
    assert "别的程序正在使用这个数据库" in refused.stderr
    assert ask("SELECT count(*) FROM morning") == [(1,)]


# Ends the program, as a power cut would, at the n-th call of a step of the work.
KILLED = """
import os, sys
from pathlib import Path
from bot import backup, cli
from storage import copies

place, name, count = {place}, {name!r}, {count}
before, calls = getattr(place, name), 0

def fatal(*words, **more):
    global calls
    calls += 1
    if calls == count:
        os._exit(9)
    return before(*words, **more)

setattr(place, name, fatal)
sys.argv = ["zaohui", *{words!r}]
cli.main()
"""


def killed(place: str, name: str, count: int, *words: str) -> int:
    program = KILLED.format(place=place, name=name, count=count, words=words)
    here = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, env=here
    )
    return done.returncode


@pytest.mark.parametrize(
    ("place", "name", "count"),
    [("copies", "check", 1), ("copies", "sync", 1), ("Path", "replace", 1)],
)
def test_a_backup_killed_in_the_middle_leaves_the_older_one(
    here: Path, place: str, name: str, count: int
) -> None:
    zaohui("backup", "copy.db")
    morning(23)
    assert killed(place, name, count, "backup", "copy.db", "--force") == 9
    assert ask("SELECT count(*) FROM morning", "copy.db") == [(0,)]
    assert zaohui("backup", "copy.db", "--force").exit_code == terminal.DONE
    assert ask("SELECT count(*) FROM morning", "copy.db") == [(1,)]
    assert names(here) == {"copy.db", "data"}


@pytest.mark.parametrize(
    ("place", "name", "count"),
    [
        ("copies", "duplicate", 1),
        ("copies", "fold", 1),
        ("copies", "fold", 2),
        ("Path", "hardlink_to", 1),
        ("copies", "sync", 1),
        ("Path", "replace", 1),
    ],
)
def test_a_restore_killed_in_the_middle_leaves_the_database_as_it_was(
    here: Path, place: str, name: str, count: int
) -> None:
    zaohui("backup", "copy.db")
    morning(23)
    assert killed(place, name, count, "restore", "copy.db", "--yes") == 9
    assert ask("SELECT count(*) FROM morning") == [(1,)]
    assert ask("PRAGMA integrity_check") == [("ok",)]
    assert zaohui("restore", "copy.db", "--yes").exit_code == terminal.DONE
    assert ask("SELECT count(*) FROM morning") == [(0,)]
