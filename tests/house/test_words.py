"""Every language says everything, with the same values filled in."""

import ast
import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from handlers.words.voice import LOCALES

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "handlers" / "words"
CODE = [
    file
    for floor in ("bot", "handlers", "schedules", "storage")
    for file in (ROOT / floor).rglob("*.py")
]
HAN = re.compile(r"[\u4e00-\u9fff]")
EMOJI = re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faff]")


def entries(locale: str) -> dict[str, Message]:
    with (WORDS / f"{locale}.po").open("rb") as file:
        catalogue = read_po(file, locale=locale, abort_invalid=True)
    return {(m.id if isinstance(m.id, str) else m.id[0]): m for m in catalogue if m.id}


def fields(message: Message) -> set[str]:
    forms = [message.string] if isinstance(message.string, str) else message.string or ()
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


CATALOGUES = {locale: entries(locale) for locale in LOCALES}


def test_every_language_has_the_same_keys() -> None:
    zh, en = (set(CATALOGUES[locale]) for locale in LOCALES)
    assert zh == en


@pytest.mark.parametrize("key", sorted(CATALOGUES["zh"]))
def test_an_entry_is_said_in_every_language_with_the_same_values(key: str) -> None:
    found = [CATALOGUES[locale][key] for locale in LOCALES]
    assert all(message.string for message in found)
    assert len({frozenset(fields(message) - {"n"}) for message in found}) == 1


def literals(file: Path) -> set[str]:
    """The strings in a file's code: not its docstrings."""
    tree = ast.parse(file.read_text())
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    }


@pytest.mark.parametrize("file", CODE, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_wording_stands_in_code(file: Path) -> None:
    """Grammar lives in `handlers/reading`: it holds the words that it recognises."""
    if "reading" in file.parts:
        return
    assert [text for text in literals(file) if HAN.search(text) or EMOJI.search(text)] == []


def test_every_entry_is_used() -> None:
    """A key may be put together, such as `reason.{leave.reason}`: its beginning stands in code."""
    code = "\n".join(file.read_text() for file in CODE)
    whole = set(re.findall(r"[\"']([a-z_]+(?:\.[a-z_0-9]+)*)[\"']", code))
    begun = tuple(re.findall(r"f[\"']([a-z_]+\.[a-z_.]*)\{", code))
    assert [k for k in CATALOGUES["zh"] if k not in whole and not k.startswith(begun)] == []
