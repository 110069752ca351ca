"""The page's own table of words."""

import ast
import re
from pathlib import Path

from bot.sandbox import people

TABLE = (Path(people.__file__).parent / "page" / "words.js").read_text()
ZH, EN = TABLE.split("const en = {")
KEY = re.compile(r"^ {2,4}(\w+):", re.MULTILINE)


def refusals() -> list[str]:
    """What people can be refused, by its sentence; # for a number in it."""
    found = []
    for node in ast.walk(ast.parse(Path(people.__file__).read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Wrong":
            said = node.args[1]
            parts = said.values if isinstance(said, ast.JoinedStr) else [said]
            text = "".join(p.value if isinstance(p, ast.Constant) else "#" for p in parts)  # type: ignore[misc]
            found.append(re.sub(r"\d+", "#", text))
    return found


def test_both_languages_have_the_same_keys() -> None:
    assert KEY.findall(ZH) == KEY.findall(EN.split("export const tables")[0])


def test_a_refusal_is_told_in_chinese_as_well() -> None:
    assert [sentence for sentence in refusals() if f'"{sentence}": "' not in ZH] == []


def test_chinese_is_punctuated_as_chinese() -> None:
    assert re.findall(r"[\u4e00-\u9fff][,;!?]|[「」]", ZH) == []
