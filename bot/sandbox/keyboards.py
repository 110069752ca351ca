"""The `reply_markup` of a call -> the buttons a message shows."""

from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.forms import Params
from bot.sandbox.refusals import Refusal, bad

Markup = dict[str, Any]

ROW_LIMIT = 8
BUTTONS_LIMIT = 100
DATA_LIMIT = 64
ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
)
OBJECTS = {"web_app", "login_url", "switch_inline_query_chosen_chat", "copy_text"}
LOOKS = ("icon_custom_emoji_id", "style")


def buttons(params: Params) -> Markup | None:
    """Read `reply_markup`; None if there are no inline buttons. Raises Refusal."""
    tree = params.tree("reply_markup", "reply keyboard markup")
    if tree is None:
        return None
    if not isinstance(tree, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" not in tree:
        return None
    rows = tree["inline_keyboard"]
    if not isinstance(rows, list):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    shown = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, shown)) > BUTTONS_LIMIT or any(len(row) > ROW_LIMIT for row in shown):
        raise bad("reply markup is too long")
    return {"inline_keyboard": shown} if shown else None


def _unparsed(why: str) -> Refusal:
    return bad(f"can't parse inline keyboard button: {why}")


def _text(tree: dict[str, Any], name: str) -> str:
    if name not in tree:
        raise _unparsed(f'Can\'t find field "{name}"')
    if not isinstance(tree[name], str):
        raise _unparsed(f'Field "{name}" must be of type String')
    return str(tree[name])


def _button(tree: Any) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise _unparsed("InlineKeyboardButton must be an Object")
    text = _text(tree, "text")
    if not text.strip():
        raise bad("BUTTON_TEXT_INVALID")
    action = next((name for name in ACTIONS if name in tree), None)
    if action is None:
        raise _unparsed("Text buttons are unallowed in the inline keyboard")
    if action in OBJECTS:
        if not isinstance(tree[action], dict):
            raise _unparsed(f'Field "{action}" must be of type Object')
        value = tree[action]
    else:
        value = _text(tree, action)
    if action == "callback_data" and not 1 <= len(value.encode()) <= DATA_LIMIT:
        raise bad("BUTTON_DATA_INVALID")
    if action == "url":
        value = _url(value)
    return {"text": text, action: value} | {
        name: _text(tree, name) for name in LOOKS if name in tree
    }


def _url(url: str) -> str:
    """Check the address of a button; Telegram adds http:// where it is missing."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
    except ValueError:
        parts = urlsplit("http://")
    if parts.scheme not in {"http", "https", "tg"}:
        why = "Unsupported URL protocol"
    elif parts.scheme != "tg" and "." not in parts.netloc and parts.hostname != "localhost":
        why = "Wrong HTTP URL"
    else:
        return parts.geturl()
    raise bad(f"inline keyboard button URL '{url}' is invalid: {why}")
