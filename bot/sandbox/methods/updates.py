"""Methods that give the bot its updates, by long polling or by webhook."""

import re
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.chats import Json
from bot.sandbox.forms import Params
from bot.sandbox.queue import Webhook
from bot.sandbox.refusals import bad
from bot.sandbox.world import World

POLL_LIMIT = 50  # seconds
SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _allowed(params: Params) -> Any:
    return params.tree("allowed_updates", "allowed_updates")


async def poll(world: World, params: Params) -> list[Json]:
    """Give what waits, or wait for it."""
    world.queue.allow(_allowed(params))
    timeout = params.number("timeout", low=0, high=POLL_LIMIT)
    limit = params.number("limit", 100, low=1, high=100)
    return await world.queue.poll(params.number("offset"), limit, timeout)


def set_webhook(world: World, params: Params) -> bool:
    """Have updates sent to an address; an empty one ends that. Only loopback is reached."""
    url = params.text("url").strip()
    if not url:
        return delete_webhook(world, params)
    if not SECRET.fullmatch(params.text("secret_token")):
        raise bad("secret token contains unallowed characters")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.hostname not in LOOPBACK:
        raise bad("bad webhook: Failed to resolve host: Name or service not known")
    world.queue.allow(_allowed(params))
    if params.flag("drop_pending_updates"):
        world.queue.clear()
    connections = params.number("max_connections", 40, low=1, high=100)
    world.queue.listen(Webhook(url, params.text("secret_token"), connections))
    return True


def delete_webhook(world: World, params: Params) -> bool:
    """Go back to long polling."""
    if params.flag("drop_pending_updates"):
        world.queue.clear()
    world.queue.listen(Webhook())
    return True


def show_webhook(world: World, _: Params) -> Json:
    """Show the webhook and how it fares."""
    hook = world.queue.webhook
    told: Json = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(world.queue),
    }
    if world.queue.allowed:
        told["allowed_updates"] = world.queue.allowed
    if hook.url:
        told |= {"max_connections": hook.connections, "ip_address": "127.0.0.1"}
    if hook.error:
        told |= {"last_error_date": hook.error_date, "last_error_message": hook.error}
    return told


METHODS = {
    "getUpdates": poll,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": show_webhook,
}
