"""The command menus that Telegram shows, by surface and language."""

from typing import Any

from bot.line import Line
from handlers.rules.menu import MENU
from handlers.words.voice import LOCALES, Voice

SCOPES = (("all_group_chats", "group"), ("all_private_chats", "private"))


async def publish(line: Line, default: str) -> None:
    """Tell Telegram our commands: for everybody in the default language, and for each of ours."""
    for scope, surface in SCOPES:
        entries = [entry for entry in MENU if getattr(entry, surface)]
        for code in ("", *LOCALES):
            voice = Voice(code or default)
            params: dict[str, Any] = {
                "commands": [
                    {"command": entry.name, "description": voice.plain(f"command.{entry.name}")}
                    for entry in entries
                ],
                "scope": {"type": scope},
            }
            if code:
                params["language_code"] = code
            await line.call("setMyCommands", params)
