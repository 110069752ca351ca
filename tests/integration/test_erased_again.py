"""A backup that still holds somebody who was erased since: putting it back erases them again."""

from pathlib import Path

from tests.integration import test_backup as backups
from tests.integration.test_backup import ask, here, write, zaohui

__all__ = ["here"]

ERASED = (
    "UPDATE person SET name = '已注销成员', telegram_id = NULL, erased_at = '2026-11-24 01:00:00'"
)


def test_whom_the_copy_still_has_is_erased_again(here: Path) -> None:
    write("UPDATE person SET telegram_id = 111")
    write(
        "INSERT INTO commitment (team_id, number, member_id, text, due_at, origin, state, at)"
        f" VALUES (1, 1, 1, '检修', '{backups.MOMENT}', 'pledge', 'open', '{backups.MOMENT}')"
    )
    write("INSERT INTO person (id, name, telegram_id) VALUES (2, '李四', 112)")
    zaohui("backup", "copy.db")
    write(f"{ERASED} WHERE id = 1")
    done = zaohui("restore", "copy.db", "--yes")
    assert "备份之后注销的 1 人，已重新注销。" in done.stdout
    assert ask("SELECT name, telegram_id FROM person ORDER BY id") == [
        ("已注销成员", None),
        ("李四", 112),
    ]
    assert ask("SELECT text, state FROM commitment") == [("（内容已删除）", "withdrawn")]
    assert ask("SELECT person_id, user_id FROM erasure") == [(1, 111)]  # to be looked for


def test_somebody_else_of_the_same_number_is_left_alone(here: Path) -> None:
    write("UPDATE person SET telegram_id = 111")
    zaohui("backup", "copy.db")
    write(f"{ERASED} WHERE id = 1")
    write("UPDATE member SET joined_at = '2025-01-01 00:00:00.000000'")  # in another database
    done = zaohui("restore", "copy.db", "--yes")
    assert "重新注销" not in done.stdout
    assert ask("SELECT name FROM person") == [("张三",)]


def test_where_nobody_was_erased_nothing_is_said_of_it(here: Path) -> None:
    zaohui("backup", "copy.db")
    assert "重新注销" not in zaohui("restore", "copy.db", "--yes").stdout
