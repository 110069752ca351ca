"""Methods that say something new: text, pictures, files, albums, copies and forwards."""

from typing import Any

from bot.sandbox.chats import Chat, Json, Message
from bot.sandbox.forms import Params, flat
from bot.sandbox.keyboards import buttons
from bot.sandbox.methods import access, media, texts
from bot.sandbox.refusals import bad
from bot.sandbox.world import News, World

ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note",
    "upload_video_note",
}  # fmt: skip
ALBUM = {"photo", "video", "document", "audio", "live_photo"}


def place(world: World, params: Params) -> tuple[Chat, dict[str, Any]]:
    """Find where a new message goes: the chat, and its fields `thread` and `reply_to`."""
    chat = access.chat(world, params)
    reply_to = access.quoted(chat, params)
    thread = access.thread(world, chat, params, reply_to)
    return chat, {"thread": thread, "reply_to": reply_to}


def send_message(world: World, params: Params) -> Json:
    """Say a text."""
    content, markup = texts.text(world, params), buttons(params)
    chat, where = place(world, params)
    return world.post(chat, world.bot, content, markup=markup, **where).told()


def _file(kind: str, world: World, params: Params) -> Json:
    caption, markup = texts.caption(world, params), buttons(params)
    chat, where = place(world, params)
    content = media.content(world.files, params, kind, params.text(kind) or f"attach://{kind}")
    return world.post(chat, world.bot, content | caption, markup=markup, **where).told()


def send_photo(world: World, params: Params) -> Json:
    """Send a picture."""
    return _file("photo", world, params)


def send_document(world: World, params: Params) -> Json:
    """Send a file."""
    return _file("document", world, params)


def send_video(world: World, params: Params) -> Json:
    """Send a film."""
    return _file("video", world, params)


def send_media_group(world: World, params: Params) -> list[Json]:
    """Send an album of 2 to 10; documents go with documents only."""
    items = params.tree("media", "media")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad("can't parse media JSON object")
    kinds = {str(item.get("type")) for item in items}
    if not 2 <= len(items) <= 10:
        raise bad("wrong number of items in the album" if items else "there is no media to send")
    if not kinds <= ALBUM or ("document" in kinds and len(kinds) > 1):
        raise bad("can't use the media of the specified type in the album")
    chat, where = place(world, params)
    album = str(13_800_000_000_000_000 + next(world.serial))
    contents = []
    for item in items:
        of_item = Params(flat(item), params.files)
        content = media.content(world.files, of_item, item["type"], of_item.text("media"))
        contents.append(content | texts.caption(world, of_item))
    return [
        world.post(chat, world.bot, content, album=album, **where).told() for content in contents
    ]


def origin(message: Message) -> Json:
    """Tell where a forwarded message came from."""
    if message.origin is not None:
        return message.origin
    if message.sender_chat is not None:
        told = {"type": "chat", "sender_chat": message.sender_chat.told()}
    else:
        told = {"type": "user", "sender_user": message.sender.told}
    return told | {"date": message.date}


def _source(world: World, params: Params, to: str) -> Message:
    source = access.chat(world, params, "from_chat_id")
    target = access.message(source, params, to)
    if target.service:
        verb = to.removeprefix("to ")
        raise bad(f"the message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return target


def copy_message(world: World, params: Params) -> Json:
    """Say again what a message says, as one's own."""
    source = _source(world, params, "to copy")
    markup = buttons(params)
    chat, where = place(world, params)
    content = source.content
    if "caption" in params and "text" not in content:
        bare = {k: v for k, v in content.items() if k not in {"caption", "caption_entities"}}
        content = bare | texts.caption(world, params)
    ballot = source.ballot and world.ballot(source.ballot.content, source.ballot.options)
    copy = world.post(chat, world.bot, content, markup=markup, ballot=ballot, **where)
    return {"message_id": copy.id}


def forward_message(world: World, params: Params) -> Json:
    """Pass a message on, with its author's name."""
    source = _source(world, params, "to forward")
    chat = access.chat(world, params)
    thread = access.thread(world, chat, params)
    return world.post(
        chat,
        world.bot,
        source.content,
        thread=thread,
        origin=origin(source),
        ballot=source.ballot,
    ).told()


def send_chat_action(world: World, params: Params) -> bool:
    """Show that something is being written."""
    chat = access.chat(world, params)
    action = params.text("action").strip().lower()
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    world.tell(News("typing", chat, more={"action": action}))
    return True


METHODS = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendVideo": send_video,
    "sendMediaGroup": send_media_group,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "sendChatAction": send_chat_action,
}
