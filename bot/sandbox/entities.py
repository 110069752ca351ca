"""Text -> entities, found as Telegram finds them. Offsets and lengths are UTF-16 code units."""

import re
from typing import Any

from bot.sandbox.refusals import bad

Entity = dict[str, Any]

ENTITIES_LIMIT = 100
NAME = r"[A-Za-z0-9_]"
SITE = r"(?:[A-Za-z0-9-]+\.)+(?i:com|org|net|cn|io|me|ru|info|dev|gov|edu)"
PATH = r"(?:[/?#][^\s<>\"«»]*)?"
SPAN = re.compile(
    rf"(?P<url>(?i:https?://|tg://)[A-Za-z0-9._:@-]+{PATH})"
    r"|(?P<email>(?<![\w.+-])[A-Za-z0-9._+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?!\w))"
    rf"|(?<![\w/<>])(?P<bot_command>/{NAME}{{1,64}}(?:@{NAME}{{3,32}})?)(?![\w/<>@])"
    rf"|(?<!\w)(?P<mention>@{NAME}{{2,32}})(?!\w)"
    r"|(?<!\w)(?P<hashtag>#(?=\w*[^\W\d_])\w{1,256})(?![\w#])"
    r"|(?<![\w$])(?P<cashtag>\$[A-Z]{1,8})(?![\w$])"
    rf"|(?<![\w.@-])(?P<site>{SITE}{PATH})(?![\w@-])",
)
HINT = re.compile(r"[/@#$:.]")  # a text with none of these has no entity to be found
TRAILING = ".,:;!?('`)，。；：！？）、"
STYLES = {
    "bold", "italic", "underline", "strikethrough", "spoiler", "blockquote",
    "expandable_blockquote",
}  # fmt: skip
KINDS = STYLES | {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "code",
    "pre", "text_link", "text_mention", "custom_emoji",
}  # fmt: skip
NEEDED = ("type", "offset", "length")
FIELDS = {*NEEDED, "url", "user", "language", "custom_emoji_id"}


def units(text: str) -> int:
    """Count UTF-16 code units, the measure of every limit and offset."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def cut(text: str, offset: int, length: int) -> str:
    """Give the part of a text that an entity names."""
    if text.isascii():
        return text[offset : offset + length]
    raw = text.encode("utf-16-le")[offset * 2 : (offset + length) * 2]
    return raw.decode("utf-16-le", "replace")


def found(text: str, known: list[Entity]) -> list[Entity]:
    """Find commands, mentions, links and tags beside the `known` entities; sorted."""
    if not HINT.search(text):
        return known
    told = list(known)
    shut = [(e["offset"], e["offset"] + e["length"]) for e in known if e["type"] not in STYLES]
    for match in SPAN.finditer(text):
        kind = match.lastgroup or ""
        shown = match[0].rstrip(TRAILING) if kind in {"url", "site"} else match[0]
        offset, length = units(text[: match.start()]), units(shown)
        if all(offset >= high or offset + length <= low for low, high in shut):
            kind = "url" if kind == "site" else kind
            told.append({"offset": offset, "length": length, "type": kind})
    return tidy(told)


def tidy(entities: list[Entity]) -> list[Entity]:
    """Put the outer before the inner, drop empty ones and those past the hundredth."""
    kept = [entity for entity in entities if entity["length"] > 0]
    kept.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return kept[:ENTITIES_LIMIT]


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Take away the white space at both ends, and move the entities along."""
    bare = text.strip()
    if len(bare) == len(text):
        return text, entities
    lead, size = units(text[: len(text) - len(text.lstrip())]), units(bare)
    moved = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        end = min(entity["offset"] + entity["length"] - lead, size)
        moved.append(entity | {"offset": start, "length": end - start})
    return bare, tidy(moved)


def given(tree: Any, text: str) -> list[Entity]:
    """Read an `entities` parameter; entities outside of the text are cut. Raises Refusal."""
    if not isinstance(tree, list):
        raise bad("can't parse entities: Expected an Array of MessageEntity")
    size = units(text)
    told: list[Entity] = []
    for entity in tree:
        if not isinstance(entity, dict):
            raise bad("can't parse MessageEntity: expected an Object")
        if missing := next((name for name in NEEDED if name not in entity), None):
            raise bad(f"can't parse MessageEntity: Can't find field \"{missing}\"")
        kind, offset, length = (entity[name] for name in NEEDED)
        if not isinstance(kind, str) or kind not in KINDS:
            raise bad("can't parse MessageEntity: Unsupported type specified")
        if not (isinstance(offset, int) and isinstance(length, int)):
            raise bad('can\'t parse MessageEntity: Field "offset" must be of type Number')
        if offset < 0 or length < 0 or offset > size:
            continue
        kept = {name: value for name, value in entity.items() if name in FIELDS}
        told.append(kept | {"length": min(length, size - offset)})
    return tidy(told)
