"""The command menus that Telegram shows: which commands, in which language, to whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.words.message import Call
from handlers.words.voice import Voice


def menu(voice: Voice, names: Sequence[str], scope: Mapping[str, Any], code: str = "") -> Call:
    """These commands for a scope; `code`: for clients in that language alone."""
    commands = [{"command": name, "description": voice.plain(f"command.{name}")} for name in names]
    params: dict[str, Any] = {"commands": commands, "scope": dict(scope)}
    return "setMyCommands", params | ({"language_code": code} if code else {})


def no_menu(scope: Mapping[str, Any]) -> Call:
    """Whoever had a menu of their own has that of everybody again."""
    return "deleteMyCommands", {"scope": dict(scope)}
