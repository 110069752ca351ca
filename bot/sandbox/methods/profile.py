"""Methods that say what the bot is called and which commands it has."""

import re
from typing import Any

from bot.sandbox.commands import DEFAULT, Listed, Scope
from bot.sandbox.forms import Params
from bot.sandbox.methods import access
from bot.sandbox.refusals import bad
from bot.sandbox.world import World

COMMANDS_LIMIT = 100
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"([a-z]{2})?")
WIDE = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}


def _language(params: Params) -> str:
    language = params.text("language_code")
    if not LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")
    return language


def _scope(world: World, params: Params) -> Scope:
    tree = params.tree("scope", "BotCommandScope")
    if tree is None:
        return DEFAULT
    if not isinstance(tree, dict):
        raise bad("expected an Object as BotCommandScope")
    kind = str(tree.get("type"))
    if kind in WIDE:
        return (kind, 0, 0)
    if kind not in {"chat", "chat_administrators", "chat_member"}:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    if "chat_id" not in tree:
        raise bad("can't parse BotCommandScope: Can't find field \"chat_id\"")
    chat = access.chat(world, Params({"chat_id": str(tree["chat_id"])}))
    if chat.private and kind != "chat":
        raise bad(f"can't use {kind} scope in private chats")
    if kind != "chat_member":
        return (kind, chat.id, 0)
    if not isinstance(tree.get("user_id"), int):
        raise bad("can't parse BotCommandScope: Can't find field \"user_id\"")
    return ("chat_member", chat.id, tree["user_id"])


def _command(tree: Any) -> dict[str, str]:
    if not isinstance(tree, dict):
        raise bad("can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if not isinstance(tree.get(name), str):
            raise bad(f"can't parse BotCommand: Can't find field \"{name}\"")
    command, description = tree["command"].strip().removeprefix("/"), tree["description"].strip()
    if not COMMAND.fullmatch(command):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": description}


def set_commands(world: World, params: Params) -> bool:
    """Give the list of a scope and language."""
    tree = params.tree("commands", "commands")
    if not isinstance(tree, list):
        raise bad("expected an Array of BotCommand")
    if len(tree) > COMMANDS_LIMIT:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    scope, language = _scope(world, params), _language(params)
    world.commands.put(scope, language, [_command(one) for one in tree])
    return True


def delete_commands(world: World, params: Params) -> bool:
    """Take the list of a scope and language away."""
    world.commands.put(_scope(world, params), _language(params), [])
    return True


def show_commands(world: World, params: Params) -> Listed:
    """Show the list of a scope and language."""
    return world.commands.listed(_scope(world, params), _language(params))


def _put(world: World, params: Params, name: str, limit: int) -> bool:
    text, language = params.text(name).strip(), _language(params)
    if len(text) > limit:
        raise bad(f"{name.replace('_', ' ')} is too long")
    world.profile[name, language] = text
    return True


def _told(world: World, params: Params, name: str, default: str = "") -> dict[str, str]:
    language = _language(params)
    profile = world.profile
    return {name: profile.get((name, language)) or profile.get((name, "")) or default}


def set_name(world: World, params: Params) -> bool:
    """Say what the bot is called."""
    return _put(world, params, "name", 64)


def show_name(world: World, params: Params) -> dict[str, str]:
    """Show what the bot is called."""
    return _told(world, params, "name", world.bot.name)


def set_description(world: World, params: Params) -> bool:
    """Say what an empty chat with the bot shows."""
    return _put(world, params, "description", 512)


def show_description(world: World, params: Params) -> dict[str, str]:
    """Show what an empty chat with the bot shows."""
    return _told(world, params, "description")


def set_short_description(world: World, params: Params) -> bool:
    """Say what the bot's page shows."""
    return _put(world, params, "short_description", 120)


def show_short_description(world: World, params: Params) -> dict[str, str]:
    """Show what the bot's page shows."""
    return _told(world, params, "short_description")


METHODS = {
    "setMyCommands": set_commands,
    "getMyCommands": show_commands,
    "deleteMyCommands": delete_commands,
    "setMyName": set_name,
    "getMyName": show_name,
    "setMyDescription": set_description,
    "getMyDescription": show_description,
    "setMyShortDescription": set_short_description,
    "getMyShortDescription": show_short_description,
}
