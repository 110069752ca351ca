"""The text or caption of a call, in any of the ways it can be given."""

from bot.sandbox import markup
from bot.sandbox.chats import Json
from bot.sandbox.entities import Entity, found, given, trimmed, units
from bot.sandbox.forms import Params
from bot.sandbox.refusals import bad
from bot.sandbox.world import World

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
RAW_LIMIT = 1 << 15
PREVIEW = ("is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text")


def formatted(
    world: World,
    params: Params,
    name: str,
    *,
    mode: str = "parse_mode",
    entities: str = "entities",
) -> tuple[str, list[Entity]]:
    """Read a text with its entities, trimmed. Raises Refusal."""
    raw = params.text(name)
    style = params.text(mode).strip().lower()
    if style == "html":
        text, told = markup.parse(raw)
    elif style in {"markdown", "markdownv2"}:
        raise bad("can't parse entities: this server reads HTML and entities only")
    elif style not in {"", "none"}:
        raise bad("unsupported parse_mode")
    else:
        tree = params.tree(entities, "entities")
        text, told = raw, [] if tree is None else given(tree, raw)
    text, told = trimmed(text, _named(world, told))
    return text, found(text, told)


def _named(world: World, entities: list[Entity]) -> list[Entity]:
    """Give the people that are mentioned their names; a mention of a stranger is dropped."""
    told = []
    for entity in entities:
        if entity["type"] == "text_mention":
            named = entity.get("user")
            user_id = named.get("id") if isinstance(named, dict) else None
            user = world.users.get(user_id) if isinstance(user_id, int) else None
            if user is not None:
                told.append(entity | {"user": user.told})
        else:
            told.append(entity)
    return told


def text(world: World, params: Params) -> Json:
    """Read what sendMessage and editMessageText say. Raises Refusal."""
    raw = params.text("text")
    if not raw:
        raise bad("message text is empty")
    if len(raw.encode()) > RAW_LIMIT:
        raise bad("message is too long")
    said, told = formatted(world, params, "text")
    if not said:
        raise bad("text must be non-empty")
    if units(said) > TEXT_LIMIT:
        raise bad("message is too long")
    content: Json = {"text": said}
    if told:
        content["entities"] = told
    preview = params.tree("link_preview_options", "link preview options")
    if isinstance(preview, dict):
        kept = {name: preview[name] for name in PREVIEW if name in preview}
        content |= {"link_preview_options": kept} if kept else {}
    return content


def caption(world: World, params: Params) -> Json:
    """Read a caption; none gives no fields. Raises Refusal."""
    said, told = formatted(world, params, "caption", entities="caption_entities")
    if units(said) > CAPTION_LIMIT:
        raise bad("message caption is too long")
    content: Json = {"caption": said} if said else {}
    return content | ({"caption_entities": told} if told else {})
