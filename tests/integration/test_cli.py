"""The command line: what it prints, how it ends, and that it never shows a traceback."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from bot import cli, terminal

PACK = """\
pack: safety-101
title: 班组安全
language: zh
version: 1
bites:
  - id: hot-work
    title: 动火作业
    body: 先检查。（依据：GB 30871-2022）
    questions: [{ask: 先做什么？, answers: [检查, 动手], right: 1, why: 先检查，后动手。}]
"""
ORG = """\
unit: 林业局
secretaries: [{name: 王书记, telegram_id: 9001}]
teams:
  - team: 一班
    members: [{name: 张三, telegram_id: 111}, {name: 李四}]
    plan: {packs: [safety-101], at: "07:50", closes: "09:00", days: workdays}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of its own, with a pack and an organisation in it."""
    for name in [name for name in os.environ if name.startswith("ZAOHUI_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    Path("pack.yaml").write_text(PACK, encoding="utf-8")
    Path("org.yaml").write_text(ORG, encoding="utf-8")
    return tmp_path


def zaohui(*words: str) -> Result:
    result = CliRunner().invoke(cli.app, words)
    assert "Traceback" not in result.output
    return result


def members(here: Path) -> list[str]:
    """The names in the database, read by other means than ours."""
    with sqlite3.connect(here / "data" / "zaohui.db") as connection:
        query = "SELECT name FROM person JOIN member ON person_id = person.id ORDER BY member.id"
        found = [name for (name,) in connection.execute(query)]
    connection.close()
    return found


def test_an_organisation_is_applied_after_its_packs(here: Path) -> None:
    first = zaohui("org", "apply", "org.yaml")
    assert first.exit_code == terminal.WRONG
    assert first.stderr.startswith("org.yaml  学习计划要用的课程包 safety-101 还没有导入")
    imported = zaohui("pack", "import", "pack.yaml")
    assert (imported.exit_code, imported.stderr) == (terminal.DONE, "")
    assert (
        imported.stdout
        == "safety-101 第 1 版已导入：新增 1 课，更新 0 课，未变 0 课，停用 0 课。\n"
    )
    applied = zaohui("org", "apply", "org.yaml")
    assert applied.exit_code == terminal.DONE
    assert "  + 成员 张三\n" in applied.stdout
    assert members(here) == ["张三", "李四"]
    again = zaohui("org", "apply", "org.yaml")
    assert again.stdout == "数据库与文件一致，没有改动。\n"


def log(here: Path) -> list[tuple[object, ...]]:
    """What the audit log tells, and of whom."""
    with sqlite3.connect(here / "data" / "zaohui.db") as connection:
        query = "SELECT number, doing, by_id, detail FROM audit ORDER BY number"
        found = connection.execute(query).fetchall()
    connection.close()
    return found


def test_what_is_done_at_the_console_stands_in_the_audit_log(here: Path) -> None:
    zaohui("pack", "import", "pack.yaml")
    zaohui("org", "apply", "org.yaml", "--dry-run")
    zaohui("org", "apply", "org.yaml")
    days = ("--from", "2026-11-01", "--to", "2026-11-30")
    zaohui("export", "ledger", "--team", "一班", *days, "-o", "一班.xlsx")
    zaohui("org", "apply", "org.yaml")
    Path("org.yaml").write_text(
        ORG.replace("secretaries: [{name: 王书记, telegram_id: 9001}]\n", ""), encoding="utf-8"
    )
    zaohui("org", "apply", "org.yaml")
    assert log(here) == [
        (1, "imported", None, "safety-101 v1"),
        (2, "granted", None, "secretary"),
        (3, "applied", None, "+6"),
        (4, "exported", None, "2026-11-01–2026-11-30"),
        (5, "revoked", None, "secretary"),
        (6, "applied", None, "-1"),
    ]


def test_a_dry_run_shows_the_same_and_changes_nothing(here: Path) -> None:
    zaohui("pack", "import", "pack.yaml")
    dry = zaohui("org", "apply", "org.yaml", "--dry-run")
    assert members(here) == []
    wet = zaohui("org", "apply", "org.yaml")
    assert dry.stdout == wet.stdout + "这是试运行，没有改动数据库。\n"
    assert members(here) == ["张三", "李四"]


def test_every_fault_of_an_organisation_is_told_with_its_line(here: Path) -> None:
    Path("org.yaml").write_text(
        ORG.replace("telegram_id: 111", "telegram_id: x").replace("07:50", "25:00"),
        encoding="utf-8",
    )
    result = zaohui("org", "apply", "org.yaml")
    assert result.exit_code == terminal.WRONG
    assert result.stdout == ""
    assert [line.split()[0] for line in result.stderr.splitlines()] == ["org.yaml:5", "org.yaml:6"]


def test_a_sound_pack_is_said_to_be_sound(here: Path) -> None:
    result = zaohui("pack", "check", "pack.yaml")
    assert result.exit_code == terminal.DONE
    assert result.stdout.splitlines() == [
        "pack.yaml  没有问题：safety-101 第 1 版，1 课",
        "1 个文件，没有问题，可以导入。",
    ]
    assert not (here / "data").exists(), "a check touches no database"


def test_a_check_goes_on_after_a_bad_file(here: Path) -> None:
    Path("bad.yaml").write_text(PACK.replace("right: 1", "right: 3"), encoding="utf-8")
    result = zaohui("pack", "check", "bad.yaml", "none.yaml", "pack.yaml")
    assert result.exit_code == terminal.WRONG
    assert result.stdout.splitlines() == [
        "bad.yaml:9  “right”应为 1 到 2（正确答案的序号），现在是 3。",
        "none.yaml：没有这个文件。",
        "pack.yaml  没有问题：safety-101 第 1 版，1 课",
        "3 个文件，2 处问题：改好之前不能导入。",
    ]


def test_packs_are_imported_all_or_none(here: Path) -> None:
    other = PACK.replace("safety-101", "safety-102")
    Path("other.yaml").write_text(other, encoding="utf-8")
    zaohui("pack", "import", "pack.yaml")
    refused = zaohui("pack", "import", "other.yaml", "pack.yaml")
    assert refused.exit_code == terminal.WRONG
    assert refused.stderr.startswith("pack.yaml  课程包 safety-101 已经是第 1 版")
    assert zaohui("pack", "import", "other.yaml").exit_code == terminal.DONE


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("missing.yaml", "missing.yaml：没有这个文件。"),
        (".", ".：这是目录，请指定其中的文件。"),
        ("/dev/zero", "/dev/zero：这不是普通文件。"),
        ("huge.yaml", "huge.yaml：文件太大，最多 32 MB。"),
        ("empty.yaml", "empty.yaml  文件是空的。"),
        ("binary.yaml", "binary.yaml:1  文件不是 UTF-8 编码，请另存为 UTF-8 后再试。"),
    ],
)
@pytest.mark.parametrize("command", [("org", "apply"), ("pack", "import")])
def test_a_file_that_cannot_be_used_is_one_sentence(
    here: Path, command: tuple[str, str], name: str, says: str
) -> None:
    Path("empty.yaml").touch()
    Path("binary.yaml").write_bytes(b"\xff\xfe\x00")
    with Path("huge.yaml").open("wb") as file:
        file.truncate(terminal.MOST_BYTES + 1)
    result = zaohui(*command, name)
    assert (result.exit_code, result.stderr) == (terminal.WRONG, f"{says}\n")


def test_a_name_that_is_no_name_is_one_sentence(here: Path) -> None:
    result = zaohui("pack", "check", "a" * 5000)
    assert result.exit_code == terminal.WRONG
    assert "读不了" in result.stdout


def test_the_language_is_the_installations(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZAOHUI_LOCALE", "en")
    result = zaohui("pack", "check", "pack.yaml")
    assert "1 bite\n" in result.stdout
    assert "1 file, nothing wrong with it" in result.stdout


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("ZAOHUI_DATABASE_URL", "mysql://somewhere", terminal.FAILED),
        ("ZAOHUI_DATABASE_URL", "nonsense", terminal.FAILED),
        ("ZAOHUI_DATABASE_URL", "sqlite:///org.yaml", terminal.FAILED),
        ("ZAOHUI_DATABASE_URL", "sqlite:////proc/none/zaohui.db", terminal.FAILED),
        ("ZAOHUI_TIMEZONE", "Mars/Olympus", terminal.WRONG),
        ("ZAOHUI_LOCALE", "fr", terminal.WRONG),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_sentence(
    here: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: int
) -> None:
    monkeypatch.setenv(name, value)
    result = zaohui("pack", "import", "pack.yaml")
    assert result.exit_code == code
    assert len(result.stderr.splitlines()) == 1


def test_migrate_says_whether_there_was_something_to_do(here: Path) -> None:
    assert zaohui("migrate").stdout == "数据库结构已更新到最新。\n"
    assert zaohui("migrate").stdout == "数据库结构已是最新。\n"


def test_what_comes_back_when_is_made_anew(here: Path) -> None:
    assert zaohui("rebuild").stdout == "已按答题记录重新计算 0 项温习安排。\n"


def test_the_doctor_prints_a_line_for_each_check(here: Path) -> None:
    sick = zaohui("doctor")
    assert sick.exit_code == terminal.FAILED
    assert any(line.startswith("fail  ") for line in sick.stdout.splitlines())
    zaohui("migrate")
    well = zaohui("doctor")
    assert well.exit_code == terminal.DONE
    assert {line.split()[0] for line in well.stdout.splitlines()} <= {"ok", "warn"}


def test_a_clock_that_is_none_is_wrong_usage(here: Path) -> None:
    result = zaohui("sandbox", "--clock", "noon")
    assert result.exit_code == terminal.WRONG
    assert "noon" in result.stderr


@pytest.mark.parametrize(
    "words", [("nonsense",), ("org", "apply"), ("pack", "import"), ("sandbox", "--port", "99999")]
)
def test_wrong_usage_ends_with_two(here: Path, words: tuple[str, ...]) -> None:
    assert zaohui(*words).exit_code == terminal.WRONG


def test_ctrl_c_ends_a_command_quietly(here: Path) -> None:
    program = (
        "import os, signal; from bot import cli; "
        "cli.load = lambda: os.kill(os.getpid(), signal.SIGINT); cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "migrate"],
        capture_output=True,
        check=False,
        env=environment(),
    )
    assert (done.returncode, done.stderr) == (terminal.INTERRUPTED, b"")


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1]), **more}


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; import bot.cli; from typer.testing import CliRunner; "
        "result = CliRunner().invoke(bot.cli.app, ['--help']); "
        "heavy = {'telegram', 'sqlalchemy', 'pydantic', 'httpx', 'babel', 'yaml', 'apscheduler'}; "
        "print(result.exit_code, heavy & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, env=environment()
    )
    assert done.stdout == b"0 set()\n"


def test_a_terminal_that_knows_no_chinese_is_no_reason_to_fail(here: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from bot.cli import main; main()", "pack", "check", "pack.yaml"],
        capture_output=True,
        check=False,
        env=environment(PYTHONIOENCODING="ascii"),
    )
    assert done.returncode == terminal.DONE
    assert b"safety-101" in done.stdout


@pytest.fixture
def furnished(here: Path) -> Path:
    """The same directory, with both of them in a database."""
    zaohui("pack", "import", "pack.yaml")
    zaohui("org", "apply", "org.yaml")
    return here


def test_a_ledger_is_written_for_a_team_and_its_days(furnished: Path) -> None:
    days = ("--from", "2026-11-01", "--to", "2026-11-30")
    done = zaohui("export", "ledger", "--team", "林业局/一班", *days, "-o", "一班.xlsx")
    assert (done.exit_code, done.stderr) == (terminal.DONE, "")
    assert done.stdout == (
        "一班.xlsx：一班 2026-11-01 至 2026-11-30 的台账，早会 0 次，承诺 0 项，公告 0 条。\n"
    )
    assert load_workbook("一班.xlsx").sheetnames[0] == "汇总"
    again = zaohui("export", "ledger", "--team", "一班", "-o", "一班.xlsx")
    assert again.exit_code == terminal.WRONG
    assert (
        zaohui("export", "ledger", "--team", "一班", "-o", "一班.xlsx", "--force").exit_code == 0
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--team", "九班"), "没有叫“九班”的班组。已有：一班。"),
        (("--team", "一班", "--from", "11-23"), "--from 看不懂“11-23”：请写成 2026-11-23。"),
        (
            ("--team", "一班", "--from", "2026-11-23", "--to", "2026-11-22"),
            "--from 2026-11-23 晚于 --to 2026-11-22。",
        ),
        (
            ("--team", "一班", "--from", "2025-01-01", "--to", "2026-11-22"),
            "一份台账最多一年：2025-01-01 至 2026-11-22 有 691 天。",
        ),
    ],
)
def test_a_ledger_that_cannot_be_is_refused_in_a_sentence(
    furnished: Path, words: tuple[str, ...], said: str
) -> None:
    refused = zaohui("export", "ledger", *words, "-o", "x.xlsx")
    assert refused.exit_code in (terminal.WRONG, terminal.FAILED)
    assert refused.stderr == f"{said}\n"
    assert not Path("x.xlsx").exists()


def test_a_ledger_needs_a_team(here: Path) -> None:
    refused = zaohui("export", "ledger", "--team", "一班", "-o", "x.xlsx")
    assert refused.stderr == "数据库里还没有班组：请先用 zaohui org apply 导入。\n"


CALENDAR = """\
year: 2027
source: 国务院的通知
off: [2027-01-01~2027-01-03, 2027-05-01~2027-05-05, 2027-10-01~2027-10-07]
work: [2027-05-08]
"""


def test_a_calendar_is_taken_in_and_shown(here: Path) -> None:
    assert zaohui("calendar", "show", "2026").stdout.startswith("2026 年：随程序自带的安排\n")
    guessed = zaohui("calendar", "show", "2027").stdout
    assert guessed.startswith("2027 年：放假安排尚未公布。")
    assert "  放假  2月5日 周五 至 2月10日 周三\n" in guessed
    Path("2027.yaml").write_text(CALENDAR, encoding="utf-8")
    taken = zaohui("calendar", "import", "2027.yaml")
    assert (taken.exit_code, taken.stderr) == (terminal.DONE, "")
    assert taken.stdout == "2027 年：放假 15 天，调休上班 1 天，已导入。\n"
    assert "没有改动" in zaohui("calendar", "import", "2027.yaml").stdout
    shown = zaohui("calendar", "show", "2027").stdout.splitlines()
    assert shown[0].endswith(" 导入的安排")
    assert shown[1:] == [
        "  依据：国务院的通知",
        "  放假  1月1日 周五 至 1月3日 周日",
        "  放假  5月1日 周六 至 5月5日 周三",
        "  放假  10月1日 周五 至 10月7日 周四",
        "  上班  5月8日 周六",
    ]


def test_a_calendar_with_faults_is_not_taken_in(here: Path) -> None:
    text = CALENDAR.replace("2027-05-08", "2027-05-10").replace("2027-10-01~", "2027-10-02~")
    Path("2027.yaml").write_text(text, encoding="utf-8")
    refused = zaohui("calendar", "import", "2027.yaml")
    assert refused.exit_code == terminal.WRONG
    assert refused.stderr.splitlines() == [
        "2027.yaml:3  放假（off）里缺少 2027-10-01：每年的通知里都有，请核对是否写全。",
        "2027.yaml:4  2027-05-10 不是周六或周日：work 只写调休上班的周末。",
    ]
    assert "尚未公布" in zaohui("calendar", "show", "2027").stdout
    assert zaohui("calendar", "import", "nowhere.yaml").exit_code == terminal.WRONG
    assert zaohui("calendar", "show", "27").exit_code == terminal.WRONG
