"""The methods of the Bot API, one table."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.forms import Params
from bot.sandbox.methods import editing, groups, polls, profile, sending, updates
from bot.sandbox.world import World

Method = Callable[[World, Params], Any]

# Telegram does not mind how a method's name is written: it is looked up in lower case.
METHODS: dict[str, tuple[str, Method]] = {
    name.lower(): (name, method)
    for module in (updates, sending, editing, polls, groups, profile)
    for name, method in module.METHODS.items()
}
