"""The command menus that Telegram shows to everybody, by scope and language."""

from bot.line import Line
from handlers.menus import WIDE, wide
from handlers.words.voice import LOCALES, Voice


async def publish(line: Line, default: str) -> None:
    """Tell Telegram our commands: for everybody in the default language, and for each of ours."""
    for scope in WIDE:
        for code in ("", *LOCALES):
            method, params = wide(Voice(code or default), scope, code)
            await line.call(method, params)
