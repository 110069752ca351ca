"""The README names every command, setting and part of the command line; pictures are there."""

import re
from pathlib import Path

import pytest

from bot.cli import app
from bot.settings import Settings
from handlers.rules.menu import MENU

ROOT = Path(__file__).parents[2]
PAGES = {name: (ROOT / name).read_text() for name in ("README.md", "README.zh.md")}
DOCUMENTS = [ROOT / name for name in PAGES] + sorted((ROOT / "docs").glob("*.md"))
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", [entry.name for entry in MENU])
def test_every_command_is_named(page: str, name: str) -> None:
    assert f"/{name}" in PAGES[page]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_named(page: str, name: str) -> None:
    assert f"`ZAOHUI_{name.upper()}`" in PAGES[page]


@pytest.mark.parametrize("page", PAGES)
def test_every_part_of_the_command_line_is_named(page: str) -> None:
    names = [
        command.name or getattr(command.callback, "__name__", "")
        for command in app.registered_commands
    ]
    for group in app.registered_groups:
        commands = group.typer_instance.registered_commands if group.typer_instance else []
        names += [f"{group.name} {command.name}" for command in commands]
    assert [name for name in names if f"zaohui {name}" not in PAGES[page]] == []


def links() -> set[Path]:
    """Whatever the documents lead to."""
    return {
        (document.parent / link).resolve()
        for document in DOCUMENTS
        for link in LINK.findall(document.read_text())
    }


def test_every_link_and_picture_is_there() -> None:
    assert sorted(str(path) for path in links() if not path.exists()) == []


def test_no_picture_lies_unused() -> None:
    assert sorted((ROOT / "docs" / "img").iterdir()) == sorted(
        path for path in links() if path.parent.name == "img"
    )
